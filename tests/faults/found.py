"""What the database holds in the end, beside what everybody was told. Imports models: after django.setup()."""

from collections import Counter
from collections.abc import Iterable

from django.test import Client

from monographs.models import Edition, Publication
from reviews.audit.verify import verify
from reviews.models import AuditEvent, ChangeSet, ProblemReport
from reviews.reports import inbox
from tests import factories as make
from tests.faults.people import PAGE, Book, Person, Read, words_of
from tests.faults.server import Server


def opened(editors: dict[str, tuple[str, str]]) -> int:
    """A house, a page that is live, and a draft for each editor: {name: (slug, section)}. Answers the last entry."""
    house = make.make_house()
    for name in editors:
        if name not in house.people:
            house.people[name] = make.account(name)
            make.give_role(house.people[name], "editor", actor=house.admin)
    for slug in sorted({slug for slug, _section in editors.values()}):
        make.draft(house, slug)
    first = make.submit(house, reworded(house))
    for signer in (house.clinician, house.pharmacist):
        make.sign(first, signer)
    make.publish(house, first)
    return AuditEvent.objects.latest("seq").seq


def reworded(house: make.House) -> Edition:
    edition = make.draft(house, PAGE)
    make.reword(edition, "monitoring", words_of(1), actor=house.editor)
    return edition


def wrong(book: Book, since: int) -> list[str]:
    """What is not as everybody was told. Nothing is; each line says one thing that is otherwise."""
    inbox.take_in()
    found = [f"the trail: {one}" for one in verify()]
    for name, told in book.sentences.items():
        found += otherwise(name, told, _sentences(name))
    events = AuditEvent.objects.filter(seq__gt=since).order_by("seq")
    found += otherwise("the desk", book.steps, _steps(events))
    reports = ProblemReport.objects.order_by("pk").values_list("text", flat=True)
    found += otherwise("the reporter", sorted(book.reports), sorted(reports))
    told = Counter({"edited": sum(map(len, book.sentences.values()))}) + Counter(book.steps)
    there = Counter(one.verb for one in events)
    found += otherwise("entries", dict(told), {verb: number for verb, number in there.items() if verb in told})
    strange = set(there) - set(told) - {"reports_taken_in"}
    found += [f"entries that nobody asked for: {there[verb]} × {verb}" for verb in sorted(strange)]
    live = Publication.objects.filter(slug=PAGE).count()
    found += otherwise("editions", len(book.answered) + 1, live)
    return [*found, *(problem for one in book.reads for problem in misread(one, book))]


def _sentences(name: str) -> list[str]:
    """Those that an editor put into a draft, one change set each, in their order."""
    changes = ChangeSet.objects.filter(actor__username=name).select_related("after").order_by("at")
    return [section.text for one in changes for section in one.after.value.sections if str(section.key) in one.touched]


def _steps(events: Iterable[AuditEvent]) -> list[str]:
    about = f"monograph:{PAGE}"
    return [one.verb for one in events if one.subject == about and one.verb != "reports_taken_in"]


def otherwise(whose: str, told: object, there: object) -> list[str]:
    if told == there:
        return []
    if isinstance(told, list) and isinstance(there, list):
        lost, more = Counter(told) - Counter(there), Counter(there) - Counter(told)
        return [f"{whose}: {len(told)} told, {len(there)} there; lost {dict(lost)}, more {dict(more)}"[:400]]
    return [f"{whose}: told {told}, there {there}"]


def misread(read: Read, book: Book) -> list[str]:
    """A reader sees what was published when they asked, or what was published while they waited."""
    found = []
    if read.drafted:
        found.append(f"{read.path} showed a draft")
    is_draft = read.path.startswith("/drugs/") and read.path not in ("/drugs/", f"/drugs/{PAGE}/")
    if read.status != (404 if is_draft else 200):
        found.append(f"{read.path} answered {read.status}")
    for number in read.shown:
        if number > 1 and read.ended < book.asked.get(number, float("inf")):
            found.append(f"{read.path} showed edition {number} before it was published")
        if read.path == f"/drugs/{PAGE}/" and read.began > book.answered.get(number + 1, float("inf")):
            found.append(f"{read.path} showed edition {number} after the next was published")
    if read.path == f"/drugs/{PAGE}/" and len(read.shown) != 1:
        found.append(f"{read.path} showed the words of {len(read.shown)} editions")
    return found


def not_fresh(server: Server, book: Book, paths: list[str]) -> list[str]:
    """Pages that the server answers otherwise than this process, which made none before."""
    found, person = [], Person(server.port, book)
    for path in paths:
        served, fresh = person.opens(path), Client().get(path, headers={"host": "localhost"})
        if (200, served) != (fresh.status_code, fresh.content.decode()):
            found.append(f"{path} is not what a fresh process makes")
    return found
