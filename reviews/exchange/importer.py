"""The import of monographs: a file's documents become drafts, all of them or none, and never more than drafts."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from django.contrib.auth.models import User

from monographs.models import Edition, Monograph, TherapeuticClass
from monographs.typed import to_plain
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import told
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.editing.alike import asked, drugs_like, known_as
from reviews.editing.library import keep_references, make_drug
from reviews.editing.monographs import begin
from reviews.exchange.files import ImportRefused, read_file
from reviews.exchange.schema import Incoming
from reviews.review.steps import next_edition

MOST_REFERENCES = 5_000


class DryRun(Exception):
    """Raised at the end of a trial import, so that nothing of it stays."""


def import_file(path: Path, *, actor: User, dry_run: bool = False) -> list[tuple[Edition, tuple[str, ...]]]:
    """Imports every monograph of a file, under one write lock: all or nothing. Returns the drafts with their warnings.

    Raises reviews.exchange.files.ImportRefused for what cannot be read (before anything is written), and Refused for
    what may not be written: a monograph with an open edition, a class that is not there, no right to write in it.
    """
    name = told(path.name, 200)  # a file system knows names that are no text
    subject = f"file:{name}"[:200]
    made: list[tuple[Edition, tuple[str, ...]]] = []
    try:
        incoming = read_file(path.read_bytes(), name)
        with nullcontext() if dry_run else refusals_recorded(actor=actor, action="import", subject=subject):
            if sum(len(one.document.citations) for one in incoming) > MOST_REFERENCES:
                sentence = f"A file may hold {MOST_REFERENCES:,} references, not more. Make several of it."
                raise refuse("too_many_references", sentence, RefusalType.INVALID)
            with audited_write(actor=actor) as trail:
                made = [_named(trail, one, name) for one in incoming]
                if dry_run:
                    raise DryRun
    except DryRun:
        pass
    except ImportRefused as refused:
        if not dry_run:
            with audited_write(actor=actor) as trail:
                trail.record("import_refused", subject, data={"findings": len(refused.findings)})
        raise
    return made


def no_such_class(slug: str) -> str:
    return (
        f"There is no therapeutic class “{slug}”. An administrator adds it under “Classes” on the desk, or takes in "
        "those of another library by `manage.py import_library FILE --actor NAME --only classes`."
    )


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
        raise refuse("no_such_class", no_such_class(one.therapeutic_class), RefusalType.INVALID)
    monograph = Monograph.objects.for_desk().filter(slug=one.slug).first()
    if found := policy.refusals(trail.actor, "create", monograph.therapeutic_class if monograph else therapeutic_class):
        raise Refused(found)
    _check_class_path(one, therapeutic_class)
    keep_references(trail, [(citation.label, to_plain(citation.csl)) for citation in one.document.citations])
    warnings = list(one.said)
    if monograph is None:
        drug = known_as(one.drug.name)
        if drug is None:
            likes = drugs_like(one.drug.name)
            if certain := [like for like in likes if like.is_certain and like.is_here]:
                raise asked(certain)
            warnings.extend(f"{like.why} It was added as another drug." for like in likes)
            drug = make_drug(
                trail, name=one.drug.name, names=one.drug.names, brands=one.drug.brands, codes=one.drug.codes,
                traits=one.traits, slug=one.drug.slug, another_than=[like.slug for like in likes],
            )  # fmt: skip
        elif set(drug.traits) != set(one.traits):
            warnings.append(f"The drug “{drug.name}” is there already with other traits; they were kept.")
        edition = begin(
            trail, slug=one.slug, drug=drug, therapeutic_class=therapeutic_class, document=one.document,
            suggested_tier=one.tier or "", reason=reason,
        )  # fmt: skip
        return edition, tuple(warnings)
    if monograph.therapeutic_class_id != therapeutic_class.pk or monograph.drug != known_as(one.drug.name):
        is_now = f"is on {monograph.drug.name}, in the class “{monograph.therapeutic_class.slug}”"
        raise refuse(
            "another_monograph",
            f"The monograph of this address {is_now}. Nothing else is imported there.",
            RefusalType.INVALID,
        )
    if set(monograph.drug.traits) != set(one.traits):
        warnings.append(f"The drug “{monograph.drug.name}” has other traits; they were kept.")
    if one.tier and one.tier != monograph.tier:
        warnings.append(f"The tier stays {monograph.tier}: a file only suggests one for a new monograph.")
    if monograph.editions.open().exists():
        sentence = "It has an open edition. Finish or discard that one, then import again."
        raise refuse("open_edition", sentence, RefusalType.CONFLICT)
    live = monograph.live.document if monograph.live else None
    edition = next_edition(trail, monograph, one.document, summary=reason, reason=reason, credits={}, before=live)
    return edition, tuple(warnings)


def _check_class_path(one: Incoming, therapeutic_class: TherapeuticClass) -> None:
    """What the page prints as its class is the class, or a part of the way to it, in that order."""
    way = iter(step.slug for step in therapeutic_class.path())
    for step in one.document.header.class_path:
        if step.slug not in way:  # an iterator: what was passed is not found again
            sentence = (
                f"The page would print the class “{step.slug}”, which is not on the way to “{therapeutic_class.slug}”."
            )
            raise refuse("class_path", sentence, RefusalType.INVALID)
