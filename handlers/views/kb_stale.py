"""The digest of documents that somebody should look at."""

from datetime import timedelta

from handlers.i18n import Texts
from handlers.views.formatted import Composer, Style, plain
from handlers.views.history import excerpt
from handlers.views.kb_list import SIGNS, TITLE, full_day
from handlers.views.links import unlink
from handlers.views.message import RenderedMessage
from services.assistant.knowledge.report_stale_documents import StaleReport
from services.domain.freshness import Standing, due_at, standing
from services.domain.passport import Passport


def stale_message(report: StaleReport, texts: Texts) -> RenderedMessage:
    composer = Composer().write("📚 ").line(texts.plural("kb.stale_title", report.total), Style.BOLD)
    for number, entry in enumerate(report.entries, start=1):
        document = entry.document
        composer.write(f"\n{number}. {SIGNS[standing(document.passport, report.now)]} ")
        composer.add(unlink(plain(excerpt(document.title, TITLE))))
        composer.write("\n").write(_since(document.passport, report, texts), Style.ITALIC)
    if report.total > len(report.entries):
        composer.write("\n\n").write(texts.plural("kb.stale_more", report.total - len(report.entries)))
    return RenderedMessage(composer.write("\n\n").write(texts("kb.stale_hint")).build())


def _since(passport: Passport, report: StaleReport, texts: Texts) -> str:
    if standing(passport, report.now) is Standing.EXPIRED and passport.valid_until is not None:
        return texts("kb.stale_since", day=full_day(passport.valid_until + timedelta(days=1), texts))
    due = due_at(passport) or report.now
    return texts("kb.stale_due", day=full_day(due.astimezone(report.now.tzinfo).date(), texts))
