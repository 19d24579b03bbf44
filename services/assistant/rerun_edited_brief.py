"""A person edited the message that carried their brief: the work begins anew, in the same message of Muza's."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.assistant.admission import go_on, kept_if_too_soon
from services.assistant.brief_text import checked_brief, checked_material, without_filters
from services.assistant.ports import GenerationRunner
from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.errors import EmptyBrief
from services.domain.generation import ACTIVE_STATES, Generation, GenerationState
from services.domain.language import Language, detect_language
from services.domain.member import Member
from services.store.ports import Store, Transaction

EDITABLE_FOR = timedelta(minutes=10)
"""After the brief was sent. Who edits later mends a spelling, and the team has read the ideas."""
PLACEHOLDER_PATIENCE = 15
PLACEHOLDER_PAUSE_SECONDS = 0.1
_OVER_AND_EMPTY = (GenerationState.FAILED, GenerationState.STOPPED)
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Edit:
    """Times are Telegram's, so an edit that waited for a restart is as old as when it was made."""

    text: str
    material: str | None
    sent_at: datetime
    edited_at: datetime


class RerunEditedBrief:
    def __init__(self, store: Store, runner: GenerationRunner, sleep: Sleep = asyncio.sleep) -> None:
        self._store = store
        self._runner = runner
        self._sleep = sleep

    async def __call__(
        self, member: Member, address: ChatAddress, edit: Edit, *, task: Task, language: Language
    ) -> Generation | None:
        """The new attempt; None when there is nothing to do: no brief in that message, an old edit, the same words, an
        approved attempt. The former text is kept; what comes too soon is kept as a failed attempt. The
        same edit arriving twice, or after a later one, changes nothing.

        Raises BriefTooLong, FilterUnclear.
        """
        if not member.is_active or address.message_id is None or edit.edited_at - edit.sent_at > EDITABLE_FOR:
            return None
        try:
            text = checked_brief(edit.text)
        except EmptyBrief:
            return None
        await self._let_placeholder_appear(task, address.chat_id, address.message_id)
        async with self._store.transaction() as tx:
            brief = await _locked(tx, task, address.chat_id, address.message_id)
            if brief is None or brief.member_id != member.id or not await _is_news(tx, brief, text, edit):
                return None
            attempts = await tx.generations.attempts(brief.id)
            if any(attempt.state is GenerationState.APPROVED for attempt in attempts):
                return None
            stopped = await _end_unfinished(tx, attempts)
            brief = await tx.briefs.revise(
                brief,
                text,
                material=checked_material(edit.material),
                language=detect_language(without_filters(task, text), language),
                at=edit.edited_at,
            )
            fresh = await tx.generations.add(
                brief.id, member.id, reply_to=brief.address, placeholder=_shown_in(brief, attempts)
            )
            fresh = await kept_if_too_soon(tx, fresh, await self._runner.admit(tx, member))
            await tx.audit.add("brief_edited", member.id, brief=brief.id, revision=brief.revision)
        for generation_id in stopped:
            self._runner.stop(generation_id)
        go_on(self._runner, fresh)
        return fresh

    async def _let_placeholder_appear(self, task: Task, chat_id: int, message_id: int) -> None:
        """A brief and its edit may come in one batch, after a restart: the message of the first attempt is on its way
        then, and a second one must not appear beside it."""
        for _ in range(PLACEHOLDER_PATIENCE):
            async with self._store.reading() as tx:
                brief = await tx.briefs.carried_by(task, chat_id, message_id)
                attempts = await tx.generations.attempts(brief.id) if brief else ()
            if not any(a.state is GenerationState.RUNNING and a.placeholder is None for a in attempts):
                return
            await self._sleep(PLACEHOLDER_PAUSE_SECONDS)


async def _locked(tx: Transaction, task: Task, chat_id: int, message_id: int) -> Brief | None:
    brief = await tx.briefs.carried_by(task, chat_id, message_id)
    return await tx.briefs.lock(brief.id) if brief else None


async def _is_news(tx: Transaction, brief: Brief, text: str, edit: Edit) -> bool:
    """Telegram counts edits in seconds: of two in one second, the words tell which is known already."""
    if text == brief.text:
        return False
    return not any(
        former.replaced_at > edit.edited_at or (former.replaced_at == edit.edited_at and former.text == text)
        for former in await tx.briefs.revisions(brief.id)
    )


async def _end_unfinished(tx: Transaction, attempts: Sequence[Generation]) -> list[int]:
    """Attempts at the old text that have nothing to show are over, and silently: their message gets the new one."""
    ended = []
    for attempt in attempts:
        current: Generation | None = attempt
        if attempt.state in ACTIVE_STATES:
            current = await tx.generations.transition(
                attempt.id, expected_version=attempt.version, to=GenerationState.STOPPED
            )
            ended.append(attempt.id)
        if current is not None and current.state in _OVER_AND_EMPTY:
            await tx.generations.transition(current.id, expected_version=current.version, to=GenerationState.SUPERSEDED)
    return ended


def _shown_in(brief: Brief, attempts: Sequence[Generation]) -> ChatAddress | None:
    shown = [a.placeholder for a in attempts if a.placeholder and a.placeholder.chat_id == brief.address.chat_id]
    return shown[-1] if shown else None
