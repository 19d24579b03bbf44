"""Found passages widened to whole thoughts: what a model reads, never what is ranked or measured.

A passage that was cut out of a long section begins and ends in the middle of something. Its neighbours of the same
section are read with it, best ranked passages first, as far as the budget reaches; passages that touch become one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.domain.knowledge import Hit, Passage
from services.retrieval.chunking import SEPARATOR, estimate_tokens

REACH = 2
"""Neighbours to each side."""
WHOLE_THOUGHT_TOKENS = 1_200
"""What one passage may grow to."""
BUDGET_TOKENS = 2_500
"""What all of them may grow by."""


@dataclass(slots=True)
class _Block:
    """Neighbouring passages that are read as one."""

    hit: Hit
    first: int
    last: int
    tokens: int

    def holds(self, passage: Passage) -> bool:
        return passage.document_id == self.hit.passage.document_id and self.first <= passage.position <= self.last

    def touches(self, other: "_Block") -> bool:
        mine, theirs = self.hit.passage, other.hit.passage
        is_near = other.first <= self.last + 1 and self.first <= other.last + 1
        return is_near and mine.document_id == theirs.document_id and _chapter(mine) == _chapter(theirs)


def widen(hits: Sequence[Hit], around: Iterable[Passage]) -> list[Hit]:
    """`around`: passages within REACH of the hits; those of another version of a document, and missing ones, are passed
    over. Order and scores are those of the hits."""
    versions = {hit.passage.document_id: _version(hit.passage) for hit in hits}
    known = {_place(one): one for one in around if versions.get(one.document_id) == _version(one)}
    known |= {_place(hit.passage): hit.passage for hit in hits}
    found = {_place(hit.passage) for hit in hits}
    blocks: list[_Block] = []
    budget = BUDGET_TOKENS
    for hit in hits:
        block = next((one for one in blocks if one.holds(hit.passage)), None)
        if block is None:
            position = hit.passage.position
            block = _Block(hit, position, position, estimate_tokens(hit.passage.text))
            budget -= _grow(block, known, found, budget)
            _join(blocks, block)
    return [_as_hit(block, known) for block in blocks]


def _grow(block: _Block, known: Mapping[tuple[int, int], Passage], found: set[tuple[int, int]], budget: int) -> int:
    """What it cost. First what follows, then what leads up to it."""
    home, spent = block.hit.passage, 0
    for step in (1, -1) * REACH:
        position = block.last + 1 if step > 0 else block.first - 1
        near = known.get((home.document_id, position))
        if near is None or abs(position - home.position) > REACH or _chapter(near) != _chapter(home):
            continue
        tokens = estimate_tokens(near.text)
        cost = 0 if _place(near) in found else tokens
        if block.tokens + tokens > WHOLE_THOUGHT_TOKENS or spent + cost > budget:
            continue
        block.first, block.last = min(block.first, position), max(block.last, position)
        block.tokens += tokens
        spent += cost
    return spent


def _join(blocks: list[_Block], new: _Block) -> None:
    """One block of all that touch it, in the place of the best ranked of them."""
    touching = [block for block in blocks if block.touches(new)]
    if not touching:
        blocks.append(new)
        return
    best, *others = touching
    for other in (new, *others):
        best.first, best.last = min(best.first, other.first), max(best.last, other.last)
    blocks[:] = [block for block in blocks if block not in others]


def _as_hit(block: _Block, known: Mapping[tuple[int, int], Passage]) -> Hit:
    home = block.hit.passage
    parts = [known[home.document_id, position] for position in range(block.first, block.last + 1)]
    if len(parts) == 1:
        return block.hit
    text, end = parts[0].text, parts[0].end
    for part in parts[1:]:
        text, end = _stitched(text, end, part), max(end, part.end)
    pages = [page for part in parts for page in (part.page, part.last_page) if page]
    whole = replace(
        home,
        text=text,
        section=_common_section(parts),
        start=parts[0].start,
        end=end,
        page=min(pages, default=None),
        last_page=max(pages, default=None),
        text_hash=None,
    )
    return replace(block.hit, passage=whole)


def _stitched(text: str, end: int, part: Passage) -> str:
    """Neighbours of a cut section overlap; what both have is said once."""
    overlap = end - part.start
    if 0 < overlap <= len(part.text) and text.endswith(part.text[:overlap]):
        return text + part.text[overlap:]
    return f"{text}\n\n{part.text}"


def _common_section(parts: Sequence[Passage]) -> str:
    paths = [part.section.split(SEPARATOR) for part in parts]
    common = []
    for names in zip(*paths, strict=False):
        if len(set(names)) > 1:
            break
        common.append(names[0])
    return SEPARATOR.join(common)


def _chapter(passage: Passage) -> str:
    """Its top section: passages of different ones are about different things."""
    return passage.section.partition(SEPARATOR)[0]


def _place(passage: Passage) -> tuple[int, int]:
    return passage.document_id, passage.position


def _version(passage: Passage) -> str:
    """Document and version: what `id` begins with."""
    return passage.id.rpartition(":")[0]
