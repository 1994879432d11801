'''Careless edits, kept as data, and a tool that asks which test notices each: `make mutants`.

How to add one
--------------
Think of an edit that somebody could make in a hurry and that would harm a reader. Write it into the file of its area,
`tests/mutants/<area>.toml`, beside its neighbours:

    [[mutant]]
    name = "search-words-unescaped"
    file = "monographs/public/search.py"
    breaks = "Words that were found are shown as markup."
    old = """text that stands exactly once in that file"""
    new = """what the careless edit leaves"""
    tests = ["tests/monographs/public/test_frame.py::test_what_is_found_is_marked_and_never_markup"]  # optional

* `name`: small letters, digits and hyphens; unique in all files. `breaks`: one sentence, what a reader or an editor would
  suffer. `tests`: tests that are expected to notice; they run first, and a name that is gone does no harm.
* `old` may be a part of a line or several lines; take as much as makes it unique, and no more, so that it outlives
  edits nearby. Moved lines, another indentation, lines wrapped anew and a moved file do no harm either.
* The file must still compile with `new` in place of `old`.

`make test` holds that each one still fits (tests/test_mutants.py). `make mutants ARGS=search-words-unescaped` says who
notices. When nobody does, write the test; when the edit turns out to change nothing at all, take the mutant out again.
When it is stale because its line is gone, find what keeps that promise today, and break that.

How it works
------------
`patches` finds the text and replaces it; `noting` is loaded into one run of all tests and writes down which test runs
which line; `choosing` makes of it which tests to ask first; `running` starts the tests in copies of the tree;
`witness` tells it which test was red; `__main__` is the command.
'''
