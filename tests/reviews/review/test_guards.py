"""What each guard looks at: one story a guard, with the people and words of real editions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from monographs.document import Document, Header, SafetyNotice
from monographs.models import Edition, Publication
from monographs.standing import today
from reviews.access import registrations
from reviews.access.refusals import Refused
from reviews.audit import seals
from reviews.audit.trail import audited_write
from reviews.changes import change_set
from reviews.editing.monographs import set_tier
from reviews.editing.parts import restore
from reviews.models import AuditEvent, ChangeSet, ClinicianProfile, SignOff
from reviews.workflow import perform
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def codes(edition, actor, transition):
    return {refusal.code for refusal in make.available(edition, type(actor).objects.get(pk=actor.pk))[transition]}


def amended(house, *, actor=None, name="monitoring", text="Other words."):
    """A second edition in review in which one section changed."""
    edition = make.start(house, make.published(house))
    make.reword(edition, name, text, actor=actor or house.editor)
    return make.submit(house, edition)


def test_an_edition_equal_to_live_cannot_be_submitted(house):
    edition = make.start(house, make.published(house))

    assert codes(edition, house.editor, "submit") == {"nothing_changed"}


def test_a_document_with_problems_cannot_be_submitted_and_each_is_named(house):
    edition = make.draft(house, doc=Document(header=Header(name="Testazumab")))

    found = make.available(edition, house.editor)["submit"]

    assert {r.code for r in found} == {"problem_missing"}
    assert "Header: Write an introduction of one or two sentences." in [r.sentence for r in found]


def test_a_critical_notice_raises_the_floor_and_a_stranger_to_the_edition_raises_the_tier(house):
    edition = make.draft(house)
    notice = SafetyNotice(
        key=make.key("critical"),
        type="contraindication",
        severity="critical",
        title="Never",
        text="Never.",
        source="trial2020",
    )
    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Notice") as change:
        change.append(notice)
    assert codes(edition, house.editor, "submit") == {"tier_below_floor"}

    with pytest.raises(Refused, match="need the clinician role"):
        set_tier(edition.monograph, "high", actor=house.editor, reason="Critical notice")
    set_tier(edition.monograph, "high", actor=house.clinician, reason="Critical notice")

    assert codes(edition, house.editor, "submit") == set()


def test_a_clinician_who_worked_on_the_edition_cannot_set_its_tier_and_nobody_lowers_it_meanwhile(house):
    edition = make.draft(house)
    make.reword(edition, "monitoring", "Mine.", actor=house.clinician)

    with pytest.raises(Refused, match="You worked on this edition"):
        set_tier(edition.monograph, "high", actor=house.clinician, reason="r")
    with pytest.raises(Refused, match="only while no edition is open"):
        set_tier(edition.monograph, "low", actor=house.pharmacist, reason="r")


def test_whoever_wrote_everything_that_changed_is_told_so(house):
    edition = amended(house, actor=house.clinician)

    with pytest.raises(Refused, match="You wrote or suggested everything that changed here"):
        make.sign(edition, house.clinician)

    assert not SignOff.objects.filter(edition=edition).exists()
    assert AuditEvent.objects.latest("seq").data["codes"] == ["counts_for_nothing"]


def test_an_undone_edit_still_counts_as_written(house):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Mine.", actor=house.clinician)
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor)
    edition = make.submit(house, edition)

    assert codes(edition, house.clinician, "sign") == {"counts_for_nothing"}


def test_a_part_waits_for_the_profession_that_its_author_cannot_give(house):
    """The first example of docs/clinical/signoff.md, with two doctors: Monitoring is the pharmacist's, the rest the editor's."""
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "By the pharmacist.", actor=house.pharmacist)
    make.reword(edition, "prescribing", "- By the editor.", actor=house.editor)
    edition = make.submit(house, edition)

    edition = make.sign(edition, house.pharmacist)
    edition = make.sign(edition, house.clinician)
    assert edition.state == "in_review"  # Monitoring has one doctor, and needs two people
    edition = make.sign(edition, house.clinician2)
    assert edition.state == "clinician_reviewed"


def test_a_registration_that_was_not_looked_up_or_lapsed_signs_nothing(house):
    edition = make.submit(house, make.draft(house))
    assert codes(edition, house.clinician, "sign") == set()

    registered_otherwise(register_date=lambda: today() - timedelta(days=364))(house)
    assert codes(edition, house.clinician, "sign") == set()
    registered_otherwise(register_date=lambda: today() - timedelta(days=365))(house)
    assert codes(edition, house.clinician, "sign") == {"lapsed"}
    registered_otherwise(verified_on=None, verified_by=None)(house)
    assert codes(edition, house.clinician, "sign") == {"not_verified"}
    make.give_role(house.nobody, "clinician", actor=house.admin)
    assert codes(edition, house.nobody, "sign") == {"no_profile"}


def test_whoever_was_verified_by_a_contributor_cannot_sign(house):
    edition = make.draft(house)
    profile = ClinicianProfile.objects.get(user=house.clinician)
    make.give_role(house.clinician2, "administrator", actor=house.admin)
    helper = type(house.clinician2).objects.get(pk=house.clinician2.pk)
    make.verify(profile, actor=helper, reader_title="neurologist")
    make.reword(edition, "monitoring", "By who verified.", actor=helper)
    edition = make.submit(house, edition)

    assert codes(edition, house.clinician, "sign") == {"verified_by_contributor"}


def test_sending_back_and_undoing_the_edit_revives_no_signature(house):
    edition = make.signed(house)
    signed = make.seen(edition)
    perform("send-back", editions=[edition], actor=house.clinician, digest=signed, reason="Look again")
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    first = ChangeSet.objects.filter(edition=edition).earliest("at")
    edition.refresh_from_db()
    restore(edition, change=first, digest=make.seen(edition), actor=house.editor)
    edition = make.submit(house, edition)
    assert (edition.state, edition.round, make.seen(edition)) == ("in_review", 2, signed)

    edition = make.sign(edition, house.clinician2)  # whom two others would follow, if theirs still counted

    assert edition.state == "in_review"
    assert codes(edition, house.publisher, "publish") == {"wrong_state"}
    assert codes(edition, house.clinician, "unsign") == {"not_signed"}
    assert codes(edition, house.clinician, "sign") == set()


def test_taking_a_signature_back_takes_the_state_back(house):
    edition = make.signed(house)

    edition = perform("unsign", editions=[edition], actor=house.pharmacist, digest=make.seen(edition), reason="Doubts")[
        0
    ].edition
    assert edition.state == "in_review"
    edition = make.sign(edition, house.pharmacist)
    assert edition.state == "clinician_reviewed"
    assert SignOff.objects.filter(signer=house.pharmacist).order_by("id").values_list("sequence", flat=True)[1] == 1


def close(house):
    make.changed_account(house.clinician, is_active=False)


def registered_otherwise(**columns):
    def change(house):
        with audited_write(actor=house.admin) as trail:
            profile = ClinicianProfile.objects.get(user=house.clinician)
            for name, value in columns.items():
                setattr(profile, name, value() if callable(value) else value)
            trail.save(profile)
            trail.record("changed", "test")

    return change


AFTER_SIGNING = {
    "the account was closed": [close],
    "the registration is no longer verified": [
        lambda house: registrations.strike_off(house.clinician.clinician_profile, actor=house.admin, reason="Read it"),
        registered_otherwise(register_date=lambda: today() - timedelta(days=365)),
        registered_otherwise(verified_on=None, verified_by=None),
    ],
    "the registration is another now": [
        registered_otherwise(profession="doctor"),
        registered_otherwise(number="0000009"),
        registered_otherwise(body="NMC"),
    ],
    "the right to sign in this class was taken away": [
        lambda house: make.take_role(house.clinician, "clinician", actor=house.admin)
    ],
    "whoever verified the registration worked on this edition": [
        registered_otherwise(verified_by=lambda: get_user_model().objects.get(username="editor"))
    ],
}


def test_signers_are_judged_again_when_it_is_published(house):
    edition = make.signed(house)

    for why, changes in AFTER_SIGNING.items():
        for change in changes:
            with make.undone():
                change(house)

                with pytest.raises(Refused) as refused:
                    make.publish(house, edition)

                (refusal,) = refused.value.refusals
                assert (refusal.code, refusal.sentence) == (
                    "signer_lapsed",
                    f"The signature of Test clinician no longer counts: {why}. Somebody else must sign.",
                )
                assert make.live() is None
                assert AuditEvent.objects.latest("seq").data["codes"] == ["signer_lapsed"]
                # Once somebody else has signed in their place, it goes out without their name.
                make.sign(edition, house.clinician2)
                make.publish(house, edition)
                printed = [one["reader_title"] for one in make.live().signatures]
                assert printed == ["pharmacist", "general physician"]


def test_what_changes_of_a_signer_and_matters_not_takes_no_signature_away(house):
    edition = make.signed(house)
    registered_otherwise(register_date=lambda: today() - timedelta(days=364), reader_title="professor", scope="child")(
        house
    )

    make.publish(house, edition)

    assert make.live().signatures[0]["reader_title"] == "neurologist"  # as it was signed


def test_the_only_signer_does_not_publish(house):
    edition = make.draft(house)
    with audited_write(actor=house.admin) as trail:
        edition.monograph.tier = "low"
        trail.save(edition.monograph, "tier")
        trail.record("tier", "test")
    edition = make.sign(make.submit(house, edition), house.pharmacist)
    assert edition.state == "clinician_reviewed"
    make.give_role(house.pharmacist, "publisher", actor=house.admin)

    assert codes(edition, house.pharmacist, "publish") == {"only_signer"}
    assert codes(edition, house.publisher, "publish") == set()
    edition = make.sign(edition, house.clinician)
    assert codes(edition, house.pharmacist, "publish") == set()
    close(house)  # and so the pharmacist's is the only signature that still carries
    assert codes(edition, house.pharmacist, "publish") == {"only_signer"}


def test_nothing_is_signed_or_published_while_the_checkpoint_file_cannot_be_written(house, settings, tmp_path):
    edition, submitted = make.signed(house), make.submit(house, make.draft(house, slug="another"))
    (tmp_path / "file").write_text("")
    settings.CHECKPOINT_FILE = str(tmp_path / "file" / "below.jsonl")

    with pytest.raises(Refused, match="checkpoint file cannot be written"):
        make.publish(house, edition)
    with pytest.raises(Refused, match="checkpoint file cannot be written"):
        make.sign(submitted, house.clinician)


def test_pages_look_at_the_checkpoint_file_and_whoever_signs_or_publishes_asks_it_for_room(house, client, monkeypatch):
    edition, submitted = make.signed(house), make.submit(house, make.draft(house, slug="another"))
    monkeypatch.setattr(seals, "checkpoint_takes_a_line", lambda: False)  # its disk is full
    client.force_login(house.publisher)

    page = client.get("/desk/monographs/testazumab/")
    for act in (lambda: make.publish(house, edition), lambda: make.sign(submitted, house.clinician)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.codes == ["no_checkpoint"]
        assert AuditEvent.objects.latest("seq").verb == "refused"

    assert b"Publish edition 1" in page.content
    assert b"checkpoint file" not in page.content
    assert not Publication.objects.exists()
    assert submitted.sign_offs.count() == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ticks": []}, "tick"),
        ({"interests": " "}, "interests"),
        ({"paid_by_maker": True}, "paid_by_maker"),
        ({"digest": "0" * 64}, "stale"),
    ],
)
def test_an_attestation_must_be_whole(house, changes, code):
    edition = make.submit(house, make.draft(house))
    attestation = make.attestation(edition, house.clinician, **changes)

    with pytest.raises(Refused) as refused:
        perform("sign", editions=[edition], actor=house.clinician, digest=make.seen(edition), attestation=attestation)

    assert code in refused.value.codes
    assert not SignOff.objects.exists()


def test_an_attestation_is_ones_own_and_lives_a_minute(house):
    edition = make.submit(house, make.draft(house))
    attestation = make.attestation(edition, house.clinician)

    for wrong in (attestation, replace(attestation, at=attestation.at - timedelta(seconds=61))):
        actor = house.pharmacist if wrong is attestation else house.clinician
        with pytest.raises(Refused):
            perform("sign", editions=[edition], actor=actor, digest=make.seen(edition), attestation=wrong)
    assert not SignOff.objects.exists()


def test_a_draft_given_up_before_anything_was_live_can_be_taken_up_with_all_its_authors(house):
    edition = make.draft(house, actor=house.clinician)
    perform("discard", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="Later")

    again = make.start(house, Edition.objects.get(pk=edition.pk), actor=house.clinician2)
    again = make.submit(house, again)

    assert again.number == 2
    assert codes(again, house.clinician, "sign") == {"counts_for_nothing"}  # who wrote all of what was given up
    assert codes(again, house.clinician2, "sign") == {"counts_for_nothing"}  # a copier counts as a writer
    assert codes(again, house.pharmacist, "sign") == set()


def test_a_superuser_passes_nothing(house):
    edition, superuser = make.signed(house), make.account("a-superuser", is_superuser=True)

    for transition in ("sign", "publish", "send-back"):
        assert codes(edition, superuser, transition) == {"not_granted"}


def test_nobody_gives_themselves_a_role_or_verifies_themselves(house):
    """Not even an administrator, to whom everything else is open."""
    make.give_role(house.clinician, "administrator", actor=house.admin)
    profile, verified = house.clinician.clinician_profile, {"reader_title": "x"}

    for administrator in (house.admin, house.clinician):
        with pytest.raises(Refused, match="Nobody does this for themselves"):
            make.give_role(administrator, "publisher", actor=administrator)
    with pytest.raises(Refused, match="Nobody does this for themselves"):
        make.verify(profile, actor=house.clinician, **verified)
    assert AuditEvent.objects.filter(verb="refused").count() == 3
    profile.refresh_from_db()
    assert (profile.verified_by, profile.reader_title) == (house.admin, "neurologist")
    holders = type(house.admin).objects.filter(grants__role="publisher", grants__ended_on=None)
    assert [one.username for one in holders] == ["publisher"]

    make.give_role(house.clinician, "publisher", actor=house.admin)
    make.verify(profile, actor=house.admin, **verified)


def test_a_right_that_was_taken_away_meanwhile_is_gone_under_the_pen(house):
    from reviews.access import policy
    from reviews.editing.monographs import new

    assert policy.can(house.editor, "create", house.leaf)  # and so remembered on this object
    make.take_role(house.editor, "editor", actor=house.admin)

    with pytest.raises(Refused, match="need the editor role"):
        new(actor=house.editor, slug="zz", title="Zz", therapeutic_class=house.leaf, new_drug={"name": "zz"})


def test_a_lapsed_signature_that_is_not_needed_does_not_hold_the_edition_up(house):
    edition = make.submit(house, make.draft(house))
    for person in (house.clinician, house.clinician2, house.pharmacist):
        make.sign(edition, person)
    make.changed_account(house.clinician, is_active=False)

    make.publish(house, edition)

    printed = [one["reader_title"] for one in make.live().signatures]
    assert printed == ["general physician", "pharmacist"]


def test_a_raised_tier_is_reviewed_sooner(house):
    make.published(house)
    monograph = make.live().monograph
    assert monograph.next_review_due.year == monograph.live.last_full_review.year + 2

    raised = set_tier(monograph, "high", actor=house.clinician, reason="New warnings")

    assert raised.next_review_due.year == monograph.live.last_full_review.year + 1


@pytest.mark.parametrize("name", ["start", "send-back", "discard", "unsign"])
def test_a_double_click_on_anything_is_no_refusal_to_record(house, name):
    if name == "start":
        edition, actor = make.published(house), house.editor
    elif name == "discard":
        edition, actor = make.draft(house), house.editor
    else:
        edition, actor = make.signed(house), house.pharmacist
    after = perform(name, editions=[edition], actor=actor, digest=make.seen(edition), reason="Once")[0].edition
    before = AuditEvent.objects.count()

    with pytest.raises(Refused, match="This was done already"):
        perform(name, editions=[after], actor=actor, digest=make.seen(after), reason="Once")
    assert AuditEvent.objects.count() == before


def test_what_came_into_force_since_it_was_signed_asks_for_its_tier_when_it_is_published(house, monkeypatch):
    tomorrow = timezone.now() + timedelta(days=1)
    notice = (
        make.document()
        .notices[0]
        .replaced(type="contraindication", severity="critical", effective=str(tomorrow.date()))
    )
    edition = make.signed(house, doc=make.document(notices=(notice,)))
    assert codes(edition, house.publisher, "publish") == set()

    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow + timedelta(hours=2))

    assert codes(edition, house.publisher, "publish") == {"tier_below_floor"}


def test_a_critical_notice_of_an_edition_that_was_given_up_holds_no_tier_up(house):
    notice = make.document().notices[0].replaced(type="contraindication", severity="critical")
    edition = make.draft(house, doc=make.document(notices=(notice,)))
    monograph = edition.monograph
    assert monograph.tier == "high"
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Not so")

    assert set_tier(monograph, "standard", actor=house.clinician, reason="It is gone").tier == "standard"
