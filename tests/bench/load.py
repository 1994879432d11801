"""Loads a corpus: the one place that writes past the verbs, because measurement needs tens of thousands of monographs.

People, rights and classes come from the verbs. Monographs come published, in bulk, a batch a write lock: nobody wrote,
read or signed them. Their rows are those that the verbs leave, and `verify_trail` finds the trail whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import models
from reversion.models import Revision, Version

from monographs import document as values
from monographs.assemble import header_columns, rows
from monographs.difference.document_diff import changed_parts
from monographs.digest import digest, to_text
from monographs.document import PathStep
from monographs.models import PARTS, Document, Drug, Edition, Monograph, Publication, State, TherapeuticClass, WriteLock
from monographs.standing import today
from monographs.texts.confusables import skeleton
from reviews.audit import certificates, seals
from reviews.audit.hashes import instant
from reviews.audit.trail import Trail, audited_write
from reviews.derived import of_change_sets
from reviews.derived.sides import Sides
from reviews.editing.library import make_class
from reviews.management.demonstration.load import accounts, rights
from reviews.models import ChangeSet, ClinicianProfile, SignOff
from reviews.review import tiers
from reviews.review.attestation import UNSEEN, checklist
from tests.bench.content import SAYS_SO, Generated, generated

A_BATCH = 100
A_GROUP = 10  # leaves under one class
SIGNERS = ("clinician", "pharmacist")  # a set that is full for every tier

Say = Callable[[str], None]


@dataclass
class Made:
    """A generated monograph and the rows that were made of it."""

    content: Generated
    digest: str
    drug: Drug
    monograph: Monograph
    edition: Edition
    parts: list[models.Model]
    touched: list[str]
    change_set: ChangeSet = field(init=False)
    publication: Publication = field(init=False)

    @property
    def document(self) -> values.Document:
        return self.content.document

    @property
    def subject(self) -> str:
        return f"monograph:{self.content.slug}"


def load(count: int, *, classes: int, seed: int, say: Say) -> None:
    """Loads `count` published monographs in `classes` leaves of a class tree. The same seed makes the same documents.

    For a demonstration's database without content: the caller makes sure of it.
    """
    people = accounts()
    leaves = _classes(classes, people["admin"])
    rights(people)
    paths = [tuple(PathStep(slug=step.slug, name=step.name) for step in leaf.path()) for leaf in leaves]
    for start in range(0, count, A_BATCH):
        batch = [generated(seed, number, paths) for number in range(start, min(count, start + A_BATCH))]
        with audited_write(actor=people["publisher"]) as trail:
            publish(trail, batch, leaves, people)
        if (start // A_BATCH) % 10 == 9:
            say(f"  {start + len(batch)} monographs")
    head = WriteLock.objects.get(pk=1)
    seals.append_checkpoint(head.seq, head.hash)


def _classes(count: int, admin: Any) -> list[TherapeuticClass]:
    """The leaves of a tree of three levels."""
    root = make_class("Generated for measurement", slug="generated", actor=admin)
    leaves: list[TherapeuticClass] = []
    for number in range(count):
        if number % A_GROUP == 0:
            letter = f"{number // A_GROUP + 1:03}"
            group = make_class(f"Generated group {letter}", slug=f"group-{letter}", parent=root, actor=admin)
        name = f"{number + 1:04}"
        leaves.append(make_class(f"Generated class {name}", slug=f"class-{name}", parent=group, actor=admin))
    return leaves


def publish(
    trail: Trail, batch: Sequence[Generated], leaves: Sequence[TherapeuticClass], people: dict[str, Any]
) -> None:
    """Writes one batch and its entries: one that holds the hashes of all rows, then those that each monograph needs."""
    made = _monographs(trail, batch, leaves)
    trail.wrote(*Document.objects.bulk_create(Document(digest=one.digest, text=to_text(one.document)) for one in made))
    _write_parts(trail, made)
    _write_history(trail, made, people["editor"])
    signatures = _sign(trail, made, people)
    _put_live(trail, made, signatures)
    trail.reindex(*(one.monograph for one in made))
    trail.record("corpus_loaded", "corpus", reason=SAYS_SO, data={"monographs": len(made)})
    for one in made:
        _record(trail, one)


def _monographs(trail: Trail, batch: Sequence[Generated], leaves: Sequence[TherapeuticClass]) -> list[Made]:
    """Drugs, monographs and their published editions."""
    drugs = Drug.objects.bulk_create(_drug(content) for content in batch)
    monographs = Monograph.objects.bulk_create(
        Monograph(
            slug=content.slug,
            drug=drug,
            therapeutic_class=leaves[content.leaf],
            tier=tiers.highest(
                [
                    tiers.tier_floor(
                        content.traits, leaves[content.leaf].tier_floors, [content.document], today(trail.at)
                    ),
                    "standard",
                ]
            ),
        )
        for content, drug in zip(batch, drugs, strict=True)
    )
    editions = Edition.objects.bulk_create(
        Edition(
            monograph=monograph, number=1, state=State.PUBLISHED, round=1, **header_columns(content.document.header)
        )
        for content, monograph in zip(batch, monographs, strict=True)
    )
    trail.wrote(*drugs, *editions)
    return [
        Made(
            content, digest(content.document), drug, monograph, edition, rows(edition, content.document),
            sorted(changed_parts(None, content.document)),
        )
        for content, drug, monograph, edition in zip(batch, drugs, monographs, editions, strict=True)
    ]  # fmt: skip


def _drug(content: Generated) -> Drug:
    header = content.document.header.model_dump(mode="json")
    return Drug(
        slug=content.slug, name=content.name, skeleton=skeleton(content.name), names=header["names"],
        brands=header["brands"], codes=header["codes"], traits=sorted(content.traits),
    )  # fmt: skip


def _write_parts(trail: Trail, made: Sequence[Made]) -> None:
    """Edition by edition: the database takes a part only while the write lock is opened for its edition."""
    for one in made:
        WriteLock.objects.filter(pk=1).update(edition_id=one.edition.pk)
        for model in PARTS.values():
            model.objects.bulk_create([part for part in one.parts if type(part) is model])
        trail.wrote(*one.parts)
    WriteLock.objects.filter(pk=1).update(edition_id=None)


def _write_history(trail: Trail, made: Sequence[Made], editor: Any) -> None:
    """A change set each, with reversion's revision and a version of every row."""
    revisions = Revision.objects.bulk_create(
        Revision(date_created=trail.at, user=editor, comment=SAYS_SO) for _ in made
    )
    kept = [versions(revision, [one.edition, *one.parts]) for one, revision in zip(made, revisions, strict=True)]
    change_sets = ChangeSet.objects.bulk_create(
        ChangeSet(
            id=uuid4(), revision=revision, edition=one.edition, actor=editor, reason=SAYS_SO, touched=one.touched,
            after_id=one.digest, at=trail.at,
        )
        for one, revision in zip(made, revisions, strict=True)
    )  # fmt: skip
    for one, change_set in zip(made, change_sets, strict=True):
        one.change_set = change_set
        of_change_sets.keep(change_set.pk, Sides.of(one.monograph.pk, one.touched, None, one.document))
    trail.wrote(*revisions, *(version for some in kept for version in some), *change_sets)


