"""Each page of the desk and of an account as each role comes to it by links: no page wider than the smallest phone,
focus seen on all that takes it, one heading and one main button; and on each kind of page axe-core finds nothing, at
both widths, light and dark. Somebody with a name of 60 letters and an address of 100 characters is among the people."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.models import User
from django.urls import resolve

from monographs.models import Monograph
from reviews.access import asking, factors, invitation, rechecks, registrations
from reviews.editing.library import make_class
from reviews.reports import service
from reviews.reports.service import ReportInput
from tests.test_access_sweep import TABLE
from tests.totp import code_of

pytestmark = pytest.mark.slow

FILES = (".csv", ".jsonl")  # what a browser takes away and does not show
SURNAME = "Featherstonehaugh" * 3 + "cholmonde"
ADDRESS = f"{'a' * 57}@{'b' * 30}.example.org"
# Which role's page of a kind axe judges; the others look at it as a whole. An address is named once.
JUDGED = {
    "admin": {
        "people", "person", "roles", "invite", "first_steps", "rights", "class_list", "class_new", "therapeutic_class",
        "class_act", "account", "account_password", "account_app", "account_passkey",
    },
    "auditor": {"trail", "queue", "monographs", "drug_list", "account_ask"},
    "editor": {"drug", "drug_act", "profile"},
    "clinician": set[str](),
    "publisher": set[str](),
}  # fmt: skip

WRONG = """() => {
  const seen = one => one.checkVisibility() && !one.closest('.vh'), all = what => [...document.querySelectorAll(what)].filter(seen)
  const told = one => one.outerHTML.slice(0, 120), wrong = []
  const wide = document.documentElement.scrollWidth - innerWidth
  if (wide > 0) wrong.push(`wider than the window by ${wide}`)
  for (const one of all('.scroll')) if (one.scrollWidth > one.clientWidth + 1) wrong.push(`scrolls: ${told(one)}`)
  if (all('h1').length !== 1) wrong.push(`${all('h1').length} headings`)
  const main = all('main .btn:not(.btn-quiet, [aria-disabled])')
  if (main.length > 1) wrong.push(`${main.length} main buttons: ${main.map(one => one.textContent.trim())}`)
  for (const one of all('a[href], button, input, select, textarea, summary, [tabindex="0"]')) {
    if (one.disabled || one.tabIndex < 0 || one.closest('.partlist')) continue  // that list scrolls, and says so
    one.focus({focusVisible: true})
    const style = getComputedStyle(one), box = one.getBoundingClientRect()
    if (document.activeElement !== one) wrong.push(`takes no focus: ${told(one)}`)
    else if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 3) wrong.push(`no focus seen: ${told(one)}`)
    else if (box.left < 0 || box.right > innerWidth + 1) wrong.push(`cut off: ${told(one)}`)
  }
  return wrong
}"""


@pytest.fixture
def crowded(demonstration):
    """The demonstration, and what makes pages long: names, addresses, a request, a report, a review of a signature."""
    admin, clinician = User.objects.get(username="admin"), User.objects.get(username="clinician")
    name, address = f"Aada {SURNAME}", ADDRESS
    person = invitation.invite("aada." + "x" * 25, name, address, role="clinician", actor=admin).person
    registrations.register(person, actor=admin, name=name, profession="doctor", number="1234567", scope="adult")
    asking.ask(person, role="publisher", on="everywhere", page="/desk/", reason="I publish for whoever is away.")
    make_class("Aardvark" * 12, actor=admin)
    rechecks.open_rechecks(clinician.clinician_profile, actor=admin, reason="To look at it again.")
    said = ReportInput("The first sentence is not what the source says.", harm=True)
    service.report(said, sender="somebody", monograph=Monograph.objects.get(slug="morphine"))


def kind_of(path):
    """What makes a page another kind of page: its address without what it is about, and what is asked of it."""
    found = resolve(urlsplit(path).path)
    asked = tuple(sorted((name, value if name == "show" else "") for name, value in parse_qsl(urlsplit(path).query)))
    return found.url_name, tuple(found.kwargs.get(one) for one in ("act", "kind")), asked


@pytest.mark.parametrize("role", JUDGED)
def test_each_page_that_a_role_comes_to(crowded, person, role):
    somebody = person(role)
    waiting, met, wrong = ["/desk/", "/accounts/", "/accounts/ask/"], {}, []
    met_on = dict.fromkeys(waiting, "the menu, or of a page that says no")
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if kind in met:
            continue
        met[kind] = path
        page = somebody.page
        answer = page.goto(path)
        if answer.status != 200:
            wrong.append(f"{path}, a link of {met_on[path]}: {answer.status}")
        page.set_viewport_size({"width": 320, "height": 900})
        wrong += [f"{path}: {words}" for words in page.evaluate(WRONG)]
        hrefs = page.locator("a[href]").evaluate_all("all => all.map(one => one.getAttribute('href').split('#')[0])")
        links = [
            urlsplit(page.url)._replace(query="", fragment="").path + one if one[:1] == "?" else one for one in hrefs
        ]
        waiting += [
            one
            for one in links
            if one.startswith(("/desk/", "/accounts/")) and not one.partition("?")[0].endswith(FILES)
        ]
        met_on |= {one: path for one in links if one not in met_on}
        if kind[0] in JUDGED[role] and not kind[2]:
            somebody.is_accessible("-".join(filter(None, (role, kind[0], *kind[1]))), everywhere=True)

    assert "\n".join(wrong) == ""
    assert {name for name, *_rest in met} >= JUDGED[role]
    assert somebody.errors == []


def test_pages_of_an_account_that_no_link_of_the_desk_leads_to(crowded, person):
    user, aada = User.objects.get(username="clinician"), User.objects.get(first_name="Aada")
    link = invitation.send_link(aada, by=invitation.HAND, actor=User.objects.get(username="admin")).address
    somebody, insider = person(), person("clinician")
    assert "signed in" not in insider.reads().lower()  # the desk is seen, and nothing is said of it
    secret = generate_totp_secret()
    app = factors.add_app(user, secret=secret, code=code_of(secret), password="clincalc-demo")

    def looks(who, path, kind):
        who.goes_to(path)
        who.page.set_viewport_size({"width": 320, "height": 900})
        assert who.page.evaluate(WRONG) == [], kind
        who.is_accessible(kind, everywhere=True)

    for path, kind in (
        ("/accounts/password/forgotten/", "forgotten"), (urlsplit(link).path, "link"), ("/accounts/login/", "login"),
    ):  # fmt: skip
        looks(somebody, path, kind)
    somebody.page.fill("[name=login]", "clinician")
    somebody.page.fill("[name=password]", "clincalc-demo")
    somebody.page.get_by_role("button", name="Sign in", exact=True).click()
    somebody.page.wait_for_url("**/accounts/login/second/")
    looks(somebody, "/accounts/login/second/", "second-factor")
    for path, kind in (
        ("/accounts/", "account-app"), ("/accounts/codes/", "codes"), ("/accounts/logout/", "logout"),
        (f"/accounts/factors/{app.pk}/remove/", "factor-remove"), ("/accounts/reauthenticate/", "reauthenticate"),
    ):  # fmt: skip
        looks(insider, path, kind)
    assert somebody.errors == insider.errors == []


def test_a_table_is_one_on_a_phone_too(crowded, person):
    page = person("admin").goes_to("/desk/people/")
    page.set_viewport_size({"width": 320, "height": 900})
    table = page.get_by_role("table")
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Demo editor 2"))

    assert [one.inner_text() for one in table.get_by_role("columnheader").all()] == [
        "Person", "May do", "Registration", "Signed in", "Needed for",
    ]  # fmt: skip
    cells = row.get_by_role("cell").all()
    assert [one.inner_text() for one in cells] == ["Editor", "None", "Never", "4 open editions"]
    assert len({one.bounding_box()["y"] for one in cells}) == len(cells)  # one below the other
    said = cells[0].evaluate("one => getComputedStyle(one, '::before').content")
    assert said.startswith('"May do"')


def test_each_kind_of_page_is_named_once():
    named = [name for names in JUDGED.values() for name in names]

    assert len(named) == len({*named})
    assert {*named} <= {*TABLE}
