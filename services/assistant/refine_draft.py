"""A reply to a draft: its words refine the attempt that the message shows."""

from services.assistant.admission import go_on, kept_if_too_soon
from services.assistant.attempts import open_desk, refuse_settled
from services.assistant.brief_text import checked_brief
from services.assistant.ports import GenerationRunner
from services.assistant.shown_attempts import attempt_shown_by
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed
from services.domain.generation import Generation, GenerationState
from services.domain.member import Member
from services.domain.review import Verdict
from services.store.ports import Store


class RefineDraft:
    def __init__(self, store: Store, runner: GenerationRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, target: ChatAddress, address: ChatAddress, text: str) -> Generation | None:
        """The new attempt, shown in a new message under the person's words; None when `target` shows no attempt.

        The same reply arriving twice finds the attempt it started; what comes too soon is kept as a failed one.
        Raises EmptyBrief, BriefTooLong, NotAllowed, StaleAction.
        """
        if not member.is_active:
            raise NotAllowed
        instruction = checked_brief(text)
        async with self._store.transaction() as tx:
            parent = await attempt_shown_by(tx, target)
            if parent is None:
                return None
            desk = await open_desk(tx, member, parent.id, target)
            repeated = next((a for a in desk.attempts if a.reply_to == address and a.parent_id is not None), None)
            if repeated is None:
                await refuse_settled(tx, desk)
                seconds = await self._runner.admit(tx, member)
                if not seconds and desk.pressed.state is GenerationState.IN_REVIEW:
                    await tx.generations.transition(
                        parent.id, expected_version=desk.pressed.version, to=GenerationState.CHANGES_REQUESTED
                    )
                    await tx.reviews.add(
                        parent.id, desk.pressed.version, member.id, Verdict.CHANGES_REQUESTED, instruction
                    )
                generation = await tx.generations.add(
                    desk.brief.id, member.id, parent_id=parent.id, instruction=instruction, reply_to=address
                )
                generation = await kept_if_too_soon(tx, generation, seconds)
            else:
                generation = repeated
        go_on(self._runner, generation)
        return generation
