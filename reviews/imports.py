"""The import of monographs: a file's documents become drafts, all of them or none, and never more than drafts."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from monographs.document import thawed
from monographs.models import Drug, Edition, Monograph, TherapeuticClass
from monographs.names import skeleton
from reviews import policy
from reviews.changes import Trail, change_set, pen, refusals_recorded
from reviews.editions import begin
from reviews.incoming import Incoming
from reviews.interchange import read_file
from reviews.library import keep_reference, make_drug
from reviews.refusals import Kind, Refused, refuse


class DryRun(Exception):
    """Raised at the end of a trial import, so that nothing of it stays."""


def import_file(path: Path, *, actor: Any, dry_run: bool = False) -> list[tuple[Edition, tuple[str, ...]]]:
    """Imports every monograph of a file, under one pen: all or nothing. Returns the drafts with their warnings.

    Raises reviews.interchange.ImportRefused for what cannot be read (before anything is written), and Refused for what
    may not be written: a monograph with an open edition, a class that is not there, no right to write in it.
    """
    incoming = read_file(path.read_bytes(), path.name)
    made: list[tuple[Edition, tuple[str, ...]]] = []
    try:
        with (
            refusals_recorded(actor=actor, action="import", subject=f"file:{path.name}"[:200]),
            pen(actor=actor) as trail,
        ):
            made = [_named(trail, one, path.name) for one in incoming]
            if dry_run:
                raise DryRun
    except DryRun:
        pass
    return made


def _named(trail: Trail, one: Incoming, file: str) -> tuple[Edition, tuple[str, ...]]:
    """A refusal names the monograph: a file may hold many."""
    try:
        return _import_one(trail, one, file)
    except Refused as refused:
        named = [replace(refusal, sentence=f"{one.slug}: {refusal.sentence}") for refusal in refused.refusals]
        raise Refused(named, recorded=refused.recorded) from refused


def _import_one(trail: Trail, one: Incoming, file: str) -> tuple[Edition, tuple[str, ...]]:
    reason = f"Imported from {file}"
    therapeutic_class = (
        TherapeuticClass.objects.select_related("parent__parent").filter(slug=one.therapeutic_class).first()
    )
    if therapeutic_class is None:
        raise refuse("no_such_class", f"There is no therapeutic class “{one.therapeutic_class}”.", Kind.INVALID)
    monograph = Monograph.objects.for_desk().filter(slug=one.slug).first()
    if found := policy.refusals(trail.actor, "create", monograph.therapeutic_class if monograph else therapeutic_class):
        raise Refused(found)
    for citation in one.document.citations:
        keep_reference(trail, citation.label, thawed(citation.csl))
    warnings = list(one.warnings)
    if monograph is None:
        drug = Drug.objects.filter(skeleton=skeleton(one.drug.name)).first()
        if drug is None:
            drug = make_drug(
                trail, name=one.drug.name, names=one.drug.names, brands=one.drug.brands, codes=one.drug.codes,
                traits=one.traits,
            )  # fmt: skip
        elif set(drug.traits) != set(one.traits):
            warnings.append(f"The drug “{drug.name}” is there already with other traits; they were kept.")
        edition = begin(
            trail, slug=one.slug, drug=drug, therapeutic_class=therapeutic_class, document=one.document,
            suggested_tier=one.tier or "", reason=reason,
        )  # fmt: skip
        return edition, tuple(warnings)
    if monograph.editions.open().exists():
        sentence = "It has an open edition. Finish or discard that one, then import again."
        raise refuse("open_edition", sentence, Kind.CONFLICT)
    last = monograph.editions.order_by("-number").values_list("number", flat=True)[0]
    edition = Edition(monograph=monograph, number=last + 1)
    trail.save(edition)
    data = {"edition": edition.number, "from": None, "to": edition.state, "round": 0}
    trail.record("started", f"monograph:{one.slug}", reason=reason, data=data)
    live = monograph.live.document if monograph.live else None
    with change_set(trail, edition=edition, reason=reason, before=live) as change:
        change.load(one.document)
    return change.edition, tuple(warnings)
