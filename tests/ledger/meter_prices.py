"""What OpenAI asks for what its meter counted: reckoned here once more, apart from the product, in whole micro-dollars.

Prices of https://platform.openai.com/docs/pricing.
"""

import math
from fractions import Fraction

from tests.emulators.openai.meter import Call

_TOKENS = {
    "gpt-4.1": (Fraction(2), Fraction(8)),
    "honest-gpt-4.1": (Fraction(2), Fraction(8)),
    "gpt-4.1-mini": (Fraction(4, 10), Fraction(16, 10)),
    "gpt-4.1-mini-2025-04-14": (Fraction(4, 10), Fraction(16, 10)),
    "text-embedding-3-small": (Fraction(2, 100), Fraction(0)),
    "gpt-4o-transcribe": (Fraction(5, 2), Fraction(10)),
    "gpt-4o-mini-tts": (Fraction(6, 10), Fraction(12)),
}
"""In and out, micro-dollars a token."""
_KEPT = Fraction(1, 4)
"""Of the price of input, for what the provider has read before."""
_SOUND_TOKEN = Fraction(6)
_SOUND_TOKENS_PER_SECOND = 10
_SECOND_OF_WHISPER = Fraction(100)
_LETTER_READ = Fraction(15)


def cost_of(call: Call) -> int:
    """Rounded half up."""
    if call.outcome == "refused":
        return 0
    if call.model == "whisper-1":
        return _rounded(_SECOND_OF_WHISPER * Fraction(call.audio_seconds))
    if call.model == "tts-1":
        return _rounded(_LETTER_READ * call.characters)
    price_in, price_out = _TOKENS[call.model]
    sound = math.ceil(call.audio_seconds * _SOUND_TOKENS_PER_SECOND) if call.endpoint == "transcriptions" else 0
    kept = price_in * _KEPT * call.tokens_cached
    fresh = price_in * (call.tokens_in - call.tokens_cached - sound)
    return _rounded(fresh + kept + _SOUND_TOKEN * sound + price_out * call.tokens_out)


def _rounded(amount: Fraction) -> int:
    return math.floor(amount + Fraction(1, 2))
