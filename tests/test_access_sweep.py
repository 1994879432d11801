"""Who opens which address, and whose form is looked at: by role, by the place of the grant, and by how they signed in.

The tables say it by hand, and nothing of them comes from the code. Whoever adds an address adds its row: without one it
must be closed to everybody, and the first test names it.
"""

import re
from types import SimpleNamespace

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.test import Client
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Monograph, Overlay
from monographs.standing import today
from reviews.access import rechecks
from reviews.access.factors import APP, CODES
from reviews.access.grants import give
from reviews.desk.editor.forms import HeaderForm
from reviews.editing import parts
from reviews.editing.assignments import assign
from reviews.editing.library import make_class
from reviews.models import Assignment, ChangeSet, ProblemReport, Recheck, Remark, SignOff
from reviews.reports import service
from reviews.workflow import perform
from tests import factories as make
from tests.forms import sent
from tests.test_access import BEFORE_FACTOR, PUBLIC, routes

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# -- Who -----------------------------------------------------------------------------------------------------------------

ROLES_IN_CLASSES, PLACES = ("editor", "clinician", "publisher", "on-call"), ("everywhere", "above", "page", "elsewhere")
PEOPLE = [
    "nobody", *(f"{role} {place}" for role in ROLES_IN_CLASSES for place in PLACES),
    "clinician+on-call page", "auditor everywhere", "administrator everywhere",
]  # fmt: skip
HERE = {"everywhere", "above", "page"}  # of the monograph that is asked for; “above” is the class over its class


def _in(*roles, places=HERE):
    return lambda role, place: bool({*role.split("+")} & {*roles}) and place in places


WHO = {
    "anyone": lambda role, place: True,
    "desk": lambda role, place: role != "nobody",
    "reads": lambda role, place: role == "auditor" or _in("editor", "clinician", "publisher")(role, place),
    "reads, people": lambda role, place: role == "administrator" or WHO["reads"](role, place),
    "writes": _in("editor", "clinician"),
    "writes, publishes": _in("editor", "clinician", "publisher"),
    "begins": _in("editor", "clinician", places={"everywhere", "above", "elsewhere"}),
    "reviews": _in("clinician"),
    "reviews, publishes": _in("clinician", "publisher"),
    "publishes": _in("publisher"),
    "warns": _in("on-call"),
    "ends warnings": lambda role, place: role == "clinician+on-call",
    "library": _in("editor", "clinician", places={*PLACES}),
    "reports": _in("editor", "clinician", "publisher", places={*PLACES}),
    "registered": _in("clinician", "on-call", places={*PLACES}),
    "trail": _in("auditor"),
    "people": _in("administrator"),
    "nobody": lambda role, place: False,
}

# -- What ----------------------------------------------------------------------------------------------------------------

