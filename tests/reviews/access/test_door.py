"""The one door: every word that a person types into a verb, whichever verb takes it."""

import copy
import importlib
import inspect
import json
import pkgutil
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from types import SimpleNamespace
from typing import get_type_hints

import pytest
from django.db import connection
from pydantic import ValidationError

import reviews
from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Drug, Edition, Monograph, Overlay, TherapeuticClass
from monographs.pages.said import said
from monographs.standing import today
from monographs.typed import to_plain
from reviews import overlay_words, overlays
from reviews.access import asking, own_address, rechecks, registrations
from reviews.access.door import LONGEST_REASON, admitted, as_code, kept, told
from reviews.access.password import TooManyFailures
from reviews.access.refusals import Refused
from reviews.editing import classes, copies, drugs, parts
from reviews.editing.assignments import assign, end_assignment
from reviews.editing.remarks import answer_remark
from reviews.editing.shown import digest_of_row
from reviews.exchange.files import dump
from reviews.exchange.importer import import_file
from reviews.models import Assignment, AuditEvent, ChangeSet, Misprint, Remark
from reviews.overlay_words import CorrectionInput
from reviews.reports import looking, service
from reviews.reports.service import ReportInput
from reviews.review import guards
from reviews.workflow import TRANSITIONS, perform
from tests import factories as make
from tests.conftest import rows_now
from tests.reviews.editing.test_tier_requests import with_notice

NUMBER = "999 000 0018"
SPACINGS = [
    NUMBER, "9990000018", "999-000-0018", "999.000.0018", "999\u00a0000\u00a00018", "999  000  0018", "999\u2009000\u20090018",
    "9 9 9 0 0 0 0 0 1 8", "999\u2011000\u20110018", "999/000/0018", "999\n000\n0018", "(999) 000-0018",
    "\uff19\uff19\uff19 000 0018",
]  # fmt: skip
HOSTILE = {
    "NUL": "Words with a \x00 inside", "U+0001": "Words with a \x01 inside", "half a character": "Words with \ud800",
    "a direction mark": "Words \u202e turned round", "300 KB": "Words " + "x" * 300_000,
    **{f"number {n}": f"Seen in {words} again" for n, words in enumerate(SPACINGS)},
    **{f"bare number {n}": words for n, words in enumerate(SPACINGS[:5])},
}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("a\x00b", "characters"),
        ("a\u202eb", "characters"),
        ("a\ud800b", "characters"),
        ("See 999 000 0018.", "patient_data"),
    ],
)
def test_a_reason_that_may_not_be_kept_is_refused_at_its_field_and_not_recorded(reason, code):
    with pytest.raises(Refused) as refused:
        kept(reason)

    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.kind, refusal.field) == (code, "invalid", "reason")
    assert refused.value.recorded is False


def test_a_reason_is_kept_without_spaces_around_it():
    assert kept(" Wrong \r\n since 2020. ") == "Wrong\n since 2020."


# -- Every verb ----------------------------------------------------------------------------------------------------------

# What takes an actor and keeps no words of theirs: it judges, looks up, or is what verbs are made with. What an import
# keeps is judged by the verbs that it is made of, and by tests of its own.
NO_VERBS = {
    "refusals",
    "refusals_of",
    "refusals_recorded",
    "check_administrator",
    "nothing_blocks",
    "none_unanswered",
    "attestation_refusals",
    "proved",
    "count_denial",
    "audited_write",
    "editing",
    "event_text",
    "find",
    "look_up",
    "import_file",
    "import_library",
    "put",
    *(name for name in vars(guards) if not name.startswith("_")),
    *(one.__name__ for row in TRANSITIONS.values() for one in row.guards),
}
# Made by the house itself, and typed by nobody.
NOT_TYPED = {("report", "sender"), ("save", "begins"), ("save_all", "begins")}


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    draft = make.draft(house, "draftumab")
    make.reword(draft, "monitoring", "Other words.", actor=house.editor)
    in_review = make.submit(house, make.draft(house, "reviewumab"))
    make.published(house, "liveumab", make.misprinted(minus=make.MISPRINTED["minus"]))
    page = Monograph.objects.get(slug="liveumab")
    (warning,) = make.warn(house.clinician, page)
    report = service.report(ReportInput("A comma is missing here.", harm=False), sender="s", monograph=page)
    return SimpleNamespace(house=house, draft=draft, in_review=in_review, page=page, warning=warning, report=report)


