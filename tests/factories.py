"""A small house and its monographs, brought into every state by the real verbs: a state that a test can reach is one
that people can reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from monographs.assemble import build
from monographs.digest import digest, digest_of_part
from monographs.document import (
    Citation,
    Code,
    Document,
    DoseRegimen,
    Dosing,
    Header,
    MonitoringItem,
    PathStep,
    RelatedLink,
    SafetyNotice,
    Section,
)
from monographs.models import Edition, Monograph, Overlay, TherapeuticClass, WriteLock
from monographs.overlay_kinds import Effect, Form, OverlayKind, Words
from monographs.pages.said import said
from monographs.signable import signable
from monographs.standing import today
from reviews import misprints, overlay_words, overlays
from reviews.access import factors, grants, registrations
from reviews.access.grants import confirm, give, take
from reviews.access.refusals import Refusal
from reviews.audit import seals
from reviews.audit.trail import audited_write
from reviews.changes import change_set
from reviews.editing import parts
from reviews.editing.library import make_class, make_drug
from reviews.editing.monographs import begin
from reviews.models import ClinicianProfile, Grant, HarmlessMisprint, Misprint
from reviews.models.roles import ROLES as KNOWN_ROLES
from reviews.overlay_words import CorrectionInput, WarningInput
from reviews.review.edition_review import EditionReview
from reviews.signing import attest
from reviews.workflow import TRANSITIONS, perform, refusals
from tests.totp import code_of

PASSWORD = "correct horse battery"
ROLES = {
    "editor": "editor",
    "editor2": "editor",
    "clinician": "clinician",
    "clinician2": "clinician",
    "pharmacist": "clinician",
    "publisher": "publisher",
    "auditor": "auditor",
}
ON_CALL = ("clinician", "pharmacist")
PROFILES = {
    "clinician": ("specialist_doctor", "0000001", "neurologist"),
    "clinician2": ("specialist_doctor", "0000002", "general physician"),
    "pharmacist": ("pharmacist", "2000001", "pharmacist"),
}


def available(edition: Edition, actor: Any) -> dict[str, list[Refusal]]:
    """Every transition, with what stands against it for this person now."""
    review = EditionReview.load(edition)
    return {name: refusals(review, row, actor) for name, row in TRANSITIONS.items()}


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back, and the checkpoint file with it. The write lock may be taken inside, as in
    the transaction of a TestCase."""
    checkpoints = seals.checkpoint_path()
    kept = checkpoints.read_bytes() if checkpoints.is_file() else None
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]
    with atomic:
        yield
        transaction.set_rollback(True)
    if kept is not None:
        checkpoints.write_bytes(kept)
    elif checkpoints.is_file():
        checkpoints.unlink()


def somebody_writes(now: bool) -> None:
    """As another connection would see it: the write lock is taken, or free again."""
    WriteLock.objects.update(held=now)


def key(name: str) -> UUID:
    """A stable key of a part."""
    return uuid5(NAMESPACE_URL, f"https://clincalc.test/{name}")


@dataclass
class House:
    """Everybody who works in a house with one class tree. `nobody` has an account and no role."""

    people: dict[str, Any] = field(default_factory=dict)
    root: TherapeuticClass | None = None
    leaf: TherapeuticClass | None = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def account(username: str, email: str | None = None, password: str | None = PASSWORD, **columns: Any) -> User:
    """An account with a password (None: none opens it), made by the system."""
    columns["email"] = f"{username}@example.org" if email is None else email
    user = User(username=username, **columns)
    user.set_password(password)
    with audited_write(actor=None) as trail:
        trail.save(user)
        trail.record("account_made", f"user:{user.pk}", data={"username": username})
    return user


def changed_account(user: User, **columns: Any) -> User:
    """The account with other columns (a password as it is typed), whatever a verb would say of it."""
    for name, value in columns.items():
        setattr(user, name, value)
    if "password" in columns:
        user.set_password(columns["password"])
    with audited_write(actor=None) as trail:
        trail.save(user, *columns)
        trail.record("account_closed", f"user:{user.pk}", data={"username": user.username})
    return user


