"""Who is to hear that a draft waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.domain.chat import ChatAddress
from services.domain.member import Member, MemberStatus, Role
from services.domain.waiting import ESCALATION, WaitingDraft
from services.store.ports import Transaction


@dataclass(frozen=True, slots=True)
class Recipients:
    """Either `people`, each in private, or the chat where the draft is shown, with `people` named there."""

    people: tuple[Member, ...]
    chat: ChatAddress | None = None
    is_escalation: bool = False
    nobody_else: bool = False
    """Everybody who may decide was asked before: it went to the administrators."""

    @property
    def addresses(self) -> tuple[ChatAddress, ...]:
        return (self.chat,) if self.chat else tuple(ChatAddress(one.telegram_id) for one in self.people)


@dataclass(frozen=True, slots=True)
class Deciders:
    """Active people who may approve and can be reached in private, approvers first."""

    people: tuple[Member, ...]

    @classmethod
    async def read(cls, tx: Transaction) -> "Deciders":
        active = [one for one in await tx.members.list(status=MemberStatus.ACTIVE) if one.may_approve]
        reachable = [one for one in active if not await is_closed(tx, one.telegram_id)]
        return cls(tuple(sorted(reachable, key=lambda one: (one.role is Role.ADMIN, one.id))))

    async def for_draft(self, tx: Transaction, draft: WaitingDraft) -> Recipients:
        """Those who were sent the draft; without any, the group it is shown in; in the last round, and where nobody of
        them can be reached any more, somebody new."""
        if draft.round < ESCALATION:
            if draft.asked:
                asked = tuple(one for one in self.people if one.id in draft.asked)
                if asked:
                    return Recipients(asked)
            elif not await is_closed(tx, draft.brief_address.chat_id):
                return Recipients(self.named_in_groups(draft), draft.brief_address.at(None))
        return self._somebody_else(draft)

    def named_in_groups(self, draft: WaitingDraft) -> tuple[Member, ...]:
        """Approvers; where there are none, administrators."""
        others = [one for one in self.people if one.id != draft.generation.requested_by]
        return tuple(one for one in others if one.role is Role.APPROVER) or tuple(others)

    def _somebody_else(self, draft: WaitingDraft) -> Recipients:
        asked = set(draft.asked) or {one.id for one in self.named_in_groups(draft)}
        others = [one for one in self.people if one.id != draft.generation.requested_by]
        fresh = [one for one in others if one.id not in asked]
        if fresh:
            return Recipients((fresh[0],), is_escalation=True)
        admins = tuple(one for one in others if one.role is Role.ADMIN)
        return Recipients(admins or tuple(others), is_escalation=True, nobody_else=True)


async def is_closed(tx: Transaction, chat_id: int) -> bool:
    chat = await tx.chats.get(chat_id)
    return chat is not None and chat.closed_at is not None


def names_of(people: Sequence[Member]) -> list[dict[str, int | str]]:
    """JSON, for a mention."""
    return [{"telegram_id": one.telegram_id, "name": one.name} for one in people]