@pytest.fixture
def world(made, db):
    return copy.deepcopy(made)


def part_of(world):
    return build(world.draft).sections[0]


def wanted(w):
    return parts.Wanted(part_of(w).replaced(text="New words."), digest_of_part(part_of(w)))


def seen_part(world):
    return {"seen": digest_of_part(part_of(world)), "actor": world.house.editor, "reason": "Why"}


def section_keys(world):
    return [one.key for one in build(world.draft).sections]


def rechecked(world):
    return rechecks.open_rechecks(world.house.clinician.clinician_profile, actor=world.house.admin, reason="Read it")[0]


def first_change(world):
    return ChangeSet.objects.filter(edition=world.draft).earliest("at", "revision_id")


def corrected(world):
    wrong = "Tests go on for years."
    return CorrectionInput(wrong, "For months.", "minor", tuple(one.key for one in said(world.page, wrong).choices))


def seen_leaf(world):
    return {"actor": world.house.admin, "seen": digest_of_row(world.house.leaf), "reason": "Why"}


def a_retired(world):
    drug = Drug.objects.get(pk=world.page.drug_id)
    return (
        drug
        if drug.retired
        else drugs.retire_drug(drug, actor=world.house.editor, seen=digest_of_row(drug), reason="W")
    )


def a_retired_class(world):
    one = TherapeuticClass.objects.get(pk=world.house.leaf.pk)
    if one.retired:
        return one
    given = {"actor": world.house.admin, "seen": digest_of_row(one), "reason": "W"}
    return classes.retire_class(one, to=world.house.root, **given)


def an_open_task(world):
    edition = Edition.objects.get(pk=world.draft.pk)
    if copies.task_of(edition) is None:
        drug = edition.monograph.drug
        drugs.rename_drug(drug, name="Anotherumab", actor=world.house.editor, seen=digest_of_row(drug), reason="W")
        edition = Edition.objects.get(pk=world.draft.pk)
    return copies.task_of(edition).digest


def asking_for_a_role(world):
    if asking.open_of(world.house.nobody) is None:
        asking.ask(world.house.nobody, role="editor", reason="I write")
    return world.house.nobody


def a_remark(world):
    if not Remark.objects.unanswered().exists():
        edition = make.submit(world.house, make.draft(world.house, "remarkumab"))
        perform("send-back", editions=[edition], actor=world.house.clinician, digest=make.seen(edition), reason="W", remarks={"header": "W"})  # fmt: skip
    return Remark.objects.unanswered().latest("id")


def an_answered_remark(world):
    return answer_remark(a_remark(world), outcome="done", answer="", actor=world.house.editor)


def a_draft(world):
    edition = Edition.objects.filter(monograph__slug="askumab").first() or make.draft(world.house, "askumab")
    for row in Assignment.objects.standing().filter(edition=edition):
        end_assignment(row, actor=row.person, reason="W")
    return edition


def an_assignment(world):
    return assign(a_draft(world), person=world.house.pharmacist, due_on=today(), actor=world.house.editor)


