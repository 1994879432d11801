"""One run: everybody works while harm is done, and what is there in the end is compared. Imports models."""

import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from django.db import connections

from tests.faults import found, people
from tests.faults.harm import PostgreSQL, SQLite, harm, kill_workers
from tests.faults.server import Server, serving

# Whose draft, and the section they write; two of them in one draft.
EDITORS = {
    "editor2": ("firstumab", "monitoring"), "editor3": ("secondumab", "monitoring"),
    "editor4": ("sharedumab", "monitoring"), "editor5": ("sharedumab", "prescribing"),
}  # fmt: skip
DRAFTS = sorted({slug for slug, _section in EDITORS.values()})
READERS = 2
OPEN = ["/", "/drugs/", "/updates/", f"/drugs/{people.PAGE}/"]


def say(text: str) -> None:
    print(text, flush=True)


def faults_on(database: SQLite | PostgreSQL, lane: str, directory: Path, seconds: float) -> list[str]:
    """What was found, nothing if all is well; the counts are said. The database is migrated and empty."""
    since = found.opened(EDITORS)
    connections.close_all()
    book, done, log = people.Book(), Counter(), directory / "log"
    with serving(log) as server:
        work(book, done, database, server, seconds)
        try:
            problems = found.not_fresh(server, book, OPEN)
        except people.Unfinished:
            problems = ["The server does not answer any more."]
    problems += [*book.failed, *(one for one in book.odd if one.startswith("500")), *found.wrong(book, since)]
    connections.close_all()
    counts(lane, seconds, book, done)
    if problems or book.odd:
        kept = Path(tempfile.gettempdir()) / f"clincalc-faults-{lane}.log"
        kept.write_bytes(log.read_bytes())
        say(f"  what the server said: {kept}")
    return problems


def work(book: people.Book, done: Counter[str], database: SQLite | PostgreSQL, server: Server, seconds: float) -> None:
    """Everybody works while harm is done, and finishes what they began."""
    port = server.port

    def thread(what: Callable, *given: object) -> threading.Thread:
        def guarded() -> None:
            try:
                what(port, book, *given)
            except BaseException as error:
                book.failed.append(f"{what.__name__} {given}: {error!r}")

        started = threading.Thread(target=guarded, daemon=True)
        started.start()
        return started

    at_work = [thread(people.edit, name, *given) for name, given in EDITORS.items()]
    at_work += [thread(people.publish), thread(people.report)]
    at_work += [thread(people.read, DRAFTS) for _ in range(READERS)]
    killer = threading.Thread(target=kill_workers, args=(server, book.over, done), daemon=True)
    killer.start()
    try:
        harm(database, server, seconds, done, say)
    finally:
        book.ends()
    for one in (killer, *at_work):
        one.join(people.PATIENCE + 60)
        if one.is_alive():
            book.failed.append("somebody waits for ever")


def counts(lane: str, seconds: float, book: people.Book, done: Counter[str]) -> None:
    written = {name: len(told) for name, told in book.sentences.items()}
    say(f"{lane}, {seconds:.0f} s: " + ", ".join(f"{number} × {what}" for what, number in sorted(done.items())))
    say(f"  acts answered: {sum(written.values()) + len(book.steps) + len(book.reports)}, of which")
    say(f"    {sum(written.values())} parts by four editors ({', '.join(map(str, written.values()))})")
    say(f"    {dict(Counter(book.steps))} of the desk")
    say(f"    {len(book.reports)} reports")
    say(f"  pages read: {len(book.reads)}")
    say("  answers: " + ", ".join(f"{number} × {what}" for what, number in sorted(book.told.items())))
    for what, number in book.odd.most_common(12):
        say(f"  odd: {number} × {what}")
