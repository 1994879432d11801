"""An upgrade of databases that an earlier version left (tests/upgrade): whole before and after, and readers see no
difference."""

import gzip
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from difflib import unified_diff
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from tests import upgrade
from tests.upgrade import House

# The last of Django's own that alters no table: once it is taken out of the list, it waits to be applied.
WITHOUT_EFFECT = "admin.0003_logentry_add_action_flag_choices"


@pytest.fixture
def landed(tmp_path, database_url) -> Iterator[House]:
    """A copy of the house as d547f88 left it, in this lane's kind of database."""
    if connection.vendor == "sqlite":
        yield upgrade.copied("sqlite", tmp_path)
        return
    name = f"upgrade_{uuid4().hex}"
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield upgrade.copied("postgresql", tmp_path, upgrade.beside(database_url, name))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def by_hand(house: House, *statements: str) -> None:
    """What somebody may do who has the database and not the product."""
    path = house.database_url.removeprefix("sqlite:///")
    with closing(psycopg.connect(path) if connection.vendor == "postgresql" else sqlite3.connect(path)) as opened:
        for statement in statements:
            assert opened.execute(statement).rowcount == 1
        opened.commit()


def as_holder(statement: str) -> tuple[str, str, str]:
    """The statement by somebody who set the flag that the triggers ask."""
    return "UPDATE monographs_pen SET held = TRUE", statement, "UPDATE monographs_pen SET held = FALSE"


# What the database says of its triggers: on PostgreSQL the text of a refusal is in a function.
TEXTS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT prosrc FROM pg_proc WHERE proname LIKE 'truth%'"
    ),
}


def trigger_texts(house: House) -> list[str]:
    path = house.database_url.removeprefix("sqlite:///")
    with closing(psycopg.connect(path) if connection.vendor == "postgresql" else sqlite3.connect(path)) as opened:
        return sorted(text for (text,) in opened.execute(TEXTS[connection.vendor]).fetchall())


def rows_of(house: House, query: str) -> list[tuple]:
    path = house.database_url.removeprefix("sqlite:///")
    with closing(psycopg.connect(path) if connection.vendor == "postgresql" else sqlite3.connect(path)) as opened:
        return sorted(tuple(row) for row in opened.execute(query).fetchall())


def rights_before(house: House) -> tuple[set[tuple], list[tuple]]:
    """(person, permission, class) of all that the groups of roles opened, in each class and all below it, and (person,
    role), an administrator by Django's flag of a superuser included: by hand, as the policy of then read them."""
    above = dict(
        rows_of(
            house,
            "SELECT c.slug, COALESCE(p.slug, '') FROM monographs_therapeuticclass c"
            " LEFT JOIN monographs_therapeuticclass p ON p.id = c.parent_id",
        )
    )
    of = "FROM auth_user u JOIN auth_user_groups m ON m.user_id = u.id JOIN auth_group g ON g.id = m.group_id"
    granted = rows_of(
        house,
        f"SELECT u.username, p.codename, c.slug {of} JOIN reviews_classgrant r ON r.group_id = g.id"
        " JOIN auth_permission p ON p.id = r.permission_id"
        " JOIN monographs_therapeuticclass c ON c.id = r.content_object_id",
    )
    whole = set()
    for slug in above:
        path = [slug]
        while path[-1]:
            path.append(above[path[-1]])
        whole |= {(who, permission, slug) for who, permission, on in granted if on in path}
    flagged = "SELECT username, 'administrator' FROM auth_user WHERE is_superuser"
    return whole, rows_of(house, f"SELECT u.username, g.name {of} UNION {flagged}")


# Prints what the policy of today says.
RIGHTS = """
import django, json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "clincalc.settings"
django.setup()
from django.contrib.auth import get_user_model
from monographs.models import TherapeuticClass
from reviews.access import policy
people, names = get_user_model().objects.order_by("username"), {n for role in policy.ROLES.values() for n in role.grants}
print(json.dumps({
    "roles": sorted((one.username, role) for one in people for role in policy.roles_of(one)),
    "rights": [
        (one.username, name, place.slug) for place in TherapeuticClass.objects.all() for one in people for name in names
        if policy.is_granted(one, [name], place)
    ],
}))
"""


