"""Save all: what is sent together is saved together, and a clash holds back its part alone."""

import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import Citation
from monographs.models import Edition
from reviews.audit.trail import WriteLockTimeout, audited_write
from reviews.audit.verify import verify
from reviews.desk.editor.together import forms_in, joined
from reviews.editing import parts
from reviews.editing.library import keep_references
from reviews.models import AuditEvent, ChangeSet, KeptForm, Scratch
from tests import factories as make
from tests.forms import emptied, forms_of
from tests.reviews.desk.test_kept import sign_in_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ASKS = {"HX-Request": "true"}
ONE, OTHER = "monitoring", "prescribing"
NHS = "943 476 5919"


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def part(edition, name):
    return build(Edition.objects.get(pk=edition.pk)).by_key()[make.key(name)]


def section(edition, name, **changes):
    shown = part(edition, name)
    return {
        "part": str(shown.key),
        "heading": shown.heading,
        "text": shown.text,
        "seen": digest_of_part(shown),
    } | changes


def new(kind="section", **fields):
    key = str(uuid4())
    return {"part": f"new-{kind}", "key": key, "kind": "cautions", "heading": "Cautions", **fields}


def sends(client, *forms, hx=True, slug="testazumab", **more):
    sent = {f"{number}.{name}": words for number, form in enumerate(forms) for name, words in form.items()}
    path = reverse("edit_all", args=[slug])
    return client.post(path, sent | more, headers=ASKS if hx else {})


def citing(label, title):
    """A document that has this source beside its own."""
    whole = make.document()
    source = Citation(key=make.key(label), label=label, csl={"type": "report", "title": title})
    return whole.replaced(citations=(*whole.citations, source))


def counts():
    return ChangeSet.objects.count(), AuditEvent.objects.count()


def test_forms_are_told_apart_by_their_number():
    sent = QueryDict("10.text=b&2.text=a&2.rows-0-name=x&2.rows-0-name=y&text=no&1000.text=no&.text=no&csrf=1")
    assert [dict(one.lists()) for one in forms_in(sent)] == [
        {"text": ["a"], "rows-0-name": ["x", "y"]},
        {"text": ["b"]},
    ]


def test_reasons_that_are_too_long_together_are_cut_at_a_whole_one():
    long = [f"{number}{'x' * 498}" for number in range(5)]
    assert joined([long[0], "", long[0], "Short"]) == f"{long[0]}; Short"
    assert joined(long[:4]) == "; ".join(long[:3]) + "; and others"
    assert joined(long) == "; ".join(long[:3]) + "; and others"
    assert joined(["y" * 1998, "z"]) == "y" * 1998 + "; and others"
    assert joined([]) == ""


@pytest.mark.each_case
def test_five_long_reasons_hold_nothing_back(editor, edition):
    new_ones = [new(text=f"Words {number}.", reason=f"{number}{'x' * 495}") for number in range(5)]
    answer = sends(editor, *new_ones)
    assert "Not saved yet" not in answer.content.decode()
    assert ChangeSet.objects.latest("at").reason.endswith("; and others")


def test_words_that_bring_a_source_whose_label_is_taken_by_another_are_held_back_alone(editor, house, edition):
    with audited_write(actor=house.editor) as trail:
        keep_references(trail, [("nice2017", {"type": "report", "title": "The library’s"})])
    make.draft(house, "otherumab", citing("nice2017", "The library’s"))
    mine = new("citation", type="report", title="Mine", label="nice2017")
    words, rest = section(edition, ONE, text="As [@nice2017] says."), section(edition, OTHER, text="This is fine.")

    answer = sends(editor, mine, words, rest)

    html = answer.content.decode()
    assert "Not saved yet: 1 part." in html
    assert "These words cite “nice2017” of the library" in html
    assert part(edition, OTHER).text == "This is fine."
    assert part(edition, ONE).text != words["text"]
    assert [one.csl["title"] for one in build(edition).citations if one.label == "nice2017"] == ["Mine"]


