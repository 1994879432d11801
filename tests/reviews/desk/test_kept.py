"""What was typed comes back: after a session that ended, a second sign-in, a place that is gone; to its person alone."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from reviews.access import kept
from reviews.audit import acts
from reviews.models import AuditEvent, KeptForm
from tests import factories as make
from tests.forms import forms_of
from tests.reviews.desk import test_repeats as every
from tests.reviews.desk.test_repeats import FORMS, SLUGS, entries_since, shown

pytestmark = pytest.mark.any_database

made = every.made  # one monograph in each state in which some form is shown
SESSION = "This was kept when your session ended. Nothing has been saved yet."
# What is ticked is known only when it is shown: nothing is typed there.
FORMS = [one for one in FORMS if not any(map(callable, one[5].values()))]
TOGETHER = "all"  # comes back as several forms: desk/editor/test_together.py
TYPED = [one for one in FORMS if set(one[5]) - {"password", "remove", "up"} and one[0] != TOGETHER]
UNTYPED = [one for one in FORMS if one not in TYPED and one[0] != TOGETHER]


def cases(forms):
    return pytest.mark.parametrize(
        ("who", "page", "action", "button", "typed", "verbs"), [pytest.param(*one[1:], id=one[0]) for one in forms]
    )


def sign_in_of(answer):
    """Where the sign-in leads."""
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (302, "/accounts/login/")
    return parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0]


def filled(client, house, who, page, action, button, typed):
    """(where it is sent, what is sent): the form as this person filled it in."""
    client.force_login(house.people[who])
    address = page()
    target = action() if action else None
    return target or address, shown(client, address, target, button).filled(**typed)


@cases(TYPED)
def test_a_form_that_is_sent_after_the_session_ended_stands_filled_after_the_sign_in(
    house, who, page, action, button, typed, verbs
):
    client = Client()
    target, sent = filled(client, house, who, page, action, button, typed)
    before = AuditEvent.objects.latest("seq").seq
    client.logout()

    back = sign_in_of(client.post(target, sent))
    client.force_login(house.people[who])
    answer = client.get(back)

    html = answer.content.decode()
    assert (answer.status_code, SESSION in html) == (200, True)
    assert entries_since(before) == []
    again = [one for one in forms_of(html) if one.action in ("", target) and "kept" in one.fields and has(one, typed)]
    assert again, html
    assert ("Your password was not kept" in html) == ("password" in sent)
    assert make.PASSWORD not in html
    done = client.post(target, again[-1].filled(**{"password": make.PASSWORD} if "password" in sent else {}))
    assert done.status_code == 302, done.content.decode()
    assert entries_since(before) == sorted(verbs)
    assert not KeptForm.objects.exists()
    assert "Nothing is kept for you here" in client.get(back, follow=True).content.decode()


def has(form, typed):
    """Whether a form holds all that was typed but the password; what is no box of it was sent for nothing."""
    boxes = [name for name in typed if name in form.fields and name != "password"]
    return bool(boxes) and all(
        form.fields[name] in (typed[name], [typed[name]], [""] if typed[name] == "on" else None) for name in boxes
    )


@cases(UNTYPED)
def test_where_nothing_was_typed_the_sign_in_leads_to_the_page_of_the_form(
    house, who, page, action, button, typed, verbs
):
    client = Client()
    target, sent = filled(client, house, who, page, action, button, typed)
    before = AuditEvent.objects.latest("seq").seq
    client.logout()

    back = sign_in_of(client.post(target, sent))
    client.force_login(house.people[who])
    answer = client.get(back, follow=True)

    assert (answer.status_code, entries_since(before)) == (200, [])
    assert [one for one in forms_of(answer.content.decode()) if one.action in ("", target) and "act" in one.fields]


# -- To its person alone -----------------------------------------------------------------------------------------------

HEADER = reverse("edit_header", args=[SLUGS["draft"]])
WORDS = {"covers": "Words that nobody else reads"}


def lost(house, who="editor", address=HEADER, button="preview", **typed):
    """(a browser whose session ended, where its sign-in leads): a form was sent from it."""
    client = Client()
    target, sent = filled(client, house, who, lambda: address, None, button, typed or WORDS)
    client.logout()
    return client, sign_in_of(client.post(target, sent))


@pytest.mark.parametrize("who", ["editor2", "clinician", "publisher", "auditor", "admin", "nobody"])
def test_whoever_signs_in_as_somebody_else_sees_nothing_of_it(house, who):
    client, back = lost(house)
    client.force_login(house.people[who])

    for path in (back, HEADER, "/desk/"):
        html = client.get(path, follow=True).content.decode()
        assert WORDS["covers"] not in html
        assert "Not saved yet" not in html
    assert KeptForm.objects.get().person == house.editor


def test_the_sign_in_says_that_it_is_kept(house):
    client, back = lost(house)
    words = "What you typed is kept for a day"

    assert words in client.get("/accounts/login/", {"next": back}).content.decode()
    assert words not in client.get("/accounts/login/", {"next": HEADER}).content.decode()
    assert words not in client.get("/accounts/login/").content.decode()


def test_after_a_sign_in_in_another_window_it_waits_on_the_queue(house):
    _client, back = lost(house)
    elsewhere = Client()
    elsewhere.force_login(house.editor)

    html = elsewhere.get("/desk/").content.decode()

    assert re.search(f'href="{re.escape(place_of(back))}[^"]+">The header: draftumab</a>', html)
    assert WORDS["covers"] in elsewhere.get(back).content.decode()


def place_of(back):
    """Without the second in which the token was made."""
    return back.rpartition("kept=")[0] + "kept="


def thrown_away(client):
    """The queue, and the page and the form by which the one that is kept is thrown away."""
    queue = client.get("/desk/").content.decode()
    (address,) = set(re.findall(r'href="(/desk/kept/\d+/)"', queue))
    html = client.get(address).content.decode()
    return address, html, next(one for one in forms_of(html) if one.action == address)


@pytest.mark.each_case
def test_what_is_kept_is_thrown_away_by_what_it_is(house):
    _client, back = lost(house)
    client = Client()
    client.force_login(house.editor)
    entries = AuditEvent.objects.count()
    address, html, form = thrown_away(client)
    assert "The header: draftumab, sent " in html
    assert WORDS["covers"] in html
    assert f'href="{place_of(back)}' in html
    assert KeptForm.objects.count() == 1

    answers = [client.post(address, form.filled()) for _ in range(2)]

    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(302, "/desk/")] * 2
    html = client.get("/desk/").content.decode()
    assert "Thrown away: The header: draftumab." in html
    assert kept_words(html) == []
    assert (KeptForm.objects.count(), AuditEvent.objects.count()) == (0, entries)


def kept_words(html):
    return re.findall(r'<section[^>]*aria-labelledby="kept-forms-t"', html)


@pytest.mark.parametrize("who", ["editor2", "clinician", "admin", "auditor"])
@pytest.mark.each_case
def test_nobody_throws_away_what_is_kept_for_another(house, who):
    lost(house)
    mine, other = Client(), Client()
    mine.force_login(house.editor)
    other.force_login(house.people[who])
    address, _html, form = thrown_away(mine)

    seen, sent, never = other.get(address), other.post(address, form.filled()), other.get("/desk/kept/0/")

    assert {(one.status_code, one.headers["Location"]) for one in (seen, sent, never)} == {(302, "/desk/")}
    assert KeptForm.objects.filter(person=house.editor).count() == 1
    assert mine.get(address).status_code == 200


def test_a_kept_form_that_cannot_be_thrown_away_now_stays_and_says_so(house, monkeypatch):
    lost(house)
    client = Client()
    client.force_login(house.editor)
    address, _html, form = thrown_away(client)

    def busy(row):
        raise OperationalError("database is locked")

    monkeypatch.setattr(kept, "throw_away", busy)
    answer = client.post(address, form.filled())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert WORDS["covers"] in answer.content.decode()
    assert KeptForm.objects.count() == 1


def test_every_form_that_can_be_kept_has_words_on_the_queue(house):
    from reviews.desk.kept_forms import WORDS as said
    from reviews.urls import urlpatterns

    taking = {
        every.resolved((one[3] or one[2])())
        for one in FORMS
        if one[0] not in ("countersign", "lift", "restored state", "answer")
    }
    assert taking - {"do"} <= set(said)
    assert set(said) <= {route.name for route in urlpatterns}


@pytest.mark.parametrize("way", ["an hour without use", "twelve hours", "signed out", "account closed and open again"])
def test_however_the_session_ended(house, monkeypatch, way):
    from clincalc import middleware

    client = Client()
    target, sent = filled(client, house, "editor", lambda: HEADER, None, "preview", WORDS)
    now = middleware.time.time()
    later = {"an hour without use": 3_700, "twelve hours": 43_300}.get(way, 0)
    monkeypatch.setattr(middleware.time, "time", lambda: now + later)
    if way == "signed out":
        client.post("/accounts/logout/")
    elif not later:
        make.changed_account(house.editor, is_active=False)
        client.get("/desk/")
        make.changed_account(house.editor, is_active=True)
        client.logout()

    back = sign_in_of(client.post(target, sent))
    monkeypatch.undo()
    client.force_login(house.editor)

    assert WORDS["covers"] in client.get(back).content.decode()


def test_looking_at_it_saves_nothing_and_takes_nothing(house):
    client, back = lost(house)
    client.force_login(house.editor)
    before = AuditEvent.objects.latest("seq").seq

    for _ in range(2):
        assert SESSION in client.get(back).content.decode()
    assert client.head(back).content == b""

    assert (entries_since(before), KeptForm.objects.count()) == ([], 1)


def test_a_refused_form_stays_kept_until_it_is_saved(house):
    client, back = lost(house, **{**WORDS, "name": ""})
    client.force_login(house.editor)
    again = next(one for one in forms_of(client.get(back).content.decode()) if "preview" in one.buttons)

    refused = client.post(back, again.filled(covers="x" * 100_000))
    assert (refused.status_code, KeptForm.objects.count()) == (422, 1)
    once_more = next(one for one in forms_of(refused.content.decode()) if "preview" in one.buttons)
    assert once_more.fields["kept"] == again.fields["kept"]
    previewed = client.post(back, once_more.filled(covers="Now.", preview="1"))
    assert (previewed.status_code, KeptForm.objects.count()) == (200, 1)
    saved = client.post(back, once_more.filled(covers="Now.", name="testazumab"))
    assert (saved.status_code, KeptForm.objects.count()) == (302, 0)


def test_a_session_that_ends_again_keeps_what_was_typed_last(house):
    client, back = lost(house)
    client.force_login(house.editor)
    again = next(one for one in forms_of(client.get(back).content.decode()) if "preview" in one.buttons)
    client.logout()

    client.post(back, again.filled(covers="Later words"))

    assert [row.typed["covers"] for row in KeptForm.objects.all()] == ["Later words"]


@pytest.mark.parametrize("stamp", [None, "", "1:2:3"])
def test_a_stranger_puts_nothing_on_a_desk(house, stamp):
    client = Client()
    target, sent = filled(client, house, "editor", lambda: HEADER, None, "preview", WORDS)
    client.logout()
    sent = {name: value for name, value in sent.items() if name != "whose"} | (
        {"whose": stamp} if stamp is not None else {}
    )

    assert sign_in_of(client.post(target, sent)) == target
    assert KeptForm.objects.count() == 0


# -- The token of the session changed ----------------------------------------------------------------------------------


def strict(house, who):
    client = Client(enforce_csrf_checks=True)
    client.force_login(house.people[who])
    return client


def test_after_signing_in_again_in_another_window_the_form_stands_filled_at_once(house):
    client = strict(house, "editor")
    form = shown(client, HEADER, None, "preview")
    before = AuditEvent.objects.latest("seq").seq
    form.fields["csrfmiddlewaretoken"] = ["x" * 64]

    answer = client.post(HEADER, form.filled(**WORDS))
    assert (answer.status_code, answer.headers["Location"].startswith(f"{HEADER}?kept=")) == (303, True)
    html = client.get(answer.headers["Location"]).content.decode()
    again = next(one for one in forms_of(html) if "preview" in one.buttons)

    assert "This was kept because you signed in again" in html
    assert entries_since(before) == []
    assert client.post(HEADER, again.filled()).status_code == 302
    assert entries_since(before) == ["edited"]


def test_a_form_of_whoever_was_signed_in_before_is_kept_for_them_and_not_done(house):
    client = strict(house, "editor")
    form = shown(client, HEADER, None, "preview")
    before = AuditEvent.objects.latest("seq").seq
    client.force_login(house.editor2)
    form.fields["csrfmiddlewaretoken"] = ["x" * 64]

    answer = client.post(HEADER, form.filled(**WORDS), headers={"Sec-Fetch-Site": "same-origin"})

    html = answer.content.decode()
    assert (answer.status_code, "kept for a day" in html, WORDS["covers"] in html) == (403, True, False)
    assert (KeptForm.objects.get().person, entries_since(before)) == (house.editor, [])


def test_without_a_session_and_with_a_lost_cookie_it_is_kept_too(house):
    client = strict(house, "editor")
    form = shown(client, HEADER, None, "preview")
    client.cookies.clear()

    back = sign_in_of(client.post(HEADER, form.filled(**WORDS)))
    client.force_login(house.editor)

    assert WORDS["covers"] in client.get(back).content.decode()


def test_a_form_that_another_site_sent_is_handed_back_to_nobody(house):
    client = strict(house, "editor")

    answer = client.post(HEADER, {"covers": "Theirs"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, "Theirs" in answer.content.decode(), KeptForm.objects.count()) == (403, False, 0)


def test_a_login_form_whose_cookie_is_gone_is_handed_back_without_its_password(house):
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    client.cookies.clear()
    sent = {"login": "editor", "password": make.PASSWORD, "next": HEADER}

    answer = client.post("/accounts/login/", sent, headers={"Sec-Fetch-Site": "same-origin"})
    form = next(one for one in forms_of(answer.content.decode()) if one.action == "/accounts/login/")

    assert (answer.status_code, form.fields["password"], make.PASSWORD in answer.content.decode()) == (403, [""], False)
    done = client.post("/accounts/login/", form.filled(password=make.PASSWORD))
    assert (done.status_code, done.headers["Location"]) == (302, HEADER)


# -- What is not there any more, and who was signed out ------------------------------------------------------------------


def test_words_for_a_part_that_is_gone_are_shown_and_wait(house):
    from monographs.models import Edition, Section
    from reviews.workflow import perform

    client = Client()
    client.force_login(house.editor)
    edition = Edition.objects.get(monograph__slug=SLUGS["live"], number=1)
    make.start(house, edition)
    new = reverse("part_new", args=[SLUGS["live"], "section"])
    client.post(new, shown(client, new, None, "preview").filled(kind="driving", text="Wait."))
    draft = Edition.objects.get(monograph__slug=SLUGS["live"], number=2)
    part = Section.objects.get(edition=draft, kind="driving")
    address = reverse("part_edit", args=[SLUGS["live"], part.key])
    form = shown(client, address, None, "preview")
    perform(
        "discard", editions=[draft], actor=house.editor, digest=make.seen(draft), reason="It was begun for nothing."
    )

    answer = client.post(address, form.filled(text="My long words."))

    assert (answer.status_code, "My long words.</textarea>" in answer.content.decode()) == (404, True)
    assert "A part: liveumab" in client.get("/desk/").content.decode()
    again = client.get(kept.address_of(KeptForm.objects.get()))
    assert (again.status_code, "My long words.</textarea>" in again.content.decode()) == (404, True)


NOWHERE = [
    "/desk/monographs/liveumab/place/nothing/", "/desk/reports/99999999999999999999999/", "/desk/monographs/none/do/sign/",
    "/desk/monographs/none/erratum/", "/desk/monographs/liveumab/do/nothing/", "/desk/overlays/999999/lift/",
    "/desk/monographs/liveumab/edit/00000000-0000-4000-8000-000000000000/", "/desk/reports/999999/",
    "/desk/monographs/none/edit/section/new/", "/desk/monographs/liveumab/restore/00000000-0000-4000-8000-000000000000/",
]  # fmt: skip


@pytest.mark.parametrize("stamp", ["own", "another", "of nobody", "broken"])
@pytest.mark.parametrize("address", NOWHERE)
def test_a_form_for_what_is_not_there_is_a_404_whosever_it_is(house, address, stamp):
    """Somebody else's is kept for them, and its words are shown to nobody else."""
    client = Client()
    client.force_login(house.editor)
    act = acts.new_token()
    whose = {
        "own": kept.whose(house.editor.pk, act), "another": kept.whose(house.editor2.pk, act), "of nobody": "",
        "broken": kept.whose(house.editor2.pk, act) + "x",
    }[stamp]  # fmt: skip

    answer = client.post(address, {"act": act, "whose": whose, "reason": WORDS["covers"], "text": "y", "password": "z"})

    mine = {"own": house.editor, "another": house.editor2}.get(stamp)
    assert answer.status_code == 404
    assert (WORDS["covers"] in answer.content.decode()) is (stamp == "own")
    assert [row.person for row in KeptForm.objects.all()] == ([mine] if mine else [])


