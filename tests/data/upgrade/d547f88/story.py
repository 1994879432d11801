"""What happened in the house whose databases lie here, told in the verbs of commit d547f88.

It runs inside a checkout of that commit (tests/upgrade/inside.py) and nowhere else: its names stay as they were then.
"""

import json
import tempfile
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from reviews.case import Case
from reviews.editions import move
from reviews.imports import import_file
from reviews.refusals import Refused

from monographs.assemble import build
from monographs.document import MonitoringItem, digest, digest_of_part
from monographs.models import Edition, Monograph
from reviews import edits, overlays, reports
from reviews.demonstration.load import sign
from reviews.overlays import Corrected, Warned
from reviews.signing import attest
from reviews.workflow import perform, ticks_for

TESTED = uuid5(NAMESPACE_URL, "https://clincalc.test/upgrade")
TYPED = Path(__file__).with_name("as_typed.json")
TEXT = "1.5*10^9/L, HLA-B*15:02, CYP2C9*2, CYP2C9*3, 1**2 … 3**4, __init__\n\n+ + +\n\n* p < 0.05\n\nGive 5\n- 10 mg"


class House:
    """The demonstration's people, and what they do a dozen times."""

    def __getattr__(self, username: str) -> Any:
        return get_user_model().objects.get(username=username)

    def page(self, slug: str) -> Monograph:
        return Monograph.objects.select_related("live__document").get(slug=slug)

    def live(self, slug: str) -> Edition:
        return self.page(slug).live.edition

    def do(self, transition: str, edition: Edition, actor: Any, **more: Any) -> Edition:
        edition = Edition.objects.get(pk=edition.pk)
        return perform(transition, editions=[edition], actor=actor, digest=digest(build(edition)), **more)[0]

    def sign(self, edition: Edition) -> None:
        sign(edition, self.clinician)
        sign(edition, self.pharmacist)

    def publish(self, edition: Edition, note: str) -> None:
        self.do("submit", edition, self.editor)
        self.sign(edition)
        self.do("publish", edition, self.publisher, reason=note)

    def password(self, person: Any, words: str) -> Any:
        return attest(person, password=settings.DEMO_PASSWORD, ticks=(), interests="none", digest=words)

    def warn(self, warned: Warned, actor: Any, *slugs: str) -> list[Any]:
        pages = [self.page(slug) for slug in slugs]
        return overlays.warn(pages, warned=warned, actor=actor, attestation=self.password(actor, warned.digest(pages)))

    def withhold(self, slug: str, part: Any, reason: str, actor: Any) -> None:
        page = self.page(slug)
        given = self.password(actor, overlays.digest_of_part_withheld(page, part.key))
        overlays.withhold(page, part=part.key, reason=reason, actor=actor, attestation=given)

    def correct(self, slug: str, wrong: str, right: str, harm: str) -> None:
        page, corrected, actor = self.page(slug), Corrected(wrong, right, harm), self.pharmacist
        given = self.password(actor, corrected.digest(page))
        overlays.correct(page, corrected=corrected, actor=actor, attestation=given)


def tell(clock: Any) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("demo")
    house = House()
    for chapter in (as_typed, editions, warnings, corrections, withdrawals, reports_of_readers):
        clock.later(days=3)
        chapter(house)
    clock.later(days=1)
    call_command("send_reminders")
    call_command("checkpoint")


def as_typed(house: House) -> None:
    """Signs that Markdown takes for markup, and what passed although it shows nothing: published, and as drafts."""
    for edition, _warnings in import_file(TYPED, actor=house.editor):
        house.publish(edition, "First published: 1.5*10^9/L and HLA-B*15:02.")
    draft = house.do("start", house.live("astericin"), house.editor2)
    section = build(draft).sections[0]
    edits.save_part(draft, section.replaced(text=TEXT), seen=digest_of_part(section), actor=house.editor2)
    typed = TYPED.read_text("utf-8").replace("stericin", "sterimab").replace("ermissin", "ermissimab")
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(json.loads(typed), file)
        file.flush()
        import_file(Path(file.name), actor=house.editor)