# Address: who opens it, whose form is looked at (None: it takes none).
TABLE = {
    "queue": ("desk", None), "signed_by_me": ("desk", None), "signature": ("reads", None),
    "monographs": ("desk", None), "monograph_new": ("begins", "begins"),
    "workspace": ("reads", None), "edit": ("reads", "writes"), "edit_header": ("reads", "writes"),
    "edit_all": ("reads", "writes"), "edit_order": ("reads", "writes"), "cite": ("reads", None), "here": ("reads", None), "part_new": ("reads", "writes"), "part_edit": ("reads", "writes"),
    "scratch": ("reads", "writes"), "preview": ("reads", None), "review": ("reads", None), "read_tick": ("reads", "reviews"), "remarks": ("reads", "writes"), "reviewers": ("reads", "writes, publishes"), "assignment_end": ("reads", "writes, publishes"), "history": ("reads", None), "compare": ("reads", None),
    "restore": ("reads", "writes"), "tier": ("reads", "reviews"), "ask_for_tier": ("reads", "writes"), "do": ("reads", "writes"),  # “submit”
    "move": ("reads", "publishes"), "published": ("reads", None), "places": ("reads", None),
    "erratum": ("reads", "reviews"), "harmless": ("reads", "reviews"), "copy": ("reads", "writes"),
    "start_from": ("reads", "writes"), "start_sections": ("reads", None),
    "place": ("nobody", "nobody"),  # no kind of overlay has a form there so far
    "countersign": ("reads", "reviews"), "lift": ("reads", "ends warnings"), "warning_new": ("desk", "warns"),
    "report_page": ("reads", "reviews"), "report_look": ("reads", "writes, publishes"),
    "report_give_back": ("reads", "writes, publishes"), "recheck": ("reads, people", "reviews"),
    "throw_away": ("desk", "desk"),  # what was kept for oneself, and of nobody else
    "reports": ("desk", None), "reports_take_in": ("desk", "reports"), "reports_close": ("desk", "reports"),
    "drug_list": ("desk", None), "drug": ("desk", "library"), "drug_act": ("desk", "library"),
    "class_list": ("desk", None), "class_new": ("desk", "people"), "therapeutic_class": ("desk", None),
    "class_act": ("desk", "people"),
    "people": ("people", None), "roles": ("people", "people"), "invite": ("people", "people"), "person": ("people", None),
    "person_do": ("people", "people"), "first_steps": ("people", None), "mail_try": ("people", "people"),
    "checkpoint_copied": ("people", "people"), "rights": ("desk", None), "trail": ("trail", None),
    "trail_out": ("trail", None),
    "profile": ("desk", None), "profile_register": ("desk", "desk"), "profile_interests": ("desk", "registered"),
    "account": ("anyone", "anyone"), "account_password": ("anyone", "anyone"), "account_app": ("anyone", "anyone"),
    "account_passkey": ("anyone", "anyone"), "account_codes": ("anyone", "anyone"),
    "account_session_end": ("anyone", "anyone"), "account_factor_remove": ("anyone", "anyone"),
    "account_reauthenticate": ("anyone", "anyone"), "account_address": ("anyone", "anyone"),
    "account_ask": ("anyone", "anyone"), "account_address_confirm": ("anyone", "anyone"),
}  # fmt: skip
# What is answered to those who may not: as if it were not there (404) to whoever may not know of it, else 403.
HIDDEN = {name for name, (opens, _sends) in TABLE.items() if opens.startswith("reads")} | {"place"}
# Where it matters on which class or monograph a role is held.
PLACED = HIDDEN | {"monograph_new", "warning_new"}
# In a session that was begun with a recovery code: who still opens what others open, and whose form is still looked at.
CLOSED_IN_RECOVERY = {
    "monograph_new",
    "people",
    "invite",
    "roles",
    "person",
    "first_steps",
    "person_do",
    "mail_try",
    "checkpoint_copied",
}
FORMS_IN_RECOVERY = {
    "warning_new",
    "throw_away",
    *(name for name, (opens, _sends) in TABLE.items() if opens == "anyone"),
}
# In the admin: what an administrator is answered to a request and to a form. Everybody else is led to its sign-in.
ADMIN = {
    "index": (200, 200), "logout": (405, 200), "password_change": (404, 404), "password_change_done": (404, 404),
    "autocomplete": (403, 405), "jsi18n": (200, 200), "view_on_site": (404, 404), "auth_user_changelist": (200, 200),
    "auth_user_add": (403, 403), "auth_user_history": (200, 200), "auth_user_delete": (403, 403),
    "auth_user_change": (200, 403), "app_list": (200, 200), "old": (302, 302),
    "None": (404, 404),
}  # fmt: skip


def test_every_address_has_a_row():
    rows = {*TABLE, *(f"admin:{name}" for name in ADMIN)}

    assert {name for name, _pattern, _entry in routes()} - PUBLIC == rows - PUBLIC - {"admin:old"}


# -- The world -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(once_a_module):
    """A page with a warning, a report and a review, its next edition as a draft with a remark, and one person for each row of WHO."""
    house = make.the_house()
    make.published(house)
    page = Monograph.objects.get(slug="testazumab")
    make.warn(house.clinician, page)
    service.report(service.ReportInput("Something is wrong here.", harm=True), sender="s", monograph=page)
    rechecks.open_rechecks(house.clinician.clinician_profile, actor=house.admin, reason="Found conflicted")
    edition = page.live.edition
    perform("start", editions=[edition], actor=house.editor, digest=make.seen(edition))
    edition = page.editions.get(state="draft")
    link = make.document().related[0]
    parts.remove_part(edition, link, seen=digest_of_part(link), actor=house.editor)
    edition = make.submit(house, edition)
    said = {"reason": "One thing", "remarks": {"header": "Which years?"}}
    perform("send-back", editions=[edition], actor=house.clinician, digest=make.seen(edition), **said)
    edition.refresh_from_db()
    assign(edition, person=house.clinician2, due_on=today(), actor=house.editor)
    places = {
        "everywhere": None,
        "above": house.root,
        "page": page,
        "elsewhere": make_class("Elsewhere", actor=house.admin),
    }
    for number, who in enumerate(PEOPLE):
        role, _, place = who.partition(" ")
        person = make.account(f"who-{number}")
        for one in role.split("+") if place else ():
            give(person, one, on=places[place], actor=house.admin)
        if WHO["registered"](role, place):
            make.clinician(person, actor=house.admin, profession="pharmacist", number=f"21{number:05d}")
    return SimpleNamespace(page=page, edition=edition)


