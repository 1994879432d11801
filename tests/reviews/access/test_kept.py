"""Whose a kept form is, what is never kept, and how much."""

import json
from datetime import timedelta
from urllib.parse import unquote_plus

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.management import call_command
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone

from reviews.access import kept
from reviews.access.privacy import holds_nhs_number
from reviews.audit import acts
from reviews.forms import password
from reviews.models import Act, KeptForm
from tests import factories as make

pytestmark = pytest.mark.django_db
PATH = "/desk/monographs/testazumab/edit/header/"
SESSION = KeptForm.Cause.SESSION
ABSENT = object()


def sent(person, path=PATH, *, act="", whose=ABSENT, address="198.51.100.7", **typed):
    """A form as its person's browser sends it, without a session."""
    act = act or acts.new_token()
    fields = {"act": act, "name": "words", **typed}
    if whose is ABSENT:
        fields["whose"] = kept.whose(person.pk, act)
    elif whose is not None:
        fields["whose"] = whose
    request = RequestFactory().post(path, fields, REMOTE_ADDR=address)
    request.user = AnonymousUser()
    return request


def words():
    return [json.loads(row.fields) for row in KeptForm.objects.all()]


def token(address):
    return QueryDict(address.partition("?")[2])["kept"]


def test_a_form_is_kept_for_whom_it_was_shown_to_and_opens_for_nobody_else(house):
    address = kept.keep(sent(house.editor, f"{PATH}?kind=notice&q=a%26b"), SESSION)
    row = KeptForm.objects.get()

    assert (row.person, row.path, row.query, row.cause) == (house.editor, PATH, "kind=notice&q=a%26b", "session")
    assert row.expires_at - row.at == timedelta(hours=24)
    assert address.startswith(f"{PATH}?kind=notice&q=a%26b&kept=")
    assert kept.opened(token(address), house.editor, PATH) == row
    for other in (house.editor2, house.clinician, house.admin, house.nobody):
        assert kept.opened(token(address), other, PATH) is None
    assert kept.opened(token(address), house.editor, f"{PATH}x/") is None
    assert kept.opened(token(address) + "A", house.editor, PATH) is None
    assert kept.opened("", house.editor, PATH) is None


@pytest.mark.parametrize(
    "forge", ["none", "empty", "bare", "of another form", "of another person", "of another key", "old"]
)
def test_nobody_keeps_a_form_for_somebody_else(house, settings, monkeypatch, forge):
    act, other = acts.new_token(), acts.new_token()
    mine = kept.whose(house.editor.pk, act)
    stamp = {
        "none": None, "empty": "", "bare": str(house.editor.pk), "of another form": kept.whose(house.editor.pk, other),
        "of another person": mine.replace(f"{house.editor.pk}:", f"{house.editor2.pk}:", 1), "old": mine,
        "of another key": mine,
    }[forge]  # fmt: skip
    request = sent(house.editor, act=act, whose=stamp)
    if forge == "of another key":
        settings.SECRET_KEY = "another"
    if forge == "old":
        now = timezone.now().timestamp()
        monkeypatch.setattr("django.core.signing.time.time", lambda: now + 31 * 86_400)

    assert (kept.person_of(request), kept.keep(request, SESSION), KeptForm.objects.count()) == (None, "", 0)


def test_a_window_that_was_open_for_weeks_keeps_its_form(house, monkeypatch):
    request, now = sent(house.editor), timezone.now().timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 29 * 86_400)

    assert kept.keep(request, SESSION)


def test_nothing_is_kept_for_a_closed_account(house):
    request = sent(house.editor)
    make.changed_account(house.editor, is_active=False)

    assert (kept.keep(request, SESSION), KeptForm.objects.count()) == ("", 0)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "password1",
        "old_password",
        "Password",
        "code",
        "otp",
        "otp_token",
        "passcode",
        "recovery_code",
        "csrfmiddlewaretoken",
    ],
)
def test_no_secret_is_kept(house, name):
    kept.keep(sent(house.editor, **{name: "the secret"}), SESSION)

    assert words() == [{"name": ["words"]}]
    assert "the secret" not in KeptForm.objects.get().fields
    assert KeptForm.objects.get().lacks_password is (name != "csrfmiddlewaretoken")


