"""What calls to a model cost."""

from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from services.domain.usage import Usage

_MILLION = 1_000_000
_MS_PER_HOUR = 3_600_000
_TOKENS_PER_AUDIO_SECOND = 10
"""One token for 100 ms of sound (https://platform.openai.com/docs/guides/realtime-costs)."""
_TOKENS_PER_CHARACTER = 2
"""Of text to be read aloud: its own tokens, and those of about 1/14 second of sound at 1,250 a minute."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a call costs. Amounts are millionths of a US dollar."""

    cost_microusd: int | None
    """None: the price of this model is not known; 0 only for models declared local, and where nothing was used."""
    assumed_microusd: int = 0
    """What budgets count where the cost is not known."""
    price: dict[str, str] | None = None
    """US dollars a unit, for the record."""

    @property
    def counted_microusd(self) -> int:
        return self.assumed_microusd if self.cost_microusd is None else self.cost_microusd


@dataclass(frozen=True, slots=True)
class Rates:
    """Prices in US dollars. None: it is not paid by this, or not known."""

    input: Decimal | None = None
    """A million tokens; so are the next two."""
    cached: Decimal | None = None
    """Of input that the provider had kept; None: as all input."""
    output: Decimal | None = None
    audio_hour: Decimal | None = None
    million_characters: Decimal | None = None
    input_audio: Decimal | None = None
    """A million tokens of sound; so is the next one. None: as all input, as all output."""
    output_audio: Decimal | None = None
    local: bool = False
    """Costs nothing: it runs on a machine of ours."""

    def cost_microusd(self, usage: Usage) -> int | None:
        """None: it used something that has no price here."""
        if self.local:
            return 0
        heard, said = min(usage.tokens_audio, usage.tokens_in), min(usage.tokens_audio_out, usage.tokens_out)
        heard_price = self.input if self.input_audio is None else self.input_audio
        said_price = self.output if self.output_audio is None else self.output_audio
        by_tokens = (
            _paid(self.input, usage.tokens_in - heard)
            and _paid(heard_price, heard)
            and _paid(self.output, usage.tokens_out - said)
            and _paid(said_price, said)
        )
        has_tokens = usage.tokens_in + usage.tokens_out > 0
        by_sound = has_tokens or _paid(self.audio_hour, usage.audio_ms)
        by_letters = has_tokens or _paid(self.million_characters, usage.characters)
        if not (by_tokens and by_sound and by_letters):
            return None
        cached = min(usage.tokens_cached, usage.tokens_in - heard)  # kept sound has no discount here
        kept_price = self.input if self.cached is None else self.cached
        dollars_of_millions = (
            _times(self.input, usage.tokens_in - heard - cached)
            + _times(kept_price, cached)
            + _times(heard_price, heard)
            + _times(self.output, usage.tokens_out - said)
            + _times(said_price, said)
            + _times(self.million_characters, usage.characters)
        )
        sound = _times(self.audio_hour, usage.audio_ms) * _MILLION / _MS_PER_HOUR
        return int((dollars_of_millions + sound).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def scaled(self, factor: Decimal) -> "Rates":
        """Of work that is done at a discount."""
        found = {name: amount for name in _AMOUNTS if (amount := getattr(self, name)) is not None}
        return replace(self, **{name: amount * factor for name, amount in found.items()})

    def as_record(self) -> dict[str, str]:
        if self.local:
            return {"local": "true"}
        return {name: str(value) for name in _AMOUNTS if (value := getattr(self, name)) is not None}


_AMOUNTS = tuple(field.name for field in fields(Rates) if field.name != "local")


def discounted(bill: Bill, factor: Decimal) -> Bill:
    """Where only the whole is known."""

    def of(amount: int) -> int:
        return int((amount * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    cost = None if bill.cost_microusd is None else of(bill.cost_microusd)
    record = None if bill.price is None else bill.price | {"factor": str(factor)}
    return Bill(cost, of(bill.assumed_microusd), record)


def assumed_microusd(usage: Usage, dollars_per_million_tokens: Decimal) -> int:
    """For a model without a known price. Sound and letters count as the tokens that they are elsewhere; more than
    nothing for everything that was used."""
    tokens = max(
        usage.tokens_in + usage.tokens_out,
        -(-usage.audio_ms * _TOKENS_PER_AUDIO_SECOND // 1000),
        usage.characters * _TOKENS_PER_CHARACTER,
    )
    return int((dollars_per_million_tokens * tokens).quantize(Decimal(1), rounding=ROUND_UP))


def is_nothing(usage: Usage) -> bool:
    return not (usage.tokens_in or usage.tokens_out or usage.audio_ms or usage.characters)


def _paid(price: Decimal | None, amount: int) -> bool:
    return price is not None or not amount


def _times(price: Decimal | None, amount: int) -> Decimal:
    return (price or Decimal(0)) * amount
