"""What a signature is made of: the checklist, the password given again, and for how long and for what it counts."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from monographs.document import Brand, Section
from monographs.models import Edition, Monograph, Publication
from monographs.pages.said import said
from monographs.standing import today
from reviews import overlay_words, overlays
from reviews.access import password
from reviews.access.password import TooManyFailures
from reviews.access.refusals import RefusalType, Refused
from reviews.audit.hashes import instant
from reviews.audit.trail import MissingAuditEntry, audited_write
from reviews.audit.verify import verify
from reviews.editing.library import keep_references
from reviews.models import AuditEvent, SignOff
from reviews.overlay_words import CorrectionInput
from reviews.review.attestation import Attestation, Tick, attestation_refusals, checklist, still_correct
from reviews.review.tiers import ROWS
from reviews.signing import attest
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
MOMENT = timedelta(microseconds=1)


class Clock:
    """The clock of the machine."""

    def __init__(self, monkeypatch):
        self.at = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)

    def jumps(self, how, house):
        """Back by five hours; or ahead by a day, where one act is done, and back."""
        if how == "back":
            self.at -= 5 * HOUR
        elif how == "ahead":
            self.at += DAY
            with audited_write(actor=house.admin) as trail:
                trail.record("looked_up", "test")
            self.at -= DAY


JUMPS = ("none", "back", "ahead")


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture(scope="module")
def made(once_a_module):
    """An edition in review, a live page under a warning of the clinician, and one that was withdrawn."""
    house = make.the_house()
    in_review = make.submit(house, make.draft(house, "newumab"))
    live = make.published(house, "liveumab").monograph
    retired = make.published(house, "retiredumab")
    make.withdraw(retired, house.publisher)
    (warning,) = make.warn(house.clinician, Monograph.objects.get(pk=live.pk))
    page = Monograph.objects.get(slug="liveumab")
    return SimpleNamespace(house=house, page=page, in_review=in_review, retired=retired, warning=warning)


def corrected(world):
    wrong = "Tests go on for years."
    keys = tuple(one.key for one in said(world.page, wrong).choices)
    return CorrectionInput(wrong, "Tests go on for months.", "minor", keys)


def given_for(world, act):
    """The password of whoever does this act, given for it now."""
    house, part = world.house, make.key("monitoring")
    if act == "sign":
        return make.attestation(world.in_review, house.clinician)
    if act == "still-correct":
        return make.attestation(world.retired, house.clinician, "still-correct")
    who, digest = {
        "warn": (house.pharmacist, make.WARNED.digest([world.page])),
        "correct": (house.pharmacist, corrected(world).digest(world.page)),
        "withhold": (house.publisher, overlay_words.digest_of_part_withheld(world.page, part)),
        "countersign": (house.clinician2, overlay_words.digest_of_act("countersign", world.warning)),
        "lift": (house.pharmacist, overlay_words.digest_of_act("lift", world.warning)),
    }[act]
    return make.password(who, digest)


def do(world, act, given, shown="the same"):
    """The act by whom the password was given for; `shown` is what stands for it instead."""
    house, page = world.house, world.page
    actor = next(one for one in house.people.values() if one.pk == given.actor)
    how = {"actor": actor, "attestation": given if shown == "the same" else shown}
    if act in ("sign", "still-correct"):
        edition = world.in_review if act == "sign" else world.retired
        perform(act, editions=[edition], digest=given.digest, **how)
    elif act == "warn":
        overlays.warn([page], warned=make.WARNED, **how)
    elif act == "correct":
        overlays.correct(page, corrected=corrected(world), **how)
    elif act == "withhold":
        overlays.withhold(page, part=make.key("monitoring"), reason="misprint", **how)
    elif act == "countersign":
        overlays.countersign(world.warning, **how)
    else:
        overlays.lift(world.warning, reason="it was answered", **how)


ACTS = {
    "sign": "signed", "still-correct": "vouched", "countersign": "countersigned", "warn": "warned",
    "correct": "corrected", "withhold": "withheld", "lift": "lifted",
}  # fmt: skip


@pytest.mark.any_database
@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("act", ACTS)
def test_a_password_lives_sixty_seconds_by_the_clock_whatever_the_time_of_the_last_entry(world, clock, act, jump):
    clock.jumps(jump, world.house)
    given = given_for(world, act)
    assert given.at == clock.at
    last = AuditEvent.objects.latest("seq")

    for at in (given.at + 61 * SECOND, given.at + 60 * SECOND + MOMENT, given.at - MOMENT, given.at - 2 * HOUR):
        clock.at = at
        with pytest.raises(Refused) as refused:
            do(world, act, given)
        (why,) = refused.value.refusals
        assert (why.code, why.kind, why.field) == ("attestation_expired", RefusalType.INVALID, "password")
    clock.at = given.at + 60 * SECOND
    before = AuditEvent.objects.latest("seq")
    do(world, act, given)

    entries = list(AuditEvent.objects.filter(seq__gt=before.seq))
    assert [one.verb for one in entries] == ["clock"] * (before.at - clock.at > SECOND) + [ACTS[act]]
    # The refusal a second later was the last entry, or one of the jump: each entry says what the clock said instead.
    assert {one.at for one in entries} == {before.at + MOMENT}
    assert {one.data["now"] for one in entries} == {instant(clock.at)}
    assert {one.clock_at for one in entries} == {clock.at}
    times = list(AuditEvent.objects.filter(seq__gte=last.seq).values_list("at", flat=True))
    assert times == sorted(times)
    assert verify() == []


@pytest.mark.parametrize("act", ACTS)
def test_a_password_given_for_one_act_does_no_other_and_none_by_somebody_else(world, act):
    given = given_for(world, act)
    other = given_for(world, "lift" if act == "countersign" else "countersign")
    before = AuditEvent.objects.count()

    for n, (wrong, code) in enumerate(
        [(replace(given, digest="0" * 64), "stale"), (replace(other, actor=given.actor), "stale"),
         (replace(given, actor=world.house.editor.pk), "attestation"), (None, "attestation")], 1
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            do(world, act, given, wrong)
        (why,) = refused.value.refusals
        kind, field = (RefusalType.CONFLICT, "") if code == "stale" else (RefusalType.INVALID, "password")
        assert (why.code, why.kind, why.field) == (code, kind, field)
        assert (AuditEvent.objects.count(), AuditEvent.objects.latest("seq").verb) == (before + n, "refused")
    do(world, act, given)


# -- Wrong passwords ---------------------------------------------------------------------------------------------------


def wrong(person, times=1):
    for _ in range(times):
        with pytest.raises(Refused):
            attest(person, password="wrong wrong wrong", ticks=(), interests="none", digest="d" * 70)


def waits_until(person, password=make.PASSWORD):
    with pytest.raises(TooManyFailures) as failures:
        attest(person, password=password, ticks=(), interests="none", digest="")
    return failures.value.until


@pytest.mark.parametrize("jump", JUMPS)
def test_five_wrong_passwords_hold_signing_up_for_a_quarter_by_the_clock(house, clock, jump):
    clock.jumps(jump, house)
    first = clock.at
    wrong(house.clinician)
    clock.at += timedelta(minutes=10)
    wrong(house.clinician, 3)
    make.password(house.clinician, "")  # the right one still opens
    wrong(house.pharmacist, 4)  # and nobody counts for others

    until = waits_until(house.clinician, "wrong wrong wrong")

    assert until == first + timedelta(minutes=15)
    assert AuditEvent.objects.filter(verb="reauth_failed", actor=house.clinician).count() == 5
    clock.at = until - MOMENT
    assert waits_until(house.clinician) == until
    assert waits_until(house.clinician, "wrong wrong wrong") == until
    assert AuditEvent.objects.filter(verb="reauth_failed", actor=house.clinician).count() == 5  # nothing was tried
    make.password(house.pharmacist, "")
    clock.at = until
    make.password(house.clinician, "")


@pytest.mark.parametrize("jump", JUMPS)
def test_ten_wrong_passwords_hold_signing_up_for_an_hour(house, clock, jump):
    clock.jumps(jump, house)
    first = clock.at
    wrong(house.clinician, 4)
    clock.at += timedelta(minutes=16)
    wrong(house.clinician, 4)
    clock.at += timedelta(minutes=16)
    wrong(house.clinician)

    assert waits_until(house.clinician, "wrong wrong wrong") == first + HOUR
    clock.at = first + HOUR - MOMENT
    assert waits_until(house.clinician) == first + HOUR
    clock.at = first + HOUR
    make.password(house.clinician, "")


def test_what_failed_while_the_clock_was_ahead_keeps_nobody_out_for_a_day(house, clock):
    clock.at += DAY
    wrong(house.clinician, 4)
    assert waits_until(house.clinician, "wrong wrong wrong") == clock.at + timedelta(minutes=15)

    clock.at -= DAY

    make.password(house.clinician, "")
    wrong(house.clinician, 4)  # and as many are tried as ever, not more
    assert waits_until(house.clinician, "wrong wrong wrong") == clock.at + timedelta(minutes=15)
    clock.at += timedelta(minutes=15)
    make.password(house.clinician, "")


def test_a_password_is_not_even_looked_at_after_too_many(house, monkeypatch):
    wrong(house.clinician, 4)
    waits_until(house.clinician, "wrong wrong wrong")

    monkeypatch.setattr(password, "authenticate", lambda *_, **__: pytest.fail("The password was looked at."))
    waits_until(house.clinician)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("wrong wrong wrong", "This is not your password. Nothing was signed."),
        ("", "Enter your password: it is your signature."),
    ],
)
def test_a_wrong_password_is_refused_and_leaves_one_entry(house, password, sentence):
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        attest(house.clinician, password=password, ticks=(), interests="none", digest="d" * 70)

    (why,) = refused.value.refusals
    assert (why.code, why.sentence, why.kind, why.field) == ("password", sentence, RefusalType.INVALID, "password")
    assert refused.value.recorded is False
    entry = AuditEvent.objects.latest("seq")
    assert AuditEvent.objects.count() == before + 1
    assert (entry.verb, entry.subject, entry.actor, entry.digest) == (
        "reauth_failed", f"user:{house.clinician.pk}", house.clinician, "d" * 64
    )  # fmt: skip


def test_the_password_of_somebody_else_attests_nothing(house):
    make.changed_account(house.editor, password="another password")

    with pytest.raises(Refused):
        attest(house.clinician, password="another password", ticks=(), interests="none", digest="")


# -- What the password carries -----------------------------------------------------------------------------------------


def test_a_password_carries_what_was_ticked_and_said(house, clock):
    before = AuditEvent.objects.count()

    given = attest(
        house.clinician, password=make.PASSWORD, ticks=["read", "content"], interests="  A talk. ", digest="d",
        paid_by_maker=True,
    )  # fmt: skip

    assert given == Attestation(
        house.clinician.pk, "d", frozenset({"read", "content"}), "A talk.", paid_by_maker=True, at=clock.at
    )
    assert make.password(house.clinician, "d").paid_by_maker is False
    assert AuditEvent.objects.count() == before


def test_everything_that_is_missing_is_said_at_once(house):
    ticks = [Tick("read", "I read it."), Tick("content", "It is right.")]
    given = attest(house.clinician, password=make.PASSWORD, ticks=["content"], interests=" ", digest="d")

    def found(given):
        refusals = attestation_refusals(given, actor=house.clinician, digest="d", ticks=ticks)
        return [(one.code, one.kind, one.field) for one in refusals]

    unread, paid = ("tick", RefusalType.INVALID, "tick_read"), ("paid_by_maker", RefusalType.FORBIDDEN, "")
    assert found(given) == [unread, ("interests", RefusalType.INVALID, "interests")]
    assert found(replace(given, paid_by_maker=True)) == [unread, ("interests", RefusalType.INVALID, "interests"), paid]
    whole = replace(given, interests="none", ticks=frozenset({"read", "content"}))
    assert found(whole) == []
    assert found(replace(whole, paid_by_maker=True)) == [paid]
    refusals = attestation_refusals(given, actor=house.clinician, digest="d", ticks=ticks)
    assert refusals[0].sentence == "Tick “I read it.” if it is true."


# -- The checklist -----------------------------------------------------------------------------------------------------

DOC = make.document().replaced(
    sections=tuple(
        Section(key=make.key(kind), kind=kind, heading=kind.capitalize(), text="Words.")
        for kind in ("prescribing", "contra-indications", "interactions", "monitoring")
    )
)


@pytest.mark.parametrize(
    ("changed", "subjects"),
    [
        ([], ""),
        (["prescribing", "link", "trial"], ""),
        (["contra-indications"], "contra-indications"),
        (["interactions"], "interactions"),
        (["monitoring"], "monitoring"),
        (["fbc"], "monitoring"),
        (["notice"], "notices"),
        (["monitoring", "contra-indications"], "contra-indications and monitoring"),
        (
            ["notice", "fbc", "interactions", "contra-indications"],
            "contra-indications, interactions, monitoring and notices",
        ),
    ],
)
def test_the_checklist_asks_of_what_changed(changed, subjects):
    ticks = checklist(DOC, {str(make.key(name)) for name in changed}, first=False)

    content = [("content", f"What it says on {subjects} is right and current.")] if subjects else []
    competent = (
        "I am competent for this content; my register of interests is complete, "
        "with nothing about a maker of Testazumab."
    )
    assert [(one.code, one.sentence) for one in ticks] == [
        ("read", "I read every change and the parts they touch."), *content, ("competent", competent)
    ]  # fmt: skip


def test_one_of_two_notices_is_asked_about_and_where_there_is_none_nothing_is():
    (notice,) = DOC.notices
    two = DOC.replaced(notices=(notice, notice.replaced(key=make.key("another"))))

    for changed in (notice.key, make.key("another")):
        codes = [one.code for one in checklist(two, {str(changed)}, first=False)]
        assert codes == ["read", "content", "competent"]
    assert [one.code for one in checklist(DOC.replaced(notices=()), (), first=False)] == ["read", "competent"]


def test_the_checklist_of_a_first_edition_and_of_a_page_that_was_withdrawn():
    brands = [Brand(name="Oneza", country="GB"), Brand(name="Otherza", country="GB")]
    doc = DOC.replaced(header=DOC.header.replaced(brands=brands))
    competent = (
        "I am competent for this content; my register of interests is complete, "
        "with nothing about the makers of Oneza or Otherza."
    )

    assert [(one.code, one.sentence) for one in checklist(doc, (), first=True)] == [
        ("read", "I read the whole edition."), ("competent", competent)
    ]  # fmt: skip
    assert [(one.code, one.sentence) for one in still_correct(doc)] == [
        ("read", "I read the whole page, and why it was withdrawn."),
        ("content", "What it says is right and current, so that it may be shown again."),
        ("competent", competent),
    ]


# -- While the trail is ahead of the clock -----------------------------------------------------------------------------


def ahead(clock, house, **by):
    """One write with the clock ahead, and the clock put right again."""
    clock.at += timedelta(**by)
    with audited_write(actor=house.editor) as trail:
        trail.record("looked_up", "test")
    clock.at -= timedelta(**by)


def test_who_vouched_for_a_page_before_it_was_withdrawn_again_vouched_for_nothing_since(world, clock):
    """All acts of that time are later than the last entry, and each later than the one before."""
    house, edition = world.house, world.retired
    ahead(clock, house, days=1)
    make.vouch_all(house, edition)
    perform("reinstate", editions=[edition], actor=house.publisher, digest=make.seen(edition))
    make.withdraw(edition, house.publisher)

    with pytest.raises(Refused) as refused:
        perform("reinstate", editions=[edition], actor=house.publisher, digest=make.seen(edition))

    assert refused.value.codes == ["not_vouched"]
    make.vouch_all(house, edition)
    perform("reinstate", editions=[edition], actor=house.publisher, digest=make.seen(edition))


def test_a_registration_is_judged_by_the_day_of_the_clock(world, clock):
    house = world.house
    ahead(clock, house, days=400)

    make.sign(world.in_review, house.clinician)
    make.warn(house.clinician, world.page)

    assert verify() == []


@pytest.mark.parametrize("lag", [0, 1, 900, 1000])
def test_wrong_passwords_count_although_the_clock_lags_a_little(house, clock, lag):
    ahead(clock, house, milliseconds=lag)
    for _ in range(4):
        with pytest.raises(Refused):
            attest(house.clinician, password="wrong", ticks=(), interests="none", digest="0" * 64)

    with pytest.raises(TooManyFailures):
        attest(house.clinician, password="wrong", ticks=(), interests="none", digest="0" * 64)


def test_an_act_that_records_nothing_is_rolled_back_while_the_trail_is_ahead_too(house, clock):
    ahead(clock, house, days=1)
    before = AuditEvent.objects.count()

    with pytest.raises(MissingAuditEntry), audited_write(actor=house.editor):
        pass

    assert AuditEvent.objects.count() == before


def test_what_is_shared_changes_no_edition_and_voids_no_signature(house):
    """An edition owns its copies of the names of its drug, the path of its class and its references."""
    edition = make.signed(house)
    before, drug, place = make.seen(edition), edition.monograph.drug, edition.monograph.therapeutic_class
    with audited_write(actor=house.editor) as trail:
        keep_references(trail, [("trial2020", {"title": "Another title", "DOI": "10.1000/other"})])
        drug.name, drug.names, drug.brands = "otherumab", [], []
        place.name = "Another class"
        trail.save(drug)
        trail.save(place)
        trail.record("drug_added", "site")

    edition = Edition.objects.get(pk=edition.pk)

    assert make.seen(edition) == before
    assert (edition.state, SignOff.objects.filter(edition=edition, document_id=before).count()) == (
        "clinician_reviewed",
        2,
    )
    assert make.publish(house, edition).monograph.live.document_id == before


# -- Full review -------------------------------------------------------------------------------------------------------


def reviewed(edition, *people):
    for one in people:
        given = make.attestation(edition, one, "full-review")
        perform("full-review", editions=[edition], actor=one, digest=given.digest, attestation=given)


def dates(slug):
    page = Monograph.objects.get(slug=slug)
    return page.last_full_review, page.next_review_due, page.reviewed_again_by


def test_a_full_review_moves_its_date_with_the_last_signature_of_the_tier_to_the_day_of_the_oldest(house, clock):
    edition = make.published(house)
    begun = dates("testazumab")
    assert begun[1] == ROWS["standard"].next_review(begun[0])
    clock.at += 40 * DAY
    first = today(clock.at)
    reviewed(edition, house.clinician)
    assert dates("testazumab") == begun  # one of two
    clock.at += 3 * DAY

    reviewed(edition, house.pharmacist)

    assert dates("testazumab") == (first, ROWS["standard"].next_review(first), ["neurologist", "pharmacist"])
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.data["last_full_review"]) == ("reviewed_in_full", first.isoformat())
    assert Publication.objects.get(slug="testazumab").last_full_review == begun[0]  # what was published stays as it was
    assert verify() == []


def test_an_overdue_page_is_in_date_again_for_readers_and_says_who_read_it(house, clock, client):
    edition = make.published(house)
    clock.at += DAY
    with audited_write(actor=house.admin) as trail:
        page = Monograph.objects.get(slug="testazumab")
        page.next_review_due = today(clock.at) - DAY
        trail.save(page, "next_review_due")
        trail.reindex(page)
        trail.record("looked_up", "test")
    assert "Review overdue" in client.get("/drugs/testazumab/").content.decode()

    reviewed(edition, house.clinician, house.pharmacist)

    html = client.get("/drugs/testazumab/").content.decode()
    assert "Review overdue" not in html
    assert "Text reviewed" in html
    assert "A neurologist and a pharmacist read it again and signed that it is still correct." in html
    data = client.get("/drugs/testazumab/monograph.json").json()
    assert data["last_full_review"] == today(clock.at).isoformat()


def test_who_read_the_page_again_is_not_said_of_the_edition_that_follows(house, clock, client):
    edition = make.published(house)
    clock.at += DAY
    reviewed(edition, house.clinician, house.pharmacist)
    date = Monograph.objects.get(slug="testazumab").last_full_review
    following = make.start(house, edition)
    make.reword(following, "monitoring", "Tests go on for 48 months.", actor=house.editor)
    following = make.submit(house, following)
    for one in (house.clinician, house.pharmacist):
        make.sign(following, one)
    make.publish(house, following)

    page = Monograph.objects.get(slug="testazumab")
    assert (page.reviewed_again_on, list(page.reviewed_again_by), page.last_full_review) == (None, [], date)
    assert "read it again" not in client.get("/drugs/testazumab/").content.decode()
    assert verify() == []


def test_a_signature_of_a_full_review_counts_once_and_for_the_edition_that_was_read(house, clock):
    edition = make.published(house)
    clock.at += 5 * DAY
    reviewed(edition, house.clinician, house.pharmacist)
    moved = dates("testazumab")
    clock.at += 5 * DAY

    reviewed(edition, house.clinician)  # of the next full review: nobody else's is left over from the last

    assert dates("testazumab") == moved
    with pytest.raises(Refused) as refused:
        reviewed(edition, house.clinician)
    assert refused.value.codes == ["done_already"]
    second = make.start(house, edition)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    second = make.publish(house, make.sign(make.sign(make.submit(house, second), house.clinician), house.pharmacist))
    assert dates("testazumab") == (*moved[:2], [])  # an amendment moves no date
    assert Publication.objects.get(slug="testazumab", number=2).last_full_review == moved[0]
    reviewed(second, house.pharmacist)  # the one of before was given on edition 1
    assert dates("testazumab") == (*moved[:2], [])  # the date goes on; their word was of the edition before
    reviewed(second, house.clinician)
    assert dates("testazumab")[0] == today(clock.at)


@pytest.mark.parametrize(
    ("who", "code"), [("editor", "not_granted"), ("publisher", "not_granted"), ("clinician", "contributed")]
)
def test_whoever_wrote_a_word_of_the_page_or_is_no_clinician_does_not_review_it_in_full(house, who, code):
    first = make.published(house)
    second = make.start(house, first, actor=house.clinician)
    make.reword(second, "monitoring", "Other words.", actor=house.clinician)
    second = make.submit(house, second)
    second = make.publish(house, make.sign(make.sign(second, house.clinician2), house.pharmacist))
    third = make.start(house, second)
    make.reword(third, "prescribing", "Quite other words.", actor=house.editor)
    third = make.submit(house, third)
    third = make.publish(house, make.sign(make.sign(third, house.clinician2), house.pharmacist))
    before = dates("testazumab")

    with pytest.raises(Refused) as refused:
        reviewed(third, house.people[who])

    assert refused.value.codes == [code]
    assert dates("testazumab") == before
    assert not SignOff.objects.filter(meaning="full_review").exists()


def test_a_withdrawn_page_is_not_reviewed_in_full(house):
    edition = make.published(house)
    make.withdraw(edition, house.publisher)

    with pytest.raises(Refused) as refused:
        reviewed(edition, house.clinician)

    assert refused.value.codes == ["page_withdrawn"]
