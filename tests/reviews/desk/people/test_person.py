"""People on the desk: who may open the pages, what they say, and each act by its form."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from monographs.standing import today
from reviews.access import registrations
from reviews.audit.trail import audited_write
from reviews.desk.people import person
from reviews.models import AuditEvent, ClinicianProfile, Grant, Recheck
from tests import factories as make
from tests.forms import forms_of
from tests.reviews.desk.test_pages import hangs_together

pytestmark = pytest.mark.any_database

HOSTILE = "<i>typed</i>\"'&"
PROFILE = {"name": "N. N.", "profession": "nurse", "number": "12A3456B", "scope": "both"}
LOOKED_UP = {"register_date": str(today()), "looked_at": "Its page"}
VERIFIED = {"reader_title": "ward sister", "specialty": "", "scope": "both", **LOOKED_UP}


def page_of(house, name):
    return reverse("person", args=[house.people[name].username])


def does(house, name, act):
    return reverse("person_do", args=[house.people[name].username, act])


def offered(client, house, name):
    """The acts whose forms stand on the page of somebody."""
    answer = client.get(page_of(house, name))
    assert answer.status_code == 200
    return [one.action.split("/do/")[1].strip("/") for one in forms_of(answer.content.decode()) if "/do/" in one.action]


@pytest.mark.parametrize("who", ["editor", "clinician", "pharmacist", "publisher", "auditor", "nobody"])
def test_people_are_open_to_administrators_alone(house, enter, who):
    client = enter(who)
    for path in (reverse("people"), page_of(house, "clinician")):
        assert client.get(path).status_code == 403
    before = list(ClinicianProfile.objects.values())
    for act in person.ACTS:
        assert client.post(does(house, "clinician", act), {}).status_code == 403
    assert list(ClinicianProfile.objects.values()) == before
    assert "People</a>" not in client.get("/desk/").content.decode()
    assert enter("").get(reverse("people")).headers["Location"].startswith("/accounts/login/")


def test_one_person_asks_as_many_queries_for_three_pages_as_for_one(house, enter, queries):
    client = enter("admin")
    make.published(house)
    client.get(page_of(house, "clinician"))
    few = queries(client, page_of(house, "clinician"))
    for slug in ("secondumab", "thirdumab"):
        make.published(house, slug)
    assert queries(client, page_of(house, "clinician")) == few


def test_what_is_offered_is_what_can_be_done(house, enter):
    client = enter("admin")
    of_account = ["confirm", "give", "take", "email", "link", "close"]
    assert offered(client, house, "editor") == [*of_account, "register"]
    assert offered(client, house, "nobody") == ["give", "email", "link", "close", "register"]
    of_account = ["confirm", *of_account]  # clinician, and on-call
    assert offered(client, house, "clinician") == [*of_account, "renew", "verify", "end"]
    make.published(house)
    assert offered(client, house, "clinician") == [*of_account, "renew", "verify", "end", "open-reviews"]
    registrations.strike_off(house.clinician.clinician_profile, actor=house.admin, reason="Read")
    assert offered(client, house, "clinician") == [*of_account, "verify"]
    registrations.register(house.editor, actor=house.editor, **PROFILE)
    assert offered(client, house, "editor") == ["confirm", "give", "take", "email", "link", "close", "verify", "end"]
    assert offered(client, house, "admin") == []
    make.changed_account(house.nobody, is_active=False)
    assert offered(client, house, "nobody") == ["reopen"]


def test_a_clinician_is_registered_verified_renewed_and_ended_by_forms(house, enter):
    client = enter("admin")

    for act, sent, verb in (
        ("register", PROFILE, "clinician_registered"),
        ("verify", VERIFIED, "clinician_verified"),
        ("renew", LOOKED_UP, "registration_renewed"),
        ("end", {"how": "struck_off", "reason": "The register says so"}, "registration_ended"),
    ):
        answer = client.post(does(house, "editor", act), sent)
        assert (answer.status_code, answer.headers["Location"]) == (302, page_of(house, "editor")), act
        assert AuditEvent.objects.latest("seq").verb == verb
    kept = ClinicianProfile.objects.get(user=house.editor)
    assert (kept.number, kept.reader_title, kept.register_date, kept.ended_how) == (
        "12A3456B", "ward sister", today(), "struck_off",
    )  # fmt: skip


def test_roles_are_given_confirmed_and_taken_by_buttons(house, enter):
    client = enter("admin")

    def held(name="editor2"):
        rows = Grant.objects.not_ended().filter(person=house.people[name])
        return set(rows.values_list("role", "therapeutic_class__slug", "monograph__slug"))

    make.draft(house)
    for on in ("everywhere", "class:multiple-sclerosis", "monograph:testazumab"):
        assert client.post(does(house, "editor2", "give"), {"role": "publisher", "on": on}).status_code == 302
    assert held() == {
        ("editor", "neurology", None), ("publisher", None, None), ("publisher", "multiple-sclerosis", None),
        ("publisher", None, "testazumab"),
    }  # fmt: skip
    grant = Grant.objects.get(person=house.editor2, role="editor")
    assert client.post(does(house, "editor2", "confirm"), {"grant": grant.pk}).status_code == 302
    grant.refresh_from_db()
    assert (grant.confirmed_on, grant.confirmed_by) == (today(), house.admin)
    sent = {"grant": grant.pk, "reason": "Moved to another team"}
    # A grant of somebody else is none of theirs.
    for act in ("confirm", "take"):
        assert client.post(does(house, "editor", act), sent).status_code == 422
    assert client.post(does(house, "editor2", "take"), sent).status_code == 302
    assert ("editor", "neurology", None) not in held()


def test_an_account_gets_another_address_is_closed_with_a_hand_over_and_opened_again(house, enter):
    client, edition = enter("admin"), make.draft(house)
    assert client.post(does(house, "editor", "email"), {"email": "new@example.org"}).status_code == 302
    page = client.get(page_of(house, "editor")).content.decode()
    assert "new@example.org" in page
    assert "edition 1: draft" in page

    answer = client.post(does(house, "editor", "close"), {"reason": "Left", "to": ""})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"to"})
    answer = client.post(does(house, "editor", "close"), {"reason": "Left", "to": house.editor2.pk})

    assert answer.status_code == 302
    assert not get_user_model().objects.get(pk=house.editor.pk).is_active
    queue = enter("editor2").get("/desk/")
    assert [(task.what, task.work.edition) for task in queue.context["tasks"]] == [("Your draft", edition)]
    assert client.post(does(house, "editor", "reopen"), {}).status_code == 302
    assert get_user_model().objects.get(pk=house.editor.pk).is_active


@pytest.mark.parametrize(
    ("name", "act", "sent", "status", "fields"),
    [
        ("editor", "register", {**PROFILE, "number": HOSTILE}, 422, {"number"}),
        ("editor", "register", {**PROFILE, "number": "0000001", "profession": "doctor"}, 422, {"number"}),
        ("clinician", "verify", {**VERIFIED, "register_date": HOSTILE}, 422, {"register_date"}),
        ("clinician", "verify", {**VERIFIED, "register_date": str(today() + timedelta(days=1))}, 422, {"register_date"}),
        ("clinician", "verify", {**VERIFIED, "reader_title": "a\x00b"}, 422, {"reader_title"}),
        ("clinician", "renew", {}, 422, {"looked_at"}),
        ("clinician", "end", {"how": HOSTILE, "reason": ""}, 422, {"how", "reason"}),
        ("pharmacist", "open-reviews", {"reason": "Conflicted"}, 409, set()),
        ("editor", "give", {"role": "king", "on": HOSTILE}, 422, {"role", "on"}),
        ("editor", "give", {"role": "auditor", "on": "class:neurology"}, 422, {"on"}),
        ("editor", "give", {"role": "editor", "on": "class:neurology"}, 409, set()),
        ("editor", "take", {"grant": HOSTILE, "reason": "x"}, 422, {"grant"}),
        ("editor", "confirm", {"grant": "\u0664"}, 422, {"grant"}),
        ("editor", "email", {"email": HOSTILE}, 422, {"email"}),
        ("editor", "close", {"to": HOSTILE, "reason": ""}, 422, {"reason", "to"}),
        ("admin", "close", {"reason": "x"}, 403, set()),
        ("admin", "give", {"role": "publisher", "on": "everywhere"}, 403, set()),
        ("admin", "register", {**PROFILE}, 302, set()),
    ],
)  # fmt: skip
def test_a_refusal_stands_at_its_box_with_what_was_typed(house, enter, name, act, sent, status, fields):
    before = list(ClinicianProfile.objects.values())

    answer = enter("admin").post(does(house, name, act), sent)

    assert answer.status_code == status
    if status == 302:
        return
    assert list(ClinicianProfile.objects.values()) == before
    assert set(answer.context["form"].errors) == fields
    html = answer.content.decode()
    assert "<i>typed" not in html
    hangs_together(html, act)


def test_an_act_that_there_is_not_and_a_person_who_is_not_there(house, enter):
    client = enter("admin")
    assert client.post(does(house, "clinician", "crown"), {}).status_code == 404
    assert client.post(does(house, "editor", "verify"), VERIFIED).status_code == 404  # not registered
    assert client.get(reverse("person", args=[999_999])).status_code == 404
    assert client.get(does(house, "clinician", "verify")).headers["Location"] == page_of(house, "clinician")


def test_every_word_about_a_person_stands_as_words(house, enter):
    make.published(house)
    make.changed_account(house.clinician, first_name=HOSTILE)
    with audited_write(actor=house.admin) as trail:
        profile = ClinicianProfile.objects.get(user=house.clinician)
        for field in ("name", "specialty", "reader_title", "looked_at"):
            setattr(profile, field, HOSTILE)
        profile.interests_by_kind = {**registrations.NO_INTERESTS, "fees": HOSTILE}
        trail.save(profile)
        trail.record("changed", "test")
    registrations.strike_off(profile, actor=house.admin, reason=HOSTILE)
    client = enter("admin")

    for path in ("/desk/people/", page_of(house, "clinician"), reverse("recheck", args=[Recheck.objects.get().pk])):
        html = client.get(path).content.decode()
        assert "<i>" not in html, path
        assert "&lt;i&gt;typed" in html, path
        hangs_together(html, path)


# -- Reviews of signatures ---------------------------------------------------------------------------------------------


def test_a_review_waits_in_the_queue_of_clinicians_who_may_close_it(house, enter):
    make.published(house)
    registrations.strike_off(house.clinician.clinician_profile, actor=house.admin, reason="Read")
    review = reverse("recheck", args=[Recheck.objects.get().pk])

    assert review in enter("clinician2").get("/desk/").content.decode()
    for who in ("editor", "clinician", "publisher", "auditor"):
        assert review not in enter(who).get("/desk/").content.decode(), who
    assert enter("admin").get(review).status_code == 200

    answer = enter("clinician2").post(review, {"found": "Read again: it is right"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/")
    assert Recheck.objects.get().found == "Read again: it is right"
    assert review not in enter("clinician2").get("/desk/").content.decode()
    assert b"Read again: it is right" in enter("clinician2").get(review).content


def test_a_review_that_somebody_may_not_close_says_why(house, enter):
    make.published(house)
    registrations.strike_off(house.clinician.clinician_profile, actor=house.admin, reason="Read")
    review = reverse("recheck", args=[Recheck.objects.get().pk])

    for who in ("editor", "clinician", "publisher", "auditor", "admin"):
        client = enter(who)
        assert not [one for one in forms_of(client.get(review).content.decode()) if "found" in one.fields], who
        assert client.post(review, {"found": "Right"}).status_code == 403, who
    assert enter("nobody").get(review).status_code == 403
    answer = enter("clinician2").post(review, {"found": ""})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"found"})
    assert Recheck.objects.get().closed_at is None


def test_a_review_of_a_class_that_one_may_not_read_is_not_there(house, enter):
    make.published(house)
    registrations.strike_off(house.clinician.clinician_profile, actor=house.admin, reason="Read")
    make.revoke("editor", house.root, actor=house.admin)

    assert enter("editor").get(reverse("recheck", args=[Recheck.objects.get().pk])).status_code == 404


# -- One's own profile -------------------------------------------------------------------------------------------------


def test_somebody_states_their_registration_and_declares_their_interests(house, enter):
    client = enter("editor")
    assert client.post(reverse("profile_interests"), registrations.NO_INTERESTS).status_code == 403

    answer = client.post(reverse("profile_register"), {**PROFILE, "name_consent": "on"})

    assert answer.headers["Location"] == "/desk/profile/"
    kept = ClinicianProfile.objects.get(user=house.editor)
    assert (kept.name_consent, kept.verified_on, kept.interests_on) == (True, None, None)
    answer = client.post(reverse("profile_interests"), {**registrations.NO_INTERESTS, "fees": ""})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"fees"})
    hangs_together(answer.content.decode(), "profile")
    answer = client.post(reverse("profile_interests"), {**registrations.NO_INTERESTS, "fees": "Talks"})
    assert answer.status_code == 302
    assert ClinicianProfile.objects.get(user=house.editor).interests == "Fees and travel: Talks"


def test_nothing_is_declared_by_a_form_that_was_not_filled_in(house, enter):
    make.give_role(house.nobody, "clinician", actor=house.admin)
    registrations.register(house.nobody, actor=house.nobody, **PROFILE)

    page = enter("nobody").get("/desk/profile/")

    (form,) = [one for one in forms_of(page.content.decode()) if one.action == reverse("profile_interests")]
    assert {name: value for name, value in form.fields.items() if name in registrations.NO_INTERESTS} == {
        name: [""] for name in registrations.NO_INTERESTS
    }


def test_whoever_lost_every_second_factor_is_let_set_up_new_ones(house, enter):
    client = enter("admin")
    assert "clear-factors" not in offered(client, house, "clinician")
    make.second_factor(house.clinician)
    assert "clear-factors" in offered(client, house, "clinician")

    assert client.post(does(house, "clinician", "clear-factors"), {"reason": ""}).status_code == 422
    done = client.post(does(house, "clinician", "clear-factors"), {"reason": "Lost with the bag"})

    assert done.status_code == 302
    assert "clear-factors" not in offered(client, house, "clinician")
