"""The queue, the list of monographs, and a new one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from monographs.models import Drug, Edition, Monograph
from monographs.standing import today
from reviews.audit.trail import audited_write
from reviews.editing.assignments import assign
from reviews.editing.copies import leave_copy, task_of
from reviews.editing.drugs import rename_drug
from reviews.editing.shown import digest_of_row
from reviews.models import AuditEvent, ClinicianProfile
from reviews.workflow import perform
from tests import factories as make
from tests.forms import NO_ROWS, rows


def tasks(client, show="mine"):
    """What the queue shows: (kind, slug) of each task."""
    return [(task.what, task.work.monograph.slug) for task in client.get(f"/desk/?show={show}").context["tasks"]]


def send_back(edition, actor, reason="Say which test."):
    return perform("send-back", editions=[edition], actor=actor, digest=make.seen(edition), reason=reason)[0].edition


# -- Who comes in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/desk/", "/desk/monographs/", "/desk/monographs/new/"])
def test_the_desk_is_for_people_with_a_role(enter, address):
    assert enter("editor").get(address).status_code == 200
    assert enter("").get(address).status_code == 302

    answer = enter("nobody").get(address)

    assert answer.status_code == 403
    assert "Ask your administrator." in answer.content.decode()


# -- My queue ----------------------------------------------------------------------------------------------------------


def test_a_draft_waits_for_whoever_wrote_it_and_for_nobody_else(house, enter):
    make.draft(house)

    assert tasks(enter("editor")) == [("Your draft", "testazumab")]
    assert tasks(enter("editor2")) == []
    assert tasks(enter("editor2"), "all") == [("Draft", "testazumab")]


def test_an_edition_in_review_waits_for_each_clinician_whose_signature_it_lacks(house, enter):
    edition = make.submit(house, make.draft(house, traits=("biologic",)))
    assert tasks(enter("clinician")) == tasks(enter("pharmacist")) == [("Review and signature", "testazumab")]

    make.sign(edition, house.clinician)

    # The specialist's place is taken: of the tier's two signatures only the pharmacist's is wanted now.
    assert tasks(enter("clinician")) == tasks(enter("clinician2")) == []
    assert tasks(enter("clinician"), "others") == [("In review", "testazumab")]
    assert tasks(enter("pharmacist")) == [("Review and signature", "testazumab")]
    assert "Still to sign: a pharmacist." in enter("clinician").get("/desk/?show=others").content.decode()


def test_the_queue_says_for_how_many_parts_a_signature_would_count(house, enter):
    edition = make.draft(house)
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician)
    make.submit(house, edition)

    assert "count for 6 of 7 changed parts" in enter("clinician").get("/desk/").content.decode()
    assert "count for 7 of 7 changed parts" in enter("pharmacist").get("/desk/").content.decode()


def test_whoever_wrote_all_that_changed_is_not_asked_to_sign(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician)
    make.submit(house, edition)

    assert tasks(enter("clinician")) == []
    assert tasks(enter("clinician"), "others") == [("In review", "testazumab")]
    assert tasks(enter("clinician2")) == [("Review and signature", "testazumab")]


def test_a_clinician_whom_nobody_verified_lately_is_told_so(house, enter):
    make.submit(house, make.draft(house))
    with audited_write(actor=house.admin) as trail:
        profile = ClinicianProfile.objects.get(user=house.clinician)
        profile.register_date = timezone.now().date() - timedelta(days=400)
        trail.save(profile)
        trail.record("clinician_verified", f"profile:{profile.pk}")

    page = enter("clinician").get("/desk/")

    assert page.context["tasks"] == []
    assert "You cannot sign yet" in page.content.decode()
    assert "You cannot sign yet" not in enter("editor").get("/desk/").content.decode()


def test_what_was_sent_back_waits_for_its_editor_with_the_reason_and_by_whom(house, enter):
    send_back(make.submit(house, make.draft(house)), house.pharmacist, "Say <which> test.")

    page = enter("editor").get("/desk/").content.decode()

    assert tasks(enter("editor")) == [("Sent back", "testazumab")]
    assert "Test pharmacist sent it back" in page
    assert "Say &lt;which&gt; test." in page
    assert tasks(enter("pharmacist")) == []


def test_a_signed_edition_waits_for_the_publisher_and_for_others_of_its_editor(house, enter):
    make.signed(house)

    assert tasks(enter("publisher")) == [("Ready to publish", "testazumab")]
    assert tasks(enter("editor")) == []
    assert tasks(enter("editor"), "others") == [("Clinician reviewed", "testazumab")]


def test_what_is_published_waits_for_nobody_and_the_empty_queue_says_what_comes_next(house, enter):
    make.published(house)

    page = enter("publisher").get("/desk/")

    due = Monograph.objects.get().next_review_due
    assert page.context["tasks"] == []
    assert "Nothing waits for you" in page.content.decode()
    assert f"{due.day} {due:%B %Y}" in page.content.decode()


def test_a_draft_of_a_closed_class_is_in_no_queue_and_no_list(house, enter):
    make.draft(house)
    for role in ("editor", "clinician", "publisher"):
        make.revoke(role, house.root, actor=house.admin)

    assert tasks(enter("editor2"), "all") == []
    assert list(enter("editor2").get("/desk/monographs/").context["page"]) == []
    assert b"testazumab" not in enter("editor2").get("/desk/?show=all").content
    # The auditor reads everything.
    assert tasks(enter("auditor"), "all") == [("Draft", "testazumab")]


def test_what_changed_in_the_library_waits_for_whoever_works_on_an_edition_that_copied_it(house, enter):
    edition, drug = make.draft(house), Monograph.objects.get().drug
    make.draft(house, "otherumab")
    told = ("The library changed", "testazumab")

    rename_drug(drug, name="Testazumob", actor=house.editor2, seen=digest_of_row(drug), reason="x")

    assert tasks(enter("editor")) == [("Your draft", "otherumab"), told, ("Your draft", "testazumab")]
    html = enter("editor").get("/desk/").content.decode()
    assert "It copied this before it changed: Name" in html
    assert 'href="/desk/monographs/testazumab/copy/"' in html
    assert tasks(enter("editor2")) == []
    assert told not in tasks(enter("editor2"), "all")
    make.submit(house, edition)
    assert sorted(tasks(enter("editor"))) == [told, ("Your draft", "otherumab")]
    leave_copy(
        edition.monograph, actor=house.editor, reason="x", seen=task_of(Edition.objects.get(pk=edition.pk)).digest
    )
    assert tasks(enter("editor")) == [("Your draft", "otherumab")]


def test_what_one_is_asked_to_sign_stands_first_with_its_day_and_the_way_to_decline(house, enter):
    for slug in ("aumab", "bumab", "cumab"):
        make.submit(house, make.draft(house, slug))
    for slug, days in (("cumab", 9), ("bumab", 3)):
        edition = Edition.objects.get(monograph__slug=slug)
        row = assign(edition, person=house.pharmacist, due_on=today() + timedelta(days=days), actor=house.editor)
    day = row.due_on

    page = enter("pharmacist").get("/desk/")

    assert [task.work.monograph.slug for task in page.context["tasks"]] == ["bumab", "cumab", "aumab"]
    html = page.content.decode()
    assert "Test editor asks you to sign. Your signature would count for 7 of 7 changed parts." in html
    assert f'Sign by <time datetime="{day}">{day.day} {day:%B %Y}</time>' in html
    assert f'href="/desk/assignments/{row.pk}/end/">Decline' in html
    assert "chip-late" not in html
    # Others are told whom it waits for; who asked finds it with them.
    assert (
        f"Asked to sign: Test pharmacist by {day.day} {day:%B %Y}." in enter("clinician").get("/desk/").content.decode()
    )
    assert [slug for _, slug in tasks(enter("clinician"))] == ["aumab", "bumab", "cumab"]
    assert "Asked to sign: Test pharmacist" in enter("editor").get("/desk/?show=others").content.decode()

    make.sign(Edition.objects.get(monograph__slug="bumab"), house.pharmacist)
    assert [slug for _, slug in tasks(enter("pharmacist"))] == ["cumab", "aumab"]
    assert (
        "Asked to sign: Test pharmacist by"
        not in (enter("clinician").get("/desk/?q=bumab").content.decode().split("<h2")[1])
    )


def test_what_one_was_asked_for_and_did_not_sign_in_time_is_late(house, enter, monkeypatch):
    edition = make.submit(house, make.draft(house))
    row = assign(edition, person=house.pharmacist, due_on=today(), actor=house.editor)
    monkeypatch.setattr("reviews.desk.queue.today", lambda at=None: row.due_on + timedelta(days=1))

    html = enter("pharmacist").get("/desk/").content.decode()

    assert '<span class="chip chip-late">Late</span>' in html
    assert '<li class="task task-late">' in html


def test_whoever_asked_finds_what_others_have(house, enter):
    edition = make.submit(house, make.draft(house))
    assert tasks(enter("publisher"), "others") == tasks(enter("editor2"), "others") == []

    assign(edition, person=house.pharmacist, due_on=today(), actor=house.editor2)

    assert tasks(enter("editor2"), "others") == [("In review", "testazumab")]


def test_a_long_list_has_pages_and_keeps_what_was_chosen(house, enter, monkeypatch):
    monkeypatch.setattr("reviews.desk.queue.A_SCREEN", 2)
    for slug in ("aumab", "bumab", "cumab"):
        make.draft(house, slug)

    first = enter("editor").get("/desk/?q=umab")
    last = enter("editor").get("/desk/?q=umab&page=2")

    assert [[one.work.monograph.slug for one in page.context["tasks"]] for page in (first, last)] == [
        ["aumab", "bumab"],
        ["cumab"],
    ]
    assert 'href="?show=mine&amp;q=umab&amp;page=2">Next</a>' in first.content.decode()
    assert 'href="?show=mine&amp;q=umab&amp;page=1">Before</a>' in last.content.decode()
    assert "3 things wait for you." in first.content.decode()


def test_the_list_is_searched_by_name_and_tier(house, enter):
    make.published(house, "livezumab")
    make.draft(house, "draftzumab")

    def slugs(query):
        return [row.slug for row in enter("editor").get(f"/desk/monographs/?{query}").context["page"]]

    assert slugs("q=LIVEZ") == ["livezumab"]
    assert slugs("q=multiple+sclerosis") == ["draftzumab", "livezumab"]
    assert slugs("q=zzz") == slugs("tier=high") == []
    assert slugs("tier=standard&state=draft&q=zumab") == ["draftzumab"]
    html = enter("editor").get("/desk/monographs/?q=livez&tier=standard").content.decode()
    assert 'href="?state=draft&amp;q=livez&amp;tier=standard"' in html
    assert "1 of those that you may read, with “livez” in their name." in html


def test_a_filter_that_is_not_there_shows_my_own(enter):
    assert enter("editor").get("/desk/?show=%00x").context["show"] == "mine"


# -- The same number of queries for three rows and thirty --------------------------------------------------------------


def test_longer_lists_ask_no_more_queries(house, enter, queries):
    pages = [
        (person, address)
        for person in ("editor", "clinician", "publisher")
        for address in ("/desk/", "/desk/?show=all&q=t&tier=standard", "/desk/?show=due", "/desk/monographs/?q=t")
    ]

    def more(first, last):
        for number in range(first, last):
            edition = make.draft(house, f"testazumab-{number}")
            drug = edition.monograph.drug
            rename_drug(drug, name=f"Fictive {number}", another=[f"testazumab-{one}-drug" for one in range(number)],
                        actor=house.editor2, seen=digest_of_row(drug), reason="x")  # fmt: skip
            if number % 3:
                make.submit(house, edition)
            if number % 3 == 2:
                make.sign(edition, house.clinician2)
                make.sign(edition, house.pharmacist)

    more(0, 3)
    few = {page: queries(enter(page[0]), page[1]) for page in pages}
    more(3, 12)

    assert {page: queries(enter(page[0]), page[1]) for page in pages} == few
    assert max(few.values()) == 32


# -- All monographs ----------------------------------------------------------------------------------------------------


def test_the_list_filters_by_state_and_class(house, enter):
    make.published(house, "livezumab")
    make.submit(house, make.draft(house, "waitzumab"))
    make.draft(house, "draftzumab")
    client = enter("editor")

    def slugs(query):
        return [row.slug for row in client.get(f"/desk/monographs/{query}").context["page"]]

    assert slugs("") == ["draftzumab", "livezumab", "waitzumab"]
    assert slugs("?state=draft") == ["draftzumab"]
    assert slugs("?state=in_review") == ["waitzumab"]
    assert slugs("?state=published") == ["livezumab"]
    assert slugs("?state=unpublished&class=neurology") == ["draftzumab", "waitzumab"]
    assert slugs("?class=multiple-sclerosis&page=99") == slugs("?state=x%00&class=%00") == slugs("")
    assert [count for _, _, count in client.get("/desk/monographs/").context["filters"]] == [3, 1, 1, 0, 1, 2, 0, 0]


def test_only_whoever_may_start_a_monograph_is_offered_to(enter):
    assert b"Start a monograph" in enter("editor").get("/desk/monographs/").content
    assert b"Start a monograph" not in enter("publisher").get("/desk/monographs/").content


# -- A new one ---------------------------------------------------------------------------------------------------------

NEW = {
    "drug_name": "demotuzumab",
    **rows("brands", {"name": "Exemplara", "country": "GB"}, {"name": "Specimena", "country": "us"}),
    **rows("names", {"kind": "american", "name": "demotuzumab-aaaa"}, {"kind": "other", "name": "demo-tuzumab"}),
    **rows("codes", {"system": "ATC", "code": "l04aa34"}, {"system": "RxNorm", "code": "117055"}),
    "traits": ["biologic", "injectable"],
    "therapeutic_class": "multiple-sclerosis",
    "title": "Demotuzumab in multiple sclerosis",
    "slug": "",
}


def test_a_new_monograph_makes_drug_and_draft_and_leads_to_where_it_is_written(enter):
    answer = enter("editor").post("/desk/monographs/new/", NEW)

    assert answer["Location"] == "/desk/monographs/demotuzumab-in-multiple-sclerosis/edit/"
    drug, monograph = Drug.objects.get(), Monograph.objects.get()
    assert drug.brands == [{"name": "Exemplara", "country": "GB"}, {"name": "Specimena", "country": "US"}]
    assert drug.names == [
        {"kind": "american", "name": "demotuzumab-aaaa"},
        {"kind": "other", "name": "demo-tuzumab"},
    ]
    assert [(one["system"], one["code"]) for one in drug.codes] == [("ATC", "L04AA34"), ("RxNorm", "117055")]
    assert (monograph.tier, monograph.live, monograph.therapeutic_class.slug) == ("high", None, "multiple-sclerosis")
    assert monograph.editions.get().state == "draft"


def test_a_second_monograph_takes_a_drug_of_the_list(enter):
    client = enter("editor")
    client.post("/desk/monographs/new/", NEW)

    client.post(
        "/desk/monographs/new/",
        {
            "drug": Drug.objects.get().pk,
            "therapeutic_class": "neurology",
            "title": "Another",
            "slug": "another-one",
            "another_monograph": Monograph.objects.get().slug,
            **NO_ROWS,
        },
    )

    assert Drug.objects.count() == 1
    assert Monograph.objects.get(slug="another-one").editions.get().name == "Demotuzumab"


@pytest.mark.parametrize(
    ("changes", "name", "sentence"),
    [
        ({"drug_name": ""}, "drug_name", "Choose a drug from the list, or name a new one."),
        ({"drug_name": "a\u200bb"}, "drug_name", "After “a”: a zero-width space (U+200B). Take it out."),
        ({"therapeutic_class": ""}, "therapeutic_class", "Choose a therapeutic class."),
        ({"title": ""}, "title", "Give the monograph a title."),
        ({"slug": "new"}, "slug", "cannot be an address"),
        ({"slug": "Ünder_score"}, "slug", "cannot be an address"),
        ({"title": "ЖЖ"}, "slug", "An address cannot be made from this title."),
        ({"title": "…"}, "title", "Give the monograph a title."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_on_top_and_nothing_typed_is_lost(enter, changes, name, sentence):
    answer = enter("editor").post("/desk/monographs/new/", {**NEW, **changes})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors[name])
    assert page.count(sentence.replace("’", "&#x27;")) == 2
    assert f'href="#id_{name}"' in page
    assert "Exemplara" in page
    assert Monograph.objects.count() == Drug.objects.count() == 0


def test_a_drug_or_address_that_is_there_already_is_refused_and_recorded(enter):
    client = enter("editor")
    client.post("/desk/monographs/new/", {**NEW, "slug": "demotuzumab"})

    again = client.post("/desk/monographs/new/", {**NEW, "slug": "demotuzumab-2"})
    taken = client.post(
        "/desk/monographs/new/", {**NEW, "drug_name": "otherzumab", "title": "Something else", "slug": "demotuzumab"}
    )

    assert (again.status_code, taken.status_code) == (422, 422)
    assert "there already" in str(again.context["form"].errors["drug_name"])
    assert "There is, or was, a monograph at" in str(taken.context["form"].errors["slug"])
    assert Drug.objects.count() == Monograph.objects.count() == 1
    assert [event.data["codes"] for event in AuditEvent.objects.filter(verb="refused")] == [
        ["drug_exists"],
        ["slug_taken"],
    ]


def test_a_class_without_a_right_is_not_to_choose_from(house, enter):
    make.revoke("editor", house.root, actor=house.admin)
    make.grant("editor", house.leaf, actor=house.admin)

    client = enter("editor")
    answer = client.post("/desk/monographs/new/", {**NEW, "therapeutic_class": "neurology"})

    assert answer.status_code == 422
    assert Monograph.objects.count() == 0
    assert client.post("/desk/monographs/new/", NEW).status_code == 302


def test_the_right_one_starts_a_monograph_the_wrong_one_and_nobody_do_not(enter):
    assert enter("publisher").post("/desk/monographs/new/", NEW).status_code == 403
    assert enter("").post("/desk/monographs/new/", NEW).status_code == 302
    assert Monograph.objects.count() == 0
    assert enter("editor").post("/desk/monographs/new/", NEW).status_code == 302
    assert Monograph.objects.count() == 1
