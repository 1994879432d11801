"""The front door serves bytes that were made already, and never one that is no longer the truth."""

import gzip
import threading
import time
from http.client import HTTPConnection
from io import BytesIO
from itertools import pairwise
from multiprocessing import Pipe
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from clincalc import front
from clincalc.front import Front
from monographs.models import Epoch, Monograph
from tests import factories as make
from tests.processes import run_at_once, running

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/drugs/testazumab/"


class Asked:
    """Django behind the front door, and how often it was asked."""

    def __init__(self):
        self.times = 0
        self.app = get_wsgi_application()

    def __call__(self, environ, start_response):
        self.times += 1
        return self.app(environ, start_response)


@pytest.fixture
def door(house):
    make.published(house)
    door = Front(Asked())
    yield door
    connection.close()


def get(door, path=PAGE, method="GET", query="", **headers):
    told = {}

    def start(status, heads, _error=None):
        told.update(status=int(status[:3]), headers=dict(heads))

    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "testserver",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(),
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }  # fmt: skip
    body = b"".join(door(environ, start))
    return told["status"], told["headers"], body


def test_a_page_is_made_once_and_then_served(door):
    first, second = get(door), get(door)

    assert first == second
    assert (first[0], door.app.times) == (200, 1)
    assert b"Tests go on for years." in first[2]
    assert first[1]["Vary"] == "Accept-Encoding"
    assert int(first[1]["Content-Length"]) == len(first[2])
    assert "Content-Security-Policy" in first[1]


def test_whoever_has_it_is_told_so_in_either_form(door):
    _, headers, body = get(door)
    status, zipped, small = get(door, accept_encoding="br, gzip")

    assert (status, zipped["Content-Encoding"], gzip.decompress(small)) == (200, "gzip", body)
    assert len(small) < len(body) / 2
    assert zipped["ETag"] != headers["ETag"]
    for tag in (headers["ETag"], zipped["ETag"], f"W/{headers['ETag']}", f'"other", {headers["ETag"]}', "*"):
        assert get(door, if_none_match=tag)[::2] == (304, b""), tag
    assert get(door, if_none_match='"other"')[0] == 200
    assert get(door, method="HEAD")[0] == 200
    assert get(door, method="HEAD")[2] == b""
    assert door.app.times == 1


@pytest.mark.parametrize(
    "change",
    [{"query": "x=1"}, {"cookie": "sessionid=x"}, {"method": "POST"}, {"path": "/drugs/none/"}, {"path": "/desk/"}],
)
def test_what_depends_on_more_than_the_path_is_left_to_django(door, change):
    get(door, **change)
    get(door, **change)

    assert door.app.times == 2
    assert door.pages == {}


def test_a_letter_is_kept_like_a_page_and_is_old_with_the_next_epoch(door, house):
    first, second = get(door, "/drugs/", query="letter=T"), get(door, "/drugs/", query="letter=T")
    assert first == second
    assert PAGE.encode() in first[2]
    assert door.app.times == 1
    assert get(door, "/drugs/", query="letter=X")[2] != first[2] != get(door, "/drugs/")[2]
    for path, query in (
        ("/drugs/", "letter=T&page=9"), ("/drugs/", "page=1"), ("/drugs/", "letter=T&y=1"), ("/updates/", "page=7"),
        ("/corrections/", "page=2"), ("/classes/monoclonal-antibodies/", "page=2"), ("/search/", "q=test"),
    ):  # fmt: skip
        get(door, path, query=query)
    assert {(path, query) for path, _, query in door.pages} == {
        ("/drugs/", "letter=T"), ("/drugs/", "letter=X"), ("/drugs/", "")
    }  # fmt: skip

    make.withdraw(Monograph.objects.get().live.edition, house.publisher, kind="take_down")

    assert PAGE.encode() not in get(door, "/drugs/", query="letter=T")[2]


def test_a_strange_host_is_refused_and_spoils_nothing(door, settings):
    assert get(door, host="evil.example")[0] == 400
    assert door.pages == {}
    assert b"evil.example" not in get(door)[2]


def test_each_publication_and_each_overlay_begins_anew(door, house):
    monograph = Monograph.objects.get()
    seen = [get(door)]
    for act in (
        lambda: make.warn(house.clinician, monograph),
        lambda: make.countersign(monograph.overlays.get(), house.clinician2),
        lambda: make.published(house, "otherumab"),
        lambda: make.withdraw(monograph.live.edition, house.publisher),
        lambda: make.reinstate(house, monograph.live.edition),
    ):
        act()
        seen.append(get(door))

    assert all(one != other for one, other in pairwise(body for _, _, body in seen))
    before = door.app.times
    edition = make.start(house, monograph.live.edition)
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    get(door)
    assert door.app.times == before  # a draft changes nothing that readers see


