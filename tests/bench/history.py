"""Monographs with long histories, and long trails, for measurement: beside `tests.bench.load`, and past the verbs as it
is. A change set of the bulk leaves the rows and the entry of one that was saved, and `verify_trail` finds the trail
whole.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from reversion.models import Revision

from monographs import document as values
from monographs.assemble import build
from monographs.digest import digest, digest_of_part, to_text
from monographs.document import PathStep
from monographs.models import Document, Edition, Monograph, Section, State, TherapeuticClass, WriteLock
from reviews.audit import seals
from reviews.audit.hashes import event_hash, event_text
from reviews.audit.trail import Trail, audited_write
from reviews.derived import of_change_sets
from reviews.derived.sides import Sides
from reviews.editing import parts
from reviews.models import AuditEvent, ChangeSet, EntrySubject
from reviews.workflow import perform
from tests.bench import load
from tests.bench.content import SAYS_SO, Generated, Writer, generated, name_of, slug_of

PARTS, SECTIONS, TESTS, NOTICES = 60, 28, 14, 2  # all, and of these kinds; the rest are references
EDITORS = ("editor", "editor2")
A_BATCH, MANY = 50, 5_000
SAYS = "\n\nRead again for the time "
TRIED = {"action": "edit", "codes": ["not_a_draft"]}


def history_number(change_sets: int) -> int:
    """Under which number the corpus has the monograph with so many change sets."""
    return 90_000 + change_sets


def history_slug(change_sets: int, seed: int = 1) -> str:
    return slug_of(name_of(seed, history_number(change_sets)))


def open_editions(count: int) -> None:
    """So many monographs, the first of the alphabet, with a next edition that waits for its signatures."""
    editor = get_user_model().objects.get(username=EDITORS[0])
    for live in Edition.objects.filter(state=State.PUBLISHED).order_by("monograph__slug")[:count]:
        perform("start", editions=[live], actor=editor, digest=digest(build(live)))
        edition = Edition.objects.select_related("monograph").get(monograph=live.monograph_id, state=State.DRAFT)
        section = build(edition).sections[0]
        words = parts.Wanted(section.replaced(text=f"{section.text}{SAYS}0."), digest_of_part(section))
        parts.save(edition, words, actor=editor)
        perform("submit", editions=[edition], actor=editor, digest=digest(build(edition)))


def with_history(change_sets: int, *, seed: int = 1, number: int = 90_000) -> Edition:
    """An open draft of 60 parts with just so many change sets, of two people in turn, after its published edition: for
    a database that `load` filled. `number` names the monograph, which must not be there yet. About two seconds for each
    hundred."""
    people = get_user_model().objects.in_bulk(field_name="username")
    leaf = TherapeuticClass.objects.filter(children=None).select_related("parent__parent").order_by("pk")[0]
    content = of_sixty(seed, number, [PathStep(slug=step.slug, name=step.name) for step in leaf.path()])
    with audited_write(actor=people["publisher"]) as trail:
        load.publish(trail, [content], [leaf], people)
    live = Edition.objects.get(monograph__slug=content.slug)
    perform("start", editions=[live], actor=people[EDITORS[0]], digest=digest(content.document))
    edition = Edition.objects.select_related("monograph").get(monograph=live.monograph_id, state=State.DRAFT)
    left = change_sets - 1  # to start it was one
    for turn, begin in enumerate(range(0, left, A_BATCH)):
        with audited_write(actor=people[EDITORS[turn % 2]]) as trail:
            _change(trail, edition, range(begin, min(begin + A_BATCH, left)))
    return edition


def of_sixty(seed: int, number: int, path: list[PathStep]) -> Generated:
    """A generated monograph of 60 parts."""
    made, more = generated(seed, number, [path]), Writer(seed, number)
    citations = [more.citation(place) for place in range(PARTS - SECTIONS - TESTS - NOTICES)]
    labels = [one.label for one in citations]
    document = made.document.replaced(
        sections=[
            values.Section(key=more.key(), kind="cautions", heading=more.phrase(2, 4), text=more.text(labels[at % 9 :: 9]))
            for at in range(SECTIONS)
        ],
        monitoring=[more.item(labels) for _ in range(TESTS)],
        notices=[more.notice(labels) for _ in range(NOTICES)],
        citations=citations,
        related=[],
    )  # fmt: skip
    return replace(made, leaf=0, document=document)


def _change(trail: Trail, edition: Edition, numbers: range) -> None:
    """A change set for each number, each of one section, one section after the other."""
    rows = list(Section.objects.filter(edition=edition).order_by("position"))
    last = ChangeSet.objects.filter(edition=edition).select_related("after").order_by("-at", "-revision_id")[0]
    documents = [build(edition)]
    for number in numbers:
        sections = list(documents[-1].sections)
        old = sections[number % SECTIONS]
        words = f"{old.text.partition(SAYS)[0]}{SAYS}{number}, and other words stand in it now."
        sections[number % SECTIONS] = old.replaced(text=words)
        documents.append(documents[-1].replaced(sections=sections))
    stored = [Document(digest=digest(one), text=to_text(one)) for one in documents[1:]]
    Document.objects.bulk_create(stored)
    reasons = [f"Changed {documents[0].sections[number % SECTIONS].label_for_people}" for number in numbers]
    revisions = Revision.objects.bulk_create(
        Revision(date_created=trail.at, user=trail.actor, comment=reason) for reason in reasons
    )
    WriteLock.objects.filter(pk=1).update(edition_id=edition.pk)
    before = [last.after, *stored]
    for at, number in enumerate(numbers):
        row, was, now, after = rows[number % SECTIONS], documents[at], documents[at + 1], stored[at]
        row.text = now.sections[number % SECTIONS].text
        row.save(update_fields=["text"])
        versions = load.versions(revisions[at], [row, edition])
        touched = [str(row.key)]
        change = ChangeSet.objects.create(
            id=uuid4(), revision=revisions[at], edition=edition, actor=trail.actor, reason=reasons[at], touched=touched,
            before=before[at], after=after, at=trail.at,
        )  # fmt: skip
        of_change_sets.keep(change.pk, Sides.of(edition.monograph_id, touched, was, now))
        trail.wrote(edition, row, after, revisions[at], change, *versions)
        edited = {"edition": edition.number, "change_set": str(change.pk), "touched": touched}
        subject = f"monograph:{edition.monograph.slug}"
        trail.record("edited", subject, digest=after.digest, reason=reasons[at], data=edited)


# -- The trail ---------------------------------------------------------------------------------------------------------


def fill_trail(entries: int) -> None:
    """So many entries more, tries that were refused, each about one of the monographs in turn. Half a minute for
    100,000."""
    actor = get_user_model().objects.get(username=EDITORS[0])
    monographs = list(Monograph.objects.order_by("pk").values_list("slug", "pk"))
    for begin in range(0, entries, MANY):
        with audited_write(actor=actor) as trail:
            trail.record("corpus_loaded", "corpus", reason=SAYS_SO, data={"monographs": 0})
            about = [monographs[at % len(monographs)] for at in range(begin, min(begin + MANY, entries) - 1)]
            events = list(_refused(trail, [slug for slug, _pk in about]))
            AuditEvent.objects.bulk_create(events, batch_size=500)
            EntrySubject.objects.bulk_create(
                EntrySubject(entry_id=one.seq, monograph_id=pk, verb=one.verb, is_long=False)
                for one, (_slug, pk) in zip(events, about, strict=True)
            )


def _refused(trail: Trail, slugs: list[str]) -> Iterator[AuditEvent]:
    """Entries as `Trail.record` makes them, unsaved; the trail goes on after the last of them."""
    name = trail.actor.get_username()
    for slug in slugs:
        content: dict[str, Any] = {
            "seq": trail.seq + 1, "at": trail.at, "verb": "refused", "subject": f"monograph:{slug}", "digest": "",
            "reason": SAYS_SO, "data": TRIED, "prev": trail.head,
        }  # fmt: skip
        text = event_text(actor={"pk": trail.actor.pk, "username": name}, **content)
        event = AuditEvent(**content, actor=trail.actor, actor_name=name, text=text, hash=event_hash(text))
        event.seal = seals.seal_entry(event.hash, seals.signer())
        trail.seq, trail.head = event.seq, event.hash
        yield event
