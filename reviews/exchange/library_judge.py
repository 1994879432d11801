"""Whether a line of a library may be written here, and whether it stands here already: nothing is written by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User

from monographs.difference.document_diff import changed_parts
from monographs.digest import digest
from monographs.document import Document
from monographs.models import Drug, Monograph, TherapeuticClass
from monographs.standing import today
from monographs.texts.characters import says_nothing
from reviews.access import policy
from reviews.access.door import PATIENT
from reviews.access.grants import check_administrator
from reviews.access.privacy import holds_nhs_number
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.changes import judge
from reviews.editing.alike import asked_about, classes_like, drugs_like
from reviews.editing.drug_lists import checked_lists, checked_traits
from reviews.editing.library import check_free, check_merged, check_slug, checked_name, new_records
from reviews.editing.monographs import check_address
from reviews.exchange.importer import no_such_class
from reviews.exchange.library_export import class_line, drug_line
from reviews.exchange.library_lines import ClassLine, DrugLine, Line, MonographLine, ReferenceLine, cited
from reviews.models import ChangeSet


class Judge:
    """What the installation holds and what earlier lines bring, as far as later lines need to know."""

    def __init__(self, actor: User, another: frozenset[str] = frozenset()) -> None:
        self.actor, self.another = actor, another
        self.day = today()
        classes = {one.pk: one for one in TherapeuticClass.objects.all()}
        for one in classes.values():
            one.parent = classes[one.parent_id] if one.parent_id else None
        self.classes = {one.slug: one for one in classes.values()}
        self.drugs: dict[str, Drug] = {}  # those that earlier lines bring
        # What is here and not of the file: where that came from, the desk asked about its names among each other.
        self.others: dict[str, dict[str, Any]] = {
            "class": dict(self.classes),
            "drug": {one.slug: one for one in Drug.objects.select_related("merged_into")},
        }
        # By drug of the file, of which here somebody said that it is another: an entry of the desk says so too.
        self.another_than: dict[str, list[str]] = {}

    def is_there(self, line: Line) -> bool:
        """Whether a line stands here already. Refuses what could not be written."""
        value = line.value
        if line.kind in self.others:
            self.others[line.kind].pop(value.slug, None)
        if is_there(value):
            return True
        if isinstance(value, ClassLine):
            self._class(value)
        elif isinstance(value, DrugLine):
            self._drug(value)
        elif isinstance(value, ReferenceLine):
            self._keeps_library()
            _judge_record(value)
        else:
            self._monograph(value)
        return False

    def _keeps_library(self) -> None:
        if found := policy.refusals(self.actor, "keep_library"):
            raise Refused(found)

    def _class(self, value: ClassLine) -> None:
        check_administrator(self.actor)
        checked_name(value.name)
        check_slug(value.slug)
        found = [one for one in classes_like(value.name) if one.slug in self.others["class"]]
        asked_about(found, self.another)
        parent = self._class_of(value.parent) if value.parent else None
        if parent and parent.retired and not value.retired:
            sentence = f"“{parent.name}” above it is retired. A class in use stands below one in use."
            raise refuse("retired", sentence, RefusalType.CONFLICT, field="parent")
        made = TherapeuticClass(slug=value.slug, name=value.name, tier_floor=value.tier_floor, retired=value.retired)
        made.parent = parent
        self.classes[value.slug] = made

    def _class_of(self, slug: str) -> TherapeuticClass:
        if slug not in self.classes:
            sentence = f"The class “{slug}” stands in no earlier line. {no_such_class(slug)}"
            raise refuse("no_such_class", sentence, RefusalType.INVALID)
        return self.classes[slug]

    def _drug(self, value: DrugLine) -> None:
        self._keeps_library()
        check_free(checked_name(value.name))
        check_slug(value.slug)
        checked_traits(value.traits)
        checked_lists(value.names, value.brands, value.codes)
        for name in value.former_names:
            checked_name(name)
        self._ask_about(value)
        into = self._drug_of(value.merged_into) if value.merged_into else None
        check_merged(into, value.retired)
        self.drugs[value.slug] = Drug(slug=value.slug, name=value.name, merged_into_id=-1 if into else None)

    def _ask_about(self, value: DrugLine) -> None:
        """As the desk does of each name that a drug has, had or is sold under."""
        if here := list(self.others["drug"].values()):
            others = [one.name for one in value.names] + [one.name for one in value.brands]
            names = dict.fromkeys((value.name, *value.former_names, *others))
            found = [one for name in names for one in drugs_like(name, among=here) if one.is_here]
            self.another_than[value.slug] = sorted(set(asked_about(found, self.another)))

    def _drug_of(self, slug: str) -> Drug:
        found = self.drugs.get(slug) or Drug.objects.filter(slug=slug).first()
        if found is None:
            sentence = f"The drug “{slug}” stands in no earlier line, and there is none at this address."
            raise refuse("no_such_drug", sentence, RefusalType.INVALID)
        return found

    def _monograph(self, value: MonographLine) -> None:
        therapeutic_class, drug = self._class_of(value.class_), self._drug_of(value.drug)
        if found := policy.refusals(self.actor, "create", therapeutic_class):
            raise Refused(found)
        if drug.merged_into_id:
            sentence = f"The drug “{drug.name}” was merged into another one. Name that one."
            raise refuse("merged", sentence, RefusalType.CONFLICT)
        for slug in (value.slug, *value.former_addresses):
            check_address(slug)
        judge(value.document, None, changed_parts(None, value.document), self.day)


def _judge_record(value: ReferenceLine) -> None:
    """The record of a source, as a change set judges one that is cited."""
    if holds_nhs_number(value.label):
        raise refuse("patient_data", PATIENT, RefusalType.INVALID, recorded=False, field="label")
    one = cited(value)
    if says_nothing(str(one.csl.get("title") or "")):
        raise refuse("missing", "Give the reference a title.", RefusalType.INVALID, recorded=False, field="csl.title")
    judge(Document(citations=(one,)), None, [str(one.key)], today())


def same_class(value: ClassLine) -> bool:
    """Whether this class is here. Refuses another one at its address."""
    one = TherapeuticClass.objects.select_related("parent").filter(slug=value.slug).first()
    if one is None:
        return False
    here = class_line(one, one.parent.slug if one.parent else None)
    _same("class", "class_exists", value, here)
    return True


def same_drug(value: DrugLine) -> bool:
    """Whether this drug is here. Refuses another one at its address."""
    one = Drug.objects.select_related("merged_into").filter(slug=value.slug).first()
    if one is None:
        return False
    _same("drug", "drug_exists", value, drug_line(one))
    return True


def _same(kind: str, code: str, value: Any, here: dict[str, Any]) -> None:
    given = {"kind": kind, **value.model_dump(mode="json")}
    if kind == "drug":
        given["traits"] = sorted(set(given["traits"]))
    if other := [name.replace("_", " ") for name in here if here[name] != given[name]]:
        differ = f"Another {kind} stands at “{value.slug}”. These differ: {', '.join(other)}."
        sentence = f"{differ} Make the two alike, here or where the file comes from."
        raise refuse(code, sentence, RefusalType.CONFLICT)


def same_monograph(value: MonographLine) -> bool:
    """Whether this document was ever written into the monograph of this address. Refuses a monograph in which it never
    stood: what is here is not overwritten."""
    one = Monograph.objects.filter(slug=value.slug).first()
    if one is None:
        return False
    if not ChangeSet.objects.filter(edition__monograph=one, after=digest(value.document)).exists():
        sentence = (
            f"There is a monograph at “{value.slug}” already, and it never said this. Import its next edition by "
            f"`import_monographs`, or leave it out: `--without {value.slug}`."
        )
        raise refuse("slug_taken", sentence, RefusalType.CONFLICT)
    return True


def is_there(value: Any) -> bool:
    """Whether what a line says stands here as it says it. Refuses another thing at its address."""
    if isinstance(value, ClassLine):
        return same_class(value)
    if isinstance(value, DrugLine):
        return same_drug(value)
    if isinstance(value, ReferenceLine):
        return not new_records([(value.label, value.csl)])
    return same_monograph(value)


@contextmanager
def at(line: Line) -> Iterator[None]:
    """A refusal inside names the line."""
    try:
        yield
    except Refused as refused:
        named = [_named(line, one) for one in refused.refusals]
        raise Refused(named, recorded=refused.recorded, data=refused.data) from refused


def _named(line: Line, one: Refusal) -> Refusal:
    called = getattr(line.value, "slug", "") or getattr(line.value, "label", "")
    return replace(one, sentence=f"line {line.number}, {line.kind} “{called}”: {one.sentence}")