def test_the_codes_of_a_drug_are_no_secret(house):
    kept.keep(sent(house.editor, **{"codes-0-code": "L04AA31", "codes-0-system": "ATC"}), SESSION)

    assert words() == [{"name": ["words"], "codes-0-code": ["L04AA31"], "codes-0-system": ["ATC"]}]


def test_every_password_of_a_form_of_ours_has_a_name_that_is_not_kept():
    from django import forms

    import reviews.desk.account.own
    import reviews.desk.act_forms
    import reviews.desk.published.forms
    from reviews.forms import Form

    def below(kind):
        yield kind
        for one in kind.__subclasses__():
            yield from below(one)

    secret = {
        name for kind in below(Form) for name, field in kind.base_fields.items() if isinstance(field.widget, forms.PasswordInput)
    }  # fmt: skip

    assert secret == {"password", "new_password", "again_password"}
    assert isinstance(password().widget, forms.PasswordInput)
    assert all(acts.SECRET.search(name) for name in secret)
    assert reviews.desk.act_forms.SignForm in set(below(Form))
    assert reviews.desk.published.forms.WarningForm in set(below(Form))


@pytest.mark.parametrize("number", ["999 000 0018", "9990000018", "999-000-0018", "\uff19\uff19\uff19 000 0018"])
def test_a_number_of_a_patient_is_taken_out_and_the_words_around_it_stay(house, number):
    kept.keep(sent(house.editor, text=f"Before it {number}, and after it.", other=number), SESSION)

    assert words() == [{"name": ["words"], "text": ["Before it (a number), and after it."], "other": ["(a number)"]}]
    assert KeptForm.objects.get().lacks_number is True


@pytest.mark.parametrize("query", ["q=999+000+0018", "q=a&q=9990000018", "999-000-0018=x", "q=%EF%BC%99990000018"])
def test_a_number_of_a_patient_in_the_address_is_taken_out_too(house, query):
    address = kept.keep(sent(house.editor, f"{PATH}?kind=notice&{query}"), SESSION)
    row = KeptForm.objects.get()

    assert row.query.startswith("kind=notice&")
    for text in (row.query, address.partition("&kept=")[0]):
        assert not holds_nhs_number(unquote_plus(text))
    assert row.lacks_number is True
    assert kept.opened(token(address), house.editor, PATH) == row


def test_a_number_of_a_patient_in_the_name_of_a_box_is_taken_out(house):
    kept.keep(sent(house.editor, **{"999 000 0018": "x"}), SESSION)

    assert words() == [{"name": ["words"], "(a number)": ["x"]}]
    assert KeptForm.objects.get().lacks_number is True


def test_a_form_whose_path_holds_a_number_of_a_patient_is_not_kept(house):
    assert kept.keep(sent(house.editor, "/desk/monographs/999-000-0018/edit/header/"), SESSION) == ""
    assert kept.keep(sent(house.editor, "/desk/monographs/999-000-0017/edit/header/"), SESSION) != ""
    assert [row.path for row in KeptForm.objects.all()] == ["/desk/monographs/999-000-0017/edit/header/"]


def test_what_is_typed_is_kept_to_the_letter(house):
    typed = {"text": " Two\r\nlines \u00b5g \U0001f48a \x00\x01 <b>&amp;</b> ", "many": ["one", "two", ""]}
    kept.keep(sent(house.editor, **typed), SESSION)

    found = KeptForm.objects.get().typed
    assert (found["text"], found.getlist("many")) == (typed["text"], typed["many"])
    assert KeptForm.objects.get().lacks_number is False


def test_one_window_keeps_one_form_and_another_one_its_own(house):
    act = acts.new_token()
    kept.keep(sent(house.editor, act=act, text="first"), SESSION)
    kept.keep(sent(house.editor, act=act, text="then"), SESSION)
    kept.keep(sent(house.editor, text="beside"), SESSION)
    kept.keep(sent(house.editor, f"{PATH}elsewhere/", act=act, text="at another place"), SESSION)

    assert sorted(one["text"] for one in words()) == [["at another place"], ["beside"]]


