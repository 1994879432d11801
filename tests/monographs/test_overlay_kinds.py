"""Every kind of overlay on every surface: one of each is really placed, and each surface tells what its row says.

A kind that needs a reason and a password is placed here by itself; any other needs a way of its own in `WAYS`.
"""

import html
import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from string import Formatter
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from monographs.models import Monograph, Overlay
from monographs.overlay_kinds import FACTS, LIFT, OVERLAY_KINDS, Effect, Words, data_of, kind_of, say
from reviews.access import policy
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.desk.monograph.history_words import DONE, TRIED
from reviews.models import AuditEvent
from reviews.reports import reminders
from reviews.workflow import TRANSITIONS
from tests import factories as make

pytestmark = pytest.mark.any_database

REASON = "the source is in doubt"
# How one of each kind comes over the page. What is not here is placed by a reason and a password.
WAYS: dict[str, Callable] = {
    "withhold": lambda house, page: make.withhold(page, make.key("monitoring"), house.publisher),
    "warning": lambda house, page: make.warn(house.clinician, page),
    "erratum": lambda house, page: make.correct(house.pharmacist, page, "Start slowly", "Start with half"),
    "retire": lambda house, page: make.withdraw(page.live.edition, house.publisher, "retire", REASON),
    "take_down": lambda house, page: make.withdraw(page.live.edition, house.publisher, "take_down", REASON),
}
# The kinds of which a surface says nothing by a sentence of their rows, and why.
NO_BANNER = {"withhold", "warning", "erratum", "take_down"}  # the template has a layout of its own for them
NO_LINE = {"withhold", "erratum", "take_down"}  # a part alone; the past; only a search names the page
PAGE, DESK = "/drugs/testazumab/", "/desk/monographs/testazumab/"
LISTS = ("/", "/drugs/", "/drugs/?letter=T", "/classes/multiple-sclerosis/", "/search/?q=testa")
SEARCHED = {"/search/?q=testa"}
WITHHELD = "Tests go on"


@pytest.fixture(scope="module")
def made(once_a_module):
    """A live monograph of two editions."""
    house = make.the_house()
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "Tests go on for 3 months.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))


@pytest.fixture(params=[*OVERLAY_KINDS, "trial"])
def kind(request):
    if request.param == "trial":
        request.getfixturevalue("trial")
    return kind_of(request.param)


@pytest.fixture
def world(house, kind):
    """The page under one overlay of this kind."""
    page = Monograph.objects.get()
    if kind.slug in WAYS:
        WAYS[kind.slug](house, page)
    else:
        make.place(kind.slug, page, whoever(house, kind.place, page), REASON)
    return SimpleNamespace(house=house, page=page, kind=kind, overlay=Overlay.objects.with_second().get())


def whoever(house, action, thing):
    return next(one for one in house.people.values() if policy.can(one, action, thing))


def ended(world):
    """The end of the overlay of this world, or None for a kind that nobody can end yet."""
    if world.kind.is_withdrawal:
        make.reinstate(world.house, world.page.live.edition)
    elif world.kind.lift:
        make.lift(world.overlay, whoever(world.house, "lift", world.overlay), "it was looked at")
    return Overlay.objects.filter(kind=LIFT).first()


def text(answer):
    return " ".join(html.unescape(strip_tags(answer.content.decode())).split())


def read(path, person=None):
    client = Client()
    if person:
        client.force_login(person)
    return client.get(path)


def named(*sentences):
    """The facts that sentences name."""
    return {name for sentence in sentences for _, name, _, _ in Formatter().parse(sentence) if name}


# -- The rows ----------------------------------------------------------------------------------------------------------


def test_the_entry_of_a_kind_keeps_its_verb():
    """Its label and its slug: tests/monographs/test_models.py."""
    verbs = {"withhold": "withheld", "warning": "warned", "erratum": "corrected", "retire": "withdrawn"}
    assert {slug: OVERLAY_KINDS[slug].entry for slug in verbs} == verbs
    assert OVERLAY_KINDS["take_down"].entry == "withdrawn"
    assert {row.entry for row in OVERLAY_KINDS.values() if row.form} <= {"placed"}