def addresses(world):
    """Each closed address by its name, with a form that is whole where what is typed is judged first."""
    page, edition, document = world.page, world.edition, build(world.edition)
    state = ChangeSet.objects.filter(edition=edition).earliest("at").pk
    overlay, of_class = Overlay.objects.get().pk, {"slug": "multiple-sclerosis"}
    given = {
        "restore": {"slug": page.slug, "key": state}, "scratch": {"slug": page.slug, "part": "header"}, "countersign": {"pk": overlay}, "lift": {"pk": overlay},
        **{name: {"pk": ProblemReport.objects.get().pk} for name in ("report_page", "report_look", "report_give_back")},
        "recheck": {"pk": Recheck.objects.get().pk}, "assignment_end": {"pk": Assignment.objects.get().pk},
        "signature": {"pk": SignOff.objects.earliest("pk").pk},
        "drug": {"slug": page.drug.slug}, "drug_act": {"slug": page.drug.slug, "act": "retire"},
        "therapeutic_class": of_class, "class_act": {**of_class, "act": "retire"},
        "account_address_confirm": {"token": "abc"},
        "person_do": {"username": "editor2", "act": "give"}, "account_factor_remove": {"pk": 99}, "throw_away": {"pk": 99},
    }  # fmt: skip
    usual = {
        "slug": page.slug, "key": make.key("monitoring"), "kind": "section", "transition": "submit", "username": "editor2",
        "form": "csv",
    }  # fmt: skip
    warned = {
        name: getattr(make.WARNED, name) for name in ("title", "severity", "regulator", "link", "issued", "quote")
    }
    bodies = {
        "edit": {"restore": str(make.key("link"))}, "part_new": {"kind": "driving", "text": "Wait."},
        "edit_header": sent(HeaderForm(document=document, shown=document.header)) | {"covers": "other uses"},
        "reviewers": {"person": make.User.objects.get(username="pharmacist").pk, "due_on": str(today())},
        "remarks": {"remark": Remark.objects.get().pk, "outcome": "done"},
        "warning_new": {**warned, "monographs": [page.slug], "password": make.PASSWORD},
    }  # fmt: skip
    for name, pattern, entry in routes():
        if name in TABLE:
            fields = given.get(name) or {one: usual[one] for one in usual if f"{one}>" in pattern}
            yield name, reverse(name, kwargs=fields), bodies.get(name, {})
        elif name not in PUBLIC:
            assert getattr(entry.callback, "login_required", True), name
            yield "admin:old" if name == "admin:None" and "<path" in pattern else name, "/" + _filled(pattern), {}


def _filled(pattern):
    """An address of the admin, about an account."""
    pattern = pattern.replace("^(?P<app_label>auth)/$", "auth/").replace("(?P<url>.*)$", "nowhere/")
    return re.sub(r"<path:\w+>", "1", pattern)


def browser(person, given=APP):
    """Somebody who signed in just now, and gave this second factor, or none."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    if given:
        session = client.session
        record_authentication(SimpleNamespace(session=session), person, "mfa", type=given, id=1)
        session.save()
    return client


def answered(client, method, path, body=None):
    """Status, where it leads, and whether words of the draft are on the page. Nothing of it stays."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with make.undone():
        answer = getattr(client, method)(path, body or {})
        said = answer.getvalue()  # what is streamed too
    names_whom_to_ask(said, path)
    for name, value in cookies.items():
        client.cookies[name] = value
    return answer.status_code, answer.headers.get("Location", ""), b"Tests go on for years" in said


