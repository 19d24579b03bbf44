"""A question in the other language, by the fast model: for documents that are written in it."""

import asyncio
import secrets
from dataclasses import replace
from typing import Any

from loguru import logger

from services.domain.errors import CallRefused, ModelError, StoreUnavailable
from services.domain.language import Language
from services.domain.lease import LeaseLost
from services.domain.usage import CallContext
from services.llm.answers import ModelAnswer, strict_schema
from services.llm.read_answer import InvalidAnswer, read_answer
from services.llm.service import LLMService
from services.prompts.ports import PromptLibrary
from services.store.ports import Store

TASK = "translate_query"
"""In the ledger, and of the prompt."""
PATIENCE_SECONDS = 1.5
"""A person waits, and an answer in their own language may still be found."""
_LONGEST = 600
"""Characters of a translation: what is longer is something else."""


class QueryAnswer(ModelAnswer):
    query: str


SCHEMA: dict[str, Any] = strict_schema(QueryAnswer)


class TranslateQuery:
    """What `services.retrieval.second_language.QueryTranslator` asks for. Each question is translated once."""

    def __init__(
        self, llm: LLMService, prompts: PromptLibrary, store: Store, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._llm = llm
        self._prompts = prompts
        self._store = store
        self._patience_seconds = patience_seconds

    async def translate(self, query: str, into: Language, asked_by: CallContext) -> str | None:
        try:
            async with asyncio.timeout(self._patience_seconds):
                async with self._store.reading() as tx:
                    kept = await tx.translations.get(query, into)
                return kept or await self._asked(query, into, asked_by)
        except (ModelError, CallRefused, InvalidAnswer, TimeoutError, StoreUnavailable, LeaseLost) as trouble:
            logger.info("a question is not translated: {}", type(trouble).__name__)
            return None

    async def _asked(self, query: str, into: Language, asked_by: CallContext) -> str | None:
        variables = {"query": query, "language": into.value, "nonce": secrets.token_hex(4)}
        prompt = self._prompts.render(TASK, variables)
        said = await self._llm.complete(prompt, replace(asked_by, task=TASK), json_schema=SCHEMA)
        translated = " ".join(read_answer(said.text, QueryAnswer).query.split())
        if not 0 < len(translated) <= _LONGEST:
            return None
        async with self._store.transaction() as tx:
            await tx.translations.put(query, into, translated)
        return translated
