"""The editing verbs: who may, what is recorded of a refusal, and what of a reason is kept."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import pytest

from monographs.assemble import build
from monographs.checks.problems import problems
from monographs.digest import digest_of_part
from monographs.document import Citation, Section
from monographs.models import Edition, Reference
from monographs.typed import to_plain
from reviews.access.refusals import Conflict, Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.changes import change_set
from reviews.editing import parts
from reviews.models import AuditEvent, ChangeSet
from reviews.review.edition_review import EditionReview
from reviews.workflow import perform
from tests import factories as make
from tests.processes import killed_at_each_statement

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def edition(house):
    return make.draft(house)


def part(edition, name="monitoring"):
    return build(Edition.objects.get(pk=edition.pk)).by_key()[make.key(name)]


def acts(edition, actor, reason=""):
    """Every verb, once, on what stands there now."""
    shown, header = part(edition), build(edition).header
    keys = [section.key for section in build(edition).sections]
    added = Section(key=make.key("added"), kind="cautions", heading="Cautions", text="x")
    how = {"actor": actor, "reason": reason}
    yield lambda: make.save_part(edition, shown.replaced(text="New."), seen=digest_of_part(shown), **how)
    yield lambda: make.add_part(edition, added, **how)
    yield lambda: parts.save_order(edition, "section", keys[::-1], seen=keys, **how)
    yield lambda: make.save_header(edition, header.replaced(covers="y"), seen=digest_of_part(header), **how)
    yield lambda: parts.remove_part(edition, part(edition, "link"), seen=digest_of_part(part(edition, "link")), **how)
    yield lambda: parts.restore_part(edition, build(edition).by_key()[make.key("link")], **how)


@pytest.mark.parametrize("who", ["publisher", "auditor", "nobody", "admin"])
def test_nobody_without_the_grant_writes_and_each_try_is_recorded(house, edition, who):
    whole, before = make.seen(edition), AuditEvent.objects.count()

    for tried, act in enumerate(acts(edition, house.people[who]), 1):
        with pytest.raises(Refused, match="You need the editor role for"):
            act()
        entry = AuditEvent.objects.latest("seq")
        assert (entry.verb, entry.actor, entry.subject) == ("refused", house.people[who], "monograph:testazumab")
        assert (entry.data["action"], entry.data["codes"]) == ("edit", ["not_granted"])
        assert AuditEvent.objects.count() == before + tried

    assert make.seen(edition) == whole
    assert ChangeSet.objects.filter(edition=edition).count() == 1


@pytest.mark.parametrize("who", ["editor", "editor2", "clinician"])
def test_whoever_has_it_leaves_one_change_set_with_a_summary(house, edition, who):
    link = part(edition, "link")
    seen = digest_of_part(link)

    parts.remove_part(edition, link, seen=seen, actor=house.people[who])
    parts.restore_part(edition, link, actor=house.people[who])
    make.save_part(edition, link.replaced(reason="other"), seen=seen, actor=house.people[who], reason=" Said better \n")

    last = list(ChangeSet.objects.filter(edition=edition).order_by("at").values_list("actor__username", "reason"))
    assert last[1:] == [
        (who, "Removed Related: otherzumab"),
        (who, "Restored Related: otherzumab"),
        (who, "Said better"),
    ]


def test_each_verb_says_what_it_did_when_nobody_gives_a_reason(house, edition):
    before, how = AuditEvent.objects.count(), {"actor": house.editor2}
    shown, header, link = part(edition), build(edition).header, part(edition, "link")
    keys = [section.key for section in build(edition).sections]

    make.save_part(edition, shown.replaced(text="New."), seen=digest_of_part(shown), **how)
    parts.save_order(edition, "section", keys[::-1], seen=keys, **how)
    make.save_header(edition, header.replaced(covers="y"), seen=digest_of_part(header), **how)
    parts.remove_part(edition, link, seen=digest_of_part(link), **how)
    parts.restore_part(edition, link, **how)
    make.add_part(edition, Section(key=make.key("added"), kind="cautions", heading="Cautions", text="x"), **how)

    said = list(
        ChangeSet.objects.filter(edition=edition).order_by("at", "revision_id").values_list("reason", flat=True)
    )
    assert said[1:] == [
        f"Changed {shown.label_for_people}", "Put parts in another order", "Changed the header",
        "Removed Related: otherzumab", "Restored Related: otherzumab", f"Added {part(edition, 'added').label_for_people}",
    ]  # fmt: skip
    entries = AuditEvent.objects.filter(seq__gt=before)
    assert [(one.verb, one.actor, one.reason) for one in entries] == [
        ("edited", house.editor2, reason) for reason in said[1:]
    ]


def test_a_record_of_new_words_goes_to_the_library_beside_the_old_one(house, edition):
    shown = part(edition, "trial")

    make.save_part(
        edition, shown.replaced(csl={"title": "Another trial"}), seen=digest_of_part(shown), actor=house.editor
    )

    (kept,) = Reference.objects.all()
    assert (kept.label, kept.title) == ("trial2020", "Another trial")


def test_a_role_that_was_taken_away_meanwhile_writes_no_more(house, edition):
    stale = house.editor2
    assert part(edition)
    make.take_role(stale, "editor", actor=house.admin)

    with pytest.raises(Refused, match="You need the editor role"):
        next(acts(edition, stale))()


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("a\x00b", "characters"),
        ("a\u202eb", "characters"),
        ("a\ud800b", "characters"),
        ("NHS 943 476 5919", "patient_data"),
    ],
)
def test_a_reason_that_may_not_be_kept_is_refused_by_every_verb_before_anything_is_stored(house, edition, reason, code):
    whole, before = make.seen(edition), AuditEvent.objects.count()

    for act in acts(edition, house.editor, reason):
        with pytest.raises(Refused) as refused:
            act()
        assert [(one.code, one.field) for one in refused.value.refusals] == [(code, "reason")]

    assert (make.seen(edition), AuditEvent.objects.count()) == (whole, before)


def test_a_part_that_changed_meanwhile_is_neither_saved_nor_removed(house, edition):
    shown = part(edition)
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)

    for act in (make.save_part, parts.remove_part):
        with pytest.raises(Conflict) as conflict:
            act(edition, shown.replaced(text="Mine."), seen=digest_of_part(shown), actor=house.editor)
        assert conflict.value.current.text == "Theirs."
        assert AuditEvent.objects.latest("seq").data["codes"] == ["changed_meanwhile"]

    assert part(edition).text == "Theirs."


def test_a_part_is_added_once_however_often_it_is_sent(house, edition):
    added = Section(key=make.key("added"), kind="cautions", heading="Cautions", text="x")
    other = make.draft(house, "otherumab")

    make.add_part(edition, added, actor=house.editor)
    whole, before = make.seen(edition), AuditEvent.objects.count()
    for where in (edition, other):
        with pytest.raises(Refused) as refused:
            make.add_part(where, added, actor=house.editor)
        assert refused.value.codes == ["added_already"]

    assert (make.seen(edition), AuditEvent.objects.count()) == (whole, before)


def test_a_record_goes_to_the_library_once(house, edition):
    csl = {"type": "report", "title": "A guideline"}

    make.add_part(edition, Citation(key=make.key("a"), label="one2020", csl=csl), actor=house.editor)
    make.add_part(edition, Citation(key=make.key("b"), label="two2020", csl=csl), actor=house.editor)

    assert [(one.label, one.csl) for one in Reference.objects.filter(title="A guideline")] == [("one2020", csl)]
    assert [(one.label, to_plain(one.csl)) for one in build(edition).citations[1:]] == [
        ("one2020", csl),
        ("two2020", csl),
    ]


@pytest.mark.parametrize("doi", ["10.1234/" + "a" * 400, "10.1234/a b", ["10.1234/a"], 5])
def test_what_is_no_doi_is_kept_with_its_record_and_never_as_its_name(house, edition, doi):
    csl = {"type": "report", "title": "A guideline", "DOI": doi}

    make.add_part(edition, Citation(key=make.key("a"), label="one2020", csl=csl), actor=house.editor)

    assert Reference.objects.get(label="one2020").doi is None
    assert any("10.1016" in problem.sentence for problem in problems(build(edition)))


def test_a_part_that_comes_back_at_another_place_moves_the_order(house):
    """Somebody who restores may not be the only one to vouch for where the part now stands."""
    keys = sorted(uuid5(NAMESPACE_URL, str(n)) for n in range(4))
    named = [keys[3], keys[0], keys[1], keys[2]]  # the part with the greatest key stands first
    doc = make.document(
        sections=tuple(
            Section(key=key, kind="prescribing", heading=f"H{n}", text=f"t{n}") for n, key in enumerate(named)
        ),
        notices=(),
    )
    edition = make.submit(house, make.draft(house, "orderumab", doc))
    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    edition = make.start(house, make.publish(house, edition))
    a, b, c, d = build(edition).sections
    parts.remove_part(edition, a, seen=digest_of_part(a), actor=house.editor)
    parts.save_order(edition, "section", [b.key, d.key, c.key], seen=[b.key, c.key, d.key], actor=house.editor)
    parts.save_order(edition, "section", [b.key, c.key, d.key], seen=[b.key, d.key, c.key], actor=house.editor)

    parts.restore_part(edition, a, actor=house.clinician)

    case = EditionReview.load(edition)
    assert case.document.sections[0].key != a.key
    assert "order" in case.changed
    assert "order" not in case.counts_for(house.clinician.pk)


# -- Restoring an earlier state ----------------------------------------------------------------------------------------


def state(edition):
    """The change set that made the edition what it is."""
    return ChangeSet.objects.filter(edition=edition).latest("at", "revision_id")


def restore(edition, change, actor, **how):
    parts.restore(edition, change=change, actor=actor, **{"digest": make.seen(edition), **how})


@pytest.mark.usefixtures("grants_last")
def test_an_earlier_state_comes_back_whole_as_one_more_change_set(house, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2028, 6, 20, 9, 5, 7, tzinfo=UTC))
    edition = make.draft(house, "restorumab")
    then, whole = state(edition), build(edition)
    shown, header, keys = part(edition), whole.header, [section.key for section in whole.sections]
    how = {"actor": house.editor2}
    make.save_part(edition, shown.replaced(text="New."), seen=digest_of_part(shown), **how)
    parts.save_order(edition, "section", keys[::-1], seen=keys, **how)
    make.save_header(edition, header.replaced(covers="y"), seen=digest_of_part(header), **how)
    parts.remove_part(edition, part(edition, "link"), seen=digest_of_part(part(edition, "link")), **how)
    make.add_part(edition, Section(key=make.key("added"), kind="cautions", heading="Cautions", text="x"), **how)
    edition = Edition.objects.get(pk=edition.pk)
    made = ChangeSet.objects.filter(edition=edition).count()

    restore(edition, then, house.clinician, reason="Too soon")

    assert build(Edition.objects.get(pk=edition.pk)) == whole
    change = state(edition)
    assert (change.actor, change.after_id) == (house.clinician, then.after_id)
    assert set(change.touched) == {"header", "order", *(str(make.key(one)) for one in ("monitoring", "link", "added"))}
    assert change.reason == "Restored edition 1 as it was on 20 June 2028, 10:05:07: Too soon"
    assert ChangeSet.objects.filter(edition=edition).count() == made + 1
    assert AuditEvent.objects.latest("seq").verb == "edited"
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


@pytest.mark.parametrize("who", ["publisher", "auditor", "nobody", "admin"])
def test_who_may_not_edit_may_not_restore(house, edition, who):
    then = state(edition)
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    whole = make.seen(edition)

    with pytest.raises(Refused, match="You need the editor role for"):
        restore(edition, then, house.people[who])

    assert make.seen(edition) == whole
    assert AuditEvent.objects.latest("seq").data["codes"] == ["not_granted"]


def test_what_is_there_already_is_not_restored_and_not_recorded(house, edition):
    entries = AuditEvent.objects.count()

    with pytest.raises(Refused, match="Nothing differs") as refused:
        restore(edition, state(edition), house.editor)

    assert refused.value.codes == ["nothing_differs"]
    assert AuditEvent.objects.count() == entries


def test_a_draft_that_changed_since_it_was_seen_is_left_as_it_is(house, edition):
    then, seen = state(edition), make.seen(edition)
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)
    whole = make.seen(edition)

    with pytest.raises(Refused, match="Somebody changed this draft") as refused:
        restore(edition, then, house.editor, digest=seen)

    assert (refused.value.kind, refused.value.codes) == ("conflict", ["stale"])
    assert make.seen(edition) == whole
    assert AuditEvent.objects.latest("seq").data["codes"] == ["stale"]


def test_only_into_a_draft_and_only_from_the_same_monograph(house, edition):
    other = state(make.draft(house, "otherumab", make.document(related=())))
    whole = make.seen(edition)
    with pytest.raises(Refused) as refused:
        restore(edition, other, house.editor)
    assert refused.value.codes == ["not_of_this_monograph"]
    assert AuditEvent.objects.latest("seq").data["codes"] == ["not_of_this_monograph"]
    then = state(edition)
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    edition = make.submit(house, edition)
    with pytest.raises(Refused) as refused:
        restore(edition, then, house.editor)
    assert refused.value.codes == ["not_a_draft"]
    assert whole != make.seen(edition)


def test_neither_who_restores_nor_who_wrote_it_can_sign_it(house):
    """docs/security.md, A3, across editions: the clinician's words leave the page and come back by another hand."""
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "The clinician’s words.", actor=house.clinician)
    make.reword(edition, "prescribing", "- The editor’s [@trial2020].", actor=house.editor2)
    then = state(edition)
    digest = make.seen(edition)
    perform("discard", editions=[edition], actor=house.editor2, digest=digest, reason="Another way")
    published = Edition.objects.get(monograph=edition.monograph, state="published")
    edition = make.start(house, published)

    restore(edition, then, house.pharmacist)

    monitoring, prescribing = (str(make.key(name)) for name in ("monitoring", "prescribing"))
    change = state(edition)
    assert change.credits == {monitoring: [house.clinician.pk], prescribing: [house.editor2.pk]}
    case = EditionReview.load(edition)
    assert case.counts_for(house.pharmacist.pk) == frozenset()
    assert case.counts_for(house.clinician.pk) == {prescribing}
    assert case.counts_for(house.clinician2.pk) == {monitoring, prescribing}
    edition = make.submit(house, edition)
    with pytest.raises(Refused, match="You wrote or suggested everything that changed here"):
        make.sign(edition, house.pharmacist)
    assert AuditEvent.objects.latest("seq").data["codes"] == ["counts_for_nothing"]