def test_a_monograph_that_moved_meanwhile_takes_the_form_at_its_old_address(house):
    from monographs.models import Monograph
    from reviews.editing import monographs

    client, back = lost(house)
    monographs.move(
        Monograph.objects.get(slug=SLUGS["draft"]), slug="elsewhere", actor=house.publisher, reason="Why not."
    )
    client.force_login(house.editor)
    again = next(one for one in forms_of(client.get(back).content.decode()) if "preview" in one.buttons)

    assert again.fields["covers"] == [WORDS["covers"]]
    assert client.post(back, again.filled()).status_code == 302


def test_somebody_else_saved_meanwhile_and_both_texts_are_shown(house):

    client, back = lost(house)
    from monographs.assemble import header_of
    from monographs.digest import digest_of_part
    from monographs.models import Edition

    edition = Edition.objects.get(monograph__slug=SLUGS["draft"])
    header = header_of(edition)
    make.save_header(
        edition, header.replaced(covers="Theirs"), seen=digest_of_part(header), actor=house.editor2, reason=""
    )
    client.force_login(house.editor)
    again = next(one for one in forms_of(client.get(back).content.decode()) if "preview" in one.buttons)

    conflict = client.post(back, again.filled())

    assert (conflict.status_code, WORDS["covers"] in conflict.content.decode()) == (409, True)


