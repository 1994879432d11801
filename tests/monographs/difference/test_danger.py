"""Every kind of change has its rank and a whole sentence: asked of every field of every part."""

from itertools import pairwise

import pytest

from monographs.difference import danger
from monographs.difference.danger import RANKS, Rank, dangers
from monographs.difference.document_diff import compare
from monographs.document import PART_FIELDS, MonitoringItem, Section
from tests import factories as make
from tests import whole

WHOLE = whole.whole()


def told(old, new):
    return [(one.rank, one.sentence) for one in dangers(compare(old, new))]


def with_part(field, at=0, **changes):
    parts = list(getattr(WHOLE, field))
    parts[at] = parts[at].replaced(**changes)
    return WHOLE.replaced(**{field: parts})


def with_text(was, now, kind="cautions"):
    def one(text):
        return WHOLE.replaced(sections=[Section(key=make.key("words"), kind=kind, text=text)])

    return told(one(was), one(now))


def test_the_thyroid_interval_comes_before_a_wording_change():
    item = MonitoringItem(key=make.key("thyroid"), test="Thyroid function", how_often="every 3 months", source="smpc")
    words = WHOLE.sections[0].replaced(text="One condition, now in other words [@record].")
    old = WHOLE.replaced(monitoring=[item])
    new = WHOLE.replaced(monitoring=[item.replaced(how_often="every 6 months")], sections=[words, *WHOLE.sections[1:]])

    assert told(old, new) == [
        (
            Rank.MONITORING,
            "“Thyroid function” is tested less often (2 times): it was “every 3 months”, now it is “every 6 months”.",
        ),
        (Rank.WORDS, "What it is for: 1 passage changed."),
    ]


@pytest.mark.parametrize(
    ("old", "new", "rank", "sentence"),
    [
        ({}, {"how_long": "for 1 year"}, 2, "“Blood count of 5 mL” is tested for a shorter time (3 times): it was “for 3 years”, now it is “for 1 year”."),
        ({}, {"how_long": ""}, 2, "“Blood count of 5 mL” is tested without a stated end: it was “for 3 years”, now nothing is said."),
        ({}, {"how_often": ""}, 2, "“Blood count of 5 mL” is tested without a stated interval: it was “every 2 months”, now nothing is said."),
        ({}, {"how_often": "often"}, 2, "“Blood count of 5 mL” is tested at another interval: it was “every 2 months”, now it is “often”."),
        ({}, {"when": "after day 1"}, 2, "“Blood count of 5 mL” is tested at another time: it was “before day 1”, now it is “after day 1”."),
        ({}, {"test": "Urine"}, 2, "Another test is named in monitoring: it was “Blood count of 5 mL”, now it is “Urine”."),
        ({}, {"note": "After 8 weeks again."}, 2, "Monitoring: Blood count of 5 mL, note: it was “After 4 weeks again.”, now it is “After 8 weeks again.”."),
        ({}, {"source": "record"}, 6, "Monitoring: Blood count of 5 mL, source: it was “smpc”, now it is “record”."),
    ],
)  # fmt: skip
def test_monitoring(old, new, rank, sentence):
    assert told(with_part("monitoring", **old), with_part("monitoring", **new)) == [(rank, sentence)]


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ({"expires": ""}, "The critical notice “Stop after 6 days” ends on another day: it was “2033-12-31”, now nothing is said."),
        ({"effective": "2027-01-01"}, "The critical notice “Stop after 6 days” begins on another day: it was “2020-03-01”, now it is “2027-01-01”."),
        ({"severity": "major"}, "The major notice “Stop after 6 days” counts as less severe: it was “critical”, now it is “major”."),
        ({"action": "Act."}, "The critical notice “Stop after 6 days”, what to do: it was “Act within 7 hours.”, now it is “Act.”."),
        ({"text": "The heart beats."}, "The critical notice “Stop after 6 days” says something else."),
        ({"title": "Go on"}, "A critical notice has another title: it was “Stop after 6 days”, now it is “Go on”."),
    ],
)  # fmt: skip
def test_notices(new, sentence):
    assert told(WHOLE, with_part("notices", **new)) == [(Rank.NOTICE, sentence)]


@pytest.mark.parametrize(
    ("was", "now", "rank", "sentence"),
    [
        ("Give 12 mg.", "Give 1.2 mg.", Rank.FIGURE, "Cautions: a figure, or a unit, is another."),
        ("Give it.", "Do not give it.", Rank.FIGURE, "Cautions: a word that may turn the sense is another."),
        (
            "Give aspirin.",
            "Give ibuprofen.",
            Rank.FIGURE,
            "Cautions: what may be the name of a medicine came, went or is another.",
        ),
        (
            "Give it.",
            "Give Zanolimumab.",
            Rank.FIGURE,
            "Cautions: what may be the name of a medicine came, went or is another.",
        ),
        (
            "Give insulin.",
            "Give adrenaline.",
            Rank.FIGURE,
            "Cautions: what may be the name of a medicine came, went or is another.",
        ),
        ("Give it six-monthly.", "Give it three-monthly.", Rank.FIGURE, "Cautions: a figure, or a unit, is another."),
        (
            "Give it once-weekly.",
            "Give it once-daily.",
            Rank.FIGURE,
            "Cautions: a word that may turn the sense is another.",
        ),
        (
            "For a non-diabetic patient.",
            "For a diabetic patient.",
            Rank.FIGURE,
            "Cautions: a word that may turn the sense is another.",
        ),
        ("It isn’t safe.", "It is safe.", Rank.FIGURE, "Cautions: a word that may turn the sense is another."),
        ("Suspend it.", "Resume it.", Rank.FIGURE, "Cautions: a word that may turn the sense is another."),
        ("Child-Pugh A.", "Child-Pugh C.", Rank.FIGURE, "Cautions: a word that may turn the sense is another."),
        (
            "An inhibitor of it.",
            "An inducer of it.",
            Rank.FIGURE,
            "Cautions: a word that may turn the sense is another.",
        ),
        ("H₂ blockers.", "H₃ blockers.", Rank.FIGURE, "Cautions: a figure, or a unit, is another."),
        ("It is rare.", "It is common.", Rank.FIGURE, "Cautions: a word that may turn the sense is another."),
        ("He is not able.", "He is notable.", Rank.FIGURE, "Cautions: only spaces changed."),
        ("Rashes come.", "Rashes occur.", Rank.WORDS, "Cautions: 1 passage changed."),
        ("One.\n\nSome words.", "Some words.", Rank.FIGURE, "Cautions: a figure, or a unit, is another."),
        ("Rashes.\n\nSome words.", "Some words.", Rank.WORDS, "Cautions: 1 passage removed."),
        ("Some words.", "Some words.\n\nRashes.\n\nItching.", Rank.WORDS, "Cautions: 2 passages added."),
        ("Some words.", "Some  words.", Rank.WORDS, "Cautions: only spaces changed."),
        ("In men.", "In mеn.", Rank.WORDS, "Cautions: only signs that look alike changed."),
    ],
)
def test_words(was, now, rank, sentence):
    assert with_text(was, now) == [(rank, sentence)]


