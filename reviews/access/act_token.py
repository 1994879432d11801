from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reviews.access import kept
from reviews.audit import acts

register = template.Library()
_HIDDEN = '<input type="hidden" name="{}" value="{}">'


@register.simple_tag(takes_context=True)
def act_token(context: Any) -> SafeString:
    """The hidden fields that make each showing of a form one act, and on the desk one person's. They stand in every
    form that writes, beside `{% csrf_token %}`."""
    token = acts.new_token()
    made = format_html(_HIDDEN, acts.FIELD, token)
    if here := getattr(getattr(context, "request", None), "kept", None):
        made += format_html(_HIDDEN, kept.WHOSE, kept.whose(here.person, token))
        if here.token:
            made += format_html(_HIDDEN, kept.FIELD, here.token)
    return made
