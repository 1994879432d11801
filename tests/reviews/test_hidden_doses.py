"""Figures of doses that readers are not shown, through the house: written, reviewed, published without them, carried
into the next edition with their authors, and on no public surface."""

import dataclasses
import json
import re
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.checks.problems import problems
from monographs.digest import digest, digest_of_part
from monographs.document import Section
from monographs.doses.model import Regimen
from monographs.doses.reading import build as read
from monographs.doses.reading import to_json
from monographs.doses.signable import KEPT
from monographs.models import Monograph, Overlay, Publication
from monographs.proofing.proof import proof_document
from monographs.signable import signable
from reviews.access.refusals import Conflict, Refused
from reviews.audit.verify import verify
from reviews.editing import parts
from reviews.models import ChangedPart, ChangeSet
from reviews.review.edition_review import EditionReview
from tests import factories as make
from tests.monographs.doses.examples import DOSES, changed
from tests.monographs.public.test_leaks import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MARK, NUMBER, COUNT = "QJWMARK", Decimal("98765.4"), 9876
MARKERS = ("qjwmark", "98765", "98,765", "9876", "9,876")
MINE = str(make.key("dose"))


def marked(value, kept=False):
    """A value with a marker in every field that holds words or a number, but in those that readers get."""
    if not dataclasses.is_dataclass(value):
        return value
    return type(value)(**{
        one.name: held if isinstance(value, Regimen) and one.name in KEPT else _marked(held, *kinds(one))
        for one in dataclasses.fields(value)
        for held in [getattr(value, one.name)]
    })  # fmt: skip


def kinds(field):
    kind, about = field.metadata["kind"], field.metadata["about"]
    return (about[0], True) if kind == "many" else (kind, False)


def _marked(held, kind, is_many):
    if held is None or held == ():
        return held
    if is_many:
        return tuple(_marked(one, kind, False) for one in held)
    return {"text": MARK, "number": NUMBER, "bound": NUMBER, "count": COUNT}.get(kind) or marked(held)


def marked_doses():
    for name, example in DOSES.items():
        fields = {**example["input"], "indication": "multiple sclerosis"}
        regimen = read({one: held for one, held in fields.items() if one not in ("key", "withheld", "unchecked", "missing_siblings")})  # fmt: skip
        yield make.dose(name, to_json(marked(regimen)), since="2026-07-04", reason="It was never read.")


def said(answer):
    """The words of a page."""
    return " ".join(unescape(re.sub("<[^>]*>", "", answer.content.decode())).split())


def signed(house, edition):
    make.submit(house, edition)
    make.sign(edition, house.clinician2)
    return make.sign(edition, house.pharmacist)


def test_no_figure_of_a_hidden_dose_reaches_a_public_address(client):
    house, doses = make.the_house(), list(marked_doses())
    assert sum(MARK in one.structure for one in doses) > 10
    assert all(str(NUMBER) in one.structure for one in doses)
    edition = make.published(house, doc=make.dosed(*doses))
    second = make.start(house, edition)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.publish(house, signed(house, second))

    for address in sorted({*addresses(), "/drugs/testazumab/editions/1...2/"}):
        answer = client.get(address)
        told = (answer.content.decode(errors="replace") + json.dumps(dict(answer.headers))).lower()
        assert not [one for one in MARKERS if one in told], address

    page = said(client.get("/drugs/testazumab/"))
    assert page.count("Dose not published yet: it has not had its checks against the source.") == len(doses)
    assert "Multiple sclerosis. Adult or child, body-weight over 33 kg" in page
    assert "It was never read." in page
    form = client.get("/drugs/testazumab/monograph.json").json()
    assert "regimens" in json.dumps(form)
    for publication in Publication.objects.all():
        assert not [one for one in MARKERS if one in publication.document.text.lower()]
    assert verify() == []


