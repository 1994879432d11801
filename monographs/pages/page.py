"""A monograph as a page: what the one template prints, in the order in which readers need it
(docs/clinical/sections.md).

The page is made of the document and its standing alone. A draft has no publication, so its preview has the same page
without the status.
"""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings

from monographs.checks.problems import gaps
from monographs.citations.csl import format_reference, is_smpc
from monographs.document import Citation, Document, DoseRegimen, MonitoringItem, SafetyNotice, Section
from monographs.models.overlay import Overlay
from monographs.models.publication import Publication
from monographs.pages import schedule
from monographs.pages.corrected import marks_on
from monographs.pages.lines import joined, lines_of, partial_date, run_on
from monographs.pages.page_model import (
    Archive,
    Block,
    Gap,
    Item,
    Notice,
    NumberedReference,
    Page,
    Passage,
    Signature,
    Source,
    Status,
    Stopped,
    Told,
    Unshown,
    UrgentWarning,
)
from monographs.pages.related import Related
from monographs.standing import LONDON, Shown, Standing
from monographs.texts import text
from monographs.texts.text import Html, Renderer
from monographs.texts.wording import people
from monographs.vocabulary import NAME_KINDS, NOTICE_TYPES, SECTION_KINDS, SectionKind

# The places of the page, top to bottom: notices by severity among the kinds of section, Dosing after Indications. What
# is not covered of Indications is told behind Dosing, with its neighbours: the page does not begin with what it lacks.
PLACES = (
    "critical", "indications", "major", "dosing", *(kind for kind in SECTION_KINDS if kind != "indications"),
    "information",
)  # fmt: skip
# Short words for the contents; the kinds that are not here are called by their heading.
_SHORT = {
    "prescribing": "Prescribing",
    "counselling": "Counselling",
    "evidence": "Evidence",
    "screening": "Screening",
}


def page(
    seen: Shown,
    traits: frozenset[str] | set[str],
    *,
    publication: Publication | None = None,
    chosen: list[Related] | tuple[Related, ...] = (),
    same_class: list[Related] | tuple[Related, ...] = (),
    archive: Archive | None = None,
) -> Page:
    """The page of what is shown of a document. Without a publication it is the preview of a draft."""
    document, standing = seen.document, seen.standing
    header = document.header
    renderer = _renderer(seen)
    introduction = renderer.html(header.introduction, header.text_rules)
    critical = _notices(seen, "critical", renderer)
    blocks = tuple(_merged(_blocks(seen, renderer, traits)))
    references = tuple(_references(document, renderer))
    missing = [kind.gap for kind in _gaps(seen, traits)]
    listed = [block for block in (critical, *blocks) if block and block.kind != "gap"]
    above = [("warning", "Warning")] * bool(seen.warnings) + [("correction", "Correction")] * bool(seen.errata)
    told = tuple(Told(one, standing.is_late(one)) for one in seen.plain)
    above += [(one.anchor, one.overlay.row.label) for one in told]
    above += [("withheld", "Withheld")] * bool(seen.withheld)
    contents = above + [(block.anchor, _SHORT.get(block.kind, block.heading)) for block in listed]
    contents += [("references", "References")] if references else []
    contents += [("related", "Related")] if chosen or same_class else []
    contents += [("status", "Status")] if publication else []
    made = Page(
        document=document,
        name=header.name,
        title=header.title,
        covers=header.covers,
        not_covered=header.not_covered,
        brands=", ".join(brand.name for brand in header.brands if brand.country == "GB"),
        other_names=", ".join(_other_names(document)),
        classes=header.class_path,
        names_found=standing.names_found,
        introduction=introduction,
        lines=lines_of(header),
        dosing_lines=lines_of(header.dosing),
        summary=textwrap.shorten(text.plain(header.introduction, header.text_rules), 160, placeholder=" …"),
        gap_line=", ".join(["doses", *missing]),
        gaps_counted=_counted(len(missing)),
        critical=critical,
        blocks=blocks,
        contents=tuple(contents),
        references=references,
        smpc=_smpc(document),
        status=_status(publication, standing) if publication else None,
        chosen=tuple(chosen),
        same_class=tuple(same_class),
        warnings=tuple(_warned(one, seen, publication) for one in seen.warnings),
        errata=seen.errata,
        told=told,
        retired=seen.retired,
        archive=archive,
    )
    return replace(made, marks=marks_on(made, publication.number)) if publication and seen.errata else made


def numbers_of(seen: Shown) -> dict[str, int]:
    """Label of a reference -> its number on the page, without making the page."""
    return {one.label: one.number for one in _renderer(seen).numbered()}


