"""CircuitBreaker in memory, without a clock: open until the test lets time pass."""

from collections import Counter
from dataclasses import dataclass, field

from services.domain.errors import ModelUnavailable


@dataclass
class MemoryBreaker:
    threshold: int = 5
    failures: Counter[str] = field(default_factory=Counter)
    """In a row."""
    half_open: set[str] = field(default_factory=set)
    probed: set[str] = field(default_factory=set)

    def load(self) -> None:
        """Nothing to load."""

    async def check(self, circuit: str) -> bool:
        if self.failures[circuit] < self.threshold:
            return False
        if circuit not in self.half_open or circuit in self.probed:
            raise ModelUnavailable(f"circuit {circuit} is open", retry_after=30.0)
        self.probed.add(circuit)
        return True

    async def succeeded(self, circuit: str) -> None:
        self.close(circuit)

    async def failed(self, circuit: str) -> None:
        self.failures[circuit] += 1
        self.half_open.discard(circuit)
        self.probed.discard(circuit)

    async def gave_up(self, circuit: str) -> None:
        self.probed.discard(circuit)

    def close(self, circuit: str) -> None:
        self.failures[circuit] = 0
        self.half_open.discard(circuit)
        self.probed.discard(circuit)

    def rest(self, circuit: str) -> None:
        """The time of an open circuit has passed."""
        self.half_open.add(circuit)
