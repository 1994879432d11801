"""What the entries of the trail, read in order, say that there must be now."""

import json
from typing import Any

from django.db.models import Q

from reviews.audit.on_disk import OnDisk
from reviews.audit.trail import READERS_SEE, REINDEXED, VOUCHED_FOR
from reviews.audit.verify_derived import UNREADABLE
from reviews.derived.subjects import Named
from reviews.derived.version import SEALED_SINCE
from reviews.models import AuditEvent


class Replay:
    """What the entries, read in order, say that the database must hold now. What grows with every entry is on disk."""

    def __init__(self, sealed_since: int | None = None, disk: OnDisk | None = None) -> None:
        self.disk = disk or OnDisk()
        self.rows, self.hash_at = self.disk.rows, self.disk.entries
        self.entries = self.disk.subjects  # what is derived is made of these again
        self.states: dict[tuple[str, int], str] = {}
        self.rounds: dict[tuple[str, int], int] = {}
        self.live: dict[str, int] = {}
        self.permissions: dict[str, tuple[int, str]] = {}
        # The entry of each publication; by their time, the last entries of acts that checkpoints vouch for; the act
        # that wrote last what readers see.
        self.published: dict[int, int] = {}
        self.vouched_at = ""
        self.end_of_act: dict[str, int] = {}
        self.publishing: set[str] = set()
        self.heads: dict[int, range] = {}
        self.sealed_since = _sealed_since() if sealed_since is None else sealed_since
        self.epoch, self._act = (
            0,
            ("", 0, False),
        )  # an act: its time, its first entry, whether readers see what it wrote
        self.moves: list[tuple[str, str]] = []

    def memory(self) -> dict[str, Any]:
        """What is not on disk, as JSON takes it."""
        return {
            "sealed_since": self.sealed_since, "live": self.live, "vouched_at": self.vouched_at, "epoch": self.epoch,
            "end_of_act": self.end_of_act, "permissions": self.permissions, "publishing": sorted(self.publishing),
            "moves": self.moves, "act": self._act, "published": list(self.published.items()),
            "states": [[*of, state] for of, state in self.states.items()],
            "rounds": [[*of, number] for of, number in self.rounds.items()],
            "heads": [[pk, one.start, one.stop] for pk, one in self.heads.items()],
        }  # fmt: skip

    @classmethod
    def remembering(cls, disk: OnDisk, memory: dict[str, Any]) -> "Replay":
        """As it was when it said so (`memory`)."""
        one = cls(memory["sealed_since"], disk)
        one.live, one.vouched_at, one.epoch = memory["live"], memory["vouched_at"], memory["epoch"]
        one.end_of_act, one.publishing = memory["end_of_act"], set(memory["publishing"])
        one.permissions = {key: (seq, name) for key, (seq, name) in memory["permissions"].items()}
        one.moves, one.published = [(old, new) for old, new in memory["moves"]], dict(memory["published"])
        at, begin, is_seen = memory["act"]
        one._act = at, begin, is_seen
        one.states = {(subject, number): state for subject, number, state in memory["states"]}
        one.rounds = {(subject, number): round_ for subject, number, round_ in memory["rounds"]}
        one.heads = {pk: range(start, stop) for pk, start, stop in memory["heads"]}
        return one

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
        _at, begin, is_seen = self._act if at == self._act[0] else (at, seq, False)
        self._act = at, begin, is_seen or seq == 1 or bool(labels & READERS_SEE) or verb in REINDEXED
        if self._act[2]:
            self.epoch = seq
        if labels & VOUCHED_FOR:
            self.vouched_at = at
        if verb == "published" or at in self.end_of_act or (labels & VOUCHED_FOR and seq >= self.sealed_since):
            self.end_of_act[at] = seq
        for name, value in data.get("rows", {}).items():
            self.rows.tell(name, value, seq)
        if "to" in data and "edition" in data:
            edition = subject, data["edition"]
            self.states[edition] = data["to"]
            self.rounds[edition] = data["round"]
        for key, codename in data.get("permissions", {}).items():
            self.permissions[key] = seq, codename
        if (named := Named.of(seq, verb, subject, data, reason)).addresses:
            self.entries.add(named)
        if verb == "moved":
            self.moves.append((data["from_slug"], data["to_slug"]))
            self._move(f"monograph:{data['from_slug']}", subject)
        if verb == "published":
            self.live[subject] = data["publication"]
            self.published[data["publication"]] = seq
            # The head that it was sealed with: what its act had left by then.
            self.heads[data["publication"]] = range(begin - 1, seq)
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
