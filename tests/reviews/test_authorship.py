"""Whose words they are, over editions that made them, and what follows for signatures: one story for each way in which
somebody could let out or bring back what they wrote themselves (docs/security.md, A2 to A4)."""

import json
import tracemalloc
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import Citation, MonitoringItem, SafetyNotice, Section
from monographs.models import Edition, Monograph, Overlay
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.authorship import authors_of_page, earlier_authors
from reviews.editing import parts
from reviews.editing.monographs import move, set_tier
from reviews.models import ChangeSet, ClinicianProfile
from reviews.review.edition_review import EditionReview
from reviews.workflow import perform
from tests import factories as make
from tests import tables
from tests.effort import within

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MONITORING = str(make.key("monitoring"))
LONG = "Measure the full blood count before treatment, after one month, and then every three months for as long as it lasts."
SHORT = "Stop it at once if the count falls."
OTHER = "Ask at every visit about infections, shortness of breath and bruising, and write down what was said each time."


def give_up(edition, actor):
    perform("discard", editions=[edition], actor=actor, digest=make.seen(edition), reason="Given up")


def amended(house, live, text, *, actor, name="monitoring"):
    """The next edition, published, in which this person reworded one section."""
    edition = make.start(house, Edition.objects.get(pk=live.pk))
    make.reword(edition, name, text, actor=actor)
    edition = make.submit(house, edition)
    for clinician in (house.clinician, house.clinician2, house.pharmacist):
        if clinician != actor:
            make.sign(edition, clinician)
    return make.publish(house, edition)


def credits_of(edition, part=MONITORING):
    return EditionReview.load(edition).written_by.get(part, frozenset())


def codes(name, edition, actor):
    actor = type(actor).objects.get(pk=actor.pk)
    return [one.code for one in make.available(Edition.objects.get(pk=edition.pk), actor)[name]]


# -- Whose words come back ---------------------------------------------------------------------------------------------


def test_a_text_that_somebody_else_types_again_keeps_its_author(house):
    live = make.published(house)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "Short words.", actor=house.clinician)
    give_up(edition, house.clinician)
    edition = make.start(house, live)

    make.reword(edition, "monitoring", "Short words.", actor=house.editor)

    assert credits_of(edition) == {house.editor.pk, house.clinician.pk}
    edition = make.submit(house, edition)
    with pytest.raises(Refused, match="You wrote or suggested everything that changed here"):
        make.sign(edition, house.clinician)


WORDS = (
    "Give the dose with food in the morning, and never within two hours of a calcium tablet. Tell the person to come back"
    " on the same day when they get a fever, a rash or a sore throat."
)


@pytest.mark.parametrize(
    "change",
    [
        ("Give", "Always give"),
        ("Give", "_Give_"),
        ("never", "**never**"),
        ("two hours", "2 hours"),
        ("calcium tablet", "[calcium tablet](https://example.org/calcium)"),
        ("the morning, and never", "the morning.\n\nNever"),
        ("Give the dose", "- a) Give the dose"),
        ("Give the dose", "2.1 Give the dose"),
        ("Tell the person to come back", "People come back"),
        ("Give the dose with food in the morning, and never", "Never"),
        (WORDS[60:], " At other times something else is done."),
    ],
)
def test_words_of_a_draft_that_was_given_up_come_back_with_their_author_whatever_is_added(house, change):
    """The last time only a run of them is left."""
    live = make.published(house)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", WORDS, actor=house.clinician)
    give_up(edition, house.clinician)
    edition = make.start(house, live)
    assert WORDS.replace(*change) != WORDS

    make.reword(edition, "monitoring", WORDS.replace(*change), actor=house.editor)

    assert credits_of(edition) == {house.editor.pk, house.clinician.pk}
    edition = make.submit(house, edition)
    with pytest.raises(Refused, match="You wrote or suggested everything that changed here"):
        make.sign(edition, house.clinician)


def test_words_that_were_live_when_a_draft_was_begun_or_are_live_now_are_not_of_who_gave_it_up(house):
    live = amended(house, make.published(house), WORDS, actor=house.editor2)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", WORDS.replace("calcium", "zinc"), actor=house.clinician)
    give_up(edition, house.clinician)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", WORDS.replace("morning", "evening"), actor=house.editor)

    assert credits_of(edition) == {house.editor.pk}