def cited_in(seen: Shown) -> frozenset[str]:
    """Labels of the references that some words of the page cite, or that stand as the source of a notice or a test."""
    return frozenset(one.label for one in _renderer(seen).numbered() if one.uses)


def _renderer(seen: Shown) -> Renderer:
    return Renderer([citation.label for citation in seen.document.citations], list(_texts(seen)))


def _warned(overlay: Overlay, seen: Shown, publication: Publication | None) -> UrgentWarning:
    before = publication is not None and publication.published_at < overlay.at
    return UrgentWarning(overlay, seen.standing.is_late(overlay), before)


def _gaps(seen: Shown, traits: frozenset[str] | set[str]) -> list[SectionKind]:
    """What the page never covered. What is withheld is no gap: its own line says that it was there."""
    stopped = {_place_of(one.part) for one in seen.withheld}
    return [kind for kind in gaps(seen.document, set(traits)) if kind.slug not in stopped]


def _counted(missing: int) -> str:
    return f"{missing} section{'' if missing == 1 else 's'} missing" if missing else "Doses missing"


def _place_of(part: Any) -> str:
    return part.kind if isinstance(part, Section) else "monitoring"


def _stopped(seen: Shown, place: str) -> tuple[Stopped, ...]:
    return tuple(
        Stopped(f"withheld-{str(one.part.key)[:8]}", one.part.label_for_people, one.overlay.at, one.overlay.reason)
        for one in seen.withheld
        if _place_of(one.part) == place
    )


def _other_names(document: Document) -> Iterator[str]:
    """What the drug is called elsewhere: a name of another country says of which."""
    header = document.header
    for one in header.names:
        if one.name and one.name.casefold() != header.name.casefold():
            yield f"{one.name} ({NAME_KINDS[one.kind]})" if one.kind in ("american", "british") else one.name


def _texts(seen: Shown) -> Iterator[str]:
    """All texts with citation marks, in the order in which they are read: numbers follow it."""
    for place in ("critical", "introduction", *PLACES[1:]):
        if place == "introduction":
            yield seen.document.header.introduction
        for notice in seen.notices_of(place):
            yield notice.text
            yield f"[@{notice.source}]" if notice.source else ""
        for section in seen.document.sections_of(place):
            yield section.text
        if place == "monitoring":
            yield from (f"[@{item.source}]" for item in seen.document.monitoring if item.source)


_KINDS = {"critical": "Critical safety notice", "major": "Safety notice"}
# Severity -> where its notices are found, and what the contents call them.
_NOTICES = {
    "critical": ("safety", "Critical safety"),
    "major": ("safety-notices", "Safety"),
    "information": ("information", "Information"),
}


def _notices(seen: Shown, severity: str, renderer: Renderer) -> Block | None:
    notices = tuple(_notice(one, renderer) for one in seen.notices_of(severity))
    anchor, heading = _NOTICES[severity]
    return Block("notices", anchor, heading, notices=notices) if notices else None


def _blocks(seen: Shown, renderer: Renderer, traits: frozenset[str] | set[str]) -> Iterator[Block]:
    """What stands below the contents, in order."""
    missing = {kind.slug for kind in _gaps(seen, traits)}
    for place in PLACES:
        if place in ("major", "information"):
            if block := _notices(seen, place, renderer):
                yield block
        elif place == "dosing":
            yield Block("dosing", "dose", "Dose", regimens=tuple(map(_unshown, seen.document.regimens)))
            yield from _gap("indications", missing, seen)
        elif place in missing and not _is_signed(seen, place):
            if place != "indications":
                yield from _gap(place, missing, seen)
        elif place in SECTION_KINDS:
            sections = [section for section in seen.document.sections_of(place) if section.text]
            items = tuple(_item(one, renderer) for one in seen.document.monitoring) if place == "monitoring" else ()
            stopped = _stopped(seen, place)
            if sections or items or stopped:
                own = sections[0].heading if sections else ""
                heading = own or SECTION_KINDS[place].heading
                passages = tuple(_passages(sections, heading, renderer))
                whose = sections[0].key if own else None
                yield Block(place, place, heading, whose, passages, items, stopped=stopped)


def _gap(place: str, missing: set[str], seen: Shown) -> Iterator[Block]:
    if place in missing and not _is_signed(seen, place):
        kind = SECTION_KINDS[place]
        yield Block("gap", place, kind.heading, gaps=(Gap(place, kind.gap),))


