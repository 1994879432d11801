"""What is in the library, or on the list of known names, under a name that is like a new one: asked before a drug or a
class is made or renamed, and before a monograph is started.

Nothing is refused for good: whoever sees what is there says that theirs is another, by naming what they saw.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db.models import Q

from monographs.known_names import known_names, names_like
from monographs.models import Drug, Edition, State, TherapeuticClass
from monographs.models.states import OPEN_STATES
from monographs.texts.likeness import folded, likeness
from reviews.access import policy
from reviews.access.refusals import RefusalType, Refused, refuse

AS_NAME = {"same": "is the same name as", "looks": "looks like", "sounds": "sounds like"}
DO = {"title": "Open what is there", "another": "Take the row out"}  # where it is not a name that is chosen


@dataclass(frozen=True)
class Like:
    """A drug, class or monograph that is there, or a known name, and why it is shown."""

    slug: str
    name: str
    why: str
    is_certain: bool = False  # the very name stands there, as a brand, another name or a former one
    is_here: bool = True  # in the library; else it stands on the list of known names alone, and `slug` is its key there
    is_live: bool = False  # a monograph that readers see

    def __str__(self) -> str:
        return self.why


def drugs_like(name: str, *, but: Drug | None = None, among: Collection[Drug] | None = None) -> list[Like]:
    """Drugs whose name, other name, brand or former name is like this one; what was merged shows what it became. Then
    known names that are like it, of what is not shown already. `but` is the drug that gets the name: none of its own
    names is asked about, but a brand of it. What is certain comes first. One query, and none where all drugs are given
    as `among`."""
    asked, found, own = folded(name), dict[str, Like](), set[str]()
    for drug in Drug.objects.select_related("merged_into") if among is None else among:
        of = drug.merged_into or drug
        is_own = but is not None and of.pk == but.pk
        if is_own:
            own |= {folded(drug.name), *map(folded, drug.former_names), *(folded(row["name"]) for row in drug.names)}
        for one in _own_brand(name, asked, drug, of) if is_own else _likes(name, asked, drug, of):
            if one.slug not in found or (one.is_certain and not found[one.slug].is_certain):
                found[one.slug] = one
    here = {folded(one.name) for one in found.values()}
    if asked not in own:
        for known, how in names_like(name):
            if not here & {folded(known.name), folded(known.of)}:
                why = f"“{name}” is {known.what}." if how == "same" else f"“{name}” {AS_NAME[how]} {known.in_words}."
                found[known.key] = Like(known.key, known.name, why, how == "same", is_here=False)
    return sorted(found.values(), key=lambda one: (not one.is_certain, not one.is_here, one.name.casefold()))


def rows_like(drug: Drug, names: Iterable[str]) -> list[Like]:
    """What is like the brands and other names that this drug would get: those that it has, here or on the list of known
    names, are not asked about. One query, however many names there are."""
    own = {folded(one) for one in (drug.name, *drug.former_names)}
    own |= {folded(row["name"]) for row in (*drug.names, *drug.brands)}
    among, found = list(Drug.objects.select_related("merged_into")), dict[str, Like]()
    known = {f"known:{folded(one.name)}" for one in known_names() if own & {folded(one.name), folded(one.of)}}
    for name in dict.fromkeys(one for one in names if folded(one) not in own):
        for one in drugs_like(name, but=drug, among=among):
            if one.slug in known:
                continue
            why = f"{found[one.slug].why} {one.why}" if one.slug in found else one.why
            found[one.slug] = replace(one, why=why)
    return list(found.values())


def _own_brand(name: str, asked: str, drug: Drug, of: Drug) -> Iterable[Like]:
    if asked in (folded(row.get("name", "")) for row in drug.brands):
        yield Like(of.slug, of.name, f"“{name}” is a brand of {of.name}.", is_certain=True)


def _likes(name: str, asked: str, drug: Drug, of: Drug) -> Iterable[Like]:
    if how := likeness(asked, folded(drug.name)):
        became = "" if of is drug else f", which was merged into {of.name}"
        yield Like(of.slug, of.name, f"“{name}” {AS_NAME[how]} {drug.name}{became}.", how == "same")
    for one in drug.former_names:
        if how := likeness(asked, folded(one)):
            why = f"“{name}” {AS_NAME[how]} {one}, as {of.name} was called before."
            yield Like(of.slug, of.name, why, how == "same")
    for kind, rows in (("a brand of", drug.brands), ("another name of", drug.names)):
        for row in rows:
            if how := likeness(asked, folded(row.get("name", ""))):
                of_it = f"{kind} {of.name}."
                why = f"“{name}” is {of_it}" if how == "same" else f"“{name}” {AS_NAME[how]} {row['name']}, {of_it}"
                yield Like(of.slug, of.name, why, how == "same")


def classes_like(name: str, *, but: TherapeuticClass | None = None) -> list[Like]:
    """Classes whose name is like this one. One query."""
    asked = folded(name)
    return [
        Like(one.slug, one.name, f"“{name}” {AS_NAME[how]} {one.name}.", how == "same")
        for one in TherapeuticClass.objects.all()
        if (but is None or one.pk != but.pk) and (how := likeness(asked, folded(one.name)))
    ]


def monographs_like(title: str, drug: Drug | None, user: User) -> list[Like]:
    """Monographs on this drug, and those whose title is like this one, as readers see it or as a draft says it; no
    draft that this person may not read. What is published comes first. One query beside the rights."""
    asked, found = folded(title), dict[str, Like]()
    editions = Edition.objects.filter(
        Q(state=State.PUBLISHED) | Q(state__in=OPEN_STATES, monograph__in=policy.readable(user))
    )
    rows = editions.values_list("monograph__slug", "monograph__drug_id", "title", "name", "monograph__live_id")
    for slug, on, theirs, name, live in rows.order_by("monograph__slug", "number"):
        said = theirs or name
        if drug is not None and on == drug.pk:
            why = f"There is a monograph on {drug.name}: “{said}”."
        elif how := likeness(asked, folded(said)):
            why = f"“{title}” {AS_NAME[how]} “{said}”."
        else:
            continue
        found.setdefault(slug, Like(slug, said, why, is_live=live is not None))
    return sorted(found.values(), key=lambda one: (not one.is_live, one.slug))


def asked_about(found: Iterable[Like], another: Collection[str], field: str = "name") -> list[str]:
    """Addresses of what is alike, if whoever makes it has said of each that theirs is another: `another` are those that
    they saw. Else it is refused, which is no attempt at anything and not recorded."""
    found = list(found)
    if all(one.slug in another for one in found):
        return [one.slug for one in found]
    raise asked(found, field)


def asked(found: Iterable[Like], field: str = "name") -> Refused:
    found = list(found)
    words = " ".join(one.why for one in found)
    if field in DO:
        do = DO[field]
    else:
        do = "Choose what is there" if any(one.is_here for one in found) else "Give the name of the substance"
    sentence = f"{words} {do}, or say that yours is another."
    return refuse("alike", sentence, RefusalType.INVALID, recorded=False, field=field)


def known_as(name: str) -> Drug | None:
    """The drug that has this very name, had it before, or was merged from one that had it."""
    wanted = folded(name)
    for drug in Drug.objects.select_related("merged_into"):
        if wanted in (folded(drug.name), *map(folded, drug.former_names)):
            return drug.merged_into or drug
    return None
