"""What every page of the editor is about: the monograph, its current edition, and the document as it stands."""

import json
from functools import cached_property, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from pydantic import ValidationError
from reversion.models import Version

from monographs import document as values
from monographs.assemble import build
from monographs.digest import digest
from monographs.document import PART_FIELDS
from monographs.models import PARTS, Edition, Monograph, NameCheck, State
from monographs.pages.page import page
from monographs.pages.page_model import Page
from monographs.signable import signable
from monographs.standing import draft, names_found
from monographs.typed import Value
from reviews.access import policy
from reviews.changes import Change
from reviews.desk.base import DeskRequest, current_edition, monograph_for, not_here
from reviews.desk.editor.around import Around, look_around
from reviews.desk.editor.citation_form import CitationForm
from reviews.desk.editor.dose_form import Around as DosesAround
from reviews.desk.editor.dose_form import DoseForm
from reviews.desk.editor.forms import MonitoringForm, NoticeForm, RelatedForm, SectionForm, ValueForm
from reviews.models import ChangeSet

FORMS: dict[str, type[ValueForm]] = {
    "section": SectionForm,
    "regimen": DoseForm,
    "monitoring": MonitoringForm,
    "notice": NoticeForm,
    "citation": CitationForm,
    "related": RelatedForm,
}
NOUNS = {
    "section": "section",
    "regimen": "dose",
    "monitoring": "monitoring test",
    "notice": "safety notice",
    "citation": "reference",
    "related": "related monograph",
}
HEADINGS = {
    "section": "Sections",
    "regimen": "Doses",
    "monitoring": "Monitoring tests",
    "notice": "Safety notices",
    "citation": "References",
    "related": "Related monographs",
}
NEW = "new-"  # and a kind, in the place of the key of a part that is being added