def make_house() -> House:
    """Opens the house of an empty database."""
    house = House()
    house.people["admin"] = admin = account("admin")
    with audited_write(actor=None) as trail:
        grants.begin(trail, admin, "administrator", by=None, reason="The installation was opened.")
    for name in (*ROLES, "nobody"):
        house.people[name] = account(name, first_name="Test", last_name=name)
    house.root = make_class("Neurology", slug="neurology", actor=admin)
    house.leaf = make_class("Multiple sclerosis", slug="multiple-sclerosis", parent=house.root, actor=admin)
    for name, role in ROLES.items():
        give_role(house.people[name], role, actor=admin)
    for name in ON_CALL:
        give_role(house.people[name], "on-call", actor=admin)
    for name, (profession, number, title) in PROFILES.items():
        user = house.people[name]
        profile = registrations.register(
            user, actor=user, name=f"Test {name}", profession=profession, number=number, scope="both"
        )
        registrations.declare_interests(user, registrations.NO_INTERESTS)
        verify(profile, actor=admin, reader_title=title)
    return house


def give_role(user: Any, role: str, *, actor: Any) -> None:
    """A role as people of the house hold it: on the root class, or everywhere where it opens nothing in classes."""
    root = TherapeuticClass.objects.get(slug="neurology") if KNOWN_ROLES[role].grants else None
    give(user, role, on=root, actor=actor)


def take_role(user: Any, role: str, *, actor: Any) -> None:
    """All that somebody holds of a role."""
    for one in Grant.objects.not_ended().filter(person=user, role=role):
        take(one, actor=actor, reason="Taken for a test")


def grant(role: str, therapeutic_class: Any, *, actor: Any) -> None:
    """Everybody who holds the role somewhere gets it on this class too."""
    held = Grant.objects.not_ended().filter(role=role)
    there = set(held.filter(therapeutic_class=therapeutic_class).values_list("person", flat=True))
    for one in User.objects.filter(pk__in=held.values("person")).exclude(pk__in={*there, actor.pk}):
        give(one, role, on=therapeutic_class, actor=actor)


def confirm_all(actor: Any) -> None:
    """Every grant counts six months from now."""
    confirm_own(actor)
    for one in Grant.objects.not_ended().exclude(person=actor):
        confirm(one, actor=actor)


def confirm_own(user: Any) -> None:
    """What this person holds counts six months from now, as if a second administrator had said so in time."""
    with audited_write(actor=None) as trail:
        for own in Grant.objects.not_ended().filter(person=user):
            own.confirmed_on, own.confirmed_by = today(trail.clock), User.objects.exclude(pk=user.pk).first()
            trail.save(own, "confirmed_on", "confirmed_by")
        trail.record("role_confirmed", f"user:{user.pk}", data={"username": user.username})


def revoke(role: str, therapeutic_class: Any, *, actor: Any) -> None:
    """Nobody holds the role on this class any more: it is closed to them. They hold it elsewhere."""
    there = Grant.objects.not_ended().filter(role=role, therapeutic_class=therapeutic_class)
    elsewhere = TherapeuticClass.objects.filter(slug="elsewhere").first()
    for one in there:
        elsewhere = elsewhere or make_class("Elsewhere", actor=actor)
        if not Grant.objects.not_ended().filter(role=role, person=one.person).exclude(pk=one.pk).exists():
            give(one.person, role, on=elsewhere, actor=actor)
        take(one, actor=actor, reason="Taken for a test")


def second_factor(user: User) -> str:
    """Sets up an app for somebody, by the verb that the page asks, and answers its secret."""
    secret = generate_totp_secret()
    factors.add_app(user, secret=secret, code=code_of(secret), password=PASSWORD)
    return secret


def verify(profile: ClinicianProfile, *, actor: Any, **found: Any) -> ClinicianProfile:
    """Found in the register today."""
    told = {"reader_title": "nurse", "specialty": "", "scope": "both", "looked_at": "The register's page", **found}
    return registrations.verify(profile, actor=actor, **{"register_date": today(), **told})


def clinician(user: Any, *, actor: Any, title: str = "nurse", **stated: Any) -> ClinicianProfile:
    """Registers somebody, who declares no interests, and is found in the register."""
    profile = registrations.register(user, actor=user, **{"name": "N. N.", "scope": "both", **stated})
    registrations.declare_interests(user, registrations.NO_INTERESTS)
    return verify(profile, actor=actor, reader_title=title)


