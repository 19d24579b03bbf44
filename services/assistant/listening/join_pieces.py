"""What was heard in the pieces of a recording, as one text."""

from collections import Counter
from collections.abc import Sequence

from services.domain.recording import Piece
from services.domain.transcript import Transcript


def join_pieces(pieces: Sequence[Piece]) -> Transcript:
    """In order; those without speech add nothing. Language: of most of the speech. Confidence: mean by length, of the
    pieces whose model tells."""
    spoken = [(piece.end_ms - piece.start_ms, piece.transcript) for piece in pieces if piece.transcript]
    spoken = [(length, heard) for length, heard in spoken if heard.text.strip()]
    languages: Counter[str] = Counter()
    weight = sure = 0.0
    for length, heard in spoken:
        if heard.language:
            languages[heard.language] += length
        if heard.confidence is not None:
            weight += length
            sure += heard.confidence * length
    return Transcript(
        text=" ".join(heard.text.strip() for _, heard in spoken),
        language=languages.most_common(1)[0][0] if languages else None,
        segments=tuple(segment for _, heard in spoken for segment in heard.segments),
        confidence=sure / weight if weight else None,
    )