def test_words_that_went_out_again_on_another_page_are_of_who_wrote_them_in_a_draft_given_up(house):
    live = make.published(house)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", WORDS, actor=house.clinician)
    give_up(edition, house.clinician)

    edition = make.start(house, live)
    make.reword(edition, "monitoring", WORDS.replace("Give", "Always give"), actor=house.editor)
    edition = make.submit(house, edition)
    for signer in (house.clinician2, house.pharmacist):
        make.sign(edition, signer)
    make.publish(house, edition)

    assert house.clinician.pk in authors_of_page(make.live())


@pytest.mark.parametrize(
    "text", ["- a) {}", "2.1 {}", "(1) {}", "(iv) {}", "_{}_", "**{}**", "[{}](https://example.org/a_(b))"]
)
def test_marks_and_numbers_around_a_text_make_no_other_text_of_it(house, text):
    written = make.draft(house, "writtenumab")
    make.reword(written, "monitoring", LONG, actor=house.clinician)
    edition = make.draft(house)

    make.reword(edition, "monitoring", text.format(LONG), actor=house.editor)

    assert credits_of(edition) == {house.editor.pk, house.clinician.pk}


def test_a_long_sentence_keeps_its_author_among_other_sentences_of_its_paragraph(house):
    written = make.draft(house, "writtenumab")
    make.reword(written, "monitoring", f"Something before. {LONG} Something after.", actor=house.clinician)
    edition = make.draft(house)

    make.reword(edition, "prescribing", f"Nothing else [@trial2020]. {LONG} That is all.", actor=house.editor)

    assert credits_of(edition, str(make.key("prescribing"))) == {house.editor.pk, house.clinician.pk}


def test_another_name_or_address_makes_nobody_else_the_author(house):
    """The account is renamed, another one takes its name, and the monograph moves."""
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", LONG, actor=house.clinician)
    with tables.no_triggers():  # no verb gives an account another name
        for person, name in ((house.clinician, "somebody-else"), (house.clinician2, "clinician")):
            type(person).objects.filter(pk=person.pk).update(username=name)
            person.refresh_from_db()
    move(edition.monograph, slug="movedumab", actor=house.publisher, reason="It has another name.")

    edition = make.submit(house, Edition.objects.get(pk=edition.pk))

    assert credits_of(edition) == {house.clinician.pk}
    assert codes("sign", edition, house.clinician) == ["counts_for_nothing"]
    assert codes("sign", edition, house.clinician2) == []


def pasted(kind):
    """A long text as it may be pasted: whole, inside of another, in another part, with other signs."""
    return {
        "whole": LONG,
        "a line among others": f"Words of nobody.\n\n{LONG}\n\nMore of them.",
        "with other signs": LONG.upper().replace(",", " –").replace(".", "!"),
    }[kind]


@pytest.mark.parametrize("kind", ["whole", "a line among others", "with other signs"])
@pytest.mark.parametrize("into", ["section", "notice", "monitoring", "header"])
def test_a_long_text_keeps_its_author_in_whatever_part_of_whatever_monograph(house, kind, into):
    written = make.draft(house, "writtenumab")
    make.reword(written, "monitoring", LONG, actor=house.clinician)
    give_up(written, house.clinician)
    edition = make.draft(house)
    text = pasted(kind)
    if into == "header":
        header = build(edition).header
        make.save_header(edition, header.replaced(introduction=text), seen=digest_of_part(header), actor=house.editor)
        key = "header"
    else:
        part = {
            "section": Section(key=uuid4(), kind="cautions", heading="Cautions", text=text),
            "notice": SafetyNotice(key=uuid4(), type="caution", severity="major", title="Mind", text=text, source="trial2020"),
            "monitoring": MonitoringItem(key=uuid4(), test="Blood", note=text),
        }[into]  # fmt: skip
        make.add_part(edition, part, actor=house.editor)
        key = str(part.key)

    assert credits_of(edition, key) == {house.editor.pk, house.clinician.pk}
    assert house.clinician.pk not in credits_of(edition, str(make.key("notice")))


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        (LONG, "Words of nobody.\n\n" + LONG.replace(" after ", "\nafter ") + "\n\nMore of them."),
        (f"1. {LONG}\n2. Nobody.", f"- Something.\n- {LONG}"),
        # without its marks and signs it is no longer long
        (f"{LONG[:60]} [@trial2020] [@trial2020].", LONG[:60]),
    ],
)
def test_a_copy_in_another_form_keeps_its_author(house, text, copied):
    written = make.draft(house, "writtenumab")
    make.reword(written, "monitoring", text, actor=house.clinician)
    edition = make.draft(house)

    make.reword(edition, "monitoring", copied, actor=house.editor)

    assert credits_of(edition) == {house.editor.pk, house.clinician.pk}


