"""Whatever is sent twice is done once: every form of the desk that writes, as it stands on its page."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve, reverse

from monographs.digest import digest_of_part
from monographs.models import Monograph, Overlay
from monographs.standing import today
from reviews.access import rechecks
from reviews.editing import parts
from reviews.editing.assignments import assign
from reviews.editing.drugs import rename_drug
from reviews.editing.remarks import answer_remark
from reviews.editing.shown import digest_of_row
from reviews.models import Act, Assignment, AuditEvent, ChangeSet, Grant, ProblemReport, Recheck, Remark
from reviews.reports import looking, service
from reviews.urls import urlpatterns
from reviews.workflow import TRANSITIONS, perform
from tests import factories as make
from tests.factories import give_role
from tests.forms import forms_of
from tests.reviews.editing.test_tier_requests import boxed

DONE = "This was done already, a moment ago."
SLUGS = {
    "low": "lowumab",
    "draft": "draftumab", "review": "reviewumab", "ready": "readyumab", "live": "liveumab", "retired": "retirumab",
    "confirmed": "confirmumab", "said": "saidumab", "unchanged": "unchangedumab",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(once_a_module):
    every_state()


def every_state():
    """One monograph in each state in which some form is shown."""
    house = make.the_house()
    draft = make.draft(house, SLUGS["draft"])
    make.reword(draft, "monitoring", "Other words.", actor=house.editor)
    link = make.document().related[0]
    parts.remove_part(draft, link, seen=digest_of_part(link), actor=house.editor)
    another = make.document().monitoring[0].replaced(key=make.key("alt"), test="ALT")
    make.add_part(draft, another, actor=house.editor)
    make.add_part(make.draft(house, SLUGS["low"]), boxed(), actor=house.editor)
    asked = make.submit(house, make.draft(house, SLUGS["review"]))
    perform("declare-conflict", editions=[asked], actor=house.clinician2, digest=make.seen(asked), reason="Shares")
    make.sign(asked, house.clinician)
    make.signed(house, SLUGS["ready"])
    remarked(house)
    for name in ("live", "retired", "confirmed"):
        make.published(house, SLUGS[name], make.misprinted(minus=make.MISPRINTED["minus"]))
    unchanged = make.submit(house, make.draft(house, SLUGS["unchanged"]))  # no review of a signature waits for it
    make.publish(house, make.sign(make.sign(unchanged, house.clinician2), house.pharmacist))
    page = Monograph.objects.get(slug=SLUGS["live"])
    make.warn(house.clinician, page)
    make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for months.")
    for name in ("retired", "confirmed"):
        make.withdraw(Monograph.objects.get(slug=SLUGS[name]).live.edition, house.publisher)
    gone = Monograph.objects.get(slug=SLUGS["confirmed"]).live.edition
    perform("confirm-withdrawal", editions=[gone], actor=house.clinician, digest=make.seen(gone))
    make.vouch_all(house, gone)
    service.report(service.ReportInput("Something is wrong here.", harm=True), sender="s", monograph=page)
    make.somebody_writes(True)  # so this one stays in the inbox
    service.report(service.ReportInput("Something else could harm.", harm=True), sender="s", monograph=page)
    make.somebody_writes(False)
    wording = service.report(service.ReportInput("A comma is missing.", harm=False), sender="t", monograph=page)
    looking.look(wording, actor=house.editor2, seen=0)
    assign(page_of("draft"), person=house.pharmacist, due_on=today(), actor=house.pharmacist)
    make.account("left", is_active=False)
    make.account("auditor2", "", None)
    rechecks.open_rechecks(house.clinician.clinician_profile, actor=house.admin, reason="Found conflicted")
    give_role(house.auditor, "administrator", actor=house.admin)
    drug = Monograph.objects.get(slug=SLUGS["draft"]).drug
    rename_drug(drug, name="Renamedumab", actor=house.editor, seen=digest_of_row(drug), reason="For a test")


def page_of(name):
    return Monograph.objects.get(slug=SLUGS[name]).editions.latest("number")


def remarked(house):
    """Sent back with two remarks, of which one is answered."""
    edition = make.submit(house, make.draft(house, SLUGS["said"]))
    said = {"header": "The name?", str(make.key("monitoring")): "Every week?"}
    perform("send-back", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="Two", remarks=said)  # fmt: skip
    answer_remark(Remark.objects.get(part="header"), outcome="done", answer="", actor=house.editor)


def at(route, name="live", **more):
    return lambda: reverse(route, kwargs={"slug": SLUGS[name], **more})


def part(name):
    return at("part_edit", "draft", key=make.key(name))


def overlay(kind):
    return Overlay.objects.get(kind=kind).pk


def do(name, transition):
    return lambda: reverse("do", args=[SLUGS[name], transition])


def person(name):
    return lambda: reverse("person", args=[name])


def does(name, act):
    return lambda: reverse("person_do", args=[name, act])


def drug_at(route, *act):
    return lambda: reverse(route, args=[Monograph.objects.get(slug=SLUGS["live"]).drug.slug, *act])


def another_drug():
    return Monograph.objects.get(slug=SLUGS["ready"]).drug.pk


def class_at(act):
    return lambda: reverse("class_act", args=["multiple-sclerosis", act])


PASSWORD = {"password": make.PASSWORD}
LOOKED_UP = {"register_date": str(today()), "looked_at": "Its page"}
SIGNED = {**PASSWORD, "tick_read": "on", "tick_content": "on", "tick_competent": "on", "interests": "none"}
REASON = {"reason": "Because of a test"}
WARNED = {name: getattr(make.WARNED, name) for name in ("title", "severity", "regulator", "link", "issued", "quote")}
NEW = {"title": "Newumab in a test", "drug_name": "newumab", "therapeutic_class": "multiple-sclerosis"}

# (name of the form, who sends it, the page that shows it, where it is sent, its button, what is typed, entries it leaves)
FORMS = [
    ("restored on the outline", "editor", at("edit", "draft"), at("edit", "draft"), "restore", {}, ["edited"]),
    ("part saved", "editor", part("monitoring"), None, "preview", {"text": "Words of a test."}, ["edited"]),
    ("part taken out", "editor", part("monitoring"), None, "remove", {"remove": "1"}, ["edited"]),
    ("part put back", "editor", part("link"), at("edit", "draft"), None, {}, ["edited"]),
    ("section", "editor", at("part_new", "draft", kind="section"), None, "preview", {"kind": "driving", "text": "Wait."}, ["edited"]),
    ("monitoring", "editor", at("part_new", "draft", kind="monitoring"), None, "preview", {"test": "Creatinine"}, ["edited"]),
    ("notice", "editor", at("part_new", "draft", kind="notice"), None, "preview", {"type": "caution", "severity": "major", "title": "T", "text": "X."}, ["edited"]),
    ("citation", "editor", at("part_new", "draft", kind="citation"), None, "preview", {"type": "book", "title": "A book"}, ["edited", "reference_added"]),
    ("related", "editor", at("part_new", "draft", kind="related"), None, "preview", {"target": "liveumab", "reason": "comparator"}, ["edited"]),
    ("header", "editor", at("edit_header", "draft"), None, "preview", {"covers": "all of it"}, ["edited"]),
    ("all", "editor", at("edit", "draft"), at("edit_all", "draft"), None, {"0.part": "new-section", "0.kind": "driving", "0.text": "Wait.", "0.key": str(make.key("all"))}, ["edited"]),
    ("order", "editor", at("edit_order", "draft"), None, None, {f"place_{make.key('prescribing')}": "9"}, ["edited"]),
    ("a step up", "editor", at("edit", "draft"), lambda: f"{at('edit_order', 'draft')()}?kind=monitoring", None, {"up": str(make.key("alt"))}, ["edited"]),
    ("copied from another", "editor", lambda: f"{at('start_from', 'draft')()}?of={SLUGS['live']}", None, None, {}, ["edited", "parts_copied"]),
    ("new", "editor", lambda: reverse("monograph_new"), None, None, NEW, ["drug_added", "begun", "edited"]),
    ("moved", "publisher", at("move", "draft"), None, None, {"slug": "elsewhere", **REASON}, ["moved"]),
    ("tier asked for", "editor", at("workspace", "low"), at("ask_for_tier", "low"), None, {}, ["tier_asked"]),
    ("tier", "clinician2", at("workspace", "draft"), at("tier", "draft"), None, {"tier": "high", **REASON}, ["tier_set"]),
    ("restored state", "editor", lambda: reverse("restore", args=[SLUGS["draft"], first_state()]), None, None, {}, ["edited"]),
    ("start", "editor", at("workspace", "live"), do("live", "start"), None, {}, ["started", "edited"]),
    ("submit", "editor", at("workspace", "draft"), do("draft", "submit"), None, {}, ["submitted"]),
    ("send-back", "clinician", at("workspace", "review"), do("review", "send-back"), None, REASON, ["sent_back"]),
    ("sign", "pharmacist", at("review", "review"), do("review", "sign"), None, SIGNED, ["signed"]),
    ("unsign", "clinician", at("workspace", "review"), do("review", "unsign"), None, REASON, ["unsigned"]),
    ("declare-conflict", "pharmacist", at("review", "review"), do("review", "declare-conflict"), None, REASON, ["conflict_declared"]),
    ("end-conflict", "clinician2", at("review", "review"), do("review", "end-conflict"), None, REASON, ["conflict_ended"]),
    ("publish", "publisher", at("workspace", "ready"), do("ready", "publish"), None, {}, ["published"]),
    ("discard", "editor", at("workspace", "draft"), do("draft", "discard"), None, REASON, ["discarded"]),
    ("withdraw", "publisher", at("published"), do("live", "withdraw"), None, {"kind": "retire", **REASON}, ["withdrawn"]),
    ("confirm-withdrawal", "clinician", at("published", "retired"), do("retired", "confirm-withdrawal"), None, {}, ["withdrawal_confirmed"]),
    ("still-correct", "clinician", at("published", "retired"), do("retired", "still-correct"), None, SIGNED, ["vouched"]),
    ("full-review", "clinician", at("published"), do("live", "full-review"), None, SIGNED, ["reviewed_in_full"]),
    ("no-change", "clinician", at("published", "unchanged"), do("unchanged", "no-change"), None, {**SIGNED, "tick_compared": "on", "tick_evidence": "on"}, ["found_unchanged"]),
    ("reinstate", "publisher", at("published", "confirmed"), do("confirmed", "reinstate"), None, {}, ["reinstated"]),
    ("erratum", "pharmacist", at("published"), at("erratum"), None, {"wrong": "It can slow.", "right": "It may slow.", "harm": "minor", **PASSWORD}, ["corrected"]),
    ("harmless", "clinician2", at("published"), at("harmless"), None, REASON, ["called_harmless"]),
    ("countersign", "clinician2", at("published"), lambda: reverse("countersign", args=[overlay("warning")]), None, PASSWORD, ["countersigned"]),
    ("lift", "pharmacist", at("published"), lambda: reverse("lift", args=[overlay("warning")]), None, {**REASON, **PASSWORD}, ["lifted"]),
    ("warning", "clinician", lambda: reverse("warning_new"), None, None, {**WARNED, "monographs": ["liveumab"], **PASSWORD}, ["warned"]),
    ("answer", "editor", lambda: reverse("report_page", args=[ProblemReport.objects.get(harm=False).pk]), None, None, {"outcome": "no-change", "answer": "It is right."}, ["report_answered"]),
    ("closed as harmless", "clinician", lambda: reverse("report_page", args=[ProblemReport.objects.filter(harm=True).earliest("pk").pk]), None, None, {"outcome": "no-change", "answer": "It is right.", **REASON}, ["report_answered"]),
    ("junk", "editor", lambda: f"{reverse('reports_close')}?report={ProblemReport.objects.get(harm=False).pk}", lambda: reverse("reports_close"), None, REASON, ["reports_closed"]),
    ("looked at", "publisher", lambda: reverse("report_page", args=[ProblemReport.objects.filter(harm=True).earliest("pk").pk]), lambda: reverse("report_look", args=[ProblemReport.objects.filter(harm=True).earliest("pk").pk]), None, {}, ["report_looked_at"]),
    ("given back", "editor2", lambda: reverse("report_page", args=[ProblemReport.objects.get(harm=False).pk]), lambda: reverse("report_give_back", args=[ProblemReport.objects.get(harm=False).pk]), None, {}, ["reports_given_back"]),
    ("own registration", "editor", lambda: reverse("profile"), lambda: reverse("profile_register"), None, {"name": "N. N.", "profession": "nurse", "number": "12A3456B", "scope": "both"}, ["clinician_registered"]),
    ("interests", "clinician", lambda: reverse("profile"), lambda: reverse("profile_interests"), None, {}, ["interests_declared"]),
    ("recheck", "clinician2", lambda: reverse("recheck", args=[Recheck.objects.earliest("pk").pk]), None, None, {"found": "It is right"}, ["recheck_closed"]),
    ("invite", "admin", lambda: reverse("invite"), None, None, {"name": "Ann Other", "email": "ann@example.org", "username": "ann", "role": "editor", "on": "everywhere"}, ["account_link_made", "account_made", "role_given"]),
    ("mail tried", "admin", lambda: reverse("first_steps"), lambda: reverse("mail_try"), None, {}, ["mail_tried"]),
    ("copied", "admin", lambda: reverse("first_steps"), lambda: reverse("checkpoint_copied"), None, {}, ["checkpoint_copied"]),
    ("give", "admin", person("editor2"), does("editor2", "give"), None, {"role": "publisher", "on": "everywhere"}, ["role_given"]),
    ("confirm", "admin", person("publisher"), does("publisher", "confirm"), None, {}, ["role_confirmed"]),
    ("confirm several", "admin", lambda: f"{reverse('roles')}?show=all", None, None, {"grants": lambda: [str(one.pk) for one in Grant.objects.filter(person__username="publisher")]}, ["role_confirmed"]),
    ("email", "admin", person("auditor2"), does("auditor2", "email"), None, {"email": "other@example.org"}, ["account_email_changed"]),
    ("link", "admin", person("auditor2"), does("auditor2", "link"), None, {}, ["account_link_made"]),
    ("close", "admin", person("auditor2"), does("auditor2", "close"), None, REASON, ["account_closed"]),
    ("reopen", "admin", person("left"), does("left", "reopen"), None, {}, ["account_opened"]),
    ("register", "admin", person("editor2"), does("editor2", "register"), None, {"name": "N. N.", "profession": "nurse", "number": "12A3456C", "scope": "both"}, ["clinician_registered"]),
    ("verify", "admin", person("pharmacist"), does("pharmacist", "verify"), None, {"reader_title": "pharmacist", **LOOKED_UP}, ["clinician_verified"]),
    ("renew", "admin", person("pharmacist"), does("pharmacist", "renew"), None, LOOKED_UP, ["registration_renewed"]),
    ("end", "admin", person("clinician2"), does("clinician2", "end"), None, {"how": "struck_off", **REASON}, ["rechecks_opened", "registration_ended"]),
    ("open reviews", "admin", person("pharmacist"), does("pharmacist", "open-reviews"), None, REASON, ["rechecks_opened"]),
    ("copy taken over", "editor", at("copy", "draft"), None, None, {"decision": "take_over"}, ["edited", "copy_taken"]),
    ("remark answered", "editor", at("edit", "said"), at("remarks", "said"), "answer", {"outcome": "left", "answer": "It is so"}, ["remark_answered"]),
    ("remark reopened", "editor", at("remarks", "said"), at("remarks", "said"), "reopen", {"reopen": "1"}, ["remark_reopened"]),
    ("asked to sign", "clinician2", at("reviewers", "draft"), None, None, {"person": lambda: str(User.objects.get(username="clinician2").pk)}, ["assigned"]),
    ("declined", "pharmacist", lambda: reverse("assignment_end", args=[Assignment.objects.get(person__username="pharmacist").pk]), None, None, REASON, ["assignment_declined"]),
    ("copy left", "editor", at("copy", "draft"), None, None, REASON, ["copy_left"]),
    ("drug", "editor", drug_at("drug"), None, None, {"traits": ["opioid"]}, ["drug_changed"]),
    ("drug renamed", "editor", drug_at("drug_act", "rename"), None, None, {"name": "Elsewhere", **REASON}, ["drug_renamed", "library_changed"]),
    ("drug merged", "clinician", lambda: f"{drug_at('drug_act', 'merge')()}?into={another_drug()}", drug_at("drug_act", "merge"), None, REASON, ["drug_merged", "library_changed"]),
    ("drug retired", "editor", drug_at("drug_act", "retire"), None, None, REASON, ["drug_retired"]),
    ("class", "auditor", lambda: reverse("class_new"), None, None, {"name": "Pain"}, ["class_added"]),
    ("class renamed", "auditor", class_at("rename"), None, None, {"name": "Elsewhere", **REASON}, ["class_renamed", "library_changed"]),
    ("class moved", "auditor", class_at("move"), None, None, {"parent": "", **REASON}, ["class_moved", "library_changed"]),
    ("class floor", "auditor", class_at("floor"), None, None, {"tier_floor": "high", **REASON}, ["class_floor_set"]),
    ("class retired", "auditor", class_at("retire"), None, None, {"to": "neurology", **REASON}, ["class_retired", "library_changed"]),
    ("taken in", "editor", lambda: reverse("reports"), lambda: reverse("reports_take_in"), None, {}, ["reports_taken_in"]),
]  # fmt: skip


def first_state():
    return ChangeSet.objects.filter(edition__monograph__slug=SLUGS["draft"]).earliest("at").pk


def shown(client, page, action, button):
    """The form on a page that is sent there, and has this button."""
    html = client.get(page).content.decode()
    found = [
        one for one in forms_of(html) if one.action == (action or "") and (button is None or button in {*one.buttons, *one.fields})
    ]  # fmt: skip
    assert found, f"no such form on {page}"
    return found[-1]


def entries_since(seq):
    return sorted(AuditEvent.objects.filter(seq__gt=seq).values_list("verb", flat=True))


def case(name, who, page, action, button, typed, verbs):
    return pytest.param(who, page, action, button, typed, verbs, id=name)


@pytest.mark.each_case  # every verb that has a form is done on PostgreSQL here
@pytest.mark.parametrize(("who", "page", "action", "button", "typed", "verbs"), [case(*one) for one in FORMS])
def test_a_form_that_is_sent_twice_is_done_once(house, who, page, action, button, typed, verbs):
    client, address = Client(), page()
    client.force_login(house.people[who])
    target = action() if action else None
    form = shown(client, address, target, button)
    sent, before = form.filled(**typed), AuditEvent.objects.latest("seq").seq

    first, second = (client.post(target or address, sent) for _ in range(2))

    assert first.status_code == 302, first.content.decode()
    # Save all, whose first answer may be lost, says again what it saved.
    again = (302, False) if target == at("edit_all", "draft")() else (409, True)
    assert (second.status_code, DONE in second.content.decode()) == again
    assert entries_since(before) == sorted(verbs)
    assert Act.objects.get(token__startswith=f"{form.fields['act'][0]}.").seq == AuditEvent.objects.latest("seq").seq


def test_every_transition_and_every_address_that_takes_a_form_is_tried(house):
    client = Client()
    client.force_login(house.editor)
    key = "00000000-0000-4000-8000-000000000000"
    filled_in = {
        "slug": "nowhere",
        "key": key,
        "pk": 0,
        "username": "nobody-here",
        "kind": "section",
        "transition": "submit",
        "act": "rename",
        "part": "header",
        "form": "csv",
    }
    taking = set()
    for route in urlpatterns:
        kwargs = {name: filled_in[name] for name in route.pattern.converters}
        if client.post(reverse(route.name, kwargs=kwargs)).status_code != 405:
            taking.add(route.name)
    pages = {resolved(action() if action else page()) for _name, _who, page, action, *_ in FORMS}

    # The form of `place` is for kinds of overlay that say so: none does so far. What is thrown away of kept forms is no
    # part of the record (tests/reviews/desk/test_kept.py). Scratch is kept again and again, and thrown away twice it is as gone
    # (tests/reviews/desk/editor/test_scratch.py). A tick is no part of the record either, and twice as good as once.
    assert taking - {"place", "throw_away", "scratch", "read_tick"} == pages
    assert {name for name, *_ in FORMS} >= set(TRANSITIONS)


def resolved(address):
    return resolve(address.partition("?")[0]).url_name


def test_each_form_on_a_page_has_a_token_of_its_own_and_a_new_one_each_time(house):
    client = Client()
    client.force_login(house.editor)
    address = reverse("workspace", args=[SLUGS["draft"]])

    pages = [forms_of(client.get(address).content.decode()) for _ in range(2)]

    tokens = [form.fields["act"][0] for page in pages for form in page if "act" in form.fields]
    assert len(tokens) >= 4
    assert len(set(tokens)) == len(tokens)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in tokens)


def test_a_refused_form_is_shown_with_a_token_that_can_be_sent(house):
    """Nothing was done, so neither token was used up: the next press does it."""
    client, address = Client(), reverse("move", args=[SLUGS["draft"]])
    client.force_login(house.publisher)
    first = shown(client, address, None, None)
    refused = client.post(address, first.filled(slug="elsewhere", reason=""))
    again = forms_of(refused.content.decode())[-1]

    assert refused.status_code == 422
    assert first.fields["act"] != again.fields["act"]
    assert not Act.objects.exists()
    assert client.post(address, first.filled(slug="elsewhere", reason="why")).status_code == 302


def test_a_wrong_password_uses_up_no_form(house):
    client, address = Client(), reverse("review", args=[SLUGS["review"]])
    client.force_login(house.pharmacist)
    target = reverse("do", args=[SLUGS["review"], "sign"])
    form = shown(client, address, target, None)

    wrong = client.post(target, form.filled(**{**SIGNED, "password": "not it"}))
    right = client.post(target, form.filled(**SIGNED))

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert AuditEvent.objects.filter(verb="reauth_failed").count() == 1


def test_a_form_without_a_token_works_as_before(house):
    client, address = Client(), reverse("edit_header", args=[SLUGS["draft"]])
    client.force_login(house.editor)
    for token in ("", "x", "a" * 100, "not one!"):
        form = shown(client, address, None, "preview")

        answer = client.post(address, form.filled(covers=f"Covers {token}", act=token))

        assert answer.status_code == 302
    assert not Act.objects.exists()


def test_a_form_that_somebody_goes_back_to_and_changes_is_no_repeat(house):
    """It is judged like any other: here the part has been saved since the form was shown. What was typed is kept."""
    client, address = Client(), reverse("part_edit", args=[SLUGS["draft"], make.key("monitoring")])
    client.force_login(house.editor)
    form = shown(client, address, None, "preview")
    assert client.post(address, form.filled(text="First words.")).status_code == 302

    answer = client.post(address, form.filled(text="Later words."))

    assert (answer.status_code, DONE in answer.content.decode()) == (409, False)
    again = shown_in(answer, "preview")
    assert (again.fields["text"], again.fields["act"] != form.fields["act"]) == (["Later words."], True)


def test_a_changed_password_makes_no_other_form(house):
    client, address = Client(), reverse("review", args=[SLUGS["review"]])
    client.force_login(house.pharmacist)
    target = reverse("do", args=[SLUGS["review"], "sign"])
    form = shown(client, address, target, None)

    answers = [client.post(target, form.filled(**{**SIGNED, "password": typed})) for typed in (make.PASSWORD, "other")]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert DONE in answers[1].content.decode()


def shown_in(answer, button):
    return next(one for one in forms_of(answer.content.decode()) if button in one.buttons)


def test_every_form_of_the_desk_holds_a_token():
    """Whoever adds a form and forgets it meets this test."""
    folder = Path(settings.BASE_DIR, "templates")
    lacking = [
        f"{path.name}: {tag}"
        for path in (*(folder / "reviews").rglob("*.html"), folder / "desk.html")
        for tag, follows in re.findall(r'(<form[^>]*method="post"[^>]*>)(.{0,60})', path.read_text(), re.DOTALL)
        if "{% act_token %}" not in follows and "account_logout" not in tag
    ]

    assert lacking == []
