"""The queue as a table: who sees which open edition as what, in which words and order, and when it goes again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Edition, Monograph
from reviews.editing.library import make_class
from reviews.editing.monographs import set_tier
from reviews.models import AuditEvent
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.each_case

COUNTS = "Your signature would count for 7 of 7 changed parts."


def step(edition, transition, actor, reason="Because of a test."):
    return perform(transition, editions=[edition], actor=actor, digest=make.seen(edition), reason=reason)[0].edition


@pytest.fixture(scope="module")
def made(once_a_module):
    """An open edition in every state. `clinician2` is a publisher too, and signed `solozumab` alone."""
    house = make.the_house()
    oncology = make_class("Oncology", slug="oncology", actor=house.admin)
    make.draft(replace(house, leaf=oncology), "closedzumab")
    make.draft(house, "draftzumab")
    make.draft(house, "aazumab", actor=house.editor2)
    step(make.submit(house, make.draft(house, "backzumab")), "send-back", house.pharmacist, "Say <which> test.")
    make.submit(house, make.draft(house, "waitzumab"), actor=house.editor2)
    again = make.submit(house, make.draft(house, "roundzumab"))
    make.sign(again, house.clinician)
    make.submit(house, step(again, "send-back", house.publisher))
    taken = make.submit(house, make.draft(house, "takenzumab"))
    make.sign(taken, house.clinician)
    step(taken, "unsign", house.clinician)
    make.signed(house, "readyzumab")
    make.give_role(house.clinician2, "publisher", actor=house.admin)
    live = make.published(house, "solozumab")
    set_tier(live.monograph, "low", actor=house.clinician, reason="Harmless.")
    solo = make.start(house, live, actor=house.editor2)
    make.reword(solo, "monitoring", "Other words.", actor=house.editor2)
    make.sign(make.submit(house, solo, actor=house.editor2), house.clinician2)


def rows(client, show="mine"):
    return [
        (task.what, task.work.monograph.slug, task.why, task.link, task.button, task.reason)
        for task in client.get(f"/desk/?show={show}").context["tasks"]
    ]


def draft(slug):
    return ("Your draft", slug, "Not sent for review yet.", "workspace", "Continue editing", "")


def asked(slug):
    return ("Review and signature", slug, COUNTS, "review", "Open the review", "")


READY = ("Ready to publish", "readyzumab", "Every changed part is signed.", "workspace", "Open the workspace", "")
SOLO = ("Ready to publish", "solozumab", "Every changed part is signed. It replaces edition 1.", *READY[3:])
BACK = (
    "Sent back",
    "backzumab",
    "Test pharmacist sent it back to its editors.",
    "workspace",
    "Open the draft",
    "Say <which> test.",
)
MINE = {
    "editor": [BACK, draft("draftzumab")],
    "editor2": [draft("aazumab")],
    "clinician": [asked("waitzumab"), asked("roundzumab"), asked("takenzumab")],
    "pharmacist": [asked("waitzumab"), asked("roundzumab"), asked("takenzumab")],
    "clinician2": [asked("waitzumab"), asked("roundzumab"), asked("takenzumab"), READY],
    "publisher": [READY, SOLO],
    "auditor": [],
    "admin": [],
}


@pytest.mark.parametrize("person", MINE)
def test_each_person_finds_what_waits_for_them_in_its_words_the_longest_waiting_first(house, enter, person):
    client = enter(person)

    assert rows(client) == MINE[person]

    page = client.get("/desk/")
    count = len(MINE[person])
    said = {0: "Nothing waits for you.", 1: "1 thing waits for you."}.get(count, f"{count} things wait for you.")
    html = page.content.decode()
    assert f'<p class="soft">{said}</p>' in html
    assert page.context["tabs"][0] == ("mine", "Waiting for me", count, "show=mine")
    assert html.count('<a class="btn" href') == min(count, 1)
    for _what, slug, why, link, _button, _reason in MINE[person]:
        assert why in html
        assert html.count(f'href="/desk/monographs/{slug}/{"review/" if link == "review" else ""}"') == 2


OTHERS = {
    # What they wrote, sent or signed, and others have now.
    "editor": ["waitzumab", "roundzumab", "takenzumab", "readyzumab"],
    "editor2": ["waitzumab", "solozumab"],
    "clinician": ["readyzumab"],
    "pharmacist": ["backzumab", "readyzumab"],
    "clinician2": ["solozumab"],
    "publisher": [],
    "auditor": [],
}


@pytest.mark.parametrize("person", OTHERS)
def test_what_others_have_now_is_what_one_wrote_sent_or_signed(house, enter, person):
    page = enter(person).get("/desk/?show=others")

    assert [task.work.monograph.slug for task in page.context["tasks"]] == OTHERS[person]
    assert page.context["tabs"][1] == ("others", "Waiting for others", len(OTHERS[person]), "show=others")
    assert page.context["heading"] == "Waiting for others"
    assert '<a class="btn" href' not in page.content.decode()
    assert ("Nothing of yours waits for others" in page.content.decode()) == (not OTHERS[person])


def test_all_open_editions_are_told_in_the_words_of_their_state_and_only_the_auditor_sees_a_closed_class(house, enter):
    missing_professions = "Still to sign: a doctor or a pharmacist and one more registered clinician."
    waits = ("In review", missing_professions)
    told = {
        "backzumab": ("Draft", "Its editors are at work."),
        "waitzumab": waits,
        "roundzumab": waits,
        "takenzumab": waits,
        "readyzumab": ("Clinician reviewed", "Waits for a publisher."),
        "solozumab": ("Clinician reviewed", "Waits for a publisher."),
        "aazumab": ("Draft", "Its editors are at work."),
        "closedzumab": ("Draft", "Its editors are at work."),
        "draftzumab": ("Draft", "Its editors are at work."),
    }

    shown = rows(enter("auditor"), "all")

    assert [(what, slug, why) for what, slug, why, *_ in shown] == [
        (what, slug, why) for slug, (what, why) in told.items()
    ]
    assert {row[3:] for row in shown} == {("workspace", "Open the workspace", "")}
    assert [row[1] for row in rows(enter("editor"), "all")] == [slug for slug in told if slug != "closedzumab"]
    assert enter("editor").get("/desk/?show=all").context["tabs"][4] == ("all", "All open editions", 8, "show=all")


def test_each_task_says_when_it_moved_last_and_who_moved_it(house, enter):
    html = enter("auditor").get("/desk/?show=all").content.decode()
    tasks = {part.split("/monographs/", 1)[1].split("/")[0]: part for part in html.split('<li class="task')[1:]}

    day = timezone.localtime(AuditEvent.objects.filter(verb="submitted").latest("seq").at)
    assert "Sent for review <time" in tasks["waitzumab"]
    assert f'{day.day} {day:%B %Y}</time></p><p class="soft">By Test editor2</p>' in tasks["waitzumab"]
    assert "By Test editor</p>" in tasks["roundzumab"]
    assert "Sent back <time" in tasks["backzumab"]
    assert "By Test pharmacist</p>" in tasks["backzumab"]
    assert "Never sent for review" in tasks["draftzumab"]
    mine = enter("editor").get("/desk/").content.decode()
    assert '<p class="small">“Say &lt;which&gt; test.”</p>' in mine
    assert mine.count('<li class="task task-late">') == 1


def test_a_signature_is_asked_for_until_it_is_given_and_a_sent_back_edition_until_it_is_sent_again(house, enter):
    waiting = Edition.objects.get(monograph__slug="waitzumab")
    make.sign(waiting, house.clinician)

    assert [row[1] for row in rows(enter("clinician"))] == ["roundzumab", "takenzumab"]
    assert [row[1] for row in rows(enter("clinician"), "others")] == ["waitzumab", "readyzumab"]
    assert "Still to sign: one more registered clinician." in str(rows(enter("auditor"), "all"))

    make.sign(waiting, house.pharmacist)
    assert [row[1] for row in rows(enter("publisher"))] == ["waitzumab", "readyzumab", "solozumab"]

    make.submit(house, Edition.objects.get(monograph__slug="backzumab"))
    assert [row[1] for row in rows(enter("editor"))] == ["draftzumab"]
    assert [row[1] for row in rows(enter("clinician"))] == ["roundzumab", "takenzumab", "backzumab"]


def test_whoever_signed_alone_is_asked_to_publish_once_another_signed_too(house, enter):
    solo = Edition.objects.get(monograph__slug="solozumab", number=2)
    assert SOLO not in rows(enter("clinician2"))

    make.sign(solo, house.pharmacist)

    assert SOLO in rows(enter("clinician2"))


def test_a_draft_waits_for_nobody_who_may_not_write_any_more(house, enter):
    make.revoke("editor", house.root, actor=house.admin)
    make.give_role(house.editor, "auditor", actor=house.admin)

    assert rows(enter("editor")) == []
    assert "draftzumab" in [row[1] for row in rows(enter("editor"), "others")]


@pytest.mark.usefixtures("grants_last")
def test_what_is_in_review_waits_for_no_clinician_whose_registration_lapsed_that_day(house, enter, monkeypatch):
    """Looked up today: it carries for twelve months."""
    now = timezone.now()
    for days, count in ((364, 3), (367, 0)):
        monkeypatch.setattr("django.utils.timezone.now", lambda days=days: now + timedelta(days=days))
        page = enter("clinician").get("/desk/")
        assert (len(page.context["tasks"]), bool(page.context["before_signing"])) == (count, count == 0)
    assert "You cannot sign yet" in page.content.decode()
    assert "You cannot sign yet" not in enter("publisher").get("/desk/").content.decode()


# -- The list of monographs --------------------------------------------------------------------------------------------


def test_the_list_says_of_each_monograph_what_is_open_what_readers_see_its_tier_and_when_it_is_due(house, enter):
    page = enter("auditor").get("/desk/monographs/")

    assert [row.slug for row in page.context["page"]] == [
        # By the name that the desk calls it: all are Testazumab here, so by address.
        "aazumab", "backzumab", "closedzumab", "draftzumab", "readyzumab", "roundzumab", "solozumab", "takenzumab",
        "waitzumab",
    ]  # fmt: skip
    assert [(key, word, count) for key, word, count in page.context["filters"]] == [
        ("", "All", 9),
        ("draft", "Draft", 4),
        ("in_review", "In review", 3),
        ("clinician_reviewed", "Clinician reviewed", 2),
        ("published", "Published", 1),
        ("unpublished", "Not published", 8),
        ("doses", "Doses not shown", 0),
        ("overdue", "Review overdue", 0),
    ]
    html = " ".join(page.content.decode().split())
    cells = {part.split("/", 1)[0]: part for part in html.split('<th scope="row"><a href="/desk/monographs/')[1:]}
    solo, wait = cells["solozumab"], cells["waitzumab"]
    due = Monograph.objects.get(slug="solozumab").next_review_due
    assert ">Multiple sclerosis</td>" in solo
    assert '2 <span class="chip chip-reviewed">Clinician reviewed</span>' in solo
    assert '<a href="/drugs/solozumab/">Edition 1</a>' in solo
    assert ">Low</td>" in solo
    assert f'<time datetime="{due}">{due.day} {due:%B %Y}</time>' in solo
    assert '1 <span class="chip chip-review">In review</span>' in wait
    assert ">Nothing</td>" in wait
    assert ">Standard</td>" in wait
    assert ">–</td>" in wait
    assert ">Oncology</td>" in cells["closedzumab"]


@pytest.mark.parametrize(
    ("state", "slugs"),
    [
        ("draft", ["aazumab", "backzumab", "draftzumab"]),
        ("in_review", ["roundzumab", "takenzumab", "waitzumab"]),
        ("clinician_reviewed", ["readyzumab", "solozumab"]),
        ("published", ["solozumab"]),
        ("overdue", []),
    ],
)
def test_each_filter_lists_its_own_and_none_of_a_class_that_is_closed(house, enter, state, slugs):
    page = enter("editor").get(f"/desk/monographs/?state={state}")

    assert [row.slug for row in page.context["page"]] == slugs
    assert f'<a href="?state={state}" aria-current="page">' in page.content.decode()
    assert ("No monograph here" in page.content.decode()) == (not slugs)


def test_a_review_is_overdue_from_the_day_after_it_is_due(house, enter, monkeypatch):
    due = Monograph.objects.get(slug="solozumab").next_review_due
    for days, late in ((0, False), (1, True)):
        monkeypatch.setattr("reviews.desk.monograph_list.today", lambda days=days: due + timedelta(days=days))
        page = enter("editor").get("/desk/monographs/?state=published")
        assert ("Review overdue</span>" in page.content.decode()) == late
        assert page.context["filters"][7] == ("overdue", "Review overdue", int(late))
        assert [row.slug for row in enter("editor").get("/desk/monographs/?state=overdue").context["page"]] == (
            ["solozumab"] if late else []
        )


def test_a_class_filter_keeps_the_state_and_names_the_class(house, enter):
    page = enter("auditor").get("/desk/monographs/?class=oncology&state=draft")

    html = page.content.decode()
    assert [row.slug for row in page.context["page"]] == ["closedzumab"]
    assert page.context["chosen"].slug == "oncology"
    assert "1 of those that you may read, in Oncology." in html
    assert '<option value="oncology" selected>Oncology</option>' in html
    assert '<option value="multiple-sclerosis">\u2003Multiple sclerosis</option>' in html
    assert '<input type="hidden" name="state" value="draft">' in html
    assert 'href="?state=in_review&amp;class=oncology"' in html


def test_fifty_monographs_stand_on_a_page(house, enter, monkeypatch):
    from reviews.desk import monograph_list

    assert monograph_list.A_PAGE == 50
    monkeypatch.setattr(monograph_list, "A_PAGE", 2)

    pages = [enter("editor").get(f"/desk/monographs/?state=draft&page={number}") for number in (1, 2)]

    assert [[row.slug for row in page.context["page"]] for page in pages] == [["aazumab", "backzumab"], ["draftzumab"]]
    first, last = (page.content.decode() for page in pages)
    assert 'href="?state=draft&amp;page=2">Next</a>' in first
    assert ">Before</a>" not in first
    assert "1 to 2 of 3" in first
    assert 'href="?state=draft&amp;page=1">Before</a>' in last
    assert ">Next</a>" not in last


def test_the_next_review_that_is_told_is_the_one_that_is_due_first(house, enter):
    step(Edition.objects.get(monograph__slug="solozumab", number=2), "send-back", house.publisher)
    step(Edition.objects.get(monograph__slug="solozumab", number=2), "discard", house.publisher)
    soon = make.published(house, "soonzumab", make.document(related=()))
    set_tier(soon.monograph, "high", actor=house.clinician, reason="Dangerous.")  # due a year before the others
    for slug in ("waitzumab", "roundzumab", "takenzumab"):
        make.sign(Edition.objects.get(monograph__slug=slug), house.clinician)

    page = enter("clinician").get("/desk/")

    assert page.context["tasks"] == []
    assert page.context["next_due"].slug == "soonzumab"
    called = "Testazumab in multiple sclerosis"
    assert f'is <a href="/desk/monographs/soonzumab/">{called}</a>, due on' in page.content.decode()
    # Nothing is said of it where something waits.
    assert enter("editor").get("/desk/").context["next_due"] is None


def test_whoever_signed_what_was_sent_back_has_nothing_with_others(house, enter):
    waiting = Edition.objects.get(monograph__slug="waitzumab")
    make.sign(waiting, house.clinician)
    step(waiting, "send-back", house.pharmacist, "Say more.")

    assert "waitzumab" not in [row[1] for row in rows(enter("clinician"), "others")]
    assert "waitzumab" in [row[1] for row in rows(enter("pharmacist"), "others")]
    back = ("Sent back", "waitzumab", BACK[2], *BACK[3:5], "Say more.")
    assert back in rows(enter("editor"))


def test_what_became_of_an_earlier_edition_is_not_told_of_the_next(house, enter):
    second = Edition.objects.get(monograph__slug="solozumab", number=2)
    step(step(second, "send-back", house.publisher, "Not like this."), "discard", house.publisher)
    third = make.start(house, Edition.objects.get(monograph__slug="solozumab", number=1))
    assert "solozumab" not in str(rows(enter("editor")))  # a copy is nobody's writing yet

    make.reword(third, "monitoring", "Quite other words.", actor=house.editor)

    assert draft("solozumab") in rows(enter("editor"))
    (task,) = [one for one in enter("editor").get("/desk/").context["tasks"] if one.work.edition == third]
    assert task.work.last is None


def test_the_list_calls_a_monograph_as_readers_know_it_else_as_its_draft_does(house, enter):
    def named(name):
        return make.document(header=make.document().header.replaced(name=name), related=())

    live = make.published(house, "livezumab", named("alpha"))
    edition = make.start(house, live)
    header = build(edition).header
    make.save_header(
        edition, header.replaced(name="Omega"), seen=digest_of_part(header), actor=house.editor, reason="Renamed"
    )  # fmt: skip
    make.draft(house, "newzumab", named("Beta"))
    make.draft(house, "noname", named(""))

    page = enter("editor").get("/desk/monographs/").context["page"]

    names = {row.slug: row.shown_name for row in page}
    assert (names["livezumab"], names["newzumab"]) == ("alpha", "Beta")
    order = [row.slug for row in page if row.slug in ("livezumab", "newzumab", "waitzumab")]
    assert order == ["livezumab", "newzumab", "waitzumab"]  # whatever the case of their letters
    called = "Omega: Testazumab in multiple sclerosis"
    assert f"{called}, edition 2" in enter("editor").get("/desk/").content.decode()
    assert f"<h1>{called}</h1>" in enter("editor").get("/desk/monographs/livezumab/").content.decode()
