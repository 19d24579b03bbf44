"""CircuitBreaker in memory, without a clock: open until the test closes it."""

from collections import Counter
from dataclasses import dataclass, field

from services.domain.errors import ModelUnavailable


@dataclass
class MemoryBreaker:
    threshold: int = 5
    failures: Counter[str] = field(default_factory=Counter)
    """In a row."""

    def load(self) -> None:
        """Nothing to load."""

    async def check(self, circuit: str) -> None:
        if self.failures[circuit] >= self.threshold:
            raise ModelUnavailable(f"circuit {circuit} is open", retry_after=30.0)

    async def succeeded(self, circuit: str) -> None:
        self.failures[circuit] = 0

    async def failed(self, circuit: str) -> None:
        self.failures[circuit] += 1

    def close(self, circuit: str) -> None:
        self.failures[circuit] = 0
