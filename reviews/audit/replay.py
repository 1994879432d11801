"""What the entries of the trail, read in order, say that there must be now."""

import json
from typing import Any

from django.db.models import Q

from reviews.audit.trail import READERS_SEE, REINDEXED, VOUCHED_FOR
from reviews.audit.verify_derived import UNREADABLE
from reviews.derived.subjects import Named
from reviews.derived.version import SEALED_SINCE
from reviews.models import AuditEvent


class Replay:
    """What the entries, read in order, say that the database must hold now."""

    def __init__(self, sealed_since: int | None = None) -> None:
        self.rows: dict[str, str | None] = {}
        self.states: dict[tuple[str, int], str] = {}
        self.rounds: dict[tuple[str, int], int] = {}
        self.live: dict[str, int] = {}
        self.written_at: dict[str, int] = {}
        self.hash_at: dict[int, str] = {}
        self.permissions: dict[str, tuple[int, str]] = {}
        # What is derived is made of these again.
        self.entries: list[Named] = []
        # The entry of each publication; what checkpoints vouch for; the act that last wrote what readers see.
        self.published: dict[int, int] = {}
        self.vouched_for: list[tuple[int, str]] = []  # with the time of the act
        self.vouched_at = ""
        self.begin_of_act: dict[str, int] = {}
        self.end_of_act: dict[str, int] = {}
        self.publishing: set[str] = set()
        self.heads: dict[int, range] = {}
        self.sealed_since = _sealed_since() if sealed_since is None else sealed_since
        self.epoch, self._act = 0, ("", False)
        self.moves: list[tuple[str, str]] = []

    def read_all(self) -> None:
        """Every entry that can be read, by its text. What is wrong with one is `verify`'s to tell."""
        rows = AuditEvent.objects.order_by("seq").values_list("seq", "text", "hash")
        for seq, text, its_hash in rows.iterator(2000):
            self.hash_at[seq] = its_hash
            try:
                said = json.loads(text)
                self.read(seq, said["verb"], said["subject"], said["data"], said["at"], said["reason"])
            except UNREADABLE:
                continue

    def read(self, seq: int, verb: str, subject: str, data: dict[str, Any], at: str = "", reason: str = "") -> None:
        """`at`: entries of one act have the same time."""
        labels = {name.partition(":")[0] for name in data.get("rows", {})}
        if labels & VOUCHED_FOR:
            self.vouched_for.append((seq, at))
            self.vouched_at = at
        began = at == self._act[0] and self._act[1]
        self.begin_of_act.setdefault(at, seq)
        self.end_of_act[at] = seq
        self._act = at, began or seq == 1 or bool(labels & READERS_SEE) or verb in REINDEXED
        if self._act[1]:
            self.epoch = seq
        for name, value in data.get("rows", {}).items():
            self.rows[name] = value
            self.written_at[name] = seq
        if "to" in data and "edition" in data:
            edition = subject, data["edition"]
            self.states[edition] = data["to"]
            self.rounds[edition] = data["round"]
        for key, codename in data.get("permissions", {}).items():
            self.permissions[key] = seq, codename
        if (named := Named.of(seq, verb, subject, data, reason)).addresses:
            self.entries.append(named)
        if verb == "moved":
            self.moves.append((data["from_slug"], data["to_slug"]))
            self._move(f"monograph:{data['from_slug']}", subject)
        if verb == "published":
            self.live[subject] = data["publication"]
            self.published[data["publication"]] = seq
            # The head that it was sealed with: what its act had left by then.
            self.heads[data["publication"]] = range(self.begin_of_act[at] - 1, seq)
            self.publishing.add(at)
            if data["superseded"] is not None:
                self.states[subject, data["superseded"]] = "superseded"

    def _move(self, old: str, new: str) -> None:
        """A monograph has another address from now on: what was told of the old one is told of it."""
        if old in self.live:
            self.live[new] = self.live.pop(old)
        self.states = {(new if one == old else one, number): kept for (one, number), kept in self.states.items()}
        self.rounds = {(new if one == old else one, number): kept for (one, number), kept in self.rounds.items()}


def _sealed_since() -> int:
    """The entry from which all are sealed: that by which this version took over what an earlier one left, else the
    first."""
    for seq, data in AuditEvent.objects.filter(verb="reindexed").order_by("seq").values_list("seq", "data"):
        if isinstance(data, dict) and data.get("version", 0) >= SEALED_SINCE:
            return int(seq)
    return 1


def first_of_sealed() -> int:
    """The entry from which all have a seal, whatever an upgrade said of it."""
    unsealed = AuditEvent.objects.filter(Q(seal=None) | Q(seal="")).order_by("-seq").values_list("seq", flat=True)
    return (unsealed.first() or 0) + 1
