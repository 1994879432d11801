"""The two forms of the page that asks for a second factor at the sign-in, as allauth's view wants them."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from django import forms
from django.utils import timezone

from reviews.access import second_factor
from reviews.access.attempts import BUSY
from reviews.access.password import TooManyFailures
from reviews.access.refusals import Refused
from reviews.audit.trail import WriteLockTimeout


class PasskeyAnswer(forms.JSONField):
    """What a browser says for a passkey. Whatever is no JSON that can be read is one sentence: Django lets through that
    a number is too long for Python, or brackets too deep."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("The passkey did not answer as it should. Try again.") from error


class _Given(forms.Form):
    """What was given, judged when it is read: a code is spent by it."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.person = user
        super().__init__(*args, **kwargs)

    def save(self) -> None:
        post_authentication(context.request, self.factor)

    def _judge(self, judge: Any, given: Any) -> Any:
        try:
            self.factor = judge(self.person, given)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        except TooManyFailures as error:
            until = timezone.localtime(error.until)
            raise forms.ValidationError(f"Too many wrong ones. Nothing is looked at until {until:%H:%M}.") from error
        except WriteLockTimeout as error:
            raise forms.ValidationError(BUSY.sentence) from error
        return given


class CodeForm(_Given):
    code = forms.CharField(max_length=40, error_messages={"required": "Type the code."})

    def clean_code(self) -> str:
        code: str = self._judge(second_factor.given_code, self.cleaned_data["code"])
        return code


class PasskeyForm(_Given):
    credential = PasskeyAnswer(error_messages={"required": "The passkey did not answer."})

    def clean_credential(self) -> Any:
        return self._judge(second_factor.given_passkey, self.cleaned_data["credential"])
