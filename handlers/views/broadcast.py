"""An announcement: the question before it, its progress, its end."""

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from services.assistant.broadcast_drafts import Proposal
from services.domain.broadcast import Audience, BroadcastReport

CELLS = 12
AUDIENCES = {
    Audience.MEMBERS: mark("broadcast.members"),
    Audience.APPROVERS: mark("broadcast.approvers"),
    Audience.GROUPS: mark("broadcast.groups"),
}


def proposal_message(proposal: Proposal, texts: Texts) -> RenderedMessage:
    audience = proposal.broadcast.audience
    count = proposal.sizes[audience]
    if not count:
        question = texts("broadcast.nobody_there")
    elif audience is Audience.GROUPS:
        question = texts.plural("broadcast.to_groups", count)
    else:
        question = texts.plural("broadcast.to_people", count)
    return RenderedMessage(Composer().line(texts("broadcast.preview")).line().write(question, Style.BOLD).build())


def progress_message(report: BroadcastReport, texts: Texts) -> RenderedMessage:
    composer = Composer()
    composer.line(texts("broadcast.stopping") if report.is_stopped else texts("broadcast.running"), Style.BOLD)
    percent = 100 * report.settled // max(1, report.broadcast.total)
    composer.write(f"{bar(report.settled, report.broadcast.total)} {percent}%")
    composer.write("\n").write(texts("broadcast.sent_of", sent=report.counts.sent, total=report.broadcast.total))
    pace = _pace(report, texts)
    if pace:
        composer.write("\n").write(pace)
    return RenderedMessage(_unreached(composer, report, texts).build())


def ended_message(report: BroadcastReport, texts: Texts) -> RenderedMessage:
    spent = duration(report.seconds, texts)
    title = texts("broadcast.stopped", time=spent) if report.is_stopped else texts("broadcast.done", time=spent)
    composer = Composer().line(title, Style.BOLD)
    composer.write(texts("broadcast.sent_of", sent=report.counts.sent, total=report.broadcast.total))
    if report.counts.cancelled:
        composer.write("\n").write(texts("broadcast.not_sent", count=report.counts.cancelled))
    return RenderedMessage(_unreached(composer, report, texts).build())


def bar(done: int, total: int) -> str:
    """Full only when all is done, and not empty once something is."""
    filled = CELLS if done >= total else min(CELLS - 1, max(1 if done else 0, CELLS * done // total))
    return "▰" * filled + "▱" * (CELLS - filled)


def duration(seconds: float, texts: Texts) -> str:
    """Rounded to what people would say: seconds in a minute, minutes in an hour."""
    whole = max(1, round(seconds))
    if whole < 60:
        return texts("duration.seconds", seconds=whole)
    if whole < 3600:
        return texts("duration.minutes", minutes=whole // 60, seconds=whole % 60)
    return texts("duration.hours", hours=whole // 3600, minutes=whole % 3600 // 60)


def _pace(report: BroadcastReport, texts: Texts) -> str:
    """Nothing at the very end, and nothing while nothing moves: then no promise would hold."""
    left, per_second = report.seconds_left, report.per_second
    if left is None or report.is_stopped or not report.counts.waiting:
        return ""
    shown = f"{per_second:.0f}" if per_second >= 1 else f"{per_second:.1f}"
    return texts("broadcast.pace", rate=shown, time=duration(left, texts))


def _unreached(composer: Composer, report: BroadcastReport, texts: Texts) -> Composer:
    counts, lines = report.counts, []
    if counts.blocked and report.broadcast.audience is Audience.GROUPS:
        lines.append(texts.plural("broadcast.groups_closed", counts.blocked))
    elif counts.blocked:
        lines.append(texts.plural("broadcast.people_closed", counts.blocked))
    if counts.failed:
        lines.append(texts("broadcast.failed", count=counts.failed))
    if counts.uncertain:
        lines.append(texts("broadcast.uncertain", count=counts.uncertain))
    if lines:
        composer.gap().write("\n".join(lines))
    return composer
