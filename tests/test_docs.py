"""The docs tell the truth: what README and docs/ name is there, or marked "not built yet"; code points to docs/ only;
and the tables that say what the code says are the same."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from monographs.models import State
from monographs.overlay_kinds import OVERLAY_KINDS
from monographs.vocabulary import NOTICE_TYPES, SECTION_KINDS
from reviews import workflow
from reviews.models.people import BODIES, PROFESSIONS
from reviews.review import guards, tiers
from reviews.review.transition import Transition

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).parents[1]
PAGES = [
    "README.md",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md"))),
]
MARK = "not built yet"
FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)*\.(?:py|md|json|jsonl|tsv|toml|html|css|js|ini)|(?:[\w.-]+/)+")
SYMBOL = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\([^`]*\))?")
ADDRESS = re.compile(r"/(?!kg|m2|etc/|srv/|var/)[a-z.][^\s]*")
# What stands in an address for a value.
VALUES = {"slug": "a", "n": "1", "a": "1", "b": "2", "transition": "submit", "kind": "section", "token": "a"}
# A test, or a file of tests, as a row of docs/security.md names what shows it.
TEST = re.compile(r"(tests/(?:\w+/)*\w+\.py)(?:::(\w+))?")
# Between a file and a name of it.
BETWEEN = re.compile(r"(?:,| in| of|:| \(|\()?\s*")


@dataclass(frozen=True)
class Block:
    """A paragraph, an item of a list or a row of a table."""

    page: str
    line: int
    text: str
    is_marked: bool

    @property
    def named(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.text)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@cache
def blocks(page: str) -> tuple[Block, ...]:
    return tuple(_blocks(page, (ROOT / page).read_text("utf-8")))


def _blocks(page: str, text: str) -> Iterator[Block]:
    """A mark holds for its block; in a heading for all below it, in the head of a table for the table."""
    whole, is_fenced, table, begun = f"All of this page is {MARK}" in text, False, "", 0
    headings: dict[int, bool] = {}
    waiting: list[str] = []

    def finished() -> Iterator[Block]:
        if waiting:
            said = " ".join(waiting)
            yield Block(page, begun, said, whole or any(headings.values()) or MARK in said or MARK in table)
            waiting.clear()

    for number, line in enumerate([*text.splitlines(), ""], 1):
        is_fence = line.startswith("```")
        is_row, is_heading = line.startswith("|"), re.match(r"(#+) ", line)
        if is_fence or is_fenced or is_heading or is_row or not line.strip() or re.match(r"\s*(?:[*-]|\d+\.) ", line):
            yield from finished()
        if not is_row:
            table = ""
        if is_fence:
            is_fenced = not is_fenced
        elif is_fenced or line.startswith("    "):
            continue
        elif is_heading:
            level = len(is_heading[1])
            headings = {one: marked for one, marked in headings.items() if one < level}
            headings[level] = MARK in line
        elif is_row:
            table = table or line
            waiting, begun = [line], number
            yield from finished()
        elif line.strip():
            begun = begun if waiting else number
            waiting.append(line.strip())


def all_blocks() -> list[Block]:
    return [block for page in PAGES for block in blocks(page)]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def found(name: str, page: str) -> Path | None:
    """A file as a page names it: from the root, or beside the page."""
    beside = [ROOT, (ROOT / page).parent]
    return next((folder / name for folder in beside if (folder / name).exists()), None)


# -- Names in the code -------------------------------------------------------------------------------------------------


@cache
def names_in(path: Path) -> frozenset[str]:
    """What a module defines, takes or lists: classes, functions, arguments, variables, fields, and words that are values
    (a verb, a kind)."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.update((node.asname or node.name).split("."))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 60:
            names.add(node.value)
    return frozenset(names)