def test_words_of_a_published_edition_bring_their_author_back(house):
    """The clinician wrote edition 1; edition 2 said it otherwise; edition 3 says it again."""
    edition = make.submit(house, make.draft(house, actor=house.clinician))
    make.sign(edition, house.clinician2)
    edition = make.publish(house, make.sign(edition, house.pharmacist))
    then = state(edition)
    second = make.start(house, edition)
    make.reword(second, "monitoring", "Otherwise.", actor=house.editor)
    second = make.submit(house, second)
    make.sign(second, house.clinician)
    third = make.start(house, make.publish(house, make.sign(second, house.pharmacist)))

    restore(third, then, house.editor)

    case = EditionReview.load(third)
    assert case.changed == {str(make.key("monitoring"))}
    assert case.counts_for(house.clinician.pk) == frozenset()
    assert case.contributors == {house.editor.pk, house.clinician.pk}


def test_whoever_took_a_part_out_or_moved_it_is_credited_when_that_comes_back(house):
    live = make.published(house)
    edition = make.start(house, live)
    whole = build(edition)
    keys, link = [section.key for section in whole.sections], whole.by_key()[make.key("link")]
    parts.remove_part(edition, link, seen=digest_of_part(link), actor=house.clinician)
    parts.save_order(edition, "section", keys[::-1], seen=keys, actor=house.clinician2)
    then = state(edition)
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Another way")
    edition = make.start(house, Edition.objects.get(pk=live.pk))

    restore(edition, then, house.editor)

    assert state(edition).credits == {str(link.key): [house.clinician.pk], "order": [house.clinician2.pk]}
    assert [section.key for section in build(edition).sections] == keys[::-1]