def test_a_row_says_something_for_every_surface(kind):
    words = kind.words
    said = {field.name: getattr(words, field.name) for field in fields(Words)}

    assert [name for name in ("update", "ended", "history", "data") if not said[name]] == []
    assert (kind.slug in NO_BANNER) == (words.page == "")
    assert (kind.slug in NO_LINE) == (words.line == "")
    withdrawal = {name: bool(said[name]) for name in ("choice", "stays")}
    assert withdrawal == dict.fromkeys(withdrawal, kind.is_withdrawal)
    if kind.second:
        assert all((kind.second.reminder, kind.second.task, kind.second.why, kind.second.button))
        assert all((kind.second.hint, kind.second.sign, kind.second.done)) == kind.is_countersigned
    if kind.form:
        assert all((kind.form.help, kind.form.button, kind.form.done))


def test_a_row_names_facts_that_there_are(kind):
    words = kind.words
    sentences = [words.page, words.line, words.ended, *words.update, kind.second.why if kind.second else ""]

    assert named(*sentences) <= set(FACTS)
    assert set(words.data.values()) <= set(FACTS)


def test_a_row_names_actions_of_the_policy_and_transitions_withdraw(kind):
    actions = {kind.place, kind.lift, kind.second.action if kind.second else ""} - {""}

    assert actions <= set(policy.RULES)
    assert {one in TRANSITIONS for one in actions} == {kind.is_withdrawal}
    assert kind.entry in DONE
    assert kind.slug in WAYS or kind.form is not None


def test_what_a_reader_typed_is_never_a_sentence_of_ours():
    warning = Overlay(kind="warning", title="{reason}", reason="{wrong}", wrong="told")

    assert say("{title} {reason} {wrong}", warning) == "{reason} {wrong} told"


@pytest.mark.parametrize("reason", ["it is in doubt", "it is in doubt."])
def test_a_sentence_ends_once_whatever_ends_its_fact(reason):
    one = Overlay(kind="retire", reason=reason, wrong=reason, right="it is well")

    assert say("Retired: {reason}. Doses are not shown.", one) == "Retired: it is in doubt. Doses are not shown."
    assert say("{label}: {reason}", one) == f"Retired: {reason}"
    assert say("It said “{wrong}”. It should say “{right}”.", one) in (
        "It said “it is in doubt”. It should say “it is well”.", "It said “it is in doubt.” It should say “it is well”.",
    )  # fmt: skip


def test_a_kind_that_later_code_wrote_is_told_as_a_notice():
    later = kind_of("later")

    assert (later.label, later.effect, later.is_plain, later.is_withdrawal) == ("Notice", Effect.TELLS, True, False)
    assert (later.place, later.lift, later.is_lifted, later.second, later.form) == ("", "", False, None, None)


def test_a_second_signature_makes_a_notice_wait_and_a_withdrawal_goes_by_transitions():
    warning, retire = OVERLAY_KINDS["warning"], OVERLAY_KINDS["retire"]

    assert (warning.is_countersigned, warning.is_lifted, warning.is_withdrawal) == (True, True, False)
    assert (retire.is_countersigned, retire.is_lifted, retire.is_withdrawal) == (False, False, True)
    assert not replace(warning, second=None).is_countersigned


# -- What readers see --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}editions/1/"])
def test_page_and_old_edition_say_it(world, path):
    row, one = world.kind, world.overlay

    answer = read(path)

    said = text(answer)
    assert answer.status_code == (410 if row.effect == Effect.REMOVES else 200)
    assert (WITHHELD in said) == (row.effect not in (Effect.REMOVES, Effect.TAKES_A_PART))
    assert ("Doses are not shown" in said) == (row.effect == Effect.HIDES_DOSES)
    if row.words.page:
        assert say(row.words.page, one) in said
        assert said.count(row.label) >= 1
    # What has a layout of its own says there what the updates say.
    for fact in named(*row.words.update):
        assert FACTS[fact](one) in said
    assert one.reason in said