# Verb -> what it is given: arguments by their names; `attestation` is made of the others.
VERBS = {
    "place": lambda w: {"kind": "trial", "monograph": w.page, "reason": "It is tried", "actor": w.house.clinician,
        "attestation": lambda given: make.password(w.house.clinician, digest_placing(given, w.page))},
    "withhold": lambda w: {"monograph": w.page, "part": make.key("monitoring"), "reason": "misprint", "actor": w.house.publisher,
        "attestation": lambda given: make.password(w.house.publisher, overlay_words.digest_of_part_withheld(w.page, given["part"]))},
    "warn": lambda w: {"monographs": [w.page], "warned": make.WARNED, "actor": w.house.clinician,
        "attestation": lambda given: make.password(w.house.clinician, digest(given["warned"], [w.page]))},
    "correct": lambda w: {"monograph": w.page, "corrected": corrected(w), "actor": w.house.pharmacist,
        "attestation": lambda given: make.password(w.house.pharmacist, digest(given["corrected"], w.page))},
    "countersign": lambda w: {"overlay": w.warning, "actor": w.house.clinician2,
        "attestation": lambda given: make.password(w.house.clinician2, overlay_words.digest_of_act("countersign", w.warning))},
    "lift": lambda w: {"overlay": w.warning, "reason": "Answered", "actor": w.house.pharmacist,
        "attestation": lambda given: make.password(w.house.pharmacist, overlay_words.digest_of_act("lift", w.warning))},
    "answer_remark": lambda w: {"remark": a_remark(w), "outcome": "left", "answer": "It is so", "actor": w.house.editor},
    "reopen_remark": lambda w: {"remark": an_answered_remark(w), "actor": w.house.editor},
    "assign": lambda w: {"edition": a_draft(w), "person": w.house.pharmacist, "due_on": today(), "actor": w.house.editor},
    "end_assignment": lambda w: {"assignment": an_assignment(w), "actor": w.house.pharmacist, "reason": "I am away"},
    "perform": lambda w: {"transition": "withdraw", "editions": [w.page.live.edition], "actor": w.house.publisher,
        "digest": w.page.live.document_id, "reason": "In doubt", "kind": "retire"},
    "attest": lambda w: {"actor": w.house.clinician, "password": make.PASSWORD, "ticks": (), "interests": "none", "digest": "0" * 64},
    "call_harmless": lambda w: {"monograph": w.page, "part": Misprint.objects.get().key, "digest": Misprint.objects.get().digest,
        "actor": w.house.clinician, "reason": "Nobody reads it so"},
    "give": lambda w: {"person": w.house.nobody, "role": "editor", "on": w.house.leaf, "reason": "They begin", "actor": w.house.admin},
    "take": lambda w: {"grant": w.house.editor.grants.get(), "reason": "They left", "actor": w.house.admin},
    "confirm": lambda w: {"grant": w.house.editor.grants.get(), "actor": w.house.admin},
    "confirm_several": lambda w: {"grants": [w.house.editor.grants.get()], "actor": w.house.admin},
    "register": lambda w: {"user": w.house.nobody, "actor": w.house.nobody, "name": "A name", "profession": "pharmacist",
        "number": "2000009", "scope": "both", "specialty": "All"},
    "verify": lambda w: {"profile": w.house.clinician.clinician_profile, "actor": w.house.admin, "reader_title": "doctor",
        "specialty": "All", "scope": "both", "register_date": today(), "looked_at": "Its page"},
    "renew": lambda w: {"profile": w.house.clinician.clinician_profile, "actor": w.house.admin, "register_date": today(),
        "looked_at": "Its page"},
    "strike_off": lambda w: {"profile": w.house.clinician.clinician_profile, "actor": w.house.admin, "reason": "Read it"},
    "lapse": lambda w: {"profile": w.house.clinician.clinician_profile, "actor": w.house.admin, "reason": "Read it"},
    "open_rechecks": lambda w: {"profile": w.house.clinician.clinician_profile, "actor": w.house.admin, "reason": "Read it"},
    "close_recheck": lambda w: {"recheck": rechecked(w), "actor": w.house.clinician2, "found": "It is right"},
    "declare_interests": lambda w: {"actor": w.house.clinician, "kinds": registrations.NO_INTERESTS},
    "clear": lambda w: {"person": w.house.editor, "actor": w.house.admin, "reason": "Why"},
    "accounts.new": lambda w: {"username": "ann", "name": "Ann Other", "email": "ann@example.org", "actor": w.house.admin},
    "change_email": lambda w: {"user": w.house.editor, "email": "other@example.org", "actor": w.house.admin},
    "try_mail": lambda w: {"actor": w.house.admin},
    "checkpoint_copied": lambda w: {"actor": w.house.admin},
    "invite": lambda w: {"username": "ann", "name": "Ann Other", "email": "ann@example.org", "actor": w.house.admin, "role": "editor", "by": "hand", "reason": "New here"},
    "send_link": lambda w: {"user": w.house.editor, "by": "hand", "actor": w.house.admin},
    "ask_for_tier": lambda w: {"monograph": with_notice(w.draft, w.house.editor).monograph, "actor": w.house.editor},
    "ask": lambda w: {"actor": w.house.nobody, "role": "editor", "on": "everywhere", "page": "/desk/", "reason": "I write"},
    "decline": lambda w: {"person": asking_for_a_role(w), "actor": w.house.admin, "reason": "Not yet", "seen": asking.open_of(w.house.nobody).seq},
    "ask_for_letter": lambda w: {"actor": w.house.editor},
    "confirm_address": lambda w: {"actor": w.house.editor, "token": own_address._signer(w.house.editor).sign(str(w.house.editor.pk))},
    "close": lambda w: {"person": w.house.nobody, "actor": w.house.admin, "reason": "Left"},
    "reactivate": lambda w: {"user": make.changed_account(w.house.nobody, is_active=False), "actor": w.house.admin},
    "issue": lambda w: {"user": w.house.editor, "actor": w.house.admin},
    "make_class": lambda w: {"name": "Oncology", "actor": w.house.admin, "slug": "oncology", "tier_floor": "high"},
    "record_name_check": lambda w: {"actor": w.house.editor, "system": "RxNorm", "code": "1", "name": "x", "status": "found",
        "matched_name": "x", "release": "r", "source": "s"},
    "move": lambda w: {"monograph": w.page, "slug": "elsewhere", "actor": w.house.publisher, "reason": "Renamed"},
    "new": lambda w: {"actor": w.house.editor, "slug": "newumab", "title": "Newumab in tests", "therapeutic_class": w.house.leaf,
        "new_drug": {"name": "newumab"}},
    "set_tier": lambda w: {"monograph": w.page, "tier": "high", "actor": w.house.clinician2, "reason": "More harm", "seen": w.page.tier},
    "save": lambda w: {"edition": w.draft, "wanted": wanted(w), "actor": w.house.editor, "reason": "Why"},
    "save_all": lambda w: {"edition": w.draft, "wanted": [wanted(w)], "actor": w.house.editor, "reason": "Why"},
    "remove_part": lambda w: {"edition": w.draft, "part": part_of(w), **seen_part(w)},
    "copy_parts": lambda w: {"edition": w.draft, "source": w.page, "seen": 1, "keys": [make.key("prescribing")], "actor": w.house.editor, "reason": "Why"},
    "restore_part": lambda w: {"edition": w.draft, "part": part_of(w), "actor": w.house.editor, "reason": "Why"},
    "restore": lambda w: {"edition": w.draft, "change": first_change(w), "digest": make.seen(w.draft), "actor": w.house.editor, "reason": "Why"},
    "save_order": lambda w: {"edition": w.draft, "kind": "section", "keys": section_keys(w)[::-1], "seen": section_keys(w),
        "actor": w.house.editor, "reason": "Why"},
    "report": lambda w: {"said": ReportInput("The interval is wrong.", harm=False, part="Dose", source="SmPC", email="r@example.org"),
        "sender": "t", "monograph": w.page, "page": "/drugs/liveumab/"},
    "answer": lambda w: {"one": w.report, "actor": w.house.editor, "outcome": "no-change", "text": "It is right.", "reason": "Looked at."},
    "look": lambda w: {"one": w.report, "actor": w.house.editor, "seen": 0},
    "give_back": lambda w: {"one": looking.look(w.report, actor=w.house.editor, seen=0), "actor": w.house.editor},
    "close_junk": lambda w: {"pks": [w.report.pk], "actor": w.house.editor, "reason": "It is none of ours."},
    "take_in": lambda w: {"actor": w.house.editor},
    "change_drug": lambda w: {"drug": w.page.drug, "names": [], "brands": [{"name": "Brandex", "country": "GB"}], "codes": [],
        "traits": [], "actor": w.house.editor, "seen": digest_of_row(w.page.drug), "reason": "Why"},
    "rename_drug": lambda w: {"drug": w.page.drug, "name": "Otherumab", "actor": w.house.editor,
        "seen": digest_of_row(w.page.drug), "reason": "Why"},
    "merge_drug": lambda w: {"drug": w.page.drug, "into": w.draft.monograph.drug, "actor": w.house.clinician,
        "seen": digest_of_row(w.page.drug), "seen_into": digest_of_row(w.draft.monograph.drug), "reason": "Why"},
    "retire_drug": lambda w: {"drug": w.page.drug, "actor": w.house.editor, "seen": digest_of_row(w.page.drug), "reason": "Why"},
    "bring_back_drug": lambda w: {"drug": a_retired(w), "actor": w.house.editor, "seen": digest_of_row(a_retired(w)), "reason": "Why"},
    "rename_class": lambda w: {"therapeutic_class": w.house.leaf, "name": "Other", **seen_leaf(w)},
    "move_class": lambda w: {"therapeutic_class": w.house.leaf, "parent": None, **seen_leaf(w)},
    "set_floor": lambda w: {"therapeutic_class": w.house.leaf, "tier_floor": "high", **seen_leaf(w)},
    "retire_class": lambda w: {"therapeutic_class": w.house.leaf, "to": w.house.root, **seen_leaf(w)},
    "bring_back_class": lambda w: {"therapeutic_class": a_retired_class(w), "actor": w.house.admin,
        "seen": digest_of_row(a_retired_class(w)), "reason": "Why"},
    "take_over": lambda w: {"monograph": w.draft.monograph, "actor": w.house.editor, "seen": an_open_task(w)},
    "leave_copy": lambda w: {"monograph": w.draft.monograph, "actor": w.house.editor, "seen": an_open_task(w), "reason": "Why"},
}  # fmt: skip


