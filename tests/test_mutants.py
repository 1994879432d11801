"""The tool `make mutants`: its data fits the code as it is, and its own parts find text and tests."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants import choosing, patches
from tests.mutants.patches import Mutant, Stale

ROOT = Path(__file__).parent.parent
ALL = patches.read(ROOT / "tests/mutants")


def mutant(old, new, file="reviews/one.py", **more):
    return Mutant("area", "name", file, "Something breaks.", old, new, **more)


@pytest.fixture
def tree(tmp_path):
    """A product of two files."""
    for room in patches.PRODUCT:
        (tmp_path / room).mkdir()

    def write(**files):
        for name, text in files.items():
            (tmp_path / "reviews" / f"{name}.py").write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_each_mutant_fits_the_code_as_it_is(one):
    patched = patches.apply(one, ROOT)

    assert patched.file == one.file, "it was found elsewhere: say where it stands now"
    assert patched.before != patched.after
    assert one.breaks.endswith(".")
    assert re.fullmatch(r"[a-z0-9-]+", one.name)


def test_names_are_unique():
    assert [name for name, times in Counter(one.name for one in ALL).items() if times > 1] == []


def test_text_is_found_where_it_stands_once(tree):
    root = tree(one="a = 1\nb = 2\n")

    patched = patches.apply(mutant("b = 2", "b = 3"), root)

    assert (patched.after, patched.first, patched.last) == ("a = 1\nb = 3\n", 2, 2)
    assert (root / "reviews/one.py").read_text() == "a = 1\nb = 2\n"


def test_text_is_found_although_it_was_wrapped_and_indented_anew(tree):
    root = tree(one="def f():\n    if x:\n        return call(\n            a,\n            b,\n        )\n")

    patched = patches.apply(mutant("return call(a, b)", "return call(a)"), root)

    assert patched.after == "def f():\n    if x:\n        return call(a)\n"


def test_new_lines_are_indented_like_what_they_replace(tree):
    root = tree(one="class A:\n    def f(self):\n        if x:\n            y()\n        return 1\n")

    patched = patches.apply(mutant("if x:\n    y()\nreturn 1", "if x:\n    z()\nreturn 2"), root)

    assert patched.after == "class A:\n    def f(self):\n        if x:\n            z()\n        return 2\n"


def test_text_that_moved_is_found_in_another_file(tree):
    root = tree(one="a = 1\n", two="b = 2\n")

    assert patches.apply(mutant("b = 2", "b = 3"), root).file == "reviews/two.py"
    assert patches.apply(mutant("b = 2", "b = 3", file="reviews/gone.py"), root).file == "reviews/two.py"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("c = 3", "c = 4", "its text is gone"),
        ("a = 1", "a = 2", "stands 2 times"),
        ("b = 2", "b = (", "does not compile"),
        ("b = 2", "b = 2", "changes nothing"),
    ],
)
def test_what_does_not_fit_is_stale_and_says_why(tree, old, new, why):
    root = tree(one="a = 1\nb = 2\na = 1\n")

    with pytest.raises(Stale, match=why):
        patches.apply(mutant(old, new), root)


def test_a_name_is_not_found_inside_another(tree):
    with pytest.raises(Stale, match="gone"):
        patches.apply(mutant("key  = 1", "key = 2"), tree(one="monkey = 1\n"))


ONE = "import x\n\nLIMIT = 5\n\n\ndef f():\n    a = 1\n    return a\n"
NOTES = choosing.Map(
    seconds={
        "tests/reviews/test_one.py::test_a": 1.0,
        "tests/reviews/test_two.py::test_b": 0.1,
        "tests/reviews/test_two.py::test_c": 0.2,
        "tests/reviews/test_three.py::test_d": 0.1,
    },
    lines={
        "reviews/one.py": {
            "7": ["tests/reviews/test_two.py::test_b", "tests/reviews/test_one.py::test_a"],
            "8": ["tests/reviews/test_two.py"],
        },
        "templates/page.html": {"0": ["tests/reviews/test_three.py::test_d"]},
    },
    sources={"reviews/one.py": ONE.split("\n")},
)


def asked(root, one, **more):
    return choosing.choose(NOTES, list(NOTES.seconds), one, patches.apply(one, root))


def test_tests_that_run_the_line_are_asked_mirror_first(tree):
    assert asked(tree(one=ONE), mutant("a = 1", "a = 2")) == [
        ["tests/reviews/test_one.py::test_a", "tests/reviews/test_two.py::test_b"]
    ]


def test_what_a_fixture_of_a_module_runs_is_asked_of_the_whole_module(tree):
    (batch,) = asked(tree(one=ONE), mutant("return a", "return 0"))

    assert batch == ["tests/reviews/test_two.py::test_b", "tests/reviews/test_two.py::test_c"]


def test_a_line_that_moved_since_the_notes_is_known_again(tree):
    moved = ONE.replace("import x\n", "import x\nimport y\nimport z\n")

    assert asked(tree(one=moved), mutant("a = 1", "a = 2"))[0][0] == "tests/reviews/test_one.py::test_a"


def test_what_runs_at_import_asks_the_mirror_and_those_around(tree):
    (batch,) = asked(tree(one=ONE), mutant("LIMIT = 5", "LIMIT = 6"))

    assert batch[0] == "tests/reviews/test_one.py::test_a"
    assert set(batch) == {name for name in NOTES.seconds if "three" not in name}


def test_a_template_asks_whoever_renders_it(tree):
    root = tree()
    (root / "templates/page.html").write_text("<p>{{ words }}</p>")

    one = mutant("{{ words }}", "{{ words|safe }}", file="templates/page.html")

    assert asked(root, one) == [["tests/reviews/test_three.py::test_d"]]


def test_tests_that_a_mutant_names_come_first(tree):
    one = mutant("a = 1", "a = 2", tests=("tests/reviews/test_three.py",))

    assert asked(tree(one=ONE), one)[0][0] == "tests/reviews/test_three.py::test_d"