def test_words_spread_over_the_fields_of_a_part_are_found_together(house):
    item = MonitoringItem(
        key=uuid4(), test="Full blood count with differential", when="before the first dose is given",
        how_often="every three months", how_long="as long as it is taken",
    )  # fmt: skip
    written = make.draft(house, "writtenumab")
    make.add_part(written, item, actor=house.clinician)
    edition = make.draft(house)

    copy = item.replaced(key=uuid4())
    make.add_part(edition, copy, actor=house.editor)

    assert credits_of(edition, str(copy.key)) == {house.editor.pk, house.clinician.pk}


def test_short_words_of_another_monograph_are_nobodys(house):
    written = make.draft(house, "writtenumab")
    make.reword(written, "monitoring", SHORT, actor=house.clinician)
    edition = make.draft(house)

    make.reword(edition, "monitoring", SHORT, actor=house.editor)

    assert credits_of(edition) == {house.editor.pk}


def test_a_draft_that_comes_back_by_a_file_at_another_address_keeps_its_authors(house, tmp_path):
    """S16: the clinician's own draft, exported and imported by an editor; and once more from there."""
    written = make.draft(house, "writtenumab")
    make.reword(written, "monitoring", LONG, actor=house.clinician)

    for source, slug in (("writtenumab", "copiedumab"), ("copiedumab", "againumab")):
        out = StringIO()
        call_command("export_monographs", "--slug", source, "--edition", "open", stdout=out)
        line = json.loads(out.getvalue())
        line |= {"slug": slug}
        file = tmp_path / f"{slug}.jsonl"
        file.write_text(json.dumps(line) + "\n")
        call_command("import_monographs", str(file), "--actor", "editor2", stdout=StringIO())
        edition = Edition.objects.get(monograph__slug=slug)

        assert house.clinician.pk in credits_of(edition), slug
        change = ChangeSet.objects.get(edition=edition)
        assert house.clinician.pk in change.credits[MONITORING], slug
        assert change.actor.pk not in change.credits[MONITORING], slug
    make.reword(edition, "monitoring", f"{LONG} And so on.", actor=house.editor)
    review = EditionReview.load(make.submit(house, edition))
    assert MONITORING not in review.counts_for(house.clinician.pk)


def test_whose_words_a_part_kept_when_somebody_reworded_it_comes_back_with_it(house):
    """The clinician wrote it, an editor changed the end and it was published; it is copied from there."""
    first = amended(house, make.published(house), LONG, actor=house.clinician)
    ended = LONG.replace("for as long as it lasts", "until it ends")
    amended(house, first, ended, actor=house.editor)
    edition = make.draft(house, "copiedumab")

    make.reword(edition, "monitoring", ended, actor=house.editor2)

    assert credits_of(edition) == {house.editor.pk, house.editor2.pk, house.clinician.pk}