class EditorContext:
    """A monograph that the user may read (404 otherwise), with its current edition and that edition's document."""

    def __init__(self, request: DeskRequest, slug: str) -> None:
        self.request = request
        self.monograph: Monograph = monograph_for(request, slug)
        self.edition: Edition = current_edition(self.monograph)
        self.edition.monograph = self.monograph
        self._pages = list[tuple[values.Document, Page]]()
        self._names = dict[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]()  # by the codes of a header
        self.is_begun = False  # by this very request
        self._news = list[str]()
        self._left: Change | None = None  # what this request wrote last, until it is shown
        self.open_doses = set[UUID]()  # those of the edition whose forms this request has
        self.is_together = False  # several forms were sent, and may come back

    @property
    def is_fragment(self) -> bool:
        """The page is there already, and asks for one part of it."""
        return self.request.headers.get("HX-Request") == "true"

    def uid(self, key: object) -> str:
        """What stands before the ids of a form, where others may be open beside it."""
        return f"{str(key)[:8]}-" if self.is_fragment or self.is_together else ""

    @cached_property
    def document(self) -> values.Document:
        return build(self.edition)

    def wrote(self, change: Change | None) -> None:
        """This request has written: what it left is shown next, as it was read under the write lock."""
        self._left = change
        if change and change.edition.pk != self.edition.pk:
            self.is_begun = True
            self._news = [f"Edition {change.edition.number} is started. Readers see the old one until you publish."]
        self.__dict__.pop("around", None)

    def news(self) -> list[str]:
        """What is said, once, of the edition that this request started."""
        said, self._news = self._news, []
        return said

    def refresh(self) -> None:
        """What stands there now: what this very request left, or else asked anew, as others may have written."""
        if self._left and self._left.after:
            if self._left.edition.pk != self.edition.pk:
                self.__dict__.pop("around", None)  # asked meanwhile, it was of the edition before
            self.edition, self.document, self._left = self._left.edition, self._left.after, None
        else:
            self.edition.refresh_from_db()
            self.document = build(self.edition)
            self.__dict__.pop("around", None)
        self.edition.monograph = self.monograph

    @cached_property
    def around(self) -> Around:
        codes = _codes(self.document)
        found = look_around(self.request.user, self.monograph, self.edition, codes)
        self._names[codes] = found.found
        return found

    def names_of(self, value: Value) -> frozenset[str]:
        return self.around.copied.get(str(getattr(value, "key", "")), frozenset())

    @property
    def is_draft(self) -> bool:
        return self.edition.state == State.DRAFT

    @property
    def may_edit(self) -> bool:
        return policy.can(self.request.user, "edit", self.monograph)

    @property
    def begins(self) -> bool:
        """Readers see this edition, and the first save starts the next one."""
        return self.edition.state == State.PUBLISHED and policy.can(self.request.user, "start", self.monograph)

    @property
    def can_write(self) -> bool:
        return self.may_edit and (self.is_draft or self.begins)

    @property
    def costs_signature(self) -> bool:
        """Whoever could sign this edition, and has written nothing in it yet, could not sign what they save."""
        me = self.request.user
        if not (self.can_write and policy.can(me, "sign", self.monograph)):
            return False
        return self.begins or not ChangeSet.objects.filter(edition=self.edition, actor=me).exists()

    @property
    def sends_back(self) -> bool:
        """It is in review, and this person may send it back to its editors."""
        is_sent = self.edition.is_open and not self.is_draft
        return is_sent and policy.can(self.request.user, "send-back", self.edition)

    @property
    def beginning(self) -> str | None:
        """For the verbs that save: the digest of the edition that readers see, if the next one starts with this."""
        return digest(signable(self.document)) if self.begins else None

    def context(self, **more: Any) -> dict[str, Any]:
        return {
            "section": "monographs",
            "monograph": self.monograph,
            "edition": self.edition,
            "outline": self.document,
            "can_write": self.can_write,
            "begins": self.begins,
            "is_begun": self.is_begun,
            "may_edit": self.may_edit,
            "sends_back": self.sends_back,
            "is_draft": self.is_draft,
            "is_fragment": self.is_fragment,
            "is_together": self.is_together,
            "at": self.request.path,
            **more,
        }

    def part(self, key: UUID) -> tuple[values.Part, bool]:
        """(the part of this key, whether it was removed). A key of another edition is a 404, and recorded."""
        if part := self.document.by_key().get(key):
            return part, False
        for model in PARTS.values():
            row = model.with_removed.filter(edition=self.edition, key=key).first()
            if row is not None:
                return row.as_value(), row.removed
        not_here(self.request, self.monograph)
        raise Http404

    @cached_property
    def live_doses(self) -> dict[UUID, values.DoseRegimen]:
        """The doses of the published edition with their figures, where this is another one."""
        live = self.monograph.live
        before = build(live.edition).regimens if live and live.edition_id != self.edition.pk else ()
        return {one.key: one for one in before}

    @cached_property
    def doses_around(self) -> DosesAround:
        """The doses that a dose is held against: of the published edition, of the other monographs of the drug that the
        user may read, each as its newest edition has it, and itself as it was earlier in this edition."""
        drug = self.monograph.drug_id
        others = policy.readable(self.request.user).filter(drug=drug).exclude(pk=self.monograph.pk)
        elsewhere = (one for other in others for one in build(current_edition(other)).regimens)
        return DosesAround(self.live_doses, tuple(elsewhere), self._earlier_doses())

    def _earlier_doses(self) -> dict[UUID, list[str]]:
        """Of the doses that are open in a draft, each structure that was saved of them in it, oldest first: the change
        set with which it began holds what it took over."""
        if not (self.is_draft and self.open_doses):
            return {}
        among = reduce(or_, (Q(serialized_data__contains=str(key)) for key in self.open_doses))
        versions = Version.objects.filter(
            among, revision__change_set__edition=self.edition,
            content_type__app_label="monographs", content_type__model="doseregimen",
        )  # fmt: skip
        found: dict[UUID, list[str]] = {}
        for held in versions.order_by("revision_id").values_list("serialized_data", flat=True):
            fields = json.loads(held)[0]["fields"]
            found.setdefault(UUID(fields["key"]), []).append(fields["structure"])
        return found

    def targets(self) -> list[str]:
        """Addresses that a related monograph may have: those that the user may know of."""
        live = Monograph.objects.filter(live__isnull=False).values_list("slug", flat=True)
        mine = policy.readable(self.request.user).values_list("slug", flat=True)
        return sorted({*live, *mine} - {self.monograph.slug})

    def page_of(self, document: values.Document) -> Page:
        """The page of a document, as readers would get it today, made once."""
        if not any(made is document for made, _page in self._pages):
            codes = _codes(document)
            if codes not in self._names:
                self._names[codes] = names_found(NameCheck.objects.latest_for(list(codes)))
            made = page(draft(document, self._names[codes]), set(self.monograph.drug.traits))
            self._pages.append((document, made))
        return next(page for made, page in self._pages if made is document)


def _codes(document: values.Document) -> tuple[tuple[str, str], ...]:
    return tuple((code.system, code.code) for code in document.header.codes)


def with_part(document: values.Document, value: Value) -> values.Document | None:
    """The document as it would be with this header or part, itself if it stands so; None if there can be none."""
    if isinstance(value, values.Header):
        return document if value == document.header else document.replaced(header=value)
    assert isinstance(value, values.Part)
    if document.by_key().get(value.key) == value:
        return document
    field = PART_FIELDS[value.part_kind]
    parts = [value if part.key == value.key else part for part in getattr(document, field)]
    if value.key not in document.by_key():
        parts.append(value)
    try:
        return document.replaced(**{field: tuple(parts)})
    except ValidationError:  # another reference got this label meanwhile
        return None