def test_who_wrote_hidden_figures_is_their_author_in_every_later_edition():
    house = make.the_house()
    first = make.draft(house, doc=make.dosed(), actor=house.clinician)
    make.submit(house, first)
    for one in (house.clinician2, house.pharmacist):
        make.sign(first, one)
    make.publish(house, first)

    second = make.start(house, make.live().edition, house.editor2)

    assert build(second).regimens == make.dosed().regimens
    (change,) = ChangeSet.objects.filter(edition=second)
    assert (change.touched, change.credits) == ([], {MINE: [house.clinician.pk]})
    assert EditionReview.load(second).changed == frozenset()
    other = make.dose(structure={**make.COURSES, "max_courses": 2})
    make.save_part(second, other, seen=digest_of_part(make.dose()), actor=house.editor)
    review = EditionReview.load(second)
    assert review.written_by[MINE] == {house.clinician.pk, house.editor.pk}
    assert review.changed == frozenset()  # readers get what they had
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.publish(house, signed(house, second))
    third = make.start(house, make.live().edition, house.editor2)
    assert EditionReview.load(third).written_by[MINE] == {house.clinician.pk, house.editor.pk}
    assert verify() == []


def test_who_wrote_figures_is_the_author_of_the_same_ones_under_another_key_for_another_use():
    """Here alone: in another monograph the same figures are nobody's."""
    house, relapse = make.the_house(), {**make.COURSES, "indication": "relapse"}
    edition = make.draft(house, doc=make.document())
    make.add_part(edition, make.dose(), actor=house.clinician)
    parts.remove_part(edition, make.dose(), seen=digest_of_part(make.dose()), actor=house.editor)
    copy = make.dose("copy", {**relapse, "steps": [{**one, "key": "x"} for one in make.COURSES["steps"]]})
    make.add_part(edition, copy, actor=house.editor2)
    make.add_part(edition, make.dose("other", changed(relapse, steps__0__dose="13")), actor=house.editor2)
    beside = make.draft(house, "otherumab", doc=make.document())
    make.add_part(beside, make.dose("beside", {**make.COURSES, "indication": "pain"}), actor=house.editor2)

    written_by = EditionReview.load(edition).written_by
    assert written_by[str(copy.key)] == {house.clinician.pk, house.editor2.pk}
    assert written_by[str(make.key("other"))] == {house.editor2.pk}
    assert EditionReview.load(beside).written_by[str(make.key("beside"))] == {house.editor2.pk}
    assert verify() == []


def test_what_is_signed_and_published_is_the_document_without_figures():
    house = make.the_house()
    edition = make.draft(house, doc=make.dosed())
    working = build(edition)

    make.submit(house, edition)

    review = EditionReview.load(edition)
    assert review.document == signable(working) != working == review.with_figures
    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    make.publish(house, edition)
    live = make.live()
    assert live.document_id == digest(signable(working))
    assert "12" not in live.document.value.regimens[0].structure
    assert build(edition) == working


def test_a_dose_that_is_set_to_be_shown_is_refused():
    house = make.the_house()
    edition = make.draft(house, doc=make.dosed(make.dose(status="shown")))

    with pytest.raises(Refused) as refused:
        make.submit(house, edition)

    assert refused.value.codes == ["problem_unchecked"]
    assert refused.value.refusals[0].part == MINE


def test_a_dose_is_written_like_any_part():
    house = make.the_house()
    edition = make.draft(house, doc=make.document())

    make.add_part(edition, make.dose(), actor=house.editor)
    other = make.dose(structure={**make.COURSES, "max_courses": 2})
    make.save_part(edition, other, seen=digest_of_part(make.dose()), actor=house.editor2)
    with pytest.raises(Conflict):
        make.save_part(edition, make.dose(), seen=digest_of_part(make.dose()), actor=house.editor)
    with pytest.raises(Refused) as refused:
        named = {**make.COURSES, "instructions": ["Patient 943 476 5919 has it"]}
        make.save_part(edition, make.dose(structure=named), seen=digest_of_part(other), actor=house.editor)
    assert refused.value.codes == ["patient_data"]
    parts.remove_part(edition, other, seen=digest_of_part(other), actor=house.editor)
    assert build(edition).regimens == ()
    parts.restore_part(edition, other, actor=house.editor)
    assert build(edition).regimens == (other,)
    first = ChangeSet.objects.filter(edition=edition).order_by("at", "revision_id")[1]
    parts.restore(edition, change=first, digest=digest(build(edition)), actor=house.editor)
    assert build(edition).regimens == (make.dose(),)
    assert EditionReview.load(edition).written_by[MINE] == {house.editor.pk, house.editor2.pk}
    assert verify() == []


