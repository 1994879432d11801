"""What readers are told that an edition changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from monographs.models.overlay import Overlay
from monographs.models.publication import Publication
from monographs.models.told_change import ToldChange
from monographs.overlay_kinds import kind_of
from monographs.standing import today

LINES = 6


@dataclass(frozen=True)
class Changed:
    """The sentences made from the difference, the weightiest first; and what a publisher typed of an old edition, ""
    where it may not be shown."""

    words: tuple[str, ...] = ()
    is_loud: bool = False
    typed: str = ""

    @property
    def sentence(self) -> str:
        """All of them in one line."""
        return " ".join(self.words)


def what_changed(publications: Iterable[Publication]) -> dict[int, Changed]:
    """{key of the publication: what it changed}: two queries at most. Nothing is told of what was taken down.

    What was typed before the sentences were made by machine nobody signed, and it may say what the page no longer does:
    unless it says no more than they do, it is not shown while anything of its monograph is withheld, corrected, retired
    or taken down.
    """
    rows = list(publications)
    noted = {one.monograph_id for one in rows if one.change_note}
    standing = Overlay.objects.unlifted().filter(monograph__in=noted)
    quiet = {pk for pk, kind in standing.values_list("monograph", "kind") if kind_of(kind).unsays}
    told: dict[int, list[ToldChange]] = {}
    for one in ToldChange.objects.on(today()).filter(publication__in=rows).order_by("publication", "place"):
        told.setdefault(one.publication_id, []).append(one)
    return {one.pk: _changed(one, told.get(one.pk, []), one.monograph_id in quiet) for one in rows}


def _changed(publication: Publication, told: list[ToldChange], is_quiet: bool) -> Changed:
    words = [one.words for one in told[:LINES]]
    if len(told) > LINES:
        words.append(f"{len(told) - LINES} more changes.")
    typed = "" if is_quiet and publication.change_note not in words else publication.change_note
    return Changed(tuple(words), any(one.is_loud for one in told), typed)
