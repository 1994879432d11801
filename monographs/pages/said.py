"""Which published editions show some words, and where: what somebody quotes is looked for in what readers see."""

from dataclasses import dataclass

from monographs.models.monograph import Monograph
from monographs.models.publication import Publication
from monographs.overlay_kinds import Effect
from monographs.pages.corrected import places_of
from monographs.pages.page import page
from monographs.pages.places import Choice, Place, choices, near
from monographs.pages.related import linked
from monographs.standing import Gone, Standing, overlays_of, shown, today
from monographs.texts.quotes import folded


@dataclass(frozen=True)
class Said:
    """Words, the places in which they stand, and the publications that show them, oldest first."""

    words: str
    choices: tuple[Choice, ...]
    publications: tuple[Publication, ...]
    near: str = ""  # if they stand nowhere: what stands there instead

    def chosen(self, keys: tuple[str, ...]) -> tuple[Choice, ...]:
        """The places of these keys."""
        return tuple(one for one in self.choices if one.key in keys)

    def in_editions(self, chosen: tuple[Choice, ...]) -> list[Publication]:
        """The publications that hold one of these places, oldest first."""
        numbers = {edition for choice in chosen for edition, _nth in choice.at}
        return [one for one in self.publications if one.number in numbers]


def said(monograph: Monograph, words: str) -> Said:
    """Where the published editions show these words. What is withheld is shown in none of them."""
    rows = list(monograph.publications.select_related("document").order_by("number")) if folded(words) else []
    withheld = tuple(one for one in overlays_of(monograph.pk) if one.row.effect == Effect.TAKES_A_PART)
    standing = Standing(today=today(), overlays=withheld)
    by_edition = {one.number: _places(one, standing) for one in reversed(rows)}
    found = choices(by_edition, words)
    numbers = {edition for choice in found for edition, _nth in choice.at}
    return Said(
        words=words,
        choices=found,
        publications=tuple(one for one in rows if one.number in numbers),
        near="" if found else near((place for places in by_edition.values() for place in places), words),
    )


def _places(publication: Publication, standing: Standing) -> list[Place]:
    """As the edition was shown: with notices that have ended since, and links that lead nowhere now."""
    seen = shown(publication.document.value, standing, publication.number)
    assert not isinstance(seen, Gone)
    links = [linked(one) for one in seen.document.related]
    return places_of(page(seen, set(publication.traits), chosen=links))
