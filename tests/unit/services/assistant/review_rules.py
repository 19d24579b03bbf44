"""The rules of reviewing as a person would state them, to compare the use cases with. Nothing here asks the code."""

from dataclasses import dataclass, field

from services.domain.chat import ChatAddress
from services.domain.generation import Generation, GenerationState
from services.domain.member import Member
from services.domain.review import Review, Verdict
from services.store.ports import Store

S = GenerationState
ACTIVE = {S.QUEUED, S.RUNNING}
UNDER_REVIEW = {S.IN_REVIEW, S.EXPIRED}
APPROVABLE = UNDER_REVIEW | {S.CHANGES_REQUESTED, S.REJECTED, S.SUPERSEDED}
ENDED_WITH_NOTHING = {S.FAILED, S.STOPPED}


@dataclass
class Picture:
    """One brief, as the rows say."""

    author: Member
    home: int
    """Chat of the brief."""
    attempts: dict[int, Generation] = field(default_factory=dict)
    reviews: dict[int, list[Review]] = field(default_factory=dict)

    @property
    def approved(self) -> list[Generation]:
        return [one for one in self.attempts.values() if one.state is S.APPROVED]

    @property
    def is_settled(self) -> bool:
        """Nothing may be pressed: approved, or being written."""
        return bool(self.approved) or any(one.state in ACTIVE for one in self.attempts.values())

    @property
    def waiting(self) -> list[Generation]:
        if self.approved:
            return []
        return [
            one
            for one in self.attempts.values()
            if one.state is S.IN_REVIEW
            and not any(
                other.number > one.number and other.state not in ENDED_WITH_NOTHING for other in self.attempts.values()
            )
        ]

    def is_shown(self, member: Member, message: ChatAddress) -> bool:
        return message.chat_id in (self.home, member.telegram_id)

    def may_decide(self, member: Member, one: Generation, version: int, message: ChatAddress, verdict: Verdict) -> bool:
        sources = APPROVABLE if verdict is Verdict.APPROVED else UNDER_REVIEW
        return (
            member.may_approve
            and self.is_shown(member, message)
            and not self.is_settled
            and one.version == version
            and one.state in sources
        )

    def may_change(self, member: Member, one: Generation, version: int, message: ChatAddress) -> bool:
        """Another attempt is made out of this one."""
        return member.is_active and self.is_shown(member, message) and not self.is_settled and one.version == version

    def may_retry(self, member: Member, one: Generation, version: int, message: ChatAddress) -> bool:
        return self.may_change(member, one, version, message) and one.state in ENDED_WITH_NOTHING

    def may_submit(self, member: Member, one: Generation, version: int, message: ChatAddress) -> bool:
        return self.may_change(member, one, version, message) and one.state in APPROVABLE

    def may_stop(self, member: Member, one: Generation, message: ChatAddress) -> bool:
        asked = member.may_approve or member.id == one.requested_by
        return asked and self.is_shown(member, message) and one.state in ACTIVE


async def picture(store: Store, brief_id: int, author: Member) -> Picture:
    async with store.reading() as tx:
        brief = await tx.briefs.get(brief_id)
        assert brief is not None
        attempts = await tx.generations.attempts(brief_id)
        reviews = {one.id: list(await tx.reviews.of_generation(one.id)) for one in attempts}
    return Picture(author, brief.address.chat_id, {one.id: one for one in attempts}, reviews)