def the_house() -> House:
    """The house that is there, as new objects: nothing is remembered on them."""
    house = House({one.username: one for one in User.objects.all()})
    house.root = TherapeuticClass.objects.get(slug="neurology")
    house.leaf = TherapeuticClass.objects.get(slug="multiple-sclerosis")
    house.leaf.parent = house.root
    return house


def document(**changes: Any) -> Document:
    """A document without problems: two sections, a monitoring item, a notice, a reference, a link."""
    whole: dict[str, Any] = {
        "header": Header(
            title="Testazumab in multiple sclerosis",
            name="Testazumab",
            codes=[Code(system="RxNorm", code="117055")],
            class_path=[
                PathStep(slug="neurology", name="Neurology"),
                PathStep(slug="multiple-sclerosis", name="Multiple sclerosis"),
            ],
            covers="multiple sclerosis",
            introduction="An invented antibody, for tests only.",
            dosing=Dosing(since="2026-07-04", reason="Dose data are being re-sourced.", instead="Use the SmPC."),
        ),
        "sections": (
            Section(
                key=key("prescribing"),
                kind="prescribing",
                heading="Prescribing in practice",
                text="- Start slowly [@trial2020].",
            ),
            Section(key=key("monitoring"), kind="monitoring", heading="Monitoring", text="Tests go on for years."),
        ),
        "monitoring": (
            MonitoringItem(key=key("fbc"), test="Full blood count", when="before treatment", how_often="monthly"),
        ),
        "notices": (
            SafetyNotice(
                key=key("notice"),
                type="caution",
                severity="major",
                title="Mind the heart",
                text="It can slow.",
                source="trial2020",
            ),
        ),
        "citations": (
            Citation(
                key=key("trial"), label="trial2020", csl={"type": "article-journal", "title": "A trial", "id": ""}
            ),
        ),
        "related": (RelatedLink(key=key("link"), target="otherzumab", reason="comparator"),),
    }
    return Document(**{**whole, **changes})


# What the first rules of text show otherwise than it was typed. By name, as a key: key("allele").
MISPRINTED = {
    "exponents": "Stop below 1.5*10^9/L or platelets below 100*10^9/L.",
    "alleles": "Ask for HLA-B*15:02 and HLA-A*31:01 first.",
    "enzymes": "Poor metabolisers: CYP2C9*2, CYP2C9*3.",
    "powers": "Between 1**2 … 3**4 of them.",
    "underscores": "Call __init__ for help.",
    "pluses": "The reflex is graded:\n\n+ + +",
    "footnote": "Fewer relapses*\n\n* p < 0.05",
    "wrapped": "Give 5\n- 10 mg once daily",
    "minus": "Store at\n- 20 °C",
    "numbers": "1. Weigh.\n3. Round down.",
    "title": 'See [the guideline](https://example.org "A title") first.',
}


def misprinted(**texts: str) -> Document:
    """A document of before, whose sections of these names hold these texts; all of MISPRINTED, if none is given."""
    sections = [
        Section(key=key(name), kind="cautions", heading=name.capitalize(), text=text)
        for name, text in (texts or MISPRINTED).items()
    ]
    return document(sections=(*document().sections, *sections))


def draft(
    house: House,
    slug: str = "testazumab",
    doc: Document | None = None,
    *,
    actor: Any = None,
    traits: tuple[str, ...] = (),
) -> Edition:
    """Edition 1 as a draft, written by the editor (or `actor`)."""
    with audited_write(actor=actor or house.editor) as trail:
        drug = make_drug(trail, name=f"{slug} drug", traits=traits)
        return begin(
            trail,
            slug=slug,
            drug=drug,
            therapeutic_class=house.leaf,
            document=doc or document(),
            reason="Written for a test",
        )


# Of alemtuzumab's shape. Test figures, never for use.
COURSES: dict[str, Any] = {
    "indication": "multiple sclerosis", "population": "Adult", "route": "iv_infusion",
    "licence": {"status": "licensed", "country": "GB"},
    "source": {"citation": "trial2020", "type": "smpc", "section": "4.2", "accessed": "2026-07-04"},
    "steps": [
        {"dose": "12", "unit": "mg", "freq": {"n": 1, "period": 1, "unit": "d"}, "over": {"value": 4, "unit": "h"},
         "for": {"value": 5, "unit": "d", "consecutive": True}, "course": {"no": 1}},
        {"dose": "12", "unit": "mg", "freq": {"n": 1, "period": 1, "unit": "d"}, "over": {"value": 4, "unit": "h"},
         "for": {"value": 3, "unit": "d", "consecutive": True},
         "course": {"no": 2, "gap": {"value": 12, "unit": "mo"}}},
    ],
}  # fmt: skip


