"""Put the prompt together within the model's window: the best ranked passages that fit."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from loguru import logger

from services.assistant.stages.choose_role import ChooseRole
from services.assistant.stages.retrieve import Found
from services.assistant.stages.run import Run
from services.assistant.stages.settle import as_plain_text
from services.domain.asked_filters import read_filters
from services.domain.brief import Brief, Task
from services.domain.idea_count import DEFAULT_IDEAS, ideas_asked
from services.domain.knowledge import Hit
from services.domain.project import Project
from services.domain.prompt import RenderedPrompt
from services.domain.reference_back import leans_on_what_was_said
from services.domain.routing import Routing
from services.domain.turn import Turn
from services.llm.context_budget import fit_newest_aside, fit_passages_aside
from services.llm.ports import TokenCounter
from services.prompts.ports import PromptLibrary
from services.store.ports import Store

IDEAS_AT_ONCE = DEFAULT_IDEAS
IDEAS_IN_ONE_ANSWER = 6
"""For which the prompt's `max_tokens` is meant; more ideas get more room, so that the last is not cut off."""
TURNS_REMEMBERED = 6
HISTORY_TOKENS = 1_500


@dataclass(frozen=True, slots=True)
class Window:
    """Of the model that will write; `tokens` leaves room for the answer."""

    model: str
    tokens: int
    history_tokens: int = HISTORY_TOKENS
    """Of the conversation before a question."""


@dataclass(frozen=True, slots=True)
class Composed:
    prompt: RenderedPrompt
    hits: tuple[Hit, ...]
    """The numbered passages of the prompt, in their order."""
    dropped: tuple[str, ...] = ()
    """Ids of passages that were found and did not fit, best ranked first."""
    routing: Routing | None = None
    """Who writes, and why."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """All that went into the prompt but for the passages, the person's words and what is random."""
    forgotten_tokens: int = 0
    """Of the oldest turns of the conversation, left out by its budget."""

    @property
    def parameters(self) -> dict[str, Any]:
        """To be kept with the attempt, beside those that the model got."""
        kept: dict[str, Any] = dict(self.routing.as_parameters()) if self.routing else {}
        if self.dropped:
            kept["dropped_passages"] = list(self.dropped)
        if self.forgotten_tokens:
            kept["forgotten_tokens"] = self.forgotten_tokens
        return kept


class Compose:
    def __init__(
        self,
        prompts: PromptLibrary,
        counter: TokenCounter,
        store: Store,
        window: Window,
        choose_role: ChooseRole | None = None,
    ) -> None:
        self._prompts = prompts
        self._counter = counter
        self._store = store
        self._window = window
        self._choose_role = choose_role or ChooseRole()
        self._secret = secrets.token_bytes(16)

    async def __call__(self, run: Run, found: Found) -> Composed:
        """Raises ContextTooLong when the brief alone does not fit."""
        history, forgotten_tokens = await self._history(run) if run.brief.task is Task.ASK else ([], 0)
        variables = _variables(run, history) | {"nonce": self._nonce(run.brief)}
        bare = self._prompts.render(run.brief.task.value, variables | {"passages": []})
        fixed = "\n".join(message.content for message in bare.messages)
        kept, dropped = await self._fitting(fixed, found)
        passages = [_passage(number, hit) for number, hit in enumerate(kept, 1)]
        prompt = self._prompts.render(run.brief.task.value, variables | {"passages": passages})
        routing = self._choose_role(run)
        logger.debug("the {} model writes: {}", routing.role.value, routing.reason.value)
        prompt = replace(_roomy(prompt, variables.get("count", 0)), role=routing.role)
        return Composed(prompt, tuple(kept), dropped, routing, _told(variables), forgotten_tokens)

    async def _fitting(self, fixed: str, found: Found) -> tuple[list[Hit], tuple[str, ...]]:
        """Passages with their neighbours or, where not all of them fit so, without; and the ids of those left out."""
        for hits in (found.hits, found.bare or found.hits):
            texts = [f"{hit.passage.title} › {hit.passage.section}\n{hit.passage.text}" for hit in hits]
            fit = await fit_passages_aside(self._counter, self._window.model, fixed, texts, self._window.tokens)
            if not fit.dropped:
                break
        dropped = tuple(hits[index].passage.id for index in fit.dropped)
        if dropped:
            logger.info("{} of {} passages do not fit the window", len(dropped), len(hits))
        return [hits[index] for index in fit.kept], dropped

    def _nonce(self, brief: Brief) -> str:
        """Known to nobody who writes briefs or documents, and the same for all attempts at a brief: the next one begins
        with the same passages to the letter, and providers charge less for what they have just read."""
        return hmac.digest(self._secret, f"{brief.id}".encode(), "sha256").hex()[:8]

    async def _history(self, run: Run) -> tuple[list[Turn], int]:
        """The newest turns that fit, and the tokens of those left out; a question that stands alone needs none."""
        address = run.brief.address
        async with self._store.reading() as tx:
            turns = list(await tx.turns.recent(address.chat_id, address.topic_id, TURNS_REMEMBERED))
        said = [turn.content for turn in turns]
        limit = self._window.history_tokens if leans_on_what_was_said(run.brief.text) else 0
        fitting, left_out = await fit_newest_aside(self._counter, self._window.model, said, limit)
        if left_out:
            logger.info("{} of {} turns are forgotten: {} tokens", len(turns) - fitting, len(turns), left_out)
        return turns[len(turns) - fitting :], left_out


def _variables(run: Run, history: list[Turn]) -> dict[str, Any]:
    shared: dict[str, Any] = {
        "language": run.brief.language.value,
        "project": brand_variables(run.project),
        "material": run.brief.material,
        "history": [{"role": turn.role, "content": turn.content} for turn in history],
    }
    if run.brief.task is Task.ASK:
        return shared | {"question": read_filters(run.brief.text).text}
    generation, parent = run.generation, run.parent
    return shared | {
        "brief": run.brief.text,
        "count": ideas_asked(run.brief.text, generation.instruction) or IDEAS_AT_ONCE,
        "previous": as_plain_text(parent.draft) if parent is not None and parent.draft is not None else None,
        "chip": generation.chip.value if generation.chip else None,
        "instruction": generation.instruction,
    }


def _told(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if name not in ("brief", "question", "nonce")}


def _roomy(prompt: RenderedPrompt, count: int) -> RenderedPrompt:
    most = prompt.parameters.max_tokens
    if most is None or count <= IDEAS_IN_ONE_ANSWER:
        return prompt
    return replace(prompt, parameters=replace(prompt.parameters, max_tokens=most * count // IDEAS_IN_ONE_ANSWER))


def brand_variables(project: Project) -> dict[str, Any]:
    profile = project.profile
    return {
        "name": project.name,
        "description": profile.description,
        "voice": list(profile.voice),
        "banned_words": {language.value: list(words) for language, words in profile.banned_words.items()},
    }


def _passage(number: int, hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {"number": number, "title": passage.title, "section": passage.section, "text": passage.text}
