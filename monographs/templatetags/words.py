"""How values are said on pages."""

from datetime import date
from typing import Any

from django import template

from monographs.models.publication import address_of
from monographs.overlay_kinds import say
from monographs.texts import wording
from monographs.texts.text import Html, quantities

register = template.Library()
register.filter("with_article", wording.with_article)
register.filter("ended", wording.ended)
register.filter("address_of", address_of)


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


@register.filter
def editions(numbers: list[int]) -> str:
    """ "edition 2", "editions 2 and 3", "editions 1, 2 and 4"."""
    *head, last = [str(number) for number in numbers] or ["none"]
    return f"editions {', '.join(head)} and {last}" if head else f"edition {last}"


@register.filter
def says(overlay: Any, sentence: str) -> str:
    """A sentence of the row of its kind, said of an overlay."""
    return say(sentence, overlay)
