"""Mutants as data: how they are read, and how the text that they replace is found again when the code has moved."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

PRODUCT = ("clincalc", "reviews", "monographs", "templates")
CLOSING = ")]}"


class Stale(Exception):
    """The mutant does not fit the code any more; says why."""


@dataclass(frozen=True)
class Mutant:
    area: str
    name: str
    file: str
    breaks: str
    old: str
    new: str
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Patched:
    """A file with the mutant in it, and what the file was: lines `first` to `last` of `before` are those that change."""

    file: str
    before: str
    after: str
    first: int
    last: int


def read(folder: Path) -> list[Mutant]:
    """All mutants of the *.toml in a folder, in order."""
    mutants = []
    for path in sorted(folder.glob("*.toml")):
        for table in tomllib.loads(path.read_text())["mutant"]:
            try:
                mutants.append(Mutant(path.stem, **table | {"tests": tuple(table.get("tests", ()))}))
            except TypeError as error:
                raise ValueError(f"{path.name}: {table.get('name')}: {error}") from error
    return mutants


def apply(mutant: Mutant, root: Path) -> Patched:
    """The file that the mutant changes, and its new text; nothing is written. Raises Stale.

    The text is looked for in its file, and where it is not there, in all others. Wherever it stands, it stands once.
    """
    if mutant.old == mutant.new:
        raise Stale("it changes nothing")
    if not mutant.old.strip():
        raise Stale("it says no text to replace")
    home = root / mutant.file
    for paths in ([home] if home.is_file() else [], others(root, home)):
        texts = {path: path.read_text() for path in paths}
        for way in (as_it_is, folded):
            found = [(path, *span) for path, text in texts.items() for span in way(mutant.old, text)]
            if len(found) > 1:
                where = ", ".join(sorted({str(path.relative_to(root)) for path, *_span in found}))
                raise Stale(f"its text stands {len(found)} times: {where}")
            if found:
                ((path, start, end),) = found
                return replaced(mutant, str(path.relative_to(root)), texts[path], start, end)
    raise Stale("its text is gone")


def others(root: Path, home: Path) -> list[Path]:
    """Where code may have moved to. Migrations repeat what models say, and are history."""
    found = (path for room in PRODUCT for path in sorted((root / room).rglob("*")))
    kinds = {".py", ".html", ".txt", ".xml", ".js", ".css", home.suffix}
    return [p for p in found if p.suffix in kinds and p.is_file() and "migrations" not in p.parts and p != home]


def as_it_is(old: str, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(re.escape(old), text)]


def folded(old: str, text: str) -> list[tuple[int, int]]:
    """Token by token: white space between two words may be any, elsewhere it may also come and go, and so may the comma
    that a formatter puts before a closing bracket."""
    tokens = re.findall(r"\w+|[^\w\s]", old)
    pattern = ""
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        if token == "," and after and after in CLOSING:
            continue
        both_words = before[-1:].isalnum() and token[0].isalnum()
        pattern += (r"\s+" if both_words else r"\s*") if pattern else ""
        pattern += (r"(?:,\s*)?" if token in CLOSING else "") + re.escape(token)
    # A name begins where it begins: `key` is not found in `monkey`.
    pattern = (r"(?<!\w)" if tokens[0][0].isalnum() else "") + pattern
    pattern += r"(?!\w)" if tokens[-1][-1].isalnum() else ""
    return [match.span() for match in re.finditer(pattern, text)]


def replaced(mutant: Mutant, file: str, text: str, start: int, end: int) -> Patched:
    """The text with the new one in place; as it is written if that compiles, else indented like what it replaces."""
    found = text[start:end]
    candidates = [mutant.new] if found == mutant.old else []
    candidates += [indented_like(mutant, text, start, found, step) for step in (0, 4)]
    for new in candidates:
        after = text[:start] + new + text[end:]
        if not file.endswith(".py") or compiles(after):
            first = text.count("\n", 0, start) + 1
            return Patched(file, text, after, first, first + found.rstrip("\n").count("\n"))
    raise Stale(f"{file} does not compile with it")


def compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def indented_like(mutant: Mutant, text: str, start: int, found: str, step: int) -> str:
    """The new text for a place that is indented in another way than when the mutant was written. Where nothing tells how
    far its first line was indented then, the lines below are taken to be `step` deeper."""
    new = mutant.new if found == mutant.old else mutant.new.strip()
    first, *rest = new.split("\n")
    kept = [line for line in rest if line.strip()]
    if not kept:
        return new
    here = margin(text[text.rfind("\n", 0, start) + 1 :])
    pairs = zip(mutant.old.split("\n")[1:], found.split("\n")[1:], strict=False)
    same = [(old, now) for old, now in pairs if old.strip() and old.split() == now.split()]
    if mutant.old[:1] in " \t":
        shift = here - margin(mutant.old)
    elif same:
        shift = margin(same[0][1]) - margin(same[0][0])
    else:
        shift = here - (min(map(margin, kept)) - step)
    moved = [" " * max(0, margin(line) + shift) + line.lstrip() if line.strip() else "" for line in rest]
    return "\n".join([first, *moved])


def margin(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
