"""What is wrong with a page as HTML: what the parser of the standard had to mend, and what it lets pass though it is not
in the standard. A checker that runs with the tests; it knows the elements and attributes that pages of ours use, and
calls all others faults: whoever needs one more adds it here, and looks it up in the standard first."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

XHTML = "{http://www.w3.org/1999/xhtml}"
# Element: the attributes of its own, beside those of all.
OWN = {
    "a": "href rel hreflang type download target", "abbr": "", "article": "", "aside": "", "b": "", "blockquote": "cite", "body": "", "br": "", "button": "type name value form formaction formmethod formnovalidate disabled popovertarget",
    "caption": "", "cite": "", "code": "", "col": "span", "colgroup": "span", "datalist": "", "dd": "", "del": "datetime", "details": "open name",
    "div": "", "dl": "", "dt": "", "em": "", "fieldset": "disabled form name", "figcaption": "", "figure": "", "footer": "",
    "form": "action method enctype novalidate autocomplete", "h1": "", "h2": "", "h3": "", "h4": "", "h5": "", "h6": "",
    "head": "", "header": "", "hr": "", "html": "", "input": "type name value checked required disabled readonly maxlength minlength min max step pattern size autocomplete placeholder multiple form accept list",
    "img": "src alt width height", "ins": "datetime", "kbd": "", "label": "for", "legend": "", "li": "value", "link": "rel href type media title sizes hreflang", "main": "",
    "mark": "", "menu": "", "meta": "charset name content http-equiv", "nav": "", "noscript": "", "ol": "start reversed type", "optgroup": "label disabled",
    "option": "value selected disabled label", "output": "for form name", "p": "", "pre": "", "q": "cite", "s": "", "script": "src defer type async", "search": "",
    "section": "", "select": "name required disabled multiple size form autocomplete", "small": "", "span": "", "strong": "", "sub": "", "summary": "", "sup": "",
    "table": "", "tbody": "", "td": "colspan rowspan headers", "template": "", "text-expander": "keys", "textarea": "name rows cols required disabled readonly maxlength minlength placeholder autocomplete form wrap",
    "tfoot": "", "th": "scope colspan rowspan headers abbr", "thead": "", "time": "datetime", "title": "", "tr": "", "ul": "",
}  # fmt: skip
ANY = {
    "autocapitalize", "autofocus", "class", "dir", "enterkeyhint", "hidden", "id", "inputmode", "lang", "popover",
    "role", "spellcheck", "tabindex", "title", "translate",
}  # fmt: skip
# Element: the only children that it may have.
CHILDREN = {
    "ul": "li", "ol": "li", "menu": "li", "dl": "dt dd div", "tr": "td th", "thead": "tr", "tbody": "tr", "tfoot": "tr",
    "table": "caption colgroup thead tbody tfoot tr", "select": "option optgroup hr", "datalist": "option", "optgroup": "option",
}  # fmt: skip
ONLY_WORDS = {
    "b", "button", "code", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "kbd", "label", "legend", "mark", "p", "pre",
    "q", "s", "small", "span", "strong", "sub", "summary", "sup", "time",
}  # fmt: skip
WORDS = {
    "b", "a", "abbr", "br", "button", "cite", "code", "datalist", "del", "em", "img", "input", "ins", "kbd", "label",
    "mark", "noscript", "optgroup", "option", "output", "q", "s", "script", "select", "small", "span", "strong",
    "sub", "sup", "template", "textarea", "time",
}  # fmt: skip
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
MORE = {"summary": HEADINGS, "legend": HEADINGS, "dt": {"p", "div", "ul", "ol", "dl"}}
ACTS = {"a", "button", "input", "label", "select", "textarea", "summary"}
TIME = re.compile(
    r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d))?)?)?|P[\dDTHMSW]+", re.ASCII
)


def faults(html: str, *, whole: bool = True) -> list[str]:
    """One sentence each; none if the page is as the standard wants it. A fragment (`whole=False`) may name by its id what
    stands elsewhere, and needs no head."""
    parser = HTMLParser()
    root = parser.parse(html if whole else f'<!doctype html><html lang="en"><title>x</title><body>{html}</body>')
    found = [f"line {at[0]}, sign {at[1]}: {code} {given}" for at, code, given in parser.errors]
    for parent, one in _pairs(root):
        found += [f"{_told(one)} {words}" for words in _wrong(one, parent)]
    ids = [one.get("id", "") for one in root.iter() if one.get("id") is not None]
    found += [
        f"the id “{name}” stands there more than once" for name in sorted({one for one in ids if ids.count(one) > 1})
    ]
    found += [f"an id has a space in it, or nothing: “{name}”" for name in ids if not name or re.search(r"\s", name)]
    if whole:
        found += [f"{_told(one)} names “{name}”, which is not there" for one, name in _named(root) if name not in ids]
        found += ["there is not one title"] * (sum(_name(one) == "title" for one in root.iter()) != 1)
        found += ["the page does not say its language"] * (not root.get("lang"))
    return found


def _name(one: Element) -> str:
    return str(one.tag).removeprefix(XHTML) if isinstance(one.tag, str) else ""


def _told(one: Element) -> str:
    return f"<{' '.join([_name(one), *(f'{key}={value!r}' for key, value in list(one.attrib.items())[:3])])}>"


def _pairs(root: Element) -> Iterator[tuple[list[Element], Element]]:
    """Each element of HTML after those that it stands in, the outermost first; what stands in a drawing is left alone."""
    waiting: list[tuple[list[Element], Element]] = [([], root)]
    while waiting:
        within, one = waiting.pop()
        if isinstance(one.tag, str) and one.tag.startswith(XHTML):
            yield within, one
            waiting += [([*within, one], child) for child in one]


def _wrong(one: Element, within: list[Element]) -> Iterator[str]:
    name, around = _name(one), [_name(each) for each in within]
    if name not in OWN:
        yield "is no element that we use"
        return
    for key in one.attrib:
        if key not in ANY and key not in OWN[name].split() and not key.startswith(("data-", "aria-")):
            yield f"has no attribute {key}"
    if around and around[-1] in CHILDREN and name not in {*CHILDREN[around[-1]].split(), "script", "template"}:
        yield f"stands in <{around[-1]}>"
    for outer in set(around) & ONLY_WORDS:
        if name not in WORDS | MORE.get(outer, set()):
            yield f"stands in <{outer}>, which holds words only"
    if name in ACTS and one.get("type") != "hidden":
        for outer in set(around) & {"a", "button", "label"}:
            if outer != "label" or name in ("a", "label", "button"):
                yield f"stands in <{outer}>: what one presses there is not clear"
    if name == "time" and not TIME.fullmatch(one.get("datetime", "")):
        yield "has no moment that machines read"
    if name in ("div", "span", "p") and not one.get("role") and (one.get("aria-label") or one.get("aria-labelledby")):
        yield "has a name, and is nothing that can have one"
    if name in ("a", "form", "input", "link", "script") and "" in (one.get("href"), one.get("src"), one.get("action")):
        yield "leads nowhere"


def _named(root: Element) -> Iterator[tuple[Element, str]]:
    for one in root.iter():
        for key in (
            "for",
            "form",
            "list",
            "headers",
            "popovertarget",
            "aria-labelledby",
            "aria-describedby",
            "aria-controls",
            "aria-owns",
        ):
            yield from ((one, name) for name in (one.get(key) or "").split())
        if one.get("href", "").startswith("#") and len(one.get("href", "")) > 1:
            yield one, one.get("href", "")[1:]
