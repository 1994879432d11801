"""Generated histories against a small oracle: no changed part goes out on its own authors' word."""

from hypothesis import example, given
from hypothesis import strategies as st

from reviews.review.sign_off_rules import (
    Edit,
    Signature,
    authors,
    counts_for,
    missing_sign_offs,
)

PARTS = ("header", "order", "a", "b", "c")
PEOPLE = range(1, 6)
JOBS = ("doctor", "specialist_doctor", "pharmacist", "nurse", "midwife")


@st.composite
def edits(draw):
    """Most credits are for parts that the edit touches: others are for figures that were copied unsigned."""
    touched = draw(st.frozensets(st.sampled_from(PARTS), max_size=3))
    credited = st.sampled_from(sorted(touched) * 4 + list(PARTS))
    credits = draw(st.dictionaries(credited, st.lists(st.sampled_from(PEOPLE), max_size=2), max_size=3))
    return Edit(draw(st.sampled_from(PEOPLE)), touched, credits)


signatures = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(JOBS)).map(
    lambda jobs: [Signature(person, job) for person, job in jobs.items()]
)


def wrote(person, part, history) -> bool:
    return any((part in e.touched and e.actor == person) or person in e.credits.get(part, ()) for e in history)


def may_go_out(tier, changed, history, signed) -> bool:
    """The rule of docs/clinical/signoff.md, said once more and in another way."""
    if not changed:
        return True
    for part in changed:
        jobs = [s.profession for s in signed if not wrote(s.signer, part, history)]
        doctor_or_pharmacist = any(job in ("doctor", "specialist_doctor", "pharmacist") for job in jobs)
        enough = {
            "high": "specialist_doctor" in jobs and "pharmacist" in jobs,
            "standard": doctor_or_pharmacist and len(jobs) >= 2,
            "low": doctor_or_pharmacist,
        }[tier]
        if not enough:
            return False
    return True


@given(
    st.sampled_from(["low", "standard", "high"]),
    st.frozensets(st.sampled_from(PARTS)),
    st.lists(edits(), max_size=6),
    signatures,
)
# Somebody who is credited only, for a part that was touched and for one that was not.
@example("low", frozenset("ab"), [Edit(1, frozenset("a"), {"a": [2], "b": [3]})], [Signature(2, "pharmacist")])
@example("low", frozenset("ab"), [Edit(1, frozenset("a"), {"a": [2], "b": [3]})], [Signature(3, "pharmacist")])
@example("low", frozenset("a"), [Edit(1, frozenset("a"), {}), Edit(2, frozenset("a"), {})], [Signature(1, "doctor")])
def test_generated_histories_go_out_exactly_when_the_rule_lets_them(tier, changed, history, signed):
    written_by = authors(history)

    assert (not missing_sign_offs(tier, changed, written_by, signed)) == may_go_out(tier, changed, history, signed)
    for person in PEOPLE:
        assert counts_for(person, changed, written_by) == {p for p in changed if not wrote(person, p, history)}


def test_authors_are_all_who_wrote_or_suggested():
    history = [
        Edit(1, frozenset("ab"), {"a": [2, 3], "c": [4]}),
        Edit(5, frozenset("a"), {}),
        Edit(1, frozenset("a"), {}),
    ]

    assert authors(history) == {"a": {1, 2, 3, 5}, "b": {1}, "c": {4}}
    assert authors([]) == {}


def test_two_signatures_of_one_person_are_one():
    twice = [Signature(1, "pharmacist"), Signature(1, "pharmacist")]

    assert missing_sign_offs("standard", {"a"}, {}, twice) == {"a": ["one more registered clinician"]}


def test_the_examples_of_signoff():
    """Standard tier: the pharmacist (1) wrote Monitoring, the editor (2) Cautions; pharmacist and nurse (3) sign."""
    history = [Edit(1, frozenset({"monitoring"}), {}), Edit(2, frozenset({"cautions"}), {})]
    signed = [Signature(1, "pharmacist"), Signature(3, "nurse")]
    parts = {"monitoring", "cautions"}

    assert missing_sign_offs("standard", parts, authors(history), signed) == {
        "monitoring": ["a doctor or a pharmacist"]
    }
    signed.append(Signature(4, "doctor"))
    assert missing_sign_offs("standard", parts, authors(history), signed) == {}
