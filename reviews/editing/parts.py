"""Verbs on the parts of a draft: each one is one change set by one person, judged and recorded like everything else."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.formats import date_format
from django.utils.timezone import localtime

from monographs import document as values
from monographs.assemble import build
from monographs.difference.tenfold import tenfold
from monographs.digest import digest as digest_of_document
from monographs.models import PARTS, Citation, DoseRegimen, Edition
from monographs.texts.characters import says_nothing
from monographs.typed import Value, to_plain
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import kept
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.authorship import earlier_authors
from reviews.changes import Change, change_set, touched_parts
from reviews.editing import merging
from reviews.editing.library import keep_references
from reviews.models import ChangeSet
from reviews.workflow import begin

Cited = Sequence[values.Citation]
MOST_SAID = 400  # letters of a summary, so that it stands in the history in a few lines


@contextmanager
def editing(edition: Edition, *, actor: User, reason: str, summary: str, begins: str | None = None) -> Iterator[Change]:
    """The write lock, the right to edit as it is now, and a change set of this edition; or, if it is what readers see
    and this its digest (`begins`), of the next one, which starts as its copy in the same act: with its first words, or
    not at all. Refuses a reason that may not be kept (hidden characters, a patient's number) before anything is stored.
    Without a reason the summary stands in its place; the words of a part in it are judged with the part."""
    reason = kept(reason) or summary
    subject = f"monograph:{edition.monograph.slug}"
    with (
        refusals_recorded(actor=actor, action="edit", subject=subject, reason=reason),
        audited_write(actor=actor) as trail,
    ):
        if begins is not None:
            edition = begin(trail, edition, seen=begins)
        if found := policy.refusals(trail.actor, "edit", edition):
            raise Refused(found)
        with change_set(trail, edition=edition, reason=reason) as change:
            yield change


@dataclass(frozen=True)
class Wanted:
    """A header or a part as somebody wants it, with the references of the library that its words bring (`cited`).
    `seen` is the digest of what was shown; None for a new part."""

    value: Value
    seen: str | None
    cited: Cited = ()

    @property
    def key(self) -> str:
        return str(getattr(self.value, "key", "header"))

    def summary(self, doses: Sequence[values.DoseRegimen] = ()) -> str:
        """`doses`: those of the edition with this one among them."""
        if isinstance(self.value, values.Part):
            return f"{'Added' if self.seen is None else 'Changed'} {values.label_beside(self.value, doses)}"
        return "Changed the header"

    def put(self, change: Change) -> merging.Merged | None:
        """In its place: another digest there now is a Conflict, unless it is a section in which both changes have
        theirs; answers what was made of them then. A new part stands at the end of its kind; a key that is there
        already is refused: a button that was pressed twice adds one part. A reference goes to the library too."""
        if not isinstance(self.value, values.Part):
            assert isinstance(self.value, values.Header)
            change.header(self.value, seen=self.seen or "")
            self._bring(change)
            return None
        both = None
        if self.seen is not None:
            both = merging.save(change, self.value, seen=self.seen)
        elif is_there(self.value.key):
            raise added_already(self.value.key)
        else:
            change.append(self.value)
        self._bring(change)
        _keep_in_library(change.trail, self.value)
        return both

    def _bring(self, change: Change) -> None:
        """Adds the references that come with words which cite them; one that somebody else brought meanwhile is there.
        Refuses one whose label another source has by now: it is these words that have to be looked at."""
        labels = [one.label for one in self.cited]
        rows = Citation.objects.filter(edition=change.edition, label__in=labels) if labels else ()
        there = {row.label: row.as_value().csl for row in rows}
        for one in self.cited:
            if one.label not in there:
                change.append(one)
                _keep_in_library(change.trail, one)
            elif there[one.label] != one.csl:
                sentence = (
                    f"These words cite “{one.label}” of the library, and another reference of this edition has that "
                    "label by now. Look which of the two you mean, then save again."
                )
                raise refuse("label_taken", sentence, RefusalType.CONFLICT, part=self.key)


@dataclass
class Saved:
    """What became of each, by key: what was made of two changes of a part (None: it stands as it was wanted), or why it
    was held back; and the change set, if there is one."""

    done: dict[str, merging.Merged | None]
    held: dict[str, Refused]
    change: Change | None = None


def save(edition: Edition, wanted: Wanted, *, actor: User, reason: str = "", begins: str | None = None) -> Saved:
    """A header, a part or a new part, in a change set of its own. `begins` as in `editing`."""
    summary = wanted.summary(_doses_with(edition, [wanted.value]))
    with editing(edition, actor=actor, reason=reason, summary=summary, begins=begins) as change:
        return Saved({wanted.key: wanted.put(change)}, {}, change)


def save_all(
    edition: Edition, wanted: Collection[Wanted], *, actor: User, reason: str = "", begins: str | None = None
) -> Saved:
    """All of these in one change set. What clashes, or may not stand so, is held back alone (for a reference of the
    library: the words that bring it), and the rest is saved; what is about no one of them refuses all of it."""
    left, held = {one.key: one for one in wanted}, dict[str, Refused]()
    while left or not held:
        doses = _doses_with(edition, [one.value for one in left.values()])
        summary = "; ".join(one.summary(doses) for one in left.values())
        summary = summary if len(summary) <= MOST_SAID else f"Changed {len(left)} parts"
        try:
            with editing(edition, actor=actor, reason=reason, summary=summary, begins=begins) as change:
                return Saved({key: one.put(change) for key, one in left.items()}, held, change)
        except Refused as refused:
            whose = {str(cited.key): key for key, one in left.items() for cited in one.cited}
            found = [(whose.get(one.part, one.part), one) for one in refused.refusals]
            about = {key for key, _one in found}
            if held and refused.codes == ["nothing_changed"]:  # what would change anything is held back
                return Saved({}, held | dict.fromkeys(left, refused))
            if not about <= left.keys():
                raise
            for key in about:
                own = [one for at, one in found if at == key]
                held[key] = refused if len(about) == 1 else Refused(own, refused.recorded)
                del left[key]
    return Saved({}, held)


def _doses_with(edition: Edition, wanted: Collection[Value]) -> list[values.DoseRegimen]:
    """The doses of an edition as they would be with these: asked for where one of these is a dose."""
    new = {one.key: one for one in wanted if isinstance(one, values.DoseRegimen)}
    if not new:
        return []
    rows = DoseRegimen.with_removed.filter(edition=edition).order_by("position")
    there = [row.as_value() for row in rows if not row.removed or row.key in new]
    return [*(new.pop(one.key, one) for one in there), *new.values()]


def is_there(key: UUID) -> bool:
    """Whether a part has this key, of whatever kind and in whatever edition, removed ones included."""
    return any(model.with_removed.filter(key=key).exists() for model in PARTS.values())


def added_already(key: UUID) -> Refused:
    sentence = "This was added already: the button was pressed twice. You find it on the page."
    return refuse("added_already", sentence, RefusalType.CONFLICT, recorded=False, part=str(key))


def remove_part(edition: Edition, part: values.Part, *, seen: str, actor: User, reason: str = "") -> Change:
    """Takes a part out. Its history stays, and it can be restored."""
    summary = f"Removed {values.label_beside(part, _doses_with(edition, [part]))}"
    with editing(edition, actor=actor, reason=reason, summary=summary) as change:
        change.remove(part.part_kind, part.key, seen=seen)
        return change


def restore_part(edition: Edition, part: values.Part, *, actor: User, reason: str = "") -> Change:
    """Puts a removed part back as it was."""
    summary = f"Restored {values.label_beside(part, _doses_with(edition, [part]))}"
    with editing(edition, actor=actor, reason=reason, summary=summary) as change:
        change.restore(part.part_kind, part.key)
        return change


def restore(edition: Edition, *, change: ChangeSet, digest: str, actor: User, reason: str = "") -> None:
    """The whole draft as it was after an earlier change set of this monograph, in whatever edition: its header, its
    parts, their order. `digest` is that of the draft that was seen; another one now is refused, and so is a state in
    which the draft is already. A state in which an amount of a dose is ten times what stands there, or a tenth, needs a
    reason, as a dose does that is typed so.

    Nothing of the history is undone: this is one more change set. Whoever wrote the words that come back is credited
    with them beside the actor, so that none of them can sign those parts.
    """
    summary = f"Restored edition {change.edition.number} as it was on {_moment(change.at)}"
    given, reason = reason, f"{summary}: {reason}" if reason.strip() else ""
    with editing(edition, actor=actor, reason=reason, summary=summary) as opened:
        edition = opened.edition
        if change.edition.monograph_id != edition.monograph_id:
            raise refuse("not_of_this_monograph", "That state is one of another monograph.")
        now, then = build(edition), change.after.value
        touched = touched_parts(now, then, edition)
        if not touched:
            sentence = "Nothing differs: the draft says just that already."
            raise refuse("nothing_differs", sentence, RefusalType.INVALID, recorded=False)
        if digest_of_document(now) != digest:
            sentence = "Somebody changed this draft while you were reading. Look at what would change now, then decide."
            raise refuse("stale", sentence, RefusalType.CONFLICT)
        if says_nothing(given) and (found := brought_back(edition, now, then)):
            raise refuse("reason", f"{found[0]} Say why.", RefusalType.INVALID, recorded=False, field="reason")
        opened.credits = earlier_authors(edition.monograph, then, touched)
        opened.is_typed = False
        opened.load(then)


def brought_back(edition: Edition, now: values.Document, then: values.Document) -> list[str]:
    """What of the doses of an earlier state would be ten times, or a tenth of, what this draft or the edition of
    readers has, or another dose of that state: a sentence each."""
    live = edition.monograph.live
    seen = build(live.edition) if then.regimens and live and live.edition_id != edition.pk else None
    return tenfold(now, then, seen)


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "j F Y, H:i:s")


def save_order(
    edition: Edition, kind: str, keys: list[UUID], *, seen: list[UUID], actor: User, reason: str = ""
) -> Change:
    """The parts of a kind in another order. `seen` is the order that was shown."""
    with editing(edition, actor=actor, reason=reason, summary="Put parts in another order") as change:
        change.order(kind, keys, seen=seen)
        return change


def _keep_in_library(trail: Trail, part: values.Part) -> None:
    if isinstance(part, values.Citation):
        keep_references(trail, [(part.label, to_plain(part.csl))])
