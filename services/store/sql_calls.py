"""The ledger of model calls."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, case, cast, func, literal, or_, select, text, update

from services.domain.errand import Errand
from services.domain.generation import GenerationState
from services.domain.lease import RECORDING_LEASE
from services.domain.usage import CallContext, CallOutcome, CallReport, StartedCall
from services.store.generation_row import prompt_values
from services.store.ports import CallTotals
from services.store.ports_operation import SettledCall
from services.store.sql_connection import SqlRepository
from services.store.sql_spending import SqlSpending
from services.store.tables import generations, job_leases, model_calls
from services.store.tables_operation import STARTED

_STARTED = select(
    model_calls.c.id,
    model_calls.c.provider,
    model_calls.c.model,
    model_calls.c.tokens_in,
    model_calls.c.generation_id,
    model_calls.c.recording_id,
    model_calls.c.audio_ms,
    model_calls.c.characters,
).where(text(STARTED))  # spelled out, so that the index of the few is found


class SqlCalls(SqlRepository):
    async def start(self, errand: Errand, day: date, owner: str | None = None) -> int:
        context = errand.context
        row = await self._sql.the_row(
            self._sql.insert(model_calls)
            .values(
                task=context.task,
                project_id=context.project_id,
                member_id=context.member_id,
                chat_id=context.chat_id,
                role=errand.role,
                brief_id=context.brief_id,
                generation_id=context.generation_id,
                recording_id=context.recording_id,
                lease_token=context.lease_token,
                provider=errand.provider,
                model=errand.model,
                outcome=CallOutcome.STARTED,
                tokens_in=errand.tokens_in,
                audio_ms=errand.audio_ms,
                characters=errand.characters,
                usage_estimated=True,
                reserved_microusd=errand.most_microusd,
                budget_day=day,
                owner=owner,
                started_at=self._sql.now(),
                **prompt_values(errand.prompt),
            )
            .returning(model_calls.c.id)
        )
        return int(row.id)

    async def finish(self, call_id: int, report: CallReport) -> SettledCall | None:
        # Settled once: a second report of the same call must not change what was paid. A guess is no settlement.
        open_for = [CallOutcome.STARTED]
        if report.outcome is not CallOutcome.LOST:
            open_for.append(CallOutcome.LOST)
        found = select(model_calls).where(model_calls.c.id == call_id, model_calls.c.outcome.in_(open_for))
        before = await self._sql.row(found.with_for_update())
        if before is None:
            return None
        counted = _counted(before, report)
        values = {**_report_values(report), "counted_microusd": counted, "finished_at": self._sql.now()}
        settled = update(model_calls).where(model_calls.c.id == call_id).values(values).returning(model_calls)
        await SqlSpending(self._sql).count(before, await self._sql.the_row(settled))
        if before.budget_day is None:  # a call of the time before there were accounts
            return None
        return SettledCall(
            CallContext(task="", project_id=before.project_id, member_id=before.member_id, chat_id=before.chat_id),
            before.budget_day,
            released_microusd=before.reserved_microusd or 0,
            spent_microusd=counted - (before.counted_microusd or 0),
            unpriced=(before.provider, before.model) if report.cost_microusd is None else None,
        )

    async def unsettled_of_older_runs(self, generation_id: int, lease_token: int) -> Sequence[StartedCall]:
        return await self._started(_STARTED.where(model_calls.c.generation_id == generation_id, _older(lease_token)))

    async def unsettled_of_recording(self, recording_id: int, lease_token: int) -> Sequence[StartedCall]:
        # A call for an attempt is settled by the attempt's heir, who knows what text was saved.
        of_recording = (model_calls.c.recording_id == recording_id) & model_calls.c.generation_id.is_(None)
        return await self._started(_STARTED.where(of_recording, _older(lease_token)))

    async def owners(self, started_before: datetime) -> Sequence[str]:
        begun = (text(STARTED), model_calls.c.started_at < started_before, model_calls.c.owner.is_not(None))
        query = select(model_calls.c.owner).where(*begun).distinct()
        return [row.owner for row in await self._sql.rows(query.order_by(model_calls.c.owner))]

    async def forgotten(
        self, started_before: datetime, run_over_before: datetime, dead: Collection[str] = ()
    ) -> Sequence[StartedCall]:
        holds = (generations.c.state == GenerationState.RUNNING) & (
            generations.c.lease_token == model_calls.c.lease_token
        )
        run = select(generations.c.id).where(generations.c.id == model_calls.c.generation_id, holds)
        of_a_run = model_calls.c.generation_id.is_not(None) & model_calls.c.lease_token.is_not(None)
        overdue = or_(model_calls.c.started_at < started_before, of_a_run & ~run.exists(), _recording_was_left())
        if dead:
            overdue = or_(overdue, model_calls.c.owner.in_(dead))
        return await self._started(_STARTED.where(model_calls.c.started_at < run_over_before, overdue))

    async def _started(self, query: Select[Any]) -> Sequence[StartedCall]:
        return [
            StartedCall(**row._mapping)
            for row in await self._sql.rows(query.order_by(model_calls.c.started_at, model_calls.c.id))
        ]

    async def cost_of(self, generation_id: int) -> int | None:
        c = model_calls.c
        of_it = (c.generation_id == generation_id, c.outcome == CallOutcome.OK, c.characters == 0)
        whole = func.sum(c.cost_microusd + c.saved_microusd + c.routing_saved_microusd).label("whole")
        unknown = func.count().filter(c.cost_microusd.is_(None)).label("unknown")
        row = await self._sql.the_row(select(whole, unknown).where(*of_it))
        return None if row.whole is None or row.unknown else int(row.whole)

    async def totals(self, *, since: datetime | None = None, member_id: int | None = None) -> CallTotals:
        unknown = and_(model_calls.c.outcome != CallOutcome.STARTED, model_calls.c.cost_microusd.is_(None))
        query = select(
            func.count().label("calls"),
            func.coalesce(func.sum(model_calls.c.tokens_in), 0).label("tokens_in"),
            func.coalesce(func.sum(model_calls.c.tokens_cached), 0).label("tokens_cached"),
            func.coalesce(func.sum(model_calls.c.tokens_out), 0).label("tokens_out"),
            func.coalesce(func.sum(model_calls.c.cost_microusd), 0).label("cost_microusd"),
            func.coalesce(func.sum(case((unknown, 1), else_=0)), 0).label("unknown_price_calls"),
        )
        if since is not None:
            query = query.where(model_calls.c.started_at >= since)
        if member_id is not None:
            query = query.where(model_calls.c.member_id == member_id)
        row = await self._sql.the_row(query)
        return CallTotals(**{name: int(value) for name, value in row._mapping.items()})


def _counted(before: Row[Any], report: CallReport) -> int:
    """An assumption is no bill: it never takes more than was put aside by who knew the price."""
    put_aside = before.reserved_microusd or before.counted_microusd
    is_assumed = report.cost_microusd is None and put_aside
    return min(report.counted_microusd, put_aside) if is_assumed else report.counted_microusd


def _report_values(report: CallReport) -> dict[str, Any]:
    return {
        "outcome": report.outcome,
        "tokens_in": report.usage.tokens_in,
        "tokens_cached": report.usage.tokens_cached,
        "tokens_out": report.usage.tokens_out,
        "tokens_audio": report.usage.tokens_audio,
        "audio_ms": report.usage.audio_ms,
        "characters": report.usage.characters,
        "usage_estimated": report.usage.estimated,
        "cost_microusd": report.cost_microusd,
        "reserved_microusd": None,
        "price": report.price,
        "cache": report.cache,
        "saved_microusd": report.saved_microusd,
        "routing_saved_microusd": report.routing_saved_microusd,
        "latency_ms": report.latency_ms,
        "first_token_ms": report.first_token_ms,
        "finish_reason": report.finish_reason,
        "error_code": report.error_code,
    }


def _older(lease_token: int) -> ColumnElement[bool]:
    return or_(model_calls.c.lease_token.is_(None), model_calls.c.lease_token < lease_token)


def _recording_was_left() -> ColumnElement[bool]:
    """The call was made under the recording's lease, and its holder holds it no more."""
    name = literal(RECORDING_LEASE) + cast(model_calls.c.recording_id, String)
    held = select(job_leases.c.name).where(
        job_leases.c.name == name, job_leases.c.token == model_calls.c.lease_token, job_leases.c.owner.is_not(None)
    )
    under_lease = model_calls.c.recording_id.is_not(None) & model_calls.c.generation_id.is_(None)
    return and_(under_lease, model_calls.c.lease_token.is_not(None), ~held.exists())
