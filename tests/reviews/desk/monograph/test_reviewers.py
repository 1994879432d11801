"""Who is asked to sign an edition: the page that asks somebody, and the page that ends it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from monographs.standing import today
from reviews.editing.assignments import assign, end_assignment
from reviews.models import Assignment
from reviews.workflow import perform
from tests import factories as make
from tests.forms import wrong

pytestmark = pytest.mark.any_database

WORKSPACE = "/desk/monographs/testazumab/"
ADDRESS = f"{WORKSPACE}reviewers/"


def day(days=7):
    return today() + timedelta(days=days)


def asked(house, edition, person="pharmacist", by="editor", days=7):
    return assign(edition, person=house.people[person], due_on=day(days), actor=house.people[by])


def end_of(row):
    return reverse("assignment_end", args=[row.pk])


def test_those_who_could_sign_are_offered_and_the_others_are_told_with_why_not(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician)

    page = enter("editor").get(ADDRESS)

    offered = [words for _key, words in page.context["form"].fields["person"].choices]
    assert offered == ["Test clinician2, specialist doctor", "Test pharmacist, pharmacist"]
    html = page.content.decode()
    assert "<summary>Why 1 other cannot</summary>" in html
    assert "<strong>Test clinician</strong> wrote or suggested everything that changed." in html
    assert "Nobody is asked yet." in html


def test_somebody_is_asked_and_the_workspace_says_so(house, enter):
    make.submit(house, make.draft(house))

    answer = enter("editor").post(ADDRESS, {"person": house.pharmacist.pk, "due_on": day().isoformat()}, follow=True)

    html = answer.content.decode()
    when = f"{day().day} {day():%B %Y}"
    assert answer.redirect_chain == [(WORKSPACE, 302)]
    assert f"Test pharmacist is asked to sign edition 1 by {when}." in html
    assert f"Asked to: Test pharmacist by {when}." in html
    assert "Asked by Test editor." in html
    assert "Change who is asked" in html
    assert Assignment.objects.get().person == house.pharmacist


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"person": ""}, "person", "Choose who is asked."),
        ({"person": "999999"}, "person", "Choose who is asked."),
        ({"due_on": ""}, "due_on", "Say by which day."),
        ({"due_on": "soon"}, "due_on", "Say by which day."),
        ({"due_on": "1999-01-01"}, "due_on", "Choose today or a later day, within a year."),
    ],
)
def test_what_is_wrong_is_said_at_its_box_and_nobody_is_asked(house, enter, sent, field, sentence):
    make.draft(house)

    answer = enter("editor").post(ADDRESS, {"person": house.pharmacist.pk, "due_on": day().isoformat(), **sent})

    assert answer.status_code == 422
    assert wrong(answer) == {field: sentence}
    assert not Assignment.objects.exists()


def test_a_form_that_holds_nothing_is_refused(house, enter):
    make.draft(house)

    answer = enter("editor").post(ADDRESS, {})

    assert (answer.status_code, wrong(answer)) == (422, {"person": "Choose who is asked."})


def test_whoever_cannot_sign_it_is_refused_even_if_their_key_is_sent(house, enter):
    make.draft(house)

    answer = enter("editor").post(ADDRESS, {"person": house.publisher.pk, "due_on": day().isoformat()})

    assert answer.status_code == 422
    assert wrong(answer)["person"] == "Test publisher has no role that signs here."
    assert not Assignment.objects.exists()


def test_an_auditor_reads_who_is_asked_and_asks_nobody(house, enter):
    row = asked(house, make.draft(house))

    html = enter("auditor").get(ADDRESS).content.decode()

    assert "Test pharmacist" in html
    assert "Ask them to sign" not in html
    assert end_of(row) not in html
    answer = enter("auditor").post(ADDRESS, {"person": house.clinician.pk, "due_on": day().isoformat()})
    assert answer.status_code == 403
    assert Assignment.objects.count() == 1


def test_somebody_is_asked_in_the_place_of_another(house, enter):
    row = asked(house, make.draft(house))

    page = enter("editor2").get(ADDRESS).content.decode()
    assert f'<option value="{row.pk}">Test pharmacist</option>' in page
    enter("editor2").post(ADDRESS, {"person": house.clinician.pk, "due_on": day().isoformat(), "instead": row.pk})

    assert [one.person for one in Assignment.objects.standing()] == [house.clinician]
    again = enter("editor2").post(
        ADDRESS, {"person": house.clinician2.pk, "due_on": day().isoformat(), "instead": row.pk}
    )
    assert again.status_code == 409


def test_a_clinician_claims_it_from_the_workspace(house, enter):
    make.submit(house, make.draft(house))
    client = enter("clinician")
    page = client.get(WORKSPACE).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(person|due_on)" value="([^"]+)">', page))

    client.post(ADDRESS, sent)

    row = Assignment.objects.get()
    assert (row.person, row.by, row.due_on) == (house.clinician, house.clinician, day())
    page = client.get(WORKSPACE).content.decode()
    assert "Claimed it." in page
    assert f'href="{end_of(row)}">Decline</a>' in page
    assert "Claim it" not in page
    assert "Claim it" not in enter("editor").get(WORKSPACE).content.decode()


def test_its_person_declines_with_a_reason(house, enter):
    row = asked(house, make.draft(house))
    client = enter("pharmacist")

    empty = client.post(end_of(row), {"reason": " "})
    answer = client.post(end_of(row), {"reason": "I am away."}, follow=True)

    assert (empty.status_code, answer.redirect_chain) == (422, [("/desk/", 302)])
    assert "You declined to sign edition 1 of" in answer.content.decode()
    row.refresh_from_db()
    assert row.ended_how == "declined"
    assert "That has ended." in client.get(end_of(row)).content.decode()
    assert client.post(end_of(row), {"reason": "Again"}).status_code == 409


def test_somebody_else_takes_it_off_and_a_stranger_finds_nothing(house, enter):
    row = asked(house, make.draft(house))
    assert "Take off Test pharmacist" in enter("editor2").get(end_of(row)).content.decode()
    assert enter("auditor").post(end_of(row), {"reason": "x"}).status_code == 403
    assert enter("nobody").get(end_of(row)).status_code == 403
    assert enter("").get(end_of(row)).status_code == 302
    assert Assignment.objects.standing().exists()

    answer = enter("editor2").post(end_of(row), {"reason": "Another signs."})

    assert answer["Location"] == ADDRESS
    assert not Assignment.objects.standing().exists()


def test_an_assignment_of_a_closed_class_is_not_there(house, enter):
    row = asked(house, make.draft(house))
    for role in ("editor", "clinician", "publisher"):
        make.revoke(role, house.root, actor=house.admin)

    assert enter("editor2").get(end_of(row)).status_code == 404
    assert enter("editor2").get(ADDRESS).status_code == 404
    # Who is asked may still say no.
    assert enter("pharmacist").get(end_of(row)).status_code == 200


def test_what_is_late_or_cannot_be_done_any_more_is_told(house, enter, monkeypatch):
    row = asked(house, make.submit(house, make.draft(house)), days=0)
    assert "chip-late" not in enter("editor").get(WORKSPACE).content.decode()
    monkeypatch.setattr("reviews.desk.monograph.reviewers.today", lambda: row.due_on + timedelta(days=1))
    assert '<span class="chip chip-late">Late</span>' in enter("editor").get(WORKSPACE).content.decode()
    make.take_role(house.pharmacist, "clinician", actor=house.admin)

    assert "Test pharmacist has no role that signs here." in enter("editor").get(ADDRESS).content.decode()


def test_once_its_signing_is_over_nobody_is_asked(house, enter):
    edition = make.signed(house)

    html = enter("editor").get(ADDRESS).content.decode()

    assert "Somebody is asked to sign while it is a draft or in review." in html
    assert "Ask them to sign" not in html
    perform("publish", editions=[edition], actor=house.publisher, digest=make.seen(edition))
    assert "Asked to sign" not in enter("editor").get(WORKSPACE).content.decode()


def test_the_history_tells_it(house, enter):
    row = asked(house, make.draft(house))
    end_assignment(row, actor=house.pharmacist, reason="I am away.")

    html = enter("auditor").get(f"{WORKSPACE}history/").content.decode()

    assert f"asked Test pharmacist to sign edition 1 by {day().day} {day():%B %Y}" in html
    assert "declined to sign edition 1" in html
    assert "I am away." in html


def test_more_people_ask_no_more_queries(house, enter, queries):
    make.submit(house, make.draft(house))
    few = queries(enter("editor"), ADDRESS)
    for number in range(3):
        one = make.account(f"more{number}")
        make.give_role(one, "clinician", actor=house.admin)
        make.clinician(one, actor=house.admin, profession="pharmacist", number=f"200010{number}")

    assert queries(enter("editor"), ADDRESS) == few
