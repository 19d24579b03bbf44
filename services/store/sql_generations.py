"""Attempts. Every change of state is one guarded UPDATE: the database decides who was first, not the process."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, or_, select, text, update

from services.domain.chat import ChatAddress
from services.domain.generation import ACTIVE_STATES, TRANSITIONS, Chip, Generation, GenerationState, PromptRelease
from services.domain.idea import Draft
from services.domain.usage import Usage
from services.store.draft_json import draft_to_json
from services.store.generation_row import address_values, prompt_values, to_generation, usage_to_json
from services.store.sql_connection import SqlRepository
from services.store.tables import briefs, generations
from services.store.tables_work import UNDELIVERED

QUEUED, RUNNING = GenerationState.QUEUED, GenerationState.RUNNING


class SqlGenerations(SqlRepository):
    async def add(
        self,
        brief_id: int,
        requested_by: int,
        *,
        parent_id: int | None = None,
        chip: Chip | None = None,
        instruction: str = "",
        reply_to: ChatAddress | None = None,
        placeholder: ChatAddress | None = None,
    ) -> Generation:
        shown_there = await self.by_message(placeholder.chat_id, placeholder.message_id or 0) if placeholder else None
        # The counter's row lock gives concurrent attempts of one brief their numbers one by one.
        brief = await self._sql.the_row(
            update(briefs).where(briefs.c.id == brief_id).values(attempts=briefs.c.attempts + 1).returning(briefs)
        )
        row = await self._sql.the_row(
            self._sql.insert(generations)
            .values(
                brief_id=brief_id,
                number=brief.attempts,
                brief_revision=brief.revision,
                state=QUEUED,
                version=1,
                requested_by=requested_by,
                parent_id=parent_id,
                chip=chip,
                instruction=instruction,
                text="",
                text_complete=False,
                parameters={},
                lease_token=0,
                **dict.fromkeys(("created_at", "queued_at"), self._sql.now()),
                **(address_values("reply_to", reply_to) | address_values("placeholder", placeholder)),
                continuation=list(shown_there.continuation) or None if shown_there else None,
            )
            .returning(generations)
        )
        return to_generation(row)

    async def get(self, generation_id: int) -> Generation | None:
        row = await self._sql.row(select(generations).where(generations.c.id == generation_id))
        return to_generation(row) if row else None

    async def attempts(self, brief_id: int) -> Sequence[Generation]:
        query = select(generations).where(generations.c.brief_id == brief_id).order_by(generations.c.number)
        return [to_generation(row) for row in await self._sql.rows(query)]

    async def by_message(self, chat_id: int, message_id: int) -> Generation | None:
        row = await self._sql.row(
            select(generations)
            .where(
                generations.c.placeholder_chat_id == chat_id,
                generations.c.placeholder_message_id == message_id,
            )
            .order_by(generations.c.id.desc())
            .limit(1)
        )
        return to_generation(row) if row else None

    async def recent(
        self, *, member_id: int | None = None, chat_id: int | None = None, limit: int = 10
    ) -> Sequence[Generation]:
        query = select(generations).order_by(generations.c.id.desc()).limit(limit)
        if member_id is not None:
            query = query.where(generations.c.requested_by == member_id)
        if chat_id is not None:
            query = query.join(briefs, briefs.c.id == generations.c.brief_id).where(briefs.c.chat_id == chat_id)
        return [to_generation(row) for row in await self._sql.rows(query)]

    async def failed_with(self, error_code: str, limit: int) -> Sequence[Generation]:
        c = generations.c
        failed = select(generations).where(c.state == GenerationState.FAILED, c.error_code == error_code)
        return [to_generation(row) for row in await self._sql.rows(failed.order_by(c.id.desc()).limit(limit))]

    async def transition(
        self,
        generation_id: int,
        *,
        expected_version: int,
        to: GenerationState,
        error_code: str | None = None,
        error_facts: dict[str, int | str] | None = None,
    ) -> Generation | None:
        sources = [state for state, targets in TRANSITIONS.items() if to in targets]
        values: dict[str, Any] = {"lease_owner": None, "lease_until": None}
        if to in ACTIVE_STATES:
            values |= {"error_code": None, "error_facts": None, "finished_at": None, "delivered_at": None}
        elif to in TRANSITIONS[RUNNING]:  # an end of the run itself; later decisions leave its end as it was
            values["finished_at"] = self._sql.now()
        if error_code is not None:
            values |= {"error_code": error_code, "error_facts": error_facts}
        if to is QUEUED:  # given back it keeps its place, as if it had not had its turn; a Retry waits anew
            given_back = generations.c.state == RUNNING
            values["queued_at"] = case((given_back, generations.c.queued_at), else_=self._sql.now())
            values["started_at"] = case((given_back, None), else_=generations.c.started_at)
        return await self._move(
            generation_id, to, generations.c.version == expected_version, generations.c.state.in_(sources), **values
        )

    async def claim(
        self, generation_id: int, owner: str, until: datetime, now: datetime, *, started_at: datetime | None = None
    ) -> Generation | None:
        row = await self._sql.row(
            update(generations)
            .where(generations.c.id == generation_id, _claimable(now))
            .values(
                state=RUNNING,
                # Taking over a running attempt changes no state: the Stop button on the screen stays valid.
                version=case((generations.c.state == QUEUED, generations.c.version + 1), else_=generations.c.version),
                started_at=case((generations.c.state == QUEUED, started_at or now), else_=generations.c.started_at),
                lease_owner=owner,
                lease_token=generations.c.lease_token + 1,
                lease_until=until,
            )
            .returning(generations)
        )
        return to_generation(row) if row else None

    async def renew(self, generation_id: int, token: int, until: datetime) -> bool:
        return await self._write_leased(generation_id, token, lease_until=until)

    async def claimable(self, now: datetime, limit: int = 100) -> Sequence[int]:
        query = select(generations.c.id).where(_claimable(now)).order_by(generations.c.id).limit(limit)
        return [row.id for row in await self._sql.rows(query)]

    async def holds(self, generation_id: int, token: int) -> bool:
        query = select(generations.c.id).where(generations.c.id == generation_id, *_leased(token))
        return await self._sql.row(query.with_for_update()) is not None

    async def owners(self, now: datetime) -> Sequence[str]:
        owner = generations.c.lease_owner
        running = select(owner).where(generations.c.state == RUNNING, generations.c.lease_until >= now)
        showing = select(owner).where(text(UNDELIVERED))
        found = (await self._sql.rows(query.where(owner.is_not(None)).distinct()) for query in (running, showing))
        return sorted({row.lease_owner async for rows in found for row in rows})

    async def forsake(self, owner: str) -> int:
        its_own = generations.c.lease_owner == owner
        runs = update(generations).where(generations.c.state == RUNNING, its_own).values(lease_until=None)
        finals = update(generations).where(text(UNDELIVERED), its_own).values(lease_owner=None)
        return await self._sql.run(runs) + await self._sql.run(finals)

    async def set_placeholder(
        self, generation_id: int, token: int, placeholder: ChatAddress, *, instead_of: ChatAddress | None = None
    ) -> bool:
        shown_in = generations.c.placeholder_message_id
        known = [address.message_id for address in (placeholder, instead_of) if address is not None]
        unchanged = or_(shown_in.is_(None), *(shown_in == one for one in known))  # None: not yet, or its chat has moved
        return await self._write_shown(generation_id, token, unchanged, **address_values("placeholder", placeholder))

    async def set_continuation(self, generation_id: int, token: int, message_ids: Sequence[int]) -> bool:
        return await self._write_shown(generation_id, token, continuation=list(message_ids) or None)

    async def set_prompt(
        self, generation_id: int, token: int, prompt: PromptRelease, model: str, parameters: dict[str, Any]
    ) -> bool:
        return await self._write_leased(
            generation_id, token, model=model, parameters=parameters, **prompt_values(prompt)
        )

    async def save_text(
        self, generation_id: int, token: int, text: str, *, complete: bool, usage: Usage | None = None
    ) -> bool:
        values: dict[str, Any] = {"text": text, "text_complete": complete}
        if usage is not None:
            values["usage"] = usage_to_json(usage)
        return await self._write_leased(generation_id, token, **values)

    async def finish(
        self,
        generation_id: int,
        token: int,
        state: GenerationState,
        *,
        draft: Draft | None = None,
        usage: Usage | None = None,
        error_code: str | None = None,
        error_facts: dict[str, int | str] | None = None,
        now: datetime,
    ) -> Generation | None:
        if state not in TRANSITIONS[RUNNING]:
            raise ValueError(f"a run does not end as {state}")
        values: dict[str, Any] = {"lease_until": None}  # the owner goes on to show it
        values |= {"error_code": error_code, "error_facts": error_facts}
        values["delivered_at"] = None  # of a former run, which was retried
        values["finished_at"] = None if state in ACTIVE_STATES else now
        if draft is not None:
            values["draft"] = draft_to_json(draft)
        if usage is not None:
            values["usage"] = usage_to_json(usage)
        return await self._move(generation_id, state, *_leased(token), **values)

    async def mark_delivered(self, generation_id: int) -> None:
        await self._sql.run(
            update(generations)
            .where(generations.c.id == generation_id)
            .values(
                delivered_at=self._sql.now(),
                lease_owner=case((generations.c.state == RUNNING, generations.c.lease_owner), else_=None),
            )
        )

    async def mark_undelivered(self, generation_id: int) -> None:
        await self._sql.run(update(generations).where(generations.c.id == generation_id).values(delivered_at=None))

    async def undelivered(self, finished_before: datetime, limit: int = 100) -> Sequence[int]:
        # Who stopped an attempt released its lease, and shows the stop now.
        forsaken = generations.c.lease_owner.is_(None) & (generations.c.state != GenerationState.STOPPED)
        query = (
            select(generations.c.id)
            .where(text(UNDELIVERED), or_(generations.c.finished_at < finished_before, forsaken))
            .order_by(generations.c.finished_at)
            .limit(limit)
        )
        return [row.id for row in await self._sql.rows(query)]

    async def _move(
        self, generation_id: int, to: GenerationState, *guards: ColumnElement[bool], **values: Any
    ) -> Generation | None:
        row: Row[Any] | None = await self._sql.row(
            update(generations)
            .where(generations.c.id == generation_id, *guards)
            .values(state=to, version=generations.c.version + 1, **values)
            .returning(generations)
        )
        return to_generation(row) if row else None

    async def _write_leased(self, generation_id: int, token: int, **values: Any) -> bool:
        written = update(generations).where(generations.c.id == generation_id, *_leased(token)).values(**values)
        return await self._sql.run(written) == 1

    async def _write_shown(self, generation_id: int, token: int, *guards: ColumnElement[bool], **values: Any) -> bool:
        """As long as nobody else took the attempt, and its outcome is not shown."""
        to_show = or_(generations.c.state.in_((QUEUED, RUNNING)), text(f"({UNDELIVERED})"))
        mine = (generations.c.id == generation_id, generations.c.lease_token == token)
        return await self._sql.run(update(generations).where(*mine, to_show, *guards).values(**values)) == 1


def _leased(token: int) -> tuple[ColumnElement[bool], ...]:
    """The run that holds this fencing token is still the one that counts."""
    return generations.c.lease_token == token, generations.c.state == RUNNING


def _claimable(now: datetime) -> ColumnElement[bool]:
    expired = or_(generations.c.lease_until.is_(None), generations.c.lease_until < now)
    return or_(generations.c.state == QUEUED, (generations.c.state == RUNNING) & expired)
