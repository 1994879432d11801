"""Whom somebody asks who lacks a right, and how: the one place that knows.

Whatever a page of the desk says, by its own words or by those of a refusal, where it says “your administrator” it names
those who can be asked, and the way to ask them, once: `{% naming %}` sees to it, around every page and around what
stands against a form. Strangers are told no names.
"""

import re

from django import template
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reviews.access import asking, held, policy
from reviews.models.people import name_of

register = template.Library()
SAYS_SO = re.compile(r"your(?<!\wyour)\s+administrator\b")  # it begins with letters, which are found fast
_SAID = "_says_whom_to_ask"  # on a request whose page says it


def names_for(user: User) -> list[str]:
    """The administrators whom this person can ask: never themselves."""
    return [name_of(one) for one in held.helpers() if one.pk != user.pk]


def _line(request: HttpRequest, user: User) -> str:
    """Who looks after people here, and what this person asked already, or the way to ask."""
    context = {
        "names": names_for(user), "asked": asking.open_of(user),
        "is_one": policy.can(user, "manage_people"), "page": request.path,
    }  # fmt: skip
    return render_to_string("components/_asked.html", context)


class Naming(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        html, request = self.nodelist.render(context), context.get("request")
        if request is None or not request.user.is_authenticated or hasattr(request, _SAID) or not SAYS_SO.search(html):
            return html
        setattr(request, _SAID, True)
        return SafeString(html + _line(request, request.user))


@register.tag
def naming(parser: Parser, _token: Token) -> Naming:
    """What is inside, and whom to ask, if it says so and does not name them."""
    nodelist = parser.parse(("endnaming",))
    parser.delete_first_token()
    return Naming(nodelist)
