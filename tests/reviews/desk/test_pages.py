"""Every page of the desk by method and person, and every word that people typed on it as words, never as markup."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Monograph, Overlay
from reviews.access import rechecks
from reviews.audit.trail import audited_write
from reviews.editing.library import keep_references, make_class
from reviews.editing.monographs import set_tier
from reviews.models import AuditEvent, ChangeSet, ClinicianProfile, ProblemReport, Recheck, SignOff
from reviews.reports import service
from reviews.reports.service import ReportInput
from reviews.workflow import TRANSITIONS, perform
from tests import factories as make
from tests.forms import forms_of
from tests.markup import faults
from tests.test_one_word import SAID

pytestmark = pytest.mark.any_database

# Typed by somebody, and different wherever it is typed.
HOSTILE = "<i>{}</i>\"'&"


def typed(place):
    return HOSTILE.format(place)


def hostile_document():
    whole = make.document()
    header = whole.header.replaced(
        title=typed("title"), name=typed("name"), covers=typed("covers"), not_covered=typed("not"),
        introduction=typed("introduction"), names=[{"kind": "other", "name": typed("other")}],
        brands=[{"name": typed("brand"), "country": "GB"}],
        codes=[{"system": "RxNorm", "code": "117055", "name": typed("code")}],
        class_path=[{"slug": "neurology", "name": typed("step")}],
        dosing={"since": "2026-07-04", "reason": typed("dosing"), "instead": typed("instead")},
    )  # fmt: skip
    sections = tuple(
        one.replaced(heading=typed(f"heading-{one.kind}"), text=f"{typed('text')} [@trial2020].")
        for one in whole.sections
    )
    monitoring = (
        whole.monitoring[0].replaced(
            test=typed("test"), when=typed("when"), how_often=typed("often"), note=typed("note")
        ),
    )
    notices = (
        whole.notices[0].replaced(title=typed("notice"), text=typed("warn"), action=typed("act"), issuer=typed("mhra")),
    )
    csl = {"type": "report", "title": typed("reference"), "author": [{"family": typed("author")}], "id": ""}
    citations = (whole.citations[0].replaced(csl=csl),)
    related = (whole.related[0].replaced(reason=typed("related")),)
    return whole.replaced(
        header=header, sections=sections, monitoring=monitoring, notices=notices, citations=citations, related=related
    )


@pytest.fixture(scope="module")
def made(once_a_module):
    """A live monograph with an amendment in review, under overlays and reports, all of it typed by somebody hostile."""
    house = make.the_house()
    for name, user in house.people.items():
        make.changed_account(user, first_name=typed(name), last_name="")
    leaf = make_class(typed("class"), slug="hostile", parent=house.root, actor=house.admin)
    leaf.parent, house.leaf = house.root, leaf
    for name in ("clinician", "pharmacist"):
        with audited_write(actor=house.admin) as trail:
            profile = ClinicianProfile.objects.get(user=house.people[name])
            profile.reader_title, profile.name = typed(f"title-{name}"), typed(f"signer-{name}")
            profile.name_consent = True
            trail.save(profile)
            trail.record("clinician_verified", f"profile:{profile.pk}")
    first = make.submit(house, make.draft(house, doc=hostile_document()))
    for who in (house.clinician, house.pharmacist):
        signature = make.attestation(first, who, interests=typed("interests"))
        perform("sign", editions=[first], actor=who, digest=make.seen(first), attestation=signature)
    first = perform("publish", editions=[first], actor=house.publisher, digest=make.seen(first), reason=typed("note"))[
        0
    ].edition
    page = Monograph.objects.get()
    set_tier(page, "high", actor=house.clinician2, reason=typed("tier"))
    second = make.start(house, first)
    section = build(second).by_key()[make.key("monitoring")]
    from reviews.editing import parts

    make.save_part(
        second, section.replaced(text=typed("newer")), seen=digest_of_part(section), actor=house.editor,
        reason=typed("change"),
    )  # fmt: skip
    notice = build(second).notices[0]
    parts.remove_part(second, notice, seen=digest_of_part(notice), actor=house.editor2, reason=typed("removal"))
    second = make.submit(house, second)
    second = perform(
        "send-back",
        editions=[second],
        actor=house.pharmacist,
        digest=make.seen(second),
        reason=typed("back"),
        remarks={"header": typed("remark"), str(make.key("monitoring")): typed("another")},
    )[0].edition
    make.warn(house.clinician, page, quote=typed("quote"))
    make.correct(house.pharmacist, page, typed("text"), typed("right"))
    make.withdraw(page.live.edition, house.publisher, reason=typed("withdrawal"))
    for harm in (True, False):
        service.report(
            ReportInput(f"{typed('report')} is wrong", harm=harm, part=typed("part"), source=typed("source")), sender=str(harm),
            monograph=page, page="/drugs/testazumab/", edition=1,
        )  # fmt: skip
    answered = service.report(ReportInput(f"{typed('older')} is wrong", harm=False), sender="c", monograph=page)
    service.answer(answered, actor=house.editor, outcome="no-change", text=typed("answer"))
    with audited_write(actor=house.editor) as trail:
        keep_references(trail, [("library", {"type": "report", "title": typed("library")})])
    make.submit(house, make.draft(house, "freshzumab", hostile_document()))
    rechecks.open_rechecks(house.clinician.clinician_profile, actor=house.admin, reason=typed("recheck"))


def at(name, *arguments, slug="testazumab"):
    return reverse(name, args=[slug, *arguments])


def pages():
    """Every page that is read by GET: (address, what somebody typed that stands on it)."""
    edits_made = ChangeSet.objects.filter(edition__monograph__slug="testazumab").order_by("at", "revision_id")
    first, last = edits_made.first().pk, edits_made.last().pk
    report = ProblemReport.objects.get(sender="True").pk
    answered = ProblemReport.objects.get(sender="c").pk
    return {
        "/desk/": ["name", "back", "pharmacist"],
        "/desk/?show=all": ["name", "pharmacist"],
        "/desk/monographs/": ["name", "class"],
        "/desk/monographs/?class=hostile": ["name", "class"],
        "/desk/monographs/new/": ["class"],
        at("workspace"): ["name", "class", "heading-prescribing", "back", "pharmacist", "editor", "withdrawal", "clinician2"],
        at("edit"): ["name", "remark", "another", "heading-prescribing", "test", "reference", "notice"],
        at("edit_header"): ["title", "name", "step", "reference", "brand", "dosing"],
        at("edit_order"): ["name", "heading-prescribing"],
        at("part_new", "section"): ["name", "reference"],
        at("part_new", "citation") + "?" + urlencode({"q": "<i>library"}): ["library"],
        at("part_new", "citation") + "?" + urlencode({"q": typed("nowhere")}): ["nowhere"],
        at("part_edit", make.key("prescribing")): ["heading-prescribing", "text", "reference"],
        at("part_edit", make.key("notice")): ["notice"],
        at("part_edit", make.key("fbc")): ["test", "when", "often", "note"],
        at("part_edit", make.key("trial")): ["reference", "author"],
        at("part_edit", make.key("link")): ["related"],
        at("preview"): ["name", "text", "test", "covers"],
        at("review"): ["name", "editor", "notice", "heading-monitoring"],
        at("review", slug="freshzumab"): ["name", "heading-prescribing", "editor"],
        at("remarks"): ["name", "remark", "another", "pharmacist", "heading-monitoring"],
        at("history"): ["name", "back", "remark", "change", "tier", "interests", "editor2", "withdrawal"],
        at("history") + f"?change={last}": ["notice", "removal", "editor2"],
        at("history") + f"?change={first}": ["heading-prescribing", "editor"],
        at("compare"): ["name", "notice", "change", "editor2", "heading-prescribing"],
        at("restore", first): ["name", "notice"],
        at("move"): [],
        at("published"): ["name", "quote", "right", "text", "withdrawal", "title-clinician"],
        at("places"): ["name"],
        "/desk/reports/": ["name", "report", "part"],
        "/desk/reports/?show=all": ["name", "older"],
        f"/desk/reports/{report}/": ["name", "report", "part", "source"],
        f"/desk/reports/{answered}/": ["older", "answer", "editor"],
        "/desk/warnings/new/": ["name"],
        "/desk/profile/": [],
        f"/desk/rechecks/{Recheck.objects.get().pk}/": ["name", "recheck", "signer-clinician", "admin"],
    }  # fmt: skip


def is_clean(html, words, path):
    assert not re.search(r"<(?:del|ins|span|b|em|strong|q)?[^>]*<i>", html), path
    assert "<i>" not in html, path
    assert "&amp;lt;" not in html, path
    plain = unescape(re.sub(r"<[^>]+>", "", html))
    attributes = " ".join(unescape(one) for one in re.findall(r'(?:value|content)="([^"]*)"', html))
    for word in words:
        # A record loses its marks on the way in (monographs/texts/plain_titles.py); its other signs stand.
        typed_word = f'{word}"' if word in ("reference", "author") else f"<i>{word}"
        assert typed_word in plain or typed_word in attributes, (path, word)


@pytest.mark.parametrize("person", ["editor", "clinician", "pharmacist", "publisher", "auditor", "admin", "nobody"])
def test_no_page_says_a_word_that_only_its_makers_know(house, enter, person):
    client = enter(person)
    for path in [*pages(), "/accounts/logout/", "/desk/monographs/nothing/"]:
        html = re.sub(r"<(script|style)\b.*?</\1>", " ", client.get(path).content.decode(), flags=re.DOTALL)
        assert not SAID.search(unescape(re.sub(r"<[^>]+>", " ", html))), path


@pytest.mark.parametrize("person", ["editor", "clinician2", "publisher", "auditor"])
def test_what_anybody_typed_stands_on_every_page_as_words(house, enter, person):
    client = enter(person)
    closed = ["/desk/monographs/new/"] if person in ("publisher", "auditor") else []
    for path, words in pages().items():
        answer = client.get(path)
        assert answer.status_code == (403 if path in closed else 200), path
        html = answer.content.decode()
        # Whose page it is stands on top of each.
        assert f"<strong>&lt;i&gt;{person}&lt;/i&gt;&quot;&#x27;&amp;</strong>" in html
        is_clean(html, words if person == "editor" and path != "/desk/warnings/new/" else [], path)


def test_whoever_may_warn_reads_the_names_of_pages_as_words(house, enter):
    html = enter("clinician").get("/desk/warnings/new/").content.decode()

    is_clean(html, ["name"], "/desk/warnings/new/")
    signing = enter("clinician").get(at("published")).content.decode()
    is_clean(signing, ["name", "quote"], at("published"))


# Buttons beside that for which a form is there.
BESIDE = {"more", "preview", "as_typed", "tidy"}


def hangs_together(html, path):
    """Enter does what a form is for, and a checker finds no fault: no id stands there twice, each that is named is there."""
    for form in forms_of(html):
        assert not form.submits or form.submits[0] not in BESIDE, path
    # A sign that may not be typed stands there as it was typed, so that it can be seen and taken out.
    assert [one for one in faults(html) if "invalid-codepoint" not in one] == [], path


@pytest.mark.parametrize("person", ["editor", "clinician", "pharmacist", "publisher", "auditor"])
def test_every_form_is_for_what_enter_does_and_names_what_is_there(house, enter, person):
    client = enter(person)
    for path in pages():
        hangs_together(client.get(path).content.decode(), path)


REFUSED = [
    ("editor", "do", ("submit",), {"digest": "0" * 64, "reason": typed("kept")}, 409),
    ("editor", "do", ("publish",), {"reason": typed("kept")}, 403),
    ("publisher", "do", ("discard",), {"digest": "0" * 64, "reason": typed("kept")}, 409),
    ("clinician", "do", ("withdraw",), {"digest": "0" * 64, "kind": "retire", "reason": typed("kept")}, 409),
    ("clinician", "tier", (), {"tier": "low", "reason": typed("kept"), "seen": "standard"}, 409),
    ("editor", "tier", (), {"tier": "low", "reason": typed("kept")}, 403),
    ("publisher", "move", (), {"slug": typed("kept"), "reason": ""}, 422),
    ("publisher", "move", (), {"slug": "new", "reason": typed("kept")}, 422),
    ("pharmacist", "erratum", (), {"wrong": typed("kept"), "right": typed("kept"), "harm": typed("x")}, 422),
    ("editor", "part_edit", (make.key("prescribing"),), {"heading": typed("kept"), "seen": "x"}, 409),
    ("auditor", "part_edit", (make.key("prescribing"),), {"heading": typed("kept"), "seen": "x"}, 403),
    ("editor", "part_new", ("citation",), {"title": typed("kept"), "issued": typed("x"), "label": typed("x")}, 422),
    ("editor", "part_new", ("related",), {"target": typed("kept"), "reason": typed("x")}, 422),
    ("editor", "edit_header", (), {"title": typed("kept"), "codes": typed("x"), "seen": "x"}, 422),
    ("editor", "edit_order", (), {"seen": str(make.key("prescribing")), f"place_{make.key('prescribing')}": typed("kept")}, 422),
]  # fmt: skip


@pytest.mark.parametrize(("person", "name", "arguments", "sent", "status"), REFUSED)
def test_what_was_typed_comes_back_with_a_refusal_as_words(house, enter, person, name, arguments, sent, status):
    answer = enter(person).post(at(name, *arguments), sent)

    assert answer.status_code == status
    is_clean(answer.content.decode(), ["kept"], name)
    hangs_together(answer.content.decode(), name)


def test_what_was_typed_into_forms_without_a_monograph_comes_back_as_words(house, enter):
    report = ProblemReport.objects.get(sender="True").pk
    overlay = Overlay.objects.get(kind="warning").pk
    for person, path, sent, status in (
        ("editor", "/desk/monographs/new/", {"title": typed("kept"), "drug_name": typed("x"), "atc": typed("x")}, 422),
        ("clinician", "/desk/warnings/new/", {"quote": typed("kept"), "link": typed("x")}, 422),
        ("clinician", f"/desk/reports/{report}/", {"outcome": typed("x"), "answer": typed("kept")}, 422),
        ("pharmacist", f"/desk/overlays/{overlay}/lift/", {"reason": typed("kept")}, 422),
        ("auditor", f"/desk/reports/{report}/", {"outcome": typed("x"), "answer": typed("kept")}, 403),
        (
            "clinician",
            at("do", "sign", slug="freshzumab"),
            {"interests": "declared", "interests_text": typed("kept"), "digest": "0" * 64},
            409,
        ),
    ):
        answer = enter(person).post(path, sent)
        assert answer.status_code == status, path
        is_clean(answer.content.decode(), [] if "overlays" in path else ["kept"], path)
        hangs_together(answer.content.decode(), path)


def test_what_is_closed_as_junk_is_words(house, enter):
    answer = enter("editor").get("/desk/reports/close/", {"report": ProblemReport.objects.get(sender="False").pk})

    assert answer.status_code == 200
    is_clean(answer.content.decode(), ["name", "report"], "junk")
    hangs_together(answer.content.decode(), "junk")


def test_a_class_in_a_refusal_is_words(house, enter):
    answer = enter("publisher").post(at("part_new", "related"), {"target": "other", "reason_shown": "x"})

    assert answer.status_code == 403
    is_clean(answer.content.decode(), ["class"], "refusal")


# -- Methods -----------------------------------------------------------------------------------------------------------

SAFE = ["queue", "signed_by_me", "signature", "monographs", "workspace", "preview", "review", "history", "compare", "published", "places",
        "reports", "profile", "start_sections", "drug_list", "class_list", "therapeutic_class"]  # fmt: skip
BOTH = [
    "monograph_new", "edit", "edit_header", "edit_order", "start_from", "part_new", "part_edit", "restore", "move", "report_page",
    "warning_new", "recheck", "copy", "drug", "drug_act", "class_new", "class_act", "remarks",
    "reviewers",
]  # fmt: skip
POSTS = [
    "do",
    "tier",
    "erratum",
    "harmless",
    "countersign",
    "lift",
    "report_look",
    "report_give_back",
    "profile_register",
    "profile_interests",
]


def address_of(name):
    alone = (
        "queue",
        "signed_by_me",
        "monographs",
        "reports",
        "monograph_new",
        "warning_new",
        "drug_list",
        "class_list",
        "class_new",
    )
    if name in alone or name.startswith("profile"):
        return reverse(name)
    if name == "signature":
        return reverse(name, args=[SignOff.objects.earliest("pk").pk])
    if name == "recheck":
        return reverse(name, args=[Recheck.objects.get().pk])
    if name in ("drug", "drug_act"):
        return reverse(
            name, args=[Monograph.objects.get(slug="testazumab").drug.slug, *(["rename"] if name == "drug_act" else [])]
        )
    if name in ("therapeutic_class", "class_act"):
        return reverse(name, args=["neurology", *(["rename"] if name == "class_act" else [])])
    if name in ("countersign", "lift"):
        return reverse(name, args=[Overlay.objects.get(kind="warning").pk])
    if name.startswith("report_"):
        return reverse(name, args=[ProblemReport.objects.get(sender="True").pk])
    more = {
        "do": ["submit"],
        "part_new": ["section"],
        "part_edit": [make.key("prescribing")],
        "restore": [ChangeSet.objects.filter(edition__number=1, edition__monograph__slug="testazumab").first().pk],
    }
    return at(name, *more.get(name, []))


@pytest.mark.parametrize("name", SAFE + BOTH + POSTS)
def test_each_page_answers_its_methods_and_no_other_and_only_people_with_a_part_in_it(house, enter, name):
    path, entries = address_of(name), AuditEvent.objects.count()
    client = enter("editor")
    allowed = {
        method for method in ("get", "head", "post", "put", "patch", "delete", "options")
        if getattr(client, method)(path, {"x": "1"} if method == "post" else None).status_code != 405
    } - ({"post"} if name in BOTH else set())  # fmt: skip

    assert allowed == {"get", "head"} | ({"post"} if name in POSTS else set())
    assert client.get(path).status_code == (302 if name in POSTS else 200)
    assert client.head(path).content == b""
    stranger = enter("")
    for method in ("get", "post"):
        assert getattr(stranger, method)(path).headers["Location"].startswith("/accounts/login/")
        assert getattr(enter("nobody"), method)(path).status_code == 403
        # Whoever looks after people comes in, and reads no monograph.
        assert getattr(enter("admin"), method)(path).status_code in (200, 302, 403, 404, 405, 409, 422)
    # None of them left an entry but a refusal.
    left = AuditEvent.objects.order_by("seq")[entries:].values_list("actor", "verb")
    assert set(left) <= {(house.editor.pk, "refused"), (house.admin.pk, "refused")}


@pytest.mark.parametrize("person", ["editor", "clinician", "pharmacist", "publisher", "auditor"])
def test_a_form_that_holds_nothing_is_refused_and_never_breaks(house, enter, person):
    """As a program posts it, or a proxy that drops the body."""
    paths = {address_of(name) for name in BOTH + POSTS} | {at("do", name) for name in TRANSITIONS}
    paths |= {at("part_new", kind) for kind in ("regimen", "monitoring", "notice", "citation", "related")} | {
        "/report/"
    }
    rows = AuditEvent.objects.exclude(verb="refused").count()
    client = enter(person)
    client.raise_request_exception = False

    found = {path: client.post(path).status_code for path in paths}

    assert {path: status for path, status in found.items() if not 400 <= status < 500} == {}
    assert AuditEvent.objects.exclude(verb="refused").count() == rows


def test_the_desk_says_to_whoever_has_no_role_who_they_are(house, enter):
    nobody = enter("nobody").get("/desk/")

    assert nobody.status_code == 403
    assert "You are signed in as <strong>&lt;i&gt;nobody" in nobody.content.decode()


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/desk/", "My queue"), ("/desk/monographs/", "Monographs"), ("/desk/reports/", "Reports"),
        ("/desk/monographs/testazumab/", "Monographs"), ("/desk/monographs/testazumab/review/", "My queue"),
        ("/desk/monographs/testazumab/history/", "Monographs"), ("/desk/warnings/new/", "Monographs"),
    ],
)  # fmt: skip
def test_the_menu_marks_where_one_is(house, enter, path, section):
    html = enter("editor").get(path).content.decode()

    menu = html.split('aria-label="Desk">')[1].split("</nav>")[0]
    assert re.findall(r'aria-current="page">([^<]+)<', menu) == [section]
