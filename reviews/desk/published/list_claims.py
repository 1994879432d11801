"""What must be seen in lists, in what leads to a page, in what changed, and in what machines and reports ask for."""

from collections.abc import Iterable
from datetime import datetime
from html import unescape

from django.conf import settings
from django.utils.html import strip_tags

from monographs.models import Overlay
from monographs.overlay_kinds import say
from reviews.desk.published.claims import Claim, Over, Spot, has, is_hidden
from reviews.desk.published.served import Node, Served, printed, squashed
from reviews.desk.published.subject import Subject, is_removal

LATER = squashed("This page was removed later.")


# -- Lists: the line of the page -------------------------------------------------------------------------------------


def lines_of(subject: Subject, served: Served) -> list[Node]:
    """Where a list names the page: the entries around its links."""
    return [one.up("li", "section") for one in served.leads_to(subject.path)]


def its_line(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        found = lines_of(subject, served)
        return served.status == 200 and bool(found) and _says_no_more(subject, found)

    return Claim("its name, and beside it what stands over the page now", holds)


def in_card(subject: Subject, spot: Spot, one: Overlay) -> Claim:
    words = one.row.words.line

    def holds(served: Served) -> bool:
        return all(words.lower() in line.words.lower() for line in _cards(subject, served))

    return Claim(f"“{words}” beside its name, if it is there", holds)


def _cards(subject: Subject, served: Served) -> list[Node]:
    """Where another page leads to it."""
    return [one.up("li", "p", "section") for one in served.leads_to(subject.path)]


def another_page(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        retired = any(one.row.words.line and one.row.is_withdrawal for one in subject.overlays)
        said = {span.words for card in _cards(subject, served) for span in card.all("span")}
        return served.status in (200, 410) and (retired or "Retired" not in said)

    return Claim("", holds)


def its_line_if_any(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        return served.status == 200 and _says_no_more(subject, lines_of(subject, served))

    return Claim("beside its name, if it is there, what stands over the page now", holds)


def _says_no_more(subject: Subject, lines: Iterable[Node]) -> bool:
    said = {one.words for line in lines for one in line.all("strong") if "said" in one.classes or one.up("p") != one}
    return said <= subject.lines


def in_line(subject: Subject, spot: Spot, one: Over) -> Claim | None:
    words = say(one.row.words.line, one) if isinstance(one, Overlay) else one.title
    if not words:
        return None

    def holds(served: Served) -> bool:
        return all(has(line, words) for line in lines_of(subject, served))

    return Claim(f"“{words}”", holds)


def not_named(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        links = [one.attributes.get("href", "") for one in served.main.all("a")]
        return served.status in (200, 404) and not any(one.startswith(subject.path) for one in links)

    return Claim("nothing: no link to it", holds)


def found_as_removed(subject: Subject, spot: Spot) -> Claim:
    """Whoever searches is told that it was there, and why it is not."""
    assert subject.removal
    words = ("This page was removed", subject.removal.reason)

    def holds(served: Served) -> bool:
        lines = lines_of(subject, served)
        is_told = bool(lines) and all(has(line, *words) for line in lines)
        return served.status == 200 and is_told and not any(piece in served.main.words for piece in subject.pieces)

    return Claim("its name with “This page was removed” and the reason, none of its words", holds)


def nothing(subject: Subject, spot: Spot) -> Claim:
    return Claim("", lambda served: served.status == 200)


# -- Addresses that lead to it --------------------------------------------------------------------------------------


def leads(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        if served.status in (301, 302):
            return served.target == subject.path
        return its_line(subject, spot).holds(served)

    return Claim("the way to the page, or a choice that names it", holds)


def leads_nowhere(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        return served.target != subject.path if served.status in (301, 302) else not_named(subject, spot).holds(served)

    return Claim("nothing: no way to it", holds)


def moved(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        return served.status == 301 and served.target == subject.path

    return Claim("the way to its address now", holds)


def compares(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        return served.status in (302, 410) and (served.status == 410 or served.target.startswith(subject.path))

    return Claim("the way to the comparison, and no word of it", holds)


# -- Its editions, and what changed between them --------------------------------------------------------------------


def its_editions(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        old = all(served.leads_to(f"{subject.path}editions/{number}/") for number in subject.old)
        return served.status == 200 and bool(served.leads_to(subject.path)) and old

    return Claim("each of its editions", holds)


def its_comparison(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        return served.status == 200 and is_hidden(served) and bool(served.leads_to(subject.path))

    return Claim("what changed, a link to the current page, nothing for search engines", holds)


def beside_title(subject: Subject, spot: Spot, one: Over) -> Claim | None:
    words = say(one.row.words.line, one) if isinstance(one, Overlay) else one.title
    if not words:
        return None
    return Claim(f"“{words}” above its list", lambda served: has(served.main.first(id="over"), words))


# -- What changed, newest first -------------------------------------------------------------------------------------


def in_updates(subject: Subject, spot: Spot, one: Overlay) -> Claim:
    words = _update(subject, one)

    def holds(served: Served) -> bool:
        return has(served.main.first("li", id=f"notice-{one.pk}"), *words)

    return Claim(f"“{words[0]}”", holds)


def in_feed(subject: Subject, spot: Spot, one: Overlay) -> Claim:
    words = _update(subject, one)

    def holds(served: Served) -> bool:
        entries = list(served.tree.all("entry"))
        wanted = f"{settings.SITE_URL}/updates/#notice-{one.pk}"
        for entry in entries:
            if (known := entry.first("id")) and known.words == wanted:
                return all(printed(line) in _told(entry) for line in words)
        days = [node.words for entry in entries if (node := entry.first("updated"))]
        return bool(days) and one.at < datetime.fromisoformat(min(days))  # older than what a feed holds

    return Claim(f"“{words[0]}”, as long as it is among the newest", holds)


def _told(entry: Node) -> str:
    """The words of an entry of the feed: of its title, which is text, and of its summary, which is HTML in XML."""
    title, summary = entry.first("title"), entry.first("summary")
    return (title.words if title else "") + squashed(unescape(strip_tags("".join(_raw(summary)))) if summary else "")


def _raw(node: Node) -> list[str]:
    return [words for one in node.inner for words in ([one] if isinstance(one, str) else _raw(one))]


def _update(subject: Subject, one: Overlay) -> list[str]:
    if one.kind == "erratum" and not subject.is_told(one):
        return ["Correction. What it quotes is withheld now."]
    return [say(sentence, one) for sentence in one.row.words.update]


def only_its_removal(subject: Subject, spot: Spot) -> Claim:
    """Its removal is told, and nothing else of what was told before."""
    removal = subject.removal
    assert removal
    words, own = _update(subject, removal), {f"notice-{one.pk}" for one in subject.overlays if is_removal(one)}

    def holds(served: Served) -> bool:
        lines = lines_of(subject, served)
        told = any(has(one, *words) for one in lines if one.attributes.get("id") in own)
        return told and all(LATER in one.words or has(one, words[0]) for one in lines)

    return Claim(f"“{words[0]}”, and of each earlier entry that it was removed later", holds)


def only_its_removal_in_feed(subject: Subject, spot: Spot) -> Claim:
    removal = subject.removal
    assert removal
    words = printed(_update(subject, removal)[0])

    def holds(served: Served) -> bool:
        about = [
            _told(one)
            for one in served.tree.all("entry")
            if any(link.attributes.get("href") == subject.address for link in one.all("link"))
        ]
        return in_feed(subject, spot, removal).holds(served) and all(LATER in one or words in one for one in about)

    return Claim(only_its_removal(subject, spot).words, holds)


def in_corrections(subject: Subject, spot: Spot, one: Overlay) -> Claim:
    def holds(served: Served) -> bool:
        node = served.main.first("section", id=f"erratum-{one.pk}")
        return has(node, one.wrong, one.right) if subject.is_told(one) else node is None

    return Claim("what it said, and what it should say" if subject.is_told(one) else "not the withheld words", holds)


# -- Machines, and the form for readers -----------------------------------------------------------------------------


def in_sitemap(subject: Subject, spot: Spot) -> Claim:
    newest = max([subject.live.published_at, *(one.at for one in subject.overlays)])

    def holds(served: Served) -> bool:
        for one in served.tree.all("url"):
            place, changed = one.first("loc"), one.first("lastmod")
            if place and place.words == subject.address:
                return changed is not None and datetime.fromisoformat(changed.words) >= newest.replace(microsecond=0)
        return False

    return Claim("its address, changed on the day of what stands over it", holds)


def not_in_sitemap(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        return served.status == 200 and not any(one.words.startswith(subject.address) for one in served.tree.all("loc"))

    return Claim("nothing: not its address", holds)


def its_form(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        return served.status == 200 and has(served.main.first("dl", class_="facts"), subject.called)

    return Claim("a form about it, and its name", holds)


def no_part_to_choose(subject: Subject, spot: Spot) -> Claim:
    def holds(served: Served) -> bool:
        choice = served.main.first("select", name="part")
        options = list(choice.all("option")) if choice else []
        return served.status == 200 and [one.words for one in options] == [squashed("The whole page")]

    return Claim("a form about it as a whole: none of its headings", holds)
