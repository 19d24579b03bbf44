"""What every scenario is told."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Terms:
    """`scale`: of sizes and numbers of kills, 1 being the full form. `keep`: where data, logs and boards are left for
    whoever looks into a finding."""

    scale: float = 1.0
    seed: int = 1
    keep: Path | None = None

    @property
    def is_full(self) -> bool:
        """Large enough for a crowd."""
        return self.scale > 0.2

    def times(self, full: int, fewest: int) -> int:
        return max(fewest, round(full * self.scale))
