"""An outcome that says something was done is true while that was done since the report came, and stands."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils.html import strip_tags

from monographs.models import Monograph
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.models import AuditEvent, ProblemReport
from reviews.models.report import OUTCOMES
from reviews.reports import service
from reviews.reports.outcomes import NEEDS, OF_A_PAGE, OF_THE_SITE, Since, told
from reviews.reports.service import ReportInput
from tests import factories as make
from tests.monographs.public.test_updates import again

pytestmark = pytest.mark.django_db

SAID = ReportInput("The interval is wrong on this page.", harm=True, email="r@example.org")
GIVEN = {"text": "You were right.", "reason": "It is put right."}


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


# What was done -> (outcome, how it is done, how it ends)
ACTS = {
    "correction": ("corrected", correct, lambda house, one: make.lift(one, house.pharmacist)),
    "retired": ("withdrawn", retire, lambda house, one: make.reinstate(house, one.monograph.live.edition)),
    "taken down": (
        "withdrawn",
        lambda house, page: retire(house, page, "take_down"),
        lambda house, one: make.reinstate(house, one.monograph.live.edition),
    ),
    "warning": (
        "warned",
        lambda house, page: make.warn(house.clinician, page)[0],
        lambda house, one: make.lift(one, house.pharmacist),
    ),
    "withheld": (
        "withheld",
        lambda house, page: make.withhold(page, make.key("prescribing"), house.publisher),
        None,
    ),
}


def sent(page, **changes):
    return service.report(replace(SAID, **changes), sender="s", monograph=page, page="/drugs/testazumab/", edition=1)


def offered(one):
    return {value.partition(":")[0] for value, _words in Since(one).choices()}


def test_every_outcome_is_said_to_need_an_act_or_not():
    assert set(OUTCOMES) == OF_A_PAGE | OF_THE_SITE | {"elsewhere"}
    assert set(NEEDS) == {slug for slug, _do, _end in ACTS.values()}


@pytest.mark.parametrize("outcome", NEEDS)
@pytest.mark.parametrize("harm", [True, False])
def test_what_was_not_done_cannot_be_told_and_trying_to_is_recorded(house, page, outcome, harm):
    one = sent(page, harm=harm)
    assert outcome not in offered(one)
    assert [words for words, _why in Since(one).others()] == [OUTCOMES[slug] for slug in NEEDS]

    with pytest.raises(Refused) as refused:
        service.answer(one, actor=house.clinician, outcome=outcome, **GIVEN)

    assert (refused.value.codes, refused.value.refusals[0].field) == (["not_done"], "outcome")
    assert NEEDS[outcome].lacks in refused.value.refusals[0].sentence
    last = AuditEvent.objects.latest("seq")
    assert (last.verb, last.actor, last.data["action"]) == ("refused", house.clinician, "answer_report")
    assert ProblemReport.objects.get().answered_at is None


@pytest.mark.parametrize("act", ACTS)
def test_what_was_done_before_the_report_or_elsewhere_does_not_count(house, page, other, act):
    outcome, do, _end = ACTS[act]
    do(house, page)
    one = sent(page)
    do(house, other)

    assert outcome not in offered(one)
    with pytest.raises(Refused) as refused:
        service.answer(one, actor=house.clinician, outcome=outcome, **GIVEN)
    assert refused.value.codes == ["not_done"]


@pytest.mark.parametrize("act", ACTS)
def test_what_was_done_since_closes_it_and_the_row_names_it(house, page, act):
    outcome, do, _end = ACTS[act]
    one = sent(page)
    overlay = do(house, page)
    choices = dict(Since(one).choices())
    assert offered(one) & set(NEEDS) == {outcome}
    assert outcome not in {words for words, _why in Since(one).others()}
    assert overlay.row.label.lower() in choices[f"{outcome}:overlay-{overlay.pk}"]
    assert ("not confirmed yet" in choices[f"{outcome}:overlay-{overlay.pk}"]) == (overlay.row.second is not None)

    closed = service.answer(one, actor=house.clinician, outcome=f"{outcome}:overlay-{overlay.pk}", **GIVEN)

    assert (closed.outcome, closed.overlay, closed.publication) == (outcome, overlay, None)
    assert AuditEvent.objects.latest("seq").data["act"] == f"overlay-{overlay.pk}"
    assert verify() == []


@pytest.mark.parametrize("act", [name for name, (_slug, _do, end) in ACTS.items() if end])
def test_what_ended_while_the_form_was_open_is_refused_and_so_is_what_ended_before(house, page, act):
    outcome, do, end = ACTS[act]
    one = sent(page)
    overlay = do(house, page)
    value = f"{outcome}:overlay-{overlay.pk}"
    assert value in dict(Since(one).choices())
    end(house, overlay)
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        service.answer(one, actor=house.clinician, outcome=value, **GIVEN)

    assert (refused.value.codes, AuditEvent.objects.count()) == (["act_ended"], before)
    assert outcome not in offered(one)
    assert ProblemReport.objects.get().answered_at is None


def test_of_two_corrections_the_one_that_was_chosen_is_kept_though_it_is_not_the_latest(house, page):
    one = sent(page)
    first = correct(house, page)
    second = make.correct(house.pharmacist, page, "Prescribing", "Other words")

    values = [value for value, _words in Since(one).choices() if value.startswith("corrected")]
    assert values == [f"corrected:overlay-{second.pk}", f"corrected:overlay-{first.pk}"]
    assert service.answer(one, actor=house.clinician, outcome=values[1], **GIVEN).overlay == first


def test_a_newer_edition_corrects_too_and_one_of_before_the_report_does_not(house, page):
    early = sent(page, text="This was sent before edition 2.")
    again(house, page.live.edition, make.document().replaced(related=()))
    late = sent(page, text="This was sent after edition 2.")

    assert ("corrected" in offered(early), "corrected" in offered(late)) == (True, False)
    closed = service.answer(early, actor=house.clinician, outcome="corrected:edition-2", **GIVEN)
    assert (closed.overlay, closed.publication.number) == (None, 2)
    with pytest.raises(Refused) as refused:
        service.answer(late, actor=house.clinician, outcome="corrected:edition-2", **GIVEN)
    assert refused.value.codes == ["not_done"]
    assert verify() == []


@pytest.mark.parametrize(
    "chosen",
    [
        "corrected:overlay-", "corrected:overlay-x", "corrected:overlay-99999999999999999999", "corrected:edition-²",
        "corrected:edition-7", "corrected:x", "withdrawn:overlay-{}",
    ],
)  # fmt: skip
def test_an_act_that_never_was_or_is_of_another_outcome_closes_nothing(house, page, chosen):
    one = sent(page)
    overlay = correct(house, page)

    with pytest.raises(Refused) as refused:
        service.answer(one, actor=house.clinician, outcome=chosen.format(overlay.pk), **GIVEN)

    assert refused.value.codes == (["act_ended"] if "{}" in chosen else ["not_done"])
    assert ProblemReport.objects.get().answered_at is None


def test_of_the_site_as_a_whole_nothing_is_said_that_only_a_page_can_be(house, page):
    one = service.report(replace(SAID, harm=False), sender="s")

    assert [value for value, _words in Since(one).choices()] == ["elsewhere", "passed-on"]
    assert Since(one).others() == []
    for outcome in OF_A_PAGE:
        with pytest.raises(Refused) as refused:
            service.answer(one, actor=house.editor, outcome=outcome, text="Done.")
        assert refused.value.codes == ["outcome"]
    assert service.answer(one, actor=house.editor, outcome="passed-on", text="Thank you.").outcome == "passed-on"


# -- What the reader is told -------------------------------------------------------------------------------------------

READ = {
    "correction": ("we put a correction over the page", "/drugs/testazumab/#erratum-{}", "That correction ended on"),
    "retired": ("we retired the page: it shows no doses", "/drugs/testazumab/", "The page has been back since"),
    "taken down": ("we took the page down: nothing of it is shown", "/drugs/testazumab/", "The page has been back since"),
    "warning": ("we put an urgent warning over the page", "/drugs/testazumab/#warning-{}", "That warning ended on"),
    "withheld": ("we took a part of the page away", "/drugs/testazumab/", ""),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_the_reader_is_told_what_was_done_where_to_read_it_and_when_it_ended(house, page, client, act):
    outcome, do, end = ACTS[act]
    words, path, ended = READ[act]
    one = sent(page)
    overlay = do(house, page)
    one = service.answer(one, actor=house.clinician, outcome=outcome, **GIVEN)

    html = client.get(f"/report/{one.token}/").content.decode()

    assert words in html
    assert f'<a href="{path.format(overlay.pk)}">' in html
    assert "It is put right." not in html
    for name in ("clinician", "pharmacist", "publisher"):
        assert f"Test {name}" not in html
    service.mail_answers()
    assert words in mail.outbox[0].body
    assert f"https://clincalc.test{path.format(overlay.pk)}\n" in mail.outbox[0].body
    assert "Test " not in mail.outbox[0].body
    if overlay.wrong:
        assert overlay.wrong not in html
        assert overlay.wrong not in mail.outbox[0].body
    if end:
        end(house, overlay)
        html = client.get(f"/report/{one.token}/").content.decode()
        assert words in html
        assert ended in html
        assert f"#{'erratum' if outcome == 'corrected' else 'warning'}-" not in html


def test_the_anchor_that_the_reader_is_led_to_stands_on_the_page(house, page, client):
    for outcome, overlay in (("corrected", correct(house, page)), ("warned", make.warn(house.clinician, page)[0])):
        anchor = {"corrected": "erratum", "warned": "warning"}[outcome]
        assert f'id="{anchor}-{overlay.pk}"' in client.get("/drugs/testazumab/").content.decode()


def test_of_a_newer_edition_the_reader_is_led_to_what_changed(house, page, client):
    one = sent(page)
    again(house, page.live.edition, make.document().replaced(related=()))
    one = service.answer(one, actor=house.clinician, outcome="corrected", **GIVEN)

    html = client.get(f"/report/{one.token}/").content.decode()

    assert "we published edition 2, which puts it right." in html
    assert '<a href="/drugs/testazumab/editions/1...2/">What changed since edition 1</a>' in html
    assert client.get("/drugs/testazumab/editions/1...2/").status_code == 200


def test_a_report_that_an_earlier_version_closed_stays_as_it_is(house, page, client):
    one = sent(page)
    with audited_write(actor=house.editor) as trail:
        one.outcome, one.answer, one.answered_by, one.answered_at = "corrected", "Done.", house.editor, trail.at
        trail.save(one)
        trail.record("report_answered", "monograph:testazumab", data={"report": one.pk, "outcome": "corrected"})

    assert told(one) is None
    html = strip_tags(client.get(f"/report/{one.token}/").content.decode())
    assert "The page was wrong and is corrected" in html
    client.force_login(house.editor)
    assert client.get(f"/desk/reports/{one.pk}/").status_code == 200
    assert verify() == []


@pytest.mark.each_case
@pytest.mark.parametrize("columns", [("overlay",), ("overlay", "publication"), ("looking_by",), ("looking_at",)])
def test_the_database_keeps_one_act_of_a_closed_report_and_a_whole_mark_of_an_open_one(house, page, columns):
    one, overlay = sent(page), correct(house, page)
    values = {
        "overlay": overlay, "publication": page.live, "looking_by": house.editor, "looking_at": overlay.at
    }  # fmt: skip
    for name in columns:
        setattr(one, name, values[name])
    if len(columns) == 2:
        one.outcome, one.answered_by, one.answered_at = "corrected", house.editor, overlay.at

    with pytest.raises(IntegrityError), audited_write(actor=house.editor) as trail, transaction.atomic():
        trail.save(one)


# -- On the desk -------------------------------------------------------------------------------------------------------


def test_the_form_offers_what_is_true_now_and_says_why_of_the_rest(house, page, client):
    one = sent(page)
    overlay = make.warn(house.clinician, page)[0]
    client.force_login(house.clinician)

    html = client.get(f"/desk/reports/{one.pk}/").content.decode()

    assert f'<option value="warned:overlay-{overlay.pk}">A warning was added: urgent warning of ' in html
    assert "<li>The page was wrong and is corrected: no correction was put over the page" in html
    assert 'value="corrected' not in html
    assert 'name="reason"' in html
    sends = {"outcome": "corrected", "answer": "You were right.", "reason": "Why"}
    answer = client.post(f"/desk/reports/{one.pk}/", sends)
    assert answer.status_code == 409
    assert "would not be true" in answer.content.decode()
    assert "You were right." in answer.content.decode()
    sends["outcome"] = f"warned:overlay-{overlay.pk}"
    assert client.post(f"/desk/reports/{one.pk}/", sends).status_code == 302
    html = client.get(f"/desk/reports/{one.pk}/").content.decode()
    assert "<strong>A warning was added: urgent warning of " in html


@pytest.mark.parametrize("person", ["editor", "publisher", "auditor"])
def test_whoever_may_not_close_it_reads_whom_to_ask(house, page, client, person):
    one = sent(page)
    client.force_login(house.people[person])

    html = client.get(f"/desk/reports/{one.pk}/").content.decode()

    assert "It could harm, so a clinician for “Multiple sclerosis” closes it, and nobody else." in html
    assert "Whom to ask: Test clinician, Test clinician2, Test pharmacist." in html
    assert "Send the answer" not in html
    sends = {"outcome": "no-change", "answer": "It is right.", "reason": "Why"}
    assert client.post(f"/desk/reports/{one.pk}/", sends).status_code == 403
    assert ProblemReport.objects.get().answered_at is None