def difference(before: dict[str, str], now: dict[str, str]) -> str:
    """The addresses whose answers differ, and how the first one does."""
    addresses = [address for address in before if before[address] != now[address]]
    if not addresses:
        return ""
    first = addresses[0]
    sides = before[first].splitlines(), now[first].splitlines()
    lines = [f"{len(addresses)} of {len(before)} addresses answer differently: {', '.join(addresses)}"]
    lines += unified_diff(*sides, f"recorded {first}", f"now {first}", lineterm="")
    if sides[0] == sides[1]:
        lines.append("(only the ends of lines differ)")
    return "\n".join(lines)


def misprints(house: House) -> Counter[tuple[str, int]]:
    """How many texts of each edition do not show what was typed, as `check_text` lists them: all are open."""
    done = house.manage("check_text", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["open"], told["unreadable"]) == (1, len(told["found"]), [])
    return Counter((one["monograph"], one["edition"]) for one in told["found"])


# Prints how many texts wait in somebody's queue, without whatever else is urgent there.
WAITING = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "clincalc.settings"
django.setup()
from django.contrib.auth import get_user_model
from reviews.desk.published.urgent_tasks import waiting_for
found = waiting_for(get_user_model().objects.get(username="{person}"))
print(sum(one.what == "Not printed as typed" for one in found))
"""


@pytest.mark.slow
@pytest.mark.django_db
def test_an_upgrade_leaves_the_trail_whole_and_every_page_as_it_was(landed):
    checkpoints, recorded = landed.checkpoints.read_bytes(), upgrade.recorded()
    rights, roles = rights_before(landed)
    # What every version finds to do: a migration that waits, and an index that lacks a word.
    by_hand(
        landed,
        f"DELETE FROM django_migrations WHERE app || '.' || name = '{WITHOUT_EFFECT}'",
        *as_holder("DELETE FROM monographs_indexentry WHERE kind = 'brand' AND term = 'signatyl'"),
    )

    done = landed.manage("upgrade")

    said = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert said[0].startswith("Applying ")
    assert WITHOUT_EFFECT in said[0]
    assert said[1:7] == [
        "8 accounts taken into the trail as they stand.",
        "Taking over roles: 58 grants. Each is confirmed within six months, or it lapses.",
        "Certified 22 publications of before.",
        "Making all that is derived anew.",
        "The index holds 19 live pages.",
        "Verifying the trail.",
    ]
    assert said[7].startswith("The trail is whole: ")
    assert said[8:] == ["The database is ready for this version."]
    assert rows_of(landed, "SELECT 1 FROM auth_group UNION SELECT 1 FROM reviews_classgrant") == []
    # The same people hold the same roles, and may the same in each class.
    now = json.loads(landed.run("-c", RIGHTS).stdout)
    assert [tuple(one) for one in now["roles"]] == roles
    assert {tuple(one) for one in now["rights"]} == rights
    assert len(rights) > 200
    # The accounts and roles that were there are in entries now, and a line vouches for each.
    *before, one, other, certified = landed.checkpoints.read_bytes().splitlines(keepends=True)
    assert (b"".join(before), b'"act":"accounts_taken_over"' in one) == (checkpoints, True)
    assert b'"act":"roles_taken_over"' in other
    assert b'"act":"certified"' in certified
    # The triggers are those of a database that this version made, to the word.
    with connection.cursor() as cursor:
        cursor.execute(TEXTS[connection.vendor])
        assert trigger_texts(landed) == sorted(text for (text,) in cursor.fetchall())
    # What was signed before and lost signs is told, and asked of clinicians.
    assert misprints(landed) == {("astericin", 1): 15, ("interferon-beta-1a", 2): 1, ("permissin", 1): 3}
    assert landed.run("-c", WAITING.format(person="clinician")).stdout == "19\n"
    assert landed.run("-c", WAITING.format(person="editor")).stdout == "0\n"
    pages = recorded["pages"]
    told = difference(pages, landed.served(recorded["at"], list(pages)))
    assert not told, told


@pytest.mark.slow
@pytest.mark.django_db
def test_an_upgrade_of_what_somebody_touched_ends_with_what_was_found(landed):
    by_hand(
        landed,
        *as_holder("UPDATE monographs_monograph SET next_review_due = '2090-01-01' WHERE slug = 'gentamicin'"),
    )

    done = landed.manage("upgrade")

    assert done.returncode == 1
    assert "ready" not in done.stdout
    *found, last = done.stderr.splitlines()
    assert "entry 127: monographs.monograph:7: the row is not as entry 127 left it." in found
    assert last == "CommandError: The trail is not whole. Find out why before this database is served."


@pytest.mark.any_database
@pytest.mark.slow
@pytest.mark.django_db
def test_a_checkpoint_file_that_is_another_or_cut_is_told_before_anything_is_made_anew(landed):
    """What is made anew is served, and the next act leaves a line: then the file has grown again."""
    whole = landed.checkpoints.read_text().splitlines(keepends=True)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    ways = {
        "another": (upgrade.OF_COMMIT / f"checkpoints.{other}.jsonl").read_text(), "emptied": "",
        "cut": "".join(whole[: len(whole) // 2]),
    }  # fmt: skip
    for way, left in ways.items():
        landed.checkpoints.write_text(left)
        done = landed.manage("upgrade")

        *found, last = done.stderr.splitlines()
        assert (done.returncode, last.startswith("CommandError: The checkpoint file is not")) == (1, True), way
        what = "which is no longer in the trail as it was" if way == "another" else "No checkpoint names entry "
        assert len([line for line in found if what in line]) >= (10 if way == "another" else 1), way
        assert "Making all" not in done.stdout
    assert landed.run("-c", "import clincalc.wsgi").returncode != 0
    landed.manage("checkpoint")

    assert landed.manage("upgrade").returncode == 0


@pytest.mark.any_database
@pytest.mark.slow
@pytest.mark.django_db
def test_what_was_migrated_and_not_made_anew_is_neither_served_nor_written(landed):
    """Its pages would lack what this version derives, and what was written would stand beside nothing."""
    assert landed.manage("migrate", "--verbosity", "0").returncode == 0

    served = landed.run("-c", "import clincalc.wsgi")
    written = landed.manage("import_monographs", "/dev/null", "--actor", "editor")

    for done in (served, written):
        assert done.returncode != 0
        assert done.stderr.splitlines()[-1].endswith("Run `manage.py upgrade`.")
    assert landed.manage("upgrade").returncode == 0
    assert landed.run("-c", "import clincalc.wsgi").returncode == 0


def test_the_recorded_pages_hold_every_state_of_a_page():
    pages = upgrade.recorded()["pages"]

    for state in (
        "Review overdue since", "not yet countersigned", "Countersigned by", "Correction", "Retired", "withheld",
        "Removed", "410 ", "One change since then.", "HLA-B<em>15:02 and HLA-A</em>31:01", "CYP2C9<em>2, CYP2C9</em>3",
        "1.5<em>10^9/L or platelets below 100</em>10^9/L", "1<strong>2 … 3</strong>4", "<strong>init</strong>",
        "<p>Store at</p>\n<ul><li>20 °C",
    ):  # fmt: skip
        assert [address for address, answer in pages.items() if state in answer], state


@pytest.fixture
def intended(monkeypatch, tmp_path):
    """Two recorded pages, and a file of what is meant to differ from them."""
    file, pages = tmp_path / "intended.toml", tmp_path / "pages.json.gz"
    pages.write_bytes(gzip.compress(json.dumps({"pages": {"/a/": "<h2>Dose", "/b/": "<h2>Use"}}).encode()))
    monkeypatch.setattr(upgrade, "INTENDED", file)
    monkeypatch.setattr(upgrade, "PAGES", pages)
    return file


def test_a_difference_that_is_meant_is_declared_once(intended):
    intended.write_text('[[difference]]\nwhy = "Smaller headings."\nbefore = "<h2>"\nafter = "<h3>"\n')

    assert upgrade.recorded()["pages"] == {"/a/": "<h3>Dose", "/b/": "<h3>Use"}


def test_a_declared_difference_that_is_on_no_page_is_refused(intended):
    intended.write_text('[[difference]]\nwhy = "Long gone."\nbefore = "<h4>"\nafter = "<h3>"\n')

    with pytest.raises(AssertionError, match=r"“Long gone\.” is found on no page"):
        upgrade.recorded()


def test_one_byte_is_a_difference_and_is_shown():
    told = difference({"/a/": "x\n\nDose", "/b/": "y"}, {"/a/": "x\n\nDosе", "/b/": "y"})

    assert told.splitlines()[0] == "1 of 2 addresses answer differently: /a/"
    assert told.splitlines()[-2:] == ["-Dose", "+Dosе"]
    assert difference({"/a/": "x\n"}, {"/a/": "x"}).endswith("(only the ends of lines differ)")
    assert difference({"/a/": "x"}, {"/a/": "x"}) == ""
