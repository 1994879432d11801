"""Where the time of an act goes: the function of ours that the processor is found in, or beneath, most often."""

import signal
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OURS = tuple(f"{ROOT / room}/" for room in ("clincalc", "monographs", "reviews"))
EVERY = 0.0005  # seconds of the processor


class Sampler:
    """`with sampler:` around an act, as often as one likes; then `slowest` says
    “monographs/public/search.py letter_of (31 %)”, or nothing where nothing of ours was met. For the main thread."""

    def __init__(self) -> None:
        self.met: Counter[str] = Counter()

    def __enter__(self) -> "Sampler":
        self.before = signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
        return self

    def __exit__(self, *_given: Any) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self.before)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        while frame is not None and not frame.f_code.co_filename.startswith(OURS):
            frame = frame.f_back
        if frame is None:
            self.met[""] += 1
        else:
            path = Path(frame.f_code.co_filename).relative_to(ROOT)
            self.met[f"{path} {frame.f_code.co_qualname}"] += 1

    @property
    def slowest(self) -> str:
        ours = [(count, name) for name, count in self.met.items() if name]
        if not ours:
            return ""
        count, name = max(ours)
        return f"{name} ({count / self.met.total():.0%})"
