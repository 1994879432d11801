"""Therapeutic classes, as far as something live lies below them."""

from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from monographs.models.index_entry import IndexEntry
from monographs.models.publication import Publication
from monographs.models.therapeutic_class import TherapeuticClass
from monographs.public.caching import public, shows
from monographs.public.lists import listed

A_PAGE = 100


@dataclass
class Node:
    """A class of the tree, with how many live monographs lie in it or below it."""

    slug: str
    name: str
    count: int
    children: list["Node"] = field(default_factory=list)


def tree() -> tuple[list[Node], dict[str, list[Node]]]:
    """The roots, and the way from a root to each class: two queries. Classes without anything live are left out."""
    rows = IndexEntry.objects.filter(kind="class", term__startswith="=").values("term").annotate(count=Count("id"))
    counts = {row["term"][1:]: row["count"] for row in rows}
    known = {one.pk: one for one in TherapeuticClass.objects.order_by("name", "slug")}
    nodes = {pk: Node(one.slug, one.name, counts[one.slug]) for pk, one in known.items() if one.slug in counts}
    found, ways = list[Node](), dict[str, list[Node]]()
    for pk, node in nodes.items():
        way, step = [node], known[pk].parent_id
        while step in nodes and nodes[step] not in way:
            way.insert(0, nodes[step])
            step = known[step].parent_id
        ways[node.slug] = way
        parent = known[pk].parent_id
        (nodes[parent].children if parent in nodes else found).append(node)
    return found, ways


def roots() -> list[Node]:
    return tree()[0]


@public
def classes(request: HttpRequest) -> HttpResponse:
    return render(request, "monographs/classes.html", {"nodes": roots()})


@public
def class_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A class: the way to it, the classes below, and the live monographs in it."""
    way = tree()[1].get(slug)
    if way is None:
        raise Http404
    entries = IndexEntry.objects.filter(kind="class", term=f"={slug}").values("publication")
    pages = Paginator(Publication.objects.listed().alphabetical().filter(pk__in=entries), A_PAGE)
    this = pages.get_page(request.GET.get("page"))
    shows(request, this.number)
    context = {"way": way[:-1], "node": way[-1], "this": this, "lines": listed(this.object_list)}
    return render(request, "monographs/class.html", context)
