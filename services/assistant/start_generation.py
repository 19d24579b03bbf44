"""A brief has arrived: record it with its first attempt, and wake the runner."""

from services.assistant.admission import go_on, kept_if_too_soon
from services.assistant.brief_text import checked_brief, checked_material, without_filters
from services.assistant.ports import GenerationRunner
from services.assistant.stages.run import Run
from services.domain.brief import Brief, Task
from services.domain.chat import Chat, ChatAddress
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import Generation
from services.domain.language import Language, detect_language
from services.domain.member import Member
from services.store.ports import Store, Transaction


class StartGeneration:
    def __init__(self, store: Store, runner: GenerationRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(
        self,
        member: Member,
        chat: Chat,
        address: ChatAddress,
        text: str,
        *,
        task: Task,
        language: Language,
        material: str | None = None,
    ) -> Generation:
        """The first attempt. The same message arriving twice finds the attempt it started the first time. What comes
        too soon is kept as a failed one.

        `material`: what was quoted, replied to or forwarded; data for the work, never an order.
        `language` is the interface's, taken when the text itself has no letters of either alphabet.
        Raises EmptyBrief, BriefTooLong, FilterUnclear.
        """
        brief_text = checked_brief(text)
        spoken = detect_language(without_filters(task, brief_text), language)
        async with self._store.transaction() as tx:
            brief, is_new = await tx.briefs.add(
                task,
                address,
                project_id=chat.project_id,
                member_id=member.id,
                text=brief_text,
                material=checked_material(material),
                language=spoken,
            )
            if not is_new:
                generation, claimed = (await tx.generations.attempts(brief.id))[0], None
            else:
                generation, claimed = await self._begin(tx, brief, member, address)
        reached(FailPoint.BRIEF_STORED)
        go_on(self._runner, generation, claimed)
        return claimed.generation if claimed else generation

    async def _begin(
        self, tx: Transaction, brief: Brief, member: Member, address: ChatAddress
    ) -> tuple[Generation, Run | None]:
        seconds = await self._runner.admit(tx, member)
        generation = await tx.generations.add(brief.id, member.id, reply_to=address)
        if seconds:
            return await kept_if_too_soon(tx, generation, seconds), None
        return generation, await self._runner.claim_new(tx, generation, brief, member)
