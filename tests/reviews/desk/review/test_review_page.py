"""The review page: what changed, whose signature counts, the form, and the form again after a refusal."""

import re

import pytest

from monographs.document import Section
from reviews.audit.trail import WriteLockTimeout, audited_write
from reviews.changes import change_set
from reviews.models import AuditEvent, ClinicianProfile, SignOff
from tests import factories as make
from tests.forms import wrong

pytestmark = pytest.mark.any_database

ADDRESS = "/desk/monographs/testazumab/review/"
SIGN = "/desk/monographs/testazumab/do/sign/"
FILLED = {
    "password": make.PASSWORD,
    "tick_read": "on",
    "tick_content": "on",
    "tick_competent": "on",
    "interests": "none",
}


def amended(house, *, by="editor2"):
    """Edition 2 in review: the monitoring section reworded by somebody."""
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Tests go on for 48 months.", actor=house.people[by])
    return make.submit(house, edition)


def page(client):
    return client.get(ADDRESS).content.decode()


def test_the_right_one_reads_it_the_wrong_one_and_a_stranger_do_not(house, enter):
    amended(house)

    assert enter("pharmacist").get(ADDRESS).status_code == 200
    assert enter("auditor").get(ADDRESS).status_code == 200
    assert enter("nobody").get(ADDRESS).status_code == 403
    assert enter("").get(ADDRESS).status_code == 302


def test_an_amendment_shows_old_and_new_words_and_who_changed_them(house, enter):
    amended(house)

    shown = enter("pharmacist").get(ADDRESS)

    html = shown.content.decode()
    (change,) = shown.context["changes"]
    assert change.label == "Monitoring"
    assert [who for who, _ in change.people] == ["Test editor2"]
    assert '<del><span class="vh">Removed: </span>years</del>' in html
    assert '<ins><span class="vh">Added: </span><span class="q">48&nbsp;months</span></ins>' in html
    assert f'href="#change-{make.key("monitoring")}"' in html
    assert f'id="change-{make.key("monitoring")}"' in html
    assert "6 parts word for word as in edition 1" in html
    assert "I have reviewed the changes of edition 2 and find them fit to publish." in html


def test_a_first_edition_is_shown_as_a_whole_page(house, enter):
    edition = make.submit(house, make.draft(house))

    html = page(enter("clinician"))

    assert "A first edition: all 7 parts are new" in html
    assert "An invented antibody, for tests only." in html
    assert "I read the whole edition." in html
    assert len(re.findall("<h1[ >]", html)) == 1
    assert "Testazumab" in re.search("<h2>(?:(?!</h2>).)*Testazumab(?:(?!</h2>).)*</h2>", html)[0]
    assert "I have reviewed edition 1 as a whole and find it fit to publish." in html
    assert f'name="digest" value="{make.seen(edition)}"' in html
    assert len(re.findall(r'\bid="([^"]+)"', html)) == len(set(re.findall(r'\bid="([^"]+)"', html)))


def test_the_form_has_a_tick_for_each_line_none_of_them_ticked(house, enter):
    amended(house)

    html = page(enter("clinician"))

    assert re.findall(r'name="tick_(\w+)"', html) == ["read", "content", "competent"]
    assert " checked" not in html
    assert "Neurologist, and the date. Not your name: you gave no consent." in html


def test_a_recorded_consent_is_said(house, enter):
    amended(house)
    with audited_write(actor=house.admin) as trail:
        profile = ClinicianProfile.objects.get(user=house.clinician)
        profile.name_consent = True
        trail.save(profile)
        trail.record("consented", f"profile:{profile.pk}")

    assert "Your name too: you consented." in page(enter("clinician"))


def test_counts_say_part_by_part_why_not_and_who_must_sign(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician)
    make.reword(edition, "prescribing", "- Start slowly [@trial2020]. Go on.", actor=house.editor)
    make.submit(house, edition)

    shown = enter("clinician").get(ADDRESS)

    counts = {one.label: (one.counts, one.wanted) for one in shown.context["counts"]}
    wanted = "a doctor or a pharmacist and one more registered clinician"
    assert counts == {"Prescribing in practice": (True, wanted), "Monitoring": (False, wanted)}
    assert "Your signature counts for 1 of 2 changed parts" in shown.content.decode()
    assert "you wrote or suggested it. Another signature must cover it." in shown.content.decode()


def test_whoever_wrote_everything_reads_why_in_place_of_the_form(house, enter):
    amended(house, by="clinician")

    html = page(enter("clinician"))

    assert "You wrote or suggested everything that changed here. Somebody else must sign." in html
    assert SIGN not in html
    assert SIGN in page(enter("clinician2"))


