"""What ends the question of a text that is printed otherwise than typed: an edition, corrections, "harmless"."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monographs.digest import digest_of_part
from monographs.models import Monograph
from monographs.pages.said import said
from reviews.access.refusals import Refused
from reviews.audit import acts
from reviews.audit.trail import audited_write
from reviews.changes import change_set
from reviews.editing import parts
from reviews.misprints import LONGEST_REASON, call_harmless, judge, of_monographs
from reviews.models import AuditEvent, HarmlessMisprint, Misprint
from tests import factories as make
from tests import tables

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SAID = "Nobody doses by it."


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house, "testazumab", make.misprinted())
    make.published(house, "plainzumab")


def page(slug="testazumab"):
    return Monograph.objects.select_related("live").get(slug=slug)


def row(name, number=1):
    return Misprint.objects.get(
        publication__monograph__slug="testazumab", publication__number=number, key=make.key(name)
    )


def decided():
    """{(edition, name): what was decided, "" for nothing}"""
    names = {str(make.key(name)): name for name in make.MISPRINTED}
    return {(one.row.publication.number, names[one.row.key]): one.decided for one in of_monographs([page().pk])}


def still_open():
    return sorted(key for key, said in decided().items() if not said)


def harmless(house, name, *, actor=None, reason=SAID, **changes):
    one = row(name)
    given = {"part": one.key, "digest": one.digest, **changes}
    return call_harmless(page(), actor=actor or house.clinician, reason=reason, **given)


def next_edition(house, **texts):
    """Published with these words in the sections of these names, by the rules of today."""
    edition = make.start(house, page().live.edition)
    for name, text in texts.items():
        make.reword(edition, name, text, actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    return make.publish(house, make.sign(edition, house.pharmacist))


def test_every_text_of_before_that_loses_signs_waits_and_nothing_else(house):
    assert decided() == {(1, name): "" for name in make.MISPRINTED}
    assert of_monographs([page("plainzumab").pk]) == []
    assert all(one.is_open and one.is_live for one in of_monographs(Monograph.objects.all()))


# -- An edition --------------------------------------------------------------------------------------------------------


def test_an_edition_whose_words_were_changed_ends_it_and_the_rest_waits_on(house):
    next_edition(house, alleles="Ask for HLA-B*15:02 and HLA-A*31:01.")

    found = decided()

    assert found[1, "alleles"] == "ended by edition 2"
    assert (2, "alleles") not in found
    others = sorted(set(make.MISPRINTED) - {"alleles"})
    assert still_open() == sorted([(1, name) for name in others] + [(2, name) for name in others])


def test_an_edition_without_the_part_ends_it(house):
    edition = make.start(house, page().live.edition)
    section = next(one for one in make.misprinted().sections if one.key == make.key("minus"))
    parts.remove_part(edition, section, seen=digest_of_part(section), actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))

    assert decided()[1, "minus"] == "ended by edition 2"


# -- Corrections -------------------------------------------------------------------------------------------------------


def test_a_correction_of_its_words_ends_it_while_it_stands(house):
    erratum = make.correct(house.pharmacist, page(), "1.510^9/L or platelets below 10010^9/L", "1.5 × 10⁹/L")

    assert {name for (_, name), said in decided().items() if said == "corrected"} == {"exponents"}
    make.lift(erratum, house.pharmacist)
    assert (1, "exponents") in still_open()


@pytest.mark.parametrize("wrong", ["Stop below 1.510^9/L", "Stop", "Start slowly"])
def test_a_correction_of_other_words_or_of_one_figure_of_two_does_not(house, wrong):
    make.correct(house.pharmacist, page(), wrong, "Other words.")

    assert len(still_open()) == len(make.MISPRINTED)


def test_two_corrections_may_share_the_places_of_a_text(house):
    make.correct(house.pharmacist, page(), "below 1.510^9/L", "1.5 × 10⁹/L")
    make.correct(house.pharmacist, page(), "below 10010^9/L", "100 × 10⁹/L")

    assert decided()[1, "exponents"] == "corrected"


def test_a_correction_of_an_older_edition_ends_nothing_of_a_later_one(house):
    """It stands over that edition, and not for ever over this one."""
    make.correct(house.pharmacist, page(), "Ask for HLA-B15:02 and HLA-A31:01 first.", "HLA-B*15:02")
    next_edition(house, monitoring="Tests go on for ten years.")

    assert (decided()[1, "alleles"], decided()[2, "alleles"]) == ("corrected", "")


WRAPPED = "Adults: give 5\n- 10 mg once daily at night."


@pytest.fixture
def doubled(db):
    """The words of a misprint stand rightly in another part, in a heading, and in the text itself."""
    house = make.the_house()
    doc = make.misprinted(wrapped=f"Begin with 10 mg once daily. {WRAPPED}", exponents="10 mg once daily below 2*3*4.")
    plain = doc.sections[0].replaced(
        key=make.key("plain"), text="Children: 10 mg once daily.", heading="On 10 mg once daily"
    )
    head = doc.by_key()[make.key("wrapped")].replaced(heading="10 mg once daily")
    sections = (plain, *(head if one.key == head.key else one for one in doc.sections))
    make.published(house, "testazumab", doc.replaced(sections=sections))
    return house


def at(words, name, field="text", nth=0):
    return tuple(
        one.key for one in said(page(), words).choices
        if (one.part, one.field) == (str(make.key(name)), field) and nth in [n for _edition, n in one.at]
    )  # fmt: skip


@pytest.mark.parametrize("words", ["10 mg", "10 mg once daily", "mg once"])
@pytest.mark.parametrize(
    "where", [("plain",), ("plain", "heading"), ("exponents",), ("wrapped", "heading"), ("wrapped",)]
)
def test_a_correction_of_the_same_words_elsewhere_does_not(doubled, words, where):
    places = at(words, *where)
    assert len(places) == 1
    make.correct(doubled.pharmacist, page(), words, "Other words.", places=places)

    assert still_open() == [(1, "exponents"), (1, "wrapped")]


@pytest.mark.parametrize("words", ["10 mg", "10 mg once daily", "mg once"])
def test_a_correction_of_just_these_words_ends_it(doubled, words):
    make.correct(doubled.pharmacist, page(), words, "Other words.", places=at(words, "wrapped", nth=1))

    assert still_open() == ([(1, "exponents"), (1, "wrapped")] if words == "mg once" else [(1, "exponents")])


def test_a_correction_of_before_that_names_no_places_ends_it_wherever_its_words_stand(doubled):
    erratum = make.correct(
        doubled.pharmacist, page(), "10 mg once daily", "Other words.", places=at("10 mg once daily", "plain")
    )
    with tables.no_triggers():
        type(erratum).objects.filter(pk=erratum.pk).update(places=None)

    assert decided()[1, "wrapped"] == "corrected"


# -- Harmless ----------------------------------------------------------------------------------------------------------


def test_harmless_leaves_a_row_an_entry_and_the_words(house):
    made = harmless(house, "minus")

    one, entry = row("minus"), AuditEvent.objects.latest("seq")
    assert decided()[1, "minus"] == f"harmless: {SAID}"
    assert (entry.verb, entry.subject, entry.actor, entry.reason, entry.digest) == (
        "called_harmless", "monograph:testazumab", house.clinician, SAID, one.digest,
    )  # fmt: skip
    words = {"label": "Minus", "typed": "Store at - 20 °C", "shown": "Store at • 20 °C"}
    told = {"harmless": made.pk, "part": one.key, "editions": [1], **words}
    assert {name: entry.data[name] for name in told} == told
    assert (made.by, made.by_title, made.at) == (house.clinician, "neurologist", entry.at)
    assert f"reviews.harmlessmisprint:{made.pk}" in entry.data["rows"]
    assert HarmlessMisprint.objects.count() == 1


def test_it_holds_for_the_same_words_of_a_later_edition_and_for_no_others(house):
    harmless(house, "minus")
    harmless(house, "alleles")
    edition = make.start(house, page().live.edition)
    texts = {**make.MISPRINTED, "alleles": "Ask for HLA-B*15:02 and HLA-A*31:01 at once."}
    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Before") as change:
        change.load(make.misprinted(**texts))  # by the rules of before
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))

    found = decided()

    assert (found[1, "minus"], found[2, "minus"]) == (f"harmless: {SAID}",) * 2
    assert (found[1, "alleles"], found[2, "alleles"]) == (f"harmless: {SAID}", "")


@pytest.mark.parametrize("reason", ["", " \n\t ", ".", "…", "- -", "?!", "**", "1.", "—"])
def test_a_reason_is_needed(house, reason):
    with pytest.raises(Refused) as refused:
        harmless(house, "minus", reason=reason)

    assert [(one.code, one.field) for one in refused.value.refusals] == [("reason", "reason")]
    assert AuditEvent.objects.latest("seq").data["codes"] == ["reason"]
    assert not HarmlessMisprint.objects.exists()


@pytest.mark.parametrize(
    ("reason", "code"),
    [("x\u202ey", "characters"), ("Number 943 476 5919", "patient_data"), ("x" * (LONGEST_REASON + 1), "too_long")],
)
def test_a_reason_that_may_not_be_kept_is_refused(house, reason, code):
    with pytest.raises(Refused) as refused:
        harmless(house, "minus", reason=reason)

    assert refused.value.codes == [code]
    assert not HarmlessMisprint.objects.exists()


@pytest.mark.parametrize("person", ["editor", "publisher", "auditor", "admin", "nobody"])
def test_only_a_clinician_of_the_class_says_so(house, person):
    with pytest.raises(Refused) as refused:
        harmless(house, "minus", actor=house.people[person])

    assert refused.value.codes == ["not_granted"]
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.data["action"]) == ("refused", "call_harmless")
    assert (1, "minus") in still_open()


def test_words_that_are_shown_as_typed_or_of_another_part_are_no_question(house):
    plain = str(make.key("monitoring"))
    for changes in ({"part": plain}, {"digest": "0" * 64}, {"part": str(make.key("alleles"))}):
        with pytest.raises(Refused) as refused:
            harmless(house, "minus", **changes)
        assert refused.value.codes == ["no_such_part"]
    with pytest.raises(Refused):
        call_harmless(
            page("plainzumab"), part=row("minus").key, digest=row("minus").digest, actor=house.clinician, reason=SAID
        )


def test_it_is_said_once(house):
    harmless(house, "minus")
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        harmless(house, "minus", actor=house.pharmacist, reason="I think so, too.")

    assert refused.value.codes == ["answered_already"]
    assert AuditEvent.objects.count() == before


def test_a_form_that_is_sent_twice_says_it_once(house):
    token = acts.new_token()
    with acts.of_form(token):
        harmless(house, "minus")
    with pytest.raises(Refused) as refused, acts.of_form(token):
        harmless(house, "minus")

    assert refused.value.codes == ["done_already"]
    assert HarmlessMisprint.objects.count() == 1


# -- What it takes -----------------------------------------------------------------------------------------------------


def taken(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_one_query_where_there_is_none_and_four_however_many_there_are(house):
    assert taken(lambda: of_monographs([page("plainzumab").pk])) - 1 == 1
    make.correct(house.pharmacist, page(), "Ask for HLA-B15:02 and HLA-A31:01 first.", "HLA-B*15:02")
    assert taken(lambda: of_monographs(Monograph.objects.all())) == 4
    make.published(house, "secondzumab", make.misprinted())
    make.correct(house.pharmacist, page("secondzumab"), "20 °C", "−20 °C")
    assert taken(lambda: of_monographs(Monograph.objects.all())) == 4


def test_a_document_that_cannot_be_read_counts_as_uncorrected(house):
    make.correct(house.pharmacist, page(), "Ask for HLA-B15:02 and HLA-A31:01 first.", "HLA-B*15:02")
    assert decided()[1, "alleles"] == "corrected"
    with tables.no_triggers():
        type(page().live.document).objects.filter(pk=page().live.document_id).update(text='{"schema_version": 9}')

    assert decided()[1, "alleles"] == ""


def test_rows_that_are_not_kept_are_judged_alike(house):
    """As `check_text` makes them of the documents."""
    rows = list(Misprint.objects.select_related("publication__live_of", "publication__monograph__live"))
    assert [one.decided for one in judge(rows)] == [""] * len(make.MISPRINTED)
    assert judge([]) == []
