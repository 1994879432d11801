"""The page comes from the declaration: what stands together, and what has no spot in the template."""

import re
from dataclasses import replace
from typing import Annotated, Literal

import pytest
from django.template.loader import render_to_string

from monographs import document as values
from monographs.declared import Declared, declared_of
from monographs.pages import places
from monographs.pages.corrected import places_of
from monographs.pages.lines import LAID_OUT, joined, lines_of, run_on, unplaced
from monographs.pages.page import page
from monographs.pages.related import linked
from monographs.standing import Standing, shown, today
from monographs.typed import Day, Line
from tests import factories as make
from tests import whole

ODD = Annotated[Line, Declared("Odd one")]
WORDS = {"y": "Yes, always", "n": "Never"}


class Header(values.Header):
    odd: ODD = ""


class Dosing(values.Dosing):
    odd: ODD = ""


class Section(values.Section):
    odd: ODD = ""


class Monitoring(values.MonitoringItem):
    also: Annotated[Line, Declared("Also", place="note")] = ""
    fasting: Annotated[Literal["", "y", "n"], Declared("Fasting", choices=WORDS, place="schedule")] = ""
    odd: ODD = ""
    choice: Annotated[Literal["", "y", "n"], Declared("Odd choice", choices=WORDS)] = ""
    day: Annotated[Day, Declared("Odd day", is_date=True)] = ""


class Notice(values.SafetyNotice):
    from_whom: Annotated[Line, Declared("From", place="provenance", lead="told by ")] = ""
    odd: ODD = ""


class Citation(values.Citation):
    odd: ODD = ""


class Link(values.RelatedLink):
    odd: ODD = ""


def with_fields(model, value, **fields):
    return model.model_construct(**{name: getattr(value, name) for name in type(value).model_fields}, **fields)


@pytest.fixture
def markup():
    """The page of a document of which every part has a field that the template does not know."""
    doc = whole.whole()
    odd = doc.model_copy(
        update={
            "header": with_fields(Header, doc.header, odd="odd header").model_copy(
                update={"dosing": with_fields(Dosing, doc.header.dosing, odd="odd dosing")}
            ),
            "sections": (with_fields(Section, doc.sections[0], odd="odd section"), *doc.sections[1:]),
            "monitoring": (
                with_fields(
                    Monitoring, doc.monitoring[0], odd="odd 5 mg", fasting="y", choice="n", day="2026-02-01", also="Too"
                ),
            ),
            "notices": (
                with_fields(Notice, doc.notices[0], odd="odd <notice>", from_whom="a friend"),
                *doc.notices[1:],
            ),
            "citations": (with_fields(Citation, doc.citations[0], odd="odd citation"), *doc.citations[1:]),
            "related": (with_fields(Link, doc.related[0], odd="odd link"),),
        }
    )
    seen = shown(odd, Standing(today=today()), 1)
    made = page(seen, set(), chosen=[linked(one, "Other") for one in odd.related])
    return made, render_to_string("monographs/_monograph.html", {"page": made})


@pytest.mark.parametrize(
    "line",
    [
        "<p><strong>Odd one:</strong> odd header</p>", "<p><strong>Odd one:</strong> odd dosing</p>",
        "<p><strong>Odd one:</strong> odd section</p>", "<p><strong>Odd one:</strong> odd citation</p>",
        "<p><strong>Odd one:</strong> odd link</p>", "<p><strong>Odd one:</strong> odd &lt;notice&gt;</p>",
        "<p><strong>Odd choice:</strong> Never</p>", "<p><strong>Odd day:</strong> 1 February 2026</p>",
    ],
)  # fmt: skip
def test_what_has_no_spot_in_the_template_is_a_line_of_its_own(markup, line):
    assert markup[1].count(line) == 1


def test_a_number_in_such_a_line_keeps_its_unit(markup):
    assert markup[1].count('<p><strong>Odd one:</strong> odd <span class="q">5&nbsp;mg</span></p>') == 1


def test_what_stands_together_is_said_in_the_words_of_its_choices(markup):
    bare = re.sub(r"<[^>]*>", "", markup[1]).replace("&nbsp;", " ")

    assert "Before day 1, then every 2 months for 3 years; Yes, always." in bare
    assert re.search(r"After 4 weeks again\. .*Too", bare)
    assert "The first agency, 12 February 2020; replaces: the first notice; told by a friend." in markup[1]


def test_such_a_line_is_a_place_of_a_correction(markup, monkeypatch):
    models = (Header, Dosing, Section, Monitoring)
    rows = {name: row for one in models for name, row in places.places_of_lines(one).items()}
    monkeypatch.setattr(places, "FIELDS", {**rows, **places.FIELDS})
    found = {(one.field, one.text.words.split(":")[0], one.label) for one in places_of(replace(markup[0], marks=None))}

    assert {("odd", "Odd one"), ("dosing_odd", "Odd one"), ("choice", "Odd choice")} <= {one[:2] for one in found}
    assert rows["dosing_odd"] == ("Odd one", ("dosing.odd",))


@pytest.mark.parametrize("model", LAID_OUT)
def test_every_field_of_today_has_a_spot_and_no_spot_is_of_nothing(model):
    at = {said.place or name for name, said in declared_of(model).items()} - {"text_rules"}

    assert unplaced(model) == {}
    assert at == LAID_OUT[model] - {"csl"}  # a record is shown in its own way


@pytest.mark.parametrize(
    ("issuer", "issued", "supersedes", "says"),
    [
        ("", "", "", ""), ("MHRA", "", "", "MHRA"), ("", "2020-02", "", "February 2020"), ("", "", "it", "replaces: it"),
        ("MHRA", "2020", "", "MHRA, 2020"), ("MHRA", "", "it", "MHRA; replaces: it"),
        ("", "2020-02-12", "it", "12 February 2020; replaces: it"),
        ("MHRA", "2020-02-12", "it", "MHRA, 12 February 2020; replaces: it"),
    ],
)  # fmt: skip
def test_who_issued_a_notice_is_said_as_far_as_it_is_known(issuer, issued, supersedes, says):
    notice = make.document().replaced(notices=whole.whole().notices).notices[0]

    assert joined(notice.replaced(issuer=issuer, issued=issued, supersedes=supersedes), "provenance") == says


def test_several_texts_of_one_place_are_sentences_and_one_stays_as_it_was_typed():
    item = values.MonitoringItem(key=make.key("item"))
    several = with_fields(Monitoring, item.replaced(note="Biotin spoils it"), also="Repeat it weekly")

    assert run_on(several, "note") == "Biotin spoils it. Repeat it weekly"
    assert [run_on(item.replaced(note=one), "note") for one in ("", "As typed")] == ["", "As typed"]
    assert lines_of(item) == ()
