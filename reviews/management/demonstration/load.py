"""Brings the demonstration through the real workflow. Nothing here writes past a verb, and nothing is back-dated."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from monographs.assemble import build
from monographs.digest import digest, digest_of_part
from monographs.document import Section
from monographs.models import Drug, Edition, Monograph, TherapeuticClass
from monographs.rxnorm import check, read_rows
from monographs.signable import signable
from monographs.standing import today
from reviews.access import accounts as verbs
from reviews.access import registrations
from reviews.access.grants import begin, give
from reviews.audit.trail import audited_write
from reviews.changes import change_set
from reviews.editing.library import make_class, record_name_check
from reviews.exchange.importer import import_file
from reviews.models.event import DEMONSTRATION_BEGUN
from reviews.models.roles import ADMINISTRATOR
from reviews.review.attestation import checklist
from reviews.review.edition_review import EditionReview
from reviews.signing import attest
from reviews.workflow import perform

HERE = Path(__file__).parent
RELEASE = "sample of 6 October 2025"

ACCOUNTS: dict[str, tuple[str, str]] = {
    "editor": ("Demo editor", "editor"),
    "editor2": ("Demo editor 2", "editor"),
    "clinician": ("Demo clinician", "clinician"),
    "clinician2": ("Demo clinician 2", "clinician"),
    "pharmacist": ("Demo pharmacist", "clinician"),
    "publisher": ("Demo publisher", "publisher"),
    "auditor": ("Demo auditor", "auditor"),
    "admin": ("Demo administrator", "administrator"),
}
ON_CALL = ("clinician", "pharmacist")  # may put a regulator's urgent warning over a page
# The numbers are invented.
PROFILES = {
    "clinician": ("specialist_doctor", "GMC 0000001", "neurology", "neurologist"),
    "clinician2": ("specialist_doctor", "GMC 0000002", "general medicine", "specialist in general medicine"),
    "pharmacist": ("pharmacist", "GPhC 2000001", "", "pharmacist"),
}
# A second edition each: words before and after (the same facts), and how far it gets.
SECOND_EDITIONS = {
    "glatiramer-acetate": (
        "Let the syringe warm to room temperature first.",
        "Let the syringe warm to room temperature before you inject.",
        "draft",
    ),
    "ocrelizumab": (
        "Keep up with breast and cervical screening.",
        "Keep up with your breast and cervical screening.",
        "in_review",
    ),
    "morphine": (
        "Keep the bottle locked away and out of sight of children.",
        "Keep the bottle locked away, where children cannot see it.",
        "sent_back",
    ),
    "dimethyl-fumarate": (
        "Flushing looks alarming but usually fades within weeks.",
        "Flushing may look alarming, but it usually fades within weeks.",
        "signed",
    ),
}

# Why words that proofing asks about stand: most are intervals of monitoring that their source leaves open.
STANDS = {
    **dict.fromkeys(
        (
            "alemtuzumab", "fingolimod", "glatiramer-acetate", "interferon-beta-1a", "methotrexate-weekly-oral",
            "prednisolone", "teriflunomide",
        ),
        "no_number",
    ),
    "morphine": "looked_at",
}  # fmt: skip

Say = Callable[[str], None]


def load(say: Say) -> None:
    """Accounts, classes, monographs, second editions. Does nothing to a database that holds monographs already."""
    people = accounts()
    if Monograph.objects.exists():
        return
    _classes(people["admin"])
    rights(people)
    for path in sorted((HERE / "monographs").glob("*.json")):
        _first_edition(path, people)
        say(f"  {path.stem}: edition 1 published")
    _name_checks(people["editor"])
    for slug, (before, after, until) in SECOND_EDITIONS.items():
        _second_edition(slug, before, after, until, people)
        say(f"  {slug}: edition 2 {until.replace('_', ' ')}")


def accounts() -> dict[str, Any]:
    """Everybody by user name; who is missing is made, by the system: nobody is there yet who could. The first entry
    of all is the one by which `is_demonstration` knows this database."""
    users = get_user_model().objects.in_bulk(field_name="username")
    missing = [name for name in ACCOUNTS if name not in users]
    passwords = {name: make_password(settings.DEMO_PASSWORD) for name in missing}
    if missing:
        with audited_write(actor=None) as trail:
            if not trail.seq:
                trail.record(DEMONSTRATION_BEGUN, "site", reason="Demonstration content, not for clinical use.")
            for name in missing:
                user = verbs.added(trail, name, ACCOUNTS[name][0], f"{name}@example.org")
                user.password = passwords[name]
                trail.save(user, "password")
                trail.record("password_set", f"user:{user.pk}", data={"username": name})
                if name == "admin":
                    begin(trail, user, ADMINISTRATOR, by=None, reason="The demonstration was begun.")
                users[name] = user
    return {name: users[name] for name in ACCOUNTS}


def _classes(admin: Any) -> None:
    def walk(node: dict[str, Any], parent: TherapeuticClass | None) -> None:
        made = make_class(node["name"], slug=node["slug"], parent=parent, actor=admin)
        for child in node["children"]:
            walk(child, made)

    for root in json.loads((HERE / "classes.json").read_text("utf-8"))["tree"]:
        walk(root, None)


def rights(people: dict[str, Any]) -> None:
    """Roles everywhere, and registrations that the administrator has verified."""
    admin = people["admin"]
    for username, (_name, role) in ACCOUNTS.items():
        if username != "admin":
            give(people[username], role, actor=admin)
    for username in ON_CALL:
        give(people[username], "on-call", actor=admin)
    for username, (profession, registration, specialty, reader_title) in PROFILES.items():
        user, number = people[username], registration.split()[1]
        profile = registrations.register(
            user,
            actor=user,
            name=ACCOUNTS[username][0],
            profession=profession,
            number=number,
            scope="both",
            specialty=specialty,
        )
        registrations.declare_interests(user, registrations.NO_INTERESTS)
        registrations.verify(
            profile,
            actor=admin,
            reader_title=reader_title,
            specialty=specialty,
            scope="both",
            register_date=today(),
            looked_at="Invented: no register holds this number.",
        )
    # The objects remember what they were asked before these rights.
    for user in people.values():
        user.__dict__.pop("_rights", None)


def sign(edition: Edition, clinician: Any) -> None:
    """A demonstration clinician signs, with the password and every tick, as the form on the desk does."""
    review = EditionReview.load(edition)
    ticks = [tick.code for tick in checklist(review.document, review.changed, first=review.live is None)]
    attestation = attest(
        clinician, password=settings.DEMO_PASSWORD, ticks=ticks, interests="none", digest=review.digest
    )
    perform("sign", editions=[edition], actor=clinician, digest=review.digest, attestation=attestation)


def _first_edition(path: Path, people: dict[str, Any]) -> None:
    ((edition, _warnings),) = import_file(path, actor=people["editor"])
    seen = EditionReview.load(edition).digest
    why = STANDS.get(edition.monograph.slug, "")
    perform("submit", editions=[edition], actor=people["editor"], digest=seen, kind=why)
    sign(edition, people["clinician"])
    sign(edition, people["pharmacist"])
    perform("publish", editions=[edition], actor=people["publisher"], digest=seen, reason="First published.")


def _name_checks(editor: Any) -> None:
    rows = list(read_rows((HERE / "RXNCONSO.sample.RRF").read_text("utf-8")))
    for drug in Drug.objects.all():
        names = [drug.name, *(name["name"] for name in drug.names)]
        for code in (code["code"] for code in drug.codes if code["system"] == "RxNorm"):
            result = check(rows, code, names)
            record_name_check(
                actor=editor, system="RxNorm", code=code, name=drug.name, status=result.status,
                matched_name=result.matched_name, release=RELEASE, source="RXNCONSO.RRF",
            )  # fmt: skip


def _second_edition(slug: str, before: str, after: str, until: str, people: dict[str, Any]) -> None:
    editor, live = people["editor2"], Edition.objects.get(monograph__slug=slug, state="published")
    (started,) = perform("start", editions=[live], actor=editor, digest=digest(signable(build(live))))
    edition = started.edition
    section = next(one for one in build(edition).sections if before in one.text)
    _reword(edition, section.key, before, after, editor)
    if until == "draft":
        return
    seen = EditionReview.load(edition).digest
    perform("submit", editions=[edition], actor=editor, digest=seen)
    if until == "sent_back":
        reason = "Say where the bottle should be kept in the words of the other pages."
        perform("send-back", editions=[edition], actor=people["pharmacist"], digest=seen, reason=reason)
    if until == "signed":
        sign(edition, people["clinician"])
        sign(edition, people["pharmacist"])


def _reword(edition: Edition, key: UUID, before: str, after: str, editor: Any) -> None:
    section = build(edition).by_key()[key]
    assert isinstance(section, Section)
    with (
        audited_write(actor=editor) as trail,
        change_set(trail, edition=edition, reason="Wording made plainer") as change,
    ):
        words = section.text.replace(before, after)
        change.save(section.replaced(text=words), seen=digest_of_part(section))