def test_a_form_that_came_back_and_could_not_be_taken_again_is_kept_in_its_place(house):
    address = kept.keep(sent(house.editor, text="first"), SESSION)
    kept.keep(sent(house.editor, text="then", kept=token(address)), SESSION)

    assert [one["text"] for one in words()] == [["then"]]
    kept.keep(sent(house.editor2, text="theirs", kept=token(address)), SESSION)
    assert KeptForm.objects.count() == 2


def test_nobody_has_more_than_twenty_and_the_oldest_go_first(house):
    for number in range(23):
        assert kept.keep(sent(house.editor, text=str(number), address=f"198.51.100.{number}"), SESSION)
    kept.keep(sent(house.editor2, text="theirs"), SESSION)

    assert [row.typed["text"] for row in kept.waiting_for(house.editor)] == [str(one) for one in range(22, 2, -1)]
    assert len(kept.waiting_for(house.editor2)) == 1
    assert KeptForm.objects.count() == 21


def test_from_one_place_no_more_than_two_hundred_an_hour(house, monkeypatch):
    """Counted where all processes count, and no address is kept."""
    monkeypatch.setattr(kept, "MOST_OF_AN_ADDRESS", 3)
    answers = []
    for _ in range(5):
        cache.clear()  # as another process has it
        answers.append(bool(kept.keep(sent(house.editor, text="x"), SESSION)))

    assert answers == [True, True, True, False, False]
    assert kept.keep(sent(house.editor, address="203.0.113.1"), SESSION)
    assert not any("198.51.100.7" in str(value) for row in KeptForm.objects.values_list() for value in row)

    now = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    assert kept.keep(sent(house.editor, text="x"), SESSION)


def test_what_is_too_long_is_not_kept(house):
    assert kept.keep(sent(house.editor, text="x" * kept.LARGEST), SESSION) == ""
    assert kept.keep(sent(house.editor, f"/desk/{'x' * 500}/"), SESSION) == ""
    assert kept.keep(sent(house.editor, f"{PATH}?q={'x' * 500}"), SESSION) == ""
    assert KeptForm.objects.count() == 0
    assert kept.keep(sent(house.editor, text="x" * (kept.LARGEST - 1000)), SESSION)


def test_a_form_whose_act_is_done_is_not_kept(house):
    request = sent(house.editor, text="done before")
    make.draft(house)
    from reviews.audit.trail import audited_write

    with audited_write(actor=house.editor) as trail:
        trail.record("tried", "test")
        Act.objects.create(token=acts.token_of(request), seq=trail.seq)

    assert (kept.keep(request, SESSION), KeptForm.objects.count()) == ("", 0)


def test_a_day_later_it_opens_no_more_and_the_hourly_run_takes_it_out(house, monkeypatch):
    address = kept.keep(sent(house.editor), SESSION)
    kept.keep(sent(house.editor2), SESSION)
    row, now = KeptForm.objects.get(person=house.editor), timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=23, minutes=59))
    assert kept.opened(token(address), house.editor, PATH) == row
    call_command("send_reminders", verbosity=0)
    assert KeptForm.objects.count() == 2
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=24, minutes=1))

    assert kept.opened(token(address), house.editor, PATH) is None
    assert kept.waiting_for(house.editor) == []
    call_command("send_reminders", verbosity=0)
    assert KeptForm.objects.count() == 0


# -- In the answer itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_only_what_our_own_page_sent_is_handed_back_to_be_sent_again(told, shown):
    typed = {"act": "a", "text": "Words", "password": "the secret", "digest": "d", "csrfmiddlewaretoken": "t"}
    found = kept.typed_of(RequestFactory().post(f"{PATH}?kind=notice", typed, headers=told))

    assert (found is not None) is shown
    if found:
        assert found.address == f"{PATH}?kind=notice"
        assert found.hidden == [("act", "a"), ("text", "Words"), ("digest", "d")]
        assert (found.passwords, found.words) == (["password"], [("Text", "Words")])
