"""A page and the corrections over it: every place is one that can be quoted, and the words are marked there."""

import re
from datetime import UTC, datetime

import pytest

from monographs.document import Citation, MonitoringItem, Section
from monographs.models import Overlay
from monographs.pages.corrected import places_of
from monographs.pages.page_model import Archive
from monographs.pages.places import FIELDS, choices
from monographs.pages.related import Related
from monographs.signable import signable
from monographs.texts.quotes import folded, found_in
from monographs.texts.text import plain
from tests import factories as make
from tests import whole
from tests.monographs.pages.test_page import html, publication, shown, words
from tests.monographs.texts.test_quotes import Nesting

AT = datetime(2026, 7, 4, 9, 0, tzinfo=UTC)
DOSE = make.dose("dose", since="2026-07-04", reason="Its 40 mg are read anew.", instead="Take the 50 mg of the label.")
WHOLE = signable(whole.whole().model_copy(update={"regimens": (DOSE,)}))
FOR_WHOM = WHOLE.regimens[0].for_whom
DOSE_LABEL = f"Dose: {FOR_WHOM.removesuffix('.')}"
CHOSEN = [Related("otherumab", "Otherumab", "comparator of the trial", make.key("link"))]


def erratum(wrong, pk=7, places=None, editions=(3,), right="Something else.", until=None):
    one = Overlay(
        pk=pk, kind="erratum", at=AT, wrong=wrong, right=right, harm="minor", editions=list(editions), places=places,
        said_from=AT, by_title="pharmacist",
    )  # fmt: skip
    Overlay._meta.get_field("second_signature").set_cached_value(one, None)
    one.said_until = until
    return one


def under(document, *errata, **more):
    return html(document, publication=publication(), overlays=errata, **more)


# What a reader may quote of the whole document -> where it stands.
QUOTES = [
    ("Wholumab in one condition", "header", "title", "Title"),
    ("Wholera", "header", "brands", "Brand names"),
    ("Wholumabe (British name), Wholuzumab (American name), Wholumabum", "header", "names", "Other names"),
    ("WH-7", "header", "names", "Other names"),
    ("Multiple sclerosis", "header", "class_path", "Therapeutic class"),
    ("An antibody that was made up.", "header", "introduction", "Introduction"),
    ("It covers one condition only.", "header", "covers", "What it covers"),
    ("Not covered: the other condition.", "header", "not_covered", "What it does not cover"),
    ("Its 20 mg are read anew. Waiting since 4 May 2026.", "header", "dosing_reason", "Dose, why none is published"),
    ("Take the 30 mg of the label. See the SmPC of Wholera 10 mg, section 4.2, revision of 14 August 2023.", "header", "dosing_instead", "Dose, what to do now"),
    ("What it is for", "uses", "heading", "What it is for, heading"),
    ("One condition.", "uses", "text", "What it is for"),
    ("What to watch", "watch", "heading", "What to watch, heading"),
    ("Watching goes on.", "watch", "text", "What to watch"),
    ("Blood count of 5 mL", "count", "test", "Monitoring: Blood count of 5 mL, name of the test"),
    ("Before day 1, then every 2 months for 3 years.", "count", "schedule", "Monitoring: Blood count of 5 mL, when and how often"),
    ("every 2 months", "count", "schedule", "Monitoring: Blood count of 5 mL, when and how often"),
    ("After 4 weeks again.", "count", "note", "Monitoring: Blood count of 5 mL, note"),
    ("Stop after 6 days", "boxed", "title", "Safety notice: Stop after 6 days, title"),
    ("The heart slows.", "boxed", "text", "Safety notice: Stop after 6 days"),
    ("What to do: Act within 7 hours.", "boxed", "action", "Safety notice: Stop after 6 days, what to do"),
    ("The first agency, 12 February 2020; replaces: the first notice.", "boxed", "provenance", "Safety notice: Stop after 6 days, who issued it"),
    ("Only in hospital", "restriction", "title", "Safety notice: Only in hospital, title"),
    ("The liver suffers.", "restriction", "text", "Safety notice: Only in hospital"),
    ("The second agency, March 2021", "restriction", "provenance", "Safety notice: Only in hospital, who issued it"),
    ("It is rare.", "shortage", "text", "Safety notice: Little of it is there"),
    ("Order early.", "shortage", "action", "Safety notice: Little of it is there, what to do"),
    ("Familia G. A record of everything. Journal of Records 2019; 41(7): 101–109. doi:10.1234/record.5 PMID 7654321", "record", "reference", "Reference 1"),
    ("41(7): 101–109", "record", "reference", "Reference 1"),
    ("Wholera 10 mg. Summary of product characteristics. Whole Pharma. 2023.", "smpc", "reference", "Reference 2"),
    (FOR_WHOM, "dose", "dose", f"{DOSE_LABEL}, for whom"),
    ("Its 40 mg are read anew.", "dose", "dose_reason", f"{DOSE_LABEL}, why it is not published"),
    ("Take the 50 mg of the label.", "dose", "dose_instead", f"{DOSE_LABEL}, what to use instead"),
    ("comparator of the trial", "link", "reason", "Related: otherumab, reason of the link"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "part", "field", "label"), QUOTES)