def test_each_list_says_it_beside_the_name(world):
    row, line = world.kind, say(world.kind.words.line, world.overlay)

    for path in LISTS:
        page = read(path).content.decode()
        # Only who asks for what was taken down by its name is told that it was there, and why it is not.
        is_told_gone = row.effect == Effect.REMOVES and path in SEARCHED
        wanted = "This page was removed" if is_told_gone else line
        assert (f'href="{PAGE}"' in page) == (is_told_gone or row.effect != Effect.REMOVES), path
        assert page.count(f">{wanted}</strong>") == bool(wanted), path
        assert page.count('<strong class="said">') + page.count("<p><strong>") == bool(wanted), path
        assert (REASON in page) == (path in SEARCHED and row.is_withdrawal), path


def test_updates_and_feed_say_it_and_its_end(world):
    def told():
        page = read("/updates/").content.decode()
        item = page[page.index("<li id=") : page.index("</li>", page.index("<li id="))]
        feed = ElementTree.fromstring(read("/updates/feed/").content)
        entry = next(feed.iter("{http://www.w3.org/2005/Atom}entry"))
        title, summary = (entry.findtext(f"{{http://www.w3.org/2005/Atom}}{name}") for name in ("title", "summary"))
        return html.unescape(strip_tags(item)), title, html.unescape(summary or "")

    words = [say(sentence, world.overlay) for sentence in world.kind.words.update]
    item, title, summary = told()
    # What was taken down is in no index, and so has its short name.
    name = "Testazumab" if world.kind.effect == Effect.REMOVES else "Testazumab in multiple sclerosis"
    # Each sentence once: the first in the title, the others below it.
    assert (title, summary) == (f"{name}: {words[0]}", "".join(f"<p>{one}</p>" for one in words[1:]))
    assert [item.count(one) for one in words] == [1] * len(words)

    end = ended(world)
    if end is None:
        assert world.kind.lift == ""
        return
    last = say(world.kind.words.ended, end)
    item, title, summary = told()
    assert (title, summary) == (f"Testazumab in multiple sclerosis: {last}", "")
    assert last in item
    assert REASON not in text(read(PAGE))
    assert verify() == []


def test_the_page_as_data_says_it(world):
    row, one = world.kind, world.overlay

    answer = read(f"{PAGE}monograph.json")

    form, at = json.loads(answer.content), {"at": one.at.isoformat()}
    if row.effect == Effect.REMOVES:
        assert (answer.status_code, form) == (410, {"slug": "testazumab", "status": "removed", **at, **data_of(one)})
        return
    assert form["status"] == ("retired" if row.effect == Effect.HIDES_DOSES else "text reviewed")
    if row.effect == Effect.TAKES_A_PART:
        part = {"key": str(one.part), "part": "Monitoring"}
        assert (form["withheld"], form["overlays"]) == ([{**part, **at, **data_of(one)}], [])
        assert WITHHELD not in answer.content.decode()
        return
    second = {"second_signature_due": one.due_at.isoformat(), "countersigned_by": None, "late": False}
    expected = {"kind": row.slug, **at, **data_of(one), **(second if row.is_countersigned else {})}
    if row.slug == "erratum":
        assert len(form["overlays"][0].pop("places")) == 1  # tests/monographs/pages/test_corrected.py
    assert (form["overlays"], form["withheld"]) == ([expected], [])


# -- What the desk says ------------------------------------------------------------------------------------------------


def test_the_history_says_who_did_it_who_tried_and_who_ended_it(world):
    row, house = world.kind, world.house
    entry = AuditEvent.objects.filter(verb=row.entry).latest("seq")
    done = row.words.history(entry.data)
    assert DONE[row.entry](entry.data) == done
    with pytest.raises(Refused):
        if row.slug in WAYS:
            nobody = SimpleNamespace(people=house.people, **dict.fromkeys(house.people, house.auditor))
            WAYS[row.slug](nobody, world.page)
        else:
            make.place(row.slug, world.page, house.auditor, "another reason")

    said = text(read(f"{DESK}history/", house.auditor))

    assert done in said
    assert f"tried to {TRIED[row.place]}" in said
    assert row.tried in ("", TRIED[row.place])
    if ended(world):
        last = "reinstated the page" if row.is_withdrawal else f"ended {row.label.lower()}"
        assert last in text(read(f"{DESK}history/", house.auditor))