def test_the_desk_sees_figures_and_says_that_readers_do_not(client):
    """Who sees a figure where: everybody of the desk who may read the draft, nobody else."""
    house = make.the_house()
    make.draft(house, doc=make.dosed())
    address = reverse("edit", args=["testazumab"])

    for person in (house.editor, house.clinician, house.publisher, house.auditor):
        client.force_login(person)
        page = said(client.get(address))
        assert "12 mg once daily over 4 hours for 5 consecutive days (total 60 mg)" in page
        assert "Not for readers" in page
    client.logout()
    assert "12 mg" not in said(client.get(address, follow=True))


def test_changed_figures_are_read_critical_first_in_review_workspace_and_history(client):
    house = make.the_house()
    make.published(house, doc=make.dosed())
    second = make.start(house, make.live().edition)
    other = make.dose(structure=changed(make.COURSES, steps__1__dose="120", source__accessed="2026-07-05"))
    make.save_part(second, other, seen=digest_of_part(make.dose()), actor=house.editor)
    change = ChangeSet.objects.get(edition=second, actor=house.editor, touched=[MINE])
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, second)
    client.force_login(house.clinician)

    for address in ("review/", "", f"history/?change={change.pk}"):
        answer = client.get(f"/desk/monographs/testazumab/{address}")
        page = said(answer)
        assert page.index("Critical: 10 times more: 12 mg → 120 mg (Course 2)") < page.index("Source read again")
        assert "Was12 mgNow120 mg, 10 times as much" in page
        assert "Not for readers" in page
        assert not re.search(r"<del>[^<]*\d", answer.content.decode())
    review = said(client.get("/desk/monographs/testazumab/review/"))
    assert "1 dose changed since edition 1, with" in review
    assert "120 mg once daily over 4 hours for 3 consecutive days (total 360 mg), 12 months after course 1." in review
    assert "1 changed part" in review  # figures are not among what is signed


def tenfold(house):
    """Edition 2 with ten times the dose of a course; the change set of edition 1."""
    second = make.start(house, make.published(house, doc=make.dosed()))
    other = make.dose(structure=changed(make.COURSES, steps__1__dose="120"))
    make.save_part(second, other, seen=digest_of_part(make.dose()), actor=house.editor)
    return second, ChangeSet.objects.get(edition__number=1)


def test_compare_shows_changed_figures_critical_first_and_not_for_readers_and_crosses_none_out(client):
    house = make.the_house()
    tenfold(house)
    client.force_login(house.editor2)

    answer = client.get("/desk/monographs/testazumab/compare/")

    page, html = said(answer), answer.content.decode()
    assert "1 dose differs, critical changes first. Readers get none of these figures." in page
    assert "Critical: 10 times more: 12 mg → 120 mg (Course 2)" in page
    assert "Was12 mgNow120 mg, 10 times as much" in page
    assert (answer.context["changes"], "Figures of doses alone." in page) == ([], True)
    assert not re.search(r"<(?:del|ins)>", html)
    assert not [one for one in answer.context["unchanged"] if one.startswith("Dose")]
    assert page.index("Not for readers") < page.index("12 mg")
    assert "The whole dose, before and afterBefore" in page


def test_an_earlier_state_is_restored_on_its_page_with_its_figures_and_their_authors(client):
    """What is compared, and what the form carries, is the draft with its figures."""
    house = make.the_house()
    second, made = tenfold(house)
    client.force_login(house.editor2)
    address = reverse("restore", args=["testazumab", made.pk])

    page = said(client.get(address))

    assert "Critical: 10 times less: 120 mg → 12 mg (Course 2)" in page
    shown = client.get(address).context["digest"]
    assert shown == digest(build(second)) != make.seen(second)
    answer = client.post(address, {"digest": shown, "reason": "It was wrong."})
    assert (answer.status_code, build(second)) == (302, make.dosed())
    change = ChangeSet.objects.filter(edition=second).latest("at", "revision_id")
    assert (change.touched, change.credits) == ([MINE], {MINE: [house.editor.pk]})
    assert EditionReview.load(second).written_by[MINE] == {house.editor.pk, house.editor2.pk}
    assert "Nothing differs" in said(client.get(address))
    assert verify() == []


