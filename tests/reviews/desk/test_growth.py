"""What the queue and the review cost, pinned: as many queries and rows for many monographs as for few, and pages that
grow no longer (docs/design.md tells them at 2,000 monographs)."""

import pytest
from django.db import connection
from django.db.models.sql import compiler
from django.test.utils import CaptureQueriesContext

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import Section
from monographs.standing import today
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.changes import change_set
from reviews.editing.assignments import assign
from reviews.editing.classes import set_floor
from reviews.editing.parts import restore
from reviews.editing.shown import digest_of_row
from reviews.models import ChangeSet
from reviews.workflow import perform
from tests import factories as make
from tests.cells import every_cell

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NARROWED = "q=umab&of=neurology&state=in_review&tier=standard"
SHOWN = ("mine", "others", "all", "due", "withdrawn")
PEOPLE = ("editor", "clinician", "pharmacist", "publisher", "auditor")


@pytest.fixture
def asked(enter, monkeypatch):
    """What a page costs: queries, rows that the database answered, and bytes."""
    monkeypatch.setattr("reviews.desk.queue.A_SCREEN", 2)
    real = compiler.cursor_iter
    rows = []

    def counted(*args, **kwargs):
        for some in real(*args, **kwargs):
            rows.extend(some)
            yield some

    def ask(person, address):
        client = enter(person)
        client.get(address)  # content types and the session are known
        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
            patch.setattr(compiler, "cursor_iter", counted)
            rows.clear()
            answer = client.get(address)
        assert answer.status_code == 200
        return len([one for one in queries if "SAVEPOINT" not in one["sql"]]), len(rows), len(answer.content)

    return ask


def in_review(house, slug):
    edition = make.submit(house, make.draft(house, slug))
    for person in ("clinician", "pharmacist"):
        assign(edition, person=house.people[person], due_on=today(), actor=house.editor)
    return edition


@pytest.mark.each_case
def test_monographs_on_which_nobody_works_cost_the_queue_no_query_and_no_row(house, asked):
    set_floor(house.root, tier_floor="standard", actor=house.admin, seen=digest_of_row(house.root), reason="For a test")
    in_review(house, "openumab")
    pages = [(person, f"/desk/?show=mine&{query}") for person in PEOPLE for query in ("", NARROWED)]

    def published(first, last):
        for number in range(first, last):
            make.published(house, f"liveumab-{number}")

    published(0, 2)
    few = {page: asked(*page)[:2] for page in pages}
    published(2, 6)

    assert {page: asked(*page)[:2] for page in pages} == few


def test_a_longer_queue_asks_no_more_and_its_pages_do_not_grow(house, asked, monkeypatch):
    """Each open edition is read once: its row, its change sets, its last step, and who is asked."""
    far = today().replace(year=today().year + 4)
    monkeypatch.setattr("reviews.desk.queue.today", lambda at=None: today(at) if at else far)

    def more(first, last):
        for number in range(first, last):
            in_review(house, f"openumab-{number:03}")
            make.withdraw(make.published(house, f"liveumab-{number:03}"), house.publisher)
            make.draft(house, f"draftumab-{number:03}")

    pages = [
        (person, show, f"/desk/?show={show}&{query}")
        for person in PEOPLE for show in SHOWN for query in ("", "q=umab&tier=standard")
    ]  # fmt: skip
    more(0, 3)
    few = {page: asked(page[0], page[2]) for page in pages}
    more(3, 8)

    with every_cell() as cell:
        for page in pages:
            person, show, address = page
            with cell(person, address):
                queries, rows, size = asked(person, address)
                assert queries == few[page][0], "queries"
                # Ten open editions more, each with a change set and half of them with a step and two who are asked, and
                # five pages.
                assert rows - few[page][1] <= 10 * 2 + 5 * 5 + 5 * 3, "rows"
                # Counts have more figures, and there is a link to the next page.
                assert size - few[page][2] < 400 or show in ("mine", "others"), "bytes"


