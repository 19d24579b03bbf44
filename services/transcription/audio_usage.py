"""What a model counts for a stretch of sound, by our own reckoning."""

from services.domain.usage import Usage

TOKENS_PER_SECOND = 10
"""One token for 100 ms of a user's sound (https://platform.openai.com/docs/guides/realtime-costs)."""

_MOST_TOKENS_OUT = 2_000
"""An answer of gpt-4o-transcribe is never longer (https://platform.openai.com/docs/models/gpt-4o-transcribe)."""
_MOST_HINT_TOKENS = 500
"""Names and what was said before: `hints_prompt` sends 224 by Whisper's vocabulary."""
_ROUNDED_UP_MS = 1_000
"""Some count whole seconds."""


def is_billed_by_tokens(model: str) -> bool:
    """gpt-4o-transcribe and its kin; others are paid by the second."""
    return model.startswith("gpt-4o") and "transcribe" in model


def expected_usage(model: str, duration_ms: int) -> Usage:
    """Of a request that was sent and whose answer nobody saw. The words of the answer are not guessed."""
    tokens = -(-duration_ms * TOKENS_PER_SECOND // 1000) if is_billed_by_tokens(model) else 0
    return Usage(tokens_in=tokens, tokens_audio=tokens, audio_ms=duration_ms, estimated=True)


def most_usage(model: str, duration_ms: int) -> Usage:
    """What a provider can count at most."""
    audio_ms = duration_ms + duration_ms // 20 + _ROUNDED_UP_MS
    tokens = -(-audio_ms * TOKENS_PER_SECOND // 1000) if is_billed_by_tokens(model) else 0
    return Usage(
        tokens_in=tokens + _MOST_HINT_TOKENS if tokens else 0,
        tokens_out=_MOST_TOKENS_OUT if tokens else 0,
        tokens_audio=tokens,
        audio_ms=audio_ms,
    )
