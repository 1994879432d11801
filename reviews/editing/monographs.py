"""Verbs beside the workflow's table: a new monograph, an import, the tier."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User
from pydantic import ValidationError

from monographs import document as values
from monographs.models import Drug, Edition, FormerAddress, Monograph, State, TherapeuticClass
from monographs.standing import today
from monographs.texts.characters import says_nothing
from monographs.vocabulary import TIERS
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import kept, reason_of
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.changes import change_set
from reviews.derived import former_addresses
from reviews.editing.alike import asked_about, drugs_like, monographs_like
from reviews.editing.copies import copied
from reviews.editing.library import RETIRED_CLASS, check_free, check_slug, checked_name, make_drug, said_of, way_out
from reviews.review import tiers
from reviews.review.edition_review import EditionReview


def header_from(drug: Drug, therapeutic_class: TherapeuticClass, title: str) -> values.Header:
    """The header of a first draft: copies of the drug's names, brands and codes and of the class path."""
    return values.Header(title=title, **copied(drug, therapeutic_class))


def check_address(slug: str, of: Monograph | None = None) -> None:
    """An address is free if no monograph has it, or ever had it, `of` apart: old links lead on for ever."""
    check_slug(slug)
    former = FormerAddress.objects.filter(slug=slug).exclude(monograph=of)
    if Monograph.objects.filter(slug=slug).exists() or former.exists():
        sentence = f"There is, or was, a monograph at “{slug}”. {way_out(slug, Monograph, FormerAddress)}"
        raise refuse("slug_taken", sentence, RefusalType.INVALID, field="slug")


def move(monograph: Monograph, *, slug: str, actor: User, reason: str) -> Monograph:
    """Gives a monograph another address on the desk at once, and for readers with its next publication. The old one
    then leads to the new one for ever; one that it had before it may have again."""
    reason = kept(reason)
    subject = f"monograph:{monograph.slug}"
    with (
        refusals_recorded(actor=actor, action="move", subject=subject, reason=reason),
        audited_write(actor=actor) as trail,
    ):
        monograph = Monograph.objects.for_desk().get(pk=monograph.pk)
        if found := policy.refusals(trail.actor, "move", monograph):
            raise Refused(found)
        check_address(slug, monograph)
        put_at(trail, monograph, slug, reason_of(reason))
        return monograph


def put_at(trail: Trail, monograph: Monograph, slug: str, reason: str) -> None:
    """Writes an address that is free, with its entry: the one of before is a former one from then on."""
    old, monograph.slug = monograph.slug, slug
    trail.save(monograph, "slug")
    former_addresses.keep(old, monograph)
    trail.record("moved", f"monograph:{slug}", reason=reason, data={"from_slug": old, "to_slug": slug})


def begin(
    trail: Trail, *, slug: str, drug: Drug, therapeutic_class: TherapeuticClass, document: values.Document,
    suggested_tier: str = "", reason: str, another_than: Collection[str] = (), goes_on: bool = False,
) -> Edition:  # fmt: skip
    """Makes a monograph and edition 1 with this document. Its tier is the highest of floor, suggestion, standard.
    `another_than`: monographs that are like it, and of which somebody said that this is another. `goes_on`: it was
    begun in another library, where class or drug may have been retired since."""
    check_address(slug)
    if not goes_on and TherapeuticClass.objects.filter(pk=therapeutic_class.pk, retired=True).exists():
        sentence = RETIRED_CLASS.format(therapeutic_class.name)
        raise refuse("retired", sentence, RefusalType.CONFLICT, field="therapeutic_class")
    if drug.retired and not goes_on:
        sentence = f"The drug “{drug.name}” is retired: nothing new begins on it. Choose another."
        raise refuse("retired", sentence, RefusalType.CONFLICT, field="drug")
    floor = tiers.tier_floor(drug.traits, therapeutic_class.tier_floors, [document], today(trail.clock))
    tier = tiers.highest([floor, suggested_tier, "standard"])
    monograph = Monograph(slug=slug, drug=drug, therapeutic_class=therapeutic_class, tier=tier)
    trail.save(monograph)
    edition = Edition(monograph=monograph, number=1)
    trail.save(edition)
    data = {"edition": 1, "from": None, "to": State.DRAFT, "round": 0, "tier": tier, **said_of(another_than)}
    trail.record("begun", f"monograph:{slug}", data=data)
    with change_set(trail, edition=edition, reason=reason) as change:
        change.load(document)
    return change.edition