@pytest.mark.parametrize("kind", ["monitoring", "screening"])
def test_a_figure_in_a_section_on_monitoring_is_monitoring(kind):
    ((rank, sentence),) = with_text("Thyroid tests every 3 months.", "Thyroid tests every 6 months.", kind)
    assert rank == Rank.MONITORING
    assert sentence.endswith("a figure, or a unit, is another.")
    assert with_text("Rashes come.", "Rashes occur.", kind)[0][0] == Rank.WORDS


def test_all_words_of_contra_indications_are_dangerous():
    assert with_text("Rashes.", "Itching.", "contra-indications") == [
        (Rank.CONTRA_INDICATION, "Contra-indications: 1 passage changed.")
    ]


@pytest.mark.parametrize(
    ("field", "name", "rank", "sentence"),
    [
        ("notices", "boxed", Rank.NOTICE, "A critical notice {}: “Stop after 6 days”."),
        ("notices", "shortage", Rank.NOTICE, "An information notice {}: “Little of it is there”."),
        ("monitoring", "count", Rank.MONITORING, "The test “Blood count of 5 mL” {} in monitoring."),
        ("sections", "uses", Rank.PART, "What it is for {}."),
        ("citations", "record", Rank.PART, "Reference: record {}."),
        ("related", "link", Rank.PART, "Related: otherumab {}."),
    ],
)
def test_parts_that_come_and_go(field, name, rank, sentence):
    without = WHOLE.replaced(**{field: [part for part in getattr(WHOLE, field) if part.key != make.key(name)]})

    assert told(without, WHOLE) == [(rank, sentence.format("is new"))]
    assert told(WHOLE, without) == [(rank, sentence.format("was removed"))]


def test_moves_come_last():
    new = WHOLE.replaced(sections=WHOLE.sections[::-1])
    assert told(WHOLE, new) == [(Rank.MOVE, "What to watch moved up, from place 2 to place 1.")]


def test_the_order_is_that_of_danger_and_then_of_the_page():
    old = WHOLE.replaced(related=(), notices=WHOLE.notices[1:])
    new = with_part("sections", 1, text="Watching goes on for 3 days.").replaced(
        monitoring=[WHOLE.monitoring[0].replaced(when="later")], related=WHOLE.related
    )
    found = dangers(compare(old, new))

    assert [one.rank for one in found] == [Rank.NOTICE, Rank.MONITORING, Rank.MONITORING, Rank.PART]
    assert all(one.rank <= other.rank for one, other in pairwise(found))


def test_a_field_without_a_rank_is_refused_by_name(monkeypatch):
    monkeypatch.setitem(RANKS, MonitoringItem, {name: 1 for name in RANKS[MonitoringItem] if name != "how_long"})
    with pytest.raises(TypeError, match=r"MonitoringItem\.how_long has no rank"):
        danger.must_rank()


@pytest.mark.parametrize(("path", "other"), [(path, other) for path, _was, _now, other in whole.changed()])
def test_every_field_has_a_rank_and_a_whole_sentence(path, other):
    found = dangers(compare(WHOLE, other))
    assert found, path
    for one in found:
        assert one.sentence[0].isupper() or one.sentence[0] == "“"
        assert one.sentence.endswith((".", "”."))
        assert "  " not in one.sentence


def test_nothing_differs_and_nothing_is_told():
    assert dangers(compare(WHOLE, WHOLE)) == ()
    assert set(PART_FIELDS) == {one.part_kind for one in RANKS if hasattr(one, "part_kind")}


@pytest.mark.parametrize(("was", "now"), [("He is not able.", "He is notable."), ("In men.", "In mеn.")])
def test_a_space_or_a_sign_in_contra_indications_is_as_dangerous_as_a_word(was, now):
    ((rank, _sentence),) = with_text(was, now, "contra-indications")
    assert rank == Rank.CONTRA_INDICATION


def test_a_section_that_is_contra_indications_no_more_is_told_as_one():
    was = Section(key=make.key("words"), kind="contra-indications", heading="Words", text="Rashes.")
    old, new = (WHOLE.replaced(sections=[one]) for one in (was, was.replaced(kind="cautions")))
    ((rank, _sentence),) = told(old, new)
    assert rank == Rank.CONTRA_INDICATION
