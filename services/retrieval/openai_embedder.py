"""Embeddings in OpenAI's form: OpenAI itself, compatible servers, and our own models process."""

import math
from collections.abc import Sequence
from typing import Any

import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from services.domain.errors import BudgetExhausted, GenerationHalted, KnowledgeUnavailable, StoreUnavailable
from services.domain.language import Language
from services.domain.usage import CallContext
from services.retrieval.calibration import Calibration, exam_passages, exam_questions, judge
from services.retrieval.embedding_prefixes import Prefixes, prefixes_of
from services.retrieval.openai_embedding_record import RecordedEmbeddings
from services.retrieval.ports import ModelFailed

_OPENAI = "https://api.openai.com/v1"
_BATCH_TEXTS = 32
_FIRST_QUERY = "?"
_EXAM = CallContext("embedding_exam")
REQUEST_ID_HEADER = "X-Client-Request-Id"
_LONGEST_QUERY = 4_000
"""Characters. What a brief is about stands at its beginning, and models have windows."""
_QUERY_TRIES = 2
_PASSAGE_TRIES = 6
_LONGEST_PAUSE_SECONDS = 30.0
_jitter = wait_random_exponential(multiplier=0.2, max=_LONGEST_PAUSE_SECONDS)


class OpenAIEmbedder:
    def __init__(
        self,
        model: str,
        base_url: str | None,
        api_key: str | None,
        languages: frozenset[Language] = frozenset(Language),
        name: str | None = None,
        *,
        own_server: bool = False,
        recorded: RecordedEmbeddings | None = None,
        timeout_seconds: float = 60.0,
    ) -> None:
        """`languages`: at most these, as far as the model's exam confirms them. `own_server`: our models process, which
        is told queries from passages and reports its own exam; other servers refuse unknown parameters. `recorded`: the
        ledger of a provider; our own models cost nothing."""
        self._wire_name = model
        self._name = name or model
        self._declared = languages
        self._own_server = own_server
        self._recorded = recorded
        self._prefixes = Prefixes() if own_server else prefixes_of(model)
        self._calibration: Calibration | None = None
        self._client = openai.AsyncOpenAI(
            # Local servers ask for no key, but the client does.
            api_key=api_key or "none",
            base_url=base_url or _OPENAI,
            timeout=timeout_seconds,
            max_retries=0,
        )

    @property
    def model(self) -> str:
        return self._name

    @property
    def languages(self) -> frozenset[Language]:
        return self._declared & self._calibration.languages if self._calibration else frozenset()

    @property
    def floor(self) -> float:
        return self._calibration.floor if self._calibration else 1.0

    async def warm_up(self) -> None:
        if self._recorded is not None:
            await self._recorded.load()
        calibration = await self._reported() if self._own_server else await self._examined()
        await self.embed_query(_FIRST_QUERY, _EXAM)  # imports and connects now, not while the first person waits
        self._calibration = calibration

    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        return (await self.embed_queries([text], context))[0]

    async def embed_queries(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        """As `embed_query`, in their order."""
        vectors: list[Sequence[float]] = []
        for start in range(0, len(texts), _BATCH_TEXTS):
            batch = [self._prefixes.query + text[:_LONGEST_QUERY] for text in texts[start : start + _BATCH_TEXTS]]
            vectors += await self._embed(batch, "query", _QUERY_TRIES, context)
        return vectors

    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        vectors: list[Sequence[float]] = []
        for start in range(0, len(texts), _BATCH_TEXTS):
            batch = [self._prefixes.passage + text for text in texts[start : start + _BATCH_TEXTS]]
            vectors += await self._embed(batch, "passage", _PASSAGE_TRIES, context)
        return vectors

    async def aclose(self) -> None:
        await self._client.close()

    async def _reported(self) -> Calibration:
        try:
            models = await self._client.models.list()
        except openai.OpenAIError as error:
            raise _kind(error)(f"models process: {_short(error)}") from error
        facts = next((model.model_extra or {} for model in models.data if model.id == self._wire_name), {})
        if facts.get("status") != "ready":
            kind = ModelFailed if facts.get("status") == "failed" else KnowledgeUnavailable
            raise kind(f"embedding model: {facts.get('reason') or facts.get('status') or 'absent'}")
        known = {language.value for language in Language}
        languages = frozenset(Language(code) for code in facts.get("languages", ()) if code in known)
        return Calibration(languages, float(facts.get("floor", 1.0)))

    async def _examined(self) -> Calibration:
        """Two small requests, once a process: some hundred tokens."""
        questions = [self._prefixes.query + text for text in exam_questions()]
        passages = [self._prefixes.passage + text for text in exam_passages()]
        return judge(await self._embed(questions, "query", 1, _EXAM), await self._embed(passages, "passage", 1, _EXAM))

    async def _embed(
        self, texts: list[str], input_type: str, tries: int, context: CallContext
    ) -> list[Sequence[float]]:
        extra = {"input_type": input_type} if self._own_server else None
        retrying = AsyncRetrying(
            stop=stop_after_attempt(tries), retry=retry_if_exception(_passes), wait=_pause, reraise=True
        )
        try:
            answer: Any = await retrying(self._request, texts, extra, context)
        except openai.OpenAIError as error:
            raise _kind(error)(f"embedding model: {_short(error)}") from error
        except (BudgetExhausted, GenerationHalted, StoreUnavailable) as refusal:
            # Search goes on by keywords, and what is indexed waits: whoever asked meets the refusal at the next call.
            raise KnowledgeUnavailable(f"embedding model: {refusal.code}") from refusal
        rows = sorted(answer.data, key=lambda row: row.index)
        if len(rows) != len(texts):
            raise KnowledgeUnavailable(f"embedding model: {len(rows)} vectors for {len(texts)} texts")
        return [_normalised(row.embedding) for row in rows]

    async def _request(self, texts: list[str], extra: dict[str, str] | None, context: CallContext) -> Any:
        async def ask(request_id: str) -> Any:
            # "float" although base64 is smaller: every compatible server knows it.
            return await self._client.embeddings.create(
                model=self._wire_name,
                input=texts,
                encoding_format="float",
                extra_body=extra,
                extra_headers={REQUEST_ID_HEADER: request_id} if request_id else None,
            )

        return await (self._recorded.request(self._wire_name, texts, context, ask) if self._recorded else ask(""))


def _passes(error: BaseException) -> bool:
    """Will it pass by itself? A 503 without Retry-After is our models process saying that its model failed for good."""
    if isinstance(error, openai.APIStatusError):
        if error.status_code == 503:
            return "retry-after" in error.response.headers
        return error.status_code in (408, 409, 429) or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError)


def _kind(error: BaseException) -> type[KnowledgeUnavailable]:
    return KnowledgeUnavailable if _passes(error) else ModelFailed


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.response.headers.get("retry-after") if isinstance(error, openai.APIStatusError) else None
    try:
        return min(float(asked), _LONGEST_PAUSE_SECONDS) if asked else _jitter(state)
    except ValueError:  # an HTTP date
        return _jitter(state)


def _short(error: openai.OpenAIError) -> str:
    """Never the body: it may repeat the text."""
    return f"HTTP {error.status_code}" if isinstance(error, openai.APIStatusError) else type(error).__name__


def _normalised(vector: Sequence[float]) -> list[float]:
    length = math.sqrt(sum(value * value for value in vector))
    if not math.isfinite(length) or length == 0.0:
        raise KnowledgeUnavailable("embedding model: a vector without direction")
    return [value / length for value in vector]
