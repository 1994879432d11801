"""Single parts of the one page, for a browser that has it already."""

import json
import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import PART_FIELDS, Citation
from monographs.models import Edition
from monographs.typed import to_plain
from reviews.audit.trail import audited_write
from reviews.desk.editor.context import FORMS
from reviews.editing.library import keep_references
from reviews.models import ChangeSet
from tests import factories as make
from tests.forms import sent
from tests.markup import faults

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ASKS = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house(), doc=make.dosed()))


@pytest.fixture
def library(made):
    """A source that another edition holds, and a page that readers see."""
    source = Citation(key=make.key("held"), label="held2020", csl={"type": "report", "title": "What is <held>"})
    whole = make.document()
    house = make.the_house()
    make.published(house, "liveumab", whole.replaced(citations=(*whole.citations, source)))
    with audited_write(actor=house.editor) as trail:
        keep_references(trail, [(source.label, to_plain(source.csl))])


def address(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


def part(edition, name):
    return build(edition).by_key()[make.key(name)]


def section(edition, name="monitoring", **changes):
    shown = part(edition, name)
    return {"heading": shown.heading, "text": shown.text, "seen": digest_of_part(shown), **changes}


def is_part(answer):
    """It says that it is one, and holds no page."""
    html = answer.content.decode()
    assert faults(html, whole=False) == []
    return answer.headers.get("X-Part") in ("shown", "done") and "<html" not in html


@pytest.mark.parametrize("kind", FORMS)
def test_a_part_of_each_kind_opens_alone_and_closes_again(editor, edition, kind):
    shown = getattr(build(edition), PART_FIELDS[kind])[0]
    path = address("part_edit", shown.key)

    opened = editor.get(path, headers=ASKS)
    closed = editor.get(f"{path}?closed=1", headers=ASKS)

    assert is_part(opened)
    assert is_part(closed)
    assert f'data-hx-post="{path}"' in opened.content.decode()
    assert f'id="{str(shown.key)[:8]}-id_' in opened.content.decode()  # no id of another form that is open
    assert "<form" not in closed.content.decode()
    assert f'id="part-{shown.key}"' in closed.content.decode()


def test_the_header_opens_alone_and_closes_again(editor, edition):
    assert is_part(opened := editor.get(address("edit_header"), headers=ASKS))
    assert 'name="introduction"' in opened.content.decode()
    assert is_part(closed := editor.get(f"{address('edit_header')}?closed=1", headers=ASKS))
    assert "<form" not in closed.content.decode()


def test_what_is_saved_comes_back_as_readers_get_it_with_what_is_left_to_do(editor, house, edition):
    answer = editor.post(
        address("part_edit", make.key("monitoring")), section(edition, text="Monthly [@no]."), headers=ASKS
    )

    html = answer.content.decode()
    assert is_part(answer)
    assert answer.status_code == 200
    assert "Monthly" in html
    assert "<textarea" not in html
    assert answer.headers["X-Part"] == "done"
    assert "<strong>Monitoring is saved.</strong>" in html
    assert "leads to no reference of this edition" in html
    assert 'id="partlist" data-hx-swap-oob="true"' in html
    assert "Still to do: " in html
    assert part(edition, "monitoring").text == "Monthly [@no]."
    assert ChangeSet.objects.latest("at").actor == house.editor


def test_whoever_goes_on_is_told_where(editor, edition):
    answer = editor.post(
        address("part_edit", make.key("monitoring")), section(edition, text="Monthly.", next="1"), headers=ASKS
    )

    opens = json.loads(answer.headers["HX-Trigger-After-Settle"])["desk:open"]
    assert f'id="{opens}"' in editor.get(address("edit")).content.decode()


def test_what_is_refused_comes_back_open_with_its_words(editor, edition):
    answer = editor.post(
        address("part_new", "notice"), {"title": "", "text": "Mine.", "key": str(uuid4())}, headers=ASKS
    )

    assert is_part(answer)
    assert answer.headers["X-Part"] == "shown"
    assert answer.status_code == 422
    assert "Mine." in answer.content.decode()


def test_a_clash_comes_back_open_with_both(editor, house, edition):
    mine = section(edition, text="Mine.")
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)

    answer = editor.post(address("part_edit", make.key("monitoring")), mine, headers=ASKS)

    assert is_part(answer)
    assert answer.headers["X-Part"] == "shown"
    assert answer.status_code == 409
    assert "Mine." in answer.content.decode()
    assert "Theirs" in answer.content.decode()


