"""Therapeutic classes: the tree, one class, a new one, and the acts on it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from monographs.models import Edition, Monograph, TherapeuticClass
from monographs.texts.slugs import LONGEST
from monographs.vocabulary import TIERS
from reviews.access import policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.desk.act_forms import KEPT
from reviews.desk.base import MOST_WORDS, DeskRequest, class_tree, desk, indented
from reviews.desk.library.act import ActPage, Rename, Why
from reviews.desk.library.history import history_of
from reviews.desk.likes import Another, ask_about, typed_in
from reviews.editing import classes as verbs
from reviews.editing.alike import classes_like
from reviews.editing.library import make_class
from reviews.forms import Form, Text, offer
from reviews.review import tiers

NO_FLOOR = "None: the drug decides"
AT_THE_TOP = "None: at the top"


def class_of(slug: str) -> TherapeuticClass:
    one = next((one for one in class_tree().values() if one.slug == slug), None)
    if one is None:
        raise Http404
    return one


@desk
@require_safe
def class_list(request: DeskRequest) -> HttpResponse:
    """The tree, with the number of monographs in each class."""
    counts = dict(Monograph.objects.values_list("therapeutic_class").annotate(count=Count("pk")).order_by())
    rows = [(one, len(one.path()) - 1, counts.get(one.pk, 0)) for one, _words in indented(class_tree().values())]
    context = {
        "section": "classes",
        "rows": [(one, min(depth, 5), TIERS.get(one.tier_floor, ""), count) for one, depth, count in rows],
        "may_keep": policy.can(request.user, "manage_people"),
    }
    return render(request, "reviews/class_list.html", context)


@desk
@require_safe
def therapeutic_class(request: DeskRequest, slug: str) -> HttpResponse:
    """One class: where it stands, what it asks for, what is in it, and what can be done with it."""
    one = class_of(slug)
    context = {
        "section": "classes",
        "one": one,
        "way": one.path()[:-1],
        "below": list(one.children.order_by("name", "slug")),
        "floors": [(step, TIERS[step.tier_floor]) for step in one.path() if step.tier_floor],
        "count": one.monographs.count(),
        "against": policy.refusals(request.user, "manage_people"),
        "history": history_of(f"class:{one.slug}"),
    }
    return render(request, "reviews/class.html", context)


class NewClass(Form):
    name = Text(label="Name", attrs={"maxlength": 500, "autocomplete": "off"})
    slug = Text(
        label="Address",
        help_text="Made from the name if you leave it empty. It stays for ever.",
        attrs={"maxlength": LONGEST, "autocomplete": "off", "spellcheck": "false"},
    )
    another = Another(help_text="If it is one of these, open that one instead.")
    parent = forms.ChoiceField(label="Below", help_text="Whoever has a role there has it here too.")
    tier_floor = forms.ChoiceField(label="Lowest tier", help_text="No monograph of this class may have a lower one.")

    def __init__(self, data: Any, classes: dict[str, TherapeuticClass]) -> None:
        super().__init__(data)
        listed = [(one.slug, words) for one, words in indented(classes.values()) if not one.retired]
        offer(self, "parent", [("", AT_THE_TOP), *listed])
        offer(self, "tier_floor", [("", NO_FLOOR), *TIERS.items()])
        name = typed_in(data, "name")
        self.likes = ask_about(self, classes_like(name) if name else ())


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def class_new(request: DeskRequest) -> HttpResponse:
    """A new class, by an administrator."""
    classes, tried, status = {one.slug: one for one in class_tree().values()}, NOT_TRIED, 200
    form = NewClass(request.POST if request.method == "POST" else None, classes)
    if request.method == "POST":
        status, data = form.refused_status, form.cleaned_data if form.is_valid() else None
        if data is not None:
            tried = attempt(
                lambda: make_class(
                    data["name"], slug=data["slug"].strip(), parent=classes.get(data["parent"]),
                    tier_floor=data["tier_floor"], another=data.get("another", ()), actor=request.user,
                )
            )  # fmt: skip
            status = tried.status
            if tried.is_done:
                messages.success(request, "The class is there. Give people roles in it, and start a monograph.")
                return redirect("therapeutic_class", slug=tried.result.slug)
    context = {
        "section": "classes",
        "form": form,
        "against": policy.refusals(request.user, "manage_people"),
        "likes": [(like.name, reverse("therapeutic_class", args=[like.slug])) for like in form.likes],
        "refusals": form.refuse(tried.refusals),
    }
    return render(request, "reviews/class_new.html", context, status=status)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def class_act(request: DeskRequest, slug: str, act: str) -> HttpResponse:
    """`rename`, `move`, `floor` or `retire`: what it touches is shown before it is done."""
    one = class_of(slug)
    if act not in ACTS:
        raise Http404
    return ACTS[act](request, one).answer(request)


def _page(request: DeskRequest, one: TherapeuticClass, **said: Any) -> ActPage:
    return ActPage(
        thing=one, section="classes", address=reverse("therapeutic_class", args=[one.slug]),
        against=policy.refusals(request.user, "manage_people"), **said,
    )  # fmt: skip


def _touches(one: TherapeuticClass) -> list[str]:
    keys = verbs.at_or_below(one)
    pages = Monograph.objects.filter(therapeutic_class__in=keys).count()
    drafts = Edition.objects.open().filter(monograph__therapeutic_class__in=keys).count()
    return [
        f"Classes below it: {len(keys) - 1}. Monographs in it and below: {pages}.",
        f"Open editions: {drafts}. They keep their copies and are told.",
    ]


def _rename(request: DeskRequest, one: TherapeuticClass) -> ActPage:
    form = Rename(request.POST if request.method == "POST" else None, initial={"name": one.name})
    name = typed_in(form.data, "name")
    likes = ask_about(form, classes_like(name, but=one) if name else ())

    def do(given: dict[str, Any]) -> TherapeuticClass:
        return verbs.rename_class(
            one, name=given["name"], another=given.get("another", ()), actor=request.user, seen=given["seen"],
            reason=given["reason"],
        )  # fmt: skip

    return _page(
        request, one, heading=f"Another name for {one.name}", button="Rename the class", form=form, do=do,
        lead="Its address stays. No page and no signature changes.", done="Renamed.", touches=_touches(one),
        likes=[(like.name, reverse("therapeutic_class", args=[like.slug])) for like in likes],
    )  # fmt: skip


class MoveClass(Form):
    parent = forms.ChoiceField(label="Below")
    reason = Text(rows=2, label="Reason", help_text=KEPT, attrs={"maxlength": MOST_WORDS})


def _move(request: DeskRequest, one: TherapeuticClass) -> ActPage:
    classes = class_tree()
    below = verbs.at_or_below(one)
    form = MoveClass(
        request.POST if request.method == "POST" else None, initial={"parent": one.parent.slug if one.parent else ""}
    )
    listed = [
        (each.slug, words) for each, words in indented(classes.values()) if each.pk not in below and not each.retired
    ]
    offer(form, "parent", [("", AT_THE_TOP), *listed])
    by_slug = {each.slug: each for each in classes.values()}

    def do(given: dict[str, Any]) -> TherapeuticClass:
        parent = by_slug.get(given["parent"]) if given["parent"] else None
        if given["parent"] and parent is None:  # no class that is there: where it stands, which is refused
            parent = one
        return verbs.move_class(one, parent=parent, actor=request.user, seen=given["seen"], reason=given["reason"])

    return _page(
        request, one, heading=f"Move {one.name}", button="Move the class", form=form, do=do, done="Moved.",
        lead="Roles follow the tree: whoever has one above the new place gets it here, and whoever had one above the "
        "old place loses it here.", touches=_touches(one),
    )  # fmt: skip


class FloorForm(Form):
    tier_floor = forms.ChoiceField(label="Lowest tier")
    reason = Text(rows=2, label="Reason", help_text=KEPT, attrs={"maxlength": MOST_WORDS})


def _lower_than(one: TherapeuticClass) -> list[str]:
    """For each tier that would be higher than what is asked for now: the published monographs that are below it."""
    pages = Monograph.objects.filter(therapeutic_class__in=verbs.at_or_below(one), live__isnull=False)
    rows, asked = list(pages.order_by("slug").values_list("slug", "tier")), tiers.highest(one.tier_floors)
    said = []
    for tier, word in TIERS.items():
        if tiers.is_below(asked, tier):
            found = [slug for slug, now in rows if tiers.is_below(now, tier)]
            said.append(f"Published and lower than {word}: {', '.join(found) or 'none'}.")
    return said


def _floor(request: DeskRequest, one: TherapeuticClass) -> ActPage:
    form = FloorForm(request.POST if request.method == "POST" else None, initial={"tier_floor": one.tier_floor})
    offer(form, "tier_floor", [("", NO_FLOOR), *TIERS.items()])

    def do(given: dict[str, Any]) -> TherapeuticClass:
        return verbs.set_floor(
            one, tier_floor=given["tier_floor"], actor=request.user, seen=given["seen"], reason=given["reason"]
        )

    return _page(
        request, one, heading=f"The lowest tier in {one.name}", button="Set the lowest tier", form=form, do=do,
        lead="It holds for all below it. No tier changes by this: an edition whose tier is lower is not sent for "
        "review and not published before a clinician has raised it. Each published monograph that is lower waits in "
        "the queue of those who sign for it.", done="Set.", touches=[*_touches(one)[:1], *_lower_than(one)],
    )  # fmt: skip


class RetireClass(Form):
    to = forms.ChoiceField(label="Move its monographs to")
    reason = Text(rows=2, label="Reason", help_text=KEPT, attrs={"maxlength": MOST_WORDS})


def _retire(request: DeskRequest, one: TherapeuticClass) -> ActPage:
    data = request.POST if request.method == "POST" else None
    inside = [] if one.retired else list(one.monographs.values_list("slug", flat=True))
    form: Form = RetireClass(data) if inside else Why(data)
    by_slug: dict[str, TherapeuticClass] = {}
    if inside:
        listed = [(each, words) for each, words in indented(class_tree().values()) if each != one and not each.retired]
        offer(form, "to", [("", "Choose a class"), *((each.slug, words) for each, words in listed)])
        by_slug = {each.slug: each for each, _words in listed}

    def do(given: dict[str, Any]) -> TherapeuticClass:
        how = {"actor": request.user, "seen": given["seen"], "reason": given["reason"]}
        if one.retired:
            return verbs.bring_back_class(one, **how)
        return verbs.retire_class(one, **how, to=by_slug.get(given.get("to", "")))

    touches = _touches(one)[:1]
    if one.retired:
        words = {"heading": f"Use {one.name} again", "button": "Use it again", "done": "It is in use again.",
                 "lead": "New monographs can be started in it again."}  # fmt: skip
    else:
        words = {"heading": f"Retire {one.name}", "button": "Retire the class", "done": "Retired.",
                 "lead": "Nothing new begins in it."}  # fmt: skip
        if inside:
            touches = [
                f"In it: {', '.join(inside)}. They move in the same act; their pages and signatures stand.",
                "Whoever has a role above the new class gets it for them, and whoever had one here alone loses it.",
                "Open editions keep their copies and are told.",
            ]
    return _page(request, one, form=form, do=do, touches=touches, **words)


ACTS = {"rename": _rename, "move": _move, "floor": _floor, "retire": _retire}
