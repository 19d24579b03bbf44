"""Questions put into the other language, with the ledger and the database as they are."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from services.assistant.knowledge.translate_query import TASK, TranslateQuery
from services.calling.retry import RetryPolicy
from services.domain.errors import ModelRefused
from services.domain.language import Language
from services.domain.usage import CallContext
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from services.prompts.jinja_library import JinjaPromptLibrary
from services.store.sql_ledger import SqlLedger
from services.store.sql_store import SqlStore
from tests.fakes.chat_model import Answer, ScriptedChatModel, failing
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.token_counter import WordCounter
from tests.store_rows import a_project

PROMPTS = Path(__file__).parents[5] / "prompts"
QUESTION = "Сколько стоит плед?"
SAID = '{"query": "How much is  the blanket?"}'


class Desk:
    def __init__(self, store: SqlStore, model: ScriptedChatModel, patience: float = 20.0) -> None:
        llm = LLMService(
            plan_routes(model, "smart", "fast"),
            ledger=SqlLedger(store),
            breaker=MemoryBreaker(),
            prices=FlatPriceList(),
            counter=WordCounter(),
            policy=RetryPolicy(max_tries=1),
        )
        self.translate = TranslateQuery(llm, JinjaPromptLibrary(PROMPTS), store, patience).translate
        self.store = store

    async def ask(self, question: str = QUESTION, project_id: int | None = None) -> str | None:
        return await self.translate(question, Language.ENGLISH, CallContext("search", project_id=project_id))

    async def calls(self) -> list[tuple[str, str]]:
        async with self.store._engine.connect() as connection:
            rows = await connection.execute(text("SELECT task, outcome FROM model_calls ORDER BY id"))
            return [(row.task, row.outcome) for row in rows]


async def test_a_question_is_translated_once_and_paid_for_once(sqlite_store: SqlStore) -> None:
    model = ScriptedChatModel()
    model.will_answer(SAID)
    desk = Desk(sqlite_store, model)
    assert await desk.ask() == "How much is the blanket?"
    assert await desk.ask("  сколько СТОИТ\nплед?") == "How much is the blanket?"
    assert (len(model.requests), model.requests[0].model) == (1, "fast")
    assert await desk.calls() == [(TASK, "ok")]


async def test_what_a_model_says_beside_the_point_is_no_translation(sqlite_store: SqlStore) -> None:
    model = ScriptedChatModel(repeat_last=True)
    model.will_answer('{"query": ""}', "I would rather not.", '{"query": "' + "word " * 200 + '"}')
    desk = Desk(sqlite_store, model)
    assert [await desk.ask(), await desk.ask(), await desk.ask()] == [None, None, None]
    async with sqlite_store.reading() as tx:
        assert await tx.translations.get(QUESTION, Language.ENGLISH) is None


async def test_a_model_that_refuses_leaves_the_question_as_it_is(sqlite_store: SqlStore) -> None:
    model = ScriptedChatModel(repeat_last=True)
    model.will_answer(failing(ModelRefused("wrong key")))
    assert await Desk(sqlite_store, model).ask() is None


async def test_nobody_waits_for_a_slow_model(sqlite_store: SqlStore) -> None:
    model = ScriptedChatModel()
    model.will_answer(Answer(before=asyncio.Event()))
    desk = Desk(sqlite_store, model, patience=0.2)
    assert await desk.ask() is None
    assert model.open_streams == 0
    assert await desk.calls() == [(TASK, "stopped")]


async def test_nothing_leaves_while_generation_is_halted(sqlite_store: SqlStore) -> None:
    project, model = await a_project(sqlite_store), ScriptedChatModel()
    async with sqlite_store.transaction() as tx:
        await tx.halts.halt(project.id, None, datetime.now(UTC))
    assert await Desk(sqlite_store, model).ask(project_id=project.id) is None
    assert model.requests == []


@pytest.mark.parametrize("language", list(Language))
async def test_translations_are_kept_by_language_and_for_a_while(sqlite_store: SqlStore, language: Language) -> None:
    async with sqlite_store.transaction() as tx:
        await tx.translations.put(QUESTION, language, "first")
        await tx.translations.put(QUESTION, language, "second")
        assert await tx.translations.get(QUESTION, language) == "first"
        other = next(one for one in Language if one is not language)
        assert await tx.translations.get(QUESTION, other) is None
        assert await tx.translations.purge(datetime(2000, 1, 1, tzinfo=UTC)) == 0
        assert await tx.translations.purge(replace_year(9000)) == 1
        assert await tx.translations.get(QUESTION, language) is None


def replace_year(year: int) -> datetime:
    return datetime.now(UTC).replace(year=year, month=1, day=1)