def test_a_text_moved_within_a_draft_keeps_its_author(house):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", LONG, actor=house.clinician)
    moved = Section(key=uuid4(), kind="cautions", heading="Cautions", text=LONG)

    make.add_part(edition, moved, actor=house.editor)

    assert credits_of(edition, str(moved.key)) == {house.editor.pk, house.clinician.pk}


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (SHORT, True),
        (f"Nobody else knows.\n\n- {SHORT} Then ask.", True),
        (SHORT.upper().replace("-", " "), True),
        ("Stop it at once if it falls.", False),  # other words
    ],
)
def test_short_words_that_are_put_under_another_heading_keep_their_author(house, text, own):
    """Nobody signs their own sentence because somebody else put it into another part of the page."""
    edition = make.start(house, make.published(house))
    stood = build(edition).by_key()[make.key("monitoring")].text
    make.reword(edition, "monitoring", f"{SHORT} And so on.", actor=house.clinician)
    moved = Section(key=uuid4(), kind="cautions", heading="Cautions", text=text)
    make.add_part(edition, moved, actor=house.editor)
    make.reword(edition, "monitoring", stood, actor=house.editor)
    edition = make.submit(house, edition)

    assert credits_of(edition, str(moved.key)) == {house.editor.pk} | ({house.clinician.pk} if own else set())
    assert codes("sign", edition, house.clinician) == (["counts_for_nothing"] if own else [])


@pytest.mark.parametrize(("text", "own"), [("Stop it if the count falls.", True), ("Stop if the count falls.", False)])
def test_six_words_are_one_persons_on_a_page_and_fewer_are_nobodys(house, text, own):
    edition = make.draft(house)
    make.reword(edition, "monitoring", text, actor=house.clinician)
    moved = SafetyNotice(key=uuid4(), type="caution", severity="major", title="Mind", text=text)
    make.add_part(edition, moved, actor=house.editor)

    assert (house.clinician.pk in credits_of(edition, str(moved.key))) is own


def test_what_is_published_carries_no_authors_into_the_next_edition(house):
    """Also where an edit is undone, or a text that was signed is put elsewhere on its page."""
    live = amended(house, make.published(house), LONG, actor=house.clinician)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "Otherwise.", actor=house.editor)
    make.reword(edition, "monitoring", LONG, actor=house.editor)
    moved = Section(key=uuid4(), kind="cautions", heading="Cautions", text=LONG)
    make.add_part(edition, moved, actor=house.editor)
    make.reword(edition, "monitoring", "Quite another thing.", actor=house.editor)

    assert credits_of(edition) == credits_of(edition, str(moved.key)) == {house.editor.pk}


def test_whoever_writes_the_same_later_takes_no_signature_away(house):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", LONG, actor=house.editor)
    edition = make.submit(house, edition)
    make.sign(edition, house.clinician)
    edition = make.sign(edition, house.pharmacist)
    other = make.draft(house, "otherumab")
    make.reword(other, "monitoring", LONG, actor=house.clinician)

    make.publish(house, edition)

    assert make.live().number == 2
    assert credits_of(other) == {house.editor.pk, house.clinician.pk}


# -- Words that were said over a page ----------------------------------------------------------------------------------


def said_in(house, page, how, text):
    """The pharmacist says this of a published page, and puts it into no edition."""
    if how == "correction":
        make.correct(house.pharmacist, page, "Tests go on for years.", text)
    elif how == "warning":
        make.warn(house.pharmacist, page, quote=text)
    else:
        make.withdraw(page.live.edition, house.pharmacist, reason=text)


@pytest.mark.parametrize(
    ("how", "said", "typed"),
    [
        ("correction", WORDS, WORDS),
        ("correction", WORDS, WORDS.replace("Give", "_Always_ give")),
        ("correction", "Tests go on for months.", "Tests go on for months."),
        ("correction", "Tests go on for months.", "Tests may go on for months, or longer."),
        ("correction", "Tests stop.", "Tests stop."),
        ("warning", WORDS, f"- {WORDS.replace('Give', 'Always give')}"),
        ("reason", f"It should say: {WORDS}", WORDS.replace("Give", "Always give")),
    ],
)
def test_what_somebody_said_over_a_page_is_theirs_when_it_comes_into_an_edition(house, how, said, typed):
    edition = make.start(house, make.published(house))
    said_in(house, edition.monograph, how, said)

    make.reword(edition, "monitoring", typed, actor=house.editor)

    assert credits_of(edition) == {house.editor.pk, house.pharmacist.pk}
    edition = make.submit(house, edition)
    with pytest.raises(Refused, match="You wrote or suggested everything that changed here"):
        make.sign(edition, house.pharmacist)