def test_two_parts_and_a_new_one_are_one_change_set(editor, house, edition):
    before, added = counts(), new(text="Words that are new here.")

    answer = sends(
        editor,
        section(edition, ONE, text="One is new.", reason="Asked for by the ward"),
        section(edition, OTHER, text="The other is new.", reason="Asked for by the ward"),
        added,
    )

    assert (answer.status_code, answer["X-Part"]) == (200, "done")
    assert counts() == (before[0] + 1, before[1] + 1)
    change = ChangeSet.objects.latest("at")
    assert sorted(change.touched) == sorted([str(make.key(ONE)), str(make.key(OTHER)), added["key"]])
    assert (change.actor, change.reason) == (house.editor, "Asked for by the ward")
    html = answer.content.decode()
    for key in change.touched:
        assert re.search(f'<section [^>]*id="part-{key}"[^>]* data-hx-swap-oob="true"', html)
    assert "data-edits" not in html
    assert html.count("is saved.") == 3
    assert verify() == []


def test_without_a_reason_the_history_says_what_was_saved(editor, edition):
    sends(editor, section(edition, ONE, text="One."), new(text="Words."))
    assert ChangeSet.objects.latest("at").reason == f"Changed {part(edition, ONE).label_for_people}; Added Cautions"


def test_a_clash_holds_back_its_part_alone(editor, house, edition):
    one, other = section(edition, ONE, text="Mine."), section(edition, OTHER, text="Mine as well.")
    make.reword(edition, ONE, "Theirs.", actor=house.editor2)
    before = counts()

    answer = sends(editor, one, other)

    assert answer["X-Part"] == "done"
    assert counts()[0] == before[0] + 1
    assert (part(edition, ONE).text, part(edition, OTHER).text) == ("Theirs.", "Mine as well.")
    html = answer.content.decode()
    assert html.count("data-edits") == 1
    assert "Conflict" in html
    assert "Mine." in html
    assert "Saved: 1 part." in html
    assert "Not saved yet: 1 part." in html
    # It can be saved alone, where its own form is sent.
    (action,) = re.findall(r'data-edits[^>]* action="([^"]+)"', html)
    assert action == reverse("part_edit", args=["testazumab", make.key(ONE)])


def test_sent_again_a_clash_is_held_back_until_somebody_chooses(editor, house, edition):
    one, other = section(edition, ONE, text="Mine."), section(edition, OTHER, text="Mine as well.")
    make.reword(edition, ONE, "Theirs.", actor=house.editor2)
    html = sends(editor, one, other).content.decode()
    (form,) = open_forms(html).values()

    for _ in range(2):
        again = sends(
            editor, {"part": one["part"], **{name: form.fields[name][0] for name in ("text", "seen", "over")}}
        )
        assert "Conflict" in again.content.decode()
        assert part(edition, ONE).text == "Theirs."

    editor.post(form.action, form.filled())
    assert part(edition, ONE).text == "Mine."


@pytest.mark.each_case
def test_of_two_changes_with_their_places_both_are_in(editor, house, edition):
    make.reword(edition, ONE, "First line.\n\nLast line.", actor=house.editor2)
    one = section(edition, ONE, text="First line, mine.\n\nLast line.")
    make.reword(edition, ONE, "First line.\n\nLast line, theirs.", actor=house.editor2)

    answer = sends(editor, one, section(edition, OTHER, text="Another."))

    assert part(edition, ONE).text == "First line, mine.\n\nLast line, theirs."
    assert "are both in: look at it." in answer.content.decode()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"text": "A word\u202e."}, "a direction mark (U+202E). Take it out."),
        ({"text": f"Seen in {NHS}."}, "number"),
        ({"text": "- a\n* b\n1) c"}, "Not saved yet: look at the list"),
        ({"text": "x", "heading": "y" * 5000}, "longer than"),
    ],
)  # fmt: skip
def test_what_may_not_stand_so_comes_back_and_the_rest_is_saved(editor, edition, bad, says):
    answer = sends(editor, section(edition, ONE, **bad), section(edition, OTHER, text="This is fine."))

    html = answer.content.decode()
    assert part(edition, OTHER).text == "This is fine."
    assert html.count("data-edits") == 1
    assert "Not saved yet: 1 part." in html
    assert part(edition, ONE).text not in (bad["text"],)
    assert says in html