def test_whoever_wrote_the_words_by_the_time_when_they_stood_there_is_credited_and_nobody_later(house):
    edition = make.start(house, make.published(house))
    monitoring = str(make.key("monitoring"))
    make.reword(edition, "monitoring", "One.", actor=house.clinician)
    first = state(edition)
    make.reword(edition, "monitoring", "Two.", actor=house.clinician2)
    second = state(edition)
    make.reword(edition, "monitoring", "Three.", actor=house.pharmacist)

    for then, authors in ((first, [house.clinician]), (second, [house.clinician, house.clinician2])):
        with make.undone():
            restore(edition, then, house.editor)
            assert state(edition).credits == {monitoring: sorted(one.pk for one in authors)}


def test_whoever_wrote_other_words_in_another_edition_is_not_credited_with_these(house):
    """The clinician reworded the part in edition 2, the pharmacist in edition 3, of which edition 4 has the words."""
    live = make.published(house)
    for author, text in ((house.clinician, "Two."), (house.pharmacist, "Three.")):
        edition = make.start(house, live)
        make.reword(edition, "monitoring", text, actor=author)
        then = state(edition)
        perform("discard", editions=[edition], actor=house.publisher, digest=make.seen(edition), reason="Not yet")
    edition = make.start(house, live)

    restore(edition, then, house.editor)

    assert state(edition).credits == {str(make.key("monitoring")): [house.pharmacist.pk]}


