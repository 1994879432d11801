"""Two people at one part: what a page says of a merge, and what of a clash beside mine and theirs: the words that both
began with."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils.timezone import localtime

from monographs.difference.diff_html import changes_of
from monographs.difference.document_diff import compare
from monographs.typed import Value
from reviews.desk.base import (
    and_list,
)
from reviews.desk.editor.context import EditorContext, with_part
from reviews.desk.editor.forms import ValueForm
from reviews.editing.merging import Merged, base_of
from reviews.models.people import name_of


def both_in(merged: Merged, me: User) -> str:
    """For whoever saved second: theirs is not the only change that is in now."""
    others = dict.fromkeys(_whose(by, at, me) for by, at in merged.others)
    return f"Your change and {and_list(others)} are both in: look at it."


def _whose(by: User, at: datetime, me: User) -> str:
    if by == me:
        return f"the one that you made at {localtime(at):%H:%M} in another window"
    return f"that of {name_of(by)} at {localtime(at):%H:%M}"


def base_shown(editor: EditorContext, form: ValueForm, theirs: Value | None) -> dict[str, Any]:
    """What stood there when both began, who had saved it so, and what the others made of it; nothing where that is not
    known, or is what they left."""
    base = base_of(editor.edition, str(form.key or "header"), form.data.get("seen", ""))
    if base is None or theirs is None or base.part == theirs:
        return {}
    when = f"as {name_of(base.by)} saved it at {localtime(base.at):%H:%M}" if base.at else "as this edition began"
    before, after = (with_part(editor.document, one) for one in (base.part, theirs))
    return {
        "base": type(form)(document=editor.document, shown=base.part).as_read(),
        "base_when": when,
        "base_changes": changes_of(compare(before, after)) if before and after else [],
    }