def names_whom_to_ask(said, path):
    """Whatever page or refusal says “your administrator” names one, and leads to where they are asked."""
    html = said.decode(errors="replace")
    if "your administrator" in html:
        (line,) = re.findall(r'<p class="whom-to-ask">.*?</p>', html)
        assert re.search(r">(.+, )?admin(, .+)? looks? after people here\.", line), (path, line)
        assert 'href="/accounts/ask/?page=' in line, (path, line)


def person_of(who):
    return make.User.objects.get(username=f"who-{PEOPLE.index(who)}")


# -- The sweep -----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def needed(settings):
    settings.REQUIRE_MFA = True


@pytest.mark.parametrize("who", PEOPLE)
def test_with_the_second_factor_a_role_opens_what_the_table_says_where_it_holds(world, who):
    assert wrong(world, who, APP) == []


@pytest.mark.parametrize("who", ["nobody", "clinician+on-call page", "administrator everywhere"])
def test_with_a_recovery_code_it_opens_what_must_not_wait(world, who):
    assert wrong(world, who, CODES) == []


def wrong(world, who, factor):
    """Each address that answers this person otherwise than the tables say."""
    role, _, place = who.partition(" ")
    client, found = browser(person_of(who), factor), []
    for name, path, body in addresses(world):
        if place in ("above", "page") and name not in PLACED:
            continue  # there the place says nothing: asked of those who hold the role everywhere, and elsewhere
        if name.startswith("admin:"):
            expected = _of_admin(name, role, factor)
        else:
            expected = [_of_desk(name, role, place, factor, is_form) for is_form in (False, True)]
        for method, wanted in zip(("get", "post"), expected, strict=True):
            if wanted is None:
                continue
            status, led, is_told = answered(client, method, path, body if method == "post" else None)
            if is_told and not WHO["reads"](role, place):
                found.append((name, method, "words of the draft"))
            if led in ("/admin/", f"/admin/login/?next={path}"):
                status = "sign-in"
            if (status in (200, 302, 409, 422)) if wanted == "looked at" else status == wanted:
                continue
            found.append((name, method, status, wanted))
    return found


def _of_desk(name, role, place, factor, is_form):
    opens, sends = TABLE[name]
    if role == "nobody" and opens != "anyone":
        return 403 if sends or not is_form else None
    if is_form and sends is None:
        return 405 if WHO[opens](role, place) else None
    is_recovering = factor is CODES
    may_open = WHO[opens](role, place) and not (
        is_recovering and (name in CLOSED_IN_RECOVERY or _only_people(opens, role, place))
    )
    if not may_open:
        return 404 if name in HIDDEN else 403
    if not is_form:
        return "looked at"
    if name == "warning_new" and not (WHO["reads"](role, place) or WHO["warns"](role, place)):
        return 422  # the page is not among those that can be chosen
    may_send = WHO[sends](role, place) and not (is_recovering and name not in FORMS_IN_RECOVERY)
    return "looked at" if may_send else 403


def _only_people(opens, role, place):
    return opens == "reads, people" and not WHO["reads"](role, place)


def _of_admin(name, role, factor):
    if factor is CODES:
        return (403, 403)
    return ADMIN[name.removeprefix("admin:")] if role == "administrator" else ("sign-in", "sign-in")


def test_without_a_sign_in_or_a_second_factor_every_address_leads_to_where_it_is_given(world):
    """Whatever the roles: asked of whoever holds the most, and of whoever holds none."""
    enrolled = make.the_house().admin
    make.second_factor(enrolled)
    found, strangers = [], Client()
    for name, path, body in addresses(world):
        for method in ("get", "post"):
            status, led, _told = answered(strangers, method, path, body)
            if (status, led.partition("?")[0]) not in ((302, "/accounts/login/"), (302, "/admin/login/")):
                found.append((name, method, "stranger", status, led))
            for who in (person_of("administrator everywhere"), person_of("nobody")):
                is_open = name in BEFORE_FACTOR or (name == "admin:logout" and False)
                status, led, _told = answered(browser(who, None), method, path, body)
                if (status, led) != (302, "/accounts/") and not is_open:
                    found.append((name, method, "has none", status, led))
            status, led, _told = answered(browser(enrolled, None), method, path, body)
            if (status, led) != (302, "/accounts/login/second/"):
                found.append((name, method, "did not give it", status, led))

    assert found == []
