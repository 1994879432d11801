"""A dose on the one page: opened, added, saved through the one writer, told in the history, and never for readers."""

import json
from html import unescape
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monographs.assemble import build
from monographs.dose_boxes import DoseBoxes, StepBoxes
from monographs.models import Publication
from monographs.signable import signable
from monographs.typed_doses import boxes_of
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.desk.editor.context import EditorContext
from reviews.editing.monographs import begin
from reviews.models import ChangeSet, Scratch
from tests import factories as make
from tests.forms import sent
from tests.monographs.doses.examples import DOSES
from tests.monographs.public.test_leaks import addresses
from tests.monographs.test_typed_doses import stored

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
KEY, ASKS, TAB = make.key("dose"), {"HX-Request": "true"}, "t" * 22


def at(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


@pytest.fixture
def edition(house):
    return make.draft(house, doc=make.dosed())


@pytest.fixture
def editor(enter, edition):
    return enter("editor")


def opened(client, path=None):
    """What a browser sends of the form at this address as it is."""
    return sent(client.get(path or at("part_edit", KEY)).context["form"])


def words(answer):
    return " ".join(unescape(answer.content.decode()).split())


def held(edition, key=KEY):
    return json.loads(build(edition).by_key()[key].structure)


def test_a_dose_is_opened_from_the_page_and_saved_where_it_stands(editor, house, edition):
    page = editor.get(at("edit")).content.decode()
    assert f'id="open-{KEY}" href="{at("part_edit", KEY)}"' in page
    assert 'id="add-dosing-regimen"' in page

    answer = editor.post(at("part_edit", KEY), {**opened(editor), "max_courses": "2", "reason": "As the label says."})

    assert answer.headers["Location"] == f"{at('edit')}?saved={KEY}#part-{KEY}"
    assert held(edition) == {**json.loads(make.dose().structure), "max_courses": 2}
    change = ChangeSet.objects.order_by("at").last()
    assert (change.actor, change.touched, change.reason) == (house.editor, [str(KEY)], "As the label says.")
    assert verify() == []
    assert "As the label says." in words(editor.get(at("history")))


def test_what_is_sent_as_it_was_shown_changes_nothing(editor, edition):
    before = make.seen(edition), ChangeSet.objects.count()

    answer = editor.post(at("part_edit", KEY), opened(editor))

    assert answer.status_code == 422
    assert [one.code for one in answer.context["refusals"]] == ["nothing_changed"]

    assert (make.seen(edition), ChangeSet.objects.count()) == before


def test_every_example_can_be_typed_and_is_what_was_typed(editor, edition):
    """All that a structure can say has its box."""
    path = at("part_new", "regimen")
    for name, example in DOSES.items():
        structure = stored(example["input"])
        structure |= {"alternative_to": str(KEY)} if "alternative_to" in structure else {}  # of this edition
        boxes, empty = boxes_of(structure), opened(editor, path)
        typed = {box: words for box, words in empty.items() if "-" not in box} | {
            "key": str(uuid4()),
            "tenfold": "It is a test.",
        }
        for field in DoseBoxes.model_fields:
            if not isinstance(value := getattr(boxes, field), tuple):
                typed[field] = value
                continue
            typed |= {f"{field}-TOTAL_FORMS": str(len(value)), f"{field}-INITIAL_FORMS": "0"}
            typed |= {
                f"{field}-{n}-{box}": words for n, row in enumerate(value) for box, words in row.model_dump().items()
            }
        answer = editor.post(path, typed)
        assert answer.status_code == 302, (name, answer.context["form"].faults)
        (new,) = [one for one in build(edition).regimens if str(one.key) == typed["key"]]
        said = json.loads(new.structure)
        for step in said["steps"]:
            del step["key"]
        assert said == {
            **structure,
            "steps": [{k: v for k, v in step.items() if k != "key"} for step in structure["steps"]],
        }, name


def test_each_box_of_a_dose_stands_in_its_form(editor):
    form = editor.get(at("part_new", "regimen")).context["form"]

    assert {name for name in DoseBoxes.model_fields if name not in form.fields and name not in form.rows} == set()
    html = editor.get(at("part_new", "regimen")).content.decode()
    assert [name for name in form.fields if name not in ("seen", "tenfold") and f'name="{name}"' not in html] == []
    assert [name for name in StepBoxes.model_fields if f'name="steps-0-{name}"' not in html] == []


def test_what_few_need_is_folded_away_until_it_says_something(editor):
    html = editor.get(at("part_edit", KEY)).content.decode()
    assert '<details class="fold"><summary>Product, strength, not interchangeable with' in html

    html = editor.post(at("part_edit", KEY), {**opened(editor), "product": "Lemtrada", "preview": "1"}).content.decode()

    assert '<details class="fold"><summary>More: Product, strength, not interchangeable with' in html
    shown, folded = html.split("<summary>More: Product, strength, not interchangeable with", 1)
    assert 'name="product"' in shown
    assert [name for name in ("formulation", "strength", "strength_unit", "dose_as") if f'name="{name}"' in shown] == []
    assert 'name="strength"' in folded


def test_of_a_fold_that_is_filled_in_part_the_rest_stays_folded_in_every_row(editor):
    """A number and its unit stand together; what is refused is not folded away either."""
    path = at("part_edit", KEY)
    typed = {**opened(editor), "steps-0-cap": "20", "steps-1-rate_unit": "mg/h", "preview": "1"}

    html = editor.post(path, typed).content.decode()

    def is_folded(name):
        before = html[: html.index(f'name="{name}"')]
        return before.count("<details") > before.count("</details>")

    in_the_open = ("steps-0-consecutive", "steps-0-cap", "steps-0-cap_unit", "steps-1-rate", "steps-1-rate_unit")
    assert [name for name in in_the_open if is_folded(name)] == []
    folded = (
        "steps-0-volume",
        "steps-0-over_max",
        "steps-0-rate",
        "steps-1-cap",
        "steps-2-consecutive",
        "steps-0-phase",
    )
    assert [name for name in folded if not is_folded(name)] == []
    assert '<details class="fold" open' not in html
    html = editor.post(path, {**opened(editor), "steps-0-volume": "none"}).content.decode()
    assert not is_folded("steps-0-volume")
    assert not is_folded("steps-0-volume_unit")


def test_nothing_is_no_dose(editor, edition):
    answer = editor.post(at("part_new", "regimen"), {**opened(editor, at("part_new", "regimen")), "country": "GB"})
    blank = editor.post(at("part_new", "regimen"), opened(editor, at("part_new", "regimen")))

    assert (answer.status_code, blank.status_code) == (302, 422)
    assert "Name the use." in words(blank)


def test_two_at_one_dose_clash_and_both_are_shown(editor, house, enter, edition):
    mine, theirs = opened(editor), opened(other := enter("editor2"))
    assert other.post(at("part_edit", KEY), {**theirs, "max_courses": "2"}).status_code == 302

    answer = editor.post(at("part_edit", KEY), {**mine, "instructions": "Lie down."})

    assert answer.status_code == 409
    assert "Save mine over theirs" in words(answer)
    assert held(edition)["max_courses"] == 2
    over = {
        **mine,
        "instructions": "Lie down.",
        "seen": answer.context["form"].data["seen"],
        "over": answer.context["form"].data["over"],
    }
    assert editor.post(at("part_edit", KEY), over).status_code == 302
    assert held(edition)["instructions"] == ["Lie down."]


def test_two_at_two_doses_are_both_saved(editor, enter, edition):
    path = at("part_new", "regimen")
    new = {**opened(enter("editor2"), path), "indication": "another disease"}
    mine = opened(editor)

    assert enter("editor2").post(path, new).status_code == 302
    assert editor.post(at("part_edit", KEY), {**mine, "max_courses": "2"}).status_code == 302

    assert [json.loads(one.structure)["indication"] for one in build(edition).regimens] == [
        "multiple sclerosis",
        "another disease",
    ]
    assert held(edition)["max_courses"] == 2


def test_half_typed_it_is_kept(editor, edition):
    tab = TAB
    editor.post(at("scratch", str(KEY)), {**opened(editor), "steps-0-dose": "1", "scratch": tab})

    assert Scratch.objects.get().part == str(KEY)
    back = editor.get(f"{at('part_edit', KEY)}?scratch={tab}").content.decode()
    assert 'name="steps-0-dose" value="1"' in back
    assert held(edition)["steps"][0]["dose"] == "12"


def test_a_preview_shows_its_figures_and_says_that_readers_do_not(editor):
    typed = {**opened(editor), "steps-1-dose": "6", "preview": "1", "only": "preview"}

    answer = editor.post(at("part_edit", KEY), typed, headers=ASKS)

    said = words(answer).replace("\xa0", " ")
    assert "not for readers" in said
    assert "6 mg" in said


def test_a_preview_says_which_dose_of_the_page_it_overlaps(editor):
    typed = {**opened(editor), "preview": "1", "only": "preview"}
    assert "(V15)" not in words(editor.post(at("part_edit", KEY), typed, headers=ASKS))

    answer = editor.post(at("part_new", "regimen"), typed, headers=ASKS)

    assert 'That is dose 1. <span class="soft">(V15)</span>' in words(answer)


def test_it_is_removed_and_comes_back_in_its_place(editor, edition):
    seen = opened(editor)["seen"]

    gone = editor.post(at("part_edit", KEY), {"remove": "1", "seen": seen}, headers=ASKS)
    assert build(edition).regimens == ()
    assert 'id="gap-dosing"' in gone.content.decode()
    editor.post(at("edit"), {"restore": str(KEY)}, headers=ASKS)

    assert build(edition).regimens == (make.dose(),)


def test_who_may_not_write_reads_it_whole(enter, edition):
    html = words(enter("publisher").get(at("part_edit", KEY)))

    assert "<dt><strong>Indication</strong></dt><dd>multiple sclerosis</dd>" in html
    assert "Amount 12" in html
    assert "data-edits" not in html


PASSAGE = "The recommended dose is QJWPASSAGE 12 mg * once daily [@x], for 5 days."


def test_the_passage_stands_beside_word_for_word_and_is_never_signed(editor, house, enter, client, edition):
    answer = editor.post(at("part_edit", KEY), {**opened(editor), "passage": PASSAGE})

    assert answer.status_code == 302
    assert build(edition).by_key()[KEY].passage == PASSAGE
    html = words(editor.get(at("part_edit", KEY)))
    assert "QJWPASSAGE" in html[html.index('<figure class="passage"') : html.index("</figure>")]
    assert "section 4.2, read on 4 July 2026" in html
    assert signable(build(edition)).by_key()[KEY].passage == ""
    make.submit(house, edition)
    for one in (house.clinician, house.pharmacist):
        make.sign(edition, one)
    make.publish(house, edition)
    for address in addresses():
        assert "QJWPASSAGE" not in client.get(address).content.decode(errors="replace"), address
    assert "QJWPASSAGE" not in Publication.objects.get().document.text
    second = make.start(house, edition)
    assert build(second).by_key()[KEY].passage == PASSAGE


def test_a_dose_that_grew_in_two_steps_is_held_against_the_published_edition(house, enter):
    first = make.published(house, doc=make.dosed())
    second = make.start(house, first)
    path = at("part_edit", KEY)

    def saved(dose, **more):
        typed = opened(enter("editor"), path)
        return enter("editor").post(path, {**typed, "steps-0-dose": dose, "steps-1-dose": dose, **more})

    assert saved("60").status_code == 302
    held_up = saved("120")
    assert held_up.status_code == 422
    assert "Step 1 is 10 times what the published edition has there." in words(held_up)
    assert saved("120", tenfold="It was read wrongly.").status_code == 302

    assert held(second)["steps"][0]["dose"] == "120"
    change = ChangeSet.objects.filter(edition=second).order_by("at").last()
    assert change.reason.endswith("Because: It was read wrongly.")
    assert "Because: It was read wrongly." in words(enter("clinician").get(at("history")))


def test_a_dose_that_grew_in_steps_of_a_draft_is_held_against_what_it_began_with(house, editor, edition):
    """Nothing is published: from 12 over 36, and from mg over mL."""
    path = at("part_edit", KEY)

    def saved(dose, unit="mg", **more):
        steps = {f"steps-{n}-{name}": one for n in (0, 1) for name, one in (("dose", dose), ("unit", unit))}
        return editor.post(path, {**opened(editor), **steps, **more})

    earlier = "Step 1 is 10 times what stood there earlier in this edition."
    for way in (("36",), ("36", "mL")):
        assert saved(*way).status_code == 302
        held_up = saved("120")
        assert held_up.status_code == 422
        assert earlier in words(held_up)
    assert saved("120", tenfold="The source has it.").status_code == 302
    change = ChangeSet.objects.filter(edition=edition).order_by("at").last()
    assert change.reason.startswith(earlier)
    assert change.reason.endswith("Because: The source has it.")
    assert editor.post(path, {**opened(editor), "max_courses": "2"}).status_code == 302


def test_a_next_edition_is_held_against_what_it_took_over(house, enter):
    first = make.published(house, doc=make.dosed())
    make.start(house, first)
    editor = EditorContext(SimpleNamespace(user=house.editor), "testazumab")
    editor.open_doses.add(KEY)

    (taken,) = editor.doses_around.earlier[KEY]

    assert json.loads(taken) == json.loads(make.dose().structure)


def test_doses_saved_together_ask_as_often_for_what_they_were(house, enter):
    doses = [make.dose(f"dose-{n}", structure={**make.COURSES, "indication": f"use {n}"}) for n in range(3)]
    make.draft(house, doc=make.dosed(*doses))
    client, costs = enter("editor"), []
    for open_ in (doses[:1], doses[1:]):
        together = {}
        for n, one in enumerate(open_):
            typed = {**opened(client, at("part_edit", one.key)), "steps-0-dose": "240", "part": str(one.key)}
            together |= {f"{n}.{name}": value for name, value in typed.items()}
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(at("edit_all"), together)
        assert words(answer).count("Step 1 is 20 times what stood there.") >= len(open_)
        costs.append(len([one for one in queries if "reversion_version" in one["sql"]]))

    assert costs == [1, 1]


def test_saved_together_each_explanation_stands_whole_or_its_dose_is_held_back(house, enter):
    doses = [make.dose(f"dose-{n}", structure={**make.COURSES, "indication": f"use {n}"}) for n in range(4)]
    edition = make.draft(house, doc=make.dosed(*doses))
    client, together = enter("editor"), {}
    for n, one in enumerate(doses):
        typed = opened(client, at("part_edit", one.key))
        typed |= {"steps-0-dose": "120", "tenfold": f"{n}" * 300, "reason": "r" * 400, "part": str(one.key)}
        together |= {f"{n}.{name}": value for name, value in typed.items()}

    answer = client.post(at("edit_all"), together)

    reason = ChangeSet.objects.filter(edition=edition).order_by("at").last().reason
    now = {str(one.key): json.loads(one.structure)["steps"][0]["dose"] for one in build(edition).regimens}
    for n, one in enumerate(doses):
        assert (now[str(one.key)] == "120") == (f"{n}" * 300 in reason)
    assert sorted(now.values()) == ["12", "12", "120", "120"]
    assert "its explanation has no room beside the others" in words(answer)


def test_a_dose_is_held_against_another_page_of_its_drug_that_its_editor_may_read(house, enter, edition):
    with audited_write(actor=house.editor) as trail:
        begin(
            trail, slug="testazumab-two", drug=edition.monograph.drug, therapeutic_class=house.leaf,
            document=make.document(), reason="Written for a test",
        )  # fmt: skip
    client = enter("editor")
    path = reverse("part_new", args=["testazumab-two", "regimen"])
    typed = {**opened(client, path), "indication": "another disease"}
    step = {"dose": "0.12", "unit": "g", "n": "1", "period": "1", "period_unit": "d"}

    answer = client.post(path, typed | {f"steps-0-{name}": words for name, words in step.items()})

    assert answer.status_code == 422
    assert "Step 1 is 10 times another dose of this drug." in words(answer)


def test_a_dose_that_its_boxes_cannot_hold_is_said_to_stay_as_it_is(house, enter):
    both = {**make.COURSES, "prn": {"reason": "pain"}, "max_doses_24h": 4}
    edition = make.draft(house, doc=make.dosed(make.dose(structure=both)))
    client, path = enter("editor"), at("part_edit", KEY)

    assert "more than these boxes can hold" in words(client.get(path))
    assert client.post(path, {**opened(client, path), "indication": "another"}).status_code == 422

    assert held(edition) == json.loads(make.dose(structure=both).structure)


def test_doses_of_the_same_first_line_are_told_apart(editor, house, edition):
    make.add_part(edition, make.dose("other dose"), actor=house.editor)

    page = words(editor.get(at("edit")))

    label = "Dose: Multiple sclerosis. Adult. By intravenous infusion"
    for number in (1, 2):
        assert page.count(f'-t">{label} ({number} of 2)</h2>') == 1
    assert f">{label} (2 of 2)</option>" in words(editor.get(at("part_edit", KEY)))