def dose(name: str = "dose", structure: dict[str, Any] | None = None, **fields: Any) -> DoseRegimen:
    """A regimen as somebody types it."""
    return DoseRegimen(key=key(name), structure=COURSES if structure is None else structure, **fields)


def dosed(*regimens: DoseRegimen, **changes: Any) -> Document:
    """A document with these regimens, or one."""
    return document(regimens=regimens or (dose(),), **changes)


def seen(edition: Edition) -> str:
    return digest(signable(build(edition)))


def submit(house: House, edition: Edition, actor: Any = None) -> Edition:
    """In review; where proofing asks, somebody looked at the words."""
    who, digest_ = actor or house.editor, seen(edition)
    return perform("submit", editions=[edition], actor=who, digest=digest_, kind="looked_at")[0].edition


def send_back(house: House, edition: Edition, actor: Any = None, reason: str = "Say when.") -> Edition:
    who = actor or house.clinician
    return perform("send-back", editions=[edition], actor=who, digest=seen(edition), reason=reason)[0].edition


def attestation(edition: Edition, clinician: Any, transition: str = "sign", **changes: Any) -> Any:
    case = EditionReview.load(edition)
    ticks = [tick.code for tick in TRANSITIONS[transition].ticks(case)]
    return attest(
        clinician, **{"password": PASSWORD, "ticks": ticks, "interests": "none", "digest": case.digest, **changes}
    )


def password(person: Any, digest: str) -> Any:
    """The password of a person, given for words of this digest."""
    return attest(person, password=PASSWORD, ticks=(), interests="none", digest=digest)


def sign(edition: Edition, clinician: Any) -> Edition:
    given = attestation(edition, clinician)
    return perform("sign", editions=[edition], actor=clinician, digest=given.digest, attestation=given)[0].edition


def signed(house: House, slug: str = "testazumab", doc: Document | None = None) -> Edition:
    """Edition 1, clinician-reviewed by a doctor and a pharmacist."""
    edition = submit(house, draft(house, slug, doc))
    sign(edition, house.clinician)
    return sign(edition, house.pharmacist)


def publish(house: House, edition: Edition) -> Edition:
    return perform("publish", editions=[edition], actor=house.publisher, digest=seen(edition))[0].edition


def later(start: datetime, **period: float) -> datetime:
    """So much later, by the clock on the wall: days that are counted are those of the country, in summer and winter."""
    return (timezone.localtime(start) + timedelta(**period)).astimezone(UTC)


def published(house: House, slug: str = "testazumab", doc: Document | None = None) -> Edition:
    """Edition 1, live."""
    return publish(house, signed(house, slug, doc))


def start(house: House, edition: Edition, actor: Any = None) -> Edition:
    """The next edition, a draft equal to live."""
    return perform("start", editions=[edition], actor=actor or house.editor, digest=seen(edition))[0].edition


def reword(edition: Edition, name: str, text: str, *, actor: Any) -> None:
    """Puts new text into the section of this name."""
    section = build(edition).by_key()[key(name)]
    with (
        audited_write(actor=actor) as trail,
        change_set(trail, edition=edition, reason="Reworded for a test") as change,
    ):
        change.save(section.replaced(text=text), seen=digest_of_part(section))


def save_part(edition: Edition, part: Any, *, seen: str, actor: Any, reason: str = "", cited: Any = ()) -> Any:
    """New words for a part: what was made of two changes, if it was."""
    return _saved(edition, parts.Wanted(part, seen, cited), actor, reason)


def add_part(edition: Edition, part: Any, *, actor: Any, reason: str = "", cited: Any = ()) -> None:
    _saved(edition, parts.Wanted(part, None, cited), actor, reason)


def save_header(edition: Edition, header: Any, *, seen: str, actor: Any, reason: str = "", cited: Any = ()) -> None:
    _saved(edition, parts.Wanted(header, seen, cited), actor, reason)