def test_a_correction_makes_nobody_the_author_of_what_the_page_said_or_of_other_parts(house):
    edition = make.start(house, make.published(house))
    said_in(house, edition.monograph, "correction", "Tests go on for months.")

    make.reword(edition, "monitoring", "Tests go on for years, and then end.", actor=house.editor)
    make.reword(edition, "prescribing", "- Go on for months [@trial2020].", actor=house.editor)

    assert credits_of(edition) == credits_of(edition, str(make.key("prescribing"))) == {house.editor.pk}


def test_a_reason_of_another_monograph_or_a_short_one_is_no_text(house):
    edition = make.start(house, make.published(house))
    other = make.published(house, "otherumab")
    make.withdraw(other, house.pharmacist, reason=WORDS)
    make.withdraw(edition.monograph.live.edition, house.clinician, reason="Tests go on for months.")

    make.reword(edition, "monitoring", "Tests go on for months.", actor=house.editor)

    assert credits_of(edition) == {house.editor.pk}


def test_whose_correction_came_into_the_page_does_not_vouch_for_it(house):
    live = make.published(house)
    make.correct(house.pharmacist, live.monograph, "Tests go on for years.", "Tests go on for months.")
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "Tests go on for months.", actor=house.editor)
    edition = make.submit(house, edition)
    for signer in (house.clinician, house.clinician2):
        make.sign(edition, signer)
    make.publish(house, edition)

    assert house.pharmacist.pk in authors_of_page(make.live())
    assert house.clinician.pk not in authors_of_page(make.live())


# -- The tier ----------------------------------------------------------------------------------------------------------


def test_whoever_gave_a_draft_up_cannot_lower_the_tier_that_it_would_need(house):
    """S3: written by a clinician, given up, the tier lowered, started again and restored: one signature where two were
    needed."""
    live = make.published(house)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "Mine.", actor=house.clinician)
    give_up(edition, house.clinician)

    with pytest.raises(Refused) as refused:
        set_tier(edition.monograph, "low", actor=house.clinician, reason="It is simple.")

    assert refused.value.codes == ["contributed"]
    assert Monograph.objects.get().tier == "standard"
    set_tier(edition.monograph, "low", actor=house.clinician2, reason="It is simple.")


def test_whoever_only_was_credited_since_the_live_edition_does_not_set_the_tier_either(house):
    live = make.published(house)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "Mine.", actor=house.clinician)
    then = ChangeSet.objects.filter(edition=edition).latest("at")
    give_up(edition, house.clinician)
    second = make.start(house, live)
    parts.restore(second, change=then, digest=make.seen(second), actor=house.editor)
    give_up(second, house.editor)

    for tier in ("low", "high"):
        with pytest.raises(Refused) as refused:
            set_tier(edition.monograph, tier, actor=house.clinician, reason="Why not.")
        assert refused.value.codes == ["contributed"]


def test_an_edition_that_was_given_up_before_the_live_one_is_forgotten(house):
    live = make.published(house)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "Mine.", actor=house.clinician)
    give_up(edition, house.clinician)
    amended(house, live, "Theirs.", actor=house.editor)

    set_tier(edition.monograph, "low", actor=house.clinician, reason="It is simple.")

    assert Monograph.objects.get().tier == "low"


# -- Still correct -----------------------------------------------------------------------------------------------------


@pytest.fixture
def nurse(house):
    """A registered nurse with the clinician's role, who wrote nothing."""
    make.give_role(house.nobody, "clinician", actor=house.admin)
    make.clinician(house.nobody, actor=house.admin, name="Test nurse", profession="nurse", number="12A3456E")
    return house.nobody


def withdrawn(house, edition, actor=None):
    make.withdraw(edition, actor or house.publisher)
    return edition


def test_whoever_wrote_the_shown_words_in_an_edition_before_does_not_vouch_for_them(house):
    first = amended(house, make.published(house), "The clinician wrote this.", actor=house.clinician)
    second = amended(house, first, "- Another section changed [@trial2020].", actor=house.editor, name="prescribing")
    withdrawn(house, second)

    with pytest.raises(Refused) as refused:
        make.vouch(second, house.clinician)

    assert refused.value.codes == ["contributed"]
    make.vouch(second, house.clinician2)


