"""Two changes of one section at a time: what is made of them, whose it is then, and what is left to people."""

import pytest

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Edition
from reviews.access.refusals import Conflict
from reviews.audit.verify import verify
from reviews.editing import parts
from reviews.editing.merging import base_of
from reviews.models import AuditEvent, ChangeSet
from reviews.review.edition_review import EditionReview
from tests import factories as make
from tests.processes import run_at_once

BASE = "Tests go on for years.\n\n- Blood count every month.\n- Pulse during an infusion.\n\nTell the patient why."
MINE = BASE.replace("every month", "every week")
THEIRS = BASE.replace("Tell the patient why", "Tell the family why too")
BOTH = MINE.replace("Tell the patient why", "Tell the family why too")
once = [pytest.mark.django_db, pytest.mark.any_database]


def part(edition, name="monitoring"):
    return build(Edition.objects.get(pk=edition.pk)).by_key()[make.key(name)]


@pytest.fixture
def edition(house):
    edition = make.draft(house)
    make.reword(edition, "monitoring", BASE, actor=house.clinician2)
    return edition


@pytest.fixture
def shown(edition):
    return part(edition)


def save(edition, shown, actor, reason="", **words):
    return make.save_part(edition, shown.replaced(**words), seen=digest_of_part(shown), actor=actor, reason=reason)