def digest_placing(given, page):
    try:
        return overlay_words.digest_of_placing(given["kind"], page, given["reason"])
    except ValueError:
        return "0" * 64


def digest(said, over):
    try:
        return said.digest(over)
    except ValueError:  # half a character has no digest
        return "0" * 64


NAMES_OF_OURS = {("place", "kind"), ("perform", "transition"), ("perform", "kind"), ("save_order", "kind")}


def verbs():
    """Every public function of the tree that somebody does something by."""
    found = {}
    for place in sorted((one.name for one in pkgutil.walk_packages(reviews.__path__, "reviews.")), reverse=True):
        if ".migrations" in place:
            continue
        module = importlib.import_module(place)
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_"):
                if {"actor", "sender"} & set(inspect.signature(function).parameters):
                    short = module.__name__.rpartition(".")[2]
                    found[f"{short}.{name}" if name in found else name] = function
    return found


def typed_places(function, given):
    """(name of the parameter, field in it or "") of each string."""
    hints = get_type_hints(function)
    for name, value in given.items():
        if is_dataclass(value) and not isinstance(value, type):
            yield from ((name, one.name) for one in fields(value) if isinstance(getattr(value, one.name), str))
        elif isinstance(value, str) and (function.__name__, name) not in NOT_TYPED:
            assert "str" in str(hints[name])
            yield name, ""
        elif isinstance(value, dict):
            yield from ((name, key) for key, inner in value.items() if isinstance(inner, str))


