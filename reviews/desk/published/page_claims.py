"""What must be seen on the page of a monograph, on its old editions, on paper and in the page as data."""

import re

from monographs.document import SafetyNotice
from monographs.models import Overlay
from monographs.overlay_kinds import say
from reviews.desk.published.claims import Claim, Spot, has, is_hidden
from reviews.desk.published.served import Served, squashed
from reviews.desk.published.subject import Subject

_STANDS = re.compile(r"(?:warning|erratum)-\d+|retired")


# -- The page, its old editions, and its print ------------------------------------------------------------------------


def the_page(subject: Subject, spot: Spot) -> Claim:
    ids = {f"{one.kind}-{one.pk}" for one in subject.overlays if one.kind == "warning" or _is_told(subject, spot, one)}
    ids |= {"retired"} if any(one.row.is_withdrawal for one in subject.overlays) else set()

    def holds(served: Served) -> bool:
        link = served.tree.first("link", rel="canonical")
        standing = {one.attributes.get("id", "") for one in served.main.all("section")}
        if served.status != 200 or not link or link.attributes.get("href") != subject.address:
            return False
        if not {one for one in standing if _STANDS.fullmatch(one)} <= ids:
            return False
        return spot.edition is None or _is_old(served, subject)

    if spot.edition is None:
        return Claim("the page, and over it nothing but what stands now", holds)
    return Claim("“Superseded on …. Do not use”, a link to the current page, nothing for search engines", holds)


def _is_old(served: Served, subject: Subject) -> bool:
    banner = next((one for one in served.main.all("section", class_="banner") if "Supersededon" in one.words), None)
    return (
        banner is not None and "Donotuse" in banner.words and bool(served.leads_to(subject.path)) and is_hidden(served)
    )


def _is_told(subject: Subject, spot: Spot, one: Overlay) -> bool:
    if one.kind != "erratum":
        return False
    return one.pk in subject.standing_corrections if spot.edition is None else subject.is_told(one, spot.edition)


def its_notice(subject: Subject, spot: Spot, one: Overlay) -> Claim:
    def holds(served: Served) -> bool:
        node = served.main.first("section", id=f"warning-{one.pk}")
        is_there = has(node, one.get_title_display(), one.quote) and node is not None and node.is_printed()
        return is_there and (spot.edition is not None or not _chips(served, "chip-published"))

    return Claim(
        f"the urgent warning “{one.get_title_display()}” with its quotation, no chip of a reviewed page", holds
    )


def its_correction(subject: Subject, spot: Spot, one: Overlay) -> Claim | None:
    if not _is_told(subject, spot, one):
        return None

    def holds(served: Served) -> bool:
        node = served.main.first("section", id=f"erratum-{one.pk}")
        return has(node, one.wrong, one.right) and node is not None and node.is_printed()

    return Claim("the correction: what it said, and what it should say", holds)


def its_stub(subject: Subject, spot: Spot, one: Overlay) -> Claim | None:
    part = subject.withheld.get(one.pk)
    if part is None:
        return None

    def holds(served: Served) -> bool:
        lines = [node for node in served.main.all(class_="regimen-withheld") if has(node, part.label_for_people)]
        says = bool(lines) or (spot.edition is not None)  # an old edition may never have had it
        return says and not any(piece in served.main.words for piece in subject.pieces_of_withheld(one))

    return Claim(f"“{part.label_for_people}: withheld”, and none of its words", holds)


def its_banner(subject: Subject, spot: Spot, one: Overlay) -> Claim:
    def holds(served: Served) -> bool:
        node = served.main.first("section", id="retired")
        if not has(node, one.row.label, one.reason) or node is None or not node.is_printed():
            return False
        if served.main.first("table", class_="doses"):
            return False
        dose = served.main.first(id="dose")
        if dose and "Dosesarenotshown" not in dose.words:
            return False
        return spot.edition is not None or one.row.label in _chips(served)

    chip = "" if spot.edition else f", the chip “{one.row.label}”"
    return Claim(f"the banner “{one.row.label} on …” with the reason{chip}, no dose", holds)


