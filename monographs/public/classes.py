"""Therapeutic classes, as far as something live lies below them."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from monographs.models.index_entry import IndexEntry
from monographs.models.therapeutic_class import TherapeuticClass
from monographs.public.caching import public, shows
from monographs.public.lists import A_PAGE, Names
from monographs.questions import Kept


@dataclass
class Node:
    """A class of the tree, with how many live monographs lie in it or below it."""

    slug: str
    name: str
    count: int
    children: list["Node"] = field(default_factory=list)


def _each_class() -> "QuerySet[Any]":
    entries = IndexEntry.objects.starting_with("=").filter(kind="class").order_by()
    return entries.values("term").annotate(count=Count("id")).values_list("term", "count")


_counts = Kept(_each_class)


def tree() -> tuple[list[Node], dict[str, list[Node]]]:
    """The roots, and the way from a root to each class: two queries. Classes without anything live are left out."""
    counts = {term[1:]: count for term, count in _counts()}
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


def _each_and_whether_it_is_there() -> "QuerySet[Any]":
    its_own = IndexEntry.objects.filter(kind="class", term=Concat(Value("="), OuterRef("slug")))
    every = TherapeuticClass.objects.annotate(is_there=Exists(its_own)).order_by("name", "slug")
    return every.values_list("pk", "slug", "name", "parent", "is_there")


def _count_of(terms: list[str]) -> "QuerySet[Any]":
    entries = IndexEntry.objects.filter(kind="class", term__in=terms).order_by()
    return entries.values("term").annotate(count=Count("id")).values_list("term", "count")


_which, _counts_of = Kept(_each_and_whether_it_is_there), Kept(_count_of)


def tops() -> list[Node]:
    """The roots without what is below them: only their own entries are counted."""
    there = {row[0]: row[1:] for row in _which() if row[-1]}
    found = [(slug, name) for slug, name, parent, _is_there in there.values() if parent not in there]
    counts = {term[1:]: count for term, count in _counts_of([f"={slug}" for slug, _name in found])}
    return [Node(slug, name, counts[slug]) for slug, name in found if slug in counts]


@public
def classes(request: HttpRequest) -> HttpResponse:
    return render(request, "monographs/classes.html", {"nodes": roots()})


@public
def class_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A class: the way to it, the classes below, and the live monographs in it."""
    way = tree()[1].get(slug)
    if way is None:
        raise Http404
    names = Names("class", f"={slug}")
    this = names.page(request.GET.get("page"), A_PAGE)
    shows(request, this.number)
    context = {"way": way[:-1], "node": way[-1], "this": this, "lines": names.lines(this.object_list)}
    return render(request, "monographs/class.html", context)
