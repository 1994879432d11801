"""The readers' frame: how a page is found, and what machines are told of it."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from monographs.document import Brand
from monographs.models import Drug, IndexEntry, Monograph
from monographs.public.search import find
from monographs.public.search_terms import fold
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing.monographs import begin
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def second_use(house):
    """Another monograph on the drug of the first: it covers another use, under another brand."""
    doc = make.document()
    doc = doc.replaced(
        header=doc.header.replaced(
            title="Testazumab in leukaemia", covers="leukaemia", brands=(Brand(name="Zweitex", country="GB"),)
        )
    )
    with audited_write(actor=house.editor) as trail:
        edition = begin(
            trail, slug="testazumab-leukaemia", drug=Drug.objects.get(), therapeutic_class=house.leaf, document=doc,
            reason="Another use",
        )  # fmt: skip
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))


def test_the_address_of_a_drug_leads_to_its_only_page_or_to_a_choice_by_use(house, client):
    make.published(house)
    assert client.get("/drugs/testazumab-drug/").headers["Location"] == "/drugs/testazumab/"
    second_use(house)

    choice = client.get("/drugs/testazumab-drug/").content.decode()

    assert "Covers multiple sclerosis only." in choice
    assert "Covers leukaemia only." in choice
    assert client.get("/drugs/zweitex/").headers["Location"] == "/drugs/testazumab-leukaemia/"
    page = client.get("/drugs/testazumab/").content.decode()
    assert "Another use of the drug has its own page" in page
    assert "/drugs/testazumab-leukaemia/" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("testa", True), ("TESTAZUMAB", True), ("sclerosis", True), ("multiple scl", True), ("scl mult", True),
        ("azumab", False), ("zzyzx", False), ("", False), ("  ", False), ("%", False), ("_", False), ("'", False),
        ('"NEAR(', False), ("*", False), ("x:", False), ("&!", False), ("\x00", False), ("a" * 5000, False),
        ("testa " * 100, True), ("Neurol", True), ("testazumab in multiple sclerosis neurology a b c d e f g", True), ("testazumab melanoma", True), ("melanoma", False),
    ],
)  # fmt: skip
def test_search_finds_what_begins_so_and_never_fails(house, client, query, found):
    make.published(house)

    answer = client.get("/search/", {"q": query})

    assert (answer.status_code, "/drugs/testazumab/" in answer.content.decode()) == (200, found)
    assert len(find(query).hits) == found


def test_folding_forgets_case_accents_and_punctuation():
    assert fold("Interferon β-1a (Réb-if®)") == "interferon beta 1a reb if"
    assert len(fold("x" * 1000)) == 200


def test_lists_are_paged_and_letters_lead_to_their_names(house, client, monkeypatch):
    monkeypatch.setattr("monographs.public.views.A_PAGE", 2)
    doc = make.document()
    for slug in ("a-one", "a-two", "b-three"):
        header = doc.header.replaced(name=slug.capitalize(), title=slug)
        make.published(house, slug, doc.replaced(header=header))

    first, second, far = (client.get(f"/drugs/?page={n}").content.decode() for n in ("1", "2", "99999"))

    assert ("/drugs/a-one/" in first, "/drugs/b-three/" in first) == (True, False)
    assert second == far
    assert "/drugs/b-three/" in second
    only = client.get("/drugs/?letter=b").content.decode()
    assert ("/drugs/a-one/" in only, "/drugs/b-three/" in only) == (False, True)
    for odd in ("ß", "#", "%", "\x00", "abc", "1"):
        assert client.get("/drugs/", {"letter": odd, "page": odd}).status_code == 200


def test_classes_show_what_is_live_below_them(house, client):
    make.draft(house, "draftumab")
    assert client.get("/classes/multiple-sclerosis/").status_code == 404
    make.published(house)

    assert "Multiple sclerosis" in client.get("/classes/").content.decode()
    for slug in ("neurology", "multiple-sclerosis"):
        page = client.get(f"/classes/{slug}/").content.decode()
        assert "/drugs/testazumab/" in page
        assert "draftumab" not in page


def test_the_sitemap_names_live_pages_with_the_day_on_which_they_changed(house, client):
    make.published(house)
    make.draft(house, "draftumab")
    tag = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    pages = ElementTree.fromstring(client.get("/sitemap-1.xml").content)

    assert [one.text for one in index.iter(f"{tag}loc")] == ["https://clincalc.test/sitemap-1.xml"]
    dates = {url.find(f"{tag}loc").text: url.findtext(f"{tag}lastmod") for url in pages}
    mine = dates["https://clincalc.test/drugs/testazumab/"]
    assert mine == timezone.localtime(make.live().published_at).isoformat(timespec="seconds")
    assert not any("draftumab" in address for address in dates)
    assert client.get("/sitemap-2.xml").status_code == 404
    assert b"Sitemap: https://clincalc.test/sitemap.xml" in client.get("/robots.txt").content


def test_the_feed_is_atom_and_old_entries_forget_what_was_taken_down(house, client):
    make.published(house)
    monograph = Monograph.objects.get()
    make.warn(house.clinician, monograph)
    atom = "{http://www.w3.org/2005/Atom}"

    def entries():
        feed = ElementTree.fromstring(client.get("/updates/feed/").content)
        return [one.findtext(f"{atom}title") for one in feed.iter(f"{atom}entry")]

    assert entries() == [
        "Testazumab in multiple sclerosis: Urgent warning: There is a new severe reaction.", "Testazumab in multiple sclerosis: First published."
    ]  # fmt: skip
    make.withdraw(monograph.live.edition, house.publisher, "take_down")
    assert entries() == [
        "Testazumab: Removed: the source is in doubt.",
        "Testazumab: Urgent warning. This page was removed later.",
        "Testazumab: This page was removed later.",
    ]
    assert "invented" not in client.get("/updates/feed/").content.decode()


def test_an_erratum_leaves_the_page_after_ninety_days_and_the_list_never(house, client, monkeypatch):
    first = make.published(house)
    second = make.start(house, first)
    make.reword(second, "monitoring", "Tests go on for months.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))
    make.correct(house.pharmacist, Monograph.objects.get(), "Tests go on for years.", "Tests go on for months.")

    def told(days):
        at = timezone.now() + timedelta(days=days)
        with monkeypatch.context() as clock:
            clock.setattr("django.utils.timezone.now", lambda: at)
            paths = ("/drugs/testazumab/", "/drugs/testazumab/editions/1/", "/corrections/")
            return ["as judged by a pharmacist" in client.get(path).content.decode() for path in paths]

    assert (told(0), told(89), told(90)) == ([True] * 3, [True] * 3, [False, True, True])


def test_health_is_told_without_and_with_the_database(client, monkeypatch):
    assert client.get("/health/live").content == b"live\n"
    assert client.get("/health/ready").content.startswith(b"ready\n")
    with connection.cursor() as cursor:
        name = "monographs_overlay_append_only"
        statement = (
            f'DROP TRIGGER "{name}_insert"'
            if connection.vendor == "sqlite"
            else (f'DROP TRIGGER "{name}" ON monographs_overlay')
        )
        cursor.execute(statement)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"the database is not whole\n")


def test_an_index_that_was_touched_is_named_and_made_again(house):
    make.published(house)
    with audited_write(actor=None) as trail:
        IndexEntry.objects.filter(kind="brand").delete()
        IndexEntry.objects.create(publication=make.live(), kind="name", term="otherdrug", words="Otherdrug")
        trail.record("touched", "site")
    assert [words for _, words in verify()] == [
        f"monographs.monograph:{Monograph.objects.get().pk}: the index does not say what its page says."
    ]

    call_command("reindex")

    assert verify() == []


def test_how_a_page_is_made_is_told_from_the_table(client):
    page = client.get("/about/").content.decode()

    assert page.count("<li><h3>") == 15
    assert 'every <span class="q">12&nbsp;months</span>' in page