def test_what_a_page_says_is_found_and_marked_where_it_stands(wrong, part, field, label):
    part = part if part == "header" else str(make.key(part))
    before = html(WHOLE, publication=publication(), chosen=CHOSEN)
    found = choices({3: places_of(shown(WHOLE, chosen=CHOSEN))}, wrong)
    (choice,) = (one for one in found if (one.part, one.field) == (part, field))

    marked = under(WHOLE, erratum(wrong, places=choice.stored()), chosen=CHOSEN)

    assert (choice.label, choice.words) == (label, wrong)
    assert f'Marked where it stands: <a href="#wrong-7-1">{label}</a>.' in marked
    assert marked.count('id="wrong-7-1"') == 1
    assert marked.count('href="#erratum-7"><span class="vh">Corrected: </span>see correction 1</a>') == 1
    body = re.sub(r'<div id="correction">.*?</section>\s*</div>', "", marked, flags=re.DOTALL)
    rest = re.sub(r"</?mark[^>]*>| <a class=\"corrected\".*?</a>", "", body)
    contents = '<li><a href="#correction">Correction</a></li>'
    chips = '<span class="chip chip-late">Correction</span>', '<span class="chip chip-published">Text reviewed</span>'
    assert rest.replace(contents, "").replace(*chips) == before
    held = folded(
        words("".join(re.findall(r'<mark class="wrong"[^>]*>(.*?)</mark>', marked, re.DOTALL)).replace("&nbsp;", " "))
    )
    assert held.replace(" ", "") == wrong.replace(" ", "")
    nesting = Nesting()
    nesting.feed(re.sub(r"<meta[^>]*>", "", marked))
    assert not [one for one in nesting.wrong if one != "a in ul"]


def test_the_examples_are_of_every_kind_of_field():
    asked = {field for _wrong, _part, field, _label in QUOTES}

    assert asked | {"name"} == set(FIELDS)
    assert [(place.part, place.text.words) for place in places_of(shown(WHOLE)) if place.field == "name"] == [
        ("header", "Wholumab")
    ]


def test_whatever_is_shown_of_a_field_can_be_quoted():
    """Property: each value of each field that the page prints is words of a place; none of a place twice."""
    page = words(html(WHOLE, chosen=CHOSEN))
    places = places_of(shown(WHOLE, chosen=CHOSEN))
    keys = [(place.part, place.field) for place in places]
    assert len(keys) == len(set(keys))

    values = {folded(plain(value)) for value in whole.leaves(WHOLE).values() if isinstance(value, str)}
    printed = {value for value in values if found_in(page, value)}
    assert len(printed) > 40
    # Words of the house that some field happens to have for a code.
    assert {one for one in printed if not any(found_in(place.text.words, one) for place in places)} <= {
        "information",
        "indications",
    }


def test_a_page_without_corrections_holds_no_mark():
    assert shown(WHOLE, publication=publication()).marks is None
    assert "wrong" not in html(WHOLE, publication=publication())


# -- Corrections ---------------------------------------------------------------------------------------------------------


FOUR = make.document(
    sections=(
        Section(key=make.key("a"), kind="prescribing", heading="Practice", text="Look monthly [@trial2020]. Again **mon**thly, then *monthly*."),
        Section(key=make.key("b"), kind="monitoring", heading="Monitoring", text="Bloods: monthly."),
    ),
    monitoring=(MonitoringItem(key=make.key("fbc"), test="Full blood count", when="before", how_often="monthly"),),
)  # fmt: skip


def places_said(wrong, document=FOUR):
    return choices({3: places_of(shown(document))}, wrong)


def marked_in(markup, pk=7):
    return re.findall(rf'<a href="#wrong-{pk}-\d+">(.*?)</a>', markup)


