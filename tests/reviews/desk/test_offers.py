"""Workspace and review as tables: what each person is offered in each state, and what they are told instead."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from monographs.digest import digest_of_part
from monographs.document import Document, Header
from monographs.models import Edition, Monograph
from reviews.audit.trail import audited_write
from reviews.changes import change_set
from reviews.editing.monographs import set_tier
from reviews.models import ChangeSet, ClinicianProfile, SignOff
from reviews.workflow import TRANSITIONS, perform
from tests import factories as make

pytestmark = pytest.mark.any_database

MOVES = [name for name, row in TRANSITIONS.items() if not row.on_page]


def step(edition, transition, actor, reason="Because of <a test>."):
    return perform(transition, editions=[edition], actor=actor, digest=make.seen(edition), reason=reason)[0].edition


@pytest.fixture(scope="module")
def made(once_a_module):
    """One monograph in each state, and an amendment that clinicians and editors wrote together."""
    house = make.the_house()
    make.draft(house, "draftzumab")
    make.draft(house, "holezumab", Document(header=Header(name="Holezumab", title="Holezumab")))
    step(make.submit(house, make.draft(house, "backzumab")), "send-back", house.pharmacist)
    make.sign(make.submit(house, make.draft(house, "waitzumab")), house.clinician)
    make.signed(house, "readyzumab")
    make.published(house, "livezumab")
    step(make.draft(house, "gonezumab"), "discard", house.editor)
    live = make.published(house, "changezumab")
    set_tier(live.monograph, "high", actor=house.clinician2, reason="Dangerous.")
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician)
    make.reword(edition, "prescribing", "- Start very slowly [@trial2020].", actor=house.editor2)
    notice = make.document().notices[0]
    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Less") as change:
        change.remove("notice", notice.key, seen=digest_of_part(notice))
    make.sign(make.submit(house, edition), house.clinician)


def workspace(client, slug):
    return client.get(f"/desk/monographs/{slug}/")


# (state, person) -> what they can do now; all else is refused. The first without a reason is the solid button.
OPEN = {
    ("draftzumab", "editor"): ["submit", "discard"],
    ("draftzumab", "clinician"): ["submit"],
    ("draftzumab", "publisher"): ["discard"],
    ("draftzumab", "auditor"): [],
    ("holezumab", "editor"): ["discard"],
    ("backzumab", "editor"): ["submit", "discard"],
    ("waitzumab", "editor"): ["send-back"],
    ("waitzumab", "editor2"): [],
    ("waitzumab", "clinician"): ["send-back", "unsign"],
    ("waitzumab", "pharmacist"): ["sign", "send-back", "declare-conflict"],
    ("waitzumab", "publisher"): ["send-back"],
    ("readyzumab", "publisher"): ["publish", "send-back"],
    ("readyzumab", "clinician2"): ["sign", "send-back", "declare-conflict"],
    ("readyzumab", "pharmacist"): ["send-back", "unsign"],
    ("livezumab", "editor"): ["start"],
    ("livezumab", "clinician"): ["start"],
    ("livezumab", "publisher"): [],
    ("livezumab", "auditor"): [],
    ("gonezumab", "editor"): ["start"],
    ("gonezumab", "publisher"): [],
}


# What takes a reason, and so does not lead on.
REASONED = ("send-back", "unsign", "discard", "declare-conflict")


@pytest.mark.parametrize(("slug", "person"), OPEN)
def test_each_person_is_offered_what_they_can_do_now_and_told_why_not_of_all_else(house, enter, slug, person):
    page = workspace(enter(person), slug)

    html, expected = page.content.decode(), OPEN[slug, person]
    moves = page.context["moves"]
    assert [move.name for move in moves if move.is_open] == expected
    assert [move.name for move in moves][: len(expected)] == expected
    assert sorted(move.name for move in moves) == sorted(MOVES)
    assert sorted(re.findall(r'action="/desk/monographs/[a-z]+/do/([a-z-]+)/"', html)) == sorted(
        set(expected) - {"sign"}
    )
    assert (f'href="/desk/monographs/{slug}/review/#sign"' in html) == ("sign" in expected)
    assert re.findall(r'aria-describedby="why-([a-z-]+)"', html) == [move.name for move in moves if not move.is_open]
    ahead = [name for name in expected if name not in REASONED]
    assert [move.name for move in moves if move.is_primary] == ahead[:1]
    reasons = [name for name in expected if name in REASONED]
    assert [name for name in MOVES if f'id="reason-{name}"' in html and name not in ("publish", "submit")] == [
        name for name in MOVES if name in reasons
    ]
    for name in ("publish", "submit"):
        assert (f'id="reason-{name}"' in html) == (name in expected)
    digest = make.seen(Edition.objects.filter(monograph__slug=slug).latest("number"))
    assert html.count(f'name="digest" value="{digest}"') == len(set(expected) - {"sign"})
    may_edit = slug in ("draftzumab", "holezumab", "backzumab") and person in ("editor", "clinician")
    assert (f'href="/desk/monographs/{slug}/edit/">Edit</a>' in html) == may_edit
    assert (">What changed</a>" in html) == (slug not in ("livezumab", "gonezumab"))
    assert (">As readers see it<span" in html) == (slug in ("livezumab", "changezumab"))


@pytest.mark.parametrize(
    ("slug", "person", "transition", "heading", "sentence"),
    [
        ("draftzumab", "editor", "sign", "You do not have permission:", "You need the clinician role for"),
        ("draftzumab", "publisher", "publish", "Not now:", "Edition 1 is a draft. You can publish only while it is clinician reviewed."),
        ("draftzumab", "auditor", "start", "You do not have permission:", "You need the editor role for"),
        ("waitzumab", "clinician", "sign", "Not yet:", "You signed this edition already."),
        ("readyzumab", "clinician2", "unsign", "Not yet:", "You have no signature on this edition"),
        ("waitzumab", "publisher", "publish", "Not now:", "Edition 1 is in review. You can publish only while it is clinician reviewed."),
        ("changezumab", "clinician2", "unsign", "Not yet:", "You have no signature on this edition"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_says_why(house, enter, slug, person, transition, heading, sentence):
    page = workspace(enter(person), slug)

    (move,) = [move for move in page.context["moves"] if move.name == transition]
    assert move.heading == heading
    assert move.reasons[0][0].sentence.startswith(sentence)
    assert f"<strong>{heading}</strong>" in page.content.decode()


@pytest.mark.parametrize(
    ("slug", "steps"),
    [
        ("draftzumab", [("Draft", "here", ""), ("In review", "", ""), ("Clinician reviewed", "", ""), ("Published", "", "")]),
        ("backzumab", [("Draft", "here", "sent back"), ("In review", "", ""), ("Clinician reviewed", "", ""), ("Published", "", "")]),
        ("waitzumab", [("Draft", "done", ""), ("In review", "here", "1 signed"), ("Clinician reviewed", "", ""), ("Published", "", "")]),
        ("readyzumab", [("Draft", "done", ""), ("In review", "done", ""), ("Clinician reviewed", "here", ""), ("Published", "", "")]),
        ("livezumab", [("Draft", "done", ""), ("In review", "done", ""), ("Clinician reviewed", "done", ""), ("Published", "here", "")]),
        ("changezumab", [("Draft", "done", ""), ("In review", "here", "1 signed"), ("Clinician reviewed", "", ""), ("Published", "", "replaces edition 1")]),
        ("gonezumab", []),
    ],
)  # fmt: skip
def test_the_path_says_where_it_stands_and_what_it_replaces(house, enter, slug, steps):
    page = workspace(enter("auditor"), slug)

    assert [(one["word"], one["where"], one["more"]) for one in page.context["path"]] == steps
    said = {"done": "Done", "here": "You are here", "": "To come"}
    assert [one["said"] for one in page.context["path"]] == [said[where] for _, where, _ in steps]


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("draftzumab", "Edition 1, working copy. Readers see nothing of it until it is published."),
        ("changezumab", 'Edition 2, working copy. Readers see <a href="/drugs/changezumab/">edition 1</a> until this one is published.'),
        ("livezumab", 'Readers see <a href="/drugs/livezumab/">edition 1</a>. No edition is open.'),
        ("gonezumab", "Edition 1 was discarded. Readers see nothing."),
    ],
)  # fmt: skip
def test_the_workspace_begins_with_what_readers_see(house, enter, slug, said):
    assert said in workspace(enter("auditor"), slug).content.decode()


@pytest.mark.parametrize(
    ("slug", "title", "by"), [("backzumab", "Sent back", "Test pharmacist"), ("gonezumab", "Discarded", "Test editor")]
)
def test_the_last_step_back_is_told_with_its_reason(house, enter, slug, title, by):
    html = workspace(enter("auditor"), slug).content.decode()

    assert f">{title} by {by}</h2><p>“Because of &lt;a test&gt;.”</p>" in html
    for other in ("draftzumab", "waitzumab", "livezumab"):
        assert workspace(enter("auditor"), other).context["last_move"] is None


def test_the_parts_say_what_became_of_them_who_changed_who_signed_who_must_and_who_cannot(house, enter):
    page = workspace(enter("clinician2"), "changezumab")

    rows = {row.label: row for row in page.context["rows"]}
    assert list(rows) == [
        "Header", "Prescribing in practice", "Monitoring", "Monitoring: Full blood count", "Reference: trial2020",
        "Related: otherzumab", "Safety notice: Mind the heart",
    ]  # fmt: skip
    assert {
        label: (row.against, row.changed_by, row.signed, row.wanted, row.cannot)
        for label, row in rows.items()
        if row.against != "Unchanged"
    } == {
        "Prescribing in practice": ("Changed", "Test editor2", "Test clinician", "a pharmacist", "Test editor2"),
        "Monitoring": ("Changed", "Test clinician", "", "a specialist doctor, a pharmacist", "Test clinician"),
        "Safety notice: Mind the heart": ("Removed", "Test editor", "Test clinician", "a pharmacist", "Test editor"),
    }
    assert {
        (row.changed_by, row.signed, row.wanted, row.cannot) for row in rows.values() if row.against == "Unchanged"
    } == {("", "", "", "")}
    change = ChangeSet.objects.get(edition__monograph__slug="changezumab", touched=[str(make.key("monitoring"))])
    assert rows["Monitoring"].changed_at == change.at
    assert rows["Monitoring"].href == f"/desk/monographs/changezumab/review/#change-{make.key('monitoring')}"
    assert rows["Header"].href == "/desk/monographs/changezumab/preview/"
    assert "Against edition 1</th>" in page.content.decode()
    people = [(who, what) for who, what, _at in page.context["people"]]
    assert people == [
        ("Test clinician", "Wrote or suggested 1 part."),
        ("Test editor", "Wrote or suggested 1 part."),
        ("Test editor2", "Wrote or suggested 1 part."),
        ("Test clinician", "Signed as neurologist"),
    ]
    signed = page.context["people"][-1][2]
    assert signed == SignOff.objects.get(edition__monograph__slug="changezumab", edition__number=2).signed_at


def test_the_facts_say_tier_due_day_and_what_readers_see(house, enter, monkeypatch):
    monograph = Monograph.objects.get(slug="changezumab")
    html = " ".join(workspace(enter("auditor"), "changezumab").content.decode().split())

    due, at = monograph.next_review_due, monograph.live.published_at
    assert "<strong>High</strong>: a specialist doctor and a pharmacist sign; full review every 12 months" in html
    assert "Set by Test clinician2 on <time" in html
    assert f'<time datetime="{due}">{due.day} {due:%B %Y}</time>' in html
    assert "Edition 1</a>, published <time datetime=" in html
    assert f">{at.day} {at:%B %Y}</time></dd>" in html
    assert "Review overdue" not in html
    assert "/drugs/changezumab/ <a href" in html
    fresh = " ".join(workspace(enter("auditor"), "draftzumab").content.decode().split())
    assert "Set when the monograph began, on <time" in fresh
    assert "Counted from the first publication" in fresh
    assert "Nothing yet" in fresh
    for days, late in ((0, False), (1, True)):
        monkeypatch.setattr("reviews.desk.monograph.workspace.today", lambda days=days: due + timedelta(days=days))
        page = workspace(enter("auditor"), "changezumab")
        assert (page.context["overdue"], "Review overdue</span>" in page.content.decode()) == (late, late)


def test_every_edition_is_listed_newest_first_with_its_state(house, enter):
    page = workspace(enter("auditor"), "changezumab")

    assert [(one.number, chip["word"]) for one, chip in page.context["editions"]] == [
        (2, "In review"),
        (1, "Published"),
    ]
    assert 'href="/desk/monographs/changezumab/history/?edition=2">Edition 2</a>' in page.content.decode()


def test_what_is_missing_is_listed_for_whoever_cannot_send_it_for_review(house, enter):
    for person, lists in (("publisher", True), ("auditor", True), ("editor", False), ("clinician", False)):
        page = workspace(enter(person), "holezumab")
        assert bool(page.context["problems"]) == lists
        assert ("Before it can be sent for review" in page.content.decode()) == lists
    assert workspace(enter("auditor"), "draftzumab").context["problems"] == []
    assert workspace(enter("auditor"), "waitzumab").context["problems"] == []


# -- The review --------------------------------------------------------------------------------------------------------


def review(client, slug="changezumab"):
    return client.get(f"/desk/monographs/{slug}/review/")


def test_the_review_shows_changed_parts_alone_old_left_new_right_and_by_whom(house, enter):
    page = review(enter("auditor"))

    html = " ".join(page.content.decode().split())
    assert [(change.title, change.people[0][0]) for change in page.context["changes"]] == [
        ("Safety notice: Mind the heart: removed", "Test editor"),
        ("Monitoring: changed", "Test clinician"),
        ("Prescribing in practice: changed", "Test editor2"),
    ]  # the most dangerous first
    monitoring = html.split(f'id="change-{make.key("monitoring")}"')[1]
    old = monitoring.index("Text, edition 1, published</h4>")
    new = monitoring.index("Text, edition 2, in review</h4>")
    assert old < monitoring.index("Tests go on for", old) < new < monitoring.index("Other words", new)
    change = ChangeSet.objects.get(edition__monograph__slug="changezumab", touched=[str(make.key("monitoring"))])
    moment = timezone.localtime(change.at)
    assert "Changed by Test clinician, <time" in monitoring
    assert f"{moment.day} {moment:%B %Y, %H:%M}</time>." in monitoring
    assert [label for label, *_ in page.context["unchanged"]] == [
        "Header", "Monitoring: Full blood count", "Reference: trial2020", "Related: otherzumab",
    ]  # fmt: skip
    assert "4 parts word for word as in edition 1" in html
    assert "3 changed parts" in html
    assert "Amendment</span>" in html
    at = page.context["monograph"].live.published_at
    assert f"Against edition 1, published {at.day} {at:%B %Y}" in html
    assert "Signed so far: Test clinician, neurologist." in html
    (wanted,) = re.findall(r"Still to sign: ([^.]*)\.", html)
    assert sorted(wanted.split(" and ")) == ["a pharmacist", "a specialist doctor"]


@pytest.mark.parametrize(
    ("person", "sign", "back", "count"),
    [
        ("pharmacist", True, True, "Your signature counts for 3 of 3 changed parts"),
        ("clinician2", True, True, "Your signature counts for 3 of 3 changed parts"),
        ("clinician", False, True, "Your signature counts for 2 of 3 changed parts"),
        ("editor", False, True, ""),
        ("publisher", False, True, ""),
        ("auditor", False, False, ""),
    ],
)
def test_the_signature_and_the_way_back_are_offered_to_whoever_can_give_them(house, enter, person, sign, back, count):
    page = review(enter(person))

    html = page.content.decode()
    assert ('action="/desk/monographs/changezumab/do/sign/"' in html) == sign
    assert ('action="/desk/monographs/changezumab/do/send-back/"' in html) == back
    assert ("You cannot sign now:" in html) == (not sign)
    assert (count or "Your signature counts") in html if count else "Your signature counts" not in html
    assert ("You wrote and suggested none of it, so it counts for every part." in html) == (sign and bool(count))
    counts = {one.label: one.counts for one in page.context["counts"]}
    assert counts["Monitoring"] == (person != "clinician")
    assert counts["Prescribing in practice"]
    (monitoring,) = [change for change in page.context["changes"] if change.label == "Monitoring"]
    assert [who for who, _at in monitoring.people] == ["you" if person == "clinician" else "Test clinician"]


@pytest.mark.parametrize("slug", ["livezumab", "gonezumab"])
def test_where_no_edition_is_open_nothing_is_under_review(house, enter, slug):
    html = review(enter("pharmacist"), slug).content.decode()

    assert "Nothing is under review" in html
    assert ("Readers see edition 1, and no edition is open." in html) == (slug == "livezumab")
    assert ("Edition 1 was discarded." in html) == (slug == "gonezumab")
    assert "/do/" not in html


def test_the_signer_reads_what_readers_will_see_of_them_and_the_fingerprint(house, enter):
    html = review(enter("pharmacist")).content.decode()

    digest = make.seen(Edition.objects.get(monograph__slug="changezumab", number=2))
    assert f"<code>{digest[:4]} {digest[4:8]} … {digest[-4:]}</code>" in html
    assert "Pharmacist, and the date. Not your name: you gave no consent." in html
    assert f'name="digest" value="{digest}"' in html
    assert html.count(' type="checkbox"') == 3
    assert "Still to sign:" not in review(enter("clinician"), "draftzumab").content.decode()


def test_a_signature_that_was_taken_back_is_not_told(house, enter):
    edition = Edition.objects.get(monograph__slug="changezumab", number=2)
    step(edition, "unsign", house.clinician)

    page = review(enter("auditor"))

    assert page.context["standing"] == []
    assert "Signed so far" not in page.content.decode()
    assert [row.signed for row in workspace(enter("auditor"), "changezumab").context["rows"] if row.signed] == []


def test_a_profile_that_nobody_verified_signs_nothing(house, enter):
    with audited_write(actor=house.admin) as trail:
        profile = ClinicianProfile.objects.get(user=house.pharmacist)
        profile.verified_on = profile.verified_by = None
        trail.save(profile)
        trail.record("clinician_verified", f"profile:{profile.pk}")

    html = review(enter("pharmacist")).content.decode()

    assert "Your registration is not verified yet." in html
    assert "/do/sign/" not in html


def test_a_part_that_somebody_changed_twice_says_when_last(house, enter):
    edition = Edition.objects.get(monograph__slug="draftzumab")
    for words in ("Once.", "Twice."):
        make.reword(edition, "monitoring", words, actor=house.clinician)

    changes = {change.label: change for change in review(enter("auditor"), "draftzumab").context["changes"]}

    last = ChangeSet.objects.filter(edition=edition, actor=house.clinician).latest("at", "revision_id")
    assert [who for who, _ in changes["Monitoring"].people] == ["Test editor", "Test clinician"]
    assert changes["Monitoring"].people[1] == ("Test clinician", last.at)
    rows = {row.label: row for row in workspace(enter("auditor"), "draftzumab").context["rows"]}
    assert (rows["Monitoring"].changed_by, rows["Monitoring"].changed_at) == ("Test clinician", last.at)
    assert workspace(enter("clinician"), "draftzumab").context["people"] == [
        ("Test clinician (you)", "Wrote or suggested 1 part.", None),
        ("Test editor", "Wrote or suggested 7 parts.", None),
    ]


def test_an_edition_that_was_given_up_is_not_told_of_the_one_that_is_live(house, enter):
    edition = Edition.objects.get(monograph__slug="changezumab", number=2)
    step(step(edition, "send-back", house.publisher), "discard", house.publisher)

    page = workspace(enter("editor"), "changezumab")

    assert (page.context["edition"].number, page.context["last_move"]) == (1, None)
    assert [(one.number, chip["word"]) for one, chip in page.context["editions"]] == [
        (2, "Discarded"),
        (1, "Published"),
    ]
    assert "Start edition 3" in page.content.decode()
