"""Header × address × method against a real server, while the house goes on working: no input is a fault of ours, and every
page that comes back is the one that a fresh process makes.

`make test` asks little; `make fuzz` asks 20,000 times (REQUESTS=… and SEED=… change it). One seed, one list of requests.
"""

import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote, unquote

import pytest

from monographs.models import Monograph
from tests import factories as make
from tests.servers import ROOT, ask, manage, parted, request, serving

# How requests are read is the same with any database; signs that one of them cannot keep are asked of both in test_requests.py.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.any_database]

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "600"))
SEED = int(os.environ.get("FUZZ_SEED", "2026"))
PAGES_TELL = (200, 404, 410)  # what of an answer's kinds is the same for everybody

PAGES = [
    "/", "/drugs/", "/drugs/testazumab/", "/drugs/otherumab/", "/drugs/testazumab/monograph.json",
    "/drugs/testazumab/editions/", "/drugs/testazumab/editions/1/", "/classes/", "/classes/neurology/", "/search/",
    "/updates/", "/updates/feed/", "/corrections/", "/sitemap.xml", "/sitemap-1.xml", "/robots.txt", "/opensearch.xml",
    "/.well-known/clincalc-keys.json", "/about/",
]  # fmt: skip
OTHERS = [
    "/report/", "/report/", "/accounts/login/", "/accounts/logout/", "/accounts/reauthenticate/", "/admin/", "/admin/login/", "/desk/",
    "/desk/monographs/", "/desk/monographs/testazumab/", "/desk/monographs/testazumab/do/submit/",
    "/desk/monographs/testazumab/edit/section/new/", "/report/abc/", "/health/live", "/nothing/", "/static/site.css",
    "/static/none.css", "/static/", "/sitemap-0001.xml", "/drugs/testazumab/editions/01/",
    "/drugs/testazumab/editions/1...01/", "/drugs/testazumab/editions/99999999999999999999/", "/drugs/draftumab/",
    "/drugs/TESTAZUMAB/", "/drugs/%00/", "/drugs/%ff/", "/drugs/%E2%82%AC/", "//evil.example/", "/../", "/drugs/../",
    "/drugs%2Ftestazumab/", "/desk%2F", "/%2e%2e/", "*", "x", "http://evil.example/", "http://evil.example/drugs/testazumab/",
    "/drugs/testazumab", "/drugs/testazumab/;x", "/drugs/testazumab/%0d%0aX:y/", "/" + "a" * 9_000, "/\\evil.example/",
    "/drugs/x" + "%41" * 500 + "/", "/drugs/testazumab%5C", "/%c0%afdrugs/", "/drugs/%C0%AEtestazumab/", "/drugs/%ed%a0%80/",
    "/drugs;a=b/testazumab/", "///evil.example//drugs/", "https://localhost/drugs/", "//localhost/drugs/testazumab/",
    "/drugs/testazumab/%2e%2e/", "/drugs/testazumab/editions/%D9%A1/", "/drugs/testazumab/#x", "/drugs/testazumab/%3Fq=x",
    "/drugs/testazumab/editions/1.0/", "/drugs/testazumab/editions/+1/", "/drugs/testazumab%252F", "/sitemap-1.xml/",
]  # fmt: skip
QUERIES = [
    "", "", "", "q=x", "q=%ff", "q=%00", "q=" + "x" * 5_000, "page=2", "page=-1", "page=%C2%B2", "letter=T", "letter=%00",
    "&".join(f"a{number}=1" for number in range(1_100)), "utm=1", "edition=1&other=2", "a=1;b=2", "%", "=&=", "one=1&other=1",
    "from=1&to=99999999999999999999", "page=/drugs/testazumab/&edition=1&part=dose", "next=//evil.example", "q=\u20ac",
]  # fmt: skip
METHODS = ["GET"] * 12 + ["HEAD"] * 3 + ["POST"] * 4 + [
    "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "BREW", "PROPFIND",
]  # fmt: skip
CODECS = [
    "hex", "rot13", "zlib", "base64", "idna", "punycode", "undefined", "utf-7", "utf-16", "latin-1", "x", "", "utf-8",
    '"hex"', "unicode_escape", "bz2",
]  # fmt: skip
KINDS = [
    "x", "text/html", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "multipart/form-data", "multipart/form-data; boundary*=hex''x", "a/b, c/d", "", ";", "application/xml",
]  # fmt: skip
HEADERS = {
    "SCRIPT_NAME": ["/evil", "/", "/drugs"], "Script-Name": ["/evil"], "X-Script-Name": ["/evil"],
    "X-Forwarded-Prefix": ["/evil"], "X-Forwarded-Host": ["evil.example"], "X-Forwarded-Proto": ["https", "http,https"],
    "X-Forwarded-Ssl": ["on"], "X-Forwarded-Port": ["1"], "X-Forwarded-For": ["1.2.3.4", "x", ",,,"],
    "Forwarded": ["host=evil.example;proto=https"], "X-Original-URL": ["/desk/"], "X-Rewrite-URL": ["/desk/"],
    "X-HTTP-Method-Override": ["DELETE"], "Remote-User": ["admin"], "REMOTE_USER": ["admin"], "Proxy": ["http://evil"],
    "Host": ["localhost", "evil.example", "localhost:1", "", "localhost,evil", "[::1", "a b"],
    "Cookie": ["a=b", "__Host-session=x", "messages=x", "=;=", "a" * 3_000, "__Host-csrf=\xff"],
    "Accept-Encoding": ["gzip", "gzip;q=0", "x-gzip-foo", "*;q=0", "br", "gzip;q=x", "identity;q=0", "GZIP", "*",
        "gzip;q=0, *", "identity;q=0, *;q=0", "gzip;q=0.1, identity", ",", "gzip;q=\xb2"],
    "Accept": ["application/json", "*/*", "x"], "Accept-Language": ["de", "zz-ZZ", "*"], "Accept-Charset": ["hex"],
    "Range": ["bytes=0-1", "bytes=9-1", "bytes=-", "lines=1", "bytes=0-1,2-3"], "If-Range": ['"x"'],
    "If-None-Match": ['"x"', "*", 'W/"x"', '"', ","], "If-Match": ['"x"', "*"],
    "If-Modified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT", "x", "Sat, 01 Jan 9999 00:00:00 GMT"],
    "If-Unmodified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT"], "Expect": ["100-continue", "x"],
    "Content-Encoding": ["gzip", "identity", "x"], "Transfer-Encoding": ["chunked", "gzip, chunked", "identity", "xchunked", "chunked, identity"],
    "Content-Length": ["5", "-1", "x", "99999999999"], "Origin": ["null", "http://evil.example", "x"],
    "Referer": ["http://evil.example/", "x", "//"], "Sec-Fetch-Site": ["cross-site", "x"],
    "X-Requested-With": ["XMLHttpRequest"], "X-CSRFToken": ["x", "\xff"], "User-Agent": ["", "x" * 2_000, "\xff\xfe"],
    "Authorization": ["Basic x", "Bearer y"], "Upgrade": ["h2c", "websocket"], "Connection": ["Upgrade", "close, Host"],
    "Date": ["x"], "Max-Forwards": ["0"], "Via": ["x"], "Content-Type": [],
}  # fmt: skip
BODIES = [
    b"", b"text=x&harm=yes", b"a=%ff&b=%00", b"text=" + b"x" * 5_000, b"{", b"\xff\xfe", b"a=1&" * 1_100,
    b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=hex\r\n\r\nv\r\n--x--\r\n',
    b"--x\r\nContent-Disposition: form-data; name*=hex''61\r\n\r\nv\r\n--x--\r\n", b"login=editor&password=",
    b"--x\r\nContent-Disposition: form-data; name=a; filename*=rot13''x\r\n\r\nv\r\n--x--\r\n",
]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    target: str
    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def raw(self) -> bytes:
        named = [name.lower() for name, _value in self.headers]
        host = None if "host" in named and self.method != "GET" else "localhost"
        said = next((value for name, value in self.headers if name.lower() == "content-length"), "")
        body = self.body.ljust(int(said), b"x") if said == "5" else self.body  # half-sent ones are in test_servers.py
        sent = request(self.target, self.method, list(self.headers), body, host)
        if "content-length" in named or "transfer-encoding" in named:
            sent = sent.replace(b"\r\nContent-Length: %d\r\n" % len(body), b"\r\n", 1)
        return sent


