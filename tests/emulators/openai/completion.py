"""A reply as the request wants it: cut by stop sequences and by max_tokens, in token-sized pieces."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, cycle, islice

from tests.emulators.openai import tokens


@dataclass(frozen=True, slots=True)
class Reply:
    """What the personality says."""

    text: str
    refrain: str = ""
    """Set: said over and over after the text, so that the reply never ends by itself."""


@dataclass(frozen=True, slots=True)
class Completion:
    model: str
    token_ids: tuple[int, ...]
    refrain_ids: tuple[int, ...]
    finish_reason: str
    """stop or length; of an endless completion nobody will see it."""

    @property
    def endless(self) -> bool:
        return bool(self.refrain_ids)

    def pieces(self, per_piece: int) -> Iterator[tuple[str, int]]:
        """Text in portions, with the number of tokens each took."""
        return tokens.pieces(self.model, chain(self.token_ids, cycle(self.refrain_ids)), per_piece)

    @property
    def text(self) -> str:
        """Of a completion that ends."""
        return "".join(piece for piece, _ in tokens.pieces(self.model, self.token_ids, 64))


def complete(model: str, reply: Reply, stop: list[str], max_tokens: int | None) -> Completion:
    text, refrain = reply.text, reply.refrain
    # Twice: a stop sequence may lie across the seam between two rounds of the refrain.
    searched = text + refrain * 2
    cuts = [at for sequence in stop if sequence and (at := searched.find(sequence)) >= 0]
    if cuts:
        text, refrain = searched[: min(cuts)], ""
    encode = tokens.encoding_of(model).encode_ordinary
    ids, refrain_ids = tuple(encode(text)), tuple(encode(refrain))
    if max_tokens is None or (len(ids) <= max_tokens and not refrain_ids):
        return Completion(model, ids, refrain_ids, "stop")
    return Completion(model, tuple(islice(chain(ids, cycle(refrain_ids)), max_tokens)), (), "length")