def test_whoever_wrote_words_of_which_some_are_left_does_not_vouch_and_whose_words_are_gone_does(house):
    first = amended(house, make.published(house), LONG, actor=house.clinician)
    changed = amended(house, first, LONG.replace("one month", "two months"), actor=house.editor)
    assert house.clinician.pk in authors_of_page(make.live())
    gone = amended(house, changed, "Nothing is measured at all.", actor=house.editor2)
    assert house.clinician.pk not in authors_of_page(make.live())

    make.vouch(withdrawn(house, gone), house.clinician)


def test_whoever_wrote_the_words_in_an_edition_that_was_given_up_or_in_another_monograph_does_not_vouch(house):
    live = make.published(house)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "The clinician’s.", actor=house.clinician)
    give_up(edition, house.clinician)
    elsewhere = make.draft(house, "elsewhere")
    make.reword(elsewhere, "monitoring", LONG, actor=house.clinician2)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "The clinician’s.", actor=house.editor)
    make.reword(edition, "prescribing", f"- {LONG} [@trial2020]", actor=house.editor)
    edition = make.submit(house, edition)
    for clinician in (house.clinician, house.clinician2, house.pharmacist):
        make.sign(edition, clinician)
    edition = withdrawn(house, make.publish(house, edition))

    assert authors_of_page(make.live()) >= {house.clinician.pk, house.clinician2.pk}
    for clinician in (house.clinician, house.clinician2):
        assert codes("still-correct", edition, clinician) == ["contributed"]
    assert codes("still-correct", edition, house.pharmacist) == []


def test_whoever_wrote_published_words_that_were_moved_to_another_part_does_not_vouch(house):
    """What was published carries no credits: only where the text itself is looked for its author is found."""
    first = amended(house, make.published(house), LONG, actor=house.clinician)
    edition = make.start(house, first)
    make.reword(edition, "monitoring", "Nothing is measured at all.", actor=house.editor)
    make.reword(edition, "prescribing", f"- {LONG} [@trial2020]", actor=house.editor)
    edition = make.submit(house, edition)
    for clinician in (house.clinician, house.clinician2):
        make.sign(edition, clinician)
    edition = withdrawn(house, make.publish(house, edition))

    assert house.clinician.pk in authors_of_page(make.live())
    assert codes("still-correct", edition, house.clinician) == ["contributed"]
    assert codes("still-correct", edition, house.clinician2) == []


def test_whose_registration_was_verified_by_an_author_of_before_does_not_vouch(house):
    first = amended(house, make.published(house), "The verifier wrote this.", actor=house.editor2)
    second = amended(house, first, "- Another section [@trial2020].", actor=house.editor, name="prescribing")
    withdrawn(house, second)
    with audited_write(actor=house.admin) as trail:
        profile = ClinicianProfile.objects.get(user=house.clinician)
        profile.verified_by = house.editor2
        trail.save(profile, "verified_by")
        trail.record("changed", "test")

    assert codes("still-correct", second, house.clinician) == ["verified_by_contributor"]


def test_a_page_of_a_high_tier_comes_back_on_its_full_set_alone(house, nurse):
    edition = make.submit(house, make.draft(house, traits=("insulin",)))
    assert edition.monograph.tier == "high"
    make.sign(edition, house.clinician)
    edition = withdrawn(house, make.publish(house, make.sign(edition, house.pharmacist)))

    make.vouch(edition, nurse)
    assert codes("reinstate", edition, house.publisher) == ["not_vouched"]
    make.vouch(edition, house.clinician2)
    assert codes("reinstate", edition, house.publisher) == ["not_vouched"]
    make.vouch(edition, house.pharmacist)
    assert codes("reinstate", edition, house.publisher) == []


def test_a_tier_that_was_lowered_since_lets_no_page_back_on_fewer(house):
    edition = make.submit(house, make.draft(house))
    set_tier(edition.monograph, "high", actor=house.clinician2, reason="To be sure.")
    make.sign(edition, house.clinician)
    edition = withdrawn(house, make.publish(house, make.sign(edition, house.pharmacist)))
    set_tier(edition.monograph, "low", actor=house.clinician2, reason="Not so sure.")

    make.vouch(edition, house.pharmacist)

    assert codes("reinstate", edition, house.publisher) == ["not_vouched"]
    make.vouch(edition, house.clinician)
    assert codes("reinstate", edition, house.publisher) == []