def test_a_part_that_was_taken_out_says_so_and_comes_back_by_one_press(editor, edition):
    seen = digest_of_part(part(edition, "notice"))

    gone = editor.post(address("part_edit", make.key("notice")), {"remove": "1", "seen": seen}, headers=ASKS)
    assert is_part(gone)
    assert f'name="restore" value="{make.key("notice")}"' in gone.content.decode()
    assert build(edition).notices == ()

    back = editor.post(address("edit"), {"restore": str(make.key("notice"))}, headers=ASKS)
    assert is_part(back)
    assert len(build(edition).notices) == 1


def around(answer, name):
    """What is put in the place of the element of this id: all up to the next that has a place of its own."""
    (there,) = re.findall(
        rf'id="{name}" data-hx-swap-oob="true">(.*?)(?=data-hx-swap-oob|$)', answer.content.decode(), re.DOTALL
    )
    return there


def test_what_was_taken_out_is_offered_below_and_the_outline_leads_there(editor, edition):
    assert '<div id="removed"></div>' in editor.get(address("edit")).content.decode()
    seen = digest_of_part(part(edition, "notice"))
    restore = f'name="restore" value="{make.key("notice")}"'

    gone = editor.post(address("part_edit", make.key("notice")), {"remove": "1", "seen": seen}, headers=ASKS)
    back = editor.post(address("edit"), {"restore": str(make.key("notice"))}, headers=ASKS)

    assert 'href="#removed"' in around(gone, "partlist")
    assert restore in around(gone, "removed")
    assert 'href="#removed"' not in around(back, "partlist")
    assert "<section" not in around(back, "removed")
    assert restore not in back.content.decode()


@pytest.mark.parametrize("together", [False, True])
def test_another_section_opens_where_it_will_stand_and_is_offered_no_more(editor, edition, together):
    page = editor.get(address("edit"))
    add = page.context["one"].others[0]
    link = f'href="{add.address}" data-hx-get="{add.address}" data-hx-target="#gap-{add.at}"'
    assert link in page.content.decode()
    assert page.content.decode().count(f'<div class="editpart-gap" id="gap-{add.at}" hidden>') == 1
    assert f'href="#{add.at}"' not in page.content.decode()

    opened = editor.get(add.address, headers=ASKS)
    assert is_part(opened)
    words = {"kind": add.at, "text": "Added.", "key": str(uuid4())}
    if together:
        words = {f"0.{name}": value for name, value in {**words, "part": "new-section"}.items()}
    added = editor.post(address("edit_all") if together else add.address, words, headers=ASKS)

    assert added.headers["X-Part"] == "done"
    assert add.address not in around(added, "other-sections")
    assert "Another section" in around(added, "other-sections")
    assert f'href="#{add.at}"' in around(added, "partlist")
    assert f'id="gap-{add.at}" data-hx-swap-oob="true"' in added.content.decode()


def test_the_preview_alone_is_what_readers_would_get_and_saves_nothing(editor, edition):
    before, count = make.seen(edition), ChangeSet.objects.count()
    sent = section(edition, text="Only *looked* at.", preview="1", only="preview")

    answer = editor.post(address("part_edit", make.key("monitoring")), sent, headers=ASKS)

    assert is_part(answer)
    assert "Only <em>looked</em> at." in answer.content.decode()
    assert "<form" not in answer.content.decode()
    assert (make.seen(edition), ChangeSet.objects.count()) == (before, count)


