"""Every mutant still fits the code; and the tool that tries them finds texts, and chooses tests, as it promises."""

import re
from pathlib import Path

import pytest

from tests import lanes
from tests.mutants import __main__ as command
from tests.mutants import choosing, patches
from tests.mutants.patches import Mutant, Stale

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = patches.read(ROOT / "tests" / "mutants")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.area}-{mutant.name}")
def test_a_mutant_fits_the_code_and_changes_it(mutant):
    patched = patches.apply(mutant, ROOT)

    assert patched.before != patched.after
    assert str(patched.file) == mutant.file, "its text has moved: write down where it stands now"
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", mutant.name)
    assert mutant.breaks.strip()


def test_the_tests_that_a_mutant_names_are_there():
    named = {name.partition("[")[0] for mutant in MUTANTS for name in mutant.tests}
    there = {
        f"{path.relative_to(ROOT)}::{name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }

    assert {name for name in named if "::" in name} - there == set()
    assert [name for name in named if not (ROOT / name.partition("::")[0]).exists()] == []


def test_no_two_mutants_have_one_name_or_leave_the_same():
    names = [mutant.name for mutant in MUTANTS]
    edits = [(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS]

    assert sorted(set(names)) == sorted(names)
    assert len(set(edits)) == len(edits)


def test_a_survivor_meets_every_lane():
    assert sorted(command.LANES) == sorted(lanes.LANES)


# -- Finding a text again ---------------------------------------------------------------------------------------------

CODE = """\
def may(user, act):
    if user.active and act in RULES:
        return allowed(user, act)
    return False
"""


def mutant(old: str, new: str, file: str = "reviews/policy.py", tests: tuple[str, ...] = ()) -> Mutant:
    return Mutant("area", "name", file, "Something.", old, new, tests)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews" / "policy.py").write_text(CODE)
    return tmp_path


def test_a_text_that_stands_once_is_replaced_and_nothing_is_written(root):
    patched = patches.apply(mutant("user.active and act", "act"), root)

    assert patched.after == CODE.replace("user.active and act", "act")
    assert (patched.file, patched.before, patched.first, patched.last) == ("reviews/policy.py", CODE, 2, 2)
    assert (root / "reviews" / "policy.py").read_text() == CODE


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("user.active", "user.active", "it changes nothing"),
        (" \n", "x", "it says no text to replace"),
        ("act", "deed", "its text stands 4 times: reviews/policy.py"),
        ("allowed(user, acts)", "True", "its text is gone"),
        ("user.active and", "user.active and and", "reviews/policy.py does not compile with it"),
    ],
)
def test_a_mutant_that_does_not_fit_is_stale_and_says_why(root, old, new, why):
    with pytest.raises(Stale) as stale:
        patches.apply(mutant(old, new), root)

    assert str(stale.value) == why


def test_code_that_was_indented_and_wrapped_anew_is_found_and_the_new_text_follows_it(root):
    (root / "reviews" / "policy.py").write_text(
        "class Policy:\n"
        "    def may(self, user, act):\n"
        "        if (\n"
        "            user.active\n"
        "            and act in RULES\n"
        "        ):\n"
        "            return allowed(\n"
        "                user,\n"
        "                act,\n"
        "            )\n"
        "        return False\n"
    )

    patched = patches.apply(
        mutant("        return allowed(user, act)\n    return False", "        pass\n    return True"), root
    )

    assert patched.after.endswith("        ):\n            pass\n        return True\n")
    assert (patched.first, patched.last) == (7, 11)


def test_a_statement_that_becomes_several_keeps_the_place_where_it_stands(root):
    (root / "reviews" / "policy.py").write_text("class Policy:\n    def may(self, user):\n        return True\n")

    patched = patches.apply(mutant("return True", "if user:\n        return True\n    return False"), root)

    assert patched.after == (
        "class Policy:\n    def may(self, user):\n        if user:\n            return True\n        return False\n"
    )


@pytest.mark.parametrize(
    ("old", "text", "found"),
    [
        ("a and b", "a\n  and   b", True),
        ("f(a, b)", "f(\n    a,\n    b,\n)", True),
        ("f(\n    a,\n)", "f(a)", True),
        ("a and b", "aand b", False),
        ("key = 1", "monkey =1", False),
        ("key = 1", "key =12", False),
        ("{% if a %}", "{%if a%}", True),
    ],
)
def test_white_space_may_be_another_and_no_word_may(old, text, found):
    assert bool(patches.folded(old, text)) == found


