"""Which tests to ask first: those that run the lines that a mutant changes, by the notes of an earlier run.

Old notes cost time and change no answer: whoever no chosen test notices meets every lane.
"""

import ast
import difflib
import json
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.patches import Mutant, Patched

FIRST = 200  # so many are asked before the rest of those that run the line
AT_IMPORT = 60  # tables, settings, fields: nobody knows which tests look at them, so the cheapest of those around


@dataclass(frozen=True)
class Map:
    seconds: dict[str, float]  # of each test
    lines: dict[str, dict[str, list[str]]]  # file, line, tests or test modules; a template is one line, 0
    sources: dict[str, list[str]]  # the files as they were

    def tests_of(self, contexts: set[str]) -> set[str]:
        modules = {context for context in contexts if "::" not in context or context not in self.seconds}
        inside = {t for t in self.seconds for m in modules if t.startswith((f"{m}::", f"{m}["))} if modules else set()
        return (contexts & self.seconds.keys()) | inside


def merged(folder: Path, root: Path) -> dict:
    """The notes of all workers, as they are kept: each test named once, and a number from then on."""
    seconds: dict[str, float] = {}
    lines: dict[str, dict[str, set[str]]] = {}
    for path in folder.glob("*.json"):
        notes = json.loads(path.read_text())
        seconds |= notes["seconds"]
        for file, numbers in notes["lines"].items():
            for number, contexts in numbers.items():
                lines.setdefault(file, {}).setdefault(number, set()).update(contexts)
    names = sorted({context for numbers in lines.values() for contexts in numbers.values() for context in contexts})
    place = {name: i for i, name in enumerate(names)}
    numbered = {
        file: {number: sorted(place[context] for context in contexts) for number, contexts in numbers.items()}
        for file, numbers in lines.items()
    }
    sources = {file: (root / file).read_text() for file in lines}
    return {"seconds": seconds, "names": names, "lines": numbered, "sources": sources}


def load(path: Path) -> Map:
    kept = json.loads(path.read_text())
    names = kept["names"]
    lines = {
        file: {number: [names[i] for i in contexts] for number, contexts in numbers.items()}
        for file, numbers in kept["lines"].items()
    }
    return Map(kept["seconds"], lines, {file: text.split("\n") for file, text in kept["sources"].items()})


def covering(notes: Map, mutant: Mutant, patched: Patched) -> tuple[set[str], bool]:
    """The tests that run what the mutant changes, and whether it runs when a test runs at all, not only at import."""
    file = patched.file if patched.file in notes.lines else mutant.file
    noted = notes.lines.get(file, {})
    if not file.endswith(".py"):
        return notes.tests_of({context for contexts in noted.values() for context in contexts}), True
    same = difflib.SequenceMatcher(None, notes.sources.get(file, []), patched.before.split("\n"), autojunk=False)
    then = {b.b + i + 1: b.a + i + 1 for b in same.get_matching_blocks() for i in range(b.size)}
    for first, last, in_function in around(patched):
        contexts = {c for line in range(first, last + 1) for c in noted.get(str(then.get(line)), ())}
        if contexts:
            return notes.tests_of(contexts), in_function
    return set(), False


def around(patched: Patched) -> list[tuple[int, int, bool]]:
    """The lines that change, then what stands around them, from the smallest statement to the whole file; and whether
    that is inside a function."""
    nodes = [
        (node.lineno, node.end_lineno, isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        for node in ast.walk(ast.parse(patched.before))
        if isinstance(node, ast.stmt) and node.lineno <= patched.first and node.end_lineno >= patched.last
    ]
    nodes.sort(key=lambda node: node[1] - node[0])
    functions = [i for i, node in enumerate(nodes) if node[2]]
    outermost = functions[-1] if functions else -1
    spans = [(patched.first, patched.last, outermost >= 0)]
    spans += [(first, last, i <= outermost) for i, (first, last, _is_function) in enumerate(nodes)]
    return [*spans, (1, patched.before.count("\n") + 1, False)]


def is_mirror(test: str, file: str) -> bool:
    """Whether a test stands in the module that mirrors a file, by name: `people.py` is tested by `test_people.py`."""
    return Path(module_of(test)).name == f"test_{Path(file).stem.strip('_')}.py"


def choose(notes: Map, known: list[str], mutant: Mutant, patched: Patched) -> list[list[str]]:
    """Tests to ask, in one or two batches, among the tests that there are: those that the mutant names, then those of the
    mirror module, then the cheapest. In a batch the tests of a module stay together and in their order: they share what is
    made once, and some stand before it is made."""
    found, in_function = covering(notes, mutant, patched)
    cost = {test: notes.seconds.get(test, 1.0) for test in known}
    named = [
        test
        for test in known
        if any(test == name or test.startswith((f"{name}[", f"{name}::")) for name in mutant.tests)
    ]
    mirror = [
        test
        for test in known
        if (is_mirror(test, patched.file) or is_mirror(test, mutant.file))
        and (test in found or not in_function or test not in notes.seconds)
    ]
    others = sorted(found & cost.keys(), key=lambda test: (cost[test], test))
    if not in_function:
        others = others[:AT_IMPORT]
    tests = list(dict.fromkeys([*named, *sorted(mirror, key=cost.__getitem__), *others]))
    return [by_module(batch, known) for batch in (tests[:FIRST], tests[FIRST:]) if batch]


def module_of(test: str) -> str:
    return test.partition("::")[0]


def by_module(tests: list[str], known: list[str]) -> list[str]:
    modules = list(dict.fromkeys(module_of(test) for test in tests))
    place = {test: i for i, test in enumerate(known)}
    return sorted(tests, key=lambda test: (modules.index(module_of(test)), place[test]))