def test_a_part_that_went_away_and_one_that_came_are_shown(house, enter):
    edition = make.start(house, make.published(house))
    gone = make.document().monitoring[0]
    with (
        audited_write(actor=house.editor) as trail,
        change_set(trail, edition=edition, reason="Less and more") as change,
    ):
        change.remove("monitoring", gone.key, seen=make.digest_of_part(gone))
        change.append(Section(key=make.key("new"), kind="overdose", heading="Overdose", text="Call for help."))
    make.submit(house, edition)

    titles = [change.title for change in enter("clinician").get(ADDRESS).context["changes"]]

    assert titles == ["Monitoring: Full blood count: removed", "Overdose: added"]  # the more dangerous first


def test_without_an_open_edition_nothing_is_under_review(house, enter):
    make.published(house)

    html = page(enter("clinician"))

    assert "Nothing is under review" in html
    assert SIGN not in html
    assert "Amendment" not in html


def test_a_draft_can_be_read_and_not_signed(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)

    html = page(enter("clinician"))

    assert "Other words" in html
    assert SIGN not in html
    assert "You cannot sign now:" in html


# -- After a signature that was refused --------------------------------------------------------------------------------


def test_all_that_is_missing_is_said_at_once_and_each_error_leads_to_its_field(house, enter):
    edition = amended(house)

    answer = enter("clinician").post(
        SIGN, {"digest": make.seen(edition), "tick_content": "on", "interests": "declared", "interests_text": " "}
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.index('role="alert"') < html.index("1 changed part")
    for name in ("tick_read", "tick_competent", "interests_0", "password"):
        assert f'<a href="#{name}">' in html
        assert f'id="{name}"' in html
    assert '<a href="#tick_content">' not in html
    assert 'name="tick_content" id="tick_content" checked' in html
    assert re.search(r'value="declared"[^>]* checked', html)
    # Nothing was tried with a password, so nothing counts against the signer.
    assert not AuditEvent.objects.filter(verb="reauth_failed").exists()


def test_a_wrong_password_is_told_with_the_rest_and_never_shown_again(house, enter):
    edition = amended(house)

    answer = enter("clinician").post(SIGN, {"digest": make.seen(edition), "password": "not-my-password"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "This is not your password. Nothing was signed." in html
    assert "Say which interests you have, or that you have none." in html
    assert "not-my-password" not in html
    assert AuditEvent.objects.filter(verb="reauth_failed", actor=house.clinician).count() == 1


def test_a_stale_signature_shows_what_changed_meanwhile_and_keeps_ticks_and_words(house, enter):
    edition = amended(house)
    seen = make.seen(edition)
    make.perform("send-back", editions=[edition], actor=house.pharmacist, digest=seen, reason="Say more.")
    make.reword(edition, "monitoring", "Tests go on for 60 months.", actor=house.editor)
    make.submit(house, edition)

    answer = enter("clinician").post(
        SIGN, {**FILLED, "digest": seen, "interests": "declared", "interests_text": "Fees <2025>"}
    )

    html = answer.content.decode()
    assert answer.status_code == 409
    assert not SignOff.objects.filter(edition=edition).exists()
    assert "What happened meanwhile" in html
    assert [change.label for change in answer.context["answer"].meanwhile.changes] == ["Monitoring"]
    assert "Fees &lt;2025&gt;" in html
    assert 'name="tick_read" id="tick_read" checked' in html
    assert f'name="digest" value="{make.seen(edition)}"' in html
    assert make.PASSWORD not in html
    assert AuditEvent.objects.latest("seq").data["codes"] == ["stale"]


@pytest.mark.parametrize("chosen", ["none", "maker", ""])
def test_interests_that_are_written_and_not_chosen_are_not_dropped(house, enter, chosen):
    edition = make.submit(house, make.draft(house))

    answer = enter("clinician").post(
        SIGN, {**FILLED, "digest": make.seen(edition), "interests": chosen, "interests_text": "Fees from a maker"}
    )

    assert answer.status_code == 422
    assert "You wrote interests here" in wrong(answer)["interests_text"]
    assert "Fees from a maker" in answer.content.decode()
    assert not SignOff.objects.exists()


def test_interests_that_may_not_be_kept_are_refused_at_their_field(house, enter):
    edition = amended(house)

    answer = enter("clinician").post(
        SIGN, {**FILLED, "digest": make.seen(edition), "interests": "declared", "interests_text": "a\x00b"}
    )

    assert answer.status_code == 422
    assert wrong(answer) == {"interests_text": "After “a”: a NUL character (U+0000). Take it out."}
    assert not SignOff.objects.filter(edition=edition).exists()


def test_while_somebody_else_writes_ticks_are_kept(house, enter, monkeypatch):
    edition = amended(house)

    def busy(*_args, **_kwargs):
        raise WriteLockTimeout

    monkeypatch.setattr("reviews.desk.transitions.perform", busy)
    answer = enter("clinician").post(SIGN, {**FILLED, "digest": make.seen(edition)})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert 'name="tick_read" id="tick_read" checked' in answer.content.decode()


def test_a_signature_leads_to_the_queue_and_says_what_is_missing_still(house, enter):
    edition = amended(house)

    answer = enter("clinician").post(SIGN, {**FILLED, "digest": make.seen(edition)}, follow=True)

    assert answer.redirect_chain == [("/desk/", 302)]
    assert "You signed edition 2. Next, one more registered clinician must sign." in answer.content.decode()
    sign_off = SignOff.objects.get(edition=edition)
    assert (sign_off.signer, sign_off.interests, len(sign_off.checklist)) == (house.clinician, "none", 3)


@pytest.mark.parametrize("name", ["meaning", "signer", "sequence", "name", "profession", "signed_at", "reader_title"])
def test_no_column_of_the_signature_is_read_from_the_request(house, enter, name):
    edition = amended(house)

    enter("clinician").post(SIGN, {**FILLED, "digest": make.seen(edition), name: "7"})

    sign_off = SignOff.objects.get(edition=edition)
    assert (sign_off.signer, sign_off.meaning, sign_off.sequence) == (house.clinician, "review", 0)
    assert (sign_off.name, sign_off.profession, sign_off.reader_title) == (
        "Test clinician",
        "specialist_doctor",
        "neurologist",
    )


def test_a_refused_signature_says_at_each_tick_and_choice_what_is_missing(house, enter):
    edition = amended(house)

    answer = enter("pharmacist").post(SIGN, {"digest": make.seen(edition)})

    html = answer.content.decode()
    assert answer.status_code == 422
    ids = set(re.findall(r' id="([^"]+)"', html))
    tied = {
        name: described.split()
        for name, described in re.findall(r' name="([^"]+)"[^>]*aria-describedby="([^"]+)"', html)
    }
    assert {"tick_read", "tick_content", "tick_competent", "password"} <= tied.keys()
    assert all(f"{name}_error" in tied[name] for name in ("tick_read", "tick_content", "tick_competent", "password"))
    assert re.search(r'<fieldset class="field field-bad" id="interests" aria-describedby="interests_error">', html)
    assert {one for several in re.findall(r'aria-describedby="([^"]+)"', html) for one in several.split()} <= ids
    for name in ("tick_read", "tick_content", "tick_competent", "interests", "password"):
        assert f'<span class="error" id="{name}_error">' in html


def test_an_interval_stands_first_in_a_whole_sentence_whatever_else_changed(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    item = make.build(edition).monitoring[0]
    with (
        audited_write(actor=house.editor) as trail,
        change_set(trail, edition=edition, reason="Newer guidance") as change,
    ):
        change.save(item.replaced(how_often="every 60 months"), seen=make.digest_of_part(item))
    make.submit(house, edition)

    shown = enter("clinician").get(ADDRESS)

    html = shown.content.decode()
    sentences = [said.sentence for part in shown.context["parts"] for said in part.said]
    assert "is tested less often" in sentences[0]
    assert "now it is “every 60 months”" in sentences[0]
    assert len(sentences) == 2
    assert '<span class="rank">Monitoring</span>' in html
    assert not re.search(r"\[@[\w-]+\]", html)


def test_signatures_of_a_round_that_ended_are_told_as_past_and_count_for_nothing(house, enter):
    """Sent back, and sent for review again without a change: the words are the same, and nobody signed them."""
    edition = make.sign(amended(house), house.pharmacist)
    client, past = enter("clinician"), "Signed before it was sent back, which no longer counts: Test pharmacist"
    assert "Signed so far: Test pharmacist" in page(client)
    assert past not in page(client)

    edition = make.send_back(house, edition)
    workspace = client.get("/desk/monographs/testazumab/").content.decode()

    assert "Signed so far" not in page(client)
    assert past in page(client)
    assert "Signed as pharmacist before it was sent back, which no longer counts" in workspace
    assert re.findall(r"Signed as \w+ \w+", workspace) == ["Signed as pharmacist before"]
    edition = make.submit(house, edition)
    assert "Signed so far" not in page(client)
    assert past in page(client)
    make.sign(edition, house.pharmacist)
    assert "Signed so far: Test pharmacist" in page(client)
    assert past not in page(client)