def versions(revision: Revision, rows: Sequence[models.Model]) -> list[Version]:
    """A version of each row as it stands now."""
    types = ContentType.objects.get_for_models(*map(type, rows))
    return Version.objects.bulk_create(
        Version(
            revision=revision, content_type=types[type(row)], object_id=str(row.pk), db=row._state.db, format="json",
            serialized_data=serializers.serialize("json", [row]), object_repr=str(row),
        )
        for row in rows
    )  # fmt: skip


def _sign(trail: Trail, made: Sequence[Made], people: dict[str, Any]) -> list[dict[str, str]]:
    """A row for each signer and monograph. Answers the signatures as publications print them."""
    profiles = [ClinicianProfile.objects.get(user=people[name]) for name in SIGNERS]
    sign_offs = SignOff.objects.bulk_create(
        SignOff(
            edition=one.edition, round=1, document_id=one.digest, signer_id=profile.user_id, name=profile.name,
            profession=profile.profession, body=profile.body, number=profile.number,
            reader_title=profile.reader_title, name_consent=profile.name_consent, interests="none",
            checklist=[tick.sentence for tick in checklist(one.document, one.touched, first=True)], signed_at=trail.at,
            seen=UNSEEN.kept(""),
        )
        for one in made
        for profile in profiles
    )  # fmt: skip
    trail.wrote(*sign_offs)
    return [
        {"reader_title": profile.reader_title, "signed_at": instant(trail.at), "interests": "none"}
        for profile in profiles
    ]


def _put_live(trail: Trail, made: Sequence[Made], signatures: list[dict[str, str]]) -> None:
    """Sealed publications, all upon the head of the chain before the batch, and the monographs that show them."""
    day = today(trail.at)
    publications = Publication.objects.bulk_create(
        Publication(
            monograph=one.monograph, edition=one.edition, document_id=one.digest, number=1, slug=one.content.slug,
            name=one.document.header.name, class_slugs=[step.slug for step in one.document.header.class_path],
            traits=one.drug.traits, tier=one.monograph.tier, signatures=signatures, published_at=trail.at,
            last_full_review=day, head=trail.head, key=seals.key_id(),
            seal=seals.seal(
                seals.sealed_form(
                    slug=one.content.slug, number=1, digest=one.digest, sign_offs=signatures, published_at=trail.at,
                    head=trail.head,
                )
            ),
        )
        for one in made
    )  # fmt: skip
    for one, publication in zip(made, publications, strict=True):
        one.publication = one.monograph.live = publication
        one.monograph.next_review_due = tiers.ROWS[one.monograph.tier].next_review(day)
    monographs = [one.monograph for one in made]
    Monograph.objects.bulk_update(monographs, ["live", "next_review_due"])
    trail.wrote(*publications, *monographs)
    certificates.write(trail, publications)


def _record(trail: Trail, one: Made) -> None:
    """The entries from which history tells, and states and what is live are replayed."""
    begun = {"edition": 1, "from": None, "to": State.DRAFT, "round": 0, "tier": one.monograph.tier}
    trail.record("begun", one.subject, data=begun)
    edited = {"edition": 1, "change_set": str(one.change_set.pk), "touched": one.touched}
    trail.record("edited", one.subject, digest=one.digest, reason=SAYS_SO, data=edited)
    published = {
        "edition": 1, "from": State.CLINICIAN_REVIEWED, "to": State.PUBLISHED, "round": 1,
        "publication": one.publication.pk, "superseded": None,
    }  # fmt: skip
    trail.record("published", one.subject, digest=one.digest, reason=SAYS_SO, data=published)
