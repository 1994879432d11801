"""The trail as a file: for auditors alone, whole, in batches, and safe in a spreadsheet."""

import csv
import json
from io import StringIO

import pytest

from reviews.audit import hashes
from reviews.desk.people import trail_out
from reviews.models import AuditEvent
from tests import factories as make

pytestmark = pytest.mark.any_database
CSV, LINES = "/desk/trail/trail.csv", "/desk/trail/trail.jsonl"


def sent(client, address):
    answer = client.get(address)
    assert answer.streaming
    return answer, b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("who", ["editor", "clinician", "publisher", "admin", "nobody"])
def test_it_is_open_to_auditors_alone(house, enter, who):
    for address in (CSV, LINES):
        assert enter(who).get(address).status_code == 403


def test_it_holds_every_entry_or_those_that_were_found_from_the_first_on(house, enter, monkeypatch):
    make.published(house)
    monkeypatch.setattr(trail_out, "A_BATCH", 7)
    client, every = enter("auditor"), list(AuditEvent.objects.order_by("seq"))

    answer, text = sent(client, CSV)
    head, *rows = csv.reader(StringIO(text, newline=""))
    assert tuple(head) == trail_out.HEAD
    assert [(row[0], row[8]) for row in rows] == [(str(one.seq), one.hash) for one in every]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="trail.csv"'
    assert answer.headers["Cache-Control"] == "no-store, private"
    lines = [json.loads(line) for line in sent(client, LINES)[1].splitlines()]
    assert [one["seq"] for one in lines] == [one.seq for one in every]
    for line, one in zip(lines, every, strict=True):
        whole = {name: value for name, value in line.items() if name not in ("hash", "seal", "sentence")}
        assert hashes.event_hash(hashes.canonical(whole)) == line["hash"] == one.hash
    _answer, few = sent(client, f"{CSV}?about=testazumab&act=published")
    assert len(few.splitlines()) == 2
    assert client.get("/desk/trail/trail.xlsx").status_code == 404
    assert client.post(CSV).status_code == 405


FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\n=x", "＝1", "＋1", "－1", "＠x", "  =1", "\u00a0@x"]


def test_no_cell_is_a_formula_to_a_spreadsheet(house, enter):
    for typed in FORMULAS:
        assert trail_out.safe(typed) == f"'{typed}"
    for plain in ("", "A reason", "1", "'=1", "a=b", "–"):
        assert trail_out.safe(plain) == plain
    make.published(house)
    make.withdraw(make.Monograph.objects.get().live.edition, house.publisher, reason='=HYPERLINK("http://x")')

    _answer, text = sent(enter("auditor"), f"{CSV}?act=withdrawn")

    _head, row = csv.reader(StringIO(text, newline=""))
    assert row[6] == '\'=HYPERLINK("http://x")'
