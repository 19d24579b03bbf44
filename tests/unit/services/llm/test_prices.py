import pytest
from genai_prices import Usage as PricedUsage
from genai_prices import calc_price

from services.domain.price import Rates
from services.domain.usage import Usage
from services.llm.genai_prices import GenaiPriceList
from services.llm.provider_names import provider_name

PRICES = GenaiPriceList()


def cost(provider: str, model: str, usage: Usage) -> int | None:
    return PRICES.bill(provider, model, usage).cost_microusd


def test_cached_input_is_cheaper() -> None:
    # gpt-4o: 2.50 $ per million in, 1.25 $ cached, 10 $ out.
    assert cost("openai", "gpt-4o", Usage(1_000_000, 200_000, 100_000)) == 3_250_000


def test_fractions_of_a_millionth_are_rounded_half_up() -> None:
    # gpt-4o-mini: 0.15 $ per million in.
    assert cost("openai", "gpt-4o-mini", Usage(10)) == 2
    assert cost("openai", "gpt-4o-mini", Usage(9)) == 1


@pytest.mark.parametrize(("provider", "model"), [("openai", "gpt-unheard-of"), ("127.0.0.1:9000", "gpt-4o")])
def test_an_unknown_price_is_unknown(provider: str, model: str) -> None:
    assert cost(provider, model, Usage(1000, 0, 1000)) is None


def test_only_declared_providers_are_free() -> None:
    assert cost("ollama", "gpt-4o", Usage(1000, 0, 1000)) == 0
    assert GenaiPriceList(["demo"]).bill("demo", "any", Usage(1000)).cost_microusd == 0
    assert GenaiPriceList([]).bill("ollama", "qwen", Usage(1000)).cost_microusd is None


def test_sound_is_paid_by_the_second_or_by_its_tokens() -> None:
    # whisper-1: 0.36 $ an hour. gpt-4o-transcribe: 2.50 $ per million of text, 6 $ of sound, 10 $ out.
    assert cost("openai", "whisper-1", Usage(audio_ms=90_500)) == 9_050
    heard = Usage(tokens_in=1_000, tokens_audio=900, tokens_out=100, audio_ms=90_000)
    assert cost("openai", "gpt-4o-transcribe", heard) == 250 + 5_400 + 1_000
    assert cost("groq", "whisper-large-v3", Usage(audio_ms=60_000)) == 1_850
    assert cost("local", "small", Usage(audio_ms=90_000)) == 0


@pytest.mark.parametrize(
    "usage",
    [
        Usage(1_000, 0, 500, tokens_audio=900, tokens_audio_out=400),
        Usage(1_000, 0, 500, tokens_audio=1_000, tokens_audio_out=500),
        Usage(1_000, 60, 500, tokens_audio=900),
        Usage(1_000, 0, 500),
    ],
    ids=["mixed", "sound alone", "words kept", "words"],
)
@pytest.mark.parametrize("model", ["gpt-4o-mini-transcribe", "gpt-4o-mini-tts", "gpt-audio", "gpt-realtime-mini"])
def test_sound_has_its_price_in_the_list_and_in_a_file_of_ones_own(model: str, usage: Usage) -> None:
    told = PricedUsage(
        input_tokens=usage.tokens_in,
        cache_read_tokens=usage.tokens_cached,
        output_tokens=usage.tokens_out,
        input_audio_tokens=usage.tokens_audio,
        cache_audio_read_tokens=0,
        output_audio_tokens=usage.tokens_audio_out,
    )
    listed = calc_price(told, model, provider_id="openai")
    assert cost("openai", model, usage) == round(listed.total_price * 1_000_000)
    prices = vars(listed.model_price)
    names = {
        "input": "input_mtok",
        "cached": "cache_read_mtok",
        "output": "output_mtok",
        "input_audio": "input_audio_mtok",
        "output_audio": "output_audio_mtok",
    }
    own = Rates(**{ours: prices[theirs] for ours, theirs in names.items() if prices.get(theirs) is not None})
    assert own.cost_microusd(usage) == round(listed.total_price * 1_000_000)


def test_kept_sound_is_survived_and_paid_for() -> None:
    kept = Usage(1_000, 500, 0, tokens_audio=900)
    assert cost("openai", "gpt-realtime", kept) == 100 * 0.4 + 400 * 0.4 + 500 * 32
    assert cost("openai", "gpt-audio", kept) is not None


def test_letters_are_paid_by_the_million() -> None:
    assert cost("openai", "tts-1", Usage(characters=1_000)) == 15_000


def test_what_is_paid_by_something_uncounted_has_no_known_price() -> None:
    assert cost("openai", "gpt-4o-transcribe", Usage(audio_ms=60_000)) is None
    assert cost("openai", "gpt-4o-mini-tts", Usage(characters=100)) is None
    assert cost("openai", "whisper-1", Usage()) == 0


def test_the_prices_of_that_time_are_told() -> None:
    bill = PRICES.bill("openai", "gpt-4.1", Usage(1000, 0, 1000))
    assert bill.price == {"input_mtok": "2", "cache_read_mtok": "0.5", "output_mtok": "8"}
    tiered = PRICES.bill("google", "gemini-2.5-pro", Usage(1000, 0, 1000))
    assert tiered.price is not None
    assert tiered.price["input_mtok"] == "1.25 >200000:2.5"
    assert PRICES.bill("ollama", "qwen", Usage(10)).price == {"local": "true"}


def test_more_cached_than_sent_is_survived() -> None:
    assert cost("openai", "gpt-4o", Usage(10, 500, 0)) is not None


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        (None, "openai"),
        ("", "openai"),
        ("https://api.openai.com/v1", "openai"),
        ("https://my.openai.azure.com/openai/v1", "azure"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://127.0.0.1:1234/v1", "lmstudio"),
        ("http://gpu.lan:8000/v1", "gpu.lan:8000"),
        ("https://notopenai.com", "notopenai.com"),
    ],
)
def test_provider_names(base_url: str | None, name: str) -> None:
    assert provider_name(base_url) == name


def test_batches_have_prices_of_their_own() -> None:
    prices = GenaiPriceList(providers=["openai"])
    batch = prices.batch_bill("openai", "gpt-4.1", Usage(1_000_000, 0, 1_000_000))
    assert batch is not None
    assert batch.cost_microusd == 5_000_000  # $1 and $4 (https://developers.openai.com/api/docs/pricing)
    assert prices.batch_bill("ollama", "gemma", Usage(10)) is None
    assert prices.batch_bill("openai", "no-such-model", Usage(10)) is None