def test_a_state_with_ten_times_a_dose_is_restored_with_a_reason_alone(client):
    """As a dose that is typed so: there the form asks, here the verb."""
    house = make.the_house()
    second, made = tenfold(house)
    client.force_login(house.editor2)
    address = reverse("restore", args=["testazumab", made.pk])
    shown, before = client.get(address).context["digest"], build(second)

    page = said(client.get(address))
    assert "An amount of a dose would be ten times as much, or a tenth." in page
    words = "Dose: Multiple sclerosis. Adult. By intravenous infusion: Step 2 is 1/10 of what stood there."
    assert words in page
    for reason in ("", " ", "…"):
        answer = client.post(address, {"digest": shown, "reason": reason})
        assert (answer.status_code, build(second)) == (422, before), reason
        assert f"{words} Say why." in said(answer)
    assert client.post(address, {"digest": shown, "reason": "It had slipped."}).status_code == 302
    assert build(second) == make.dosed()
    assert verify() == []


def test_the_review_of_a_first_edition_names_an_amount_ten_times_another(client):
    """Of an import nobody typed a word here, so nobody was asked."""
    house = make.the_house()
    slipped = make.dose(structure=changed(make.COURSES, steps__1__dose="120"))
    edition = make.draft(house, doc=make.dosed(slipped))
    make.submit(house, edition)
    client.force_login(house.clinician)

    page = said(client.get("/desk/monographs/testazumab/review/"))

    assert page.index("Critical: Step 2 is 10 times step 1") < page.index("A first edition: all")
    assert "1 dose has an amount that asks to be looked at twice." in page


def test_who_restores_a_state_that_others_changed_meanwhile_reads_which_figures(client):
    house = make.the_house()
    second, made = tenfold(house)
    client.force_login(house.editor2)
    address = reverse("restore", args=["testazumab", made.pk])
    shown = client.get(address).context["digest"]
    other = make.dose(structure=changed(make.COURSES, steps__1__dose="240"))
    (now,) = build(second).regimens
    make.save_part(second, other, seen=digest_of_part(now), actor=house.editor)

    answer = client.post(address, {"digest": shown})

    assert answer.status_code == 409
    (meanwhile,) = answer.context["meanwhile"].doses
    assert [one.ratio for one in meanwhile.lines if one.ratio] == ["2 times"]
    html = answer.content.decode()
    assert len(re.findall(r' id="(?:meanwhile-)?dose', html)) == len(
        set(re.findall(r' id="(?:meanwhile-)?dose[^"]*"', html))
    )
    assert "20 times less: 240 mg → 12 mg" in said(answer)


def test_a_step_that_was_refused_as_stale_tells_which_figures_changed(client):
    """The digest that its form carries is that of what is signed."""
    house = make.the_house()
    second, _made = tenfold(house)
    seen = make.seen(second)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    (now,) = build(second).regimens
    other = make.dose(structure=changed(make.COURSES, steps__1__dose="240"))
    make.save_part(second, other, seen=digest_of_part(now), actor=house.editor)
    client.force_login(house.editor2)

    answer = client.post("/desk/monographs/testazumab/do/submit/", {"digest": seen})

    assert answer.status_code == 409
    assert "2 times more: 120 mg → 240 mg" in said(answer)


def test_a_dose_that_no_rule_can_say_is_shown_as_such_and_breaks_no_page(client):
    house = make.the_house()
    make.published(house, doc=make.dosed())
    second = make.start(house, make.live().edition)
    other = make.dose(structure=changed(make.COURSES, steps__0__freq={"n": 2, "period": 4, "unit": "h"}))
    make.save_part(second, other, seen=digest_of_part(make.dose()), actor=house.editor)
    change = ChangeSet.objects.get(edition=second, actor=house.editor, touched=[MINE])
    client.force_login(house.editor)

    for address in ("", f"history/?change={change.pk}"):
        page = said(client.get(f"/desk/monographs/testazumab/{address}"))
        assert "It cannot be compared: no rule reads one of its two sides." in page
    page = said(client.get(reverse("edit", args=["testazumab"])))
    assert "several doses in a period that is not 1" in page
    assert "twice" not in page


