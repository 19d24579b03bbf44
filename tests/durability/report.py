"""One report: what was done to the product, what was checked, and whether each bar was met."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

SHOWN_DETAILS = 12
WIDTH = 116


@dataclass(frozen=True, slots=True)
class Row:
    """`figure` against `bar`; a row without a bar informs and cannot fail. `details`: one line a finding."""

    scenario: str
    size: str
    done: str
    """Kills, faults: what was done to the product."""
    checked: str
    figure: str
    bar: str = ""
    ok: bool = True
    details: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        return f"{self.scenario}: {', '.join(part for part in (self.size, self.done) if part)}"

    @property
    def verdict(self) -> str:
        return ("met" if self.ok else "MISSED") if self.bar else ""


def none_of(scenario: str, size: str, done: str, checked: str, findings: Sequence[str]) -> Row:
    """A row whose bar is that there are none."""
    return Row(scenario, size, done, checked, str(len(findings)), "0", not findings, tuple(findings))


def as_text(rows: Sequence[Row], *, seed: int, scale: float, seconds: float) -> str:
    lines: list[str] = []
    for heading, group in groupby(rows, key=lambda row: row.heading):
        lines += ["", *textwrap.wrap(heading, WIDTH), "─" * WIDTH]
        for row in group:
            lines += _row_lines(row)
    missed = sum(not row.ok for row in rows)
    verdict = "every bar is met" if not missed else f"{missed} of the bars missed"
    lines += ["", f"{verdict}; {seconds:.0f} s; again with --seed {seed} --scale {scale:g}"]
    return "\n".join(lines) + "\n"


def as_json(rows: Sequence[Row], *, seed: int, scale: float, seconds: float) -> str:
    body = {
        "seed": seed,
        "scale": scale,
        "seconds": round(seconds, 1),
        "ok": all(row.ok for row in rows),
        "rows": [asdict(row) for row in rows],
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def _row_lines(row: Row) -> list[str]:
    if row.bar:
        lines = [f"  {row.checked:<60} {row.figure:>24}  {row.bar:<16} {row.verdict}".rstrip()]
    else:
        lines = textwrap.wrap(f"{row.checked}: {row.figure}", WIDTH, initial_indent="  ", subsequent_indent="    ")
    lines += [f"      {detail}" for detail in row.details[:SHOWN_DETAILS]]
    if len(row.details) > SHOWN_DETAILS:
        lines.append(f"      … and {len(row.details) - SHOWN_DETAILS} more")
    return lines
