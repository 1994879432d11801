"""A new reference whose source is looked for while it is half typed: what was typed stays, whatever is found.

The form says itself what was looked for (`looked`) and what that put into its boxes (`filled`), so that what a person
typed can be told from it. What stands in the box of the search and was not looked for yet is looked for first,
whichever button is pressed.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from reviews.access import scratch
from reviews.desk.editor.citation_form import CSL_TYPES, LABELS, boxes_of_record
from reviews.desk.editor.context import NEW, EditorContext
from reviews.desk.editor.find import Finding, find

_BOX, _LOOKED, _FILLED = "q", "looked", "filled"
_FIND, _FURTHER, _CHOSEN = "find", "further", "reference"  # buttons; the first may say what to look for
_PLACE = f"{NEW}citation"
REST = "What you had typed of another reference is kept for you, not saved: “Add a reference” offers it."
NOT_KEPT = "Not added: what you typed of another reference cannot be kept just now. Try again, or save it first."
_NO_SEARCH = {"preview", "tidy", _CHOSEN}
_OF_A_RECORD = frozenset(boxes_of_record({}))
_UNTOUCHED = {"type": next(iter(CSL_TYPES))}  # what a box holds before anybody chose


@dataclass
class Look:
    """What was `found`, and the `form` with that in it, as far as it was sent. `typed` stands in the box of the search,
    `looked` was looked for, `filled` says what that put into the boxes."""

    found: Finding = field(default_factory=Finding)
    form: QueryDict | None = None
    is_asked: bool = False  # the form was sent to look for something, and for nothing else

    @property
    def typed(self) -> str:
        return self.form.get(_BOX, "") if self.form else self.found.typed

    @property
    def looked(self) -> str:
        return self.form.get(_LOOKED, "") if self.form else self.found.typed

    @property
    def filled(self) -> str:
        return self.form.get(_FILLED, "") if self.form else _as_sent(self.found.boxes)


def look(editor: EditorContext, sent: QueryDict | None) -> Look:
    """Looks for what was asked for. Who only reads, or gets a form back that was kept, asks no register."""
    request = editor.request
    further = _FURTHER in (request.GET if sent is None else sent)
    wanted = request.GET.get(_BOX, "").strip() if sent is None else None
    if sent is not None and request.method == "POST":
        wanted = _wanted(sent)
    if wanted is None:
        return Look(form=sent)
    asks = editor.can_write and request.method != "HEAD" and request.kept.form is None
    found = Finding()
    if wanted:
        found = find(wanted, editor.document, user=request.user, asks=asks, further=further)
    return Look(found) if sent is None else Look(found, _put_in(found, sent), is_asked=True)


def _wanted(sent: QueryDict) -> str | None:
    """What is looked for: "" if nothing was typed to look for, None if that was not asked."""
    typed, looked = sent.get(_BOX, "").strip(), sent.get(_LOOKED, "").strip()
    if _FIND in sent:
        return sent.get(_FIND, "").strip() or typed
    if _FURTHER in sent:
        return looked or typed
    return typed if typed and typed != looked and not _NO_SEARCH & sent.keys() else None


def by_hand(sent: QueryDict) -> dict[str, str]:
    """Boxes of the record in which other words stand than those that a search put there."""
    filled = _UNTOUCHED | dict(parse_qsl(sent.get(_FILLED, "")))
    typed = {name: _plain(sent.get(name, "")) for name in _OF_A_RECORD}
    return {name: words for name, words in typed.items() if words and words != _plain(filled.get(name, ""))}


def keep_the_rest(editor: EditorContext, sent: QueryDict) -> str:
    """Whoever takes a record of the library while they have another half typed: what they typed is kept for them, and
    they are told where. "" where they typed nothing.

    Raises DatabaseError where the database takes no row now, and TooLong.
    """
    is_taken = _CHOSEN in sent and editor.can_write and editor.request.kept.form is None
    if not is_taken or not by_hand(sent).keys() - _UNTOUCHED.keys():
        return ""
    row = scratch.keep(editor.request, editor.edition, _PLACE, but=(_CHOSEN, "key", _BOX, _LOOKED))
    return REST if row else ""


def _plain(words: str) -> str:
    return words.replace("\r\n", "\n").strip()


def _put_in(found: Finding, sent: QueryDict) -> QueryDict:
    """What was found, in the boxes into which nobody typed; where it says otherwise than they did, that is said."""
    mine, boxes, form = by_hand(sent), found.boxes, sent.copy()
    for name in _OF_A_RECORD - mine.keys():
        form[name] = str(boxes.get(name) or _UNTOUCHED.get(name, ""))
    for name, words in mine.items():
        other = _plain(str(boxes.get(name) or ""))
        if found.filled and other not in ("", words):
            found.said.append(f"{LABELS[name]}: {found.filled.told_by} has “{other}”. What you typed stays.")
    form[_BOX] = form[_LOOKED] = found.typed
    form[_FILLED] = _as_sent({name: words for name, words in boxes.items() if name not in mine})
    return form


def _as_sent(boxes: dict[str, Any]) -> str:
    return urlencode({name: str(words) for name, words in boxes.items() if words and name in _OF_A_RECORD})