def test_a_part_that_was_taken_out_meanwhile_comes_back_with_its_words(editor, house, edition):
    one = section(edition, ONE, text="Written in vain?")
    parts.remove_part(edition, part(edition, ONE), seen=one["seen"], actor=house.editor2)

    answer = sends(editor, one, section(edition, OTHER, text="This is fine."))

    assert "Written in vain?" in answer.content.decode()
    assert part(edition, OTHER).text == "This is fine."


def test_the_header_goes_with_the_parts(editor, edition):
    header = build(edition).header
    boxes = {
        "part": "header",
        "title": "A new title",
        "name": header.name,
        "seen": digest_of_part(header),
        **emptied(header),
    }
    before = counts()

    answer = sends(editor, boxes, section(edition, ONE, text="With the header."))

    assert answer["X-Part"] == "done", answer.content.decode()
    assert "header" in ChangeSet.objects.latest("at").touched
    assert counts()[0] == before[0] + 1


def test_sent_twice_it_is_done_once(editor, edition):
    page = editor.get(reverse("edit", args=["testazumab"])).content.decode()
    token = re.search(r'id="save-all".*?name="act" value="([^"]+)"', page, re.DOTALL)[1]
    forms = [section(edition, ONE, text="Once."), new(text="Once as well.")]
    before = counts()

    sends(editor, *forms, act=token)
    again = sends(editor, *forms, act=token)

    assert counts() == (before[0] + 1, before[1] + 1)
    # Its first answer may have been lost: the second says the same.
    assert (again.status_code, again["X-Part"]) == (200, "done")
    html = again.content.decode()
    assert html.count("is saved.") == 2
    assert "data-edits" not in html


def test_sent_twice_what_was_held_back_is_held_back_again(editor, house, edition):
    page = editor.get(reverse("edit", args=["testazumab"])).content.decode()
    token = re.search(r'id="save-all".*?name="act" value="([^"]+)"', page, re.DOTALL)[1]
    forms = [section(edition, ONE, text="Mine."), section(edition, OTHER, text="Mine as well.")]
    make.reword(edition, ONE, "Theirs.", actor=house.editor2)
    before = counts()[0]

    for _time in range(2):
        html = sends(editor, *forms, act=token).content.decode()
        assert "Saved: 1 part." in html
        assert "Not saved yet: 1 part." in html
        assert "Conflict" in html
    assert counts()[0] == before + 1
    assert part(edition, ONE).text == "Theirs."


@pytest.mark.parametrize("hx", [True, False])
def test_two_forms_of_one_part_are_both_held_back(editor, edition, hx):
    one = section(edition, ONE, text="First words.")
    rest = section(edition, OTHER, text="This is fine.")
    answer = sends(editor, one, rest, one | {"text": "Second words."}, hx=hx)

    html = answer.content.decode()
    assert html.count("This part was sent twice") == 2
    assert {"First words.", "Second words."} <= set(open_forms(html))
    assert part(edition, ONE).text not in ("First words.", "Second words.")
    assert part(edition, OTHER).text == "This is fine."


@pytest.mark.each_case
def test_what_was_kept_meanwhile_is_gone_once_it_is_saved(editor, house, edition):
    tabs = ["a" * 22, "b" * 22]
    saved = section(edition, ONE, text="Saved.", scratch=tabs[0])
    clash = section(edition, OTHER, text="Clash.", scratch=tabs[1])
    for one in (saved, clash):
        editor.post(reverse("scratch", args=["testazumab", one["part"]]), one)
    make.reword(edition, OTHER, "Theirs.", actor=house.editor2)

    sends(editor, saved, clash)

    assert list(Scratch.objects.values_list("tab", flat=True)) == [tabs[1]]


