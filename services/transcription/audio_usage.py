"""What a model counts for a stretch of sound, by our own reckoning."""

from services.domain.usage import Usage

TOKENS_PER_SECOND = 10
"""One token for 100 ms of a user's sound (https://platform.openai.com/docs/guides/realtime-costs)."""


def is_billed_by_tokens(model: str) -> bool:
    """gpt-4o-transcribe and its kin; others are paid by the second."""
    return model.startswith("gpt-4o") and "transcribe" in model


def expected_usage(model: str, duration_ms: int) -> Usage:
    """Of a request that was sent and whose answer nobody saw. The words of the answer are not guessed."""
    tokens = -(-duration_ms * TOKENS_PER_SECOND // 1000) if is_billed_by_tokens(model) else 0
    return Usage(tokens_in=tokens, tokens_audio=tokens, audio_ms=duration_ms, estimated=True)
