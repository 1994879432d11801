from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reviews.audit import acts

register = template.Library()


@register.simple_tag
def act_token() -> SafeString:
    """The hidden field that makes each showing of a form one act. It stands in every form that writes, beside
    `{% csrf_token %}`."""
    return format_html('<input type="hidden" name="{}" value="{}">', acts.FIELD, acts.new_token())