def test_one_of_those_who_vouch_had_no_hand_in_the_withdrawal(house):
    edition = make.published(house)
    make.withdraw(edition, house.clinician)
    make.give_role(house.pharmacist, "publisher", actor=house.admin)
    pharmacist = type(house.pharmacist).objects.get(pk=house.pharmacist.pk)
    perform("confirm-withdrawal", editions=[edition], actor=pharmacist, digest=make.seen(edition))
    for clinician in (house.clinician, house.pharmacist):
        make.vouch(edition, clinician)

    with pytest.raises(Refused) as refused:
        perform("reinstate", editions=[edition], actor=house.publisher, digest=make.seen(edition))

    who = "a clinician who neither withdrew it nor confirmed that"
    assert [(one.code, one.sentence) for one in refused.value.refusals] == [
        (
            "not_vouched",
            f"First {who} must sign that it is still correct. Nobody who wrote it can.",
        )
    ]
    make.vouch(edition, house.clinician2)
    perform("reinstate", editions=[edition], actor=house.publisher, digest=make.seen(edition))
    assert not Overlay.objects.unlifted().exists()


# -- Withdrawals of both kinds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["clinician", "publisher"])
@pytest.mark.parametrize("second", ["clinician", "clinician2", "publisher", "both"])
def test_whatever_was_withdrawn_by_whom_somebody_can_confirm_each(house, first, second):
    """`both` is clinician and publisher at once: they act as a publisher. Whoever can confirm any confirms those, and
    in the end nothing waits."""
    make.give_role(house.nobody, "publisher", actor=house.admin)
    make.give_role(house.nobody, "clinician", actor=house.admin)
    people = {"both": type(house.nobody).objects.get(pk=house.nobody.pk)}
    edition = make.published(house)
    make.withdraw(edition, house.people[first])
    make.withdraw(edition, people.get(second) or house.people[second], "take_down")

    waiting = lambda: EditionReview.load(edition).unconfirmed  # noqa: E731
    for person in (house.clinician2, house.clinician, house.publisher, people["both"]):
        if not codes("confirm-withdrawal", edition, person):
            before = len(waiting())
            perform("confirm-withdrawal", editions=[edition], actor=person, digest=make.seen(edition))
            assert len(waiting()) < before

    assert waiting() == []
    assert all(one.second.by_id != one.by_id for one in EditionReview.load(edition).withdrawals)


# -- Who moved parts ---------------------------------------------------------------------------------------------------


@pytest.fixture
def long_list(house):
    """A draft with many references, that was put in another order."""
    references = tuple(
        Citation(key=make.key(f"r{n}"), label=f"r{n}", csl={"type": "book", "title": f"Book {n}"}) for n in range(1_500)
    )
    edition = make.draft(house, "longumab", make.document().replaced(citations=references, sections=()))
    keys = [one.key for one in references]
    parts.save_order(edition, "citation", [*keys[1:], keys[0]], seen=keys, actor=house.editor2)
    return edition


def test_a_long_list_of_references_is_compared_in_little_time_and_memory(house, long_list):
    then = ChangeSet.objects.filter(edition=long_list).earliest("at", "revision_id").after.value

    with within(12):  # all pairs took 34 s, on the same machine
        tracemalloc.start()
        found = earlier_authors(long_list.monograph, then, ["order"])
        now = earlier_authors(long_list.monograph, build(long_list), ["order"])
        _size, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (found, now) == ({}, {"order": [house.editor2.pk]})
    assert peak < 40_000_000


def test_no_document_is_read_where_the_order_is_not_asked(house, long_list):
    document = build(long_list)
    key = str(document.citations[3].key)
    with CaptureQueriesContext(connection) as queries:
        found = earlier_authors(long_list.monograph, document, ["header", key])

    assert found == {"header": [house.editor.pk], key: [house.editor.pk]}
    assert [one["sql"] for one in queries if 'FROM "monographs_document"' in one["sql"]] == []