def _saved(edition: Edition, wanted: parts.Wanted, actor: Any, reason: str) -> Any:
    return parts.save(edition, wanted, actor=actor, reason=reason).done[wanted.key]


def live(slug: str = "testazumab") -> Any:
    return Monograph.objects.select_related("live").get(slug=slug).live


def withdraw(edition: Edition, actor: Any, kind: str = "retire", reason: str = "the source is in doubt") -> Edition:
    return perform("withdraw", editions=[edition], actor=actor, digest=seen(edition), reason=reason, kind=kind)[
        0
    ].edition


def vouch(edition: Edition, clinician: Any) -> Edition:
    """A clinician signs that a withdrawn page is still correct."""
    given = attestation(edition, clinician, "still-correct")
    return perform("still-correct", editions=[edition], actor=clinician, digest=given.digest, attestation=given)[
        0
    ].edition


def vouch_all(house: House, edition: Edition) -> None:
    """The full set of every tier."""
    for clinician in (house.clinician, house.pharmacist):
        vouch(edition, clinician)


def reinstate(house: House, edition: Edition) -> Edition:
    vouch_all(house, edition)
    return perform("reinstate", editions=[edition], actor=house.publisher, digest=seen(edition))[0].edition


WARNED = WarningInput(
    title="new-reaction",
    severity="critical",
    regulator="mhra",
    link="https://www.gov.uk/drug-safety-update/an-invented-one",
    issued="2026-11-23",
    quote="A severe reaction was reported; this sentence is invented.",
)


def warn(actor: Any, *monographs: Any, **changes: Any) -> list[Overlay]:
    warned = replace(WARNED, **changes)
    return overlays.warn(monographs, warned=warned, actor=actor, attestation=password(actor, warned.digest(monographs)))


def countersign(overlay: Overlay, actor: Any) -> Any:
    digest = overlay_words.digest_of_act("countersign", overlay)
    return overlays.countersign(overlay, actor=actor, attestation=password(actor, digest))


def correct(
    actor: Any, monograph: Any, wrong: str, right: str, harm: str = "minor", places: tuple[str, ...] | None = None
) -> Overlay:
    """In these places; without any, wherever the words stand."""
    if places is None:
        places = tuple(one.key for one in said(monograph, wrong).choices)
    corrected = CorrectionInput(wrong, right, harm, places)
    return overlays.correct(
        monograph, corrected=corrected, actor=actor, attestation=password(actor, corrected.digest(monograph))
    )


def lift(overlay: Overlay, actor: Any, reason: str = "it was answered") -> Overlay:
    digest = overlay_words.digest_of_act("lift", overlay)
    return overlays.lift(overlay, actor=actor, reason=reason, attestation=password(actor, digest))


def call_harmless(actor: Any, monograph: Any, reason: str = "readers see the sign in the box") -> HarmlessMisprint:
    """Of the first text of its live edition that is printed otherwise than typed."""
    row = Misprint.objects.filter(publication__live_of=monograph).earliest("pk")
    return misprints.call_harmless(monograph, part=row.key, digest=row.digest, actor=actor, reason=reason)


# A kind that is not on the list, as the next one may be: it tells, and needs a reason and a password.
TRIAL = OverlayKind(
    slug="trial",
    label="Supply problem",
    effect=Effect.TELLS,
    place="withhold",
    lift="withhold",
    entry="placed",
    tried="withhold a part of the page",
    words=Words(
        page="It is hard to get: {reason}.",
        line="Hard to get",
        update=("Supply problem: {reason}.", "Ask the pharmacy first."),
        ended="Supply problem ended: {reason}.",
        data={"reason": "reason"},
        history=lambda data: "said that it is hard to get",
    ),
    form=Form(help="Readers see it at once.", button="Add the supply problem", done="Readers see the problem."),
)


def place(kind: str, monograph: Any, actor: Any, reason: str = "the maker stopped") -> Overlay:
    digest = overlay_words.digest_of_placing(kind, monograph, reason)
    return overlays.place(kind, monograph, reason=reason, actor=actor, attestation=password(actor, digest))


def withhold(monograph: Any, part: UUID, actor: Any) -> Overlay:
    digest = overlay_words.digest_of_part_withheld(monograph, part)
    return overlays.withhold(
        monograph, part=part, reason="source-changed", actor=actor, attestation=password(actor, digest)
    )