def _chips(served: Served, look: str = "chip") -> list[str]:
    return [chip.words for plate in served.main.all(class_="plate") for chip in plate.all(class_=look)]


def its_note(subject: Subject, spot: Spot, one: Overlay) -> Claim:
    return Claim(f"the notice “{one.row.label}”", lambda served: has(served.main, say(one.row.words.page, one)))


def its_critical_notice(subject: Subject, spot: Spot, one: SafetyNotice) -> Claim:
    def holds(served: Served) -> bool:
        return any(has(node, one.title) and node.is_printed() for node in served.main.all(class_="notice-critical"))

    return Claim(f"the safety notice “{one.title}”", holds)


def removed(subject: Subject, spot: Spot) -> Claim:
    """410, and nothing of it."""
    assert subject.removal
    reason = subject.removal.reason

    def holds(served: Served) -> bool:
        is_gone = served.status == 410 and is_hidden(served) and has(served.main, reason)
        return is_gone and not any(piece in served.main.words for piece in subject.pieces)

    return Claim("“This page was removed” (410) with the reason, none of its words, nothing for search engines", holds)


# -- On paper: the foot of each sheet -------------------------------------------------------------------------------


def the_sheet(subject: Subject, spot: Spot) -> Claim:
    words = (subject.live.name, f"Edition {subject.live.number}", subject.address)

    def holds(served: Served) -> bool:
        return served.status == 200 and all(squashed(one) in _stamp(served) for one in words)

    return Claim("at the foot of each sheet its name, its edition, and where to check it", holds)


def on_each_sheet(subject: Subject, spot: Spot, one: Overlay) -> Claim:
    banner, label = its_banner(subject, spot, one), one.row.label.upper()
    words = f"{banner.words}; “{label}” at the foot of each sheet"
    return Claim(words, lambda served: banner.holds(served) and label in _stamp(served))


def _stamp(served: Served) -> str:
    html = served.tree.first("html")
    return squashed(html.attributes.get("data-stamp", "")) if html else ""


# -- The page as data ------------------------------------------------------------------------------------------------


def the_data(subject: Subject, spot: Spot) -> Claim:
    known = {(one.kind, one.at.isoformat()) for one in subject.overlays}

    def holds(served: Served) -> bool:
        told = {(one["kind"], one["at"]) for one in served.data.get("overlays", [])}
        return served.status == 200 and served.data.get("slug") == subject.live.slug and told <= known

    return Claim("the document, and over it nothing but what stands now", holds)


def in_data(subject: Subject, spot: Spot, one: Overlay) -> Claim | None:
    if one.kind == "erratum" and one.pk not in subject.standing_corrections:
        return None

    def holds(served: Served) -> bool:
        overlays = served.data.get("overlays", [])
        if not any((told["kind"], told["at"]) == (one.kind, one.at.isoformat()) for told in overlays):
            return False
        status, doses = served.data.get("status"), served.data.get("doses")
        return not one.row.is_withdrawal or (status, doses) == (one.row.label.lower(), "not shown")

    return Claim(f"“{one.kind}” in its list of overlays", holds)


def out_of_data(subject: Subject, spot: Spot, one: Overlay) -> Claim | None:
    if one.pk not in subject.withheld:
        return None
    key = str(one.part)

    def holds(served: Served) -> bool:
        parts = [part.get("key") for several in served.data.get("document", {}).values() if isinstance(several, list)
                 for part in several if isinstance(part, dict)]  # fmt: skip
        return key in [part["key"] for part in served.data.get("withheld", [])] and key not in parts

    return Claim("the part as withheld, and not in its document", holds)


def removed_data(subject: Subject, spot: Spot) -> Claim:
    assert subject.removal
    label = subject.removal.row.label.lower()

    def holds(served: Served) -> bool:
        return served.status == 410 and served.data.get("status") == label and "document" not in served.data

    return Claim(f"status “{label}” (410), and no document", holds)