@cache
def shown_in(name: str) -> frozenset[str]:
    """The tests of a file, and none if there is no such file."""
    if not (ROOT / name).exists():
        return frozenset()
    tree = ast.parse((ROOT / name).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_")


@cache
def every_name() -> frozenset[str]:
    code = [path for path in tracked("*.py") if "tests/data" not in str(path) and path != Path(__file__)]
    words = {word for path in code for word in names_in(path)} | set(get_commands())
    rest = " ".join(path.read_text("utf-8") for path in (ROOT / "Makefile", ROOT / "pyproject.toml"))
    # Django's own settings and classes are named too; so are our tables.
    return frozenset(words | set(re.findall(r"\w+", rest)) | {"auth_user", "monographs_pen"})


@cache
def to_be_written() -> frozenset[str]:
    """What the worked example adds."""
    text = (ROOT / "docs" / "first_change.md").read_text("utf-8")
    return frozenset(re.findall(r"\w+", " ".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))))


# Names of others, which the docs name to say what they are not, or what they do.
OF_OTHERS = {
    "ATOMIC_REQUESTS", "SESSION_SAVE_EVERY_REQUEST", "cache_page", "check_password", "loaddata", "pg_dump",
    "recursive_triggers", "DELETE", "clincalc_app", "clincalc_backup", "clincalc_owner", "clincalc_read", "UPDATE", "REPLACE", "Feed", "granian", "JSONField", "has_perm", "cp", "max_connections",
}  # fmt: skip


# -- What is named is there --------------------------------------------------------------------------------------------


def test_every_file_that_is_named_is_there():
    missing = [
        f"{block}: {name}"
        for block in all_blocks()
        for name in block.named
        if FILE.fullmatch(name) and not name.startswith("var/") and not block.is_marked and not found(name, block.page)
    ]
    assert missing == []


def test_every_test_that_is_named_is_there():
    """Under a mark too: a row that is built by half names the test of its half."""
    named = [(block, test) for block in all_blocks() for one in block.named if (test := TEST.fullmatch(one))]

    missing = [f"{block}: {test[0]}" for block, test in named if test[2] and test[2] not in shown_in(test[1])]
    missing += [f"{block}: {test[0]}" for block, test in named if not (ROOT / test[1]).exists()]
    assert missing == []
    assert len([test for _block, test in named if test[2]]) > 70


def test_every_symbol_that_is_named_beside_its_file_is_in_it():
    missing = []
    for block in all_blocks():
        spans = list(re.finditer(r"`([^`]+)`", block.text))
        for one, other in pairwise(spans):
            if block.is_marked or not BETWEEN.fullmatch(block.text[one.end() : other.start()]):
                continue
            for name, symbol in ((one[1], other[1]), (other[1], one[1])):
                path = found(name, block.page) if name.endswith(".py") else None
                match = SYMBOL.fullmatch(symbol)
                if path and match and not FILE.fullmatch(symbol) and match[1].split(".")[-1] not in names_in(path):
                    missing.append(f"{block}: {symbol} is not in {name}")
    assert missing == []


def test_every_name_is_one_of_the_code():
    missing = []
    for block in all_blocks():
        for name in block.named:
            match = SYMBOL.fullmatch(name)
            if block.is_marked or match is None or FILE.fullmatch(name):
                continue
            known = every_name() | OF_OTHERS | (to_be_written() if block.page == "docs/first_change.md" else set())
            if not set(match[1].split(".")) <= known:
                missing.append(f"{block}: {name}")
    assert missing == []


def test_every_address_leads_somewhere():
    missing = []
    for block in all_blocks():
        for name in block.named:
            if not ADDRESS.fullmatch(name) or block.is_marked:
                continue
            path = re.sub(r"<(\w+)>", lambda part: VALUES[part[1]], name.split("?")[0])
            try:
                resolve(path)
            except Resolver404:
                missing.append(f"{block}: {name}")
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_target_is_there(page):
    text, marked = (
        (ROOT / page).read_text("utf-8"),
        {word for one in blocks(page) if one.is_marked for word in one.named},
    )
    commands = set(re.findall(r"manage\.py ([a-z]\w+)", text)) - {word.split()[-1] for word in marked}
    commands -= {path.stem for path in (ROOT / "tests" / "bench" / "management" / "commands").glob("*.py")}  # DEMO's
    targets = set(re.findall(r"(?:^    |`)make ([a-z-]+)", text, re.MULTILINE))

    assert commands - set(get_commands()) == set()
    assert targets - set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) == set()