def new(
    *, actor: User, slug: str, title: str, therapeutic_class: TherapeuticClass, drug: Drug | None = None,
    new_drug: dict[str, Any] | None = None, another: Collection[str] = (), another_monograph: Collection[str] = (),
) -> Edition:  # fmt: skip
    """Starts a monograph on a drug of the list, or on a new one ({name, slug, names, brands, codes, traits}). Asks
    about names that are like that of a new one: `another` are the drugs that were shown; and about monographs on the
    drug or of a like title: `another_monograph` are those that were shown."""
    subject = f"monograph:{slug[:100]}"
    with refusals_recorded(actor=actor, action="new", subject=subject), audited_write(actor=actor) as trail:
        if found := policy.refusals(trail.actor, "create", therapeutic_class):
            raise Refused(found)
        if drug is not None:
            drug = Drug.objects.get(pk=drug.pk)
        else:
            given = new_drug or {"name": ""}
            given = {**given, "name": checked_name(given["name"])}
            check_free(given["name"])
            drug = make_drug(trail, **given, another_than=asked_about(drugs_like(given["name"]), another))
        try:
            document = values.Document(header=header_from(drug, therapeutic_class, title))
        except ValidationError as error:
            sentence = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
            raise refuse("title", sentence, RefusalType.INVALID, field="title") from error
        alike = asked_about(monographs_like(title, drug, trail.actor), another_monograph, "title")
        return begin(
            trail,
            slug=slug,
            drug=drug,
            therapeutic_class=therapeutic_class,
            document=document,
            reason="Started from nothing",
            another_than=alike,
        )


def tier_refusals(review: EditionReview, tier: str) -> list[Refusal]:
    """What stands against this tier for the monograph of this review, whoever sets it: asked by verb and form alike."""
    now, floor = review.monograph.tier, review.floor()
    if tier not in TIERS:
        return [Refusal("tier", f"Choose a tier: {', '.join(TIERS.values())}.", RefusalType.INVALID, field="tier")]
    if tier == now:
        return [
            Refusal("tier", f"The tier is {TIERS[tier]} already. Choose another.", RefusalType.INVALID, field="tier")
        ]
    found = []
    if tiers.is_below(tier, now) and review.edition.is_open:
        sentence = (
            f"A tier is lowered only while no edition is open. Publish or discard edition {review.edition.number}."
        )
        found.append(Refusal("open_edition", sentence, RefusalType.CONFLICT, field="tier"))
    if tiers.is_below(tier, floor):
        sentence = f"This drug, class or notice asks for {TIERS[floor]}, and no lower tier can be set."
        found.append(Refusal("tier_below_floor", sentence, RefusalType.INVALID, field="tier"))
    return found


def set_tier(monograph: Monograph, tier: str, *, actor: User, reason: str, seen: str = "") -> Monograph:
    """Raises the tier at any time, or lowers it while no edition is open; never below its floor
    (docs/clinical/signoff.md, Tiers). `seen` is the tier that was shown: another one now is refused.

    Only a clinician may who contributed to no edition since the one that readers see: not to the open one, and to none
    that was discarded. Signatures are judged again by the new tier.
    """
    reason = kept(reason)
    subject = f"monograph:{monograph.slug}"
    with (
        refusals_recorded(actor=actor, action="set_tier", subject=subject, reason=reason),
        audited_write(actor=actor) as trail,
    ):
        # The open edition is the one with the highest number.
        review = EditionReview.load(monograph.editions.order_by("-number")[0], trail.clock)
        monograph, was = review.monograph, review.monograph.tier
        if found := policy.refusals(trail.actor, "set_tier", monograph):
            raise Refused(found)
        if seen and seen != was:
            sentence = f"Somebody set the tier to {TIERS[was]} meanwhile. Look at it again, then decide."
            raise refuse("tier_changed", sentence, RefusalType.CONFLICT, field="tier")
        found = tier_refusals(review, tier)
        if says_nothing(reason):
            found.append(Refusal("reason", "Say why: the reason is kept.", RefusalType.INVALID, field="reason"))
        if found:
            raise Refused(found, recorded=tier != was)
        monograph.tier = tier
        if monograph.live and monograph.next_review_due:  # a higher tier is reviewed sooner, and never later
            full_review = monograph.last_full_review or monograph.live.last_full_review
            due = tiers.ROWS[tier].due_after(full_review, monograph.renewed_on)
            monograph.next_review_due = min(monograph.next_review_due, due)
        trail.save(monograph, "tier", "next_review_due")
        data: dict[str, Any] = {"from_tier": was, "to_tier": tier}
        if review.edition.is_open and review.edition.state != State.DRAFT:
            source, review.edition.state = review.edition.state, review.state_by_signatures
            trail.save(review.edition, "state")
            data |= {
                "edition": review.edition.number,
                "from": source,
                "to": review.edition.state,
                "round": review.edition.round,
            }
        trail.record("tier_set", subject, reason=reason, data=data)
    return monograph
