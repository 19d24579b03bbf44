"""Another attempt, asked for by a button or a word: with a ready reason, with one's own words, or just again."""

from services.assistant.admission import go_on, kept_if_too_soon
from services.assistant.attempts import Desk, open_desk, refuse_settled
from services.assistant.brief_text import clean_text
from services.assistant.ports import GenerationRunner
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction, TooManyRequests
from services.domain.generation import Chip, Generation, GenerationState
from services.domain.member import Member
from services.domain.review import Verdict
from services.store.ports import Store, Transaction


class RegenerateDraft:
    def __init__(self, store: Store, runner: GenerationRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(
        self,
        member: Member,
        generation_id: int,
        version: int,
        message: ChatAddress,
        *,
        chip: Chip | None = None,
        instruction: str = "",
        asked_in: ChatAddress | None = None,
    ) -> Generation:
        """The new attempt; it is shown in the message whose button was pressed. `asked_in`: there was no button, the
        words of this message asked for it: it is shown in a new message under them, and the same words coming twice
        find the attempt they started. Words that come too soon are kept as a failed attempt in a message of its own.
        Raises NotAllowed, StaleAction, and of a mere press TooManyRequests."""
        if not member.is_active:
            raise NotAllowed
        async with self._store.transaction() as tx:
            desk = await open_desk(tx, member, generation_id, message)
            if asked_in is not None and (repeated := _asked_in(desk, asked_in)) is not None:
                return repeated
            await _check_current(tx, desk, version)
            seconds = await self._runner.admit(tx, member)
            if not seconds:
                await _send_back(tx, desk.pressed, member, instruction or (chip.value if chip else ""))
            elif not instruction and asked_in is None:
                raise TooManyRequests(seconds=seconds)
            generation = await tx.generations.add(
                desk.brief.id,
                member.id,
                parent_id=generation_id,
                chip=chip,
                instruction=clean_text(instruction),
                reply_to=asked_in or desk.brief.address,
                placeholder=None if asked_in or seconds else _beginning(desk.pressed, message),
            )
            generation = await kept_if_too_soon(tx, generation, seconds)
            await tx.audit.add("regenerate", member.id, generation=generation.id, parent=generation_id)
        go_on(self._runner, generation)
        return generation


async def _check_current(tx: Transaction, desk: Desk, version: int) -> None:
    await refuse_settled(tx, desk)
    if desk.pressed.version != version:
        raise StaleAction("older version", state=desk.pressed.state.value)


async def _send_back(tx: Transaction, pressed: Generation, member: Member, comment: str) -> None:
    if pressed.state is not GenerationState.IN_REVIEW:
        return
    await tx.generations.transition(pressed.id, expected_version=pressed.version, to=GenerationState.CHANGES_REQUESTED)
    await tx.reviews.add(pressed.id, pressed.version, member.id, Verdict.CHANGES_REQUESTED, comment)


def _asked_in(desk: Desk, words: ChatAddress) -> Generation | None:
    return next((one for one in desk.attempts if one.reply_to == words and one.parent_id is not None), None)


def _beginning(pressed: Generation, message: ChatAddress) -> ChatAddress | None:
    """Where the new attempt grows: in the first message of a long outcome, whose buttons are under the last."""
    if message.message_id is None:
        return None
    return pressed.placeholder if pressed.is_shown_in(message) else message
