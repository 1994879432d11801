"""What is said beside a name in every list: critical notices by the day, warnings, retirement, an overdue review."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.sql import compiler
from django.utils.html import strip_tags

from monographs import questions
from monographs.document import SafetyNotice
from monographs.models import Monograph
from monographs.public import classes, lists, search, sitemaps, updates, views, what_changed
from monographs.public.lists import listed
from monographs.public.search_terms import letter_of
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]

NAMING = ("/", "/drugs/", "/drugs/?letter=T", "/classes/multiple-sclerosis/", "/search/?q=testa")


def notice(name, **changes):
    given = {
        "key": make.key(name), "type": "contraindication", "severity": "critical", "title": name, "text": "It harms.",
        "action": "Stop.", "issued": "2026-01-01", "source": "trial2020", **changes,
    }  # fmt: skip
    return SafetyNotice(**given)


def words(client, path):
    return " ".join(strip_tags(client.get(path).content.decode()).split())


@pytest.fixture
def at(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to


def test_a_critical_notice_is_named_in_every_list_from_its_first_day_to_the_day_before_its_last(house, client, at):
    doc = make.document(
        notices=(
            notice("Two days", effective="2028-06-20", expires="2028-06-22"),
            notice("From then on", effective="2028-06-21"),
            notice("Until then", expires="2028-06-21"),
            notice("Always"),
            notice("Milder", type="caution", severity="major"),
            notice("Told only", type="shortage", severity="information"),
        )
    )
    make.published(house, doc=doc)
    titles = [one.title for one in doc.notices]

    def by_key(title):
        return str(make.key(title))

    # The instants are those of London's midnight, which is an hour ahead of UTC in June.
    for moment, expected in (
        (datetime(2028, 6, 19, 22, 59, tzinfo=UTC), ["Until then", "Always"]),
        (datetime(2028, 6, 19, 23, 0, tzinfo=UTC), ["Two days", "Until then", "Always"]),
        (datetime(2028, 6, 20, 22, 59, tzinfo=UTC), ["Two days", "Until then", "Always"]),
        (datetime(2028, 6, 20, 23, 0, tzinfo=UTC), ["Two days", "From then on", "Always"]),
        (datetime(2028, 6, 21, 22, 59, tzinfo=UTC), ["Two days", "From then on", "Always"]),
        (datetime(2028, 6, 21, 23, 0, tzinfo=UTC), ["From then on", "Always"]),
    ):
        at(moment)
        for path in NAMING:
            said = re.findall("<strong[^>]*>([^<]+)</strong>", client.get(path).content.decode())
            assert [one for one in said if one in titles] == sorted(expected, key=by_key), (moment, path)


def test_a_line_says_retirement_warnings_and_notices_in_order_and_each_of_its_own_page(house, client):
    make.published(house, "otherumab")
    make.published(house, doc=make.document(notices=(notice("Mind the liver"),)))
    monograph = Monograph.objects.get(slug="testazumab")
    make.warn(house.clinician, monograph)
    (ended,) = make.warn(house.clinician, monograph, title="recall")
    make.lift(ended, house.pharmacist)
    make.withhold(monograph, make.key("prescribing"), house.publisher)
    make.correct(house.pharmacist, monograph, "Tests go on for years.", "Tests go on for months.")
    make.withdraw(monograph.live.edition, house.publisher)

    lines = {line.publication.slug: line for line in listed([make.live("otherumab"), make.live()])}

    mine, other = lines["testazumab"], lines["otherumab"]
    assert mine.said == ("Urgent warning: There is a new severe reaction", "Retired", "Mind the liver")
    assert (mine.is_retired, mine.is_overdue, mine.letter) == (True, False, "T")
    assert (other.said, other.is_retired, other.is_overdue) == ((), False, False)
    for path in NAMING:
        assert client.get(path).content.decode().count(">Retired</strong>") == 1, path
        assert client.get(path).content.decode().count(">Mind the liver</strong>") == 1, path
    make.lift(monograph.overlays.get(kind="warning", title="new-reaction"), house.pharmacist)
    make.reinstate(house, monograph.live.edition)
    (line,) = listed([make.live()])
    assert (line.said, line.is_retired) == (("Mind the liver",), False)


def test_an_overdue_review_is_said_from_the_day_after_and_not_beside_a_retired_page(house, client, at, grants_last):
    make.published(house)
    due = Monograph.objects.get().next_review_due
    noon = datetime(due.year, due.month, due.day, 12, tzinfo=UTC)
    told = {}
    for days in (0, 1):
        at(noon + timedelta(days=days))
        told[days] = [path for path in NAMING if "review overdue" in words(client, path)]
    assert told == {0: [], 1: list(NAMING)}

    at(noon)
    make.withdraw(make.live().edition, house.publisher)
    at(noon + timedelta(days=1))
    assert [path for path in NAMING if "review overdue" in words(client, path)] == []


def test_no_list_names_what_is_a_draft_superseded_or_taken_down(house, client):
    doc = make.document()
    for slug in ("goneumab", "retirumab", "testazumab"):
        make.published(house, slug, doc.replaced(header=doc.header.replaced(name=slug.capitalize(), title=slug)))
    make.draft(house, "testadraft")
    make.withdraw(make.live("goneumab").edition, house.publisher, "take_down")
    make.withdraw(make.live("retirumab").edition, house.publisher)
    second = make.start(house, make.live().edition)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))

    for path in ("/", "/drugs/", "/classes/neurology/", "/classes/multiple-sclerosis/", "/search/?q=multiple"):
        found = re.findall(r'href="/drugs/([a-z-]+)/"', client.get(path).content.decode())
        expected = ["testazumab", "retirumab"] if path in ("/", "/search/?q=multiple") else ["retirumab", "testazumab"]
        assert found == expected, path
        assert "dition 2" in words(client, path), path
    assert words(client, "/classes/").count("Neurology 2 Multiple sclerosis 2") == 1
    letters = re.findall(r'\?letter=(\w+)"', client.get("/drugs/").content.decode())
    assert letters == ["R", "T"]
    for path in ("/drugs/?letter=G", "/search/?q=multiple", "/drugs/goneumab-drug/"):
        assert "Goneumab" not in words(client, path), path
    assert "Taken down Goneumab" in words(client, "/search/?q=gone")  # to whoever looks for it
    assert client.get("/drugs/goneumab/").status_code == 410
    # It comes back to every list.
    make.reinstate(house, make.live("goneumab").edition)
    assert all("Goneumab" in words(client, path) for path in ("/", "/drugs/", "/classes/neurology/", "/search/?q=gone"))


def test_names_stand_in_the_order_of_the_alphabet_whatever_their_case(house, client, monkeypatch):
    doc = make.document()
    names = {"b-two": "beta", "a-one": "Zeta", "c-three": "Alpha", "d-four": "5-Alpha", "e-five": "Ärzt", "f": "beta"}
    for slug, name in names.items():
        make.published(house, slug, doc.replaced(header=doc.header.replaced(name=name, title=name)))

    def found(path):
        return re.findall(r'href="/drugs/([a-z-]+)/"', client.get(path).content.decode())

    assert found("/drugs/") == ["d-four", "c-three", "b-two", "f", "a-one", "e-five"]
    assert found("/classes/multiple-sclerosis/") == found("/drugs/")
    assert found("/") == ["f", "e-five", "d-four", "c-three", "a-one", "b-two"]  # published last, first
    monkeypatch.setattr("monographs.public.views.RECENT", 2)
    assert found("/") == ["f", "e-five"]
    for letter, expected in (
        ("b", ["b-two", "f"]), ("B", ["b-two", "f"]), ("a", ["c-three"]), ("alpha", ["c-three"]), ("y", []),
        ("#", ["d-four", "e-five"]), ("5", ["d-four", "e-five"]), ("ä", ["d-four", "e-five"]), ("", found("/drugs/")),
    ):  # fmt: skip
        assert found(f"/drugs/?letter={letter.replace('#', '%23')}") == expected, letter
    assert "Nothing published begins with Y." in words(client, "/drugs/?letter=y")
    page = client.get("/drugs/?letter=b").content.decode()
    assert re.findall(r'href="[^"h]*letter=([^"]+)"( aria-current="page")?', page) == [
        ("A", ""), ("B", ' aria-current="page"'), ("Z", ""), ("%23", ""),
    ]  # fmt: skip
    assert re.findall(r'<section class="part" id="(letter-\w+)"', client.get("/drugs/").content.decode()) == [
        "letter-other", "letter-a", "letter-b", "letter-z", "letter-other",
    ]  # fmt: skip
    assert words(client, "/drugs/").count(": none yet") == 23


@pytest.mark.parametrize(
    ("name", "letter"),
    [("alpha", "A"), ("Zeta", "Z"), ("Ärzt", "#"), ("5-x", "#"), ("[x", "#"), ("@", "#"), ("", "#"), ("ßx", "#")],
)
def test_a_name_stands_under_its_first_letter_or_under_a_sign_for_all_others(name, letter):
    assert letter_of(name) == letter


def test_each_page_of_a_list_is_whole_and_leads_to_its_neighbours(house, client, monkeypatch):
    monkeypatch.setattr("monographs.public.views.A_PAGE", 1)
    monkeypatch.setattr("monographs.public.classes.A_PAGE", 1)
    doc = make.document()
    for slug in ("t-one", "t-two", "t-three"):
        make.published(house, slug, doc.replaced(header=doc.header.replaced(name=slug, title=slug)))
    asked = {"1": 1, "2": 2, "3": 3, "": 1, "abc": 1, "1.5": 1, "0": 3, "-1": 3, "4": 3, "9" * 40: 3}

    for page, number in asked.items():
        for path, letter in (("/drugs/", ""), ("/drugs/", "T"), ("/classes/neurology/", "")):
            html = client.get(path, {"page": page, **({"letter": letter} if letter else {})}).content.decode()
            nav = html[html.index('aria-label="Pages of this list"') :]
            before = f"letter={letter}&amp;" if letter else ""

            assert re.findall(r'href="/drugs/([a-z-]+)/"', html) == [["t-one", "t-three", "t-two"][number - 1]], page
            assert f"Page {number} of 3" in nav
            assert re.findall(r'rel="(prev|next)" href="\?([^"]+)"', nav) == [
                *([("prev", f"{before}page={number - 1}")] if number > 1 else []),
                *([("next", f"{before}page={number + 1}")] if number < 3 else []),
            ], (page, path)


def test_how_much_stands_on_a_page_is_what_was_promised():
    assert (views.A_PAGE, views.RECENT, views.MOST_OF_CLASS, classes.A_PAGE) == (100, 8, 24, 100)
    assert (search.MOST_CHARACTERS, search.MOST_WORDS, search.MOST_FOUND) == (200, 12, 30)
    assert (updates.A_PAGE, updates.IN_FEED, what_changed.LINES, sitemaps.A_FILE) == (20, 40, 6, 20_000)


def test_a_list_reads_as_many_rows_however_many_are_published(house, client, monkeypatch):
    """Rows that the database answers, of parts of lists that hold one name each."""
    read = []
    iterated, answers = compiler.cursor_iter, questions._Table.answers

    def counted(*args, **kwargs):
        for some in iterated(*args, **kwargs):
            read.extend(some)
            yield some

    def counted_together(*args):
        found = answers(*args)
        read.extend(row for rows in found for row in rows)
        return found

    monkeypatch.setattr(compiler, "cursor_iter", counted)
    monkeypatch.setattr(questions._Table, "answers", counted_together)
    for module in (views, classes, lists):
        monkeypatch.setattr(module, "A_PAGE", 1)
    lists._by_name.cache_clear()

    def costs():
        found = {}
        for path in ("/drugs/", "/drugs/?letter=T", "/drugs/?letter=X", "/classes/neurology/", "/search/?q=t-one"):
            client.get(path)
            read.clear()
            assert client.get(path).status_code == 200
            found[path] = len(read)
        return found

    doc = make.document()
    for slug in ("t-one", "t-two"):
        make.published(house, slug, doc.replaced(header=doc.header.replaced(name=slug, title=slug)))
    few = costs()
    for slug in ("t-three", "t-four"):
        make.published(house, slug, doc.replaced(header=doc.header.replaced(name=slug, title=slug)))
    lists._by_name.cache_clear()

    assert costs() == few
    lists._by_name.cache_clear()
