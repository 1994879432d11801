"""Who else has this edition open, on the page of the editor, and beside the part that they write in."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from monographs.models import Edition
from reviews.access import presence
from reviews.desk.base import DeskRequest, by_itself, desk
from reviews.desk.editor.context import EditorContext
from reviews.models.people import name_of


@dataclass(frozen=True)
class Here:
    """Sentences: about the edition (`open`, "" if nobody else has it), and by part of whoever writes in it."""

    open: str
    writing: dict[str, str]

    @property
    def lines(self) -> list[str]:
        """A line for each sentence: the part ("" for the edition), a tab, and the words (scratch.js reads them)."""
        return [f"{part}\t{words}" for part, words in [("", self.open), *self.writing.items()] if words]


def here(person: User, edition: Edition) -> Here:
    """What this person is told of everybody else: one query."""
    return told_of((row.part, name_of(row.person)) for row in presence.others(person, edition))


def told_of(others: Iterable[tuple[str, str]]) -> Here:
    """Of everybody else: the part that they write in ("" for none), and their name."""
    everybody, at = list[str](), dict[str, list[str]]()
    for part, one in others:
        name = " ".join(one.split())
        everybody.append(name)
        if part:
            at.setdefault(part, []).append(name)
    writing = {part: f"{_all(names)} {'is' if len(names) == 1 else 'are'} writing here" for part, names in at.items()}
    has = "has" if len(everybody) == 1 else "have"
    return Here(f"{_all(everybody)} {has} this edition open" if everybody else "", writing)


def note(editor: EditorContext, part: str = "") -> None:
    """Whoever may write has it open, with the form of this part; who only reads is not told of."""
    if editor.request.method != "HEAD" and editor.can_write:
        presence.note(editor.request.user, editor.edition, part)


@by_itself
@desk
@require_safe
def stay(request: DeskRequest, slug: str) -> HttpResponse:
    """A page that somebody looks at asks this every half minute: whoever may write stays there, and everybody is told
    who else is, a line for each sentence. No word of the edition is read for it."""
    editor = EditorContext(request, slug)
    if request.method != "HEAD" and editor.can_write:
        presence.stay(request.user, editor.edition)
    told = "\n".join(here(request.user, editor.edition).lines)
    return HttpResponse(told, content_type="text/plain; charset=utf-8")


def _all(names: Iterable[str]) -> str:
    *most, last = [*names] or [""]
    return f"{', '.join(most)} and {last}" if most else last
