"""Prints what the product is made of, as CycloneDX 1.6 JSON: each library of requirements/runtime.txt with its
hashes, and the scripts that `tools/vendor` fetched. The same files make the same bytes; no network is asked.

    .venv/bin/python tools/sbom.py > sbom.json
"""

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parent.parent
LOCKED = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}[^\n]*\n?)+)", re.M
)
FETCHED = re.compile(r"^take (\S+) (\S+) (\S+) ", re.MULTILINE)


def libraries(lock: str) -> list[dict[str, Any]]:
    """One component each line of a lock file. Refuses (ValueError) a file of which a line is not understood."""
    found = LOCKED.findall(lock)
    if len(found) != len(re.findall(r"^[A-Za-z0-9]", lock, re.MULTILINE)):
        raise ValueError("a line of the lock file is not understood")
    return [_component("pypi", name, version, re.findall("[0-9a-f]{64}", hashes)) for name, version, hashes in found]


def scripts(vendor: str, sums: str) -> list[dict[str, Any]]:
    """What tools/vendor took, with the hashes of its files."""
    return [
        _component("npm", name, version, re.findall(rf"^([0-9a-f]{{64}})  {re.escape(folder)}/", sums, re.MULTILINE))
        for name, version, folder in FETCHED.findall(vendor)
    ]


def _component(kind: str, name: str, version: str, hashes: list[str]) -> dict[str, Any]:
    # Of each file that may be installed: which of them it is, the machine decides.
    purl = f"pkg:{kind}/{quote(name, safe='/')}@{quote(version)}"
    return {
        "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
        "properties": [{"name": "clincalc:sha256", "value": one} for one in sorted(hashes)],
    }  # fmt: skip


def bill() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    parts = libraries((ROOT / "requirements" / "runtime.txt").read_text())
    folder = ROOT / "clincalc" / "static" / "vendor"
    parts += scripts((ROOT / "tools" / "vendor").read_text(), (folder / "SHA256SUMS").read_text())
    parts.sort(key=lambda one: one["purl"])
    content = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    product = {
        "type": "application",
        "bom-ref": project["name"],
        "name": project["name"],
        "version": project["version"],
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {"component": product},
        "components": parts,
        "dependencies": [
            {"ref": product["bom-ref"], "dependsOn": [one["bom-ref"] for one in parts]},
            *({"ref": one["bom-ref"]} for one in parts),
        ],
    }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1, sort_keys=True)
    print()
