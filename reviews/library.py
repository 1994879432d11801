"""Verbs on what editions copy from: drugs, therapeutic classes, references, and checks of names.

Nothing here touches an edition: a later change of a drug or reference changes no signed text.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.text import slugify

from monographs import document as values
from monographs.canonical import BadCharacters, clean_line
from monographs.models import TRAITS, Drug, NameCheck, Reference, TherapeuticClass
from monographs.names import mixed_scripts, skeleton
from reviews import policy
from reviews.changes import Trail, pen, refusals_recorded
from reviews.refusals import Kind, Refused, refuse

LONGEST_NAME = 500


def checked_name(name: str) -> str:
    """A name as it may be kept. Refuses hidden characters, and letters of different scripts that look alike."""
    try:
        name = clean_line(name)
    except BadCharacters as error:
        raise refuse("name", str(error), Kind.INVALID, field="name") from error
    if not name:
        raise refuse("name", "Give the name.", Kind.INVALID, field="name")
    if max(len(name), len(skeleton(name))) > LONGEST_NAME:
        raise refuse("name", f"A name has at most {LONGEST_NAME} characters.", Kind.INVALID, field="name")
    if mixed_scripts(name):
        raise refuse(
            "name",
            f"“{name}” mixes letters of different alphabets that look alike. Type it again.",
            Kind.INVALID,
            field="name",
        )
    return name


def make_drug(
    trail: Trail, *, name: str, names: Iterable[Any] = (), brands: Iterable[Any] = (), codes: Iterable[Any] = (),
    traits: Iterable[str] = (), slug: str = "",
) -> Drug:  # fmt: skip
    """Adds a drug. Refuses a name that is there already, or looks like one that is."""
    name = checked_name(name)
    if unknown := set(traits) - set(TRAITS):
        raise refuse("traits", f"There is no trait “{sorted(unknown)[0]}”.", Kind.INVALID, field="traits")
    twin = Drug.objects.filter(skeleton=skeleton(name)).first()
    if twin is not None:
        raise refuse(
            "drug_exists",
            f"The drug “{twin.name}” is there already. Choose it from the list.",
            Kind.INVALID,
            field="name",
        )
    slug = slug or slugify(name)[:100]
    if not re.fullmatch(values.SLUG, slug) or Drug.objects.filter(slug=slug).exists():
        raise refuse("slug", f"The address “{slug}” is taken, or cannot be one.", Kind.INVALID, field="name")

    def plain(rows: Iterable[Any]) -> list[dict[str, str]]:
        return [row if isinstance(row, dict) else row.model_dump(mode="json") for row in rows]

    drug = Drug(
        slug=slug, name=name, skeleton=skeleton(name), names=plain(names), brands=plain(brands), codes=plain(codes),
        traits=sorted(set(traits)),
    )  # fmt: skip
    trail.save(drug)
    trail.record("drug_added", f"drug:{drug.slug}", data={"name": name, "traits": drug.traits})
    return drug


def make_class(
    name: str, *, actor: Any, slug: str = "", parent: TherapeuticClass | None = None, tier_floor: str = ""
) -> TherapeuticClass:
    """Adds a therapeutic class. Administrators do: grants hang on classes."""
    slug = slug or slugify(name)[:100]
    with refusals_recorded(actor=actor, action="make_class", subject=f"class:{slug}"), pen(actor=actor) as trail:
        if found := policy.refusals(trail.actor, "manage_people"):
            raise Refused(found)
        name = checked_name(name)
        if TherapeuticClass.objects.filter(slug=slug).exists():
            raise refuse("class_exists", f"The class “{slug}” is there already.", Kind.INVALID, field="name")
        made = TherapeuticClass(slug=slug, name=name, parent=parent, tier_floor=tier_floor)
        trail.save(made)
        trail.record("class_added", f"class:{slug}", data={"name": name, "parent": parent.slug if parent else None})
    return made


def keep_reference(trail: Trail, label: str, csl: dict[str, Any]) -> Reference:
    """The record of the library with this label or DOI, added when it is new. A record that is there is not changed."""
    doi = str(csl["DOI"]).lower() if csl.get("DOI") else None
    found = Reference.objects.filter(doi=doi).first() if doi else None
    found = found or Reference.objects.filter(label=label).first()
    if found is None:
        found = Reference(label=label, title=str(csl.get("title", "")), doi=doi, csl=csl)
        trail.save(found)
        trail.record("reference_added", f"reference:{label}", data={"title": found.title})
    return found


def record_name_check(
    *, actor: Any, system: str, code: str, name: str, status: str, matched_name: str, release: str, source: str
) -> NameCheck:
    """Notes the outcome of looking a code and a name up in a vocabulary (clinical/rxnorm.md)."""
    subject = f"code:{system} {code}"
    with refusals_recorded(actor=actor, action="record_name_check", subject=subject), pen(actor=actor) as trail:
        if found := policy.refusals(trail.actor, "keep_library"):
            raise Refused(found)
        check = NameCheck(
            system=system, code=code, name=name, status=status, matched_name=matched_name, release=release,
            source=source, at=trail.at,
        )  # fmt: skip
        trail.save(check)
        trail.record("name_checked", subject, data={"status": status, "release": release})
    return check