def test_too_many_wrong_passwords_lose_no_other_word(house):
    client = Client()
    sign, page = reverse("do", args=[SLUGS["review"], "sign"]), reverse("review", args=[SLUGS["review"]])
    client.force_login(house.pharmacist)
    typed = {**every.SIGNED, "interests": "declared", "interests_text": "A lecture", "password": "a guess of mine"}
    for _ in range(5):
        answer = client.post(sign, shown(client, page, sign, None).filled(**typed))
        if answer.status_code == 429:
            break
    back = parse_qs(urlsplit(re.search(r'href="(/accounts/login/\?next=[^"]+)"', answer.content.decode())[1]).query)[
        "next"
    ][0]
    client.force_login(house.pharmacist)

    html = client.get(back).content.decode()

    assert answer.status_code == 429
    assert ("A lecture" in html, "signed out after too many" in html, "a guess" in html) == (True, True, False)


@pytest.mark.parametrize("stamp", ["own", "another"])
@pytest.mark.parametrize("fault", [False, True])
def test_after_too_many_wrong_passwords_one_is_signed_out_whatever_fails(house, monkeypatch, stamp, fault, caplog):
    """And somebody else's form does not come back to whoever sent it."""
    client = Client()
    sign, page = reverse("do", args=[SLUGS["review"], "sign"]), reverse("review", args=[SLUGS["review"]])
    client.force_login(house.pharmacist)
    if fault:
        monkeypatch.setattr(KeptForm, "save", out_of_order)
    typed = {**every.SIGNED, "interests": "declared", "interests_text": "A lecture", "password": "a guess of mine"}
    for _ in range(5):
        form = shown(client, page, sign, None).filled(**typed)
        if stamp == "another":
            form["whose"] = [kept.whose(house.clinician.pk, form["act"][0])]
        answer = client.post(sign, form)
        if answer.status_code == 429:
            break

    assert answer.status_code == 429
    assert client.get("/desk/").status_code == 302
    assert ("kept for a day" in answer.content.decode()) is (stamp == "own" and not fault)
    assert [row.person for row in KeptForm.objects.all()] == (
        [] if fault else [house.pharmacist if stamp == "own" else house.clinician]
    )
    assert ("A form could not be kept" in caplog.text) is fault


