"""How long to wait before a process that died is started again."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Backoff:
    """1, 2, 4… up to 30 s; from the start again after a healthy minute."""

    first_seconds: float = 1.0
    longest_seconds: float = 30.0
    healthy_seconds: float = 60.0
    _failures: int = field(default=0, init=False)

    def after(self, ran_seconds: float) -> float:
        """Seconds to wait, given how long the process had run before it died."""
        if ran_seconds >= self.healthy_seconds:
            self._failures = 0
        delay: float = min(self.first_seconds * 2**self._failures, self.longest_seconds)
        self._failures = min(self._failures + 1, 30)
        return delay
