"""The published page on the desk: what stands over it, every act on it, and what was typed when one is refused."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from monographs.models import Overlay
from monographs.overlay_kinds import OVERLAY_KINDS
from reviews.models import AuditEvent
from tests import factories as make
from tests.reviews.desk.conftest import post_raw

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADDRESS = "/desk/monographs/testazumab/withdraw/"
DO = "/desk/monographs/testazumab/do/"
WARNING = {
    "monographs": ["testazumab"], "title": "new-reaction", "severity": "critical", "regulator": "mhra",
    "link": "https://www.gov.uk/x", "issued": "2026-11-23", "quote": "An invented sentence.",
    "password": make.PASSWORD,
}  # fmt: skip


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(page=make.published(make.the_house()).monograph)


@pytest.fixture
def enter(client, house):
    def as_person(name):
        client.force_login(house.people[name])
        return client

    return as_person


@pytest.mark.parametrize("person", ["editor", "clinician", "clinician2", "pharmacist", "publisher", "auditor"])
@pytest.mark.parametrize("over", ["nothing", "warning", "erratum", "retire", "take_down"])
def test_everybody_who_may_read_it_sees_what_stands_over_it(house, page, enter, person, over):
    if over == "warning":
        make.warn(house.clinician, page)
    elif over == "erratum":
        make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for months.")
    elif over != "nothing":
        make.withdraw(page.live.edition, house.publisher, over)

    answer = enter(person).get(ADDRESS)

    said = {
        "nothing": "Nothing. Readers see the edition as it was signed.", "warning": "There is a new severe reaction",
        "erratum": "Tests go on for months.", "retire": "Retired</span> since", "take_down": "Removed</span> since",
    }  # fmt: skip
    assert answer.status_code == 200
    assert said[over] in answer.content.decode()
    assert ("Add the correction" in answer.content.decode()) == (person == "pharmacist")
    assert ("Add an urgent warning" in answer.content.decode()) == (person in make.ON_CALL)


def test_a_draft_has_no_published_page(house, enter):
    make.draft(house, "draftzumab", make.document(related=()))
    address = ADDRESS.replace("testazumab", "draftzumab")

    assert "Nothing is published" in enter("publisher").get(address).content.decode()
    assert enter("publisher").get(f"{address}places/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "said"),
    [("retire", "stays retired until"), ("take_down", "stays taken down until"), ("", "Readers see it now")],
)
def test_an_edition_that_is_published_under_a_withdrawal_stays_under_it(house, page, enter, client, kind, said):
    edition = make.start(house, page.live.edition)
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    edition = make.sign(edition, house.pharmacist)
    if kind:
        make.withdraw(page.live.edition, house.publisher, kind)

    answer = enter("publisher").post(f"{DO}publish/", {"digest": make.seen(edition)}, follow=True)

    assert said in answer.content.decode()
    assert client.get("/drugs/testazumab/").status_code == (410 if kind == "take_down" else 200)


def test_a_refused_withdrawal_keeps_what_was_typed(house, page, enter):
    digest = make.seen(page.live.edition)

    for sent, status in (({"digest": digest}, 422), ({"digest": "0" * 64, "kind": "retire"}, 409)):
        answer = enter("publisher").post(f"{DO}withdraw/", {**sent, "reason": "Typed with care"})
        assert answer.status_code == status
        assert "Typed with care" in answer.content.decode()

    assert (
        enter("editor").post(f"{DO}withdraw/", {"digest": digest, "kind": "retire", "reason": "x"}).status_code == 403
    )
    assert not Overlay.objects.exists()


def test_a_withdrawal_acts_on_the_page_while_a_draft_is_open(house, page, enter, client):
    make.start(house, page.live.edition)

    answer = enter("clinician").post(
        f"{DO}withdraw/", {"digest": make.seen(page.live.edition), "kind": "take_down", "reason": "in doubt"}
    )

    assert answer.status_code == 302
    assert client.get("/drugs/testazumab/").status_code == 410


def test_a_warning_needs_a_password_and_keeps_what_was_typed(house, page, enter):
    for change, status, said in (
        ({"password": ""}, 422, "Give your password"),
        ({"password": "wrong"}, 422, "This is not your password."),
        ({"quote": ""}, 422, "Quote the regulator"),
        ({"monographs": []}, 422, "Choose from 1 to 50 monographs."),
        ({"issued": "soon"}, 422, "Give the day"),
    ):
        answer = enter("clinician").post("/desk/warnings/new/", {**WARNING, **change})
        text = answer.content.decode()
        assert (answer.status_code, said in text) == (status, True), (change, text[:0])
        assert "https://www.gov.uk/x" in text

    assert not Overlay.objects.exists()
    assert enter("clinician").post("/desk/warnings/new/", WARNING).status_code == 302
    assert Overlay.objects.get().quote == "An invented sentence."


@pytest.mark.parametrize("person", ["editor", "clinician2", "publisher", "auditor"])
def test_whoever_is_not_on_call_is_told_so(house, page, enter, person):
    assert "You are not on call" in enter(person).get("/desk/warnings/new/").content.decode()
    assert enter(person).post("/desk/warnings/new/", WARNING).status_code == 403
    assert not Overlay.objects.exists()


@pytest.mark.usefixtures("grants_last")
def test_whoever_is_on_call_and_no_longer_verified_is_told_so(house, page, enter, monkeypatch):
    later = timezone.now() + timedelta(days=365)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    why = "Your registration was not verified in the last 12 months. Ask your administrator to verify it."

    form = enter("clinician").get("/desk/warnings/new/").content.decode()
    assert (why in form, "You are not on call" in form) == (True, False)
    assert enter("pharmacist").get(ADDRESS).content.decode().count(why) == 2  # beside the warning and the correction
    assert enter("publisher").get(ADDRESS).content.decode().count(why) == 0
    assert enter("clinician").post("/desk/warnings/new/", WARNING).status_code == 403


def test_a_second_signature_and_an_end_by_the_form(house, page, enter):
    (overlay,) = make.warn(house.clinician, page)
    countersign, lift = f"/desk/overlays/{overlay.pk}/countersign/", f"/desk/overlays/{overlay.pk}/lift/"

    assert enter("clinician").post(countersign, {"password": make.PASSWORD}).status_code == 403
    assert enter("clinician2").post(countersign, {"password": ""}).status_code == 422
    assert enter("clinician2").post(countersign, {"password": make.PASSWORD}).status_code == 302
    assert enter("pharmacist").post(lift, {"password": make.PASSWORD, "reason": ""}).status_code == 422
    assert enter("pharmacist").post(lift, {"password": make.PASSWORD, "reason": "answered"}).status_code == 302
    assert enter("pharmacist").post("/desk/overlays/999/lift/").status_code == 404
    assert not Overlay.objects.unlifted().exists()


def test_a_correction_by_the_form(house, page, enter):
    sent = {"wrong": "Tests go on for years.", "right": "Months.", "harm": "minor", "password": make.PASSWORD}

    answer = enter("pharmacist").post("/desk/monographs/testazumab/erratum/", {**sent, "wrong": "Never said"})
    assert (answer.status_code, "No published edition says this." in answer.content.decode()) == (422, True)
    assert "Never said" in answer.content.decode()
    assert enter("clinician").post("/desk/monographs/testazumab/erratum/", sent).status_code == 403
    assert enter("pharmacist").post("/desk/monographs/testazumab/erratum/", sent).status_code == 302
    assert Overlay.objects.get().right == "Months."


@pytest.mark.any_database
def test_what_needs_a_reason_is_offered_placed_and_ended_by_the_form(house, page, enter, client, trial):
    place, typed = "/desk/monographs/testazumab/place/trial/", "The maker stopped"
    for person in ("editor", "auditor"):
        assert place not in enter(person).get(ADDRESS).content.decode()
        assert enter(person).post(place, {"reason": typed, "password": make.PASSWORD}).status_code == 403
    assert "Readers see it at once." in enter("publisher").get(ADDRESS).content.decode()
    assert enter("publisher").get(place).headers["Location"] == ADDRESS
    for sent, said in (
        ({"reason": typed}, "Give your password"),
        ({"reason": typed, "password": "wrong"}, "This is not your password."),
        ({"password": make.PASSWORD}, "Say why: readers see it."),
        ({}, "Say why: readers see it."),
    ):
        answer = enter("publisher").post(place, sent)
        text = answer.content.decode()
        assert (answer.status_code, said in text, sent.get("reason", "") in text) == (422, True, True), sent
    assert not Overlay.objects.exists()

    answer = enter("publisher").post(place, {"reason": f" {typed} ", "password": make.PASSWORD}, follow=True)

    assert "Readers see the problem." in answer.content.decode()
    overlay = Overlay.objects.get()
    assert (overlay.kind, overlay.reason) == ("trial", typed)
    again = enter("publisher").post(place, {"reason": typed, "password": make.PASSWORD})
    assert (again.status_code, "This notice is on the page already." in again.content.decode()) == (409, True)
    lift = f"/desk/overlays/{overlay.pk}/lift/"
    assert enter("clinician").post(lift, {"password": make.PASSWORD, "reason": "over"}).status_code == 302
    assert not Overlay.objects.unlifted().exists()


@pytest.mark.parametrize("kind", [*OVERLAY_KINDS, "lift", "later", "x" * 200])
def test_no_other_kind_is_placed_by_a_reason(house, page, enter, kind):
    row = OVERLAY_KINDS.get(kind)
    if not (row and row.form):
        sent = {"reason": "why", "password": make.PASSWORD}
        assert enter("publisher").post(f"/desk/monographs/testazumab/place/{kind}/", sent).status_code == 404
        assert not Overlay.objects.exists()


@pytest.mark.any_database
def test_each_box_has_an_id_of_its_own_and_names_its_hint_and_its_error(house, page, enter, trial):
    text = enter("publisher").post("/desk/monographs/testazumab/place/trial/", {}).content.decode()

    ids = re.findall(r' id="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
    described = [one for names in re.findall(r'aria-describedby="([^"]+)"', text) for one in names.split()]
    assert set(described) <= set(ids)
    assert {"id_trial_reason_helptext", "id_trial_reason_error"} <= set(described)


def test_what_waits_for_a_second_signature_stands_first_in_the_queue_of_whoever_can_give_it(house, page, enter):
    make.warn(house.clinician, page)
    make.withdraw(page.live.edition, house.publisher)

    for person, warning, withdrawal in (
        ("clinician", False, True),
        ("clinician2", True, True),
        ("publisher", False, False),
        ("editor", False, False),
    ):
        text = enter(person).get("/desk/").content.decode()
        assert ("Urgent warning unsigned" in text, "Withdrawal to confirm" in text) == (warning, withdrawal), person

    make.vouch_all(house, page.live.edition)
    assert "It was signed again: it is still correct." in enter("publisher").get("/desk/").content.decode()


@pytest.mark.parametrize(
    "word", ["\x00", "a" * 100_000, "<script>alert(1)</script>", "943 476 5919", "\ud800", "\u202e"]
)
def test_no_word_breaks_a_form(house, page, enter, word):
    (overlay,) = make.warn(house.clinician, page)
    warning, rows = "/desk/warnings/new/", Overlay.objects.count()
    link = {"link": word, "title": word, "issued": word, "severity": word, "regulator": word}
    correction = {"wrong": word, "right": word, "harm": word, "password": make.PASSWORD}
    for path, sent in (
        (f"{DO}withdraw/", {"digest": make.seen(page.live.edition), "kind": word, "reason": word}),
        (f"{DO}withdraw/", {"digest": word, "kind": "retire", "reason": "in doubt"}),
        (warning, {**WARNING, **link}),
        (warning, {**WARNING, "monographs": [word]}),
        (warning, {**WARNING, "password": word}),
        ("/desk/monographs/testazumab/erratum/", correction),
        (f"/desk/overlays/{overlay.pk}/lift/", {"reason": word, "password": word}),
    ):
        answer = post_raw(enter("pharmacist"), path, sent)
        assert answer.status_code in (409, 422), (path, answer.status_code)
        assert b"<script>alert" not in answer.content
    assert Overlay.objects.count() == rows


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("word", "taken"), [("\x00", False), ("a" * 100_000, False), ("\u202e", False), ("<b>{title}&", True)]
)
def test_a_reason_that_may_be_kept_is_shown_as_it_is_wherever_it_is_told(
    house, page, enter, client, trial, word, taken
):
    sent = {"reason": f"a{word}b", "password": make.PASSWORD}

    answer = post_raw(enter("publisher"), "/desk/monographs/testazumab/place/trial/", sent)

    assert answer.status_code == (302 if taken else 422)
    for path in (ADDRESS, "/drugs/testazumab/", "/drugs/testazumab/monograph.json", "/updates/", "/updates/feed/"):
        kept = b"a<b>{title}&b" if path.endswith("json") else b"a&lt;b&gt;{title}&amp;b"
        assert (kept in client.get(path).content) == taken, path


@pytest.mark.parametrize(("word", "taken"), [("\x00", False), ("\u202e", False), ("<b>&", True)])
def test_a_word_that_may_be_kept_is_kept_and_shown_as_it_is(house, page, enter, word, taken):
    make.warn(house.clinician, page)
    quoted = post_raw(enter("pharmacist"), "/desk/warnings/new/", {**WARNING, "quote": f"a{word}b"})
    assert quoted.status_code == (302 if taken else 422)

    html = enter("editor").get(ADDRESS).content

    assert (b"a&lt;b&gt;&amp;b" in html) == taken
    assert Overlay.objects.count() == 1 + taken


def test_a_reason_may_be_typed_as_long_as_it_may_be_printed(house, page, enter, monkeypatch):
    make.warn(house.clinician, page)
    for longest in (300, 299):
        monkeypatch.setattr("reviews.overlay_words.LONGEST_PRINTED_REASON", longest)
        html = enter("pharmacist").get(ADDRESS).content.decode()
        assert f"Up to {longest} characters" in html
        assert (
            re.findall(r'name="reason" cols="40" rows="2" class="input" maxlength="(\d+)"', html) == [str(longest)] * 2
        )
    digest = make.seen(page.live.edition)
    sent = {"digest": digest, "kind": "retire", "reason": "x" * 300}
    assert enter("pharmacist").post(f"{DO}withdraw/", sent).status_code == 422
    assert enter("pharmacist").post(f"{DO}withdraw/", {**sent, "reason": "x" * 299}).status_code == 302


def test_each_way_to_withdraw_says_beside_its_button_what_it_does(house, page, enter):
    html = enter("publisher").get("/desk/monographs/testazumab/withdraw/").content.decode()

    offered = re.findall(
        r'name="kind" value="([a-z_]+)" id="(kind-withdraw_\d)"[^>]*><label for="\2">(\w+ ?\w*):',
        html,
    )
    assert [(value, label) for value, _id, label in offered] == [("retire", "Retire"), ("take_down", "Take down")]


# (whose form it is, who may send it)
PASSWORDS = {
    "countersign": ("clinician2", "pharmacist"), "lift": ("pharmacist",), "end-correction": ("pharmacist",),
    "correct": ("pharmacist",), "warn": ("clinician", "pharmacist"), "trial": ("clinician", "clinician2", "pharmacist", "publisher"),
    "still-correct": ("clinician", "clinician2", "pharmacist"),
    "full-review": ("clinician", "clinician2", "pharmacist"),
    "no-change": ("clinician", "clinician2", "pharmacist"),
}  # fmt: skip


@pytest.mark.parametrize("act", PASSWORDS)
def test_no_password_is_tried_by_whoever_has_not_the_right(house, page, enter, trial, act):
    """Neither the right one nor a wrong one: a wrong one leaves an entry, and its answer tells."""
    (warning,) = make.warn(house.clinician, page)
    wrong = "Tests go on for years."
    address, form = {
        "countersign": (f"/desk/overlays/{warning.pk}/countersign/", {}),
        "lift": (f"/desk/overlays/{warning.pk}/lift/", {"reason": "It was answered."}),
        "correct": ("/desk/monographs/testazumab/erratum/", {"wrong": wrong, "right": "For months.", "harm": "minor"}),
        "warn": ("/desk/warnings/new/", WARNING),
        "trial": (f"/desk/monographs/testazumab/place/{trial}/", {"reason": "It is tried."}),
        "end-correction": ("", {"reason": "It was wrong itself."}),
        "still-correct": (f"{DO}still-correct/", {"digest": page.live.document_id, "interests": "none"}),
        "full-review": (f"{DO}full-review/", {"digest": page.live.document_id, "interests": "none"}),
        "no-change": (f"{DO}no-change/", {"digest": page.live.document_id, "interests": "none"}),
    }[act]  # fmt: skip
    if act == "end-correction":
        erratum = make.correct(house.pharmacist, page, wrong, "Tests go on for months.")
        address = f"/desk/overlays/{erratum.pk}/lift/"
    if act == "no-change":
        make.lift(warning, house.pharmacist)
    if act == "still-correct":
        make.withdraw(page.live.edition, house.publisher)
    for person in ("editor", "editor2", "publisher", "auditor", "clinician", "clinician2", "pharmacist"):
        before = AuditEvent.objects.filter(verb="reauth_failed").count()
        answer = enter(person).post(address, {**form, "password": "wrong wrong wrong"})
        tried = AuditEvent.objects.filter(verb="reauth_failed").count() - before
        assert tried == (person in PASSWORDS[act]), person
        if person not in PASSWORDS[act]:
            assert "This is not your password" not in answer.content.decode(), person
            assert answer.status_code == 403, person
