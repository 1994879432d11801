"""What of published pages waits for whom, and what each person finds and is offered on the page of a published page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from monographs.models import Monograph, Overlay, SecondSignature, TherapeuticClass
from reviews.access.door import PATIENT
from reviews.editing.classes import set_floor
from reviews.editing.library import make_class
from reviews.editing.monographs import set_tier
from reviews.editing.shown import digest_of_row
from reviews.models import AuditEvent, ProblemReport
from reviews.reports import service
from reviews.reports.service import ReportInput
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.any_database

LONG = "The interval is wrong on this page. " * 5


@pytest.fixture(scope="module")
def made(once_a_module):
    """Published pages with everything that may stand over them, and reports of readers."""
    house = make.the_house()
    make_class("Oncology", slug="oncology", actor=house.admin)
    pages = {}
    for slug in ("warnzumab", "doublezumab", "retirezumab", "downzumab", "vouchzumab", "plainzumab"):
        header = make.document().header.replaced(name=slug.capitalize(), title=slug.capitalize())
        make.published(house, slug, make.document(header=header))
        pages[slug] = Monograph.objects.get(slug=slug)
    make.warn(house.clinician, pages["warnzumab"])
    (double,) = make.warn(house.clinician, pages["doublezumab"], title="stop")
    make.countersign(double, house.clinician2)
    make.correct(house.pharmacist, pages["doublezumab"], "Tests go on for years.", "Tests go on for months.")
    make.withdraw(pages["retirezumab"].live.edition, house.publisher, reason="the source is gone")
    make.withdraw(pages["downzumab"].live.edition, house.clinician, "take_down", reason="a dose is wrong")
    edition = pages["vouchzumab"].live.edition
    make.withdraw(edition, house.publisher)
    perform("confirm-withdrawal", editions=[edition], actor=house.clinician, digest=make.seen(edition))
    make.vouch(edition, house.clinician2)
    make.vouch(edition, house.pharmacist)
    service.report(ReportInput("A comma is missing in it.", harm=False), sender="a")
    answered = service.report(ReportInput("Long answered by us.", harm=True), sender="b", monograph=pages["warnzumab"])
    service.answer(
        answered, actor=house.clinician, outcome="no-change", text="It is right.", reason="It was looked at."
    )
    service.report(
        ReportInput(LONG, harm=True, part="Monitoring", email="r@example.org"), sender="c", monograph=pages["warnzumab"],
        page="/drugs/warnzumab/", edition=1,
    )  # fmt: skip


def due_of(slug):
    return Overlay.objects.get(monograph__slug=slug).due_at


def urgent(client):
    return [
        (one.what, one.name, one.address, one.why, one.button, one.due_at, one.is_late, one.is_urgent)
        for one in client.get("/desk/").context["urgent"]
    ]


def page_of(slug):
    return f"/desk/monographs/{slug}/withdraw/"


def told():
    """Every urgent thing by its name here, as whoever it waits for reads it."""
    harm, harmless = ProblemReport.objects.get(sender="c"), ProblemReport.objects.get(sender="a")
    return {
        "harm": (
            "Report: could harm", f"R-{harm.pk}: Warnzumab", f"/desk/reports/{harm.pk}/", f"Monitoring: {LONG[:99]}…",
            "Open the report", harm.at + timedelta(hours=4), False, True,
        ),
        "warning": (
            "Urgent warning unsigned", "Warnzumab", page_of("warnzumab"), "There is a new severe reaction.",
            "Open and countersign", due_of("warnzumab"), False, True,
        ),
        "retired": (
            "Withdrawal to confirm", "Retirezumab", page_of("retirezumab"), "Retired: the source is gone.",
            "Open and confirm", due_of("retirezumab"), False, True,
        ),
        "down": (
            "Withdrawal to confirm", "Downzumab", page_of("downzumab"), "Removed: a dose is wrong.",
            "Open and confirm", due_of("downzumab"), False, True,
        ),
        "vouched": (
            "Withdrawn page", "Vouchzumab", page_of("vouchzumab"), "It was signed again: it is still correct.",
            "Open the page", None, False, True,
        ),
        "harmless": (
            "Report of a problem", f"R-{harmless.pk}: the site as a whole", f"/desk/reports/{harmless.pk}/",
            "The whole page: A comma is missing in it.", "Open the report", harmless.due_at, False, False,
        ),
    }  # fmt: skip


WAITS = {
    "editor": ["harm", "harmless"],
    "clinician": ["harm", "retired", "harmless"],
    "clinician2": ["harm", "warning", "retired", "harmless"],
    "pharmacist": ["harm", "warning", "retired", "harmless"],
    "publisher": ["down", "vouched", "harmless"],
    "auditor": [],
}


@pytest.mark.parametrize("person", WAITS)
def test_each_person_finds_what_they_can_confirm_or_answer_the_first_due_first_and_what_could_not_harm_last(
    house, enter, person
):
    client = enter(person)

    assert urgent(client) == [told()[name] for name in WAITS[person]]

    page = client.get("/desk/")
    html, count = page.content.decode(), len(WAITS[person])
    assert page.context["tabs"][0][2] == count
    if count == 0:
        assert "task-urgent" not in html
        return
    clocks = count - 1 - ("vouched" in WAITS[person])
    assert f"{count} things wait for you; {clocks} {'has' if clocks == 1 else 'have'} a clock of hours." in html
    assert html.count('<li class="task task-urgent">') == count - 1
    assert html.count('<a class="btn" href') == 1
    assert html.count("<p>Due <time") == count - ("vouched" in WAITS[person]) + len(page.context["pending"])
    assert page.context["next_due"] is None
    # They stand with what waits for me, and nowhere else.
    for show in ("others", "all"):
        assert client.get(f"/desk/?show={show}").context["urgent"] == []


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, True)])
def test_a_task_is_late_from_the_moment_at_which_it_was_due(house, enter, monkeypatch, seconds, late):
    warning, harm = due_of("warnzumab"), ProblemReport.objects.get(sender="c").due_at
    client = enter("pharmacist")
    for due, what in ((harm, "Report: could harm"), (warning, "Urgent warning unsigned")):
        moment = due + timedelta(seconds=seconds)
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        client = enter("pharmacist")
        page = client.get("/desk/")
        (task,) = [one for one in page.context["urgent"] if one.what == what]
        assert task.is_late == late
        assert page.content.decode().count("<strong>Late: due ") == sum(one.is_late for one in page.context["urgent"])
    html = client.get(page_of("warnzumab")).content.decode()
    assert ("Second signature was due by" in html, "Second signature due by" in html) == (late, not late)
    monkeypatch.setattr("django.utils.timezone.now", lambda: harm + timedelta(seconds=seconds))
    client = enter("pharmacist")
    lines = client.get("/desk/reports/").context["lines"]
    assert [(one.sender, is_late) for one, is_late, _may in lines] == [("c", late), ("a", False)]
    assert client.get("/desk/reports/").content.decode().count("<strong>Late: due ") == late
    shown = client.get(f"/desk/reports/{lines[0][0].pk}/")
    assert (shown.context["is_late"], "<strong>Late: <time" in shown.content.decode()) == (late, late)


@pytest.mark.usefixtures("grants_last")
def test_a_warning_waits_for_no_clinician_whose_registration_lapsed(house, enter, monkeypatch):
    now = timezone.now()
    for days, waits in ((364, True), (367, False)):
        monkeypatch.setattr("django.utils.timezone.now", lambda days=days: now + timedelta(days=days))
        whats = [one[0] for one in urgent(enter("pharmacist"))]
        assert ("Urgent warning unsigned" in whats, "Withdrawal to confirm" in whats) == (waits, True)


def test_what_is_confirmed_answered_or_brought_back_waits_for_nobody_any_more(house, enter):
    make.countersign(Overlay.objects.get(monograph__slug="warnzumab"), house.pharmacist)
    for slug, who in (("retirezumab", house.clinician2), ("downzumab", house.publisher)):
        edition = Monograph.objects.get(slug=slug).live.edition
        perform("confirm-withdrawal", editions=[edition], actor=who, digest=make.seen(edition))
    edition = Monograph.objects.get(slug="vouchzumab").live.edition
    perform("reinstate", editions=[edition], actor=house.publisher, digest=make.seen(edition))
    for one in ProblemReport.objects.filter(answered_at=None):
        outcome = "no-change" if one.monograph else "elsewhere"
        service.answer(one, actor=house.clinician, outcome=outcome, text="As it is.", reason="It was looked at.")

    for person in WAITS:
        assert urgent(enter(person)) == []


def test_a_signature_from_before_the_last_withdrawal_offers_the_page_to_no_publisher(house, enter):
    edition = Monograph.objects.get(slug="vouchzumab").live.edition
    make.withdraw(edition, house.clinician, "take_down")

    assert "vouchzumab" not in str([one for one in urgent(enter("publisher")) if one[0] == "Withdrawn page"])


def withdrawn(client):
    return [one[1] for one in urgent(client) if one[0] == "Withdrawn page"]


def test_a_page_that_three_clinicians_reaffirmed_waits_once(house, enter):
    make.vouch(Monograph.objects.get(slug="vouchzumab").live.edition, house.clinician)

    assert withdrawn(enter("publisher")) == ["Vouchzumab"]


def test_a_page_waits_only_while_whoever_reaffirmed_it_still_could(house, enter):
    """As the transition judges it: nobody is sent to a page that does not come back."""
    edition = Monograph.objects.get(slug="vouchzumab").live.edition
    make.changed_account(house.clinician2, is_active=False)

    assert withdrawn(enter("publisher")) == []
    assert [one.code for one in make.available(edition, house.publisher)["reinstate"]] == ["not_vouched"]
    make.vouch(edition, house.clinician)
    assert withdrawn(enter("publisher")) == ["Vouchzumab"]
    assert make.available(edition, house.publisher)["reinstate"] == []


def test_whoever_reaffirmed_a_page_alone_is_not_asked_to_bring_it_back(house, enter):
    make.give_role(house.clinician2, "publisher", actor=house.admin)
    make.changed_account(house.pharmacist, is_active=False)  # whose signature counts no longer

    assert withdrawn(enter("clinician2")) == []
    make.vouch(Monograph.objects.get(slug="vouchzumab").live.edition, house.clinician)
    assert withdrawn(enter("clinician2")) == ["Vouchzumab"]


def test_nothing_of_a_class_that_is_closed_is_shown(house, enter):
    for role in ("editor", "clinician", "publisher"):
        make.revoke(role, house.root, actor=house.admin)

    assert [one[0] for one in urgent(enter("publisher"))] == ["Report of a problem"]
    assert [one[0] for one in urgent(enter("pharmacist"))] == ["Report of a problem"]
    client = enter("editor")
    assert [one.sender for one, *_ in client.get("/desk/reports/?show=all").context["lines"]] == ["a"]
    assert [count for *_, count, _query in client.get("/desk/reports/").context["filters"]] == [1, 0, 1]
    harm = ProblemReport.objects.get(sender="c")
    assert client.get(f"/desk/reports/{harm.pk}/").status_code == 404
    entry = AuditEvent.objects.latest("seq")
    assert (entry.actor, entry.subject, entry.data["action"]) == (house.editor, "monograph:warnzumab", "read")
    assert client.post(f"/desk/reports/{harm.pk}/", {"outcome": "no-change", "answer": "x"}).status_code == 404
    assert ProblemReport.objects.get(sender="c").answered_at is None


@pytest.mark.parametrize("act", ["countersign", "lift"])
@pytest.mark.parametrize("password", [make.PASSWORD, "wrong wrong wrong"])
def test_an_overlay_of_a_closed_class_is_not_there_and_only_the_try_to_read_it_is_recorded(house, enter, act, password):
    """Nothing of it is judged: neither the password nor the right to sign, which would tell that it stands."""
    overlay = Overlay.objects.get(monograph__slug="warnzumab")
    for role in ("editor", "clinician", "publisher", "on-call"):
        make.revoke(role, house.root, actor=house.admin)
    entries, rows = AuditEvent.objects.count(), Overlay.objects.count()
    client = enter("pharmacist")

    closed = client.post(f"/desk/overlays/{overlay.pk}/{act}/", {"password": password, "reason": "It was answered."})
    absent = client.post(f"/desk/overlays/99999/{act}/", {"password": password, "reason": "It was answered."})

    assert (closed.status_code, closed.content) == (404, absent.content)
    assert (AuditEvent.objects.count(), Overlay.objects.count()) == (entries + 1, rows)
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, entry.subject) == ("refused", house.pharmacist, "monograph:warnzumab")
    assert (entry.data["action"], entry.data["codes"]) == ("read", ["not_granted"])
    assert not SecondSignature.objects.filter(overlay=overlay).exists()


# -- The page of a published page ----------------------------------------------------------------------------------------


def offered(html):
    """Where the forms of a page lead, but for signing out."""
    return sorted({one for one in re.findall(r'action="(/[^"]+)"', html) if "/accounts/" not in one})


def closed(html):
    """The buttons that are shown and cannot be pressed."""
    return re.findall(r'aria-describedby="why-([a-z-]+)">', html)


def forms_of(slug, *names):
    return sorted(f"/desk/monographs/{slug}/{name}/" for name in names)


@pytest.mark.parametrize(
    ("slug", "person", "forms", "shut"),
    [
        ("plainzumab", "editor", [], ["withdraw"]),
        ("plainzumab", "auditor", [], ["withdraw"]),
        ("plainzumab", "publisher", ["do/withdraw"], []),
        ("plainzumab", "clinician", ["do/full-review", "do/no-change", "do/withdraw"], []),
        ("plainzumab", "pharmacist", ["do/full-review", "do/no-change", "do/withdraw", "erratum"], []),
        ("retirezumab", "publisher", ["do/withdraw"], ["reinstate", "still-correct"]),
        ("retirezumab", "clinician", ["do/withdraw", "do/confirm-withdrawal", "do/still-correct"], ["reinstate"]),
        ("downzumab", "publisher", ["do/confirm-withdrawal"], ["reinstate", "still-correct", "withdraw"]),
        ("downzumab", "clinician", ["do/still-correct"], ["reinstate", "withdraw"]),
        ("vouchzumab", "publisher", ["do/reinstate", "do/withdraw"], ["confirm-withdrawal", "still-correct"]),
        ("vouchzumab", "clinician2", ["do/withdraw"], ["confirm-withdrawal", "reinstate", "still-correct"]),
        ("vouchzumab", "auditor", [], ["confirm-withdrawal", "reinstate", "still-correct", "withdraw"]),
    ],
)  # fmt: skip
def test_the_page_offers_each_act_to_whoever_can_do_it_now_and_tells_the_others_why_not(
    house, enter, slug, person, forms, shut
):
    html = enter(person).get(page_of(slug)).content.decode()

    # What needs a reason alone: tests/monographs/test_overlay_kinds.py.
    assert [one for one in offered(html) if "/place/" not in one] == forms_of(slug, *forms)
    assert closed(html) == shut
    digest = make.seen(Monograph.objects.get(slug=slug).live.edition)
    assert html.count(f'name="digest" value="{digest}"') == sum(one.startswith("do/") for one in forms)
    assert html.count("<ul><li>") >= len(shut)


def test_whoever_added_a_warning_is_asked_for_no_second_signature_and_no_end(house, enter):
    warning = Overlay.objects.get(monograph__slug="warnzumab")

    mine = offered(enter("clinician").get(page_of("warnzumab")).content.decode())
    theirs = offered(enter("pharmacist").get(page_of("warnzumab")).content.decode())

    second, end = f"/desk/overlays/{warning.pk}/countersign/", f"/desk/overlays/{warning.pk}/lift/"
    assert (second in mine, end in mine, second in theirs, end in theirs) == (False, False, True, True)
    signed = Overlay.objects.get(monograph__slug="doublezumab", kind="warning")
    both = offered(enter("pharmacist").get(page_of("doublezumab")).content.decode())
    assert f"/desk/overlays/{signed.pk}/countersign/" not in both
    assert f"/desk/overlays/{signed.pk}/lift/" in both


def squeezed(answer):
    return " ".join(answer.content.decode().split())


def test_everything_that_stands_over_a_page_is_told_with_its_words_people_and_moments(house, enter):
    def moment(at):
        return f"{timezone.localtime(at).day} {timezone.localtime(at):%B %Y, %H:%M}</time>"

    double = squeezed(enter("auditor").get(page_of("doublezumab")))
    warning, erratum = Overlay.objects.filter(monograph__slug="doublezumab").order_by("pk")
    assert "Urgent warning: Stop treatment and contact patients</h3>" in double
    assert f"“{make.WARNED.quote}”" in double
    assert "Medicines and Healthcare products Regulatory Agency (MHRA), added by a neurologist on" in double
    assert "Countersigned by a general physician on" in double
    assert moment(warning.at) in double
    assert moment(warning.second.at) in double
    assert f'<a href="{make.WARNED.link}">Their own text</a>' in double
    assert "“Tests go on for years.”</dd><dt>It should say</dt><dd>“Tests go on for months.”" in double
    assert "Affected: edition 1. Possible harm: minor." in double
    assert f"{erratum.at.day} {erratum.at:%B %Y}</h3>" in double
    assert "Second signature" not in double
    single = squeezed(enter("auditor").get(page_of("warnzumab")))
    assert "Second signature due by <time datetime=" in single
    assert moment(due_of("warnzumab")) in single
    assert "Countersigned by" not in single
    retired = squeezed(enter("auditor").get(page_of("retirezumab")))
    assert 'chip-withdrawn">Retired</span> since <time' in retired
    assert ", by a publisher: the source is gone. <strong>Due by <time" in retired
    assert moment(due_of("retirezumab")) in retired
    vouched = squeezed(enter("auditor").get(page_of("vouchzumab")))
    assert ": the source is in doubt. Confirmed by a neurologist." in vouched
    assert "What each place shows now" in vouched
    plain = squeezed(enter("auditor").get(page_of("plainzumab")))
    assert "Nothing. Readers see the edition as it was signed." in plain
    assert "What each place shows now" in plain
    live = Monograph.objects.get(slug="plainzumab").live
    assert "Edition 1, published <time" in plain
    assert f'<a class="btn btn-quiet" href="{live.get_absolute_url()}">' in plain


@pytest.mark.parametrize(
    ("slug", "lines"),
    [
        ("warnzumab", ["Urgent warning: There is a new severe reaction"]),
        ("doublezumab", ["Urgent warning: Stop treatment and contact patients", "Correction"]),
        ("retirezumab", ["Retired: the source is gone"]),
        ("downzumab", ["Removed: a dose is wrong"]),
        ("plainzumab", []),
    ],
)
def test_the_workspace_says_what_stands_over_the_page_too(house, enter, slug, lines):
    html = enter("editor").get(f"/desk/monographs/{slug}/").content.decode()

    assert re.findall(r"<li>([^<]*), since <time", html) == lines
    assert ("On the published page now" in html) == bool(lines)


def test_a_part_that_is_withheld_is_told_in_the_workspace(house, enter):
    make.withhold(Monograph.objects.get(slug="plainzumab"), make.key("monitoring"), house.clinician)

    html = enter("editor").get("/desk/monographs/plainzumab/").content.decode()

    assert re.findall(r"<li>([^<]*), since <time", html) == ["Part withheld: the source has changed"]


# -- Acts by form --------------------------------------------------------------------------------------------------------

WARNING = {
    "monographs": ["plainzumab"], "title": "recall", "severity": "major", "regulator": "ema",
    "link": "https://www.ema.europa.eu/x", "issued": "2026-11-22", "quote": "An invented sentence.",
    "password": make.PASSWORD,
}  # fmt: skip


def test_a_warning_goes_over_just_the_chosen_pages_word_for_word(house, enter):
    answer = enter("clinician").post("/desk/warnings/new/", WARNING, follow=True)

    assert answer.redirect_chain == [(page_of("plainzumab"), 302)]
    assert "Readers see the warning over one page now. Somebody else signs it within 24 hours." in squeezed(answer)
    made = Overlay.objects.latest("pk")
    assert (made.monograph.slug, made.title, made.severity, made.regulator) == ("plainzumab", "recall", "major", "ema")
    assert (made.link, str(made.issued), made.quote) == (WARNING["link"], "2026-11-22", WARNING["quote"])

    both = {**WARNING, "monographs": ["plainzumab", "doublezumab"]}
    answer = enter("pharmacist").post("/desk/warnings/new/", both, follow=True)
    assert answer.redirect_chain == [("/desk/", 302)]
    assert "Readers see the warning over 2 pages now." in squeezed(answer)
    one, two = Overlay.objects.order_by("-pk")[:2]
    assert (one.act, {one.monograph.slug, two.monograph.slug}) == (two.act, {"plainzumab", "doublezumab"})


def test_the_pages_to_choose_from_are_the_published_ones_and_the_asked_one_is_ticked(house, enter):
    make.draft(house, "draftzumab", make.document(related=()))
    answer = enter("clinician").get("/desk/warnings/new/?monograph=plainzumab")

    html = answer.content.decode()
    assert [one.slug for one in answer.context["monographs"]] == [
        "doublezumab", "downzumab", "plainzumab", "retirezumab", "vouchzumab", "warnzumab",
    ]  # fmt: skip
    assert re.findall(r'value="([a-z]+)" id="id_monographs_\d+" checked', html) == ["plainzumab"]
    assert " checked" not in enter("clinician").get("/desk/warnings/new/").content.decode()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"title": ""}, "title", "Choose one from the list."),
        ({"title": "bogus"}, "title", "Choose one from the list."),
        ({"severity": ""}, "severity", "Choose one from the list."),
        ({"regulator": ""}, "regulator", "Choose one from the list."),
        ({"link": "http://www.gov.uk/x"}, "link", "Give the address of the regulator’s own text, beginning with https://."),
        ({"link": f"https://www.gov.uk/{'x' * 500}"}, "link", "Keep it to 500 characters."),
        ({"issued": "2026-02-30"}, "issued", "Give the day on which it was issued."),
        ({"quote": " "}, "quote", "Quote the regulator’s sentence, word for word."),
        ({"quote": "x" * 601}, "quote", "Keep it to 600 characters."),
        ({"password": ""}, "password", "Give your password and tick the checklist to sign."),
    ],
)  # fmt: skip
def test_what_a_warning_lacks_is_said_at_its_box_and_nothing_that_was_typed_is_lost(
    house, enter, change, field, sentence
):
    rows, entries = Overlay.objects.count(), AuditEvent.objects.exclude(verb="refused").count()
    sent = {**WARNING, **change}

    answer = enter("clinician").post("/desk/warnings/new/", sent)

    form = answer.context["form"]
    assert (answer.status_code, dict(form.errors)) == (422, {field: [sentence]})
    assert {name: form[name].value() for name in form.fields} == {name: sent[name] for name in form.fields}
    html = answer.content.decode()
    assert f'<a href="#id_{field}">' in html
    assert html.count('class="field field-bad"') == 1
    assert re.search(r'value="plainzumab" id="id_monographs_\d+" (aria-[a-z]+="[^"]*" )*checked', html)
    assert make.PASSWORD not in html
    assert (Overlay.objects.count(), AuditEvent.objects.exclude(verb="refused").count()) == (rows, entries)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"wrong": ""}, "wrong", "Copy what the page said, word for word."),
        ({"wrong": "Never said"}, "wrong", "No published edition says this. Copy the words as they stand on the page, from one paragraph or line, without the numbers of references."),
        ({"right": " "}, "right", "Write what it should have said."),
        ({"right": "Tests go on for years."}, "right", "Both are the same words."),
        ({"harm": ""}, "harm", "Say what harm it could do."),
        ({"password": ""}, "password", "Give your password and tick the checklist to sign."),
    ],
)  # fmt: skip
def test_what_a_correction_lacks_is_said_at_its_box_and_nothing_that_was_typed_is_lost(
    house, enter, change, field, sentence
):
    sent = {
        "wrong": "Tests go on for years.",
        "right": "Months.",
        "harm": "severe",
        "password": make.PASSWORD,
        **change,
    }

    answer = enter("pharmacist").post("/desk/monographs/plainzumab/erratum/", sent)

    form = answer.context["erratum"]
    assert (answer.status_code, dict(form.errors)) == (422, {field: [sentence]})
    assert {name: form[name].value() for name in form.fields} == {name: sent[name] for name in form.fields}
    assert "Not corrected yet" in answer.content.decode() or not answer.context["answer"].refusals
    assert not Overlay.objects.filter(monograph__slug="plainzumab").exists()


def test_a_correction_keeps_each_word_in_its_place(house, enter):
    sent = {"wrong": " Tests go on for years. ", "right": "Months.", "harm": "severe", "password": make.PASSWORD}

    answer = enter("pharmacist").post("/desk/monographs/plainzumab/erratum/", sent, follow=True)

    assert answer.redirect_chain == [(page_of("plainzumab"), 302)]
    assert "The correction stands on the page, on the editions that said so, and in the list." in squeezed(answer)
    made = Overlay.objects.latest("pk")
    assert (made.wrong, made.right, made.harm, made.editions) == ("Tests go on for years.", "Months.", "severe", [1])


def test_a_second_signature_and_an_end_lead_back_to_the_page_and_say_what_happened(house, enter):
    warning = Overlay.objects.get(monograph__slug="warnzumab")
    client, path = enter("pharmacist"), f"/desk/overlays/{warning.pk}"

    refused = client.post(f"{path}/countersign/", {"password": ""})
    assert (refused.status_code, refused.context["answer"].title) == (422, "Not countersigned")
    done = client.post(f"{path}/countersign/", {"password": make.PASSWORD}, follow=True)
    assert done.redirect_chain == [(page_of("warnzumab"), 302)]
    assert "You countersigned the warning. Readers see it." in squeezed(done)
    assert SecondSignature.objects.get(overlay=warning).by == house.pharmacist

    refused = client.post(f"{path}/lift/", {"password": make.PASSWORD, "reason": ""})
    assert (refused.status_code, refused.context["answer"].title) == (422, "Not ended")
    assert [one.field for one in refused.context["answer"].refusals] == ["reason"]
    done = client.post(f"{path}/lift/", {"password": make.PASSWORD, "reason": "It was answered."}, follow=True)
    assert done.redirect_chain == [(page_of("warnzumab"), 302)]
    assert "The notice is no longer on the page." in squeezed(done)
    assert (Overlay.objects.latest("pk").lifts, Overlay.objects.latest("pk").reason) == (warning, "It was answered.")


@pytest.mark.parametrize("slow", ["warnings/new", "erratum", "countersign", "lift", "do/withdraw"])
def test_while_somebody_else_writes_every_act_on_a_page_waits_five_seconds(house, enter, monkeypatch, slow):
    from reviews.audit.trail import WriteLockTimeout

    def busy(*_args, **_how):
        raise WriteLockTimeout

    for name in ("warn", "correct", "countersign", "lift"):
        monkeypatch.setattr(f"reviews.overlays.{name}", busy)
    monkeypatch.setattr("reviews.desk.transitions.perform", busy)
    warning = Overlay.objects.get(monograph__slug="warnzumab")
    path = {"warnings/new": "/desk/warnings/new/"}.get(slow, f"/desk/monographs/plainzumab/{slow}/")
    path = f"/desk/overlays/{warning.pk}/{slow}/" if slow in ("countersign", "lift") else path

    answer = enter("pharmacist").post(path, {**WARNING, "reason": "Typed", "wrong": "Typed", "right": "r"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Somebody else is writing just now." in squeezed(answer)


@pytest.mark.parametrize("slow", ["warnings/new", "erratum", "countersign", "lift"])
def test_five_wrong_passwords_over_a_page_end_the_session(house, enter, slow):
    warning = Overlay.objects.get(monograph__slug="warnzumab")
    path = {"warnings/new": "/desk/warnings/new/"}.get(slow, f"/desk/monographs/plainzumab/{slow}/")
    path = f"/desk/overlays/{warning.pk}/{slow}/" if slow in ("countersign", "lift") else path
    client = enter("pharmacist")

    answers = [client.post(path, {**WARNING, "password": "wrong", "reason": "x"}) for _ in range(5)]

    assert [one.status_code for one in answers] == [422, 422, 422, 422, 429]
    assert AuditEvent.objects.filter(verb="reauth_failed", actor=house.pharmacist).count() == 5
    assert "_auth_user_id" not in client.session
    until = answers[-1].context["until"]
    first = AuditEvent.objects.filter(verb="reauth_failed").earliest("seq").at
    assert until == first + timedelta(minutes=15)
    assert f"<strong>{timezone.localtime(until):%H:%M}</strong>" in answers[-1].content.decode()


# -- Reports -------------------------------------------------------------------------------------------------------------


def test_the_list_of_reports_has_its_filters_its_clock_and_what_could_harm_first(house, enter):
    def shown(query):
        page = enter("auditor").get(f"/desk/reports/{query}")
        return [one.sender for one, *_ in page.context["lines"]], page

    senders, page = shown("")
    html = squeezed(page)
    assert senders == shown("?show=nonsense")[0] == ["c", "a"]
    assert [one[:3] for one in page.context["filters"]] == [
        ("open", "Open", 2), ("answered", "Answered", 1), ("all", "All", 3)
    ]  # fmt: skip
    assert html.count('<li class="task task-urgent">') == 1
    assert html.index("Could harm") < html.index("Wording")
    harm, harmless = ProblemReport.objects.get(sender="c"), ProblemReport.objects.get(sender="a")
    assert f"R-{harm.pk}: Warnzumab</a>" in html
    assert f"R-{harmless.pk}: the site as a whole</a>" in html
    assert f"Monitoring: {LONG[:159].rstrip()}…" in html
    assert "The whole page: A comma is missing in it." in html
    senders, page = shown("?show=answered")
    assert senders == ["b"]
    assert "The page is right as it is, <time" in squeezed(page)
    assert "task-urgent" not in squeezed(page)
    assert shown("?show=all")[0] == ["c", "b", "a"]


def test_a_report_says_all_that_the_reader_said_and_who_may_answer_it(house, enter):
    harm = ProblemReport.objects.get(sender="c")
    address = f"/desk/reports/{harm.pk}/"

    html = squeezed(enter("editor").get(address))

    assert LONG.strip() in html
    assert '<dt>Page</dt><dd><a href="/drugs/warnzumab/">/drugs/warnzumab/</a>, edition 1</dd>' in html
    assert "<dt>Part</dt><dd>Monitoring</dd>" in html
    assert "<dt>Could it harm?</dt><dd><strong>Yes, or not sure</strong></dd>" in html
    assert "Yes, by e-mail" in html
    assert "r@example.org" not in html
    assert "Withdraw or correct the page" in html
    assert "Send the answer" in squeezed(enter("clinician").get(address))
    for person in ("editor", "publisher", "auditor"):
        html = squeezed(enter(person).get(address))
        assert "Send the answer" not in html
        assert "It could harm, so a clinician for “Multiple sclerosis” closes it, and nobody else." in html
    whole = squeezed(enter("auditor").get(f"/desk/reports/{ProblemReport.objects.get(sender='a').pk}/"))
    assert "<dt>Page</dt><dd>The site as a whole</dd><dt>Part</dt><dd>The whole page</dd>" in whole
    assert "<dt>Could it harm?</dt><dd>No</dd>" in whole
    assert "At the receipt only" in whole
    assert "Send the answer" not in whole
    assert "You need the editor or clinician or publisher role." in whole
    assert "Withdraw or correct the page" not in whole
    assert "Send the answer" in squeezed(
        enter("publisher").get(f"/desk/reports/{ProblemReport.objects.get(sender='a').pk}/")
    )
    done = squeezed(enter("auditor").get(f"/desk/reports/{ProblemReport.objects.get(sender='b').pk}/"))
    assert "<strong>The page is right as it is.</strong> By Test clinician, <time" in done
    assert "It is right." in done
    assert "Send the answer" not in done
    assert enter("editor").get("/desk/reports/99999/").status_code == 404


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"outcome": ""}, "outcome", "Choose what came of it."),
        ({"outcome": "x"}, "outcome", "Choose what came of it."),
        ({"answer": " "}, "answer", "Write what you found: the reader gets it."),
        ({"answer": "x" * 4_001}, "answer", "Keep it to 4,000 characters."),
        ({"answer": "943 476 5919"}, "answer", PATIENT),
        ({"answer": "a\u202eb"}, "answer", "After “a”: a direction mark (U+202E). Take it out."),
        ({"reason": " "}, "reason", "Say why it can be closed: it could harm. The desk keeps it."),
        ({"reason": "a\u202eb"}, "reason", "After “a”: a direction mark (U+202E). Take it out."),
    ],
)
def test_what_an_answer_lacks_is_said_at_its_box_and_kept(house, enter, change, field, sentence):
    harm, entries = ProblemReport.objects.get(sender="c"), AuditEvent.objects.count()
    sent = {"outcome": "no-change", "answer": "You were right.", "reason": "It was looked at.", **change}

    answer = enter("clinician").post(f"/desk/reports/{harm.pk}/", sent)

    form = answer.context["form"]
    assert answer.status_code == 422
    assert sentence in form.errors[field]
    assert {name: form[name].value() for name in sent} == sent
    assert (ProblemReport.objects.get(sender="c").answered_at, AuditEvent.objects.count()) == (None, entries)


def test_an_answer_is_kept_with_its_outcome_and_says_whether_it_is_mailed(house, enter):
    harm, harmless = ProblemReport.objects.get(sender="c"), ProblemReport.objects.get(sender="a")
    for one, outcome, mailed in (
        (harm, "no-change", " It is mailed within the hour."),
        (harmless, "elsewhere", ""),
    ):
        sent = {"outcome": outcome, "answer": "You were right.", "reason": "It was looked at."}
        answer = enter("clinician").post(f"/desk/reports/{one.pk}/", sent, follow=True)
        assert answer.redirect_chain == [("/desk/reports/", 302)]
        assert f"{one.number} is answered. The reader sees it at the receipt.{mailed}</p>" in answer.content.decode()
        one.refresh_from_db()
        assert (one.outcome, one.answer, one.answered_by) == (outcome, "You were right.", house.clinician)
    assert "not mailed yet: it is tried again" in squeezed(enter("editor").get(f"/desk/reports/{harm.pk}/"))


def test_thirty_reports_stand_on_a_page(house, enter, monkeypatch):
    from reviews.desk.published import reports as desk

    assert desk.A_PAGE == 30
    monkeypatch.setattr(desk, "A_PAGE", 2)
    pages = [enter("editor").get(f"/desk/reports/?show=all&page={number}") for number in (1, 2)]

    assert [[one.sender for one, *_ in page.context["lines"]] for page in pages] == [["c", "b"], ["a"]]
    assert 'href="?show=all&amp;page=2">Next</a>' in squeezed(pages[0])
    assert 'href="?show=all&amp;page=1">Back</a>' in squeezed(pages[1])
    assert "Page 2 of 2" in squeezed(pages[1])


# -- Tiers below what a class asks for ---------------------------------------------------------------------------------


def too_low(client):
    return [one for one in urgent(client) if one[0] == "Tier too low"]


def floor(house, tier, on="root"):
    one = TherapeuticClass.objects.get(pk=getattr(house, on).pk)
    set_floor(one, tier_floor=tier, actor=house.admin, seen=digest_of_row(one), reason="The committee decided")


@pytest.mark.parametrize("person", WAITS)
def test_a_page_below_what_a_class_above_it_asks_for_waits_for_those_who_sign_for_it(house, enter, person):
    set_tier(Monograph.objects.get(slug="warnzumab"), "high", actor=house.pharmacist, reason="x")
    floor(house, "high")

    found = too_low(enter(person))

    named = ["Doublezumab", "Downzumab", "Plainzumab", "Retirezumab", "Vouchzumab"]
    assert sorted(one[1] for one in found) == (named if person in ("clinician", "clinician2", "pharmacist") else [])
    if found:
        (plain,) = [one for one in found if one[1] == "Plainzumab"]
        why = "Its tier is Standard, and its class asks for High. Raise it in the workspace."
        assert plain[2:] == ("/desk/monographs/plainzumab/", why, "Open the workspace", None, False, False)


def test_a_page_waits_until_its_tier_is_raised_or_the_class_asks_for_less(house, enter):
    floor(house, "high", on="leaf")
    assert len(too_low(enter("clinician"))) == 6
    set_tier(Monograph.objects.get(slug="plainzumab"), "high", actor=house.clinician, reason="x")
    assert "Plainzumab" not in [one[1] for one in too_low(enter("clinician"))]

    floor(house, "standard", on="leaf")

    assert too_low(enter("clinician")) == []


def test_pages_that_are_too_low_cost_as_many_queries_as_one(house, enter, queries):
    for slug in ("doublezumab", "downzumab", "plainzumab", "retirezumab", "vouchzumab"):
        set_tier(Monograph.objects.get(slug=slug), "high", actor=house.pharmacist, reason="x")
    floor(house, "high")
    client = enter("clinician")
    one, few = queries(client, "/desk/"), len(too_low(client))
    floor(house, "")
    for number in range(3):
        make.published(house, f"more{number}zumab")
    floor(house, "high")

    client = enter("clinician")
    assert (queries(client, "/desk/"), few, len(too_low(client))) == (one, 1, 4)
