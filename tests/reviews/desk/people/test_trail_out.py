"""The trail as a file: for auditors alone, whole, in batches, and safe in a spreadsheet."""

import csv
import html
import json
import re
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
    return answer, answer.content.decode()


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


def test_more_than_one_file_holds_comes_in_several_and_none_is_cut(house, enter, monkeypatch):
    make.published(house)
    monkeypatch.setattr(trail_out, "A_BATCH", 3)
    client, every = enter("auditor"), list(AuditEvent.objects.order_by("seq").values_list("seq", flat=True))
    about = list(
        AuditEvent.objects.filter(subjects__monograph__isnull=False).order_by("seq").values_list("seq", flat=True)
    )
    for query, wanted in (("", every), ("about=testazumab", about)):
        for most in (1, 5, len(wanted) - 1):
            monkeypatch.setattr(trail_out, "MOST", most)
            page = client.get(f"{LINES}?{query}")
            assert page.status_code == 200
            assert "Content-Disposition" not in page.headers
            files = re.findall(r'href="(/desk/trail/trail\.jsonl[^"]*)"', page.content.decode())
            assert len(files) == -(-len(wanted) // most)
            taken = [sent(client, html.unescape(one))[1].splitlines() for one in files]
            assert [json.loads(line)["seq"] for file in taken for line in file] == wanted
        monkeypatch.setattr(trail_out, "MOST", len(wanted))
        assert len(sent(client, f"{LINES}?{query}")[1].splitlines()) == len(wanted)
    answer, text = sent(client, f"{LINES}?first={every[-1]}")
    assert len(text.splitlines()) == 1
    assert answer.headers["Content-Disposition"] == f'attachment; filename="trail-from-{every[-1]}.jsonl"'


FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\n=x", "＝1", "＋1", "－1", "＠x", "  =1", "\u00a0@x"]


def test_no_cell_is_a_formula_to_a_spreadsheet(house, enter):
    for typed in FORMULAS:
        assert trail_out.safe(typed) == f"'{typed}"
    for apart in ("a;=1+1", "a; =1+1", "a\t=1", "a;b;-1", "a;＝1"):  # for spreadsheets that split there
        assert not any(cell.lstrip().startswith(trail_out.FORMULA) for cell in re.split("[;\t]", trail_out.safe(apart)))
    for plain in ("a;b", "a; b=c", "", "A reason", "1", "'=1", "a=b", "–"):
        assert trail_out.safe(plain) == plain
    make.published(house)
    make.withdraw(make.Monograph.objects.get().live.edition, house.publisher, reason='=HYPERLINK("http://x")')

    _answer, text = sent(enter("auditor"), f"{CSV}?act=withdrawn")

    _head, row = csv.reader(StringIO(text, newline=""))
    assert row[6] == '\'=HYPERLINK("http://x")'
