"""docs/deploy.md, typed line by line: from an empty PostgreSQL to a site behind nginx with production's settings."""

import http.client
import json
import re
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import debian, for_real
from tests.first_hour import FirstHour

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """(the installation, its address), served."""
    if why_not := debian.why_missing("nginx", "nginx-light"):
        pytest.fail(why_not)
    with for_real.installed(tmp_path_factory.mktemp("real")) as made, for_real.served(made):
        yield made


def _asked(made: for_real.Installation, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection("127.0.0.1", made.port, context=trusting, timeout=20)
    line.request(method, path, headers={"Host": f"{for_real.SITE}:{made.port}", **headers})
    return line.getresponse()


def test_every_line_of_the_page_is_typed_and_the_site_is_ready(site):
    (installed,) = [said for line, said in site.said.items() if "code install" in line]
    # The tables are the service's own until the roles are made, and that is all there is to say.
    assert re.findall(r"clincalc\.[A-Z]\d+|[a-z]+\.[EW]\d+", installed) == ["clincalc.I001"]
    (opened,) = [said for line, said in site.said.items() if "manage.py setup" in line]
    links = re.findall(rf"{re.escape(site.url)}(/accounts/link/\S+/)", opened)
    assert len(set(links)) == 2
    assert all(_asked(site, link).status == 200 for link in links)
    assert [(site.home / name).stat().st_mode & 0o777 for name in (".env", "backup.key")] == [0o640, 0o640]
    answer = _asked(site, "/health/ready")
    assert answer.status == 200
    word, *alarms = answer.read().decode().splitlines()
    assert (word, {one.split(":")[0] for one in alarms}) == ("ready", {"alarm, verification", "alarm, backup"})
    home = _asked(site, "/")
    assert home.status == 200
    assert home.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    style = re.search(r'href="(/static/[^"]+\.css)"', home.read().decode())[1]
    assert _asked(site, style).status == 200


def test_what_is_searched_for_stands_in_no_log(site):
    """Neither in the lines of the service nor in those of nginx, which has them of what it refused itself."""
    assert _asked(site, "/search/?q=warfarinsecret").status == 200
    assert _asked(site, "/accounts/link/a-secret-link/").status in {404, 410, 200, 302}
    with ThreadPoolExecutor(40) as many:
        tried = [
            *many.map(lambda _n: _asked(site, "/accounts/link/a-secret-link/?q=secret", "POST").status, range(120))
        ]
    assert tried.count(429) >= 5
    assert tried.count(429) <= 80  # a burst of 40 is taken
    assert _asked(site, "/").status == 200  # who reads is held back by nothing that others send
    # nginx writes the line of a request after its answer is sent.
    logged, until = [], time.monotonic() + 10
    while not any(one["status"] == 429 for one in logged) and time.monotonic() < until:
        text = "".join(path.read_text() for path in (site.home / "service.log", site.home / "clincalc.log"))
        logged = [one for line in text.splitlines() if line.startswith("{") and "path" in (one := json.loads(line))]
    assert {("/search/", 200), ("/accounts/link/*/", 429)} <= {
        (one["path"].removesuffix("/") + "/", one["status"]) for one in logged if "path" in one
    }
    for path in site.home.glob("*.log"):
        assert "secret" not in path.read_text(), path
        assert "127.0.0.1" not in path.read_text(), path
    ids = [one["request"] for one in logged]
    assert len(set(ids)) == len(ids)


def _units(site, name):
    """(its command, its environment) for each line of a unit that starts something."""
    text = (site.code / "deploy" / name).read_text().replace("/srv/clincalc", str(site.home))
    text = text.replace("/var/run/postgresql", str(site.server.directory))
    given = dict(one.split("=", 1) for one in re.findall(r"^Environment=(.+)$", text, re.MULTILINE))
    return [(one, given) for one in re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)]


def _run(site, name):
    for command, given in _units(site, name):
        site.type("".join(f"{one}='{value}' " for one, value in given.items()) + command)


def _secrets(site):
    return dict(line.split("=", 1) for line in (site.home / ".env").read_text().splitlines() if "KEY=" in line)


def test_each_unit_runs_and_what_it_leaves_ends_an_alarm(site):
    for name in ("clincalc-hourly.service", "clincalc-backup.service", "clincalc-daily.service"):
        _run(site, name)
    copies = site.home / "copies"
    # Whoever fetches them is of the group, and gets nothing else.
    assert {path.suffix: oct(path.stat().st_mode & 0o777) for path in copies.iterdir()} == {
        ".backup": "0o640", ".jsonl": "0o640",
    }  # fmt: skip
    lines = (copies / "checkpoints.jsonl").read_bytes()
    assert lines
    assert (site.home / "var" / "checkpoints.jsonl").read_bytes().startswith(lines)
    assert next(copies.glob("*.backup")).stat().st_size > 10_000
    told = _asked(site, "/health/ready").read().decode()
    assert "alarm, verification" not in told
    assert "alarm, backup" not in told
    # Whoever serves is the app, which has no table.
    assert "postgres://clincalc_app@" in (site.home / ".env").read_text()