def test_figures_alone_are_not_sent_for_review_and_the_draft_says_what_to_do(client):
    """Readers would get the very document that was signed, so nobody could sign; the figures wait in the draft."""
    house = make.the_house()
    second, _made = tenfold(house)
    client.force_login(house.editor)
    only = "Only doses that readers are not shown differ from the published edition"

    with pytest.raises(Refused) as no:
        make.submit(house, second)
    assert no.value.codes == ["nothing_changed"]
    assert only in str(no.value)
    assert "Keep this draft open" in str(no.value)
    page = said(client.get(reverse("edit", args=["testazumab"])))
    assert "Nothing to review yet: only doses that readers are not shown differ. Keep this draft open." in page
    assert "Send for review" not in page
    assert only in said(client.get("/desk/monographs/testazumab/"))

    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    assert "Send for review" in said(client.get(reverse("edit", args=["testazumab"])))
    make.publish(house, signed(house, second))
    third = make.start(house, make.live().edition)
    assert "120" in build(third).regimens[0].structure, "they went along"
    with pytest.raises(Refused) as no:
        make.submit(house, third)
    assert "Nothing differs from the published edition" in str(no.value)
    assert verify() == []


ALIKE = "Dose: Multiple sclerosis. Adult. By intravenous infusion"


def test_two_doses_of_the_same_first_line_are_told_apart_wherever_one_is_named(client):
    """By the number of each among those alike: in the history, in messages, in refusals, where they are sorted,
    compared, reviewed and remarked on."""
    house = make.the_house()
    first = make.published(house, doc=make.dosed(make.dose("a"), make.dose("b")))
    second = make.start(house, first)
    tenfold = make.dose("b", changed(make.COURSES, steps__1__dose="120"), reason="Never read.")
    make.save_part(second, tenfold, seen=digest_of_part(make.dose("b")), actor=house.editor)
    change = ChangeSet.objects.filter(edition=second).latest("at", "revision_id")
    client.force_login(house.editor)
    desk = "/desk/monographs/testazumab/"

    assert change.reason == f"Changed {ALIKE} (2 of 2)"
    assert [one.label for one in ChangedPart.objects.filter(change_set=change)] == [f"{ALIKE} (2 of 2)"]
    for address in ("history/", f"history/?change={change.pk}", "compare/", "edit/", "", "edit/order/?kind=regimen"):
        page = said(client.get(desk + address))
        assert f"{ALIKE} (2 of 2)" in page, address
        assert not re.search(rf"{ALIKE}(?! \([12] of 2\))", page), address
    make.submit(house, second)
    client.force_login(house.clinician)
    page = said(client.get(desk + "review/"))
    assert f"{ALIKE} (2 of 2)" in page
    assert not re.search(rf"{ALIKE}(?! \([12] of 2\))", page)
    assert verify() == []


def test_a_dose_that_goes_and_comes_back_keeps_its_number_in_what_is_said_of_it(client):
    house = make.the_house()
    edition = make.draft(house, doc=make.dosed(make.dose("a"), make.dose("b"), make.dose("c")))
    client.force_login(house.editor)
    path = reverse("part_edit", args=["testazumab", make.key("b")])

    told = said(client.post(path, {"remove": "1", "seen": digest_of_part(make.dose("b"))}, follow=True))
    assert f"{ALIKE} (2 of 3) was removed." in told
    last = ChangeSet.objects.filter(edition=edition).latest("at", "revision_id")
    assert last.reason == f"Removed {ALIKE} (2 of 3)"
    parts.remove_part(edition, make.dose("c"), seen=digest_of_part(make.dose("c")), actor=house.editor)
    page = said(client.get(reverse("edit", args=["testazumab"])))
    assert (page.count(f"{ALIKE} (1 of 2)"), page.count(f"{ALIKE} (2 of 2)")) >= (1, 1), "of those that were removed"
    told = said(client.post(reverse("edit", args=["testazumab"]), {"restore": str(make.key("b"))}, follow=True))
    assert f"{ALIKE} (2 of 2) is back as it was." in told
    last = ChangeSet.objects.filter(edition=edition).latest("at", "revision_id")
    assert last.reason == f"Restored {ALIKE} (2 of 2)"
    assert verify() == []


def test_what_is_refused_of_one_of_two_doses_alike_says_of_which():
    house = make.the_house()
    quoted = make.dose("b", reason="12 mg was never read.")
    shown = make.dose("c", status="shown")
    for one, sentence in ((quoted, f"{ALIKE} (2 of 2): “12 mg”: {FIGURE}"), (shown, "")):
        edition = make.draft(house, f"drug{one.status}ab", doc=make.dosed(make.dose("a"), one))
        with pytest.raises(Refused) as no:
            make.submit(house, edition)
        assert sentence in [refusal.sentence for refusal in no.value.refusals] if sentence else no.value.codes
    (problem,) = [one for one in problems(make.dosed(make.dose("a"), shown)) if one.code == "unchecked"]
    assert problem.place == f"{ALIKE} (2 of 2)"