def test_a_form_that_was_kept_when_the_session_ended_is_gone_once_it_is_saved_from_its_page(client, house, edition):
    client.force_login(house.editor)
    page = client.get(reverse("edit", args=["testazumab"])).content.decode()
    (form,) = [one for one in forms_of(page) if one.action == reverse("edit_all", args=["testazumab"])]
    hidden, sent = {name: form.fields[name] for name in ("act", "whose")}, section(edition, ONE, text="Kept.")
    client.logout()
    sends(client, sent, **hidden)
    assert KeptForm.objects.count() == 1
    client.force_login(house.editor)

    sends(client, sent, **hidden)

    assert part(edition, ONE).text == "Kept."
    assert not KeptForm.objects.exists()


def test_nothing_is_done_for_whoever_may_not_write(client, house, edition):
    client.force_login(house.auditor)
    before = counts()
    sends(client, section(edition, ONE, text="Not theirs."), section(edition, OTHER, text="Not theirs."))
    assert ChangeSet.objects.count() == before[0]


@pytest.mark.parametrize("name", ["nobody", "new-nothing", ""])
def test_what_names_no_part_is_not_found_and_nothing_is_saved(editor, edition, name):
    before = counts()[0]
    answer = sends(editor, section(edition, ONE, text="Fine."), {"part": name, "text": "x"})
    assert answer.status_code == 404
    assert counts()[0] == before


@pytest.mark.parametrize("hx", [True, False])
def test_a_part_of_nowhere_is_held_back_alone_with_its_words_and_told(editor, edition, hx):
    key, (changes, events) = str(make.key("nowhere")), counts()
    lost = {"part": key, "heading": "Lost", "text": "Words of nowhere.", "seen": "0" * 64}

    answer = sends(editor, section(edition, ONE, text="Fine."), lost, hx=hx)

    html = answer.content.decode()
    assert "This part is not in this edition." in html
    assert part(edition, ONE).text == "Fine."
    assert counts() == (changes + 1, events + 2)
    (told,) = AuditEvent.objects.filter(verb="refused")
    assert told.data["codes"] == ["not_of_this_monograph"]
    if hx:
        assert answer["X-Part"] == "done"
        assert f'data-hx-swap-oob="outerHTML:#part-{key}"' in html
    # It can be added as a new part.
    form = open_forms(html)["Words of nowhere."]
    assert form.action == reverse("part_new", args=["testazumab", "section"])
    assert editor.post(form.action, form.filled() | {"kind": "cautions"}).status_code == 302
    assert "Words of nowhere." in [one.text for one in build(edition).sections]


def test_of_nothing_but_parts_of_nowhere_nothing_is_saved(editor, edition):
    test = {"part": str(make.key("nowhere")), "test": "Full blood count", "seen": "0" * 64}
    before = counts()[0]
    answer = sends(editor, test)
    assert (answer.status_code, counts()[0]) == (422, before)
    assert "Full blood count" in answer.content.decode()


def open_forms(html):
    """The forms of parts, by their words."""
    return {one.fields["text"][0]: one for one in forms_of(html) if "text" in one.fields}


def test_without_a_script_it_is_saved_too_and_what_is_held_back_stands_open_on_the_page(editor, house, edition):
    one, other = section(edition, ONE, text="Mine."), section(edition, OTHER, text="Words that clash.")
    assert sends(editor, one, hx=False).status_code == 302
    make.reword(edition, OTHER, "Theirs.", actor=house.editor2)

    answer = sends(editor, other, new(text="A bad word\u202e."), new(text="Good words."), hx=False)

    assert answer.status_code == 200
    forms = open_forms(answer.content.decode())
    assert set(forms) == {"Words that clash.", "A bad word\u202e."}
    assert "Good words." in [one.text for one in build(Edition.objects.get(pk=edition.pk)).sections]
    # Each goes on alone.
    clash = forms["Words that clash."]
    done = editor.post(clash.action, clash.filled())
    assert done.status_code == 302
    assert part(edition, OTHER).text == "Words that clash."
    assert editor.get(reverse("edit_all", args=["testazumab"])).status_code == 302


