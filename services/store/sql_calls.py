"""The ledger of model calls."""

from datetime import datetime

from sqlalchemy import and_, case, func, select, update

from services.domain.generation import PromptRelease
from services.domain.usage import CallContext, CallOutcome, CallReport
from services.store.generation_row import prompt_values
from services.store.ports import CallTotals
from services.store.sql_connection import SqlRepository
from services.store.tables import model_calls


class SqlCalls(SqlRepository):
    async def start(self, context: CallContext, provider: str, model: str, prompt: PromptRelease | None) -> int:
        row = await self._sql.the_row(
            self._sql.insert(model_calls)
            .values(
                task=context.task,
                project_id=context.project_id,
                member_id=context.member_id,
                brief_id=context.brief_id,
                generation_id=context.generation_id,
                provider=provider,
                model=model,
                outcome=CallOutcome.STARTED,
                usage_estimated=False,
                started_at=self._sql.now(),
                **prompt_values(prompt),
            )
            .returning(model_calls.c.id)
        )
        return int(row.id)

    async def finish(self, call_id: int, report: CallReport) -> None:
        # Settled once: a second report of the same call must not change what was paid.
        await self._sql.run(
            update(model_calls)
            .where(model_calls.c.id == call_id, model_calls.c.outcome == CallOutcome.STARTED)
            .values(
                outcome=report.outcome,
                tokens_in=report.usage.tokens_in,
                tokens_cached=report.usage.tokens_cached,
                tokens_out=report.usage.tokens_out,
                usage_estimated=report.usage.estimated,
                cost_microusd=report.cost_microusd,
                latency_ms=report.latency_ms,
                first_token_ms=report.first_token_ms,
                finish_reason=report.finish_reason,
                error_code=report.error_code,
                finished_at=self._sql.now(),
            )
        )

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