QUOTED = "Move this dose to a regimen."
FIGURE = "A dose is withheld or unchecked here: no dose figures in prose."


def quoting(kind="cautions", text="The usual 12 mg. Give 12 mg once daily for 5 days."):
    return Section(key=make.key("x"), kind=kind, heading="Cautions", text=text)


def refused(house, edition):
    with pytest.raises(Refused) as no:
        make.submit(house, edition)
    assert set(no.value.codes) == {"proofing"}
    return {(one.part, one.field, one.sentence.rpartition("”: ")[2]) for one in no.value.refusals}


def test_words_that_quote_a_figure_that_readers_are_not_shown_are_not_sent_for_review(client):
    house = make.the_house()
    part, sentences = str(make.key("x")), {QUOTED, FIGURE}
    edition = make.draft(house, doc=make.dosed(sections=[quoting()]))
    (found,) = [hits for place, hits in proof_document(build(edition)) if place.field == "text" and hits]

    assert {(one.rule, one.severity) for one in found} >= {("L31", "block"), ("L36", "block")}
    assert refused(house, edition) == {(part, "text", one) for one in sentences}
    client.force_login(house.editor)
    for address in (reverse("edit", args=["testazumab"]), reverse("part_edit", args=["testazumab", part])):
        page = said(client.get(address))
        assert all(f"”: {one}" in page for one in sentences), address
    make.save_part(edition, quoting(text="Give it again."), seen=digest_of_part(quoting()), actor=house.editor)
    make.submit(house, edition)


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "12 mg was never read."},
        {"instead": "The leaflet: 0.012 g."},
        {"structure": {**make.COURSES, "indication": "relapse after 12 mg"}},
        {"structure": {**make.COURSES, "criteria": {"at_least": 2, "of": ["12 to 15 mg before", "relapse"]}}},
    ],
)
def test_nor_are_words_of_the_dose_itself_that_readers_get(fields):
    house = make.the_house()
    edition = make.draft(house, doc=make.dosed(make.dose(**fields)))

    assert refused(house, edition) == {(MINE, next(iter(fields)), FIGURE)}


def test_a_part_that_stands_as_it_is_published_is_asked_again_for_the_figures_of_a_new_dose(client):
    """It changed in nothing, and its amount, which readers have, became that of a dose that they are not shown."""
    house = make.the_house()
    first = make.published(house, doc=make.document(sections=[quoting(text="The usual 12 mg; 5/7.")]))
    second = make.start(house, first)
    make.add_part(second, make.dose(), actor=house.editor)

    assert str(make.key("x")) not in EditionReview.load(second).changed
    assert refused(house, second) == {(str(make.key("x")), "text", FIGURE)}
    client.force_login(house.editor)
    assert FIGURE in said(client.get(reverse("edit", args=["testazumab"])))


def test_lines_that_the_structure_does_not_make_are_not_sent_for_review():
    """Whoever wrote them: what is signed of a dose is made of what its editors see."""
    house, other = make.the_house(), json.dumps([[["population", "Adult. Give 12 mg."]]])
    edition = make.draft(house, doc=make.document(regimens=[make.dose().model_copy(update={"lines": other})]))

    assert "12 mg" in signable(build(edition)).regimens[0].lines
    with pytest.raises(Refused) as no:
        make.submit(house, edition)
    assert [(one.code, one.part, one.field) for one in no.value.refusals] == [("problem_lines", MINE, "lines")]


# -- What is said over a page ----------------------------------------------------------------------------------------


def codes(act):
    with pytest.raises(Refused) as no:
        act()
    return [(one.code, one.field) for one in no.value.refusals]


@pytest.fixture
def dosed_page():
    """Published with a dose of 12 mg; the open edition has one of 16 mg, which readers are not shown either."""
    house = make.the_house()
    edition = make.published(house, doc=make.dosed(sections=[quoting(text="Give it again.")]))
    second = make.start(house, edition)
    other = make.dose(structure=changed(make.COURSES, steps__1__dose="16"))
    make.save_part(second, other, seen=digest_of_part(make.dose()), actor=house.editor)
    return house, Monograph.objects.get()