def _passages(sections: list[Section], heading: str, renderer: Renderer) -> Iterator[Passage]:
    """Every heading that was signed is shown: once above the block, or above its own text."""
    above = heading
    for section in sections:
        own = section.heading or above
        body = renderer.html(section.text, section.text_rules)
        yield Passage(section.key, body, "" if own == above else own, lines_of(section))
        above = own


def _is_signed(seen: Shown, place: str) -> bool:
    """Whether something of this place was signed, though it shows no word: it stays as it was signed."""
    return any(section.text for section in seen.document.sections_of(place)) or (
        place == "monitoring" and bool(seen.document.monitoring)
    )


def _merged(blocks: Iterator[Block]) -> Iterator[Block]:
    """Neighbouring gaps in one line."""
    for is_gap, run in groupby(blocks, key=lambda block: block.kind == "gap"):
        group = list(run)
        if is_gap:
            yield Block("gap", group[0].anchor, "Not yet covered", gaps=tuple(gap for one in group for gap in one.gaps))
        else:
            yield from group


def _notice(notice: SafetyNotice, renderer: Renderer) -> Notice:
    body = renderer.html(notice.text, notice.text_rules)
    mark = renderer.mark(notice.source)
    return Notice(
        key=notice.key,
        anchor=f"notice-{str(notice.key)[:8]}",
        kind=_KINDS.get(notice.severity, NOTICE_TYPES[notice.type][1]),
        title=notice.title,
        severity=notice.severity,
        body=body,
        action=text.quantities(run_on(notice, "action")),
        mark=mark,
        provenance=joined(notice, "provenance"),
        lines=lines_of(notice),
    )


def _unshown(regimen: DoseRegimen) -> Unshown:
    """No dose is shown while none has had its checks: of its lines the first alone is printed, which has no figure."""
    return Unshown(
        regimen.key, f"dose-{str(regimen.key)[:8]}", text.quantities(regimen.for_whom), regimen.since, regimen.reason,
        regimen.instead,
    )  # fmt: skip


def _item(item: MonitoringItem, renderer: Renderer) -> Item:
    return Item(
        key=item.key,
        test=text.quantities(item.test or "(no test named yet)"),
        words=text.quantities(schedule.sentence(item)),
        note=text.quantities(run_on(item, "note")),
        mark=renderer.mark(item.source) if item.source else Html(""),
        lines=lines_of(item),
    )


def _references(document: Document, renderer: Renderer) -> Iterator[NumberedReference]:
    by_label = {citation.label: citation for citation in document.citations}
    for one in renderer.numbered():
        citation = by_label[one.label]
        printed = format_reference(citation.csl)
        yield NumberedReference(citation.key, one.number, one.label, printed, one.uses, lines_of(citation))


def _smpc(document: Document) -> Source:
    """The exact SmPC if a reference is one. With its address its date is named; else where SmPCs are kept, no date."""
    sources: list[Citation] = [citation for citation in document.citations if is_smpc(citation.csl)]
    if not sources:
        return Source(f"SmPC of {document.header.name}, section 4.2", settings.SMPC_URL)
    csl = sources[0].csl
    name = f"SmPC of {csl.get('title') or document.header.name}, section 4.2"
    if not csl.get("URL"):
        return Source(name, settings.SMPC_URL)
    revised = _issued(csl)
    return Source(f"{name}, revision of {revised}" if revised else name, str(csl["URL"]))


def _issued(csl: Mapping[str, Any]) -> str:
    """The date of a record in words, or nothing if it has none that can be read."""
    issued = csl.get("issued")
    try:
        return partial_date("-".join(f"{int(part):02}" for part in issued["date-parts"][0])) if issued else ""
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        return ""


def _status(publication: Publication, standing: Standing) -> Status:
    signatures = tuple(_signature(one) for one in publication.signatures)
    last = max((one.signed_at for one in signatures), default=publication.published_at)
    return Status(
        number=publication.number,
        published_at=publication.published_at,
        signatures=signatures,
        reviewed_on=last.astimezone(LONDON).date(),
        last_full_review=standing.reviewed_again_on or publication.last_full_review,
        reviewed_again_by=people(standing.reviewed_again_by),
        renewed_on=standing.renewed_on,
        evidence_checked_at=publication.evidence_checked_at,
        next_review_due=standing.next_review_due,
        overdue=standing.overdue,
        long_overdue=standing.is_long_overdue(publication.tier),
        digest=publication.document_id,
    )


def _signature(form: dict[str, Any]) -> Signature:
    return Signature(
        form["reader_title"], form.get("name", ""), datetime.fromisoformat(form["signed_at"]), form["interests"]
    )
