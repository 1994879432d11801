"""What readers get: the signed words and nothing else, without a cookie, in few queries."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from monographs.models import Publication
from monographs.pages.page import page
from monographs.standing import Standing, shown
from reviews.editing.library import record_name_check
from reviews.workflow import perform
from tests import factories as make
from tests.test_middleware import POLICY, TOLD, policy_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MARKER = "zyzzyvaline"


def test_a_reader_reads_what_was_signed_and_who_signed_it(client, house):
    make.published(house)

    html = client.get("/drugs/testazumab/").content.decode()

    assert "Tests go on for years." in html
    assert "Reviewed by a neurologist and a pharmacist on" in html
    assert make.live().document_id[:8] in html
    assert "0000001" not in html  # a registration number never leaves the desk
    assert "Test clinician" not in html  # nobody consented to be named


def test_sections_stand_in_the_order_in_which_they_are_needed(client, house):
    make.published(house)

    html = client.get("/drugs/testazumab/").content.decode()

    order = [m[1] for m in re.finditer(r'<(?:section|div|span)[^>]* id="([a-z-]+)"', html)]
    expected = ["safety-notices", "dose", "indications", "contra-indications", "monitoring", "adverse-effects", "prescribing", "counselling", "references", "related", "status"]  # fmt: skip
    assert [one for one in order if one in expected] == [one for one in expected if one != "related"]


def test_what_the_page_lacks_is_said_at_the_top_and_in_its_place(client, house):
    make.published(house)

    html = client.get("/drugs/testazumab/").content.decode()

    assert "<strong>This page does not cover:</strong> doses, indications, contra-indications, cautions," in html
    assert "Not yet covered: indications, contra-indications, cautions, renal impairment, hepatic impairment, interactions, pregnancy, breast-feeding. Check the product SmPC." in re.sub(r"<[^>]+>", "", html)  # fmt: skip
    assert "This page shows no dose" in html
    assert '<time datetime="2026-07-04">4 July 2026</time>' in html


def test_references_and_marks_lead_to_each_other(client, house):
    make.published(house)

    html = client.get("/drugs/testazumab/").content.decode()

    for target in re.findall(r'href="#((?:ref|cite)-[0-9a-z]+)"', html):
        assert html.count(f'id="{target}"') == 1, target
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_line_on_rxnorm_is_there_only_after_a_good_check(client, house):
    make.published(house)
    line = "Name found in RxNorm (US) as testazumab, sample; this does not check the content"
    check = {
        "actor": house.editor,
        "system": "RxNorm",
        "code": "117055",
        "name": "x",
        "release": "sample",
        "source": "s",
    }
    assert "RxNorm" not in client.get("/drugs/testazumab/").content.decode()

    record_name_check(**check, status="found", matched_name="testazumab")
    assert line in client.get("/drugs/testazumab/").content.decode()

    record_name_check(**check, status="failed", matched_name="")
    assert "RxNorm" not in client.get("/drugs/testazumab/").content.decode()


def test_a_draft_and_what_never_was_are_the_same_404(client, house):
    make.draft(house)

    draft, nothing = client.get("/drugs/testazumab/"), client.get("/drugs/nothing-at-all/")

    assert (draft.status_code, nothing.status_code) == (404, 404)
    assert draft.content == nothing.content


def test_no_byte_of_a_draft_is_public(client, house):
    """A marker in every field of a draft, of its reasons and of a discarded edition, and every public address."""
    make.published(house)
    doc = make.document()
    marked = make.document(
        header=doc.header.replaced(title=MARKER, introduction=MARKER, covers=MARKER, not_covered=MARKER),
        sections=tuple(s.replaced(text=f"{MARKER} text", heading=MARKER) for s in doc.sections),
        monitoring=tuple(m.replaced(test=MARKER, note=MARKER) for m in doc.monitoring),
        notices=tuple(n.replaced(title=MARKER, text=MARKER, action=MARKER, issuer=MARKER) for n in doc.notices),
        related=tuple(r.replaced(target=MARKER, reason=MARKER) for r in doc.related),
    )
    before = {path: client.get(path).content for path in ("/", "/drugs/", "/drugs/testazumab/")}
    gone = make.draft(house, "goneumab", marked)
    perform("discard", editions=[gone], actor=house.editor, digest=make.seen(gone), reason=MARKER)
    make.submit(house, make.draft(house, MARKER, marked))
    second = make.start(house, make.live().edition)
    make.reword(second, "monitoring", MARKER, actor=house.editor)

    for path, content in before.items():
        response = client.get(path)
        assert response.content == content, path
        assert MARKER not in str(response.headers)
    for slug in ("goneumab", MARKER):
        assert client.get(f"/drugs/{slug}/").status_code == 404


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(
    "path", ["/", "/drugs/", "/drugs/testazumab/", "/drugs/nothing/", "/.well-known/clincalc-keys.json"]
)
def test_public_pages_know_no_cookie(client, house, path, signed_in):
    make.published(house)
    if signed_in:
        client.force_login(house.editor)

    response = client.get(path)

    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.cookies == {}
    assert policy_of(response) == POLICY
    assert {name: response.headers.get(name) for name in TOLD} == TOLD


def test_a_page_takes_at_most_four_queries_however_many_are_published(client, house, django_assert_num_queries):
    make.published(house)
    with django_assert_num_queries(3):  # it has no neighbours
        client.get("/drugs/testazumab/")

    for number in range(3):
        make.published(house, f"more{number}umab")
    with django_assert_num_queries(4):
        client.get("/drugs/testazumab/")
    for path, queries in (("/drugs/", 4), ("/drugs/?letter=T", 4), ("/classes/neurology/", 5), ("/", 5)):
        with django_assert_num_queries(queries):
            client.get(path)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_public_takes_anything(client, house, method):
    make.published(house)
    assert getattr(client, method)("/drugs/testazumab/").status_code == 405


def test_a_review_that_is_due_says_so_from_the_day_after():
    publication = Publication(
        number=1,
        tier="high",
        signatures=[],
        published_at=timezone.now(),
        last_full_review=date(2026, 1, 1),
        document_id="0" * 64,
    )

    def status(on):
        return page(
            shown(make.document(), Standing(today=on, next_review_due=date(2027, 1, 1))), set(), publication=publication
        ).status

    assert status(date(2027, 1, 1)).overdue is False
    assert status(date(2027, 1, 2)).overdue is True


def test_a_notice_begins_and_ends_by_the_day(client, house):
    notice = make.document().notices[0].replaced(effective="2026-12-01", expires="2027-01-01")
    doc = make.document(notices=(notice,))

    def titles(on):
        blocks = page(shown(doc, Standing(today=on)), set()).blocks
        return [n.title for block in blocks for n in block.notices]

    assert titles(date(2026, 11, 30)) == []
    assert titles(date(2026, 12, 1)) == ["Mind the heart"]
    assert titles(date(2026, 12, 31)) == ["Mind the heart"]
    assert titles(date(2027, 1, 1)) == []


def test_an_overdue_review_is_said_in_every_list(client, house, monkeypatch):
    make.published(house)
    assert "review overdue" not in client.get("/").content.decode() + client.get("/drugs/").content.decode()

    monkeypatch.setattr("monographs.public.lists.today", lambda: date(2100, 1, 1))

    assert "review overdue" in client.get("/").content.decode()
    assert "review overdue" in client.get("/drugs/").content.decode()


def test_curated_and_same_class_are_told_apart(client, house):
    make.published(house, "otherzumab")
    make.published(house, "thirdzumab")
    make.published(house)

    html = client.get(reverse("monograph", args=["testazumab"])).content.decode()

    chosen, _, same = html.partition("Other monographs in this class")
    assert 'href="/drugs/otherzumab/"' in chosen
    assert "comparator" in chosen
    assert 'href="/drugs/thirdzumab/"' in same
    assert 'href="/drugs/otherzumab/"' not in same


def test_a_page_leads_to_what_its_editors_chose_until_that_is_taken_down(house, client):
    make.published(house)
    chosen = make.published(house, "otherzumab")
    elsewhere = 'href="/drugs/otherzumab/"'
    assert elsewhere in client.get("/drugs/testazumab/").content.decode()

    make.withdraw(chosen, house.publisher)
    assert elsewhere in client.get("/drugs/testazumab/").content.decode()
    make.withdraw(make.live("otherzumab").edition, house.publisher, "take_down")

    assert elsewhere not in client.get("/drugs/testazumab/").content.decode()