def test_whoever_only_suggested_the_words_is_credited_when_they_come_back(house):
    live, monitoring = make.published(house), str(make.key("monitoring"))
    edition = make.start(house, live)
    shown = part(edition)
    credits = {monitoring: [house.clinician.pk]}
    with (
        audited_write(actor=house.editor2) as trail,
        change_set(trail, edition=edition, reason="Suggested", credits=credits) as change,
    ):
        change.save(shown.replaced(text="The clinician’s."), seen=digest_of_part(shown))
    then = state(edition)
    perform("discard", editions=[edition], actor=house.publisher, digest=make.seen(edition), reason="Not yet")
    edition = make.start(house, live)

    restore(edition, then, house.editor)

    assert state(edition).credits == {monitoring: sorted([house.clinician.pk, house.editor2.pk])}
    assert EditionReview.load(edition).counts_for(house.clinician.pk) == frozenset()


def test_an_undone_edit_that_is_restored_keeps_its_author(house):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "The clinician’s words.", actor=house.clinician)
    then = state(edition)
    make.reword(edition, "monitoring", "Tests go on for years.", actor=house.editor)

    restore(edition, then, house.editor)

    assert state(edition).credits == {str(make.key("monitoring")): [house.clinician.pk]}
    assert EditionReview.load(edition).counts_for(house.clinician.pk) == frozenset()