def requests(chance: random.Random, number: int) -> list[Asked]:
    return [_request(chance) for _ in range(number)]


def _request(chance: random.Random) -> Asked:
    path = chance.choice(PAGES if chance.random() < 0.6 else OTHERS)
    if chance.random() < 0.1 and len(path) > 3:  # the same address, otherwise written
        place = chance.randrange(1, len(path))
        path = path[:place] + (path[place] if path[place] == "%" else f"%{ord(path[place]):02X}") + path[place + 1 :]
    query = chance.choice(QUERIES)
    method = chance.choice(METHODS)
    headers = []
    for name in chance.choices(list(HEADERS), k=chance.choice([0, 1, 1, 2, 3, 5])):
        for _ in range(2 if chance.random() < 0.05 else 1):
            headers.append((name, chance.choice(HEADERS[name]) if HEADERS[name] else _content_type(chance)))
    body = b""
    if method not in ("GET", "HEAD", "get") or chance.random() < 0.05:
        body = chance.choice(BODIES)
        if body and chance.random() < 0.8:
            headers.append(("Content-Type", _content_type(chance)))
    return Asked(f"{path}?{query}" if query else path, method, tuple(headers), body)


def _content_type(chance: random.Random) -> str:
    name = chance.choice(["charset", "charset", "CHARSET", "charset*", "charset*0", "x", "boundary"])
    return chance.choice(KINDS) + (f"; {name}={chance.choice(CODECS)}" if chance.random() < 0.7 else "")


