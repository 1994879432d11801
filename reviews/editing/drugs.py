"""Verbs on a drug that is in the library: its names, brands, codes and traits; its own name; merging; retiring.

Editions hold copies, so none of these changes a word of one: no digest moves and every signature stands (A6). Open
editions are told (`reviews.editing.copies`), and whoever edits one takes the change over or leaves it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User

from monographs.models import Drug, Monograph
from monographs.texts.characters import says_nothing
from monographs.texts.confusables import skeleton
from monographs.vocabulary import TRAITS
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import kept
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.editing import copies
from reviews.editing.alike import asked_about, drugs_like, rows_like
from reviews.editing.drug_lists import LISTS, checked_lists, checked_traits
from reviews.editing.library import check_free, checked_name, said_of
from reviews.editing.shown import meanwhile
from reviews.review.tiers import ROWS

RAISE_THE_TIER = frozenset().union(*(row.traits for row in ROWS.values()))


def needs_reason(reason: str) -> list[Refusal]:
    if says_nothing(reason):
        return [Refusal("reason", "Say why: the reason is kept.", RefusalType.INVALID, field="reason")]
    return []


@contextmanager
def _judged(drug: Drug, actor: User, seen: str, reason: str, *, asks_why: bool = True) -> Iterator[tuple[Trail, Drug]]:
    """What every verb on a drug asks first, and the drug as it is now."""
    with audited_write(actor=actor) as trail:
        drug = Drug.objects.select_related("merged_into").get(pk=drug.pk)
        if found := policy.refusals(trail.actor, "keep_library"):
            raise Refused(found)
        if found := meanwhile(drug, seen) + (needs_reason(reason) if asks_why else []):
            raise Refused(found)
        if drug.merged_into:
            sentence = f"“{drug.name}” was merged into “{drug.merged_into.name}”. Change that one."
            raise refuse("merged", sentence, RefusalType.CONFLICT)
        yield trail, drug


def change_drug(
    drug: Drug, *, names: Iterable[Any], brands: Iterable[Any], codes: Iterable[Any], traits: Iterable[str],
    actor: User, seen: str, reason: str = "", another: Collection[str] = (),
) -> Drug:  # fmt: skip
    """Gives a drug these names by kind, brands by country, codes and traits in place of those that it has.

    Refuses what could not be typed into an edition, and a change that changes nothing. A trait that raises the tier is
    taken away by a clinician alone. Asks about brands and other names that it gets and that are like those of other
    drugs: `another` are those that were shown.
    """
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="change_drug", subject=f"drug:{drug.slug}", reason=reason),
        _judged(drug, actor, seen, reason, asks_why=False) as (trail, drug),
    ):
        lists = checked_lists(names, brands, codes, stood={name: getattr(drug, name) for name in LISTS})
        wanted = checked_traits(traits)
        dropped = (set(drug.traits) - set(wanted)) & RAISE_THE_TIER
        if dropped and not policy.can(trail.actor, "drop_trait"):
            sentence = f"A clinician takes “{TRAITS[min(dropped)]}” away: it decides how many signatures are needed."
            raise refuse("no_role", sentence, field="traits")
        changed = [name for name in LISTS if lists[name] != getattr(drug, name)]
        if not changed and wanted == drug.traits:
            sentence = "Nothing has changed, so nothing was saved."
            raise refuse("nothing_changed", sentence, RefusalType.INVALID, recorded=False)
        alike = asked_about(
            rows_like(drug, (row["name"] for row in lists["names"] + lists["brands"])), another, "another"
        )
        data = {"changed": [*changed, *(["traits"] if wanted != drug.traits else [])]}
        if wanted != drug.traits:
            data |= {"from_traits": drug.traits, "to_traits": wanted}
        data |= said_of(alike)
        for name in LISTS:
            setattr(drug, name, lists[name])
        drug.traits = wanted
        trail.save(drug, *LISTS, "traits")
        trail.record("drug_changed", f"drug:{drug.slug}", reason=reason, data=data)
        if changed:
            copies.tell(trail, Monograph.objects.filter(drug=drug), of=f"drug:{drug.slug}", by="drug_changed")
        return drug


def rename_drug(drug: Drug, *, name: str, actor: User, seen: str, reason: str, another: Collection[str] = ()) -> Drug:
    """Gives a drug another name. Its address stays for ever, and it is found by the former name. Asks about names of
    other drugs that are like the new one: `another` are those that were shown."""
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="rename_drug", subject=f"drug:{drug.slug}", reason=reason),
        _judged(drug, actor, seen, reason) as (trail, drug),
    ):
        new, old = checked_name(name), drug.name
        if new == old:
            sentence = "That is its name already, so nothing was saved."
            raise refuse("nothing_changed", sentence, RefusalType.INVALID, recorded=False, field="name")
        check_free(new, but=drug)
        alike = asked_about(drugs_like(new, but=drug), another)
        drug.former_names = [one for one in drug.former_names if one != new] + [old]
        drug.name, drug.skeleton = new, skeleton(new)
        trail.save(drug, "name", "skeleton", "former_names")
        data = {"from_name": old, "to_name": new, **said_of(alike)}
        trail.record("drug_renamed", f"drug:{drug.slug}", reason=reason, data=data)
        copies.tell(trail, Monograph.objects.filter(drug=drug), of=f"drug:{drug.slug}", by="drug_renamed")
        return drug


def united(drug: Drug, into: Drug) -> dict[str, Any]:
    """What `into` holds once the drug is merged into it: all that it has, and what it lacks of the other. No trait is
    lost, so no floor of a tier falls."""

    def joined(name: str, same: Callable[[dict[str, str]], Any]) -> list[dict[str, str]]:
        there = {same(row) for row in getattr(into, name)}
        return [*getattr(into, name), *(row for row in getattr(drug, name) if same(row) not in there)]

    former = dict.fromkeys([*into.former_names, *drug.former_names, drug.name])
    return {
        "names": joined("names", lambda row: (row["kind"], skeleton(row["name"]))),
        "brands": joined("brands", lambda row: (row["country"], skeleton(row["name"]))),
        "codes": joined("codes", lambda row: (row["system"], row["code"])),
        "traits": sorted({*drug.traits, *into.traits}),
        "former_names": [name for name in former if name != into.name],
    }


def against_merge(user: User, *drugs: Drug) -> list[Refusal]:
    """Why this person may not merge these drugs. That two drugs of which readers see pages are one is for a clinician
    to say, of the class of each of those pages: an editor alone merges what is not published."""
    pages = Monograph.objects.for_desk().filter(drug__in=drugs, live__isnull=False)
    return next((found for page in pages if (found := policy.refusals(user, "sign", page))), [])


def merge_drug(drug: Drug, *, into: Drug, actor: User, seen: str, seen_into: str, reason: str) -> Drug:
    """Makes one drug of two: monographs of `drug` are from then on about `into`, which is found by its names too.

    No page and no copy in an edition changes. Refuses a drug that is retired, merged already, or the same, and whoever
    does not sign for each published page on one of the two (`against_merge`). Nothing undoes it.
    """
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="merge_drug", subject=f"drug:{drug.slug}", reason=reason),
        _judged(drug, actor, seen, reason) as (trail, drug),
    ):
        other = Drug.objects.get(pk=into.pk)
        if other.pk == drug.pk:
            raise refuse("same", "Choose another drug than this one.", RefusalType.INVALID, field="into")
        if found := meanwhile(other, seen_into):
            raise Refused(found)
        if other.retired:
            sentence = f"“{other.name}” is retired. Choose a drug that is in use."
            raise refuse("retired", sentence, RefusalType.CONFLICT, field="into")
        if found := against_merge(trail.actor, drug, other):
            raise Refused(found)
        about = Monograph.objects.filter(drug__in=[drug, other])
        moved = Monograph.objects.filter(drug=drug)
        keys, slugs = list(moved.values_list("pk", flat=True)), list(moved.values_list("slug", flat=True))
        for name, held in united(drug, other).items():
            setattr(other, name, held)
        trail.save(other, *LISTS, "traits", "former_names")
        moved.update(drug=other)
        trail.wrote_keys("monographs.monograph", keys)
        trail.reindex(
            *Monograph.objects.for_desk().filter(pk__in=keys, live__isnull=False)
        )  # pages name those on one drug
        earlier = list(Drug.objects.filter(merged_into=drug))
        for one in [*earlier, drug]:
            one.merged_into, one.retired = other, True
            trail.save(one, "merged_into", "retired")
        data = {"into": other.slug, "monographs": sorted(slugs)}
        trail.record("drug_merged", f"drug:{drug.slug}", reason=reason, data=data)
        copies.tell(trail, about, of=f"drug:{other.slug}", by="drug_merged")
        return drug


def retire_drug(drug: Drug, *, actor: User, seen: str, reason: str) -> Drug:
    """Nothing new begins on this drug. Its monographs and their pages go on."""
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="retire_drug", subject=f"drug:{drug.slug}", reason=reason),
        _judged(drug, actor, seen, reason) as (trail, drug),
    ):
        if drug.retired:
            raise refuse("retired", f"“{drug.name}” is retired already.", RefusalType.CONFLICT)
        drug.retired = True
        trail.save(drug, "retired")
        trail.record("drug_retired", f"drug:{drug.slug}", reason=reason)
        return drug


def bring_back_drug(drug: Drug, *, actor: User, seen: str, reason: str) -> Drug:
    """A retired drug is in use again."""
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="bring_back_drug", subject=f"drug:{drug.slug}", reason=reason),
        _judged(drug, actor, seen, reason) as (trail, drug),
    ):
        if not drug.retired:
            raise refuse("not_retired", f"“{drug.name}” is in use.", RefusalType.CONFLICT)
        drug.retired = False
        trail.save(drug, "retired")
        trail.record("drug_back", f"drug:{drug.slug}", reason=reason)
        return drug
