"""Whose budget is meant, as people write it."""

from dataclasses import dataclass

from services.assistant.halts.report_halts import find_project
from services.domain.budget import EVERY_ONE, BudgetScope
from services.domain.chat import Chat
from services.domain.errors import StaleAction
from services.domain.member import Member, MemberStatus
from services.store.ports import Transaction


@dataclass(frozen=True, slots=True)
class BudgetTarget:
    scope: BudgetScope
    name: str = ""
    """Of a person (with or without @) or a project; empty for the team, for this chat and for the chat's project."""
    is_every_one: bool = False
    scope_id: int | None = None
    """Known already: nothing is looked for."""
    telegram_id: int | None = None
    """Of a person who has no username and was picked from a list."""


async def find_target(tx: Transaction, target: BudgetTarget, chat: Chat) -> int:
    """The id in its scope. Raises StaleAction for a person or a project that does not exist."""
    if target.scope_id is not None:
        return target.scope_id
    if target.is_every_one or target.scope is BudgetScope.TEAM:
        return EVERY_ONE
    if target.scope is BudgetScope.CHAT:
        return chat.id
    if target.scope is BudgetScope.PROJECT:
        return (await find_project(tx, target.name)).id if target.name else chat.project_id
    return (await _find_person(tx, target)).id


async def _find_person(tx: Transaction, target: BudgetTarget) -> Member:
    people = await tx.members.list(status=MemberStatus.ACTIVE)
    wanted = target.name.removeprefix("@").casefold()
    by_id = [one for one in people if one.telegram_id == target.telegram_id]
    by_username = [one for one in people if (one.username or "").casefold() == wanted]
    by_name = [one for one in people if one.name.casefold() == wanted or one.name.split()[0].casefold() == wanted]
    for found in (by_id, by_username, by_name):
        if len(found) == 1:
            return found[0]
        if found:
            raise StaleAction("several people have this name", state="people_many")
    raise StaleAction("no such person", state="person_unknown")