def test_the_workspace_and_the_published_page_say_it_and_offer_its_end_to_whoever_may(world):
    row, one, people = world.kind, world.overlay, world.house.people

    for name in ("editor", "clinician", "pharmacist", "publisher", "auditor"):
        assert row.label in text(read(DESK, people[name]))
        answer = read(f"{DESK}withdraw/", people[name])
        said = text(answer)
        assert "Nothing. Readers see the edition as it was signed." not in said
        assert row.label in said
        assert not row.words.page or row.is_withdrawal or say(row.words.page, one) in said
        assert one.reason in said
        end = f'action="/desk/overlays/{one.pk}/lift/"' in answer.content.decode()
        assert end == policy.can(people[name], "lift", one), name
        if row.form:
            form = f'action="{DESK}place/{row.slug}/"' in answer.content.decode()
            assert form == policy.can(people[name], row.place, world.page), name
        else:
            assert f"place/{row.slug}/" not in answer.content.decode()


def test_each_place_is_known_by_what_it_must_show_of_it_and_found_so(world):
    answer = read(f"{DESK}withdraw/places/?look=now", world.house.publisher)

    found = answer.context["places"]
    assert {one.state for one in found} == {"good"}
    (page,) = (one for one in found if one.spot.name == "Page")
    assert len(page.must) == (1 if world.kind.effect == Effect.REMOVES else 2)


def test_whoever_gives_the_second_signature_is_reminded_and_asked(world):
    second, one = world.kind.second, world.overlay
    told = [words for key, _, _, words, _ in reminders.wanted(timezone.now()) if key.startswith("second:")]
    asked = {name: text(read("/desk/", person)) for name, person in world.house.people.items() if name != "nobody"}

    assert told == ([f"{second.reminder}: Testazumab in multiple sclerosis"] if second else [])
    if second:
        for name, person in world.house.people.items():
            if name in ("nobody", "admin"):
                continue
            assert (second.task in asked[name]) == policy.can(person, second.action, one), name
            assert (say(second.why, one) in asked[name]) == policy.can(person, second.action, one), name


def test_a_plain_notice_may_ask_for_a_second_signature_as_a_warning_does(house, trial, monkeypatch):
    monkeypatch.setitem(OVERLAY_KINDS, trial, replace(make.TRIAL, second=OVERLAY_KINDS["warning"].second))
    page = Monograph.objects.get()
    overlay = make.place(trial, page, house.clinician)

    assert "Second signature due by" in text(read(PAGE))
    with monkeypatch.context() as patch:
        later = timezone.now() + timedelta(hours=25)
        patch.setattr("django.utils.timezone.now", lambda: later)
        assert "Not yet countersigned. The second signature was due by" in text(read(PAGE))
        assert json.loads(read(f"{PAGE}monograph.json").content)["overlays"][0]["late"] is True
        assert "Second signature was due by" in text(read(f"{DESK}withdraw/", house.publisher))
    form = f'action="/desk/overlays/{overlay.pk}/countersign/"'
    offered = [name for name in make.ROLES if form in read(f"{DESK}withdraw/", house.people[name]).content.decode()]
    assert offered == ["clinician2", "pharmacist"]

    make.countersign(overlay, house.clinician2)

    for path in (PAGE, f"{PAGE}editions/1/"):
        assert "Countersigned by a general physician on" in text(read(path))
    assert "Countersigned by a general physician on" in text(read(f"{DESK}withdraw/", house.editor))
    assert "countersigned the supply problem" in text(read(f"{DESK}history/", house.auditor))
    assert form not in read(f"{DESK}withdraw/", house.pharmacist).content.decode()