def fresh(targets: list[str], environment: dict[str, str]) -> dict[str, list]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fresh"], cwd=ROOT, env={**os.environ, **environment}, input=json.dumps(targets),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def shown(answer: bytes) -> tuple[int, str]:
    """Status, and the hash of what a reader sees."""
    status, headers, body = parted(answer)
    seen = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
    return status, hashlib.sha256(seen).hexdigest()


def acts(house):
    """What happens meanwhile, one act after each round."""
    monograph = Monograph.objects.get(slug="testazumab")
    yield lambda: make.warn(house.clinician, monograph)
    yield lambda: make.countersign(monograph.overlays.get(), house.clinician2)
    yield lambda: make.withdraw(monograph.live.edition, house.publisher, "take_down")
    yield lambda: make.published(house, "thirdumab")


def test_no_input_is_a_fault_and_every_page_is_what_a_fresh_process_makes(house, database_url, settings, tmp_path):
    make.published(house)
    make.published(house, "otherumab")
    make.draft(house, "draftumab")
    environment = {
        "DATABASE_URL": database_url, "CHECKPOINT_FILE": settings.CHECKPOINT_FILE, "ALLOWED_HOSTS": "localhost",
        "STATIC_ROOT": str(tmp_path / "static"),
    }  # fmt: skip
    manage("collectstatic", "--noinput", "--verbosity", "0", **environment)
    chance, told, wrong = random.Random(SEED), Counter(), []
    with serving(tmp_path / "log", **environment) as port:
        for act in [*acts(house), None]:
            pages: dict[str, dict[tuple[int, str], Asked]] = {}
            for one in requests(chance, REQUESTS // 5):
                answer = ask(port, one.raw, timeout=30)
                status, _headers, _body = parted(answer)
                told[status // 100 if status else "hung up"] += 1
                if status >= 500:
                    wrong.append((status, one))
                if (
                    status in PAGES_TELL
                    and one.method == "GET"
                    and one.target.startswith("/")
                    and not _is_new_each_time(one)
                ):
                    pages.setdefault(one.target, {})[shown(answer)] = one
            for path in PAGES:  # and what the next reader gets, twice, from either worker
                for _ in range(4):
                    pages.setdefault(path, {})[shown(ask(port, request(path)))] = Asked(path, "GET", (), b"")
            targets = {target: quote(target.partition("#")[0], safe="/%?&=;:,*+~()'!$@\\") for target in pages}
            made = fresh(list(targets.values()), environment)
            wrong += [
                (found, one, made[targets[target]])
                for target, seen in pages.items()
                for found, one in seen.items()
                if list(found) != made[targets[target]]
            ]
            told["pages compared"] += sum(map(len, pages.values()))
            if act:
                act()
    print(f"{REQUESTS} requests, seed {SEED}: {dict(told)}")
    said = "\n".join(str(one)[:400] for one in wrong[:20])
    assert wrong == [], f"{len(wrong)} of them:\n{said}\n{(tmp_path / 'log').read_text()[-4_000:]}"
    assert told[2] > REQUESTS / 10
    assert told[4] > REQUESTS / 10


def _is_new_each_time(one: Asked) -> bool:
    """Forms with a token, pieces of a file, what says how the process is."""
    return unquote(one.target).startswith(("/accounts/", "/admin/", "/report/", "/static/", "/health/"))


def test_one_seed_makes_one_list_of_requests():
    assert requests(random.Random(1), 200) == requests(random.Random(1), 200)
    assert len({(one.target, one.method, one.headers, one.body) for one in requests(random.Random(1), 200)}) > 190
