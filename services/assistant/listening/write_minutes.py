"""Minutes of what was said: at once where the talk is short, else by way of digests of its parts."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from services.assistant.listening.ask_in_shape import AskInShape
from services.assistant.listening.minutes_text import digest_text
from services.assistant.listening.transcript_parts import Line, Part, cut_into_parts, spoken_lines
from services.assistant.stages.compose import Window
from services.domain.errors import ContextTooLong
from services.domain.minutes import Minutes
from services.domain.project import Project
from services.domain.transcript import Segment
from services.domain.usage import CallContext
from services.llm.minutes_answers import MAX_SUMMARY, DigestAnswer, MinutesAnswer
from services.llm.ports import TokenCounter
from services.prompts.ports import PromptLibrary

PART_TOKENS = 6_000
PROMPT_TOKENS = 2_500
"""Rules, examples and marks around the text: what of the window is not for it."""
LEAST_TOKENS = 500
AT_ONCE = 3
"""Digests that are asked for side by side: four hours of talk are some fifteen of them."""
LEVEL = 1_000
"""Digests of digests are numbered from here on, those of them from twice this on."""
MAX_LEVELS = 5
TRANSCRIPT, DIGESTS = "transcript", "digests"


class DigestShelf(Protocol):
    """Where digests are kept, so that none is paid for twice."""

    async def get(self, number: int, part: Part) -> Minutes | None:
        """None as well when the one that is kept under this number is of another part."""
        ...

    async def put(self, number: int, part: Part, digest: Minutes, total: int) -> None:
        """`total`: parts of the transcript."""
        ...


@dataclass(frozen=True, slots=True)
class Talk:
    """What is summed up, and on whose behalf."""

    segments: Sequence[Segment]
    language: str
    """ISO 639-1 of what was heard."""
    project: Project | None
    context: CallContext

    @property
    def end_ms(self) -> int:
        return self.segments[-1].end_ms


class WriteMinutes:
    def __init__(self, ask: AskInShape, prompts: PromptLibrary, counter: TokenCounter, window: Window) -> None:
        self._ask = ask
        self._prompts = prompts
        self._counter = counter
        self._model = window.model
        self._room = max(LEAST_TOKENS, window.tokens - PROMPT_TOKENS)

    async def __call__(self, talk: Talk, shelf: DigestShelf) -> Minutes:
        """Never refuses a bad answer: what cannot be read as minutes becomes their summary. Raises the ModelError tree
        and what the shelf raises; then the digests that are done stay on the shelf."""
        parts = await self._cut(spoken_lines(talk.segments))
        source, level, total = TRANSCRIPT, 0, len(parts)
        while len(parts) > 1 and level < MAX_LEVELS:
            digests = await self._digests(talk, parts, source, level, total, shelf)
            lines = [Line(part.start_ms, part.end_ms, digest_text(part, digest)) for part, digest in digests]
            parts, source, level = await self._cut(lines, self._room), DIGESTS, level + 1
        if len(parts) > 1:
            raise ContextTooLong(f"digests of {total} parts do not fit", limit=self._room)
        return await self._reduce(talk, parts[0], source)

    async def _cut(self, lines: Sequence[Line], limit: int | None = None) -> list[Part]:
        limit = min(PART_TOKENS, self._room) if limit is None else limit
        return await asyncio.to_thread(cut_into_parts, self._counter, self._model, lines, limit)

    async def _digests(
        self, talk: Talk, parts: Sequence[Part], source: str, level: int, total: int, shelf: DigestShelf
    ) -> list[tuple[Part, Minutes]]:
        places = asyncio.Semaphore(AT_ONCE)

        async def digest(number: int, part: Part) -> tuple[Part, Minutes]:
            async with places:
                known = await shelf.get(number, part)
                if known is None:
                    known = await self._digest(talk, part, source)
                    await shelf.put(number, part, known, total)
                return part, known

        try:
            async with asyncio.TaskGroup() as group:
                numbered = enumerate(parts, level * LEVEL)
                tasks = [group.create_task(digest(number, part)) for number, part in numbered]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _digest(self, talk: Talk, part: Part, source: str) -> Minutes:
        prompt = self._prompts.render("digest", self._variables(talk, part, source))
        answer = await self._ask(prompt, replace(talk.context, task="digest"), DigestAnswer, talk.language)
        return _as_summary(answer) if isinstance(answer, str) else answer.as_minutes(talk.end_ms)

    async def _reduce(self, talk: Talk, part: Part, source: str) -> Minutes:
        prompt = self._prompts.render("minutes", self._variables(talk, part, source))
        answer = await self._ask(prompt, replace(talk.context, task="minutes"), MinutesAnswer, talk.language)
        return _as_summary(answer) if isinstance(answer, str) else answer.as_minutes(talk.end_ms)

    def _variables(self, talk: Talk, part: Part, source: str) -> dict[str, object]:
        project = talk.project
        return {
            "language": talk.language,
            "project": {
                "name": project.name if project else "",
                "description": project.profile.description if project else "",
            },
            "source": source,
            "span": part.span,
            "transcript": part.text,
            "nonce": secrets.token_hex(8),
        }


def _as_summary(text: str) -> Minutes:
    return Minutes("", text[:MAX_SUMMARY])
