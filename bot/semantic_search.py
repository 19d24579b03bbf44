"""Search by meaning, as the settings name it: where the vectors are, and the model that makes them."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model_kinds import EmbeddingKind
from bot.settings import Settings
from services.domain.metering import CallLedger, PriceList
from services.llm.ports import TokenCounter
from services.llm.provider_names import provider_name
from services.retrieval.chroma_index import ChromaVectorIndex
from services.retrieval.http_reranker import HttpReranker
from services.retrieval.remembering_embedder import RememberingEmbedder

if TYPE_CHECKING:
    from services.retrieval.openai_embedder import OpenAIEmbedder


@dataclass(frozen=True, slots=True)
class RecordedWith:
    """Where requests to a provider are written down."""

    ledger: CallLedger
    prices: PriceList
    counter: TokenCounter


def semantic_search(
    settings: Settings, stack: AsyncExitStack, recorded: RecordedWith
) -> tuple[ChromaVectorIndex | None, RememberingEmbedder | None]:
    """(None, None) where the vectors or the model behind them are out of reach: keyword search alone. Closed by
    `stack`."""
    if settings.embedding_kind is EmbeddingKind.NONE or settings.chroma_url is None:
        return None, None
    embedder = _embedder(settings, recorded)
    if embedder is None:
        return None, None
    vectors = ChromaVectorIndex(settings.chroma_url)
    stack.push_async_callback(embedder.aclose)
    stack.push_async_callback(vectors.aclose)
    return vectors, RememberingEmbedder(embedder)


def reranker_of(settings: Settings, stack: AsyncExitStack) -> HttpReranker | None:
    """None where what is found is not ranked anew. Closed by `stack`."""
    if not settings.rerank_model or settings.models_url is None:
        return None
    reranker = HttpReranker(settings.models_url, settings.rerank_model)
    stack.push_async_callback(reranker.aclose)
    return reranker


def _embedder(settings: Settings, recorded: RecordedWith) -> "OpenAIEmbedder | None":
    # Half a second of imports that keyword search does without.
    from services.retrieval.openai_embedder import OpenAIEmbedder
    from services.retrieval.openai_embedding_record import RecordedEmbeddings

    name = settings.embedding_model
    if settings.embedding_kind is EmbeddingKind.API:
        key, base_url = settings.openai_api_key, settings.openai_base_url
        return OpenAIEmbedder(
            name.removeprefix("openai:"),
            base_url,
            key.get_secret_value() if key else None,
            name=name,
            recorded=RecordedEmbeddings(provider_name(base_url), recorded.ledger, recorded.prices, recorded.counter),
        )
    if settings.models_url is None:
        return None
    return OpenAIEmbedder(name, f"{settings.models_url.rstrip('/')}/v1", None, own_server=True)