@pytest.mark.parametrize(
    ("right", "is_refused"),
    [
        ("Give 12 mg again.", True), ("Give 0.012 g again.", True), ("Give 12 milligrams again.", True),
        ("Give 16 mg again.", True), ("Give 7 mg again.", True), ("Do not give it again.", False),
        ("Give it below 30 mL/min.", False),
        ("Give twelve milligrams again.", True), ("Give half a tablet again.", True), ("Give 2 tablets of 6 mg.", True),
        ("Give two infusions, each of 12 mg.", True), ("Infuse 12 mg/100 mL.", True), ("Give half this tablet.", True),
        ("Give it below 150 µmol L⁻¹.", False), ("Give it as two US trials did.", False),
        ("Take two tablets.", True), ("Give 3 × 4 mg.", True), ("Give 12\xa0000 µg.", True), ("Give １２ mg.", True),
        ("Give it above 12 mmol/L.", False), ("It comes as 12 mg tablets.", False), ("Give it from 12 years on.", False),
    ],
)  # fmt: skip
def test_a_correction_holds_no_dose_while_the_page_has_one_that_is_not_shown(dosed_page, right, is_refused):
    house, page = dosed_page

    def correct():
        make.correct(house.pharmacist, page, wrong="Give it again.", right=right)

    assert (codes(correct) == [("hidden_figure", "right")]) if is_refused else correct() is None
    assert Overlay.objects.filter(kind="erratum").count() == (not is_refused)
    assert verify() == []


def test_a_page_without_a_dose_takes_a_figure_in_its_correction():
    house = make.the_house()
    make.published(house, doc=make.document(sections=[quoting(text="Give it again.")]))

    make.correct(house.pharmacist, Monograph.objects.get(), wrong="Give it again.", right="Give 12 mg again.")

    assert Overlay.objects.get().right == "Give 12 mg again."


@pytest.mark.parametrize(
    ("reason", "is_refused"),
    [
        ("Two 8 mg doses are wrong.", True), ("8 mg BD is wrong.", True), ("A pair of 8 mg tablets is wrong.", True),
        ("Sixteen milligrams is wrong.", True), ("8 mg twice daily is wrong.", True), ("2 x 8 mg is wrong.", True),
        ("Half a tablet is wrong.", True), ("12 to 20 mg is wrong.", True), ("0,016 g is wrong.", True),
        ("16 mg/L was measured.", False), ("The 16 mg tablets were recalled.", False), ("Two tablets were broken.", False),
        ("Seven milligrams were sold.", False), ("It is wrong since 2016.", False),
    ],
)  # fmt: skip
def test_a_printed_reason_hides_no_figure_in_words_and_may_say_what_is_none(dosed_page, reason, is_refused):
    house, page = dosed_page

    def withdraw():
        make.withdraw(page.live.edition, house.publisher, "retire", reason=reason)

    assert (codes(withdraw) == [("hidden_figure", "reason")]) if is_refused else withdraw() is None


@pytest.mark.parametrize("kind", ["retire", "take_down"])
def test_the_reason_of_a_withdrawal_and_of_its_end_holds_no_figure_that_readers_are_not_shown(dosed_page, kind, client):
    house, page = dosed_page

    assert codes(lambda: make.withdraw(page.live.edition, house.publisher, kind, reason="16 mg is wrong.")) == [
        ("hidden_figure", "reason")
    ]
    make.withdraw(page.live.edition, house.publisher, kind, reason="Its source is in doubt since 7 mg was sold.")
    assert "16 mg" not in said(client.get("/drugs/testazumab/"))


def test_the_end_of_a_correction_is_told_without_a_figure(dosed_page):
    house, page = dosed_page
    make.correct(house.pharmacist, page, wrong="Give it again.", right="Do not give it again.")
    overlay = Overlay.objects.get()

    assert codes(lambda: make.lift(overlay, house.pharmacist, reason="It is 12 mg.")) == [("hidden_figure", "reason")]


def test_a_warning_stands_in_the_words_of_the_regulator_whatever_figure_they_hold(dosed_page, client):
    """Readers need it, and a second clinician looks at the regulator's own text within a day."""
    house, page = dosed_page

    make.warn(house.clinician, page, quote="Never give more than 12 mg.")

    assert "Never give more than 12 mg." in said(client.get("/drugs/testazumab/"))