def editions(house: House) -> None:
    """Second editions: published, under a new address, given up, with a signature taken back."""
    signed = Edition.objects.get(monograph__slug="dimethyl-fumarate", number=2)
    house.do("publish", signed, house.publisher, reason="Flushing is told in plainer words.")

    edition = house.do("start", house.live("interferon-beta-1a"), house.editor)
    document = build(edition)
    first, second = document.sections[:2]
    edits.save_part(
        edition, first.replaced(text=f"{first.text}\n\n{TEXT}"), seen=digest_of_part(first), actor=house.editor
    )
    edits.remove_part(edition, second, seen=digest_of_part(second), actor=house.editor, reason="It is told elsewhere.")
    new = MonitoringItem(key=TESTED, test="Thyroid function", how_often="every 6 months", note="Not below 1**2.")
    edits.add_part(edition, new, actor=house.editor)
    order = [one.key for one in build(edition).sections]
    edits.save_order(edition, "section", order[::-1], seen=order, actor=house.editor)
    house.publish(edition, "A test more, a section less.")

    moved = move(
        house.page("methotrexate-weekly-oral"), slug="methotrexate-weekly", actor=house.publisher, reason="Shorter."
    )
    edition = house.do("start", house.live(moved.slug), house.editor)
    header = build(edition).header
    edits.save_header(edition, header.replaced(not_covered="cancer"), seen=digest_of_part(header), actor=house.editor)
    house.publish(edition, "Says what it does not cover.")

    edition = house.do("start", house.live("teriflunomide"), house.editor)
    house.do("discard", edition, house.editor, reason="Begun by mistake.")

    edition = house.do("start", house.live("apixaban"), house.editor)
    section = build(edition).sections[0]
    edits.save_part(edition, section.replaced(text=TEXT), seen=digest_of_part(section), actor=house.editor)
    house.do("submit", edition, house.editor)
    house.sign(edition)
    house.do("unsign", edition, house.pharmacist, reason="I read the wrong line.")
    try:
        house.do("publish", edition, house.publisher)
    except Refused:
        pass  # it stands in the trail
    try:
        attest(house.pharmacist, password="not this one", ticks=(), interests="none", digest=digest(build(edition)))
    except Refused:
        pass


def warnings(house: House) -> None:
    """Over two pages at once, one countersigned and one never; and one that ended."""
    warned = Warned(
        "new-reaction", "critical", "mhra", "https://www.gov.uk/drug-safety-update/invented", "2026-09-09",
        "A severe reaction was reported below 1.5*10^9/L; this sentence is invented.",
    )  # fmt: skip
    one, _never = house.warn(warned, house.clinician, "natalizumab", "alemtuzumab")
    given = house.password(house.clinician2, overlays.digest_of_act("countersign", one))
    overlays.countersign(one, actor=house.clinician2, attestation=given)
    (other,) = house.warn(warned, house.pharmacist, "cladribine")
    given = house.password(house.clinician, overlays.digest_of_act("lift", other))
    overlays.lift(other, actor=house.clinician, reason="the regulator withdrew it", attestation=given)


def corrections(house: House) -> None:
    """Of what is live and of what was; and a section and a test that are withheld."""
    house.correct("astericin", "below 100*10^9/L", "below 100 × 10^9/L", "moderate")
    old = house.page("interferon-beta-1a").publications.get(number=1).document.value.sections[1]
    house.correct("interferon-beta-1a", old.text.splitlines()[0], "something else", "none")
    document = house.page("paracetamol").live.document.value
    house.withhold("paracetamol", document.sections[1], "source-doubtful", house.clinician)
    document = house.page("ofatumumab").live.document.value
    house.withhold("ofatumumab", document.monitoring[0], "misprint", house.publisher)


def withdrawals(house: House) -> None:
    """Retired and confirmed; taken down and confirmed by nobody; and back again."""
    house.do("withdraw", house.live("gentamicin"), house.clinician, reason="the source is in doubt", kind="retire")
    house.do("confirm-withdrawal", house.live("gentamicin"), house.publisher)
    house.do("withdraw", house.live("amoxicillin"), house.publisher, reason="a mix-up", kind="take_down")

    edition = house.live("prednisolone")
    house.do("withdraw", edition, house.publisher, reason="a reader doubts it", kind="retire")
    house.do("confirm-withdrawal", edition, house.clinician)
    case, actor = Case.load(edition), house.pharmacist
    ticks = [tick.code for tick in ticks_for("still-correct", case)]
    given = attest(actor, password=settings.DEMO_PASSWORD, ticks=ticks, interests="none", digest=case.digest)
    house.do("still-correct", edition, actor, attestation=given)
    house.do("reinstate", edition, house.publisher)


def reports_of_readers(house: House) -> None:
    """One answered, one that could harm and waits."""
    said = reports.Said("The heading reads 1**2, and I ask why.", harm=False, email="reader@example.org")
    about = {"monograph": house.page("astericin"), "page": "/drugs/astericin/", "edition": 1}
    one = reports.report(said, sender="a reader", **about)
    reports.answer(one, actor=house.editor, outcome="corrected", text="It says 1**2 because that was typed.")
    reports.report(reports.Said("Store at - 20 °C is shown as a list.", harm=True), sender="another", **about)
