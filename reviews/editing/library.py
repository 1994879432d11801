"""Verbs that add to what editions copy from: drugs, therapeutic classes, references, and checks of names.

What is there is changed in `drugs` and `classes`. Nothing of it touches an edition: a later change of a drug or
reference changes no signed text.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db import models

from monographs.canonical import canonical, digest_of
from monographs.models import Drug, NameCheck, Reference, TherapeuticClass
from monographs.texts.characters import says_nothing
from monographs.texts.confusables import mixed_scripts, skeleton
from monographs.texts.identifiers import DOI, LONGEST_DOI
from monographs.texts.slugs import LONGEST, free_like, slug_of
from monographs.typed import SLUG
from monographs.vocabulary import TIERS
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import PATIENT, admitted
from reviews.access.grants import check_administrator
from reviews.access.privacy import holds_nhs_number
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.editing.alike import asked_about, classes_like
from reviews.editing.drug_lists import checked_lists, checked_traits

LONGEST_NAME = 500
RESERVED = frozenset(("new",))  # addresses of the desk itself
RETIRED_CLASS = "The class “{}” is retired: nothing new begins in it. Choose another."


def checked_name(name: str) -> str:
    """A name as it may be kept. Refuses hidden characters, and letters of different scripts that look alike."""
    name = admitted(name, "name", LONGEST_NAME, is_line=True)
    if says_nothing(name):
        raise refuse("name", "Give the name.", RefusalType.INVALID, field="name")
    if max(len(name), len(skeleton(name))) > LONGEST_NAME:
        raise refuse("name", f"A name has at most {LONGEST_NAME} characters.", RefusalType.INVALID, field="name")
    if mixed_scripts(name):
        raise refuse(
            "name",
            f"“{name}” mixes letters of different alphabets that look alike. Type it again.",
            RefusalType.INVALID,
            field="name",
        )
    return name


def make_drug(
    trail: Trail, *, name: str, names: Iterable[Any] = (), brands: Iterable[Any] = (), codes: Iterable[Any] = (),
    traits: Iterable[str] = (), slug: str = "", another_than: Iterable[str] = (), former_names: Iterable[str] = (),
    retired: bool = False, merged_into: Drug | None = None, reason: str = "",
) -> Drug:  # fmt: skip
    """Adds a drug. Refuses a name that is there already, or has the same skeleton, and rows and traits that a change
    of a drug would refuse. `another_than`: drugs whose names are like it, and of which somebody said that this is
    another. What it was called before, and that nothing begins on it, is given of a drug that comes from another
    library."""
    name = checked_name(name)
    wanted, lists = checked_traits(traits), checked_lists(names, brands, codes)
    check_free(name)
    slug = slug or slug_of(name)
    check_slug(slug, "drug_slug")
    if Drug.objects.filter(slug=slug).exists():
        sentence = f"Another drug has the address “{slug}”. {way_out(slug, Drug)}"
        raise refuse("slug", sentence, RefusalType.INVALID, field="drug_slug")

    former = [checked_name(one) for one in former_names]
    check_merged(merged_into, retired)
    drug = Drug(
        slug=slug, name=name, skeleton=skeleton(name), traits=wanted, former_names=former, retired=retired,
        merged_into=merged_into, **lists,
    )  # fmt: skip
    trail.save(drug)
    data = {"name": name, "traits": drug.traits, **said_of(another_than)}
    if merged_into:
        data["into"] = merged_into.slug
    trail.record("drug_added", f"drug:{drug.slug}", reason=reason, data=data)
    return drug


def said_of(another_than: Iterable[str]) -> dict[str, list[str]]:
    """What an entry holds of names that were alike."""
    return {"another_than": slugs} if (slugs := sorted(another_than)) else {}


def check_merged(into: Drug | None, retired: bool) -> None:
    """Refuses a drug that was merged and is in use, and one that was merged into what is none itself any more."""
    if into and not retired:
        sentence = "A drug that was merged into another one is retired. Say so, or leave the other one out."
        raise refuse("not_retired", sentence, RefusalType.INVALID, field="merged_into")
    if into and into.merged_into_id:
        sentence = f"“{into.name}” was merged into another drug itself. Name the one that is left."
        raise refuse("merged", sentence, RefusalType.INVALID, field="merged_into")


def check_free(name: str, but: Drug | None = None) -> None:
    """Refuses a name that a drug of the library has, or one that looks like it; `but`: other than that drug."""
    twin = Drug.objects.select_related("merged_into").filter(skeleton=skeleton(name)).first()
    if twin is None or twin == but:
        return
    if twin.merged_into:
        sentence = f"The drug “{twin.name}” was merged into “{twin.merged_into.name}”. Choose that one."
    else:
        sentence = f"The drug “{twin.name}” is there already. Choose it from the list."
    raise refuse("drug_exists", sentence, RefusalType.INVALID, field="name")


def check_slug(slug: str, field: str = "slug") -> None:
    """Refuses what cannot be an address; "" is what a name made that has no letter or figure for one."""
    if not slug:
        sentence = "No name here makes an address. Type one: small letters a to z, figures and single hyphens."
        raise refuse("slug", sentence, RefusalType.INVALID, field=field)
    if len(slug) > LONGEST or not re.fullmatch(SLUG, slug, re.ASCII) or slug in RESERVED:
        sentence = f"“{slug[:LONGEST]}” cannot be an address. Use small letters a to z, figures and single hyphens."
        raise refuse("slug", sentence, RefusalType.INVALID, field=field)
    if holds_nhs_number(slug):
        raise refuse("patient_data", PATIENT, RefusalType.INVALID, recorded=False, field=field)


def way_out(slug: str, *tables: type[models.Model]) -> str:
    """What to do about an address that is taken in one of these tables: one that is free in all of them."""
    taken: set[str] = set()
    for table in tables:
        like = table._default_manager.filter(slug__startswith=f"{slug[: LONGEST - 4].rstrip('-')}-")
        taken.update(like.values_list("slug", flat=True))
    return f"Type another one in the box of the address: “{free_like(slug, taken)}” is free."


def make_class(
    name: str, *, actor: User, slug: str = "", parent: TherapeuticClass | None = None, tier_floor: str = "",
    another: Collection[str] | None = None,
) -> TherapeuticClass:  # fmt: skip
    """Adds a therapeutic class. Administrators do: grants hang on classes. Asks about names that are like it: `another`
    are the classes that were shown; None, where nobody is there to be asked: a program lists its own."""
    slug = slug or slug_of(name[:LONGEST_NAME])
    with (
        refusals_recorded(actor=actor, action="make_class", subject=f"class:{slug[:LONGEST]}"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor)
        return added_class(trail, name, slug=slug, parent=parent, tier_floor=tier_floor, another=another)


def added_class(
    trail: Trail, name: str, *, slug: str, parent: TherapeuticClass | None, tier_floor: str,
    another: Collection[str] | None = None, retired: bool = False, reason: str = "",
) -> TherapeuticClass:  # fmt: skip
    """As `make_class`, in the act of whoever holds the write lock and has asked for the right. One that comes from
    another library may be retired, and then stand below one that is."""
    name = checked_name(name)
    check_slug(slug)
    if tier_floor and tier_floor not in TIERS:
        sentence = f"Choose a tier: {', '.join(TIERS.values())}."
        raise refuse("tier", sentence, RefusalType.INVALID, field="tier_floor")
    if parent is not None and not retired and TherapeuticClass.objects.filter(pk=parent.pk, retired=True).exists():
        raise refuse("retired", RETIRED_CLASS.format(parent.name), RefusalType.CONFLICT, field="parent")
    if TherapeuticClass.objects.filter(slug=slug).exists():
        sentence = f"Another class has the address “{slug}”. {way_out(slug, TherapeuticClass)}"
        raise refuse("class_exists", sentence, RefusalType.INVALID, field="slug")
    alike = [] if another is None else asked_about(classes_like(name), another)
    made = TherapeuticClass(slug=slug, name=name, parent=parent, tier_floor=tier_floor, retired=retired)
    trail.save(made)
    data = {"name": name, "parent": parent.slug if parent else None, **said_of(alike)}
    trail.record("class_added", f"class:{slug}", reason=reason, data=data)
    return made


def keep_references(trail: Trail, records: Iterable[tuple[str, dict[str, Any]]], reason: str = "") -> int:
    """Adds the records (label, CSL-JSON) that the library does not have, with one entry for all of them. Answers how
    many these were. A record that is there is never changed.
    """
    new = new_records(records)
    if new:
        trail.wrote(*Reference.objects.bulk_create(new))
        subject = f"reference:{new[0].label}" if len(new) == 1 else "library"
        trail.record("reference_added", subject, reason=reason, data={"labels": [record.label for record in new]})
    return len(new)


def new_records(records: Iterable[tuple[str, dict[str, Any]]]) -> list[Reference]:
    """Unsaved, those of these records (label, CSL-JSON) that the library does not have.

    A record is there when one has its DOI, or is equal to it. Another record under a label that is taken gets a suffix
    made of its bytes.
    """
    wanted = list(records)
    labels = {label for label, _ in wanted}
    dois = {doi for _, csl in wanted if (doi := _doi(csl))}
    titles = {_title(csl) for _, csl in wanted}
    known = [*_having("label", labels), *_having("doi", dois), *_having("title", titles)]
    taken = {record.label for record in known}
    there = {record.doi for record in known if record.doi}
    equal = {canonical(record.csl) for record in known}
    new = []
    for label, csl in wanted:
        doi, form = _doi(csl), canonical(csl)
        if (doi and doi in there) or form in equal:
            continue
        free = label if label not in taken else f"{label[:60]}-{digest_of(csl)[:12]}"
        new.append(Reference(label=free, title=_title(csl), doi=doi, csl=csl))
        taken.add(free)
        equal.add(form)
        there |= {doi} if doi else set()
    return new


def _having(field: str, values_: set[str]) -> Iterator[Reference]:
    some = sorted(values_)
    for start in range(0, len(some), 500):
        yield from Reference.objects.filter(**{f"{field}__in": some[start : start + 500]})


def _doi(csl: dict[str, Any]) -> str | None:
    """The DOI by which a record is known, in small letters; None for what is none."""
    doi = csl.get("DOI")
    return doi.lower() if isinstance(doi, str) and len(doi) <= LONGEST_DOI and DOI.fullmatch(doi) else None


def _title(csl: dict[str, Any]) -> str:
    return str(csl.get("title", ""))


def record_name_check(
    *, actor: User, system: str, code: str, name: str, status: str, matched_name: str, release: str, source: str
) -> NameCheck:
    """Notes the outcome of looking a code and a name up in a vocabulary (docs/clinical/rxnorm.md)."""
    subject = f"code:{system[:20]} {code[:20]}"
    with (
        refusals_recorded(actor=actor, action="record_name_check", subject=subject),
        audited_write(actor=actor) as trail,
    ):
        if found := policy.refusals(trail.actor, "keep_library"):
            raise Refused(found)
        if status not in dict(NameCheck._meta.get_field("status").choices or ()):
            raise refuse("status", "It was found, or it failed.", RefusalType.INVALID, field="status")
        system, code, name, matched_name, release, source = (
            admitted(words, field, _longest(field), is_line=True)
            for field, words in (
                ("system", system), ("code", code), ("name", name), ("matched_name", matched_name),
                ("release", release), ("source", source),
            )
        )  # fmt: skip
        check = NameCheck(
            system=system, code=code, name=name, status=status, matched_name=matched_name, release=release,
            source=source, at=trail.at,
        )  # fmt: skip
        trail.save(check)
        trail.record("name_checked", subject, data={"status": status, "release": release})
    return check


def _longest(field: str) -> int:
    column = NameCheck._meta.get_field(field)
    return getattr(column, "max_length", None) or 0
