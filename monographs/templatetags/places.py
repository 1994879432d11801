"""The places of a page: what it says, one thing after the other, and by which name each is found again."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class PlaceNode(template.Node):
    def __init__(
        self, nodelist: NodeList, part: FilterExpression, field: FilterExpression, without: tuple[str, ...]
    ) -> None:
        self.nodelist, self.part, self.field, self.without = nodelist, part, field, without

    def render(self, context: Context) -> SafeString:
        html: SafeString = self.nodelist.render(context)
        marks, part = getattr(context.get("page"), "marks", None), self.part.resolve(context)
        if marks is None or not part:
            return html
        said: str = marks.put(str(part), self.field.resolve(context), html, self.without)
        return mark_safe(said)  # noqa: S308 - marks are tags around it


@register.tag
def place(parser: Parser, token: Token) -> PlaceNode:
    """`{% place part "field" %}…{% endplace %}`: one place, of the part with this key or of the "header". Elements that
    are named behind are no words of it. Nothing is printed of the tag: only marks go in, where `page.marks` has some.
    """
    _tag, part, field, *without = token.split_contents()
    nodelist = parser.parse(("endplace",))
    parser.delete_first_token()
    return PlaceNode(
        nodelist, parser.compile_filter(part), parser.compile_filter(field), tuple(one.strip('"') for one in without)
    )


@register.simple_tag(takes_context=True)
def edits(context: Context, part: object, words: object) -> SafeString:
    """What the desk puts beside a part of the preview: where it is edited, by `edits` (key of a part -> address), or
    whatever else `beside` (key -> HTML) has for it. Nothing is printed where the page gives neither: readers get the
    same bytes whoever they are."""
    addresses: dict[str, str] = context.get("edits") or {}
    beside: dict[str, SafeString] = context.get("beside") or {}
    if not addresses and not beside:  # as for readers, of each part of each page
        return SafeString()
    address = addresses.get(str(part), "")
    if not address:
        return beside.get(str(part), SafeString())
    return format_html('<a class="btn btn-quiet to-edit" href="{}">Edit<span class="vh"> {}</span></a>', address, words)