def test_a_state_in_which_two_references_had_each_others_labels(house):
    def doc(one, other):
        names = {"a": one, "b": other}
        return make.document(
            citations=tuple(
                Citation(key=make.key(name), label=label, csl={"type": "book", "title": name})
                for name, label in names.items()
            ),
            sections=(Section(key=make.key("monitoring"), kind="monitoring", heading="Monitoring", text="x"),),
            notices=(),
        )

    edition = make.draft(house, doc=doc("one2020", "two2020"))
    then = state(edition)
    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Swapped") as change:
        change.load(doc("two2020", "one2020"))

    restore(edition, then, house.editor)

    assert [citation.label for citation in build(edition).citations] == ["one2020", "two2020"]
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_what_is_saved_together_is_all_there_or_nothing_of_it(house):
    edition = make.draft(house)
    names = ("monitoring", "prescribing")

    def stand():
        held = build(Edition.objects.get(pk=edition.pk)).by_key()
        return [held[make.key(name)] for name in names]

    before = [one.text for one in stand()]
    seen = []

    def save(texts):
        wanted = [
            parts.Wanted(one.replaced(text=text), digest_of_part(one)) for one, text in zip(stand(), texts, strict=True)
        ]
        parts.save_all(edition, wanted, actor=house.editor)

    def check(outcome):
        seen.append([one.text for one in stand()])
        assert seen[-1] in (before, ["One.", "Other."]), outcome
        if seen[-1] != before:
            save(before)

    assert killed_at_each_statement(lambda: save(["One.", "Other."]), check) >= 20
    assert ["One.", "Other."] in seen
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_the_first_save_starts_the_edition_with_its_words_or_not_at_all(house):
    live = make.published(house)
    before = [one.pk for one in live.monograph.editions.all()]
    seen = []

    def save():
        shown = part(live)
        wanted = parts.Wanted(shown.replaced(text="The first words."), digest_of_part(shown))
        parts.save_all(live, [wanted], actor=house.editor, begins=make.seen(live))

    def check(outcome):
        begun = [one for one in live.monograph.editions.order_by("number") if one.pk not in before]
        seen.append([part(one).text for one in begun])
        assert seen[-1] in ([], ["The first words."]), outcome
        for one in begun:
            edition = Edition.objects.get(pk=one.pk)
            perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Again.")
            before.append(one.pk)

    assert killed_at_each_statement(save, check) >= 30
    assert ["The first words."] in seen
    assert verify() == []


