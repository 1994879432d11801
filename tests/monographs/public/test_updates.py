"""What changed, for people and for readers of Atom: each thing once, in its words, newest first, and nothing too early."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from monographs.models import Monograph, Overlay, Publication
from reviews.workflow import perform
from tests import factories as make
from tests import tables
from tests.monographs.public.test_lists import notice

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ATOM = "{http://www.w3.org/2005/Atom}"
CALLED = "Testazumab in multiple sclerosis"


def again(house, edition, changed, note=""):
    """The next edition with this document, published; by an earlier version, with this note, if there is one."""
    edition = make.start(house, edition)
    with (
        make.audited_write(actor=house.editor) as trail,
        make.change_set(trail, edition=edition, reason="why") as change,
    ):
        change.load(changed)
    edition.refresh_from_db()
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    digest = make.seen(edition)
    edition = perform("publish", editions=[edition], actor=house.publisher, digest=digest)[0].edition
    if note:
        tables.note_typed(edition, note)
    return edition


def told(client, query=""):
    """(name, sentences, what is printed in bold) of each update."""
    html = client.get(f"/updates/{query}").content.decode()
    found = []
    for anchor, item in re.findall(r'<li id="([a-z]+)-\d+">(.*?)</li>', html, re.DOTALL):
        name = re.search(r'<h2><a href="/drugs/([a-z-]+)/">', item)[1]
        sentences = [strip_tags(one) for one in re.findall("<p>(.*?)</p>", item)]
        found.append((anchor, name, sentences, re.findall("<strong>(.*?)</strong>", item)))
    return found


def entries(client):
    feed = ElementTree.fromstring(client.get("/updates/feed/").content)
    return [{child.tag.removeprefix(ATOM): child for child in one} for one in feed.iter(f"{ATOM}entry")]


def test_each_overlay_is_told_in_its_own_words_and_its_end_too(house, client):
    make.published(house)
    monograph = Monograph.objects.get()
    (warning,) = make.warn(house.clinician, monograph)
    erratum = make.correct(house.pharmacist, monograph, "Tests go on for years.", "Tests go on for months.")
    make.withhold(monograph, make.key("prescribing"), house.publisher)
    make.lift(warning, house.pharmacist, "it was answered")
    make.lift(erratum, house.pharmacist, "it was right")
    make.withdraw(monograph.live.edition, house.publisher, "retire", "its source is in doubt")
    make.reinstate(house, monograph.live.edition)

    expected = [
        ("notice", ["Back on this page: a clinician read it again and signed that it is still correct."], False),
        ("notice", ["Retired: its source is in doubt. Doses are not shown."], True),
        ("notice", ["Correction ended: it was right."], False),
        ("notice", ["Urgent warning ended: it was answered."], False),
        ("notice", ["One part is withheld."], True),
        ("notice", ["Correction.", "It said “Tests go on for years.” It should say “Tests go on for months.”"], True),
        (
            "notice",
            [
                "Urgent warning: There is a new severe reaction.",
                f"Medicines and Healthcare products Regulatory Agency (MHRA): “{make.WARNED.quote}”",
            ],
            True,
        ),
        ("edition", ["First published."], False),
    ]
    assert told(client) == [
        (anchor, "testazumab", words, words[:1] if is_loud else []) for anchor, words, is_loud in expected
    ]
    assert [one["title"].text for one in entries(client)] == [f"{CALLED}: {words[0]}" for _, words, _ in expected]


def test_a_feed_entry_is_whole_and_holds_no_markup_of_ours_but_paragraphs(house, client):
    nasty = "</script><i>\"&'"
    doc = make.document()
    headed = (doc.sections[0].replaced(heading=nasty), doc.sections[1])
    make.published(house, doc=doc.replaced(header=doc.header.replaced(name=nasty, title=nasty), sections=headed))
    first = make.live().edition
    again(house, first, doc.replaced(sections=doc.sections[1:], header=doc.header.replaced(name=nasty)), nasty)

    newest, oldest = entries(client)

    live = Publication.objects.get(number=2)
    assert newest["title"].text == f"{nasty}: {CALLED}: Header changed."
    assert newest["link"].get("href") == "https://clincalc.test/drugs/testazumab/"
    assert newest["id"].text == f"https://clincalc.test/updates/#edition-{live.pk}"
    stamps = [datetime.fromisoformat(newest[one].text) for one in ("published", "updated")]
    assert stamps == [live.published_at] * 2
    assert newest["author"][0].text == "ClinCalc Pro"
    assert newest["summary"].text == (
        "<p>Header changed.</p><p>&lt;/script&gt;&lt;i&gt;&quot;&amp;&#x27; removed.</p><p>&lt;/script&gt;&lt;i&gt;&quot;&amp;&#x27;</p>"
    )
    first_at = Publication.objects.get(number=1).published_at
    assert [datetime.fromisoformat(oldest[one].text) for one in ("published", "updated")] == [first_at] * 2
    assert oldest["summary"].text == "<p>First published.</p>"
    answer = client.get("/updates/feed/")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)
    assert feed.findtext(f"{ATOM}title") == "ClinCalc Pro: what changed"
    assert [(one.get("rel"), one.get("href")) for one in feed.findall(f"{ATOM}link")] == [
        ("alternate", "https://clincalc.test/updates/"), ("self", "https://clincalc.test/updates/feed/"),
    ]  # fmt: skip
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-GB"
    html = client.get("/updates/").content.decode()
    assert "<i>" not in html
    assert (
        html.count("&lt;/script&gt;&lt;i&gt;&quot;&amp;&#x27;") == 4
    )  # twice the name, once what changed, once the note


def test_a_notice_that_has_not_begun_is_told_by_nobody(house, client, monkeypatch):
    doc = make.document()
    make.published(house, doc=doc)
    later = (*doc.notices, notice("Of another decade", effective="2034-01-01"))
    again(house, make.live().edition, doc.replaced(notices=later))

    def told_of():
        paths = ("/updates/", "/updates/feed/", "/drugs/testazumab/", "/drugs/testazumab/editions/1/",
                 "/drugs/testazumab/editions/1...2/", "/drugs/testazumab/monograph.json", "/", "/drugs/")  # fmt: skip
        return ["Of another decade" in client.get(path).content.decode() for path in paths]

    assert told_of() == [False] * 8
    assert told(client)[0] == ("edition", "testazumab", ["Signed again without a change."], [])
    assert "Its words are the same." in client.get("/drugs/testazumab/editions/1/").content.decode()
    compared = client.get("/drugs/testazumab/editions/1...2/").content.decode()
    assert "No word differs between these two editions." in compared
    for at, expected in (
        (datetime(2033, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2034, 1, 1, 0, 0, tzinfo=UTC), True),
    ):
        monkeypatch.setattr("django.utils.timezone.now", lambda at=at: at)
        assert told_of() == [expected] * 8, at
    # Notices come first, and loudly.
    assert told(client)[0][2:] == (
        ["Safety notice: Of another decade added."],
        ["Safety notice: Of another decade added."],
    )
    assert entries(client)[0]["title"].text == f"{CALLED}: Safety notice: Of another decade added."


def test_an_edition_is_told_by_what_changed_since_the_one_before_it(house, client):
    doc = make.document()
    make.published(house, doc=doc)
    sections = tuple(
        doc.sections[0].replaced(key=make.key(kind), kind=kind, heading=kind.capitalize())
        for kind in ("cautions", "interactions", "pregnancy", "overdose", "driving", "storage", "stopping")
    )
    second = doc.replaced(sections=(*doc.sections, *sections[:6]))
    again(house, make.live().edition, second, "Six more")
    again(house, make.live().edition, doc.replaced(sections=sections))

    third, next_to_last, first = told(client)

    assert first[2] == ["First published."]
    assert len(next_to_last[2]) == 6
    assert all(words.endswith("added.") for words in next_to_last[2])
    assert third[2] == ["Monitoring removed.", "Prescribing in practice removed.", "Stopping added."]
    assert "“Six more”" in strip_tags(client.get("/updates/").content.decode())
    many = doc.replaced(sections=(*sections, *doc.sections, *(
        one.replaced(key=make.key(f"{one.kind} again")) for one in sections[:6]
    )))  # fmt: skip
    again(house, make.live().edition, many)
    assert len(told(client)[0][2]) == 7
    assert told(client)[0][2][-1] == "2 more changes."


def test_what_was_withheld_since_is_in_no_old_entry(house, client):
    doc = make.document()
    make.published(house, doc=doc)
    secret = doc.sections[0].replaced(key=make.key("secret"), kind="cautions", heading="Sekret heading")
    again(house, make.live().edition, doc.replaced(sections=(*doc.sections, secret)))
    assert "Sekret heading" in client.get("/updates/").content.decode()
    make.withhold(Monograph.objects.get(), make.key("secret"), house.publisher)

    for path in ("/updates/", "/updates/feed/"):
        assert "Sekret heading" not in client.get(path).content.decode()


def test_a_page_that_was_taken_down_is_named_with_its_removal_alone(house, client):
    doc = make.document()
    make.published(house, "otherumab")
    make.published(house, doc=doc)
    again(house, make.live().edition, doc.replaced(sections=doc.sections[1:]), "Sekret note")
    monograph = Monograph.objects.get(slug="testazumab")
    make.warn(house.clinician, monograph)
    make.correct(house.pharmacist, monograph, "Tests go on for years.", "Sekret words.")
    make.withdraw(monograph.live.edition, house.publisher, "take_down", "its source is in doubt")

    expected = [
        ("notice", ["Removed: its source is in doubt."], True),
        ("notice", ["Correction. This page was removed later."], True),
        ("notice", ["Urgent warning. This page was removed later."], True),
        ("edition", ["This page was removed later."], False),
        ("edition", ["This page was removed later."], False),
    ]
    assert told(client) == [
        *((anchor, "testazumab", words, words if is_loud else []) for anchor, words, is_loud in expected),
        ("edition", "otherumab", ["First published."], []),
    ]
    for path in ("/updates/", "/updates/feed/", "/corrections/"):
        assert "Sekret" not in client.get(path).content.decode(), path
    make.reinstate(house, monograph.live.edition)
    assert [words[0] for _, _, words, _ in told(client)[:3]] == [
        "Back on this page: a clinician read it again and signed that it is still correct.",
        "Removed: its source is in doubt.",
        "Correction.",
    ]


def test_updates_are_paged_newest_first_and_the_feed_ends(house, client, monkeypatch):
    for name in ("A_PAGE", "IN_FEED"):
        monkeypatch.setattr(f"monographs.public.updates.{name}", 2)
    for slug in ("one", "two", "three", "four", "five"):
        make.published(house, slug)
    make.draft(house, "six")
    pages = {1: ["five", "four"], 2: ["three", "two"], 3: ["one"], 4: []}
    asked = {"": 1, "?page=": 1, "?page=1": 1, "?page=2": 2, "?page=3": 3, "?page=4": 4, "?page=0": 1, "?page=-3": 1,
             "?page=abc": 1, "?page=1.5": 1, "?page=00021": 2}  # fmt: skip

    for query, number in asked.items():
        assert [name for _, name, _, _ in told(client, query)] == pages[number], query
        html = client.get(f"/updates/{query}").content.decode()
        assert re.findall(r'rel="(prev|next)" href="\?page=(\d+)"', html) == [
            *([("prev", str(number - 1))] if number in (2, 3) else []),
            *([("next", str(number + 1))] if number < 3 else []),
        ], query
        assert ("Nothing older than this." in html) == (number == 4)
        assert "Nothing is published yet." not in html
    assert "Nothing older than this." in client.get("/updates/?page=99999").content.decode()
    monkeypatch.setattr("monographs.public.updates.A_PAGE", 5)
    assert 'rel="next"' not in client.get("/updates/").content.decode()  # the last of them ends the first page
    monkeypatch.setattr("monographs.public.updates.A_PAGE", 4)
    assert 'rel="next"' in client.get("/updates/").content.decode()
    assert [one["title"].text[:10] for one in entries(client)] == ["Testazumab"] * 2
    assert [one["link"].get("href")[-6:] for one in entries(client)] == ["/five/", "/four/"]


def test_a_house_without_pages_says_so(house, client):
    make.draft(house)
    said = {
        "/": "Nothing is published yet. Pages appear here once clinicians have signed them.",
        "/drugs/": "Nothing is published yet. Pages appear here once clinicians have signed them.",
        "/classes/": "Nothing is published yet. A class appears here with its first signed page.",
        "/updates/": "Nothing is published yet.",
        "/corrections/": "There is none so far.",
    }
    for path, words in said.items():
        assert words in client.get(path).content.decode(), path
    assert entries(client) == []


def test_corrections_are_told_newest_first_of_pages_that_are_there_with_whom_they_concern(house, client, monkeypatch):
    monkeypatch.setattr("monographs.public.updates.A_PAGE", 2)
    doc = make.document()
    for slug in ("one", "two", "gone"):
        make.published(house, slug, doc)
    of = {slug: Monograph.objects.get(slug=slug) for slug in ("one", "two", "gone")}
    wrong = "Tests go on for years."
    make.correct(house.pharmacist, of["one"], wrong, "First <i>right\"&'.", harm="severe")
    make.correct(house.pharmacist, of["gone"], wrong, "Gone right.")
    ended = make.correct(house.pharmacist, of["two"], wrong, "Ended right.")
    make.lift(ended, house.pharmacist)
    make.correct(house.pharmacist, of["two"], "It can slow.", "Second right.", harm="none")
    make.correct(house.pharmacist, of["one"], "Mind the heart", "Third right.")
    make.withdraw(of["gone"].live.edition, house.publisher, "take_down")
    now = timezone.localtime()
    later = now + timedelta(days=3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    again(house, of["two"].live.edition, doc.replaced(sections=doc.sections[1:]))
    day, until = (f"{one.day} {one:%B %Y}" for one in (now, later))

    first, last = (client.get(f"/corrections/?page={page}").content.decode() for page in (1, 2))

    def said(html):
        return re.findall(r"<dt>It should say</dt><dd>“(.*?)”</dd>", html)

    assert said(first) == ["Third right.", "Second right."]
    assert said(last) == ["First &lt;i&gt;right&quot;&amp;&#x27;."]
    assert said(client.get("/corrections/").content.decode()) == said(first)
    assert said(client.get("/corrections/?page=0").content.decode()) == said(last)
    texts = [" ".join(strip_tags(html).split()) for html in (first, last)]
    assert f"Correction Since {day} part of this page is wrong" in texts[0]
    assert f"Correction From {day} to {until} part of this page was wrong It said“It can slow.”" in texts[0]
    assert f"Affected: edition 1. Possible harm: severe, as judged by a pharmacist on {day}." in texts[1]
    assert "Possible harm: none expected" in texts[0]
    assert not {"Gone right", "Ended right"} & {one.rstrip(".") for one in said(first) + said(last)}


@pytest.mark.any_database
@pytest.mark.parametrize("sign", [chr(code) for code in (1, 8, 11, 12, 14, 27, 31, 0xFFFE, 0xFFFF)])
def test_a_control_character_that_was_stored_once_breaks_no_feed(house, client, sign):
    """As an earlier version took it in: in the reason of an end, in a correction, in a name."""
    page = make.published(house).monograph
    (warning,) = make.warn(house.clinician, page)
    ended = make.lift(warning, house.pharmacist)
    erratum = make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for months.")
    with tables.no_triggers():
        Overlay.objects.filter(pk=ended.pk).update(reason=f"it was{sign} answered")
        Overlay.objects.filter(pk=erratum.pk).update(right=f"For{sign} months.")
        Publication.objects.update(name=f"Testa{sign}zumab")

    found = entries(client)

    assert len(found) == 4
    assert all(sign not in child.text for one in found for child in one.values() if child.text)
    assert "it was answered" in found[1]["summary"].text
    assert found[0]["title"].text == f"{CALLED}: Correction."
    assert client.get("/updates/").status_code == 200