def test_a_text_that_moved_to_another_file_is_found_where_it_stands_once(root):
    (root / "monographs").mkdir()
    (root / "reviews" / "policy.py").rename(root / "monographs" / "rules.py")
    (root / "reviews" / "migrations").mkdir()
    (root / "reviews" / "migrations" / "0001.py").write_text(CODE)

    assert patches.apply(mutant("user.active", "True"), root).file == "monographs/rules.py"

    (root / "reviews" / "people.py").write_text(CODE)
    with pytest.raises(Stale, match=r"stands 2 times: monographs/rules\.py, reviews/people\.py"):
        patches.apply(mutant("user.active", "True"), root)


# -- Choosing tests ---------------------------------------------------------------------------------------------------

NOTES = choosing.Map(
    seconds={
        "tests/reviews/access/test_policy.py::test_a": 3.0,
        "tests/reviews/access/test_policy.py::test_b[1]": 0.2,
        "tests/test_x.py::test_dear": 2.0,
        "tests/test_x.py::test_cheap": 0.1,
        "tests/test_y.py::test_between": 1.0,
        "tests/test_z.py::test_of_a_module": 0.5,
    },
    lines={
        "reviews/policy.py": {
            "2": [
                "tests/reviews/access/test_policy.py::test_a",
                "tests/test_x.py::test_dear",
                "tests/test_x.py::test_cheap",
            ],
            "3": ["tests/test_y.py::test_between", "tests/test_z.py"],
        },
        "templates/page.html": {"0": ["tests/test_y.py::test_between"]},
    },
    sources={"reviews/policy.py": CODE.split("\n"), "templates/page.html": ["<p>"]},
)
KNOWN = [*NOTES.seconds, "tests/reviews/access/test_policy.py::test_new"]


def choose(root: Path, edit: Mutant, known: list[str] = KNOWN) -> list[list[str]]:
    return choosing.choose(NOTES, known, edit, patches.apply(edit, root))


def test_the_mirror_is_asked_first_then_the_cheapest_and_a_module_stays_together_in_its_order(root):
    (root / "reviews" / "policy.py").write_text("# moved\n\n" + CODE)

    assert choose(root, mutant("user.active and", "")) == [
        [
            "tests/reviews/access/test_policy.py::test_a",
            "tests/reviews/access/test_policy.py::test_new",
            "tests/test_x.py::test_dear",
            "tests/test_x.py::test_cheap",
        ]
    ]


def test_a_test_that_the_mutant_names_is_asked_before_all_and_one_that_is_gone_never(root):
    edit = mutant("user.active and", "", tests=("tests/test_x.py::test_dear", "tests/test_x.py::test_gone"))

    assert choose(root, edit)[0][0] == "tests/test_x.py::test_dear"
    assert choose(root, edit, ["tests/test_x.py::test_cheap"]) == [["tests/test_x.py::test_cheap"]]


def test_what_a_module_begins_with_is_run_by_all_of_its_tests(root):
    assert choose(root, mutant("return allowed(user, act)", "return True"))[0][1:] == [
        "tests/test_z.py::test_of_a_module",
        "tests/test_y.py::test_between",
    ]


def test_a_line_that_no_test_runs_by_itself_asks_the_mirror_and_the_cheapest_around(root, monkeypatch):
    monkeypatch.setattr(choosing, "AT_IMPORT", 2)
    (root / "reviews" / "policy.py").write_text("RULES = {}\n" + CODE)

    assert choose(root, mutant("RULES = {}", "RULES = {1}")) == [
        [
            "tests/reviews/access/test_policy.py::test_a",
            "tests/reviews/access/test_policy.py::test_b[1]",
            "tests/reviews/access/test_policy.py::test_new",
            "tests/test_x.py::test_cheap",
            "tests/test_z.py::test_of_a_module",
        ]
    ]


def test_a_template_is_asked_of_by_those_that_render_it(root):
    (root / "templates").mkdir()
    (root / "templates" / "page.html").write_text("<p>{{ word }}</p>")

    assert choose(root, mutant("{{ word }}", "{{ word|safe }}", "templates/page.html")) == [
        ["tests/test_y.py::test_between"]
    ]


def test_many_tests_are_asked_in_two_batches(root, monkeypatch):
    monkeypatch.setattr(choosing, "FIRST", 3)

    assert [len(batch) for batch in choose(root, mutant("user.active and", ""))] == [3, 1]
