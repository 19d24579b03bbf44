"""Put the outcome on the person's screen, and note that it is there.

An outcome is an edit of a recorded message, so showing it twice changes nothing. What must not happen is that an old
one comes over something newer: a process may be frozen between the end of its attempt and this moment.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from loguru import logger

from services.assistant.attempts import viewer_in
from services.assistant.cards import build_card
from services.assistant.ports import Card, Failure, NotShown, Presentation, ScreenRecord
from services.assistant.shown_attempts import remember_shown
from services.assistant.stages.patience import patiently
from services.assistant.stages.run import Run
from services.assistant.stages.stored_screen import StoredScreen
from services.assistant.stages.voice_reply import VoiceReply
from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.errors import GenerationHalted
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import ACTIVE_STATES, Generation, GenerationState
from services.domain.idea import Draft
from services.domain.member import Member
from services.llm.draft_reader import DraftReader
from services.store.ports import Store, Transaction

Outcome = Card | Failure


class Deliver:
    def __init__(self, store: Store, voice: VoiceReply | None = None) -> None:
        """`voice`: None where answers are not read aloud."""
        self._store = store
        self._voice = voice

    def record(self, generation: Generation, *, may_preview: Callable[[], bool] = bool) -> ScreenRecord:
        """`may_preview`: of a run, whether it holds its lease; who shows an outcome has none and draws no previews."""
        return StoredScreen(self._store, generation, may_preview)

    async def __call__(self, screen: Presentation, outcome: Outcome) -> None:
        """Show it, unless that is done already or the message shows a newer attempt. What Telegram did not take now is
        left `undelivered`, for the sweep."""
        due = await self._due(outcome)
        if due is None:
            return
        generation = due.generation
        try:
            shown_in = await (screen.finish(due) if isinstance(due, Card) else screen.fail(due))
        except NotShown as error:
            logger.warning("the outcome of generation {} is shown later: {}", generation.id, error)
            return
        if shown_in is None:
            return  # another process shows it, in a message of its own
        reached(FailPoint.FINAL_SHOWN)
        is_heard = await patiently(partial(self._note, generation.id, shown_in if isinstance(due, Card) else None))
        reached(FailPoint.DELIVERY_NOTED)
        if is_heard and self._voice is not None:
            await self._voice.hint()

    async def stopped(self, run: Run) -> Failure | None:
        """What to show when the lease is gone: the stop, if a person stopped it; nothing, if another process has it."""
        async with self._store.reading() as tx:
            current = await tx.generations.get(run.id)
        if current is None or current.state is not GenerationState.STOPPED:
            return None
        kept = kept_draft(current, run.brief.task)
        return Failure(current, run.brief, "stopped", run.language, retryable=True, partial=kept)

    async def show_again(self, overtaken: Generation) -> None:
        """A process that was frozen may let a last preview go before it notices that another has its attempt: what the
        message shows by now is drawn once more, by the sweep."""
        async with self._store.transaction() as tx:
            current = await tx.generations.get(overtaken.id)
            shown = await _shown_where(tx, current) if current else None
            shown = shown or current
            if shown is not None and shown.state not in _NOTHING_TO_SHOW:
                await tx.generations.mark_undelivered(shown.id)

    async def read_again(self, generation_id: int) -> Outcome | None:
        """The outcome of an attempt as the database has it; None when there is nothing to show."""
        async with self._store.reading() as tx:
            generation = await tx.generations.get(generation_id)
            brief = await tx.briefs.get(generation.brief_id) if generation else None
            if generation is None or brief is None or generation.state in _NOTHING_TO_SHOW:
                return None
            asker = await tx.members.get(generation.requested_by)
            viewer = viewer_in(asker, brief.address) if asker else None
            card = await build_card(tx, generation, brief=brief, viewer=viewer)
        kept = kept_draft(generation, brief.task)
        if generation.state is GenerationState.FAILED:
            code = generation.error_code or "internal"
            may_grant = may_be_granted(brief, asker)
            return Failure(generation, brief, code, card.language, retryable=True, partial=kept, may_grant=may_grant)
        if generation.state is GenerationState.STOPPED:
            return Failure(generation, brief, "stopped", card.language, retryable=True, partial=kept)
        return card

    async def _due(self, outcome: Outcome) -> Outcome | None:
        known = outcome.generation
        async with self._store.reading() as tx:
            current = await tx.generations.get(known.id)
            newest = await _shown_where(tx, current) if current else None
        if current is None or current.state in _NOTHING_TO_SHOW:
            return None
        if newest is not None and newest.id != current.id:
            logger.info("generation {} comes late: its message shows generation {}", current.id, newest.id)
            await patiently(partial(self._note, current.id, None))
            return None
        # A stop is drawn again by whoever was writing: a last preview of theirs may have come over it.
        if current.delivered_at is not None and current.state is not GenerationState.STOPPED:
            return None
        if current.version != known.version:
            return await self.read_again(current.id)  # decided, or stopped, meanwhile
        return replace(outcome, generation=current)

    async def _note(self, generation_id: int, shown_in: ChatAddress | None) -> bool:
        """`shown_in` shows this attempt from now on, whatever page it showed before: replies to it mean this one.
        True: it is going to be read aloud as well."""
        async with self._store.transaction() as tx:
            await tx.generations.mark_delivered(generation_id)
            shown = await tx.generations.get(generation_id)
            newest = await _shown_where(tx, shown) if shown else None
            if newest is not None and newest.id != generation_id:
                # Between the look and the edit a newer attempt got the message: what it shows is drawn again.
                if newest.state not in ACTIVE_STATES:
                    await tx.generations.mark_undelivered(newest.id)
            elif shown_in is not None and shown_in.message_id is not None:
                await remember_shown(tx, shown_in, generation_id)
                if shown is not None and self._voice is not None:
                    return await self._voice.ask_for(tx, shown, shown_in)
        return False


_NOTHING_TO_SHOW = ACTIVE_STATES | {GenerationState.SUPERSEDED}
"""Another run is under way, or a newer attempt has the message."""


async def _shown_where(tx: Transaction, generation: Generation) -> Generation | None:
    """The newest attempt that has this one's message."""
    at = generation.placeholder
    if at is None or at.message_id is None:
        return None
    return await tx.generations.by_message(at.chat_id, at.message_id)


def kept_draft(generation: Generation, task: Task) -> Draft | None:
    """As much as had been saved when it was stopped by a person, or by the kill switch."""
    is_stopped = generation.state is GenerationState.STOPPED or generation.error_code == GenerationHalted.code
    return DraftReader(task).read_partial(generation.text) if is_stopped and generation.text else None


def may_be_granted(brief: Brief, asker: Member | None) -> bool:
    """More money, by whoever reads the outcome: in a group an admin may be among them."""
    return not brief.address.is_private or (asker is not None and asker.may_administer)