def test_every_variable_of_the_environment_is_told():
    settings = (ROOT / "clincalc" / "settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|_secret)\("([A-Z_]+)"', settings)) - {"TEST_SQLITE"}  # for tests alone
    told = {
        name
        for block in blocks("README.md")
        if block.text.startswith("|")
        for name in re.findall(r"`([A-Z_]+)`", block.text.split("|")[1])
    }

    assert told == read


# -- Code points to docs/ alone ----------------------------------------------------------------------------------------

TEXTS = ("*.py", "*.html", "*.toml", "*.css", "*.js", "*.md", "Makefile", ".ci/run")


def test_every_page_and_row_that_code_names_is_there():
    named, missing = 0, []
    for path in tracked("*.py", "*.html", "*.toml", "Makefile"):
        for page, place in re.findall(r"(docs/[\w/]+\.\w+)(?:,\s+([A-Z]\w+))?", path.read_text("utf-8")):
            named += 1
            there = (ROOT / page).read_text("utf-8") if (ROOT / page).exists() else None
            rows = re.findall(r"^(?:#+ +|\| *)([A-Z]\w+)", there or "", re.MULTILINE)
            if there is None or (place and place not in rows):
                missing.append(f"{path.relative_to(ROOT)}: {page} {place}")
    assert missing == []
    assert named > 25


def test_nothing_names_what_is_not_in_the_repository():
    words = [
        r"\.\./" + "shared",
        "/" + "shared/",
        *(rf"\b{name}" + r"\.md\b" for name in ("SECURITY", "DESIGN", "CONTRACT", "STYLE")),
    ]
    outside = re.compile("|".join([*words, r"(?<!docs/)(?<!\w)clinical" + r"/\w+\."]))
    for path in tracked(*TEXTS):
        assert not outside.search(path.read_text("utf-8")), path


# -- Tables that say what the code says ---------------------------------------------------------------------------------


def table(page: str, head: str) -> list[list[str]]:
    """The rows of the table that begins with this head, cell by cell."""
    lines = (ROOT / page).read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(head))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


def test_the_transitions_are_those_of_the_design():
    told = {}
    for name, sources, target, _who, against in table("docs/design.md", "| transition |"):
        slug, needs = re.fullmatch(r"`([\w-]+)`(?: \((\w+)\))?", name).groups()
        told[slug] = (sources.split(", "), target.split(",")[0].split(";")[0], needs, re.findall(r"`(\w+)`", against))

    assert told == {
        name: (
            [str(source) for source in row.sources],
            str(row.target) if row.target else "a new draft" if name == "start" else "the signatures decide",
            "attestation" if row.needs_attestation else "reason" if row.needs_reason else None,
            [guard.__name__ for guard in row.guards],
        )
        for name, row in workflow.TRANSITIONS.items()
    }


def test_the_sections_are_in_the_order_of_their_table():
    rows = [row for row in table("docs/clinical/sections.md", "| order |") if row[2] not in ("when any", "automatic")]
    needed = {"teratogens": "teratogen", "biologics": "biologic", "injectables": "injectable"}
    told = [
        (heading, needed.get(when, when), re.sub(r" \(`.*?`\)", "", re.sub(r'"(.*?)"', r"“\1”", words)))
        for _order, heading, when, words in rows
        if heading not in ("Dosing", "Related")
    ]

    assert told == [(kind.heading, kind.needed, kind.contains) for kind in SECTION_KINDS.values()]


