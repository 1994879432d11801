"""The order of parts on the one page: a step up or down, or before another, as one change set that can be undone."""

import json
import re
from itertools import permutations
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.document import MonitoringItem, RelatedLink, SafetyNotice, Section
from reviews.desk.editor.sorting import DOWN, PUT, UP, among, moved
from reviews.editing import parts
from reviews.models import AuditEvent, ChangeSet
from tests import factories as make
from tests.forms import forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ASKS = {"HX-Request": "true"}
TESTS = ("fbc", "alt", "ecg")


@pytest.fixture(scope="module")
def made(once_a_module):
    base = make.document()
    tests = (MonitoringItem(key=make.key("alt"), test="ALT"), MonitoringItem(key=make.key("ecg"), test="ECG"))
    notices = [
        SafetyNotice(key=make.key(name), type="caution", severity=severity, title=name.capitalize(), text="Mind it.")
        for name, severity in (("one", "critical"), ("two", "major"), ("three", "critical"))
    ]
    more = Section(key=make.key("more"), kind="prescribing", heading="More of it", text="Go on slowly.")
    doc = base.replaced(
        monitoring=(*base.monitoring, *tests),
        notices=(*base.notices, *notices),
        sections=(*base.sections, more),
        related=(*base.related, RelatedLink(key=make.key("two-link"), target="twozumab", reason="alternative")),
    )
    return SimpleNamespace(edition=make.draft(make.the_house(), doc=doc))


EDIT = "/desk/monographs/testazumab/edit/"


def order(kind="monitoring"):
    return f"{EDIT}order/?kind={kind}"


def keys_of(edition, field="monitoring"):
    return [part.key for part in getattr(build(edition), field)]


def names_of(edition):
    named = {make.key(name): name for name in TESTS}
    return [named[key] for key in keys_of(edition)]


def seen(*names):
    return [str(make.key(name)) for name in names or TESTS]


def sort_form(client, anchor="monitoring", path=EDIT):
    html = client.get(path).content.decode()
    found = re.search(rf'<form hidden id="sort-{anchor}".*?</form>', html, re.DOTALL)
    return forms_of(found[0])[0] if found else None


# -- Where a part goes -------------------------------------------------------------------------------------------------


def test_a_step_goes_past_one_and_at_the_end_nowhere():
    a, b, c = (uuid4() for _ in range(3))

    assert moved([a, b, c], UP, b) == [b, a, c]
    assert moved([a, b, c], DOWN, b) == [a, c, b]
    assert moved([a, b, c], UP, a) == [a, b, c]
    assert moved([a, b, c], DOWN, c) == [a, b, c]


def test_what_is_put_goes_before_the_other_and_without_one_behind_all():
    a, b, c = (uuid4() for _ in range(3))

    assert moved([a, b, c], PUT, c, a) == [c, a, b]
    assert moved([a, b, c], PUT, a, c) == [b, a, c]
    assert moved([a, b, c], PUT, a) == [b, c, a]
    assert moved([a, b, c], PUT, b, b) == [a, b, c]
    assert moved([a, b, c], PUT, uuid4(), a) == [a, b, c]


@pytest.mark.parametrize("button", [UP, DOWN, PUT])
def test_a_move_loses_nobody_and_keeps_the_order_of_the_others(button):
    keys = [uuid4() for _ in range(5)]
    for key in keys:
        for before in [None, *keys]:
            now = moved(keys, button, key, before)
            assert sorted(now) == sorted(keys)
            assert [one for one in now if one != key] == [one for one in keys if one != key]


def test_parts_of_other_places_stay_where_they_are():
    a, b, c, x, y = (uuid4() for _ in range(5))
    for wanted in permutations([a, b, c]):
        now = among([a, x, b, y, c], [a, b, c], list(wanted))
        assert (now[1], now[3]) == (x, y)
        assert [one for one in now if one not in (x, y)] == list(wanted)


