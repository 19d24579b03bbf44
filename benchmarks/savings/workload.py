"""A week of a creative team, as it was written down once (`workload.jsonl`) and never changed for the sake of a figure.

Eight people of one brand (five write Russian, three English), 200 requests in five days, in sittings of five with
minutes between them, four in ten in the team's chat and the rest in private:

- 76 new briefs: 56 plain ones ("a slogan for a rainy Monday") and 20 hard ones (strategies, lists of conditions,
  several audiences, "think hard");
- 18 briefs again: 8 word for word, 10 in other words, mostly from somebody else;
- 38 new questions about the brand, and 30 again: 16 word for word, 14 in other words;
- 38 improvements: Regenerate 22 times (ready reasons, own words, nothing), 16 replies to a draft, a quarter of which
  say that it is no good.

What is assumed, since nobody has published such a diary: that a quarter of new briefs are hard, that people ask about
prices and banned words again and again, and that a brief seldom comes twice. `kind` tells them apart, so that a ratio
without any repetition can be told as well.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from services.domain.generation import Chip

WORKLOAD = Path(__file__).with_name("workload.jsonl")


@dataclass(frozen=True, slots=True)
class Request:
    id: int
    seconds: int
    """Since the beginning of the week."""
    who: int
    chat: str
    """private | team"""
    say: str
    """idea | ask | regenerate | refine"""
    kind: str
    """plain | hard | repeat | paraphrase | again | refine"""
    text: str
    of: int | None = None
    """The request that is repeated or improved on."""
    chip: Chip | None = None


def read_workload(path: Path = WORKLOAD) -> list[Request]:
    return [_request(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _request(row: dict[str, object]) -> Request:
    day, _, clock = str(row.pop("at")).partition(" ")
    hours, _, minutes = clock.partition(":")
    chip = row.pop("chip", None)
    seconds = ((int(day) - 1) * 24 + int(hours)) * 3600 + int(minutes) * 60
    return Request(seconds=seconds, chip=Chip(str(chip)) if chip else None, **row)  # type: ignore[arg-type]
