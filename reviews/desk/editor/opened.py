"""A form of the one page that is open: of the header, of a part, or of a new part. What it is filled with, whether what
was typed may be saved, and what its page says if it is not."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import QueryDict

from monographs import document as values
from monographs.assemble import build
from monographs.difference.diff_html import changes_of
from monographs.difference.document_diff import compare
from monographs.difference.dose_changes import DoseChange, dose_changes
from monographs.digest import digest_of_part
from monographs.proofing.proof import Doses
from monographs.typed import Value
from monographs.vocabulary import SECTION_KINDS
from reviews.access.refusals import Conflict, Refused
from reviews.changes import faster
from reviews.desk.editor.citation_form import CitationForm
from reviews.desk.editor.clash import base_shown, both_in
from reviews.desk.editor.context import FORMS, NEW, NOUNS, EditorContext, with_part
from reviews.desk.editor.dose_form import DoseForm
from reviews.desk.editor.forms import OVER, HeaderForm, ValueForm
from reviews.desk.editor.lists import make_lists, put
from reviews.desk.editor.one_page import brought, seen_as
from reviews.desk.editor.scratch import offered
from reviews.editing import parts
from reviews.editing.citable import from_library, visible
from reviews.editing.merging import Merged
from reviews.review.proofed import Hint, hints_of, spelling_of


class OpenForm:
    """`place` is where its words are kept meanwhile (reviews.access.scratch), `context` what its template is given."""

    def __init__(self, editor: EditorContext, form: ValueForm, place: str, **context: Any) -> None:
        self.editor, self.form, self.place = editor, form, place
        self.rest = ""  # what is said of words in this form that are kept, and not saved with it
        self.made = make_lists(form) if form.is_bound else []
        self.context = editor.context(form=form, made_lists=self.made, **context)
        if not form.is_bound and form.shown is not None:
            self.context["hints"] = self._hints(form.shown)
            self.context["spelling"] = spelling_of(form.shown) if editor.can_write else []

    @classmethod
    def of_header(cls, editor: EditorContext, data: QueryDict | None) -> "OpenForm":
        shown = editor.document.header
        form = HeaderForm(data, document=editor.document, shown=shown, uid=editor.uid("header"))
        return cls(editor, form, "header", shown=shown, words="the header", class_path=shown.class_path)

    @classmethod
    def of_part(cls, editor: EditorContext, shown: values.Part, data: QueryDict | None, *, removed: bool) -> "OpenForm":
        form = FORMS[shown.part_kind](data, document=editor.document, shown=shown, uid=editor.uid(shown.key))
        _equip(editor, form)
        more: dict[str, Any] = {"targets": editor.targets()} if shown.part_kind == "related" else {}
        if isinstance(shown, values.Section):  # another kind would be another section
            form.fields["kind"].disabled = True
            more["contains"] = SECTION_KINDS[shown.kind].contains
        more |= {"shown": shown, "words": editor.document.label_of(shown), "removed": removed}
        return cls(editor, form, str(shown.key), **more)

    @classmethod
    def of_new(
        cls, editor: EditorContext, kind: str, data: QueryDict | None, *, key: UUID, initial: dict[str, Any]
    ) -> "OpenForm":
        form = FORMS[kind](data, document=editor.document, key=key, initial=initial, uid=editor.uid(key))
        _equip(editor, form)
        if isinstance(form, CitationForm):
            form.may_copy(visible(editor.request.user))
        more: dict[str, Any] = {"targets": editor.targets()} if kind == "related" else {}
        if kind == "section" and (chosen := SECTION_KINDS.get(str(form["kind"].value()))):
            more["contains"] = chosen.contains
        return cls(editor, form, f"{NEW}{kind}", kind=kind, words=_added(kind, form), **more)

    @property
    def is_new(self) -> bool:
        return "kind" in self.context

    @property
    def is_ready(self) -> bool:
        """What was sent makes a value, and what was made of it was looked at."""
        return self.form.is_valid() and all(one.is_seen for one in self.made)

    @cached_property
    def brings(self) -> tuple[values.Citation, ...]:
        """The references of the library that go into the edition with these words."""
        return brought_by(self.editor, self.form.value, self.form.shown)

    @property
    def reason(self) -> str:
        return self.form.cleaned_data["reason"] or ""

    @property
    def wanted(self) -> parts.Wanted:
        seen = (self.form.cleaned_data["seen"] or "") if self.form.shown else None
        return parts.Wanted(self.form.value, seen, self.brings)

    def saved(self, both: Merged | None) -> tuple[Value, list[str]]:
        """What stands there now, and what is said of it."""
        said = [*self.form.said, *self.editor.news(), *map(brought, self.brings), *filter(None, [self.rest])]
        if both is not None:
            said.append(both_in(both, self.editor.request.user))
        value: Value = both.part if both else self.form.value
        return value, [*said, *self._look_again(value)]

    def _look_again(self, value: Value) -> list[str]:
        """What proofing lets pass with a reason alone: said once, before the edition is sent for review."""
        words = [one.words for one in self._hints(value, self.brings) if not one.blocks and one.effect != "Style"]
        return [f"Look again: {' '.join(words)}"] if words else []

    def _hints(self, value: Value, brought: Iterable[values.Citation] = ()) -> list[Hint]:
        """What proofing finds in it, with these references beside those of the edition."""
        document = self.editor.document
        labels = {one.label for one in (*document.citations, *brought)}
        return hints_of(value, labels, Doses.in_document(document), self.editor.names_of(value))

    def refuse(self, refused: Refused) -> None:
        """It is not saved: says why, and of a conflict what the others saved meanwhile."""
        if isinstance(refused, Conflict):
            self.context |= self._beside(refused)
        else:
            self.context["refusals"] = self.form.refuse(refused.refusals)

    def comes_back(self) -> dict[str, Any]:
        """What its page is given; a conflict that was shown and that nothing settled yet is shown again."""
        if self.form.is_over and "conflict" not in self.context:
            self.context |= self._beside(self._still())
        return self.shows()

    def shows(self) -> dict[str, Any]:
        """What its page is given: the form, and what readers would get of it."""
        value = self.form.readable if self.form.is_bound else self.form.shown
        brings = brought_by(self.editor, value, self.form.shown) if value else ()
        self.context |= {
            "costs_signature": self.editor.costs_signature,
            "brings": brings,
            "seen_as": seen_as(self.editor, value, brings) if value else None,
        }
        if isinstance(value, values.DoseRegimen):
            self.context["dose_changes"] = self._dose_changes(value)
        return self.context | offered(self.editor, self.form, self.place)

    def _dose_changes(self, now: values.DoseRegimen) -> list[DoseChange]:
        """What readers of the two would be told of their figures: against the published edition, else what stands
        there."""
        was = self.editor.live_doses.get(now.key, self.form.shown)
        before, after = (self.editor.document.model_copy(update={"regimens": (one,)}) for one in (was or now, now))
        return dose_changes(before, after) if was else []

    def _still(self) -> Conflict:
        """The conflict that was shown with this form, and that nothing has settled yet."""
        key, did = (str(self.form.key), "saved this part") if self.form.key else ("header", "saved the header")
        return Conflict(faster(self.editor.edition, self.editor.request.user, key, did), self.form.shown, key)

    def _beside(self, conflict: Conflict) -> dict[str, Any]:
        """The texts of a conflict: mine in the form, theirs beside it, word by word (whole, while mine cannot be read),
        and what both began with."""
        if conflict.current is None:  # it was removed: there is nothing beside mine
            return {"conflict": conflict, "removed": True}
        base = base_shown(self.editor, self.form, conflict.current)
        now_seen(self.form, conflict.current)
        put(self.form, OVER, digest_of_part(conflict.current))
        theirs = with_part(build(self.editor.edition), conflict.current)
        mine = with_part(theirs, self.form.readable) if theirs and self.form.readable is not None else None
        if mine is None:
            shown = type(self.form)(document=self.editor.document, shown=conflict.current).as_read()
            return {"conflict": conflict, "theirs": shown, **base}
        return {"conflict": conflict, "changes": changes_of(compare(theirs, mine)), **base}


def _equip(editor: EditorContext, form: ValueForm) -> None:
    """With what a form asks of what is around it."""
    if isinstance(form, DoseForm):
        form.around = lambda: editor.doses_around
        if form.shown is not None and form.key:
            editor.open_doses.add(form.key)


def now_seen(form: ValueForm, value: Value) -> None:
    """What stands there now counts as seen: saving again puts the words of this form over it, knowingly."""
    put(form, "seen", digest_of_part(value))


def brought_by(editor: EditorContext, value: Value, shown: Value | None) -> tuple[values.Citation, ...]:
    """The references of the library that go into the edition with these words."""
    return from_library(editor.document, value, shown, user=editor.request.user) if editor.can_write else ()


def _added(kind: str, form: ValueForm) -> str:
    """What is added, as the link to its form says it: a section by its heading, once its kind is known."""
    section = str(form["kind"].value()) if kind == "section" else ""
    return SECTION_KINDS[section].heading.lower() if section in SECTION_KINDS else f"a {NOUNS[kind]}"