def test_the_units_are_such_as_systemd_takes(site):
    if debian.why_missing("systemd-analyze", "systemd"):
        pytest.skip("no systemd here")
    units = sorted(str(path) for path in (site.code / "deploy").glob("clincalc*"))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "clincalc" in line and "is not executable" not in line]
    assert ours == []


def test_the_first_hour_ends_with_a_page_that_a_stranger_reads(site, browser):
    (opened,) = [said for line, said in site.said.items() if "manage.py setup" in line]
    links = re.findall(rf"{re.escape(site.url)}/accounts/link/\S+/", opened)
    hour = FirstHour(browser, site.url, dict(zip(("ada", "ben"), links, strict=True)), site.mails)

    hour.opens()
    hour.arrives()
    hour.writes()
    hour.signs()
    hour.publishes()
    page = hour.is_read()

    print(hour.is_told())
    assert "Reviewed by an endocrinologist and a pharmacist on " in page
    assert "Sudden withdrawal after more than three weeks can cause adrenal crisis." in page
    assert site.type(".venv/bin/python manage.py verify_trail")
    # A place that the page had not yet is there when it is loaded anew; htmx says so in the console.
    met = {name: [said for said in one.errors if "oobErrorNoTarget" not in said] for name, one in hour.people.items()}
    assert {name: said for name, said in met.items() if said} == {}


def test_new_code_takes_the_place_of_the_old_and_a_backup_comes_back(site):
    """After the first hour: the lines of the page for both, typed while the old code still serves."""
    site.follow("New code")
    assert (site.home / "code").resolve().name == "code-2"
    (upgraded,) = [said for line, said in site.said.items() if "code-2 install" in line]
    assert "The database is ready for this version." in upgraded
    assert "No migration waits" in upgraded
    assert _asked(site, "/").status == 200

    _run(site, "clincalc-backup.service")
    site.type("psql --quiet --command 'DROP TABLE reviews_auditevent CASCADE' clincalc")
    site.follow("Backups")
    (restored,) = [said for line, said in site.said.items() if "manage.py restore" in line]
    assert "The trail is whole" in restored
    site.type(".venv/bin/python manage.py verify_trail")


def test_a_backup_comes_back_on_a_new_machine(site, tmp_path):
    """Where there are no tables, no roles and no people, by the copies alone that were fetched."""
    _run(site, "clincalc-backup.service")
    steps = for_real.lines("For real")
    tables, roles, units = (
        next(n for n, line in enumerate(steps) if word in line)
        for word in ("code install", "database_roles", "certbot")
    )
    with for_real.postgres.cluster() as server:
        new = for_real.Installation(tmp_path / "clincalc", server)
        new.type_each(steps[:tables])
        text = (new.home / ".env").read_text()
        for name, secret in _secrets(site).items():
            text = text.replace(_secrets(new)[name], secret)
        (new.home / ".env").write_text(text)
        (new.home / "backup.key").write_bytes((site.home / "backup.key").read_bytes())
        fetched = site.home / "copies"
        for name, path in {"backup": max(fetched.glob("*.backup")), "jsonl": fetched / "checkpoints.jsonl"}.items():
            (new.code / f"NEWEST.{name}").write_bytes(path.read_bytes())

        new.follow("On a new machine")
        (restored,) = [said for line, said in new.said.items() if "manage.py restore" in line]
        assert "The trail is whole" in restored
        new.type_each(steps[roles:units])
        assert "postgres://clincalc_app@" in (new.home / ".env").read_text()
        assert "The trail is whole" in new.type(".venv/bin/python manage.py verify_trail")


def test_another_key_takes_over_as_the_page_says(site):
    before = _secrets(site)
    site.follow("Another key takes over", "keys.md")
    assert any(" took over from " in said for line, said in site.said.items() if "rotate_key" in line)
    after = _secrets(site)
    assert set(after) == {"SECRET_KEY", "SIGNING_KEY"}
    assert after["SECRET_KEY"] == before["SECRET_KEY"]
    assert after["SIGNING_KEY"] != before["SIGNING_KEY"]
    assert (site.home / ".env").stat().st_mode & 0o777 == 0o640