def test_just_the_chosen_of_several_places_are_marked():
    found = places_said("monthly")
    assert [(one.label, one.before[-8:], one.after[:8]) for one in found] == [
        ("Monitoring", "Bloods: ", "."), ("Monitoring: Full blood count, when and how often", "Before; ", "."),
        ("Practice", "Look ", ". Again "), ("Practice", ". Again ", ", then m"), ("Practice", "y, then ", "."),
    ]  # fmt: skip

    markup = under(FOUR, erratum("monthly", places=[*found[3].stored(), *found[1].stored()]))

    assert marked_in(markup) == ["Monitoring: Full blood count, when and how often", "Practice"]
    assert 'Look monthly<sup class="cite">' in markup
    assert '<strong><mark class="wrong" id="wrong-7-2">mon</mark></strong><mark class="wrong">thly</mark> <a' in markup
    assert 'Before; <mark class="wrong" id="wrong-7-1">monthly</mark> <a' in markup
    assert markup.count("<mark") == 3


def test_a_correction_that_names_no_places_marks_all_that_stand():
    assert len(marked_in(under(FOUR, erratum("monthly")))) == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"wrong": "yearly"},
        {"wrong": "Monthly"},
        {"editions": [2]},
        {"places": []},
        {"places": [{"edition": 2, "part": str(make.key("b")), "field": "text", "nth": 0}]},
        {"places": [{"edition": 3, "part": str(make.key("b")), "field": "text", "nth": 1}]},
        {"places": [{"edition": 3, "part": str(make.key("b")), "field": "heading", "nth": 0}]},
    ],
)
def test_words_that_do_not_stand_there_are_marked_nowhere(changes):
    one = erratum(**{"wrong": "monthly", **changes})

    markup = under(FOUR, one)

    assert "<mark" not in markup
    assert "Marked where" not in markup
    assert '<span class="kind">Correction</span>' in markup  # as it always was


def test_an_edition_that_a_correction_does_not_name_is_never_marked():
    """The words may be right in an edition that came later; an old correction says nothing of where it meant them."""
    markup = under(FOUR, erratum("monthly", editions=[2]), erratum("Before; monthly.", 8))

    assert (marked_in(markup), marked_in(markup, 8)) == ([], ["Monitoring: Full blood count, when and how often"])


def test_two_corrections_are_told_apart_and_may_overlap():
    first, second, third = (
        erratum("Bloods: monthly", 7), erratum("yearly", 8), erratum("monthly.", 9, places=places_said("monthly.")[0].stored())
    )  # fmt: skip

    markup = under(FOUR, first, second, third)

    assert re.findall(r'class="kind">(Correction[^<]*)<', markup) == ["Correction 1", "Correction", "Correction 2"]
    assert (
        '<mark class="wrong" id="wrong-7-1">Bloods: </mark><mark class="wrong" id="wrong-9-1">monthly</mark> <a class="corrected" href="#erratum-7">'
        in markup
    )
    assert 'see correction 1</a><mark class="wrong">.</mark> <a class="corrected" href="#erratum-9">' in markup


def test_words_in_a_withheld_part_are_marked_nowhere():
    withheld = Overlay(pk=2, kind="withhold", part=make.key("fbc"), at=AT, reason="the source has changed")
    Overlay._meta.get_field("second_signature").set_cached_value(withheld, None)

    markup = html(FOUR, publication=publication(), overlays=(withheld, erratum("before; monthly.")))

    assert "<mark" not in markup
    assert "Marked where" not in markup


def test_an_old_edition_marks_its_own_words():
    archive = Archive(AT, AT, "Its words are the same.")

    markup = under(FOUR, erratum("Bloods: monthly."), archive=archive)

    assert marked_in(markup) == ["Monitoring"]
    assert ", edition 3</h1>" in markup


def test_each_link_leads_to_a_place_that_is_there_once():
    markup = under(FOUR, erratum("monthly"), erratum("Bloods: monthly.", 9), erratum("Testazumab", 11))

    ids = re.findall(r'\bid="([^"]+)"', markup)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', markup)) <= set(ids)
    assert '<h1><mark class="wrong" id="wrong-11-1">Testazumab</mark> <a class="corrected"' in markup


def test_marks_of_hostile_words_run_nothing():
    hostile = "<script>alert(1)</script> & \"x\" 'y'"
    doc = FOUR.replaced(
        sections=[FOUR.sections[0].replaced(text=f"Say {hostile}.", heading=hostile)],
        citations=[Citation(key=make.key("t"), label="trial2020", csl={"title": hostile})],
    )

    markup = under(doc, erratum(hostile))

    assert "<script>" not in markup
    assert len(marked_in(markup)) == 3