def test_after_the_session_ended_each_form_stands_filled_at_its_place(client, house, edition):
    client.force_login(house.editor)
    page = client.get(reverse("edit", args=["testazumab"])).content.decode()
    (form,) = [one for one in forms_of(page) if one.action == reverse("edit_all", args=["testazumab"])]
    sent = [section(edition, ONE, text="Kept."), new(text="Kept as well.", reason="Asked for")]
    hidden = {name: form.fields[name] for name in ("act", "whose")}
    client.logout()
    before = counts()

    back = sign_in_of(sends(client, *sent, hx=False, **hidden))
    client.force_login(house.editor)
    html = client.get(back).content.decode()

    assert counts() == before
    forms = open_forms(html)
    assert set(forms) == {"Kept as well.", "Kept."}
    assert html.count("This was kept when your session ended.") == 1
    for one in forms.values():
        assert client.post(one.action, one.filled()).status_code == 302
    assert counts()[0] == before[0] + 2


def test_while_somebody_else_writes_all_of_it_comes_back(editor, edition, monkeypatch):
    def busy(*_args, **_how):
        raise WriteLockTimeout

    monkeypatch.setattr("reviews.editing.parts.save_all", busy)
    answer = sends(editor, section(edition, ONE, text="One."), new(text="Two."))
    assert (answer.status_code, answer["Retry-After"], answer["X-Part"]) == (503, "5", "shown")
    html = answer.content.decode()
    assert html.count("Somebody else is writing just now.") >= 2
    assert set(open_forms(html)) == {"One.", "Two."}


class TestOfAPublishedPage:
    @pytest.fixture
    def live(self, house):
        return make.published(house, "otherazumab")

    def test_the_first_save_starts_one_edition_for_all(self, client, house, live):
        client.force_login(house.editor)
        answer = sends(
            client,
            section(live, ONE, text="For the next."),
            section(live, OTHER, text="For it too."),
            slug="otherazumab",
        )

        (begun,) = Edition.objects.filter(monograph=live.monograph, number=live.number + 1)
        assert (part(begun, ONE).text, part(begun, OTHER).text) == ("For the next.", "For it too.")
        assert answer.content.decode().count("is started.") == 1

    @pytest.mark.each_case
    def test_what_clashes_with_what_readers_see_starts_none(self, client, house, live):
        client.force_login(house.editor)
        stale = [section(live, name, text="Late.", seen="0" * 64) for name in (ONE, OTHER)]
        before = AuditEvent.objects.count()
        sends(client, *stale, slug="otherazumab")
        assert not Edition.objects.filter(monograph=live.monograph, number=live.number + 1).exists()
        assert {one.verb for one in AuditEvent.objects.order_by("seq")[before:]} == {"refused"}

    @pytest.mark.parametrize("names", [(), (ONE,), (ONE, OTHER)])
    def test_what_changes_nothing_starts_none_and_is_no_attempt(self, client, house, live, names):
        client.force_login(house.editor)
        before = counts()
        answer = sends(client, *(section(live, name) for name in names), slug="otherazumab")
        assert answer.status_code == 422
        assert "Nothing has changed, so nothing was saved." in answer.content.decode()
        assert counts() == before

    @pytest.mark.each_case
    def test_beside_what_changes_something_it_counts_as_saved_as_it_does_in_a_draft(self, client, house, live):
        client.force_login(house.editor)
        answer = sends(client, section(live, ONE), section(live, OTHER, text="New."), slug="otherazumab")
        assert "Not saved yet" not in answer.content.decode()
        (begun,) = Edition.objects.filter(monograph=live.monograph, number=live.number + 1)
        assert part(begun, OTHER).text == "New."
