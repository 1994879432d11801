"""Transitions by POST: what is answered, what is written, and that nothing else is read from the request."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monographs.models import Edition
from reviews.access import looks
from reviews.audit import hashes
from reviews.audit.trail import audited_write
from reviews.desk.base import digest_in
from reviews.desk.review import read_ticks
from reviews.models import AuditEvent, SignOff
from reviews.review.edition_review import EditionReview
from tests import factories as make
from tests.forms import wrong

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def do(client, transition, edition, **fields):
    path = reverse("do", args=["testazumab", transition])
    return client.post(path, {"digest": make.seen(edition), **fields})


def signature(**changes):
    whole = {
        "password": make.PASSWORD,
        "tick_read": "on",
        "tick_content": "on",
        "tick_competent": "on",
        "interests": "none",
    }
    return {**whole, **changes}


def test_the_whole_way_by_forms(client, house):
    edition = make.draft(house)
    for who, transition, fields in (
        ("editor", "submit", {}),
        ("clinician", "sign", signature()),
        ("pharmacist", "sign", signature()),
        ("publisher", "publish", {"reason": "First published."}),
    ):
        client.force_login(house.people[who])
        response = do(client, transition, edition, **fields)
        assert response.status_code == 302, (transition, response.content.decode())

    edition.refresh_from_db()
    assert edition.state == "published"
    assert make.live().change_note == ""
    assert AuditEvent.objects.get(verb="published").reason == "First published."


def test_signing_asks_for_everything_and_keeps_what_was_given(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)

    response = do(client, "sign", edition, **signature(password="", tick_read="", interests=""))

    html = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in html
    assert "password" in html.lower()
    assert 'name="tick_content" id="tick_content" checked' in html
    assert make.PASSWORD not in html
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("digest", ["", "0" * 64, "x" * 500, "A" * 64, "0" * 63, "0" * 65, "٠" * 64, "a\x00" * 32])
def test_a_forged_or_old_digest_is_a_conflict_and_recorded(client, house, digest):
    """What could be no digest is none: nothing of it comes into the trail."""
    make.submit(house, make.draft(house))
    client.force_login(house.clinician)

    response = client.post(reverse("do", args=["testazumab", "sign"]), {"digest": digest, **signature()})

    assert response.status_code == 409
    assert not SignOff.objects.exists()
    last = AuditEvent.objects.latest("seq")
    assert (last.verb, last.data["action"], last.data["codes"]) == ("refused", "sign", ["stale"])
    assert (last.subject, last.digest) == ("monograph:testazumab", digest if digest == "0" * 64 else "")


def test_the_digest_of_other_words_signs_nothing(client, house):
    """One of before the last change, and one of another edition: whole digests of documents that there are."""
    edition = make.draft(house)
    before = make.seen(edition)
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, edition)
    theirs = make.submit(house, make.draft(house, "otherumab", make.document(related=())))
    client.force_login(house.clinician)

    for digest in (before, make.seen(theirs)):
        response = client.post(reverse("do", args=["testazumab", "sign"]), {"digest": digest, **signature()})

        assert response.status_code == 409
        last = AuditEvent.objects.latest("seq")
        assert (last.verb, last.data["codes"], last.digest) == ("refused", ["stale"], digest)
    assert not SignOff.objects.exists()


def test_only_sixty_four_small_hexadecimal_digits_are_a_digest(rf, house):
    whole = make.seen(make.draft(house))

    def read(sent):
        return digest_in(rf.post("/", {"digest": sent}))

    assert read(whole) == whole
    assert {read(sent) for sent in (whole.upper(), f"{whole}\n", f" {whole}", whole[:-1], f"{whole}0", "g" * 64)} == {
        ""
    }
    assert digest_in(rf.post("/")) == ""


def test_a_second_click_is_a_conflict_that_writes_nothing(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)
    assert do(client, "sign", edition, **signature()).status_code == 302
    entries = AuditEvent.objects.count()

    assert do(client, "sign", edition, **signature()).status_code == 409
    assert SignOff.objects.count() == 1
    assert AuditEvent.objects.count() == entries


def test_a_replayed_post_after_a_send_back_is_a_conflict(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.pharmacist)
    assert do(client, "send-back", edition, reason="Look again").status_code == 302
    client.force_login(house.clinician)

    assert do(client, "sign", edition, **signature()).status_code == 409
    assert AuditEvent.objects.latest("seq").verb == "refused"


def test_a_reason_is_asked_for_and_a_typed_one_kept(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.pharmacist)
    assert do(client, "send-back", edition, reason="  ").status_code == 422

    response = client.post(
        reverse("do", args=["testazumab", "send-back"]), {"digest": "0" * 64, "reason": "A long and careful reason"}
    )
    assert response.status_code == 409
    assert b"A long and careful reason" in response.content


@pytest.mark.parametrize(("method", "status"), [("get", 302), ("head", 302), ("put", 405), ("delete", 405)])
def test_a_transition_is_a_post(client, house, method, status):
    make.draft(house)
    before = AuditEvent.objects.count()
    client.force_login(house.editor)
    answer = getattr(client, method)(reverse("do", args=["testazumab", "submit"]))
    assert (answer.status_code, AuditEvent.objects.count()) == (status, before)
    assert answer.headers.get("Location", "") == ("/desk/monographs/testazumab/" if status == 302 else "")


def test_an_unknown_transition_or_monograph_is_not_there(client, house):
    make.draft(house)
    client.force_login(house.editor)
    assert client.post("/desk/monographs/testazumab/do/teleport/").status_code == 404
    assert client.post("/desk/monographs/nothing/do/submit/").status_code == 404


@pytest.mark.parametrize(
    ("who", "status", "entry"),
    [
        ("clinician", 302, ("signed", [])),
        ("editor", 403, ("refused", ["not_granted"])),
        ("publisher", 403, ("refused", ["not_granted"])),
        ("auditor", 403, ("refused", ["not_granted"])),
        # Without a role for it there is no monograph, and without any no desk, so nothing is tried.
        ("admin", 404, ("refused", ["not_granted"])),
        ("nobody", 403, ("submitted", [])),
        ("", 302, ("submitted", [])),
    ],
)
def test_who_may_sign(client, house, who, status, entry):
    edition = make.submit(house, make.draft(house))
    if who:
        client.force_login(house.people[who])

    answer = do(client, "sign", edition, **signature())

    assert answer.status_code == status
    assert SignOff.objects.exists() == (who == "clinician")
    last = AuditEvent.objects.latest("seq")
    assert (last.verb, last.data.get("codes", [])) == entry
    assert answer.headers.get("Location", "").startswith("/accounts/login/") == (who == "")


def test_whoever_wrote_everything_is_refused_with_the_sentence(client, house):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Mine.", actor=house.clinician)
    edition = make.submit(house, edition)
    client.force_login(house.clinician)

    response = do(client, "sign", edition, **signature())

    assert response.status_code == 403
    assert "You wrote or suggested everything that changed here." in response.content.decode()
    assert AuditEvent.objects.latest("seq").data["codes"] == ["counts_for_nothing"]


def test_five_wrong_passwords_end_the_session(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)

    for _ in range(4):
        assert do(client, "sign", edition, **signature(password="wrong wrong wrong")).status_code == 422
    response = do(client, "sign", edition, **signature(password="wrong wrong wrong"))

    assert response.status_code == 429
    assert AuditEvent.objects.filter(verb="reauth_failed").count() == 5
    assert "_auth_user_id" not in client.session
    client.force_login(house.clinician)
    assert do(client, "sign", edition, **signature()).status_code == 429
    assert not SignOff.objects.exists()


def test_pay_from_the_maker_does_not_sign(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)

    response = do(client, "sign", edition, **signature(interests="maker"))

    assert response.status_code == 403
    assert "so you cannot sign for it" in response.content.decode()


def test_declared_interests_stand_with_the_signature_and_on_the_page(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)
    do(client, "sign", edition, **signature(interests="declared", interests_text="Lecture fees, 2025"))
    make.sign(edition, house.pharmacist)
    make.publish(house, Edition.objects.get(pk=edition.pk))

    assert b"Interests: Lecture fees, 2025" in client.get("/drugs/testazumab/").content


def test_a_closed_account_is_sent_to_the_login(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)
    make.changed_account(house.clinician, is_active=False)

    response = do(client, "sign", edition, **signature())

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")
    assert not SignOff.objects.exists()


def test_what_is_not_asked_is_not_read(client, house):
    edition = make.draft(house)
    client.force_login(house.editor)

    do(
        client,
        "submit",
        edition,
        state="published",
        live="1",
        actor=house.publisher.pk,
        tier="low",
        round="9",
        editions="2",
    )

    edition.refresh_from_db()
    assert (edition.state, edition.round, edition.monograph.live_id, edition.monograph.tier) == (
        "in_review",
        1,
        None,
        "standard",
    )
    assert AuditEvent.objects.latest("seq").actor == house.editor


@pytest.mark.parametrize("forged", ["no token", "a stranger's token", "another origin", "no origin", ""])
def test_a_form_without_its_own_token_or_from_another_site_does_nothing(house, forged):
    edition = make.draft(house)
    client, stranger = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    client.force_login(house.editor)
    tokens = {
        one: re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', one.get(path, secure=True).content.decode())[1]
        for one, path in ((client, "/desk/monographs/testazumab/"), (stranger, "/accounts/login/"))
    }
    fields = {
        "digest": make.seen(edition),
        "csrfmiddlewaretoken": tokens[stranger if forged == "a stranger's token" else client],
    }
    if forged == "no token":
        del fields["csrfmiddlewaretoken"]
    origin = {"another origin": "https://evil.example", "no origin": "null"}.get(forged, "https://testserver")

    answer = client.post(reverse("do", args=["testazumab", "submit"]), fields, secure=True, headers={"Origin": origin})

    edition.refresh_from_db()
    assert (answer.status_code, edition.state) == ((403, "draft") if forged else (302, "in_review"))


def test_a_foreign_host_is_refused(client, house, settings):
    make.published(house)
    for headers in ({"HTTP_HOST": "evil.example"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}):
        response = client.get("/drugs/testazumab/", **headers)
        assert b"evil.example" not in response.content
        assert response.status_code == (400 if "HTTP_HOST" in headers else 200)


def test_the_longest_reason_is_kept_whole_and_a_longer_one_at_its_field(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.pharmacist)

    longer = do(client, "send-back", edition, reason="x" * 2_001)
    assert (longer.status_code, list(wrong(longer))) == (422, ["reason"])
    assert "Keep it to 2,000 characters." in longer.content.decode()
    assert f"{'x' * 2_001}</textarea>" in longer.content.decode()

    assert do(client, "send-back", edition, reason="x" * 2_000).status_code == 302
    assert AuditEvent.objects.latest("seq").reason == "x" * 2_000


def test_a_conflict_tells_the_last_three_things_that_were_done_and_no_refusal(client, house):
    edition = make.draft(house)
    seen = make.seen(edition)
    for number in range(4):
        make.reword(edition, "monitoring", f"Words {number}.", actor=house.editor2)
    client.force_login(house.publisher)
    assert do(client, "submit", edition).status_code == 403

    answer = client.post(reverse("do", args=["testazumab", "discard"]), {"digest": seen, "reason": "x"})

    assert answer.status_code == 409
    entries = answer.context["meanwhile"].entries
    assert [(one.who, one.did, one.parts) for one in entries] == [("Test editor2", "changed", "Monitoring")] * 3
    assert [one.event.seq for one in entries] == sorted((one.event.seq for one in entries), reverse=True)
    (change,) = answer.context["meanwhile"].changes
    html = " ".join(answer.content.decode().split())
    old, new = html.index("Text, as you read it</h4>"), html.index("Text, as it is now</h4>")
    assert old < html.index("Tests go on for years", old) < new < html.index("Words", new)
    assert change.title == "Monitoring: changed"


@pytest.mark.parametrize(
    ("who", "transition", "location"),
    [
        ("editor", "submit", "/desk/monographs/testazumab/"),
        ("editor", "start", "/desk/monographs/testazumab/edit/"),
        ("publisher", "withdraw", "/desk/monographs/testazumab/withdraw/places/"),
        ("clinician", "confirm-withdrawal", "/desk/monographs/testazumab/withdraw/"),
        ("pharmacist", "still-correct", "/desk/monographs/testazumab/withdraw/"),
        ("publisher", "reinstate", "/desk/monographs/testazumab/withdraw/"),
    ],
)
def test_each_act_leads_to_where_one_goes_on(client, house, who, transition, location):
    edition = make.draft(house) if transition == "submit" else make.published(house)
    if transition not in ("submit", "start", "withdraw"):
        make.withdraw(edition, house.publisher)
    if transition == "reinstate":
        make.vouch_all(house, edition)
    client.force_login(house.people[who])

    answer = do(client, transition, edition, kind="retire", reason="in doubt", **signature())

    assert (answer.status_code, answer.headers["Location"]) == (302, location)


def test_a_kind_is_read_for_a_withdrawal_alone(client, house):
    edition = make.published(house)
    make.withdraw(edition, house.publisher)
    client.force_login(house.clinician)

    assert do(client, "confirm-withdrawal", edition, kind="take_down").status_code == 302
    assert AuditEvent.objects.latest("seq").data.get("kind") is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"interests": "none", "interests_text": " "}, "none"),
        ({"interests": "declared", "interests_text": " Fees "}, "Fees"),
    ],
)
def test_interests_are_those_that_were_chosen(client, house, given, kept):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)

    assert do(client, "sign", edition, **signature(**given)).status_code == 302
    assert SignOff.objects.get().interests == kept


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"interests": ""}, {"interests"}),
        ({"interests": "other"}, {"interests"}),
        ({"interests": "declared", "interests_text": ""}, {"interests"}),
        ({"password": ""}, {"password"}),
        ({"password": "wrong"}, {"password"}),
        ({"tick_read": None}, {"tick_read"}),
        (
            {"tick_content": None, "tick_competent": None, "password": ""},
            {"tick_content", "tick_competent", "password"},
        ),
    ],
)
def test_what_a_signature_lacks_is_said_at_its_field(client, house, changes, fields):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)
    entries = AuditEvent.objects.filter(verb="refused").count()
    sent = {name: value for name, value in signature(**changes).items() if value is not None}

    answer = do(client, "sign", edition, **sent)

    assert (answer.status_code, set(wrong(answer))) == (422, fields)
    assert answer.context["answer"].title == "Edition 1 is not signed"
    # A wrong or missing password is told with the rest and is no try at signing.
    assert AuditEvent.objects.filter(verb="refused").count() == entries + ("password" not in fields)
    assert not SignOff.objects.exists()
    failed = AuditEvent.objects.filter(verb="reauth_failed").count()
    assert failed == (changes.get("password") == "wrong")


@pytest.mark.parametrize(("who", "stale"), [("clinician", True), ("editor", False)])
def test_what_is_refused_whatever_the_password_tries_none(client, house, who, stale):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.people[who])
    digest = "0" * 64 if stale else make.seen(edition)

    answer = do(client, "sign", edition, **signature(password="wrong", digest=digest))

    assert answer.status_code == (409 if stale else 403)
    assert AuditEvent.objects.latest("seq").verb == "refused"
    assert not AuditEvent.objects.filter(verb="reauth_failed").exists()


def test_a_registration_that_lapsed_and_a_draft_try_no_password_either(client, house):
    edition = make.draft(house)
    client.force_login(house.clinician)

    assert do(client, "sign", edition, **signature(password="wrong", digest=make.seen(edition))).status_code == 409
    edition = make.submit(house, edition)
    with audited_write(actor=house.admin) as trail:
        profile = house.clinician.clinician_profile
        profile.verified_on = profile.verified_by = None
        trail.save(profile)
        trail.record("changed", "test")
    client.force_login(house.clinician)
    assert do(client, "sign", edition, **signature(password="wrong", digest=make.seen(edition))).status_code == 403

    assert not AuditEvent.objects.filter(verb="reauth_failed").exists()


def test_a_refused_step_is_named_and_offered_again_only_to_whoever_could_do_it(client, house):
    edition = make.draft(house)
    client.force_login(house.editor)

    start = do(client, "start", edition).content.decode()
    assert "<h1>Not done: Start edition 2</h1>" in start
    assert 'name="digest"' not in start
    assert "Nothing was changed, because:" in start
    again = client.post(reverse("do", args=["testazumab", "discard"]), {"digest": make.seen(edition), "reason": ""})
    html = again.content.decode()
    assert "<h1>Not done: Discard edition 1</h1>" in html
    assert f'name="digest" value="{make.seen(edition)}"' in html
    assert 'action="/desk/monographs/testazumab/do/discard/"' in html
    assert '<label for="reason">Reason</label>' in html
    assert '<span class="error" id="reason_error">Say why: the reason is kept. </span>' in html
    client.force_login(house.auditor)
    html = do(client, "discard", edition, reason="<i>kept</i>").content.decode()
    assert 'name="digest"' not in html
    assert "readonly>&lt;i&gt;kept&lt;/i&gt;</textarea>" in html


def test_a_remark_stays_with_the_signature_and_is_told_on_the_desk_alone(client, house):
    said = "Wait for the new guideline before the next edition"
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)

    do(client, "sign", edition, **signature(reason=f"  {said} "))

    sign_off, entry = SignOff.objects.get(), AuditEvent.objects.get(verb="signed")
    assert (sign_off.remark, entry.reason) == (said, said)
    client.force_login(house.editor)
    for page in ("review", "history"):
        assert said in client.get(reverse(page, args=["testazumab"])).content.decode(), page
    make.publish(house, make.sign(edition, house.pharmacist))
    client.logout()
    live = make.live()
    for path in (live.get_absolute_url(), "/updates/", reverse("editions", args=["testazumab"])):
        assert said not in client.get(path).content.decode(), path
    assert said not in str(live.signatures)


def test_a_remark_may_stay_empty_and_is_kept_typed_when_the_signature_is_refused(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)

    refused = do(client, "sign", edition, **signature(password="", reason="Typed already"))
    too_long = do(client, "sign", edition, **signature(reason="x" * 2_001))
    do(client, "sign", edition, **signature())

    assert "Typed already" in refused.content.decode()
    assert (too_long.status_code, SignOff.objects.get().remark) == (422, "")
    assert '<a href="#reason">Keep it to 2,000 characters.' in too_long.content.decode()


def test_a_signature_keeps_what_was_seen_of_the_edition(client, house):
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, second)
    client.force_login(house.clinician)
    part, opened = str(make.key("monitoring")), timezone.now()

    client.get(reverse("review", args=["testazumab"]))
    looks.tick(house.clinician, second, part, read_ticks.digests_of(EditionReview.load(second).document)[part])
    do(client, "sign", second, **signature())

    seen = SignOff.objects.get(edition=second).seen
    assert (seen["against"], seen["read"]) == (make.live().document_id, [part])
    assert hashes.instant(opened) <= seen["opened"] <= hashes.instant(timezone.now())


def test_a_signature_says_so_when_nothing_tells_that_the_edition_was_opened(house):
    edition = make.sign(make.submit(house, make.draft(house)), house.clinician)

    assert SignOff.objects.get(edition=edition).seen == {"against": "", "opened": "", "read": []}