def test_the_types_of_notice_have_the_severities_of_their_table():
    told = {
        row[0]: re.sub(r" \([^)]*\)", "", row[1]) for row in table("docs/clinical/safety_notices.md", "| severity |")
    }

    for severity, label in NOTICE_TYPES.values():
        assert label.lower() in told[severity].lower(), label
    assert sum(len(types.split(", ")) for types in told.values()) == len(NOTICE_TYPES)


def test_the_overlays_are_those_of_their_table():
    told = [re.findall(r"`(\w+)`", row[0])[0] for row in table("docs/clinical/safety_notices.md", "| overlay |")]

    assert told == list(OVERLAY_KINDS)


def test_the_tiers_ask_for_what_their_table_says():
    for tier, floor, signatures, _readers, review in table("docs/clinical/signoff.md", "| tier |"):
        row = tiers.ROWS[tier]
        assert set(re.findall(r"\w+", floor.split(";")[0])) == row.traits
        assert [bool(row.severities)] == ["critical" in floor]
        assert review == f"{row.months} months"
        assert len(signatures.split(" + ")) == len(row.signers)
        for words, signer in zip(signatures.split(" + "), row.signers, strict=True):
            assert {word.replace(" ", "_") for word in words.split(" or ")} <= (signer.professions | {"any_registrant"})


def test_registrations_have_the_forms_of_their_table():
    rows = table("docs/clinical/signoff.md", "| body |")

    assert {row[0].split()[0]: row[2].strip("`") for row in rows} == BODIES
    for label, body in PROFESSIONS.values():
        assert label.lower() in next(row[1] for row in rows if row[0].startswith(body))


@pytest.mark.parametrize(
    ("page", "head", "letter"), [("security.md", "|id|who", "A"), ("security.md", "|id|fault", "F")]
)
def test_rows_are_numbered_without_a_gap(page, head, letter):
    assert [row[0] for row in table(f"docs/{page}", head)] == [
        f"{letter}{number}" for number in range(1, len(table(f"docs/{page}", head)) + 1)
    ]


# What of the promises, abuses and faults has no code, or only half of it. This list may only shrink: what is new comes
# with its test.
NOT_BUILT = {
    "A7", "A20", "A27", "A29", "A33", "A35", "A54",
    "F13", "F16", "F17",
}  # fmt: skip


def rows_of_security() -> list[list[str]]:
    heads = ("| id | promise |", "|id|who tries what|", "|id|fault|")
    return [row for head in heads for row in table("docs/security.md", head)]


def test_every_promise_abuse_and_fault_names_the_test_that_shows_it():
    """Or says that it is not built yet, which half of it excuses the other half from nothing."""
    rows = rows_of_security()
    shown = {
        row[0]
        for row in rows
        if any(shown_in(test[1]) for one in re.findall(r"`([^`]+)`", row[-1]) if (test := TEST.fullmatch(one)))
    }

    assert [row[0] for row in rows if row[0] not in shown and not row[-1].startswith(MARK)] == []
    assert len(rows) > 100


def test_what_is_not_built_yet_only_shrinks():
    assert {row[0] for row in rows_of_security() if MARK in " ".join(row)} == NOT_BUILT
    assert len(NOT_BUILT) <= 10, "a promise that was built is taken back"


# -- The worked example ------------------------------------------------------------------------------------------------


def test_the_example_of_a_first_change_can_be_written_in_this_code():
    text = (ROOT / "docs" / "first_change.md").read_text("utf-8")
    pieces = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", text, re.DOTALL))
    around = dict(vars(guards))
    exec(pieces["reviews/review/guards.py"], around)
    asked = type("Guards", (), {"nobody_signed": around["nobody_signed"]})
    row = eval(pieces["reviews/workflow.py"], {**vars(workflow), "guards": asked})

    assert isinstance(row, Transition)
    assert (row.sources, row.target, row.name in workflow.TRANSITIONS) == ((State.IN_REVIEW,), State.DRAFT, False)
    for path in pieces:
        assert (ROOT / path).exists()