@pytest.mark.parametrize("somebody_reads", [False, True])
def test_of_two_histories_with_the_same_numbers_the_pages_of_the_other_are_old(
    door, house, somebody_reads, monkeypatch
):
    """A backup is restored, and another act gets the number that the kept page was made at."""
    # A request closes a connection whose transaction it did not begin.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    monograph = Monograph.objects.get()
    before = get(door)
    with make.undone():
        make.warn(house.clinician, monograph)
        number = Epoch.objects.get().number
        warned = get(door)
        assert warned[0] == 200
    if somebody_reads:
        assert get(door)[2] == before[2] != warned[2]
    make.withdraw(monograph.live.edition, house.publisher, "take_down")

    assert Epoch.objects.get().number == number
    assert get(door)[0] == 410


def test_a_new_day_begins_anew(door, monkeypatch):
    get(door)
    real = front.now

    monkeypatch.setattr(front, "now", lambda: (real()[0], "2027-01-01", 0))
    get(door)
    get(door)

    assert door.app.times == 2


def test_a_database_that_does_not_answer_is_djangos_to_tell(door, monkeypatch, caplog):
    def broken():
        raise RuntimeError("gone")

    monkeypatch.setattr(front, "now", broken)

    assert get(door)[0] == 200
    assert door.pages == {}
    assert "What is kept was passed by: RuntimeError('gone')" in caplog.text


def test_the_pages_of_a_process_are_bounded(door, monkeypatch):
    monkeypatch.setattr(front, "MOST_PAGES", 3)
    for path in ("/", "/drugs/", "/classes/", "/updates/", PAGE):
        get(door, path)

    assert len(door.pages) == 3
    assert door.bytes == sum(page.size for page in door.pages.values())
    assert (PAGE, False, "") in door.pages


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap-0001.xml", "/sitemap-01.xml", "/sitemap-0.xml", "/sitemap-1.0.xml", "/drugs/testazumab/editions/01/",
        "/drugs/testazumab/editions/1...01/", "/drugs/testazumab/editions/0001...1/", "/drugs/TESTAZUMAB/",
        "/drugs/testazumab/editions/%31/", "/drugs//testazumab/", "//drugs/testazumab/", "/drugs/testazumab//", "/./",
        "/drugs/testazumab/editions/\u0661/", "/drugs/testazumab/editions/" + "9" * 400 + "/", "/classes/NEUROLOGY/",
        "/drugs/testazumab/?", "/about/index.html", "/updates/feed", "/drugs/testazumab/editions/1/;a=b",
    ],
)  # fmt: skip
def test_no_page_has_a_second_address(door, path):
    """Else what is kept could be filled by whoever makes up addresses."""
    assert get(door, path.encode().decode("latin-1"))[0] in (301, 404)
    assert door.pages == {}


def test_every_number_in_a_public_address_is_written_in_one_way():
    from tests.test_access import PUBLIC, routes

    patterns = [pattern for name, pattern, _entry in routes() if name in PUBLIC and not pattern.startswith("admin/")]
    assert any("<number:" in pattern for pattern in patterns)
    assert [pattern for pattern in patterns if "<int:" in pattern or "<path:" in pattern] == []


# -- Two processes -----------------------------------------------------------------------------------------------------


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture(params=["cached", "cold"])
def server(request, door):
    """A process of its own that serves the page, by the front door or by Django alone."""
    app = door if request.param == "cached" else door.app
    reading, writing = Pipe(duplex=False)

    def serve():
        listening = make_server("127.0.0.1", 0, app, server_class=Server, handler_class=Quiet)
        writing.send(listening.server_port)
        listening.serve_forever()

    with running(serve):
        yield reading.recv()


def wait_for(condition):
    """At most half a minute, however busy the machine is."""
    until = time.monotonic() + 30
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)


def test_no_request_that_begins_after_a_withdrawal_gets_the_page(house, server):
    """200 requests a second run while another process takes the page down."""
    edition = Monograph.objects.get().live.edition
    answers, stop = [], threading.Event()
    reading, writing = Pipe(duplex=False)

    def ask(offset):
        next_at = time.monotonic() + offset
        while not stop.is_set():
            time.sleep(max(0, next_at - time.monotonic()))
            next_at += 0.02
            began = time.monotonic()
            asked = HTTPConnection("127.0.0.1", server, timeout=10)
            asked.request("GET", PAGE, headers={"Host": "testserver"})
            answer = asked.getresponse()
            answers.append((began, answer.status, b"Tests go on for years." in answer.read()))
            asked.close()

    def withdraw():
        make.withdraw(edition, house.publisher, "take_down")
        writing.send(time.monotonic())

    readers = [threading.Thread(target=ask, args=(number * 0.005,)) for number in range(4)]
    for reader in readers:
        reader.start()
    wait_for(lambda: len(answers) > 50)
    ((outcome,),) = run_at_once(withdraw)
    committed = reading.recv()
    wait_for(lambda: sum(began > committed for began, *_ in list(answers)) > 50)
    stop.set()
    for reader in readers:
        reader.join()

    assert outcome == "done"
    after = [one for one in answers if one[0] > committed]
    assert {one[1:] for one in answers[:50]} == {(200, True)}
    assert len(after) > 50
    assert {one[1:] for one in after} == {(410, False)}