def test_what_may_not_be_saved_starts_no_edition(house):
    live = make.published(house)
    shown, count = part(live), AuditEvent.objects.count()
    how = {"actor": house.editor, "begins": make.seen(live)}

    for wanted, code in (
        (parts.Wanted(shown, digest_of_part(shown)), "nothing_changed"),
        (parts.Wanted(shown.replaced(text="Call NHS 943 476 5919."), digest_of_part(shown)), "patient_data"),
    ):
        with pytest.raises(Refused) as refused:
            parts.save(live, wanted, **how)
        assert refused.value.codes == [code]
    with pytest.raises(Conflict):
        parts.save(live, parts.Wanted(shown.replaced(text="New."), "0" * 64), **how)
    assert [one.number for one in live.monograph.editions.all()] == [1]

    clash = parts.Wanted(part(live, "prescribing").replaced(text="New."), "0" * 64)
    saved = parts.save_all(live, [parts.Wanted(shown, digest_of_part(shown)), clash], **how)
    assert (saved.done, saved.change) == ({}, None)
    assert {key: one.codes for key, one in saved.held.items()} == {
        str(shown.key): ["nothing_changed"], clash.key: ["changed_meanwhile"]
    }  # fmt: skip
    assert [one.number for one in live.monograph.editions.all()] == [1]
    refused_only = AuditEvent.objects.filter(seq__gt=0).order_by("-seq")[: AuditEvent.objects.count() - count]
    assert {one.verb for one in refused_only} <= {"refused"}


def test_the_first_save_of_what_readers_see_is_one_act_that_starts_the_next_edition(house):
    live = make.published(house)
    shown, count = part(live), AuditEvent.objects.count()

    saved = parts.save(
        live, parts.Wanted(shown.replaced(text="New."), digest_of_part(shown)), actor=house.editor2, begins=make.seen(live)
    )  # fmt: skip

    entries = list(AuditEvent.objects.order_by("seq"))[count:]
    assert [one.verb for one in entries] == ["started", "edited", "edited"]
    assert len({one.at for one in entries}) == 1
    edition = live.monograph.editions.latest("number")
    assert (saved.change.edition.pk, edition.number, part(edition).text) == (edition.pk, 2, "New.")
    made = list(ChangeSet.objects.filter(edition=edition).order_by("at", "revision_id"))
    assert [(one.touched, one.actor) for one in made] == [([], house.editor2), ([str(shown.key)], house.editor2)]
    assert made[1].before == made[0].after
    assert verify() == []
