"""What calls cost, as the settings say: the list of the providers that are asked, and prices of one's own before it."""

from bot.model_kinds import EmbeddingKind
from bot.settings import Settings
from bot.speech import speech_providers
from bot.transcription import transcription_providers
from services.calling.price_book import PriceBook
from services.calling.yaml_prices import read_prices
from services.llm.genai_prices import GenaiPriceList
from services.llm.provider_names import has_list_prices, provider_name


def price_book(settings: Settings) -> PriceBook:
    """Raises PriceFileError."""
    rules = read_prices(settings.prices_file) if settings.prices_file else ()
    listed = GenaiPriceList(providers=_listed_providers(settings))
    return PriceBook(listed, rules, settings.unknown_price_per_million_tokens, settings.batch_price_factor)


def _listed_providers(settings: Settings) -> list[str]:
    asked = [provider_name(settings.openai_base_url), *transcription_providers(settings), *speech_providers(settings)]
    if settings.embedding_kind is EmbeddingKind.API:
        asked.append(provider_name(settings.openai_base_url))
    return [name for name in dict.fromkeys(asked) if has_list_prices(name)]