def test_other_parts_come_along_only_where_their_numbers_changed(editor, edition):
    source = Citation(key=make.key("second"), label="second", csl={"type": "report", "title": "Second"})
    make.add_part(edition, source, actor=make.the_house().editor)
    other = f'id="part-{make.key("prescribing")}"'

    same = editor.post(address("part_edit", make.key("monitoring")), section(edition, text="Yearly."), headers=ASKS)
    assert same.headers["X-Part"] == "done"
    assert other not in same.content.decode()

    typed = {**sent(editor.get(address("edit_header")).context["form"]), "introduction": "New [@second]."}
    changed = editor.post(address("edit_header"), typed, headers=ASKS)
    assert changed.headers["X-Part"] == "done"
    assert other in changed.content.decode()


@pytest.mark.parametrize("who", ["auditor", "nobody", None])
def test_whoever_may_not_write_gets_no_part_of_a_form(client, house, edition, who):
    if who:
        client.force_login(house.people[who])

    answer = client.get(address("part_edit", make.key("monitoring")), headers=ASKS)

    assert "<textarea" not in answer.content.decode()
    if who != "auditor":
        assert "X-Part" not in answer.headers


def spent(answer):
    return json.loads(answer.headers.get("HX-Trigger-After-Settle", "{}")).get("desk:spent")


def kept_lines(client):
    return re.findall(r'<li data-kept="(\S+)"', client.get(address("edit")).content.decode())


def test_what_was_kept_of_a_part_goes_from_the_page_once_it_is_saved(editor, edition):
    """The words of another window are still there, and so is the line that offers them."""
    key, (tab, other) = str(make.key("monitoring")), ("a" * 22, "b" * 22)
    for one in (tab, other):
        editor.post(address("scratch", key), section(edition, text="Monthly.", scratch=one))
    assert kept_lines(editor) == [key]

    to = address("part_edit", key)
    first = editor.post(to, section(edition, text="Weekly.", scratch=tab), headers=ASKS)
    assert first.headers["X-Part"] == "done"
    assert spent(first) == ["new-section"]
    second = editor.post(to, section(edition, text="Monthly.", scratch=other), headers=ASKS)

    assert spent(second) == [key, "new-section"]
    assert kept_lines(editor) == []


def test_what_was_kept_of_a_new_part_goes_and_that_of_one_that_was_removed_is_offered(editor, edition):
    words = {"title": "New", "text": "Words.", "severity": "critical", "key": str(uuid4()), "scratch": "a" * 22}
    editor.post(address("scratch", "new-notice"), words)
    key = str(make.key("monitoring"))
    editor.post(address("scratch", key), section(edition, text="Monthly.", scratch="b" * 22))
    assert set(kept_lines(editor)) == {"new-notice", key}

    refused = editor.post(address("part_new", "notice"), {**words, "title": ""}, headers=ASKS)
    assert spent(refused) is None
    shown = part(edition, "monitoring")
    removed = editor.post(address("part_edit", key), {"remove": "1", "seen": digest_of_part(shown)}, headers=ASKS)

    assert spent(removed) == ["new-section"]  # its words are offered beside what was removed
    assert kept_lines(editor) == [key, "new-notice"]


def test_words_for_a_part_that_was_taken_out_meanwhile_come_back_on_the_whole_page(editor, house, edition):
    mine = section(edition, text="Mine alone.")
    other = Client()
    other.force_login(house.editor2)
    other.post(address("part_edit", make.key("monitoring")), {"remove": "1", "seen": mine["seen"]})

    answer = editor.post(address("part_edit", make.key("monitoring")), mine, headers=ASKS)

    assert "X-Part" not in answer.headers  # so that the browser asks for the page
    assert answer.status_code == 409
    assert "Mine alone." in answer.content.decode()


