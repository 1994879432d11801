"""README, "For real", typed line by line: from an empty PostgreSQL to a site behind nginx with production's settings."""

import http.client
import re
import ssl
import subprocess
import time

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


def _asked(made: for_real.Installation, path: str, **headers: str) -> http.client.HTTPResponse:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection("127.0.0.1", made.port, context=trusting, timeout=20)
    line.request("GET", path, headers={"Host": f"{for_real.SITE}:{made.port}", **headers})
    return line.getresponse()


def test_every_line_of_readme_is_typed_and_the_site_is_ready(site):
    assert "no issues" in site.said["make install"]
    (opened,) = [said for line, said in site.said.items() if "manage.py setup" in line]
    links = re.findall(rf"{re.escape(site.url)}(/accounts/link/\S+/)", opened)
    assert len(set(links)) == 2
    assert all(_asked(site, link).status == 200 for link in links)
    assert (site.home / ".env").stat().st_mode & 0o077 == 0
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
    assert _asked(site, "/search/?q=warfarinsecret").status == 200
    assert _asked(site, "/accounts/link/a-secret-link/").status in {404, 410, 200, 302}
    # nginx writes the line of a request after its answer is sent.
    logged, until = "", time.monotonic() + 10
    while "/accounts/link/ 4" not in logged and time.monotonic() < until:
        logged = "".join(path.read_text() for path in site.home.glob("*.log"))
    assert "/search/ 200" in logged
    assert "secret" not in logged
    assert "/accounts/link/ 4" in logged


def test_a_dump_of_the_day_is_made_and_two_weeks_are_kept(site):
    old = site.home / "var" / "backups"
    old.mkdir()
    for day in range(1, 20):
        (old / f"2026-01-{day:02}T020000Z.dump").touch()
    site.type("deploy/dump")
    kept = sorted(path.name for path in old.iterdir())
    assert len(kept) == 14
    assert (old / kept[-1]).stat().st_size > 10_000
    assert kept[0] == "2026-01-07T020000Z.dump"
    told = _asked(site, "/health/ready").read().decode()
    assert "alarm, verification" in told
    assert "alarm, backup" not in told


def test_the_units_are_such_as_systemd_takes(site):
    if debian.why_missing("systemd-analyze", "systemd"):
        pytest.skip("no systemd here")
    units = sorted(str(path) for path in (site.home / "deploy").glob("clincalc*"))
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