@pytest.mark.parametrize("stale", ["moved", "gone", "twice", "unknown"])
def test_what_does_not_stand_so_any_more_is_no_order(stale):
    a, b, c = (uuid4() for _ in range(3))
    shown = {"moved": [b, a], "gone": [a, uuid4(), b], "twice": [a, a, b], "unknown": [uuid4()]}[stale]

    assert among([a, b, c], shown, shown) == []


# -- On the page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "value", "after", "said"),
    [
        ("up", "alt", ["alt", "fbc", "ecg"], "ALT stands before Full blood count now."),
        ("down", "alt", ["fbc", "ecg", "alt"], "ALT stands behind ECG now."),
        ("put", "ecg/fbc", ["ecg", "fbc", "alt"], "ECG stands before Full blood count now."),
        ("put", "fbc/", ["alt", "ecg", "fbc"], "Full blood count stands behind ECG now."),
    ],
)
def test_a_part_moves_by_the_form_of_its_place(editor, house, edition, button, value, after, said):
    form, entries = sort_form(editor), ChangeSet.objects.count()
    typed = "/".join(str(make.key(name)) if name else "" for name in value.split("/"))

    answer = editor.post(form.action, form.filled(**{button: typed}), follow=True)

    assert answer.redirect_chain == [(f"{EDIT}#part-{typed[:36]}", 302)]
    assert said in answer.content.decode()
    assert names_of(edition) == after
    assert ChangeSet.objects.count() == entries + 1
    change = ChangeSet.objects.latest("at")
    assert (change.actor, change.touched) == (house.editor, ["order"])


@pytest.mark.parametrize(("button", "name", "said"), [("up", "fbc", "the first"), ("down", "ecg", "the last")])
def test_at_the_end_nothing_is_written_and_it_is_said(editor, edition, button, name, said):
    form, before = sort_form(editor), AuditEvent.objects.count()

    answer = editor.post(form.action, form.filled(**{button: str(make.key(name))}), follow=True)

    assert f"is {said} already." in answer.content.decode()
    assert (names_of(edition), AuditEvent.objects.count()) == ([*TESTS], before)


def test_a_move_is_undone_by_what_the_answer_offers(editor, edition):
    form = sort_form(editor)
    answer = editor.post(form.action, form.filled(down=str(make.key("fbc"))), headers=ASKS)
    html = answer.content.decode()
    assert names_of(edition) == ["alt", "fbc", "ecg"]

    back = re.search(r'<button class="btn btn-quiet" form="sort-monitoring" name="put" value="([^"]*)">Undo', html)[1]
    again = forms_of(re.search(r'<form hidden id="sort-monitoring".*?</form>', html, re.DOTALL)[0])[0]
    assert again.fields["seen"] == seen("alt", "fbc", "ecg")
    assert again.fields["act"] != form.fields["act"]
    editor.post(again.action, again.filled(put=back), headers=ASKS)

    assert names_of(edition) == [*TESTS]


def test_a_script_is_told_the_order_and_where_to_go_on(editor, edition):
    form = sort_form(editor)

    answer = editor.post(form.action, form.filled(down=str(make.key("fbc"))), headers=ASKS)

    assert (answer.status_code, answer["X-Part"]) == (200, "done")
    event = json.loads(answer["HX-Trigger-After-Settle"])["desk:order"]
    assert event == {"keys": seen("alt", "fbc", "ecg"), "focus": f"down-{make.key('fbc')}"}
    html = answer.content.decode()
    assert "<html" not in html
    assert '<div id="sorted" data-hx-swap-oob="innerHTML"><p>Full blood count stands before ECG now.' in html
    assert f'id="part-{make.key("alt")}"' not in html  # rows stay: somebody may be writing in one


def test_notices_move_among_those_of_their_place_alone(editor, edition):
    before = keys_of(edition, "notices")
    form = sort_form(editor, "critical")
    assert form.fields["seen"] == seen("one", "three")

    editor.post(form.action, form.filled(up=str(make.key("three"))))

    assert before == [make.key(name) for name in ("notice", "one", "two", "three")]
    assert keys_of(edition, "notices") == [make.key(name) for name in ("notice", "three", "two", "one")]


