"""Moments as machines read them: at hand in every template."""

from datetime import datetime

from django import template

register = template.Library()


@register.filter(expects_localtime=True)
def instant(value: datetime | None) -> str:
    """For `<time datetime>`: to the second, with the zone. More than three decimals are none to HTML."""
    return value.isoformat(timespec="seconds") if value else ""
