"""The desk as its people use it: pages asked for with a session, forms filled in as they were shown, and sent.

An act is the same over HTTP and in this process, where queries are counted and functions met.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest
from monographs.models import Edition, Monograph, State
from reviews.desk.base import current_edition
from reviews.models import ChangeSet
from reviews.workflow import perform
from tests.bench.http import HOST, Connection, NoAnswer
from tests.bench.load import SIGNERS
from tests.forms import forms_of

ASKS = {"HX-Request": "true"}  # the page is there already, and asks for one part of it


class Desk(Protocol):
    def ask(self, path: str, fields: Mapping[str, Any] | None = None, *, part: bool = False) -> str:
        """The page, or where a form led to nothing but a redirect, nothing. NoAnswer for all else."""


class Here:
    """Somebody's desk in this process."""

    def __init__(self, name: str) -> None:
        self.client = Client(SERVER_NAME=HOST)
        self.client.force_login(get_user_model().objects.get(username=name))
        self.ask(reverse("queue"))

    def ask(self, path: str, fields: Mapping[str, Any] | None = None, *, part: bool = False) -> str:
        headers = ASKS if part else {}
        if fields is None:
            answer = self.client.get(path, headers=headers)
        else:
            answer = self.client.post(path, dict(fields), headers=headers)
        if answer.status_code != 200 and (fields is None or answer.status_code != 302):
            raise NoAnswer(f"{path} answers {answer.status_code}.")
        return str(answer.content.decode())

    @property
    def cookies(self) -> dict[str, str]:
        return {name: morsel.value for name, morsel in self.client.cookies.items()}


class Served:
    """The same desk, over HTTP."""

    def __init__(self, port: int, here: Here) -> None:
        here.ask(reverse("monographs"))
        self.connection = Connection(port, here.cookies)

    def ask(self, path: str, fields: Mapping[str, Any] | None = None, *, part: bool = False) -> str:
        wanted = (200,) if fields is None else (200, 302)
        return self.connection.ask(path, fields, ASKS if part else None, wanted)[1].decode()


@dataclass(frozen=True)
class Act:
    """What one person does on one page: `send` does it, once."""

    name: str
    send: Callable[[], Any]


def next_edition(monograph: int, desks: Mapping[str, Desk]) -> Iterator[Act]:
    """The acts that bring the next edition of a monograph to its readers. What lies between them is not measured."""
    editor = get_user_model().objects.get(username="editor2")
    live = Edition.objects.get(monograph=monograph, state=State.PUBLISHED)
    perform("start", editions=[live], actor=editor, digest=digest(build(live)))
    edition = current_edition(Monograph.objects.for_desk().get(pk=monograph))
    slug, section = edition.monograph.slug, build(edition).sections[0]
    at = reverse("part_edit", args=[slug, section.key])
    desk = desks["editor2"]
    yield Act("open a part", lambda: desk.ask(at, part=True))
    filled = form(desk.ask(at), at, "text", text=f"{section.text}\n\nOne more paragraph.")
    yield Act("save", lambda: told(desk.ask(at, filled, part=True), "One more paragraph."))
    perform("submit", editions=[edition], actor=editor, digest=digest(build(edition)))
    sign, publish = (reverse("do", args=[slug, name]) for name in ("sign", "publish"))
    for name in SIGNERS:
        page = desks[name].ask(reverse("review", args=[slug]))
        ticks = dict.fromkeys(re.findall(r'name="(tick_\w+)"', page), "on")
        signature = form(page, sign, "password", password=settings.DEMO_PASSWORD, interests="none", **ticks)
        yield Act("sign", lambda name=name, sent=signature: desks[name].ask(sign, sent))  # type: ignore[misc]
    given = form(desks["publisher"].ask(reverse("workspace", args=[slug])), publish)
    yield Act("publish", lambda: desks["publisher"].ask(publish, given))
    edition.refresh_from_db()
    if edition.state != State.PUBLISHED:
        raise NoAnswer(f"{slug} was not published: {edition.state}.")


def restores(slug: str, desk: Desk) -> Iterator[Act]:
    """Two states of a draft put in the place of what it says, in turn, for ever."""
    found = ChangeSet.objects.filter(edition__monograph__slug=slug).order_by("at", "revision")
    one, *others = found.values_list("pk", "after_id")
    other = next(some for some in others if some[1] != one[1])
    for key, _document in cycle([one, other]):
        at = reverse("restore", args=[slug, key])
        page = desk.ask(at)
        if 'name="reason"' not in page:  # it stands there already
            continue
        sent = form(page, at, "reason", reason="Measured")
        yield Act("restore", lambda at=at, sent=sent: desk.ask(at, sent))  # type: ignore[misc]


def comparison(slug: str) -> str:
    """The address at which the first state of a monograph is compared with what stands now."""
    first = (
        ChangeSet.objects.filter(edition__monograph__slug=slug)
        .order_by("at", "revision")
        .values_list("pk", flat=True)[0]
    )
    return f"{reverse('compare', args=[slug])}?from={first}&to=now"


def form(page: str, action: str, box: str = "", **typed: str) -> dict[str, Any]:
    """The form of a page that is sent there (and has this box), as it was shown, with what is typed."""
    for one in forms_of(page):
        if one.method.lower() == "post" and one.action in (action, "") and (not box or box in one.fields):
            return one.filled(**typed)
    raise NoAnswer(f"There is no form for {action} on its page.")


def told(page: str, words: str) -> str:
    if words not in page:
        raise NoAnswer(f"The page does not say “{words}”.")
    return page
