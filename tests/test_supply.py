"""What the product is made of, told in the form of CycloneDX; and what is said where nothing can be asked about it."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database
ROOT = Path(__file__).resolve().parent.parent
SBOM = runpy.run_path(ROOT / "tools" / "sbom.py")
AUDIT = runpy.run_path(ROOT / "tools" / "audit.py")


def test_the_bill_names_each_locked_library_with_its_hashes_and_is_the_same_each_time():
    first, second = (
        subprocess.run([sys.executable, "tools/sbom.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _time in range(2)
    )
    bill = json.loads(first)
    lock = (ROOT / "requirements" / "runtime.txt").read_text()

    assert first == second
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    of_python = {one["name"]: one for one in bill["components"] if one["purl"].startswith("pkg:pypi/")}
    assert {f"{one['name']}=={one['version']}" for one in of_python.values()} == set(
        re.findall(r"^([\w.-]+==[\w.]+)", re.sub(r"\[\w+\]", "", lock), re.MULTILINE)
    )
    assert sum(len(one["properties"]) for one in of_python.values()) == lock.count("--hash=sha256:")
    assert of_python["django"]["version"].startswith("5.2.")
    scripts = {one["name"]: one for one in bill["components"] if one["purl"].startswith("pkg:npm/")}
    assert {name: len(one["properties"]) for name, one in scripts.items()} == {
        "@github/combobox-nav": 2,
        "dom-input-range": 3,
    }
    refs = [one["bom-ref"] for one in bill["components"]]
    assert len(set(refs)) == len(refs)
    assert [one["ref"] for one in bill["dependencies"]] == ["clincalc-pro", *refs]
    # Neither when it was made, nor where from.
    assert not re.search(r"https?://|timestamp|/work|/home", first)


def test_a_lock_file_that_is_not_understood_makes_no_bill():
    with pytest.raises(ValueError, match="not understood"):
        SBOM["libraries"]("django==5.2.1\nother @ file:///x \\\n    --hash=sha256:" + "0" * 64 + "\n")


def test_what_asks_is_locked_by_its_hashes_too():
    locked = SBOM["libraries"]((ROOT / "requirements" / "audit.txt").read_text())

    assert [one["name"] for one in locked if one["name"] == Path(AUDIT["ASK"][0]).name] == ["pip-audit"]
    assert all(one["properties"] for one in locked)


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("", 2, "Not audited"),
        ('{"dependencies": []}', 2, "Not audited"),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', 0, "Nothing is known against any of 1"),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "x"}]}', 2, "1 of 2: b"),
        ('{"dependencies": [{"name": "b", "skip_reason": "x"}]}', 2, "none was asked about"),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}, {"name": "b"}]}', 1, "a 1: CVE-1, mended in 2"),
    ],
)  # fmt: skip
def test_what_could_not_be_asked_is_never_well(said, code, words):
    found, lines = AUDIT["judged"](said)

    assert found == code
    assert words in "\n".join(lines)