@pytest.mark.parametrize(("anchor", "field"), [("prescribing", "sections"), ("related", "related")])
def test_sections_of_one_kind_and_related_monographs_move_too(editor, edition, anchor, field):
    form, before = sort_form(editor, anchor), keys_of(edition, field)
    first, second = form.fields["seen"]

    editor.post(form.action, form.filled(down=first))

    at = {UUID(first): second, UUID(second): first}
    assert keys_of(edition, field) == [UUID(at.get(key, str(key))) if key in at else key for key in before]


def test_where_nothing_can_be_moved_no_button_is(editor, house, edition):
    html = editor.get(EDIT).content.decode()
    movable = [*TESTS, "one", "three", "two", "notice", "prescribing", "more", "link", "two-link"]

    assert sorted(re.findall(r'name="up" value="([^"]*)"', html)) == sorted(seen(*movable))
    assert sort_form(editor, "references") is None  # they stand as they are cited
    for person, path in ((house.publisher, EDIT), (house.auditor, EDIT)):
        editor.force_login(person)
        assert 'name="up"' not in editor.get(path).content.decode()
    editor.force_login(house.editor)


def test_whoever_may_not_edit_moves_nothing(client, house, edition):
    client.force_login(house.publisher)

    answer = client.post(order(), {"seen": seen(), "up": str(make.key("alt"))})

    assert answer.status_code == 403
    assert names_of(edition) == [*TESTS]


def test_an_order_that_somebody_changed_meanwhile_is_not_put_over(editor, house, edition):
    form = sort_form(editor)
    parts.save_order(edition, "monitoring", keys_of(edition)[::-1], seen=keys_of(edition), actor=house.editor2)

    plain = editor.post(form.action, form.filled(up=str(make.key("alt"))))
    part = editor.post(form.action, form.filled(down=str(make.key("alt"))), headers=ASKS)

    assert names_of(edition) == ["ecg", "alt", "fbc"]
    for answer in (plain, part):
        assert answer.status_code == 409
        assert "Somebody added, moved or removed a part while you were sorting." in answer.content.decode()
    assert part["X-Part"] == "shown"
    assert "Open this page again" in part.content.decode()


def test_a_part_that_somebody_added_meanwhile_is_no_clash(editor, house, edition):
    form = sort_form(editor)
    make.add_part(edition, MonitoringItem(key=make.key("new"), test="New"), actor=house.editor2)

    assert editor.post(form.action, form.filled(up=str(make.key("alt")))).status_code == 302

    assert keys_of(edition) == [make.key(name) for name in ("alt", "fbc", "ecg", "new")]


@pytest.mark.parametrize(
    "typed", ["", "x", "/", str(make.key("nowhere")), f"{make.key('trial')}/{make.key('fbc')}", "../.."]
)
@pytest.mark.parametrize("button", ["up", "down", "put"])
def test_what_is_no_part_of_the_place_is_refused(editor, edition, button, typed):
    answer = editor.post(order(), {"seen": seen(), button: typed})

    assert answer.status_code in (409, 422)
    assert names_of(edition) == [*TESTS]


def test_the_second_part_of_a_place_brings_the_buttons_of_the_first(editor, house, edition):
    for name in ("alt", "ecg"):
        shown = build(edition).by_key()[make.key(name)]
        path = reverse("part_edit", args=["testazumab", shown.key])
        opened = next(one for one in forms_of(editor.get(path).content.decode()) if "remove" in one.buttons)
        removed = editor.post(path, opened.filled(remove="1"), headers=ASKS).content.decode()
        alone = f'id="up-{make.key("fbc")}"'
        assert (f'id="part-{make.key("fbc")}"' in removed) == (name == "ecg")
        assert alone not in removed
    assert sort_form(editor) is None

    path = reverse("part_new", args=["testazumab", "monitoring"])
    new = next(one for one in forms_of(editor.get(path).content.decode()) if "preview" in one.buttons)
    added = editor.post(path, new.filled(test="Urea"), headers=ASKS).content.decode()

    assert f'id="up-{make.key("fbc")}"' in added
    assert 'id="sort-monitoring"' in added
