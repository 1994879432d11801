"""What is read of the trail is on disk, whatever it is: memory holds the same for a short trail and a long one."""

import tracemalloc

from reviews.audit.replay import Replay


def held(entries: int) -> tuple[int, int]:
    """Bytes of Python that reading so many entries leaves, and how many rows are known then."""
    replay = Replay(sealed_since=1)
    tracemalloc.start()
    for seq in range(1, entries + 1):
        rows = {f"monographs.section:{seq}": f"1:{seq:064x}", f"monographs.edition:{seq % 9}": f"1:{seq:064x}"}
        replay.hash_at[seq] = f"{seq:064x}"
        replay.read(seq, "edited", f"monograph:number-{seq % 50}", {"rows": rows}, f"2026-01-01T00:00:00.{seq:06}Z")
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(replay.hash_at) == entries
    assert replay.rows.told(f"monographs.section:{entries}") == (f"1:{entries:064x}", entries)
    assert sum(1 for _ in replay.entries) == entries
    return size, sum(1 for _ in replay.rows.unmet())


def test_memory_does_not_grow_with_the_number_of_entries(db):
    few, many = held(500), held(5_000)

    assert (few[1], many[1]) == (509, 5_009)
    assert many[0] < few[0] + 20_000, "ten times as many entries, and no more in memory"
