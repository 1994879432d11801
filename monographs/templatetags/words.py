"""How values are said on pages."""

from datetime import date

from django import template

from monographs.text import Html, quantities

register = template.Library()


@register.filter
def day_in_words(value: str) -> str:
    """ "2026-07-04" as "4 July 2026"; what is no date stays as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.day} {day:%B %Y}"


@register.filter
def quantity(value: str) -> Html:
    """Text in which no number breaks from its unit."""
    return quantities(value)
