"""The script of the desk: what comes from elsewhere is what it is said to be, and all of it together is small."""

import gzip
import hashlib
from pathlib import Path

import django_htmx

from clincalc import settings

STATIC = Path(settings.__file__).parent / "static"
VENDOR = STATIC / "vendor"
LEFT_OUT = {"print.js"}  # of public pages


def test_each_library_is_the_one_whose_hash_is_noted_and_has_its_licence():
    listed = dict(reversed(line.split("  ")) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    there = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*.*") if path.is_file()}
    licences = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("LICENSE")}

    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in (there | licences).items()} == listed
    assert {name.partition("/")[0] for name in licences} == {name.partition("/")[0] for name in listed}
    assert all(
        "MIT" in path.read_text() or "Permission is hereby granted" in path.read_text() for path in licences.values()
    )


def test_all_of_the_desks_script_together_is_small():
    own = [path for path in STATIC.rglob("*.js") if path.name not in LEFT_OUT]
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"

    sizes = {path.name: len(gzip.compress(path.read_bytes(), mtime=0)) for path in (*own, htmx)}

    assert {"desk.js", "citing.js", "htmx-2.min.js", "input-style-clone.js"} <= sizes.keys()
    assert sum(sizes.values()) <= 45 * 1024, sizes
