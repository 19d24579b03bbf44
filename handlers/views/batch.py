"""A night run as a message: what it will cost, how far it is, how it ended."""

from collections.abc import Sequence
from itertools import groupby

from handlers.errors import sentence
from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from handlers.views.money import budget_name, dollars
from services.assistant.batches.read_batch import BatchReport
from services.domain.batch import Batch, BatchState, CancelReason, SkippedLine, SkipReason

_SKIPPED = {
    SkipReason.TOO_LONG: mark("batch.skipped_too_long"),
    SkipReason.DUPLICATE: mark("batch.skipped_duplicate"),
    SkipReason.NO_WORDS: mark("batch.skipped_no_words"),
}
_NUMBERS_SHOWN = 20
_BAR = 10


def batch_message(report: BatchReport, texts: Texts) -> RenderedMessage:
    batch, composer = report.batch, Composer()
    composer.write("🌙 ").line(texts("batch.title", name=batch.file_name), Style.BOLD)
    if batch.state is BatchState.RECEIVED:
        composer.line(texts.plural("batch.briefs", batch.total))
        composer.line(texts("batch.counting", done=batch.prepared, total=batch.total))
    elif batch.state is BatchState.ESTIMATED:
        _estimate(report, composer, texts)
    elif batch.is_over:
        _ended(report, composer, texts)
    else:
        _progress(batch, composer, texts)
    _skipped(batch.skipped, composer, texts)
    return RenderedMessage(composer.build())


def _estimate(report: BatchReport, composer: Composer, texts: Texts) -> None:
    batch = report.batch
    composer.line(texts.plural("batch.briefs", batch.total))
    price, now = dollars(batch.likely_microusd, texts), dollars(batch.now_microusd, texts)
    composer.line(texts("batch.price", price=price, now=now))
    composer.line(texts("batch.held", most=dollars(batch.most_microusd, texts)))
    account = report.tightest
    if account is not None and account.left_microusd is not None:
        whose = budget_name(account.key.scope.value, account.key.period.value, texts)
        composer.line(texts("batch.left", budget=whose, left=dollars(max(account.left_microusd, 0), texts)))
        if account.refuses(batch.most_microusd):
            composer.line(texts("batch.does_not_fit"))
    composer.line(texts("batch.within_a_day"))


def _progress(batch: Batch, composer: Composer, texts: Texts) -> None:
    if batch.cancel_reason is not None:
        composer.line(texts("batch.being_cancelled"))
        return
    if batch.state is not BatchState.SUBMITTED:
        composer.line(texts("batch.sending"))
        return
    filled = _BAR * batch.done // batch.total if batch.total else 0
    how_far = texts("batch.done", done=batch.done, total=batch.total)
    composer.line(f"{'▓' * filled}{'░' * (_BAR - filled)} {how_far}")
    composer.line(texts("batch.within_a_day"))


def _ended(report: BatchReport, composer: Composer, texts: Texts) -> None:
    batch, counts = report.batch, report.counts
    if batch.state is BatchState.FAILED and batch.error_code is not None:
        composer.line(sentence(batch.error_code, texts))
    elif batch.state is BatchState.CANCELLED:
        halted = batch.cancel_reason is CancelReason.HALTED
        composer.line(texts("batch.halted") if halted else texts("batch.cancelled"))
    else:
        composer.line(texts("batch.finished"))
    if batch.budget_day is None:
        composer.line(texts("batch.nothing_spent"))
        return
    if counts.answered:
        composer.line(texts.plural("batch.answered", counts.answered))
    if counts.failed:
        composer.line(texts.plural("batch.failed", counts.failed))
    if counts.expired:
        composer.line(texts.plural("batch.expired", counts.expired))
    spent = dollars(counts.spent_microusd, texts)
    composer.line(
        texts("batch.spent_unknown", spent=spent) if counts.unknown_price else texts("batch.spent", spent=spent)
    )


def _skipped(skipped: Sequence[SkippedLine], composer: Composer, texts: Texts) -> None:
    ordered = sorted(skipped, key=lambda line: (line.reason.value, line.number))
    for reason, lines in groupby(ordered, key=lambda line: line.reason):
        numbers = [line.number for line in lines]
        shown = ", ".join(map(str, numbers[:_NUMBERS_SHOWN])) + ("…" if len(numbers) > _NUMBERS_SHOWN else "")
        composer.line(texts(_SKIPPED[reason], numbers=shown))
