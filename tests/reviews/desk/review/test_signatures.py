"""The receipt of a signature, and all that somebody signed with what became of each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.desk.review.signatures import BECAME, with_fate
from reviews.models import SignOff
from reviews.workflow import perform
from tests import factories as make
from tests.reviews.desk.test_transitions import signature

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/desk/signed/"


def in_review(house, name):
    return make.submit(house, make.draft(house, name))


def every_fate(house):
    """A signature of the clinician with each fate; the pages are called by it."""
    make.sign(in_review(house, "waits"), house.clinician)
    make.published(house, "published")
    second = make.start(house, make.published(house, "superseded"))
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    second = make.submit(house, second)
    make.publish(house, make.sign(make.sign(second, house.clinician2), house.pharmacist))
    make.withdraw(make.published(house, "withdrawn"), house.publisher)
    make.submit(house, make.send_back(house, make.sign(in_review(house, "sent-back"), house.clinician)))
    on_page = make.sign(make.sign(in_review(house, "on-page"), house.clinician2), house.pharmacist)
    on_page = make.publish(house, on_page)
    given = make.attestation(on_page, house.clinician, "full-review")
    perform("full-review", editions=[on_page], actor=house.clinician, digest=given.digest, attestation=given)
    back = make.sign(in_review(house, "taken-back"), house.clinician)
    perform("unsign", editions=[back], actor=house.clinician, digest=make.seen(back), reason="Doubts")
    gone = make.send_back(house, make.sign(in_review(house, "discarded"), house.clinician))
    perform("discard", editions=[gone], actor=house.editor, digest=make.seen(gone), reason="Given up")


def test_each_signature_says_what_became_of_it(client, house):
    every_fate(house)
    client.force_login(house.clinician)

    found = dict(
        with_fate(SignOff.objects.filter(signer=house.clinician)).values_list("edition__monograph__slug", "became")
    )
    html = client.get(LIST).content.decode()

    assert found == {key.replace("_", "-"): key for key in BECAME}
    for key, word in BECAME.items():
        assert f'<p class="what">{word}</p>' in html
        assert f'href="{LIST}?became={key}">{word} <span class="count">1</span>' in html
        narrowed = client.get(LIST, {"became": key}).context["rows"]
        assert [row["one"].edition.monograph.slug for row in narrowed] == [key.replace("_", "-")]


def test_the_list_is_of_ones_own_and_asks_as_many_queries_for_many(client, house):
    make.published(house, "oneumab")
    client.force_login(house.clinician)
    client.get(LIST)

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page = client.get(LIST)
        return len(caught), [row["one"].signer_id for row in page.context["rows"]]

    few, _ = asked()
    for number in range(4):
        make.published(house, f"oneumab-{number}")
    many, signers = asked()

    assert (many, signers) == (few, [house.clinician.pk] * 5)
    client.force_login(house.editor)
    assert "You have signed nothing yet." in client.get(LIST).content.decode()


def test_it_goes_on_on_other_pages(client, house, monkeypatch):
    monkeypatch.setattr("reviews.desk.review.signatures.A_PAGE", 1)
    for name in ("firstumab", "secondumab"):
        make.sign(in_review(house, name), house.clinician)
    client.force_login(house.clinician)

    first, second = (client.get(LIST, {"page": number, "became": "waits"}) for number in (1, 2))

    slugs = [page.context["rows"][0]["one"].edition.monograph.slug for page in (first, second)]
    assert slugs == ["secondumab", "firstumab"]
    assert 'href="?became=waits&amp;page=2"' in first.content.decode()


def test_a_receipt_says_what_was_signed_by_whom_when_in_what_role_and_what_was_seen(client, house):
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, second)
    client.force_login(house.clinician)
    client.get(reverse("review", args=["testazumab"]))
    form = signature(digest=make.seen(second), reason="Ask again in May")
    client.post(reverse("do", args=["testazumab", "sign"]), form)
    one = SignOff.objects.get(edition=second)

    html = client.get(reverse("signature", args=[one.pk])).content.decode()

    for said in (
        "Testazumab", "edition 2", "Test clinician, neurologist", "Clinician: specialist doctor registered with the GMC",
        "compared with edition 1", "These words were opened on", "<li>Monitoring</li>", "Ask again in May",
        "I read every change and the parts they touch.", "No interests declared", "Waits for the rest",
    ):  # fmt: skip
        assert said in html, said
    assert one.document_id in html.replace(" ", "")
    assert "Prescribing in practice" not in html
    assert one.number not in html


def test_a_receipt_is_for_the_signer_and_for_whoever_may_read_the_page(client, house):
    make.sign(in_review(house, "testazumab"), house.clinician)
    address = reverse("signature", args=[SignOff.objects.get().pk])

    def opened_by(who):
        client.force_login(who)
        return client.get(address).status_code

    assert [opened_by(house.people[name]) for name in ("clinician", "editor", "auditor", "nobody")] == [
        200,
        200,
        200,
        403,
    ]
    make.revoke("editor", house.root, actor=house.admin)
    make.revoke("clinician", house.root, actor=house.admin)
    assert [opened_by(house.people[name]) for name in ("clinician", "editor")] == [200, 404]
    assert client.get("/desk/signatures/999999/").status_code == 404