# -- An act's address, asked for -----------------------------------------------------------------------------------------


def test_the_address_of_every_act_leads_to_the_page_of_its_form_and_is_never_a_bare_405(house):
    from reviews.urls import urlpatterns
    from reviews.workflow import TRANSITIONS

    # The administrator's forms by an administrator, all others by one clinician, whosever they are.
    addresses = {
        every.resolved((one[3] or one[2])()): ((one[3] or one[2])(), one[1] if one[1] == "admin" else "clinician")
        for one in FORMS
    }
    addresses |= {f"do {name}": (reverse("do", args=[SLUGS["live"], name]), "clinician") for name in TRANSITIONS}
    before = AuditEvent.objects.latest("seq").seq

    for name, (address, who) in addresses.items():
        client = Client()
        client.force_login(house.people[who])
        for method in (client.get, client.head):
            answer = method(address, follow=True)
            assert answer.status_code == 200, (name, address)
            assert not answer.redirect_chain or all(status == 302 for _where, status in answer.redirect_chain)
        assert client.put(address).status_code == 405

    assert {route.name for route in urlpatterns} >= {name for name in addresses if " " not in name}
    assert entries_since(before) == []


def test_the_address_of_an_act_says_nothing_to_whoever_may_not_know(house):
    client = Client()
    client.force_login(house.nobody)
    for one in FORMS:
        address = (one[3] or one[2])()
        assert client.get(address).status_code in (403, 404), address