class TestOne:
    pytestmark = once

    def test_changes_in_different_blocks_are_one_change_set_that_says_so(self, house, edition, shown):
        assert save(edition, shown, house.editor2, text=THEIRS) is None
        before = (ChangeSet.objects.count(), AuditEvent.objects.count())

        made = save(edition, shown, house.editor, "Weekly now", text=MINE)

        assert part(edition).text == made.part.text == BOTH
        assert (ChangeSet.objects.count(), AuditEvent.objects.count()) == (before[0] + 1, before[1] + 1)
        last = ChangeSet.objects.latest("at")
        assert (last.actor, last.touched, last.credits) == (house.editor, [str(shown.key)], {})
        ((who, at),) = made.others
        assert who == house.editor2
        assert last.reason == AuditEvent.objects.latest("seq").reason
        assert last.reason == f"Weekly now (put together with what was saved at {at:%H:%M})"
        assert verify() == []

    def test_everybody_who_saved_it_meanwhile_is_named_in_order(self, house, edition, shown):
        save(edition, shown, house.editor2, text=THEIRS)
        save(edition, part(edition), house.clinician, text=THEIRS.replace("for years", "for ever"))

        made = save(edition, shown, house.editor, text=MINE)

        assert [who for who, _at in made.others] == [house.editor2, house.clinician]
        assert part(edition).text == BOTH.replace("for years", "for ever")

    def test_both_are_authors_of_the_section_and_sign_it_not(self, house, edition, shown):
        save(edition, shown, house.clinician, text=THEIRS)
        save(edition, shown, house.pharmacist, text=MINE)

        review = EditionReview.load(Edition.objects.get(pk=edition.pk))
        authors = review.written_by[str(shown.key)]

        assert {house.clinician.pk, house.pharmacist.pk, house.clinician2.pk} <= set(authors)

    def test_a_merge_that_is_restored_credits_everybody_whose_words_are_in_it(self, house, edition, shown):
        save(edition, shown, house.editor2, text=THEIRS)
        save(edition, shown, house.editor, text=MINE)
        both = ChangeSet.objects.filter(edition=edition).latest("at")
        make.reword(edition, "monitoring", "Other.", actor=house.clinician)

        parts.restore(edition, change=both, digest=make.seen(edition), actor=house.clinician)

        credits = ChangeSet.objects.filter(edition=edition).latest("at").credits[str(shown.key)]
        assert {house.editor.pk, house.editor2.pk, house.clinician2.pk} <= set(credits)

    @pytest.mark.parametrize(
        ("theirs", "mine"),
        [
            pytest.param({"text": MINE}, {"text": BASE.replace("every month", "daily")}, id="one block"),
            pytest.param({"text": MINE}, {"text": MINE}, id="the same words"),
            pytest.param({"text": THEIRS}, {}, id="nothing of mine"),
            pytest.param({"heading": "A"}, {"heading": "B"}, id="heading"),
            pytest.param({"heading": "A", "text": MINE}, {"heading": "B", "text": THEIRS}, id="heading, and other blocks"),
        ],
    )  # fmt: skip
    def test_a_clash_writes_nothing_but_the_refusal(self, house, edition, shown, theirs, mine):
        save(edition, shown, house.editor2, **theirs)
        now = make.seen(edition)

        with pytest.raises(Conflict) as conflict:
            save(edition, shown, house.editor, **mine)

        assert conflict.value.current == part(edition)
        assert AuditEvent.objects.latest("seq").data["codes"] == ["changed_meanwhile"]
        assert make.seen(edition) == now

    def test_a_heading_and_a_text_are_both_in(self, house, edition, shown):
        save(edition, shown, house.editor2, heading="Tests")

        save(edition, shown, house.editor, text=MINE)

        assert (part(edition).heading, part(edition).text) == ("Tests", MINE)

    def test_the_text_of_a_notice_and_the_fields_of_a_test_are_never_put_together(self, house, edition):
        for name, theirs, mine in (
            ("notice", {"text": "It can slow.\n\nLook."}, {"text": "First.\n\nIt can slow."}),
            ("fbc", {"when": "at once"}, {"how_often": "weekly"}),
        ):
            was = part(edition, name)
            save(edition, was, house.editor2, **theirs)
            with pytest.raises(Conflict):
                save(edition, was, house.editor, **mine)

    def test_the_fields_of_the_header_are_never_put_together(self, house, edition):
        was = build(edition).header
        how = {"seen": digest_of_part(was)}
        make.save_header(edition, was.replaced(covers="a"), actor=house.editor2, **how)
        with pytest.raises(Conflict):
            make.save_header(edition, was.replaced(introduction="New words."), actor=house.editor, **how)

    def test_what_was_removed_meanwhile_stays_removed(self, house, edition, shown):
        parts.remove_part(edition, shown, seen=digest_of_part(shown), actor=house.editor2)

        with pytest.raises(Conflict) as conflict:
            save(edition, shown, house.editor, text=MINE)

        assert conflict.value.current is None

    @pytest.mark.parametrize("seen", ["", "x", "0" * 64])
    def test_what_never_stood_there_is_no_base(self, house, edition, shown, seen):
        save(edition, shown, house.editor2, text=THEIRS)

        assert base_of(edition, str(shown.key), seen) is None
        with pytest.raises(Conflict):
            make.save_part(edition, shown.replaced(text=MINE), seen=seen, actor=house.editor)

    def test_a_version_of_another_part_or_edition_is_no_base(self, house, edition, shown):
        other = make.draft(house, "otherumab")

        assert base_of(edition, str(shown.key), digest_of_part(part(edition, "prescribing"))) is None
        assert base_of(other, str(shown.key), digest_of_part(shown)) is None

    def test_what_stood_there_when_the_edition_began_is_nobody_s_change(self, house):
        make.published(house)
        edition = make.start(house, Edition.objects.get(monograph__slug="testazumab"))
        shown = part(edition)
        save(edition, shown, house.editor, text=MINE)

        base = base_of(edition, str(shown.key), digest_of_part(shown))

        assert (base.part, base.by, base.at) == (shown, None, None)
        assert base_of(edition, str(shown.key), digest_of_part(part(edition))).by == house.editor


@pytest.mark.django_db(transaction=True)
def test_of_writers_at_once_all_are_in_or_told_that_somebody_was_faster(house):
    edition = make.draft(house)
    text = "\n\n".join(f"Paragraph {number}." for number in range(12))
    make.reword(edition, "monitoring", text, actor=house.editor)
    shown = part(edition)

    def write(number, person):
        save(edition, shown, person, text=text.replace(f"Paragraph {number}.", f"Paragraph {number} of {number}."))

    places = [0, 3, 6, 9, 9]
    people = [house.editor, house.editor2, house.clinician, house.pharmacist, house.clinician2]
    outcomes = run_at_once(*(lambda n=n, who=who: write(n, who) for n, who in zip(places, people, strict=True)))

    wanted = text
    for number in places[:4]:
        wanted = wanted.replace(f"Paragraph {number}.", f"Paragraph {number} of {number}.")
    assert sorted(outcomes) == [["changed_meanwhile"], *[["done"]] * 4]
    assert part(edition).text == wanted
    assert verify() == []
