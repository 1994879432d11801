"""What is known of an edition when it is judged: days, tiers and their floor, and parts as people call them."""

from datetime import UTC, date, datetime

import pytest

from monographs.document import MonitoringItem, RelatedLink, SafetyNotice, digest, to_text
from monographs.models import HIGH_TRAITS, Document, TherapeuticClass
from reviews.review.edition_review import EditionReview, highest, months_later, tier_floor
from tests import factories as make

TODAY = date(2026, 7, 4)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-07-04", 12, "2027-07-04"),
        ("2026-07-04", 24, "2028-07-04"),
        ("2026-07-04", 36, "2029-07-04"),
        ("2026-07-04", 0, "2026-07-04"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-01-15", 11, "2026-12-15"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2026-08-31", 1, "2026-09-30"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months, later):
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(later)


@pytest.mark.parametrize(
    ("tiers", "found"),
    [
        ([], "low"),
        ([""], "low"),
        (["", "standard"], "standard"),
        (["standard", "low"], "standard"),
        (["low", "high", "standard"], "high"),
    ],
)
def test_the_highest_of_some_tiers(tiers, found):
    assert highest(tiers) == found


def notice(severity="critical", **days):
    kind = {"critical": "contraindication", "major": "caution"}[severity]
    return SafetyNotice(key=make.key("n"), type=kind, severity=severity, title="Never", **days)


def floor(traits=(), classes=("", ""), notices=(), on=TODAY):
    above, own = classes
    parent = TherapeuticClass(pk=1, slug="above", tier_floor=above)
    documents = [make.document(notices=(one,)) for one in notices]
    return tier_floor(traits, TherapeuticClass(pk=2, slug="own", parent=parent, tier_floor=own), documents, on)


def test_which_traits_are_a_floor():
    assert {"biologic", "cytotoxic", "insulin", "opioid", "anticoagulant"} == HIGH_TRAITS
    for trait in HIGH_TRAITS:
        assert floor([trait, "injectable"]) == "high"
    assert floor(["injectable", "teratogen"]) == "low"
    assert floor() == "low"


@pytest.mark.parametrize(
    ("classes", "found"),
    [(("", ""), "low"), (("standard", ""), "standard"), (("", "high"), "high"), (("high", "standard"), "high")],
)
def test_a_class_and_those_above_it_are_a_floor(classes, found):
    assert floor(classes=classes) == found


@pytest.mark.parametrize(
    ("notices", "found"),
    [
        ([notice()], "high"),
        ([notice("major")], "low"),
        ([notice("major"), notice()], "high"),  # of the open and of the live edition: either counts
        ([notice(), notice("major")], "high"),
        ([notice(effective="2026-07-04", expires="2026-07-05")], "high"),
        ([notice(effective="2026-07-05")], "low"),
        ([notice(expires="2026-07-04")], "low"),
    ],
)
def test_a_critical_notice_is_a_floor_on_the_days_on_which_it_is_in_force(notices, found):
    assert floor(notices=notices) == found


# -- Parts as people call them -----------------------------------------------------------------------------------------


def case(now, live=None):
    row = Document(digest=digest(live), text=to_text(live)) if live else None
    return EditionReview(None, now, row, datetime(2026, 7, 4, tzinfo=UTC))


def test_what_changed_is_all_of_a_first_edition_and_what_differs_of_a_later_one():
    doc = make.document()
    assert case(doc).changed == {"header", *(str(part.key) for part in doc.parts())}
    assert case(doc, doc).changed == frozenset()

    other = doc.replaced(header=doc.header.replaced(covers="x"), related=(), sections=doc.sections[::-1])

    assert case(other, doc).changed == {"header", "order", str(make.key("link"))}


def test_parts_are_told_in_the_order_of_the_page_by_their_names():
    live = make.document(related=(RelatedLink(key=make.key("gone"), target="gone"),))
    item = MonitoringItem(key=make.key("new"), test="Liver", when="x", how_often="y")
    now = make.document(related=(), monitoring=(item,))
    found = case(now, live)
    keys = {name: str(make.key(name)) for name in ("prescribing", "monitoring", "new", "notice", "trial", "gone")}

    assert found.in_page_order([*list(keys.values())[::-1], "header"]) == ["header", *keys.values()]
    assert found.in_page_order(["order", keys["trial"], "header"]) == ["header", keys["trial"], "order"]
    assert [found.label_of(part) for part in ("header", "order", keys["new"], keys["gone"], "?")] == [
        "Header", "Order of parts", item.label_for_people, "Related: gone", "?",
    ]  # fmt: skip