# -- The database is busy ------------------------------------------------------------------------------------------------

HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def busy():
    """Somebody writes, for as long as the test wants."""
    make.somebody_writes(True)
    yield lambda: make.somebody_writes(False)
    make.somebody_writes(False)


@cases(TYPED)
def test_while_somebody_else_writes_the_form_stands_filled_in_the_answer(
    house, busy, who, page, action, button, typed, verbs
):
    client = Client()
    target, sent = filled(client, house, who, page, action, button, typed)
    before = AuditEvent.objects.latest("seq").seq

    answer = client.post(target, sent, headers=HERE)

    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"], make.PASSWORD in html) == (503, "5", False)
    again = [one for one in forms_of(html) if one.action in ("", target) and has(one, typed)]
    assert again, html
    assert (entries_since(before), KeptForm.objects.count()) == ([], 0)
    busy()
    password = {"password": make.PASSWORD} if "password" in sent else {}
    assert client.post(target, again[-1].filled(**password)).status_code == 302
    assert entries_since(before) == sorted(verbs)


def out_of_order(*_args, **_how):
    raise OperationalError("database is locked")


@cases(TYPED)
def test_a_database_that_answers_nobody_loses_no_word(house, monkeypatch, who, page, action, button, typed, verbs):
    """The words stand in the answer, with the token of their form: what was done after all is not done again."""
    client = Client()
    target, sent = filled(client, house, who, page, action, button, typed)
    with monkeypatch.context() as broken:
        broken.setattr("reviews.desk.base.policy.refusals", out_of_order)
        answer = client.post(target, sent, headers=HERE)

    html = answer.content.decode()
    form = next(one for one in forms_of(html) if one.action == target)
    assert (answer.status_code, answer.headers["Retry-After"], make.PASSWORD in html) == (503, "5", False)
    assert (form.fields["act"], form.fields.get("password", [""])) == (sent["act"], [""])
    assert {name: form.fields[name] for name in sent if name not in ("password", "csrfmiddlewaretoken")} == {
        name: value if isinstance(value, list) else [value] for name, value in sent.items()
        if name not in ("password", "csrfmiddlewaretoken")
    }  # fmt: skip
    password = {"password": make.PASSWORD} if "password" in sent else {}
    answers = [client.post(target, form.filled(**password)).status_code for _ in range(2)]
    assert answers == [302, 409]