def with_words(given, name, field, words):
    value = given[name]
    if field:
        words = {**value, field: words} if isinstance(value, dict) else replace(value, **{field: words})
    return {**given, name: words}


def do(function, given):
    attestation = given.get("attestation")
    given = {**given, **({"attestation": attestation(given)} if attestation else {})}
    by_position = [one.name for one in inspect.signature(function).parameters.values() if one.kind != one.KEYWORD_ONLY]
    positional = [given.pop(name) for name in by_position if name in given]
    return function(*positional, **given)


NEVER_KEPT = ("\x00", "\x01", "\\u0001", "\u202e", "x" * 9_000)


@contextmanager
def sent_to_the_database():
    """Every string that a statement is given. What is in none of them is in no cell."""
    sent = []

    def note(execute, sql, params, many, context):
        rows = params if many else [params]
        sent.extend(str(value) for row in rows for value in (row.values() if isinstance(row, dict) else row or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def cells():
    return {value for _table, _columns, rows in rows_now() for row in rows for value in row if isinstance(value, str)}


def test_every_verb_stands_in_the_table_and_every_string_of_it_is_tried(world):
    found = verbs()

    assert set(VERBS) == set(found) - NO_VERBS
    for name, build_up in VERBS.items():
        given, function = build_up(world), found[name]
        strings = {one for one, hint in get_type_hints(function).items() if hint is str or hint == str | None}
        tried = {parameter for parameter, _field in typed_places(function, given)}
        assert strings - tried <= {one for verb, one in NOT_TYPED if verb == name} | {"return"}, name


# What a verb sends to the database is the same for any: three are tried on each, which write most kinds of rows.
ON_EACH = ("save", "report", "warn")


def of_any_database(names):
    return [pytest.param(name, marks=() if name in ON_EACH else pytest.mark.any_database) for name in names]


@pytest.fixture
def verb(request, db):
    if request.param == "place":
        request.getfixturevalue("trial")
    return request.param


@pytest.mark.parametrize(
    "verb", of_any_database(name for name in VERBS if name not in ("restore_part", "take_in")), indirect=True
)
def test_what_a_verb_is_given_here_it_does(world, verb):
    """Else nothing would be proved by what it refuses below."""
    do(verbs()[verb], VERBS[verb](world))


@pytest.mark.each_case
@pytest.mark.parametrize("verb", of_any_database(VERBS), indirect=True)
def test_no_verb_keeps_or_tells_what_may_not_be_kept_and_none_breaks(world, verb):
    function = verbs()[verb]
    given = VERBS[verb](world)
    before = cells()
    for name, field in typed_places(function, given):
        for what, words in HOSTILE.items():
            with make.undone():
                with sent_to_the_database() as sent:
                    try:
                        do(function, with_words(given, name, field, words))
                    except (Refused, TooManyFailures):
                        pass
                    except KeyError:  # a name of ours that is none: no form lets anybody type one
                        assert (verb, name) in NAMES_OF_OURS
                may_not_be_kept = [*NEVER_KEPT, *((words, *SPACINGS) if "number" in what else ())]
                if any(never in one for one in sent for never in may_not_be_kept):
                    kept = [one[:200] for one in cells() - before if any(never in one for never in may_not_be_kept)]
                    assert kept == [], (verb, name, field, what)


# -- What editions hold --------------------------------------------------------------------------------------------------

WORDS = {
    "section": ("heading", "text"), "monitoring": ("test", "when", "how_often", "how_long", "note"),
    "notice": ("title", "text", "action", "issuer"), "related": ("reason",), "citation": ("title", "publisher", "note"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, names in WORDS.items() for field in names])
def test_no_patients_number_comes_into_a_part(world, kind, field):
    before, entries = build(world.draft), AuditEvent.objects.count()
    part = next(one for one in before.parts() if one.part_kind == kind)
    for spaced in SPACINGS:
        words = spaced.replace("\n", " ") if kind != "section" or field == "heading" else spaced
        changed = (
            {"csl": {**to_plain(part.csl), field: f"A {words} b"}} if kind == "citation" else {field: f"A {words} b"}
        )
        with pytest.raises(Refused) as refused:
            make.save_part(world.draft, part.replaced(**changed), seen=digest_of_part(part), actor=world.house.editor)
        assert refused.value.codes == ["patient_data"], words
        assert refused.value.refusals[0].part == str(part.key)
    assert (build(world.draft), AuditEvent.objects.count()) == (before, entries)


@pytest.mark.parametrize("change", ["title", "name", "introduction", "covers"])
def test_no_patients_number_comes_into_a_header(world, change):
    header = build(world.draft).header
    for words in SPACINGS:
        with pytest.raises(Refused) as refused:
            changed = header.replaced(**{change: f"{header.name} {words}"})
            make.save_header(world.draft, changed, seen=digest_of_part(header), actor=world.house.editor)
        assert refused.value.codes == ["patient_data"], words


@pytest.mark.parametrize(
    "words",
    [
        "ISBN 0-306-40615-2",
        "See [the leaflet](https://www.gov.uk/9990000018).",
        "doi 10.1000/9990000018",
        "PMID 23245604",
    ],
)
def test_identifiers_are_no_patients_numbers(world, words):
    part = part_of(world)

    make.save_part(world.draft, part.replaced(text=words), seen=digest_of_part(part), actor=world.house.editor)

    assert part_of(world).text == words


def test_a_record_keeps_its_isbn_and_its_pages(world):
    part = next(one for one in build(world.draft).parts() if one.part_kind == "citation")
    csl = {**to_plain(part.csl), "ISBN": "0306406152", "page": "9990000018", "number": "9990000018"}

    make.save_part(world.draft, part.replaced(csl=csl), seen=digest_of_part(part), actor=world.house.editor)


def test_a_number_that_stands_there_already_holds_nobody_up(world, monkeypatch):
    """As an earlier version took it in, or a number that only looks like one."""
    part = part_of(world)
    with monkeypatch.context() as patch:
        patch.setattr("reviews.changes.holds_nhs_number", lambda words: False)
        make.save_part(
            world.draft, part.replaced(heading=f"Call {NUMBER}"), seen=digest_of_part(part), actor=world.house.editor
        )

    part = part_of(world)
    make.save_part(world.draft, part.replaced(text="Other."), seen=digest_of_part(part), actor=world.house.editor)


def test_no_patients_number_comes_in_by_a_file_or_its_name(world, tmp_path):
    doc = make.document(header=make.document().header.replaced(name="Fileumab"))

    def tried(name, document):
        file = tmp_path / name
        drug = {"slug": "fileumab", "name": "fileumab", "names": [], "brands": [], "codes": []}
        about = {
            "slug": "fileumab",
            "therapeutic_class": "multiple-sclerosis",
            "drug": drug,
            "traits": [],
            "tier": None,
        }
        file.write_text(json.dumps(dump(document, **about)))
        return import_file(file, actor=world.house.editor)

    section = doc.sections[0]
    bad = doc.replaced(sections=(section.replaced(text=f"Seen in {NUMBER}"), *doc.sections[1:]))
    with pytest.raises(Refused) as refused:
        tried("a.json", bad)
    assert refused.value.codes == ["patient_data"]
    tried(f"patient {NUMBER}\x01.json", doc)
    assert not [one for one in cells() if NUMBER in one or "\x01" in one]


@pytest.mark.parametrize(
    "address",
    ["https://www.gov.uk@evil.example/", "https://user:pass@www.gov.uk/", "https://www.gov.uk%2f@evil.example/",
     "https://www.g\u043ev.uk/", "https://xn--gv-1hd.uk/", "https://3232235777/", "https://localhost/", "https:///x",
     "https://www.gov.uk:x/", "https://[::1]/", "https://www..gov.uk/", "https://@www.gov.uk/", "https://127.0.0.1/"],
)  # fmt: skip
def test_no_address_hides_where_it_leads(world, address):
    """In a warning, in a text, in the record of a source."""
    warned = replace(make.WARNED, link=address)
    given = make.password(world.house.clinician, warned.digest([world.page]))
    with pytest.raises(Refused) as refused:
        overlays.warn([world.page], warned=warned, actor=world.house.clinician, attestation=given)
    assert [one.field for one in refused.value.refusals] == ["link"]
    part, record = part_of(world), next(one for one in build(world.draft).parts() if one.part_kind == "citation")
    for old, new in (
        (part, lambda: part.replaced(text=f"See [the leaflet]({address}).")),
        (record, lambda: record.replaced(csl={**to_plain(record.csl), "URL": address})),
    ):
        with pytest.raises((Refused, ValidationError)):
            make.save_part(world.draft, new(), seen=digest_of_part(old), actor=world.house.editor)


@pytest.mark.parametrize("address", ["https://www.gov.uk/x@y?a=b@c#d@e", "http://gov.uk", "https://WWW.GOV.UK:443/x"])
def test_an_address_whose_host_is_seen_is_taken(world, address):
    part = part_of(world)

    make.save_part(
        world.draft, part.replaced(text=f"See [it]({address})."), seen=digest_of_part(part), actor=world.house.editor
    )


@pytest.mark.parametrize("day", ["9999-12-31", "2999-01-01", "0001-01-01", "1899-12-31", "2026-13-01", "tomorrow", ""])
def test_no_warning_is_of_another_time(world, day):
    warned = replace(make.WARNED, issued=day)
    given = make.password(world.house.clinician, warned.digest([world.page]))

    with pytest.raises(Refused) as refused:
        overlays.warn([world.page], warned=warned, actor=world.house.clinician, attestation=given)

    assert refused.value.codes == ["issued"]


def test_what_is_quoted_is_kept_composed_and_its_password_holds_for_it(world):
    quoted = "Caf\u0065\u0301 au lait  \r\n twice. "
    (overlay,) = make.warn(world.house.clinician, world.page, quote=quoted, title="stop")

    assert Overlay.objects.get(pk=overlay.pk).quote == "Caf\u0065\u0301 au lait\n twice.".replace("e\u0301", "\u00e9")


# -- Its parts -----------------------------------------------------------------------------------------------------------


def test_words_are_admitted_as_long_as_that_and_not_longer():
    assert admitted("x" * 10, "text", 10) == "x" * 10
    assert admitted(f"  {'x' * 10}  \n", "text", 10) == "x" * 10
    assert admitted("a\n b", "text", 10, is_line=True) == "a b"
    for words in ("x" * 11, "x" * 300_000, " " * 300_000):
        with pytest.raises(Refused) as refused:
            admitted(words, "text", 10)
        assert (refused.value.codes, refused.value.refusals[0].field) == (["too_long"], "text")
    assert kept("x" * LONGEST_REASON) == "x" * LONGEST_REASON


def test_a_code_is_compared_as_it_is_and_what_is_none_as_nothing():
    assert [as_code(one) for one in ("0" * 64, "multiple-sclerosis", "a\x00b", "x" * 300, "é", "9990000018" + "a" * 54)] == [
        "0" * 64, "multiple-sclerosis", "", "", "", "9990000018" + "a" * 54,
    ]  # fmt: skip


def test_what_a_denial_tells_holds_nothing_that_may_not_be_kept():
    assert told("Why \x00not\u202e?", 100) == "Why not?"
    assert told("x" * 300_000, 64) == "x" * 64
    assert told(f"monograph:{NUMBER}", 64) == "(a number)"
    assert told("9990000018" + "a" * 54, 64) == "9990000018" + "a" * 54  # a digest is no number, whatever it holds


def test_a_password_holds_for_a_digest_whatever_figures_stand_in_it(world):
    assert make.password(world.house.clinician, "9990000018" + "a" * 54).digest == "9990000018" + "a" * 54
