"""After a new release of the prompts, what the next requests begin with is read to the provider once, so that the first
people of the day do not wait for it, nor pay its full price.

It costs money, and a provider forgets within minutes: done only where an installation asks for it, for projects that
somebody worked in lately, once a release, project, language and model. Budgets and the kill switch apply."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from loguru import logger

from services.assistant.ports import Clock
from services.assistant.stages.compose import brand_variables
from services.domain.brief import Task
from services.domain.errors import CallRefused, ModelError
from services.domain.language import Language
from services.domain.project import Project
from services.domain.prompt import ModelRole, RenderedPrompt
from services.domain.routing import routing_of
from services.domain.usage import CallContext
from services.llm.draft_reader import DraftReader
from services.llm.service import LLMService
from services.prompts.ports import PromptLibrary
from services.store.ports import Store, Transaction

TASK = "warm_up"
LATELY = timedelta(hours=24)
ATTEMPTS_LOOKED_AT = 200
MOST_CALLS = 20
TOKENS_OUT = 16
"""Of an answer that nobody reads."""
_WORDS = {Language.RUSSIAN: "слоган", Language.ENGLISH: "a slogan"}


@dataclass(frozen=True, slots=True)
class Beginning:
    project: Project
    task: Task
    language: Language
    role: ModelRole


class WarmPrefixes:
    def __init__(self, store: Store, llm: LLMService, prompts: PromptLibrary, clock: Clock) -> None:
        self._store = store
        self._llm = llm
        self._prompts = prompts
        self._clock = clock

    async def __call__(self) -> int:
        """How many were read. By one process at a time. Raises StoreUnavailable."""
        read = 0
        for beginning in (await self._used_lately())[:MOST_CALLS]:
            prompt = self._prompt(beginning)
            if not await self._is_first(beginning, prompt):
                continue
            context = CallContext(TASK, project_id=beginning.project.id)
            try:
                await self._llm.complete(prompt, context, json_schema=DraftReader(beginning.task).json_schema)
            except (ModelError, CallRefused) as trouble:
                logger.info("no more prompts are read beforehand: {}", trouble.code)
                break
            read += 1
        return read

    async def _used_lately(self) -> list[Beginning]:
        """The latest first."""
        since = self._clock.now() - LATELY
        async with self._store.reading() as tx:
            recent = await tx.generations.recent(limit=ATTEMPTS_LOOKED_AT)
            lately = [attempt for attempt in recent if attempt.created_at is not None and attempt.created_at >= since]
            chosen = [(attempt.brief_id, routing_of(attempt.parameters)) for attempt in lately]
            return await _beginnings(tx, ((brief, routing.role) for brief, routing in chosen if routing is not None))

    async def _is_first(self, beginning: Beginning, prompt: RenderedPrompt) -> bool:
        """Noted before it is read: a process that dies meanwhile does not make it twice as dear."""
        place = f"{beginning.project.id}:{beginning.task.value}:{beginning.language.value}:{beginning.role.value}"
        key, release = f"{TASK}:{place}", prompt.release.content_hash
        async with self._store.transaction() as tx:
            noted = await tx.notes.get(key)
            if noted is not None and noted.get("release") == release:
                return False
            await tx.notes.put(key, {"release": release})
        return True

    def _prompt(self, beginning: Beginning) -> RenderedPrompt:
        shared: dict[str, Any] = {
            "language": beginning.language.value,
            "project": brand_variables(beginning.project),
            "passages": [],
            "material": None,
            "history": [],
            "nonce": TASK,
        }
        words = _WORDS[beginning.language]
        asked = {"brief": words, "count": 1, "previous": None, "chip": None, "instruction": ""}
        variables = shared | ({"question": words} if beginning.task is Task.ASK else asked)
        prompt = self._prompts.render(beginning.task.value, variables)
        parameters = replace(prompt.parameters, max_tokens=TOKENS_OUT)
        return replace(prompt, role=beginning.role, parameters=parameters)


async def _beginnings(tx: Transaction, used: Iterable[tuple[int, ModelRole]]) -> list[Beginning]:
    found: dict[tuple[int, Task, Language, ModelRole], Beginning] = {}
    for brief_id, role in used:
        brief = await tx.briefs.get(brief_id)
        if brief is None:
            continue
        key = (brief.project_id, brief.task, brief.language, role)
        project = await tx.projects.get(brief.project_id)
        if project is not None and key not in found:
            found[key] = Beginning(project, brief.task, brief.language, role)
    return list(found.values())
