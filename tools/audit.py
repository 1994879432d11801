"""Asks PyPI whether anything is known against a locked library: exit 0 nothing is, 1 something is, 2 unasked.

make audit, on a developer's machine: what asks comes by the hashes of requirements/audit.txt, into a room of its own.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOT_ASKED = "Not audited: the data could not be reached from here. Nothing is known of these libraries, good or bad."
ASK = [
    str(ROOT / ".venv-audit" / "bin" / "pip-audit"), "--disable-pip", "--require-hashes", "--progress-spinner", "off",
    "--format", "json", "--requirement", str(ROOT / "requirements" / "runtime.txt"),
]  # fmt: skip


def judged(said: str) -> tuple[int, list[str]]:
    """(exit, lines) of what pip-audit answered. A library that could not be asked about is never well."""
    try:
        found: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 2, [NOT_ASKED]
    known = [
        f"{one['name']} {one['version']}: {bad['id']}, mended in {', '.join(bad['fix_versions']) or 'no version yet'}"
        for one in found
        for bad in one.get("vulns", [])
    ]
    skipped = [one["name"] for one in found if "vulns" not in one]
    if known:
        return 1, known
    if skipped or not found:
        some = (
            f"{len(skipped)} of {len(found)}: {', '.join(skipped)}"
            if len(skipped) < len(found)
            else "none was asked about"
        )
        return 2, [NOT_ASKED, some]
    return 0, [f"Nothing is known against any of {len(found)} libraries."]


if __name__ == "__main__":
    try:
        answer = subprocess.run(ASK, capture_output=True, text=True, check=False, timeout=300).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        answer = ""
    code, lines = judged(answer)
    print("\n".join(lines))
    sys.exit(code)
