"""Who works meanwhile, each in a thread, by HTTP; and the book of what they did and were told."""

import itertools
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests import factories as make
from tests.faults.server import HOST
from tests.forms import Form, forms_of

DONE = "This was done already, a moment ago."
PAGE = "readumab"  # the slug of the one that readers see
DRAFTED = "wrote sentence"  # words that no reader may see
PATIENCE = 90.0  # seconds after the last harm in which all that was begun has to be answered
TRIES = 3  # of one form that is refused, before it is opened anew


class Lost(Exception):
    """No whole answer came."""


class Unfinished(Exception):
    """Something was not answered, however often it was sent."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Read:
    """What a reader got for a page, and when they asked and had it."""

    began: float
    ended: float
    path: str
    status: int
    shown: frozenset[int]  # the editions whose words were in it
    drafted: bool


@dataclass
class Book:
    """What was done, in the order in which each did it, and what everybody was told."""

    over: threading.Event = field(default_factory=threading.Event)
    last: float = float("inf")
    told: Counter[str] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    sentences: dict[str, list[str]] = field(default_factory=dict)  # of each editor
    steps: list[str] = field(default_factory=list)  # entries of the desk's one monograph
    asked: dict[int, float] = field(default_factory=dict)  # when an edition began to be published
    answered: dict[int, float] = field(default_factory=dict)  # when that was said to be done
    reports: list[str] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)

    def ends(self) -> None:
        self.last = time.monotonic() + PATIENCE
        self.over.set()

    def wait(self) -> None:
        """A moment, before it is tried again."""
        if time.monotonic() > self.last:
            raise Unfinished
        time.sleep(random.uniform(0.05, 0.3))


class Browser:
    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, {}

    def ask(self, path: str, fields: dict | None = None) -> Answer:
        headers = {"Host": "localhost", "Connection": "close"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        opened = HTTPConnection(HOST, self.port, timeout=30)
        try:
            opened.request(
                "GET" if fields is None else "POST", path, None if fields is None else urlencode(fields, True), headers
            )
            response = opened.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, HTTPException) as error:
            raise Lost from error
        finally:
            opened.close()
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, text)


class Person:
    """Somebody who sends what they began until it is answered."""

    def __init__(self, port: int, book: Book, name: str = "") -> None:
        self.browser, self.book, self.name = Browser(port), book, name

    def ask(self, path: str, fields: dict | None = None) -> Answer | None:
        """An answer, or None where it is to be tried again. Everything that is told is counted."""
        try:
            answer = self.browser.ask(path, fields)
        except Lost:
            self.book.told["no answer"] += 1
            self.book.wait()
            return None
        self.book.told[str(answer.status)] += 1
        if answer.status == 503 and answer.headers.get("retry-after") != "5":
            self.book.odd[f"503 without Retry-After at {_kind(path)}"] += 1
        if answer.status >= 400 and answer.status not in (404, 503) and DONE not in answer.text:
            told = re.search(r"<h2[^>]*>(.*?)</h2>.{0,300}", answer.text, re.DOTALL)
            said = re.sub(r"<[^>]+>|\s+", " ", told[0] if told else answer.text[:200])
            self.book.odd[f"{answer.status} at {_kind(path)}: {' '.join(said.split())[:120]}"] += 1
        if answer.status >= 500:
            self.book.wait()
            return None
        return answer

    def opens(self, path: str) -> str:
        while True:
            answer = self.ask(path)
            if answer is None:
                continue
            if self._is_signed_out(answer):
                self.signs_in()
            elif answer.status == 200:
                return answer.text
            else:
                self.book.wait()

    def signs_in(self) -> None:
        while True:
            form = next(one for one in forms_of(self.opens("/accounts/login/")) if "password" in one.fields)
            given = form.filled(login=self.name, password=make.PASSWORD)
            answer = self.ask("/accounts/login/", given)
            if answer is not None and answer.status == 302:
                return
            self.book.wait()

    def does(self, page: str, target: str = "", button: str = "", typed: dict[str, str] | None = None) -> None:
        """Fills in the form of this page that is sent there, and sends it until it is done."""
        refused = TRIES
        while True:
            if refused == TRIES:
                html, refused = self.opens(page), 0
                sent = _form(html, target, button).filled(**(typed or {}), **_ticks(html, target))
            answer = self.ask(target or page, sent)
            if answer is None:
                continue
            if self._is_signed_out(answer):
                self.signs_in()
                refused = TRIES
            elif answer.status in (302, 303) or DONE in answer.text:
                return
            else:
                refused += 1
                self.book.wait()

    def _is_signed_out(self, answer: Answer) -> bool:
        return answer.status == 302 and urlsplit(answer.headers["location"]).path == "/accounts/login/"


def _kind(path: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{43}", "…", path.partition("?")[0])


def _form(html: str, target: str, button: str) -> Form:
    for one in forms_of(html):
        if one.action == target and (not button or button in {*one.buttons, *one.fields}):
            return one
    words = " ".join(re.sub("<[^>]+>", " ", html).split())
    raise Unfinished(f"no form for {target or button} on a page that says: {words[:900]}")


def _ticks(html: str, target: str) -> dict[str, str]:
    return dict.fromkeys(re.findall(r'name="(tick_\w+)"', html), "on") if target.endswith("/sign/") else {}


# -- What they do ------------------------------------------------------------------------------------------------------


def edit(port: int, book: Book, name: str, slug: str, section: str) -> None:
    """An editor: one sentence after the other into a section of a draft."""
    person, mine = Person(port, book, name), book.sentences.setdefault(name, [])
    path = f"/desk/monographs/{slug}/edit/{make.key(section)}/"
    person.signs_in()
    for number in itertools.count(1):
        if book.over.is_set():
            return
        text = f"{name.capitalize()} {DRAFTED} {number} into this section."
        person.does(path, button="preview", typed={"text": text})
        mine.append(text)


def words_of(number: int) -> str:
    return f"These are the words of edition {number}."


def publish(port: int, book: Book) -> None:
    """The desk: one edition after the other is begun, written, submitted, signed by two, published."""
    editor, clinician, pharmacist, publisher = (
        Person(port, book, name) for name in ("editor", "clinician", "pharmacist", "publisher")
    )
    for one in (editor, clinician, pharmacist, publisher):
        one.signs_in()
    at = f"/desk/monographs/{PAGE}/"
    signature = {"password": make.PASSWORD, "interests": "none"}

    def step(person: Person, page: str, name: str, *entries: str, typed: dict[str, str] | None = None) -> None:
        person.does(f"{at}{page}", f"{at}do/{name}/", typed=typed)
        book.steps += entries

    for number in itertools.count(2):
        if book.over.is_set():
            return
        step(editor, "", "start", "started", "edited")
        editor.does(f"{at}edit/{make.key('monitoring')}/", button="preview", typed={"text": words_of(number)})
        book.steps.append("edited")
        step(editor, "", "submit", "submitted")
        step(clinician, "review/", "sign", "signed", typed=signature)
        step(pharmacist, "review/", "sign", "signed", typed=signature)
        book.asked[number] = time.monotonic()
        step(publisher, "", "publish", "published")
        book.answered[number] = time.monotonic()


def report(port: int, book: Book) -> None:
    """A reader who reports what could harm."""
    person = Person(port, book)
    for number in itertools.count(1):
        if book.over.is_set():
            return
        text = f"Report {number}: this dose could kill."
        person.does(f"/report/?page=/drugs/{PAGE}/", "/report/", typed={"text": text, "harm": "yes"})
        book.reports.append(text)
        time.sleep(0.2)


def read(port: int, book: Book, slugs: list[str]) -> None:
    """A reader: the page, the lists, and what is not there for them."""
    person = Person(port, book)
    paths = [f"/drugs/{PAGE}/"] * 4 + ["/", "/drugs/", "/updates/"] + [f"/drugs/{slug}/" for slug in slugs]
    while not book.over.is_set():
        path, began = random.choice(paths), time.monotonic()
        answer = person.ask(path)
        if answer is not None:
            shown = frozenset(int(one) for one in re.findall(r"These are the words of edition (\d+)\.", answer.text))
            book.reads.append(
                Read(began, time.monotonic(), path, answer.status, shown, DRAFTED in answer.text)
            )  # fmt: skip
        time.sleep(0.01)
