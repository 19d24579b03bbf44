"""Answers of a batch: read as live ones are, paid for, and kept, each in a transaction of its own and once."""

from dataclasses import replace
from datetime import datetime

from services.assistant.budgets.team_days import TeamDays
from services.batching.requests import LineAnswer
from services.calling.ledger_entry import billed_report
from services.domain.batch import Batch, BatchLine, LineState
from services.domain.brief import Task
from services.domain.errors import ModelRefused, StreamIncomplete
from services.domain.idea import Draft
from services.domain.idea_count import ideas_asked
from services.domain.metering import BatchPriceList
from services.domain.usage import CallOutcome, CallReport, Usage
from services.llm.draft_reader import DraftReader, InvalidAnswer, clamp_sources
from services.llm.ports import TokenCounter
from services.store.batch_money import settle_line
from services.store.job_fence import check_fence
from services.store.ports import Store

_LONGEST_MS = 2**31 - 1
"""What the ledger's column holds."""


class SettleAnswers:
    def __init__(self, store: Store, days: TeamDays, prices: BatchPriceList, counter: TokenCounter) -> None:
        self._store = store
        self._days = days
        self._prices = prices
        self._counter = counter
        self._reader = DraftReader(Task.IDEA)

    async def __call__(self, batch: Batch, answers: list[LineAnswer]) -> int:
        """Those that were asked and are not settled yet. Returns how many. Raises StoreUnavailable."""
        async with self._store.reading() as tx:
            lines = {str(line.number): line for line in await tx.batches.lines(batch.id)}
        settled = 0
        for answer in answers:
            line = lines.get(answer.custom_id)
            if line is not None and line.state is LineState.WAITING and line.prompt is not None and answer.was_asked:
                settled += await self._settle(batch, line, answer)
        return settled

    async def _settle(self, batch: Batch, line: BatchLine, answer: LineAnswer) -> bool:
        now = self._days.now()
        error_code = _error_code(answer)
        report = self._report(batch, line, answer, error_code, now)
        draft = None if error_code else self._draft(line, answer.text)
        to = LineState.FAILED if draft is None else LineState.ANSWERED
        async with self._store.transaction() as tx:
            await check_fence(tx)
            return await settle_line(tx, batch, line, report, now, to=to, draft=draft)

    def _draft(self, line: BatchLine, text: str) -> Draft:
        """What cannot be read is shown as it is: nobody is awake to have it mended."""
        passages = line.prompt.passages if line.prompt else 0
        try:
            draft = clamp_sources(self._reader.read_final(text), passages)
        except InvalidAnswer:
            return self._reader.raw(text)
        asked = ideas_asked(line.text)
        return draft if asked is None else replace(draft, ideas=draft.ideas[:asked])

    def _report(
        self, batch: Batch, line: BatchLine, answer: LineAnswer, error_code: str | None, now: datetime
    ) -> CallReport:
        usage = answer.usage or self._estimated(batch, line, answer)
        bill = self._prices.batch_bill(batch.provider or "", batch.model or "", usage)
        took = now - (batch.submitted_at or now)
        return billed_report(
            bill,
            CallOutcome.OK if error_code is None else CallOutcome.FAILED,
            usage,
            min(max(round(took.total_seconds() * 1000), 0), _LONGEST_MS),
            finish_reason=answer.finish_reason,
            error_code=error_code,
        )

    def _estimated(self, batch: Batch, line: BatchLine, answer: LineAnswer) -> Usage:
        """The provider sent no count: ours, marked so; nothing for a request that it turned away."""
        if not answer.text or line.prompt is None:
            return Usage()
        return Usage(line.prompt.tokens_in, 0, self._counter.count(batch.model or "", answer.text), estimated=True)


def _error_code(answer: LineAnswer) -> str | None:
    """As a live call would have failed."""
    if answer.error_code is not None or answer.finish_reason == "content_filter":
        return ModelRefused.code
    return None if answer.text.strip() else StreamIncomplete.code