def test_where_not_even_the_form_can_be_kept_it_stands_in_the_answer(house, monkeypatch):
    client = Client()
    target, sent = filled(client, house, "editor", lambda: HEADER, None, "preview", WORDS)
    client.logout()
    monkeypatch.setattr(KeptForm, "save", out_of_order)

    answer = client.post(target, sent, headers=HERE)
    plain = client.post(target, sent)

    form = next(one for one in forms_of(answer.content.decode()) if one.action == target)
    assert (answer.status_code, form.fields["covers"]) == (503, [WORDS["covers"]])
    assert (plain.status_code, WORDS["covers"] in plain.content.decode()) == (503, False)
    monkeypatch.undo()
    back = sign_in_of(client.post(target, form.filled()))
    client.force_login(house.editor)
    assert WORDS["covers"] in client.get(back).content.decode()


def test_a_save_is_done_though_its_kept_form_cannot_be_taken_out_now(house, monkeypatch):
    client, back = lost(house)
    client.force_login(house.editor)
    again = next(one for one in forms_of(client.get(back).content.decode()) if "preview" in one.buttons)
    monkeypatch.setattr(KeptForm, "delete", out_of_order)

    assert client.post(back, again.filled()).status_code == 302
    assert KeptForm.objects.count() == 1


# -- A reader's report ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["yes", "no"])
@pytest.mark.parametrize("way", ["elsewhere", "somebody writes", "no database"])
def test_a_report_that_was_not_taken_comes_back_filled_and_nothing_is_stored(house, monkeypatch, way, harm):
    client = Client()
    form = shown(client, "/report/?page=/drugs/liveumab/", "/report/", None)
    sent = form.filled(text="The interval is wrong.", harm=harm, source="A table", email="reader@example.org")
    if way == "somebody writes":
        make.somebody_writes(True)
    with monkeypatch.context() as broken:
        if way == "no database":
            broken.setattr("reviews.reports.public_views.shown", out_of_order)
        answer = client.post(
            "/report/", sent, headers={"Origin": "https://another.example"} if way == "elsewhere" else HERE
        )
    make.somebody_writes(False)
    if way == "somebody writes" and harm == "yes":  # it goes into the inbox, and waits for nobody
        assert answer.status_code == 303
        return

    again = next(one for one in forms_of(answer.content.decode()) if one.action == "/report/")

    assert answer.status_code == (403 if way == "elsewhere" else 503)
    assert {name: again.fields[name] for name in ("text", "harm", "source", "email", "page")} == {
        "text": ["The interval is wrong."], "harm": [harm], "source": ["A table"], "email": ["reader@example.org"],
        "page": ["/drugs/liveumab/"],
    }  # fmt: skip
    assert KeptForm.objects.count() == 0
    assert client.cookies.get("__Host-session") is None
    assert client.post("/report/", again.filled(), headers=HERE).status_code == 303