def test_a_review_of_sixty_parts_asks_as_much_as_one_of_six(house, asked):
    def changed(slug, doc, count):
        edition = make.start(house, make.published(house, slug, doc))
        found = build(edition).sections[:count]
        with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="More") as change:
            for one in found:
                change.save(one.replaced(text=f"{one.text}\n\nMore."), seen=digest_of_part(one))
        make.submit(house, edition)
        return asked("clinician", f"/desk/monographs/{slug}/review/"), asked("clinician", f"/desk/monographs/{slug}/")

    doc = make.document()
    more = [
        Section(
            key=make.key(f"c {at}"), kind="cautions", heading=f"Caution {at}", text="Look for it in the first weeks."
        )
        for at in range(54)
    ]
    few = changed("fewumab", doc, 2)
    many = changed("manyumab", make.document(sections=(*doc.sections, *more)), 60)

    assert len(list(make.document(sections=(*doc.sections, *more)).parts())) == 60
    assert [one[0] for one in many] == [one[0] for one in few]
    assert [one[0] for one in many] == [23, 28]
    assert [one[2] <= most for one, most in zip(many, (165_000, 45_000), strict=True)] == [True, True]


def test_a_longer_history_costs_its_pages_no_query_and_no_row(house, asked):
    """Beside a longer trail of what was refused there: each page reads what it shows, and of what people wrote each
    answer once."""
    edition = make.start(house, make.published(house))

    def more(times):
        for number in range(times):
            for name, editor in (("monitoring", house.editor), ("prescribing", house.editor2)):
                make.reword(edition, name, f"Words {number} of {times}.", actor=editor)
            with pytest.raises(Refused):
                perform("publish", editions=[edition], actor=house.editor, digest=make.seen(edition))

    more(12)
    change = ChangeSet.objects.filter(edition=edition).order_by("at")[1]
    pages = [f"/desk/monographs/testazumab/{name}" for name in ("", "history/", "edit/", "compare/")]
    pages += [f"/desk/monographs/testazumab/compare/?from={change.pk}&to=now", "/desk/?show=all"]
    few = {page: asked("editor", page)[:2] for page in pages}
    more(20)
    many = {page: asked("editor", page)[:2] for page in pages}
    assert [page for page, cost in many.items() if cost[0] > few[page][0]] == []
    over = {page: (few[page], cost) for page, cost in many.items() if cost[1] > few[page][1] + 1}
    # A list of comparison is as long as a screen.
    assert over.keys() <= {one for one in pages if "compare" in one}
    assert all(cost[1] <= 50 for page, cost in many.items() if page in over), over


def test_restoring_beside_a_longer_history_reads_no_row_more(house, monkeypatch):
    """Under the write lock, and whoever wrote what comes back is asked: of who touched what each answer is read once."""
    live = make.published(house)
    real, rows = compiler.cursor_iter, []

    def counted(*args, **kwargs):
        for some in real(*args, **kwargs):
            rows.extend(some)
            yield some

    def cost(act):
        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
            patch.setattr(compiler, "cursor_iter", counted)
            rows.clear()
            act()
        return len(queries), len(rows)

    def beside(times):
        """The next draft, after one that was given up with so many change sets."""
        old = make.start(house, live)
        for number in range(times):
            for name, editor in (("monitoring", house.editor), ("prescribing", house.editor2)):
                make.reword(old, name, f"- Words that nobody else wrote before, {number} of {times}.", actor=editor)
        state = ChangeSet.objects.filter(edition=old).select_related("edition", "after").latest("at", "revision_id")
        perform("discard", editions=[old], actor=house.editor, digest=make.seen(old), reason="Given up")
        new = make.start(house, live)
        back = cost(lambda: restore(new, change=state, digest=make.seen(new), actor=house.editor2))
        credits = ChangeSet.objects.filter(edition=new, actor=house.editor2).latest("at").credits
        assert house.editor.pk in credits[str(make.key("monitoring"))]
        perform("discard", editions=[new], actor=house.editor, digest=make.seen(new), reason="Given up")
        return back

    beside(3)
    few, many = beside(3), beside(15)

    # Two editions more: who wrote each part there, and how it stood last.
    assert many[0] <= few[0]
    assert many[1] - few[1] <= 16, (few, many)
