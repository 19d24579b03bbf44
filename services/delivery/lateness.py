"""How much later than usual a call got through: what shifts windows is not the way's length, only its variation."""

WORTH_TELLING = 0.004
"""Seconds; less is covered by the margin of the windows."""
CALLS_REMEMBERED = 100
CALLS_TO_KNOW = 10
"""Before so many nothing is usual yet: the whole way counts as late."""


class Lateness:
    """Compares with the quickest of the last one or two hundred calls."""

    def __init__(self) -> None:
        self._quickest = float("inf")
        self._quickest_before = float("inf")
        self._calls = 0
        self._knows = False

    def of(self, seconds: float) -> float:
        """`seconds` from the slot's begin to the answer. 0.0 when it is as quick as calls usually are."""
        self._quickest = min(self._quickest, seconds)
        self._calls += 1
        self._knows = self._knows or self._calls >= CALLS_TO_KNOW
        late = seconds - min(self._quickest, self._quickest_before) if self._knows else seconds
        if self._calls >= CALLS_REMEMBERED:
            self._quickest_before, self._quickest, self._calls = self._quickest, float("inf"), 0
        return late if late > WORTH_TELLING else 0.0