def test_what_proofing_will_not_let_pass_is_told_after_the_save(editor, edition):
    sent = section(edition, text="Give 5 mg U qd.")

    whole = editor.post(address("part_edit", make.key("monitoring")), sent, follow=True).content.decode()
    again = section(edition, text="Give 6 mg U qd.")
    alone = editor.post(address("part_edit", make.key("monitoring")), again, headers=ASKS).content.decode()

    assert "Still to do:" in whole
    assert "Still to do:" in alone


def test_parts_whose_references_got_other_numbers_take_their_own_place_on_the_page(editor, edition):
    source = {"type": "report", "title": "First", "label": "first", "key": str(make.key("first"))}
    editor.post(address("part_new", "citation"), source, headers=ASKS)
    header = editor.get(address("edit_header")).context["form"]
    typed = {**sent(header), "introduction": "It comes first [@first]."}

    html = editor.post(address("edit_header"), typed, headers=ASKS).content.decode()

    for other in ("prescribing", "first", "trial"):
        assert re.search(rf'<section [^>]*id="part-{make.key(other)}" data-hx-swap-oob="true"', html), other
    assert "<template" not in html  # what stands in one is on no page


# -- What words bring from the library -----------------------------------------------------------------------------------

BROUGHT = "[@held2020] was added to the references from the library: What is &lt;held&gt;."


def test_a_source_of_the_library_has_its_number_in_the_preview_before_it_is_added(editor, edition, library):
    typed = section(edition, text="Late harm [@held2020].", preview="1", only="preview")

    html = editor.post(address("part_edit", make.key("monitoring")), typed, headers=ASKS).content.decode()

    assert "[@held2020] will be added to the references from the library when you save: What is &lt;held&gt;." in html
    assert 'href="#ref-2"' in html
    assert "held2020" not in [one.label for one in build(edition).citations]


def test_a_source_of_the_library_is_added_with_the_words_that_cite_it(editor, edition, library):
    typed = section(edition, text="Late harm [@held2020].")

    html = editor.post(address("part_edit", make.key("monitoring")), typed, headers=ASKS).content.decode()

    (added,) = [one for one in build(edition).citations if one.label == "held2020"]
    assert BROUGHT in html
    row = f'<div data-hx-swap-oob="beforebegin:#gap-references"><section class="editpart editpart-short" id="part-{added.key}"'
    assert row in re.sub(r"\s*\n\s*|{#.*?#}", "", html)
    assert html.count(f'id="part-{added.key}"') == 1  # nothing is put in the place of what is not on the page yet


def test_without_a_script_it_is_added_and_said_too(editor, edition, library):
    typed = section(edition, text="Late harm [@held2020].")

    page = editor.post(address("part_edit", make.key("monitoring")), typed, follow=True).content.decode()

    assert BROUGHT in page
    assert build(edition).citations[-1].label == "held2020"


def test_the_first_save_of_a_live_page_brings_it_into_the_edition_that_it_starts(editor, edition, library):
    live = Edition.objects.get(monograph__slug="liveumab")
    source = Citation(key=make.key("own"), label="own2021", csl={"type": "report", "title": "Own"})
    make.add_part(edition, source, actor=make.the_house().editor)
    shown = build(live).by_key()[make.key("monitoring")]
    typed = {"heading": shown.heading, "text": "Late [@own2021].", "seen": digest_of_part(shown)}

    editor.post(reverse("part_edit", args=["liveumab", shown.key]), typed, headers=ASKS)

    assert [one.label for one in build(live).citations] == ["trial2020", "held2020"]
    assert [one.label for one in build(live.monograph.editions.get(number=2)).citations][-1] == "own2021"


def test_what_is_refused_brings_nothing(editor, edition, library):
    typed = section(edition, text="- a\nb [@held2020]")

    answer = editor.post(address("part_edit", make.key("monitoring")), typed, headers=ASKS)

    assert answer.status_code == 422
    assert [one.label for one in build(edition).citations] == ["trial2020"]
