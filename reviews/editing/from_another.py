"""Parts that begin as copies of those of another monograph: words that readers see there, and the references that they
cite, in one change set that says where they are from.

Whoever wrote those words stays their author and can sign none of the copies. What names the drug that they were written
for is told until it is gone (reviews.review.copied_from).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User

from monographs import document as values
from monographs.assemble import build
from monographs.citations.keys import proposed_key
from monographs.declared import declared_of
from monographs.document import PROSE
from monographs.models import Edition, Monograph, Publication
from monographs.standing import WITHHELD_KINDS, Gone, shown, standing
from monographs.texts.line_grammar import CITATION
from monographs.texts.text import citation_labels
from monographs.typed import to_plain
from reviews.access.refusals import Conflict, RefusalType, refuse
from reviews.authorship import earlier_authors
from reviews.changes import Change
from reviews.editing.library import keep_references
from reviews.editing.parts import editing

KINDS = WITHHELD_KINDS  # notices and links are about one drug


@dataclass(frozen=True)
class Source:
    """What may be copied of a monograph: of its publication, the parts that readers see and nothing is said against."""

    publication: Publication
    document: values.Document
    parts: tuple[values.Part, ...]
    why_not: str = ""

    @property
    def name(self) -> str:
        return self.document.header.called

    def cited(self, parts: Iterable[values.Part]) -> list[values.Citation]:
        """The references of these parts, in the order of the list."""
        labels = {label for part in parts for label in _labels(part)}
        return [one for one in self.document.citations if one.label in labels]


def source_of(monograph: Monograph) -> Source | None:
    """What may be copied of a monograph; nothing of one that is not published. Of a page that is withdrawn, and of a
    part that is withheld or corrected, no word goes on."""
    publication = monograph.live
    if publication is None:
        return None
    document = publication.document.value
    seen = shown(document, standing(publication, document))
    if isinstance(seen, Gone) or seen.retired:
        return Source(publication, document, (), "Its page is withdrawn: nothing of it is copied.")
    wrong = {place["part"] for one in seen.errata for place in one.places or ()}
    if any(one.places is None for one in seen.errata):
        return Source(publication, document, (), "A correction stands over all of its page: nothing of it is copied.")
    parts = tuple(one for one in seen.document.parts() if one.part_kind in KINDS and str(one.key) not in wrong)
    return Source(publication, document, parts)


def copy_parts(
    edition: Edition, *, source: Monograph, seen: int, keys: Collection[UUID], actor: User, reason: str = ""
) -> list[UUID]:
    """Adds copies of these parts of another monograph's page to a draft, and the references that they cite and that are
    not there; answers their keys. `seen` is the number of the edition that was shown: another one now is refused."""
    name = source.called
    summary = f"Copied from {name}, edition {seen}"
    reason = f"{summary}: {reason}" if reason.strip() else ""
    with editing(edition, actor=actor, reason=reason, summary=summary) as change:
        found = source_of(Monograph.objects.select_related("live__document").get(pk=source.pk))
        if found is None or source.pk == change.edition.monograph_id:
            raise refuse("not_to_copy", "Choose another monograph that is published.", RefusalType.INVALID)
        if found.why_not:
            raise refuse("not_to_copy", found.why_not, RefusalType.CONFLICT)
        chosen = [one for one in found.parts if one.key in keys]
        if found.publication.number != seen or len(chosen) != len(set(keys)):
            raise Conflict("Its page was changed while you were reading. Look at it again, then choose.", None, "")
        if not chosen:
            raise refuse("missing", "Choose what to copy.", RefusalType.INVALID, field="parts")
        return _copied(change, found, chosen)


def _copied(change: Change, source: Source, chosen: list[values.Part]) -> list[UUID]:
    here = {one.label: one for one in build(change.edition).citations}
    labels: dict[str, str] = {}
    brought = []
    for one in source.cited(chosen):
        same = next((mine for mine in here.values() if _is_same(mine, one)), None)
        label = same.label if same else one.label if one.label not in here else proposed_key(one.csl, here)
        labels[one.label] = label
        if same is None:
            here[label] = one.replaced(key=uuid4(), label=label)
            brought.append(here[label])
    of = {part.key: uuid4() for part in chosen}
    authors = earlier_authors(source.publication.monograph, source.document, {str(key) for key in of})
    change.credits |= {str(of[UUID(key)]): people for key, people in authors.items()}
    for citation in brought:
        change.append(citation)
    for part in chosen:
        change.append(_relabelled(part, labels).replaced(key=of[part.key]))
    keep_references(change.trail, [(one.label, to_plain(one.csl)) for one in brought])
    data = {
        "edition": change.edition.number,
        "from": source.publication.slug,
        "publication": source.publication.pk,
        "of": source.publication.number,
        "parts": {str(new): str(old) for old, new in of.items()},
    }
    change.trail.record("parts_copied", f"monograph:{change.edition.monograph.slug}", data=data)
    return list(of.values())


def _labels(part: values.Part) -> Iterator[str]:
    for name, said in declared_of(type(part)).items():
        if said.cites and getattr(part, name):
            yield getattr(part, name)
    if prose := PROSE.get(type(part)):
        yield from citation_labels(getattr(part, prose))


def _is_same(mine: values.Citation, theirs: values.Citation) -> bool:
    """The same source, whatever its label is here."""
    return _record(mine) == _record(theirs)


def _record(citation: values.Citation) -> dict[str, Any]:
    return {name: held for name, held in citation.csl.items() if name != "id"}


def _relabelled(part: values.Part, labels: dict[str, str]) -> values.Part:
    """A part that cites by the labels of its new edition."""
    named = {name: getattr(part, name) for name, said in declared_of(type(part)).items() if said.cites}
    changed: dict[str, Any] = {name: labels[held] for name, held in named.items() if held in labels}
    if prose := PROSE.get(type(part)):
        changed[prose] = CITATION.sub(lambda mark: f"[@{labels.get(mark[1], mark[1])}]", getattr(part, prose))
    return part.replaced(**changed)
