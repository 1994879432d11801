"""What each transition leaves: rows, columns and the words of its entry; and that several editions go together or not
at all. Which cell of the table is open to whom is tested in test_workflow_matrix.py."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from monographs.digest import digest
from monographs.document import SafetyNotice
from monographs.models import Document, Edition, Monograph, Overlay, Publication, SecondSignature
from reviews.access.refusals import Refused
from reviews.audit import seals
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.changes import change_set
from reviews.editing.monographs import set_tier
from reviews.models import AuditEvent, ChangeSet, ClinicianProfile, SignOff, Unsigning
from reviews.review.edition_review import EditionReview
from reviews.workflow import TRANSITIONS, perform
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db

BEGIN = datetime(2028, 6, 20, 23, 30, tzinfo=UTC)  # in London it is the 21st already


class Clock:
    def __init__(self, monkeypatch):
        self.at = BEGIN
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)


@pytest.fixture
def clock(monkeypatch):
    """The registrations of the house were looked up on the day before."""
    clock = Clock(monkeypatch)
    house = make.the_house()
    with audited_write(actor=house.admin) as trail:
        for profile in ClinicianProfile.objects.all():
            profile.verified_on = profile.register_date = profile.interests_on = date(2028, 6, 20)
            trail.save(profile)
        trail.record("looked_up", "test")
    return clock


@pytest.fixture(scope="module")
def made(once_a_module):
    """A clinician-reviewed first edition, and one that is live."""
    house = make.the_house()
    return SimpleNamespace(house=house, signed=make.signed(house, "signedumab"), live=make.published(house, "liveumab"))


def act(name, edition, actor, **how):
    return perform(name, editions=[edition], actor=actor, digest=make.seen(edition), **how)[0].edition


def codes(name, edition, actor, **how):
    with pytest.raises(Refused) as refused:
        act(name, edition, actor, **how)
    return refused.value.codes


def told():
    """The last entry: (verb, subject, actor's name, reason), and what else it says but for hashes of rows and the clock,
    which stands still in some tests."""
    entry = AuditEvent.objects.latest("seq")
    data = {name: value for name, value in entry.data.items() if name not in ("rows", "now")}
    return (entry.verb, entry.subject, entry.actor_name, entry.reason), data


def broken():
    return [one for one in verify() if "checkpoint" not in one[1]]


# -- One way through ---------------------------------------------------------------------------------------------------


def test_sending_for_review_keeps_the_document_and_begins_a_round(house):
    edition = make.draft(house)

    edition = act("submit", edition, house.editor2, reason=" Please read. ")

    assert (edition.state, edition.round) == ("in_review", 1)
    assert Document.objects.filter(digest=make.seen(edition)).exists()
    assert told() == (
        ("submitted", "monograph:testazumab", "editor2", "Please read."),
        {"edition": 1, "from": "draft", "to": "in_review", "round": 1},
    )
    assert AuditEvent.objects.latest("seq").digest == make.seen(edition)
    act("send-back", edition, house.publisher, reason=" Not yet. ")
    assert told() == (
        ("sent_back", "monograph:testazumab", "publisher", "Not yet."),
        {"edition": 1, "from": "in_review", "to": "draft", "round": 1},
    )
    assert act("submit", edition, house.editor).round == 2
    assert broken() == []


def test_a_signature_is_a_copy_of_what_the_signer_was_and_said(house):
    edition = make.submit(house, make.draft(house))
    attestation = make.attestation(edition, house.pharmacist, interests=" A talk for another maker. ")
    sentences = [tick.sentence for tick in TRANSITIONS["sign"].ticks(EditionReview.load(edition))]

    act("sign", edition, house.pharmacist, attestation=attestation)

    kept = SignOff.objects.get(edition=edition)
    entry = AuditEvent.objects.latest("seq")
    assert (kept.edition, kept.round, kept.document_id, kept.signer) == (
        edition, 1, make.seen(edition), house.pharmacist,
    )  # fmt: skip
    assert (kept.meaning, kept.sequence, kept.signed_at) == ("review", 0, entry.at)
    assert (kept.name, kept.profession, kept.body, kept.number, kept.reader_title, kept.name_consent) == (
        "Test pharmacist", "pharmacist", "GPhC", "2000001", "pharmacist", False,
    )  # fmt: skip
    assert (kept.interests, kept.checklist) == ("A talk for another maker.", sentences)
    assert told()[1] == {
        "edition": 1, "from": "in_review", "to": "in_review", "round": 1, "sign_off": kept.pk,
        "counts_for": sorted(EditionReview.load(edition).changed),
    }  # fmt: skip
    assert entry.data["rows"].keys() >= {f"reviews.signoff:{kept.pk}"}
    assert broken() == []


def test_a_signature_is_told_with_the_parts_that_it_counts_for(world):
    edition = make.start(world.house, world.live)
    make.reword(edition, "monitoring", "Mine.", actor=world.house.pharmacist)
    make.reword(edition, "prescribing", "- Yours.", actor=world.house.editor)
    edition = make.submit(world.house, edition)

    make.sign(edition, world.house.pharmacist)

    assert told()[1]["counts_for"] == [str(make.key("prescribing"))]


def test_a_signature_that_is_taken_back_stays_with_its_reason_and_counts_no_more(world):
    edition, house = world.signed, world.house
    own = SignOff.objects.get(edition=edition, signer=house.pharmacist)

    edition = act("unsign", edition, house.pharmacist, reason=" Doubts. ")

    kept = Unsigning.objects.get()
    assert (kept.sign_off, kept.reason, kept.at) == (own, "Doubts.", AuditEvent.objects.latest("seq").at)
    assert told() == (
        ("unsigned", "monograph:signedumab", "pharmacist", "Doubts."),
        {"edition": 1, "from": "clinician_reviewed", "to": "in_review", "round": 1, "sign_off": own.pk},
    )
    assert "not_signed" in codes("unsign", edition, house.clinician2, reason="Mine?")
    assert broken() == []


def test_signatures_of_an_earlier_round_never_count_again_although_the_words_are_the_same(world):
    edition, house = world.signed, world.house
    before = make.seen(edition)
    act("send-back", edition, house.clinician, reason="Look again")
    edition = make.submit(house, edition)
    assert make.seen(edition) == before

    edition = make.sign(edition, house.clinician2)
    assert edition.state == "in_review"
    edition = make.sign(edition, house.pharmacist)  # who had signed in the round before
    assert edition.state == "clinician_reviewed"

    make.publish(house, edition)
    assert [one["reader_title"] for one in make.live("signedumab").signatures] == ["general physician", "pharmacist"]


def test_what_is_given_up_stays_and_says_why(house):
    edition = act("discard", make.draft(house), house.publisher, reason=" Too early. ")

    assert (edition.state, edition.round) == ("discarded", 0)
    assert told() == (
        ("discarded", "monograph:testazumab", "publisher", "Too early."),
        {"edition": 1, "from": "draft", "to": "discarded", "round": 0},
    )
    assert make.seen(edition) == digest(make.document())


@pytest.mark.parametrize("name", ["send-back", "unsign", "discard", "withdraw"])
def test_spaces_are_no_reason(world, name):
    edition = {"discard": None, "withdraw": world.live}.get(name, world.signed) or make.draft(world.house)
    actor = world.house.pharmacist if name == "unsign" else world.house.publisher

    with pytest.raises(Refused) as refused:
        act(name, edition, actor, reason=" \n ", kind="retire" if name == "withdraw" else "")

    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.kind, refusal.field) == ("reason", "invalid", "reason")
    assert told()[1]["codes"] == ["reason"]


# -- Publishing --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("grants_last")
def test_a_publication_is_all_that_readers_are_told(house, clock):
    with audited_write(actor=house.admin) as trail:
        profile = house.pharmacist.clinician_profile
        profile.name_consent = True
        trail.save(profile)
        trail.record("consented", "test")
    edition = make.submit(house, make.draft(house, traits=("opioid",)))
    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    signed = [seals.instant(one.signed_at) for one in SignOff.objects.filter(edition=edition).order_by("id")]
    head = AuditEvent.objects.latest("seq").hash

    edition = act("publish", edition, house.publisher, reason=" The first edition. ")

    monograph, entry = Monograph.objects.get(slug="testazumab"), AuditEvent.objects.latest("seq")
    page = Publication.objects.get(slug="testazumab")
    assert (edition.state, monograph.live, page.edition, page.monograph) == ("published", page, edition, monograph)
    assert (page.slug, page.number, page.name, page.document_id) == ("testazumab", 1, "Testazumab", make.seen(edition))
    assert (page.class_slugs, page.traits, page.tier) == (["neurology", "multiple-sclerosis"], ["opioid"], "high")
    assert page.signatures == [
        {"reader_title": "neurologist", "signed_at": signed[0], "interests": "none"},
        {"reader_title": "pharmacist", "signed_at": signed[1], "interests": "none", "name": "Test pharmacist"},
    ]
    assert (page.published_at, page.change_note, page.head) == (
        entry.at,
        "",
        head,
    )  # what was typed is in the trail alone
    assert (page.last_full_review, page.evidence_checked_at) == (date(2028, 6, 21), None)
    assert monograph.next_review_due == date(2029, 6, 21)
    assert told() == (
        ("published", "monograph:testazumab", "publisher", "The first edition."),
        {
            "edition": 1, "from": "clinician_reviewed", "to": "published", "round": 1, "publication": page.pk,
            "superseded": None,
        },
    )  # fmt: skip
    assert broken() == []


@pytest.mark.parametrize(("tier", "due"), [("low", date(2031, 6, 21)), ("standard", date(2030, 6, 21))])
@pytest.mark.usefixtures("grants_last")
def test_the_next_review_is_due_by_the_tier(house, clock, tier, due):
    edition = make.draft(house)
    if tier == "low":
        act("discard", edition, house.editor, reason="So that the tier can be lowered")
        set_tier(edition.monograph, "low", actor=house.clinician, reason="Harmless.")
        edition = make.start(house, edition)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist) if tier == "standard" else edition)

    assert Monograph.objects.get(slug="testazumab").next_review_due == due


def amended(house, live, text="Other words."):
    edition = make.start(house, live)
    make.reword(edition, "monitoring", text, actor=house.editor)
    edition = make.submit(house, edition)
    make.sign(edition, house.clinician)
    return make.publish(house, make.sign(edition, house.pharmacist))


@pytest.mark.usefixtures("grants_last")
def test_an_amendment_supersedes_the_edition_before_and_moves_no_date_of_the_full_review(house, clock):
    first = make.published(house)
    clock.at += timedelta(days=40)

    second = amended(house, first)

    old, new = Publication.objects.filter(slug="testazumab").order_by("number")
    monograph = Monograph.objects.get(slug="testazumab")
    assert (old.last_full_review, new.last_full_review) == (date(2028, 6, 21), date(2028, 6, 21))
    assert monograph.next_review_due == date(2030, 6, 21)
    assert (monograph.live, new.published_at) == (new, AuditEvent.objects.latest("seq").at)
    states = Edition.objects.filter(monograph=monograph).order_by("number").values_list("state", flat=True)
    assert list(states) == ["superseded", "published"]
    assert told()[1]["superseded"] == 1
    assert second.number == new.number == 2
    assert broken() == []


def test_what_is_published_is_vouched_for_once_it_is_committed(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make.publish(world.house, world.signed)

    (*_, line), wrong = seals.read_checkpoints()
    last = AuditEvent.objects.latest("seq")
    assert (line["seq"], line["hash"], wrong) == (last.seq, last.hash, [])


# -- A new edition -----------------------------------------------------------------------------------------------------


def test_a_new_edition_starts_with_the_words_of_the_live_one_and_without_its_authors(world):
    house = world.house

    edition = act("start", world.live, house.clinician, reason="A new trial")

    assert (edition.state, edition.number, edition.round) == ("draft", 2, 0)
    assert make.seen(edition) == make.seen(world.live)
    change = ChangeSet.objects.get(edition=edition)
    assert (change.touched, change.credits, change.reason) == ([], {}, "Copied from edition 1")
    assert (change.actor, change.before_id, change.after_id) == (
        house.clinician,
        make.seen(edition),
        make.seen(edition),
    )
    started = AuditEvent.objects.get(verb="started", subject="monograph:liveumab")
    assert (started.actor, started.reason, started.digest) == (house.clinician, "A new trial", make.seen(world.live))
    told_of = {name: started.data[name] for name in ("edition", "from", "to", "round", "copied")}
    assert told_of == {"edition": 2, "from": None, "to": "draft", "round": 0, "copied": 1}
    # The editor wrote every word of edition 1, and nothing of what changes in this one.
    make.reword(edition, "monitoring", "By the clinician.", actor=house.clinician)
    assert EditionReview.load(edition).counts_for(house.editor.pk) == {str(make.key("monitoring"))}
    assert broken() == []


def test_what_was_given_up_and_is_taken_up_again_keeps_everybody_who_wrote_it(house):
    edition = make.draft(house)
    make.reword(edition, "monitoring", "The clinician’s.", actor=house.clinician)
    make.reword(edition, "monitoring", "The clinician’s, said better.", actor=house.clinician2)
    act("discard", edition, house.editor, reason="Later")

    again = make.start(house, Edition.objects.get(pk=edition.pk), actor=house.editor2)

    case, monitoring = EditionReview.load(again), str(make.key("monitoring"))
    everything = {"header", *(str(part.key) for part in make.document().parts())}
    assert case.changed == everything
    assert case.written_by[monitoring] == {
        one.pk for one in (house.editor, house.editor2, house.clinician, house.clinician2)
    }
    assert case.written_by["header"] == {house.editor.pk, house.editor2.pk}
    change = ChangeSet.objects.get(edition=again)
    assert (set(change.touched), change.before) == (everything, None)
    # Nor can either of them alone let that part out once it is sent for review.
    again = make.submit(house, again)
    make.sign(again, house.clinician)
    assert make.sign(again, house.pharmacist).state == "in_review"
    assert EditionReview.load(again).missing_sign_offs() == {monitoring: ["one more registered clinician"]}


def test_a_new_edition_has_the_number_after_the_last_one_whichever_it_starts_from(world):
    house = world.house
    second = make.start(house, world.live)
    act("discard", second, house.editor, reason="Another way")

    assert codes("start", second, house.editor2) == ["not_live"]
    third = make.start(house, world.live)

    assert third.number == 3
    assert codes("start", world.live, house.editor2) == ["open_edition"]


def test_only_the_last_of_several_that_were_given_up_is_taken_up(house):
    first = make.draft(house)
    act("discard", first, house.editor, reason="Later")
    second = make.start(house, first)
    act("discard", second, house.editor, reason="Later still")

    assert codes("start", first, house.editor2) == ["not_the_latest"]
    assert make.start(house, second).number == 3


# -- Several at once ---------------------------------------------------------------------------------------------------


def test_several_editions_go_together(house):
    editions = [make.draft(house, slug) for slug in ("bumab", "aumab")]
    before = AuditEvent.objects.count()

    reviews = perform(
        "submit", editions=editions, actor=house.editor, digest={one.pk: make.seen(one) for one in editions}
    )
    done = [one.edition for one in reviews]

    assert [(one.monograph.slug, one.state) for one in done] == [("bumab", "in_review"), ("aumab", "in_review")]
    assert AuditEvent.objects.count() == before + 2


@pytest.mark.parametrize("lacks", ["digest", "state"])
def test_of_several_editions_all_go_or_none(house, lacks):
    editions = [make.draft(house, slug) for slug in ("bumab", "aumab")]
    seen = {one.pk: make.seen(one) for one in editions}
    if lacks == "digest":
        del seen[editions[1].pk]
    else:
        act("submit", editions[1], house.editor2)
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        perform("submit", editions=editions, actor=house.editor, digest=seen, reason="Both")

    assert refused.value.codes == ["stale" if lacks == "digest" else "wrong_state"]
    assert Edition.objects.get(pk=editions[0].pk).state == "draft"
    assert AuditEvent.objects.count() == before + 1
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject) == ("refused", "monograph:aumab,monograph:bumab")
    assert (entry.reason, entry.digest) == ("Both", seen[editions[0].pk])


def test_there_is_no_other_transition(house):
    before = AuditEvent.objects.count()

    with pytest.raises(KeyError):
        act("bless", make.draft(house), house.admin)

    assert not AuditEvent.objects.filter(seq__gt=before, verb="refused").exists()


def test_whoever_may_not_do_it_learns_nothing_of_the_state(world):
    assert codes("publish", world.live, world.house.editor) == ["not_granted"]
    assert codes("submit", world.live, world.house.editor) == ["wrong_state"]
    with pytest.raises(
        Refused, match=r"Edition 1 is published. You can sign only while it is in review or clinician reviewed\."
    ):
        act("sign", world.live, world.house.clinician)
    with pytest.raises(Refused, match=r"only while it is a draft\."):
        act("submit", world.live, world.house.editor)


# -- Twice -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["submit", "sign", "publish", "withdraw", "confirm-withdrawal", "reinstate"])
def test_what_was_done_a_moment_ago_by_the_same_person_is_no_attempt(world, name):
    house = world.house
    on_page = name in ("withdraw", "confirm-withdrawal", "reinstate")
    edition = world.live if on_page else world.signed if name in ("sign", "publish") else make.draft(house)
    actor = {"submit": house.editor, "sign": house.pharmacist, "confirm-withdrawal": house.clinician}.get(
        name, house.publisher
    )
    how = {"reason": "Once", "kind": "retire"} if name == "withdraw" else {}
    if name in ("confirm-withdrawal", "reinstate"):
        make.withdraw(edition, house.publisher)
    if name == "reinstate":
        make.vouch_all(house, edition)
    if name == "sign":
        how["attestation"] = make.attestation(edition, actor)
    else:
        edition = act(name, edition, actor, **how)
    before = AuditEvent.objects.count()

    assert codes(name, edition, actor, **how) == ["done_already"]
    assert AuditEvent.objects.count() == before

    # Somebody else who comes too late made an attempt, and so does the same person after something else happened.
    other = {"submit": house.editor2, "sign": house.clinician}.get(name, house.pharmacist)
    if name != "sign":
        assert "done_already" not in codes(name, edition, other, **how)
        assert "done_already" in codes(name, edition, actor, **how)  # a refusal is nothing that happened
        assert AuditEvent.objects.count() == before + 1


def test_retiring_and_then_taking_down_is_no_double_click(world):
    make.withdraw(world.live, world.house.publisher)

    make.withdraw(world.live, world.house.publisher, "take_down")

    assert [one.kind for one in Overlay.objects.order_by("id")] == ["retire", "take_down"]


# -- On the page -------------------------------------------------------------------------------------------------------


def test_a_withdrawal_says_who_by_title_and_role_and_why_and_leaves_the_edition(world):
    house, edition = world.house, world.live
    for actor, role, title in (
        (house.clinician, "clinician", "neurologist"),
        (house.publisher, "publisher", "publisher"),
    ):
        with make.undone():
            make.withdraw(edition, actor, "take_down", " in doubt ")

            overlay = Overlay.objects.get()
            assert (overlay.kind, overlay.monograph, overlay.edition, overlay.by) == (
                "take_down", edition.monograph, 1, actor,
            )  # fmt: skip
            assert (overlay.by_role, overlay.by_title, overlay.reason) == (role, title, "in doubt")
            assert (overlay.at, overlay.lifts) == (AuditEvent.objects.latest("seq").at, None)
            assert told() == (
                ("withdrawn", "monograph:liveumab", actor.username, "in doubt"),
                {
                    "edition": 1, "from": "published", "to": "published", "round": 1, "overlay": overlay.pk,
                    "kind": "take_down",
                },
            )  # fmt: skip
            assert broken() == []


def test_both_withdrawals_are_confirmed_at_once_and_both_end_at_once(world):
    house, edition = world.house, world.live
    make.withdraw(edition, house.publisher)
    make.withdraw(edition, house.publisher, "take_down")
    over = list(Overlay.objects.order_by("id"))

    act("confirm-withdrawal", edition, house.clinician)
    assert told()[0][0] == "withdrawal_confirmed"
    seconds = list(SecondSignature.objects.order_by("overlay").values_list("overlay", flat=True))
    assert AuditEvent.objects.latest("seq").data["confirmed"] == seconds
    assert len(seconds) == 2
    seconds = list(SecondSignature.objects.order_by("overlay_id"))
    assert [(one.overlay, one.by, one.by_title) for one in seconds] == [
        (one, house.clinician, "neurologist") for one in over
    ]
    assert {one.at for one in seconds} == {AuditEvent.objects.latest("seq").at}
    assert codes("confirm-withdrawal", edition, house.clinician2) == ["confirmed_already"]

    make.vouch(edition, house.clinician2)
    kept = SignOff.objects.get(meaning="still_correct")
    assert (kept.signer, kept.edition, kept.document_id, kept.sequence) == (
        house.clinician2, edition, make.seen(edition), 0,
    )  # fmt: skip
    assert kept.checklist[0] == "I read the whole page, and why it was withdrawn."
    assert told() == (
        ("vouched", "monograph:liveumab", "clinician2", ""),
        {"edition": 1, "from": "published", "to": "published", "round": 1, "sign_off": kept.pk},
    )
    make.vouch(edition, house.pharmacist)
    act("reinstate", edition, house.publisher, reason="It is right.")
    assert told()[1]["lifted"] == [one.pk for one in over]
    lifts = Overlay.objects.filter(kind="lift").order_by("id")
    assert [(one.lifts, one.by_title, one.reason) for one in lifts] == [
        (one, "publisher", "It is right.") for one in over
    ]
    assert codes("confirm-withdrawal", edition, house.clinician2) == ["not_withdrawn"]
    assert codes("reinstate", edition, house.admin) == ["not_granted"]
    assert broken() == []


def test_a_withdrawal_by_a_clinician_is_confirmed_by_a_publisher_only(world):
    make.withdraw(world.live, world.house.clinician)

    with pytest.raises(Refused, match=r"A clinician withdrew it, so a publisher must confirm it\."):
        act("confirm-withdrawal", world.live, world.house.clinician2)
    assert codes("confirm-withdrawal", world.live, world.house.clinician) == ["own_withdrawal"]
    act("confirm-withdrawal", world.live, world.house.publisher)

    assert SecondSignature.objects.get().by_title == "publisher"


def test_a_signature_on_the_page_counts_only_if_it_was_given_after_the_last_withdrawal(world):
    house, edition = world.house, world.live
    make.withdraw(edition, house.publisher)
    make.vouch(edition, house.clinician)
    make.withdraw(edition, house.publisher, "take_down")

    assert codes("reinstate", edition, house.publisher) == ["not_vouched"]
    make.vouch(edition, house.clinician)  # the same clinician, on what is withdrawn now
    assert SignOff.objects.filter(meaning="still_correct").latest("id").sequence == 1
    with pytest.raises(Refused):
        make.vouch(edition, house.clinician)
    assert make.vouch(edition, house.clinician2)
    act("reinstate", edition, house.publisher)

    assert not Overlay.objects.unlifted().exists()


def low(monograph):
    """As if the page had been published on one signature."""
    with tables.no_triggers():
        Monograph.objects.filter(pk=monograph.pk).update(tier="low")
        Publication.objects.filter(monograph=monograph).update(tier="low")


@pytest.mark.parametrize("why", ["closed", "by oneself"])
def test_a_page_does_not_come_back_on_a_word_that_carries_nothing(world, why):
    house, edition = world.house, world.live
    make.withdraw(edition, house.publisher)
    low(edition.monograph)
    make.vouch(edition, house.clinician)
    back = house.publisher
    if why == "closed":
        make.changed_account(house.clinician, is_active=False)
    else:
        make.give_role(house.clinician, "publisher", actor=house.admin)
        back = house.clinician

    assert codes("reinstate", edition, back) == ["not_vouched" if why == "closed" else "only_signer"]
    make.vouch(edition, house.clinician2)
    act("reinstate", edition, back)


def test_a_printed_reason_has_at_most_300_characters(world):
    make.withdraw(world.live, world.house.publisher, reason="x" * 300)

    assert codes("withdraw", world.live, world.house.clinician, kind="take_down", reason="x" * 301) == ["too_long"]


# -- The floor of the tier ---------------------------------------------------------------------------------------------


def test_a_critical_notice_that_readers_see_is_a_floor_although_the_next_edition_drops_it(house):
    notice = SafetyNotice(
        key=make.key("critical"), type="contraindication", severity="critical", title="Never", text="Never.",
        source="trial2020",
    )  # fmt: skip
    live = make.published(house, doc=make.document(notices=(notice,)))
    assert live.monograph.tier == "high"
    edition = make.start(house, live)
    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Dropped") as change:
        change.remove("notice", notice.key, seen=make.digest_of_part(notice))

    assert EditionReview.load(edition).floor() == "high"
    with pytest.raises(Refused) as refused:
        set_tier(live.monograph, "standard", actor=house.clinician, reason="It is gone.")
    assert refused.value.codes == ["open_edition", "tier_below_floor"]
    edition = make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))

    set_tier(live.monograph, "standard", actor=house.clinician2, reason="Now it is.")
    assert Monograph.objects.get(slug="testazumab").tier == "standard"


# -- Which sort of no --------------------------------------------------------------------------------------------------

CONFLICTS = {
    "wrong_state", "stale", "open_edition", "not_live", "not_the_latest", "signed_already", "not_signed",
    "withdrawn_already", "no_conflict", "not_withdrawn", "page_withdrawn", "confirmed_already", "not_vouched", "no_checkpoint",
}  # fmt: skip
FORBIDDEN = {
    "not_granted", "counts_for_nothing", "no_profile", "not_verified", "lapsed", "verified_by_contributor", "only_signer",
    "signer_lapsed", "own_withdrawal", "other_role", "contributed",
}  # fmt: skip
INVALID = {
    "nothing_changed",
    "problem_missing",
    "proofing",
    "proofing_reason",
    "tier_below_floor",
    "kind",
    "too_long",
    "reason",
    "attestation",
    "tick",
}


def test_what_may_be_tried_again_is_a_conflict_and_what_a_person_may_not_do_is_forbidden(world):
    """Desk and API answer 409, 403 and 422 by it."""
    house, found = world.house, {}

    def look(edition):
        for person in type(house.admin).objects.filter(username__in=("clinician", "publisher", "nobody")):
            for refusals in make.available(edition, person).values():
                for one in refusals:
                    found.setdefault(one.code, set()).add(str(one.kind))

    def try_(name, edition, actor, **how):
        with pytest.raises(Refused) as refused:
            perform(name, editions=[edition], actor=actor, **{"digest": make.seen(edition), **how})
        for one in refused.value.refusals:
            found.setdefault(one.code, set()).add(str(one.kind))

    make.give_role(house.nobody, "clinician", actor=house.admin)
    look(world.signed)
    try_("sign", world.signed, house.clinician2)
    try_("publish", world.signed, house.publisher, digest="0" * 64)
    look(world.live)
    try_("withdraw", world.live, house.publisher, kind="warning", reason="x" * 301)
    make.withdraw(world.live, house.publisher)
    try_("withdraw", world.live, house.clinician, kind="retire")
    look(world.live)
    make.vouch(world.live, house.clinician)
    look(world.live)
    act("confirm-withdrawal", world.live, house.clinician)
    look(world.live)
    make.withdraw(world.live, house.clinician, "take_down")
    look(world.live)
    edition = make.start(house, world.live, actor=house.clinician)
    look(edition)
    look(world.live)
    make.reword(edition, "monitoring", "Mine.", actor=house.clinician)
    edition = make.submit(house, edition)
    look(edition)
    act("send-back", edition, house.clinician, reason="Again")
    act("discard", edition, house.publisher, reason="Not at all")
    look(Edition.objects.get(pk=edition.pk))

    for codes_, kind in ((CONFLICTS, "conflict"), (FORBIDDEN, "forbidden"), (INVALID, "invalid")):
        for code in codes_ & found.keys():
            assert found[code] == {kind}, code
    seen = set(found)
    assert seen <= CONFLICTS | FORBIDDEN | INVALID
    # What the story above does not meet.
    assert CONFLICTS - seen == {"not_the_latest", "no_checkpoint"}
    assert FORBIDDEN - seen == {
        "contributed",
        "not_verified",
        "lapsed",
        "verified_by_contributor",
        "only_signer",
        "signer_lapsed",
    }
    assert INVALID - seen == {"problem_missing", "proofing", "proofing_reason", "tier_below_floor", "tick"}
