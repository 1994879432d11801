"""An outcome that says something was done is true while such an act stands, is confirmed, was done since the report
came, and is about what was reported."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from monographs.document import Section
from monographs.models import Monograph, Overlay
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.closing.acts import NEEDS, OF_A_PAGE, OF_THE_SITE, Since
from reviews.models import AuditEvent, ProblemReport
from reviews.models.report import OUTCOMES
from reviews.reports import service
from reviews.reports.service import ReportInput
from reviews.workflow import perform
from tests import factories as make
from tests import tables
from tests.monographs.public.test_updates import again

pytestmark = pytest.mark.django_db

SAID = ReportInput("The interval is wrong on this page.", harm=True, email="r@example.org")
GIVEN = {"text": "You were right.", "reason": "It is put right."}
MONITORING, PRESCRIBING = "Monitoring", "Prescribing in practice"


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house)
    make.published(house, "otherumab")
    return SimpleNamespace(page=Monograph.objects.get(slug="testazumab"), other=Monograph.objects.get(slug="otherumab"))


@pytest.fixture
def other(world):
    return world.other


def correct(house, page):
    return make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for months.")


def retire(house, page, kind="retire"):
    make.withdraw(page.live.edition, house.publisher, kind)
    return page.overlays.latest("pk")


def change(house, page, *keys, **words):
    """Publishes an edition in which these sections say something else."""
    page.refresh_from_db()
    document = page.live.document.value
    sections = [
        one.model_copy(update={"text": f"Said otherwise in edition {page.live.number + 1}.", **words})
        if one.key in map(make.key, keys)
        else one
        for one in document.sections
    ]
    again(house, page.live.edition, document.replaced(sections=tuple(sections)))
    page.refresh_from_db()
    return page.live


def reinstate(house, overlay):
    make.reinstate(house, overlay.monograph.live.edition)


def lift(house, overlay):
    make.lift(overlay, house.pharmacist)


def sign(house, overlay):
    make.countersign(overlay, house.clinician2)


def confirmed(house, overlay):
    edition = overlay.monograph.live.edition
    perform("confirm-withdrawal", editions=[edition], actor=house.clinician, digest=make.seen(edition))


def nothing(house, overlay):
    """It asks for no second signature."""


# What was done -> (outcome, how it is done, how it is confirmed, how it ends)
ACTS = {
    "correction": ("corrected", correct, nothing, lift),
    "retired": ("withdrawn", retire, confirmed, reinstate),
    "taken down": ("withdrawn", lambda house, page: retire(house, page, "take_down"), confirmed, reinstate),
    "warning": ("warned", lambda house, page: make.warn(house.clinician, page)[0], sign, lift),
    "withheld": (
        "withheld",
        lambda house, page: make.withhold(page, make.key("monitoring"), house.publisher),
        nothing,
        None,
    ),
}
# As the reader names it -> which acts are about it. One that the page of then has not is no part of it.
ABOUT = {
    "": set(ACTS),
    "A part that was never there": set(ACTS),
    MONITORING: set(ACTS),
    PRESCRIBING: set(ACTS) - {"correction", "withheld"},
    "Dose": set(ACTS) - {"correction", "withheld"},
}
STATES = ("before", "elsewhere", "unconfirmed", "stands", "ended")


def sent(page, edition=1, **changes):
    said = replace(SAID, **changes)
    return service.report(said, sender="s", monograph=page, page="/drugs/testazumab/", edition=edition)


def offered(one):
    return {value.partition(":")[0] for value, _words in Since(one).choices()}


def refused(house, one, outcome):
    with pytest.raises(Refused) as found:
        service.answer(one, actor=house.clinician2, outcome=outcome, **GIVEN)
    assert ProblemReport.objects.get(pk=one.pk).answered_at is None
    return found.value


def done(house, page, act):
    """Done and confirmed."""
    _outcome, do, second, _end = ACTS[act]
    overlay = do(house, page)
    second(house, overlay)
    return Overlay.objects.get(pk=overlay.pk)


def test_every_outcome_is_said_to_need_an_act_or_not():
    assert set(OUTCOMES) == OF_A_PAGE | OF_THE_SITE | {"elsewhere"}
    assert set(NEEDS) == {slug for slug, *_rest in ACTS.values()}
    assert {one for needs in NEEDS.values() for one in needs.kinds} == {
        "erratum", "retire", "take_down", "warning", "withhold",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (act, state)
        for act, (_outcome, _do, second, end) in ACTS.items()
        for state in STATES
        if not (state == "ended" and end is None) and not (state == "unconfirmed" and second is nothing)
    ],
)
def test_an_act_closes_a_report_if_it_is_since_then_stands_is_confirmed_and_about_it(house, page, other, act, state):
    outcome, do, _second, end = ACTS[act]
    if state == "before":
        done(house, page, act)
    reports = {part: sent(page, part=part, text=f"It is about “{part}”.") for part in ABOUT}
    overlay = None
    if state == "elsewhere":
        done(house, other, act)
    elif state == "unconfirmed":
        overlay = do(house, page)
    elif state != "before":
        overlay = done(house, page, act)
    value = f"{outcome}:overlay-{overlay.pk if overlay else 1}"
    if state == "ended":
        end(house, overlay)

    for part, one in reports.items():
        counts = state == "stands" and act in ABOUT[part]
        choices = dict(Since(one).choices())
        assert (part, value in choices, outcome in offered(one)) == (part, counts, counts)
        assert (OUTCOMES[outcome] in {words for words, _why in Since(one).others()}) == (not counts)
        if counts:
            assert overlay.row.label.lower() in choices[value]
            closed = service.answer(one, actor=house.clinician2, outcome=value, **GIVEN)
            assert (closed.outcome, closed.overlay, closed.publication) == (outcome, overlay, None)
            assert AuditEvent.objects.latest("seq").data["act"] == f"overlay-{overlay.pk}"
        else:
            assert refused(house, one, value).codes == ["act_ended" if state == "ended" else "not_done"]
            assert refused(house, one, outcome).codes == ["not_done"]
    assert verify() == []


@pytest.mark.parametrize("outcome", NEEDS)
@pytest.mark.parametrize("harm", [True, False])
def test_what_was_not_done_cannot_be_told_and_trying_to_is_recorded(house, page, outcome, harm):
    one = sent(page, harm=harm)
    assert outcome not in offered(one)
    assert [words for words, _why in Since(one).others()] == [OUTCOMES[slug] for slug in NEEDS]

    found = refused(house, one, outcome)

    assert (found.codes, found.refusals[0].field) == (["not_done"], "outcome")
    assert NEEDS[outcome].lacks in found.refusals[0].sentence
    last = AuditEvent.objects.latest("seq")
    assert (last.verb, last.actor, last.data["action"]) == ("refused", house.clinician2, "answer_report")


@pytest.mark.parametrize("act", [name for name, (_slug, _do, second, _end) in ACTS.items() if second is not nothing])
def test_what_waits_for_a_second_person_is_said_to_and_counts_from_then_on(house, page, act):
    outcome, do, second, _end = ACTS[act]
    one = sent(page)
    overlay = do(house, page)

    assert (OUTCOMES[outcome], NEEDS[outcome].waits) in Since(one).others()
    assert NEEDS[outcome].waits in refused(house, one, outcome).refusals[0].sentence
    second(house, overlay)
    assert service.answer(one, actor=house.clinician2, outcome=outcome, **GIVEN).overlay == overlay


@pytest.mark.parametrize("act", ["correction", "withheld"])
def test_what_is_about_something_else_is_said_to_be(house, page, act):
    outcome = ACTS[act][0]
    one = sent(page, part=PRESCRIBING)
    done(house, page, act)

    assert (OUTCOMES[outcome], NEEDS[outcome].elsewhere) in Since(one).others()
    assert NEEDS[outcome].elsewhere in refused(house, one, outcome).refusals[0].sentence


def test_a_withheld_part_is_named(house, page):
    one = sent(page)
    overlay = done(house, page, "withheld")

    choices = dict(Since(one).choices())

    assert choices[f"withheld:overlay-{overlay.pk}"].endswith(f": {MONITORING}")


def test_of_two_corrections_the_one_that_was_chosen_is_kept_though_it_is_not_the_latest(house, page):
    one = sent(page)
    first = correct(house, page)
    second = make.correct(house.pharmacist, page, "Prescribing", "Other words")

    values = [value for value, _words in Since(one).choices() if value.startswith("corrected")]
    assert values == [f"corrected:overlay-{second.pk}", f"corrected:overlay-{first.pk}"]
    assert service.answer(one, actor=house.clinician, outcome=values[1], **GIVEN).overlay == first


def test_a_correction_of_what_the_header_says_of_doses_is_about_the_dose(house, page):
    dose, name = sent(page, part="Dose"), sent(page, part="Name and introduction")
    make.correct(house.pharmacist, page, "Dose data are being re-sourced.", "They are not.")
    assert ("corrected" in offered(dose), "corrected" in offered(name)) == (True, False)

    late, later = (
        sent(page, part="Dose", text="Said later"),
        sent(page, part="Name and introduction", text="Said later"),
    )
    make.correct(house.pharmacist, page, "An invented antibody, for tests only.", "It is real.")
    assert ("corrected" in offered(late), "corrected" in offered(later)) == (False, True)


def test_a_correction_of_before_places_were_said_is_about_the_part_that_holds_its_words(house, page):
    there, not_there = sent(page, part=MONITORING), sent(page, part=PRESCRIBING)
    overlay = correct(house, page)
    with tables.no_triggers():
        Overlay.objects.filter(pk=overlay.pk).update(places=None)

    assert ("corrected" in offered(there), "corrected" in offered(not_there)) == (True, False)


def test_a_correction_of_another_edition_than_the_reported_one_does_not_count(house, page):
    change(house, page, "monitoring")
    of_old, of_new = sent(page, edition=1), sent(page, edition=2, text="Of the newer edition.")
    correct(house, page)  # of what edition 1 said

    assert ("corrected" in offered(of_old), "corrected" in offered(of_new)) == (True, False)


# -- A newer edition ---------------------------------------------------------------------------------------------------


def editions(one):
    return [value for value, _words in Since(one).choices() if value.startswith("corrected:edition")]


def test_a_newer_edition_counts_for_the_part_that_was_reported_if_it_changed(house, page):
    reports = {part: sent(page, part=part, text=f"About {part}") for part in (MONITORING, PRESCRIBING, "Dose")}

    change(house, page, "monitoring")

    assert {part: editions(one) for part, one in reports.items()} == {
        MONITORING: ["corrected:edition-2:Monitoring"], PRESCRIBING: [], "Dose": [],
    }  # fmt: skip
    for part in (PRESCRIBING, "Dose"):
        found = refused(house, reports[part], "corrected:edition-2")
        assert found.codes == ["not_done"]
        assert NEEDS["corrected"].elsewhere in found.refusals[0].sentence
        assert refused(house, reports[part], "corrected:edition-2:Monitoring").codes == ["not_done"]
    closed = service.answer(reports[MONITORING], actor=house.clinician, outcome="corrected:edition-2", **GIVEN)
    assert (closed.overlay, closed.publication.number, closed.put_right) == (None, 2, MONITORING)
    assert AuditEvent.objects.latest("seq").data["act"] == "edition-2:Monitoring"
    assert verify() == []


def test_where_no_part_was_named_whoever_closes_it_names_one_that_changed(house, page):
    one = sent(page)
    change(house, page, "monitoring", "prescribing")

    assert editions(one) == [f"corrected:edition-2:{part}" for part in (PRESCRIBING, MONITORING)]
    for outcome in ("corrected", "corrected:edition-2"):
        found = refused(house, one, outcome)
        assert (found.codes, found.refusals[0].field) == (["outcome"], "outcome")
    assert refused(house, one, "corrected:edition-2:Dose").codes == ["not_done"]
    closed = service.answer(one, actor=house.clinician, outcome=f"corrected:edition-2:{MONITORING}", **GIVEN)
    assert closed.put_right == MONITORING


def test_an_edition_that_changes_no_part_corrects_nothing(house, page):
    one = sent(page)
    sections = make.document().sections
    again(house, page.live.edition, make.document().replaced(sections=sections[::-1]))

    assert editions(one) == []
    assert refused(house, one, "corrected:edition-2").codes == ["not_done"]


def test_an_edition_of_before_the_report_does_not_count_though_the_reader_read_an_older_one(house, page):
    change(house, page, "monitoring")
    one = sent(page, part=MONITORING, edition=1)

    assert "corrected" not in offered(one)
    assert refused(house, one, "corrected:edition-2").codes == ["not_done"]


def test_of_several_editions_the_live_one_is_compared_with_what_was_live_when_the_report_came(house, page):
    first, then = sent(page, part=MONITORING), sent(page, part=PRESCRIBING)
    change(house, page, "monitoring")
    change(house, page, "prescribing")

    assert (editions(first), editions(then)) == (
        ["corrected:edition-3:Monitoring"],
        [f"corrected:edition-3:{PRESCRIBING}"],
    )
    assert refused(house, first, "corrected:edition-2:Monitoring").codes == ["act_ended"]
    text = make.document().sections[1].text
    change(house, page, "monitoring", text=text)  # as it was when the report came
    assert (editions(first), editions(then)) == ([], [f"corrected:edition-4:{PRESCRIBING}"])


def test_a_part_that_came_or_went_has_changed(house, page):
    gone, came = sent(page, part=PRESCRIBING), sent(page)
    document = make.document()
    made = Section(key=make.key("cautions"), kind="cautions", heading="Cautions", text="Mind the heart.")
    again(house, page.live.edition, document.replaced(sections=(document.sections[1], made)))

    assert editions(gone) == [f"corrected:edition-2:{PRESCRIBING}"]
    assert editions(came) == [f"corrected:edition-2:{PRESCRIBING}", "corrected:edition-2:Cautions"]


@pytest.mark.parametrize(
    "chosen",
    [
        "corrected:overlay-", "corrected:overlay-x", "corrected:overlay-99999999999999999999", "corrected:edition-²",
        "corrected:edition-7", "corrected:x", "corrected:overlay-{}:Monitoring", "withdrawn:overlay-{}",
    ],
)  # fmt: skip
def test_an_act_that_never_was_or_is_of_another_outcome_closes_nothing(house, page, chosen):
    one = sent(page)
    overlay = correct(house, page)

    assert refused(house, one, chosen.format(overlay.pk)).codes == ["not_done"]


def test_of_the_site_as_a_whole_nothing_is_said_that_only_a_page_can_be(house, page):
    one = service.report(replace(SAID, harm=False), sender="s")

    assert [value for value, _words in Since(one).choices()] == ["elsewhere", "passed-on"]
    assert Since(one).others() == []
    for outcome in OF_A_PAGE:
        with pytest.raises(Refused) as found:
            service.answer(one, actor=house.editor, outcome=outcome, text="Done.")
        assert found.value.codes == ["outcome"]
    assert service.answer(one, actor=house.editor, outcome="passed-on", text="Thank you.").outcome == "passed-on"


@pytest.mark.each_case
@pytest.mark.parametrize(
    "columns",
    [
        ("overlay",), ("overlay", "publication"), ("looking_by",), ("looking_at",), ("lift", "reverted_by"),
        ("lift", "overlay"),
    ],
)  # fmt: skip
def test_the_database_keeps_one_act_of_a_closed_report_and_a_whole_mark_of_an_open_one(house, page, columns):
    one, overlay = sent(page), correct(house, page)
    values = {
        "overlay": overlay, "publication": page.live, "looking_by": house.editor, "looking_at": overlay.at,
        "lift": overlay, "reverted_by": page.live,
    }  # fmt: skip
    for name in columns:
        setattr(one, name, values[name])
    if len(columns) == 2 and "reverted_by" not in columns:
        one.outcome, one.answered_by, one.answered_at = "corrected", house.editor, overlay.at

    with pytest.raises(IntegrityError), audited_write(actor=house.editor) as trail, transaction.atomic():
        trail.save(one)


def test_what_could_harm_and_names_a_part_is_never_about_other_pages(house, page):
    calm, harm = (
        service.report(service.ReportInput("It is wrong.", harm=harm, part="Monitoring"), sender=f"{harm}", monograph=page, edition=1)
        for harm in (False, True)
    )  # fmt: skip
    assert "elsewhere" in [value for value, _words in Since(calm).choices()]
    assert "elsewhere" not in [value for value, _words in Since(harm).choices()]
