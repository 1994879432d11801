"""Fixed lists whose words readers are told, and the few rules that rows know by themselves."""

from datetime import UTC, date, datetime

import pytest

from monographs.models import Edition, Monograph, Overlay, Publication, TherapeuticClass
from monographs.models.states import OPEN_STATES, State
from monographs.overlay_kinds import HARMS, LABELS, REGULATORS, SEVERITIES, TITLES, WITHDRAWALS, WITHHOLD_REASONS
from monographs.vocabulary import SECTION_KINDS, TIERS, TRAITS


def test_the_words_that_stand_over_pages():
    assert LABELS == {
        "withhold": "Part withheld",
        "warning": "Urgent warning",
        "erratum": "Correction",
        "retire": "Retired",
        "take_down": "Removed",
        "lift": "Lifted",
    }
    assert WITHDRAWALS == ("retire", "take_down")
    assert REGULATORS == {
        "mhra": "Medicines and Healthcare products Regulatory Agency (MHRA)",
        "ema": "European Medicines Agency (EMA)",
        "nhs-england": "NHS England",
        "ukhsa": "UK Health Security Agency (UKHSA)",
        "fda": "US Food and Drug Administration (FDA)",
    }
    assert TITLES == {
        "no-new-patients": "Do not start new patients",
        "stop": "Stop treatment and contact patients",
        "review-patients": "Look at every patient under treatment",
        "new-contraindication": "There is a new contra-indication",
        "new-reaction": "There is a new severe reaction",
        "new-monitoring": "Monitoring has changed",
        "dose-error": "There is a risk of dosing errors",
        "recall": "Batches are recalled",
    }
    assert SEVERITIES == {"critical": "Critical: act at once", "major": "Major"}
    assert HARMS == {"none": "none expected", "minor": "minor", "moderate": "moderate", "severe": "severe"}
    assert WITHHOLD_REASONS == {
        "source-changed": "the source has changed",
        "source-doubtful": "it could not be confirmed at the source",
        "reported": "a reader reported an error, and it is being looked at",
        "misprint": "it was printed wrongly",
    }


def test_traits_tiers_and_states():
    assert list(TRAITS) == ["biologic", "cytotoxic", "insulin", "opioid", "anticoagulant", "teratogen", "injectable"]
    assert list(TIERS) == ["low", "standard", "high"]
    assert {kind.needed for kind in SECTION_KINDS.values()} <= {"required", "optional", *TRAITS}
    assert {state for state in State.values if Edition(state=state).is_open} == {
        "draft", "in_review", "clinician_reviewed",
    }  # fmt: skip
    assert set(OPEN_STATES) == {"draft", "in_review", "clinician_reviewed"}


@pytest.mark.parametrize(
    ("due", "overdue"),
    [(None, False), (date(2026, 7, 3), True), (date(2026, 7, 4), False), (date(2026, 7, 5), False)],
)
def test_a_monograph_is_overdue_from_the_day_after_its_review_was_due(due, overdue):
    assert Monograph(next_review_due=due).is_overdue(date(2026, 7, 4)) is overdue


def test_a_second_signature_is_due_a_day_after_the_warning():
    assert Overlay(at=datetime(2026, 7, 4, 9, tzinfo=UTC)).due_at == datetime(2026, 7, 5, 9, tzinfo=UTC)


def test_the_path_of_a_class_begins_at_the_root_and_never_runs_in_circles():
    root = TherapeuticClass(pk=1, name="Root")
    middle = TherapeuticClass(pk=2, name="Middle", parent=root)
    leaf = TherapeuticClass(pk=3, name="Leaf", parent=middle)

    assert [one.name for one in leaf.path()] == ["Root", "Middle", "Leaf"]
    assert [one.name for one in root.path()] == ["Root"]
    root.parent = leaf
    assert [one.name for one in leaf.path()] == ["Root", "Middle", "Leaf"]


def test_where_a_publication_and_a_monograph_are_read():
    assert Publication(slug="wholumab").get_absolute_url() == "/drugs/wholumab/"
    assert Monograph(slug="wholumab").get_absolute_url() == "/drugs/wholumab/"
