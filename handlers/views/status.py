"""/status: one sentence for members, every component for admins."""

from datetime import datetime

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from handlers.views.undelivered import elapsed
from services.assistant.report_status import ComponentStatus, StatusReport
from services.domain.delivery import DeliveryState

_COMPONENTS = {
    "store": mark("component.store"),
    "redis": mark("component.redis"),
    "vectors": mark("component.vectors"),
    "embeddings": mark("component.embeddings"),
    "keyword": mark("component.keyword"),
    "model": mark("component.model"),
    "polling": mark("component.polling"),
    "models": mark("component.models"),
    "transcription": mark("component.transcription"),
    "cache": mark("component.cache"),
}


_DETAILS = {
    "silent": mark("detail.silent"),
    "unavailable": mark("detail.unavailable"),
    "not_configured": mark("detail.not_configured"),
    "model_not_configured": mark("detail.not_configured"),
    "off": mark("detail.off"),
    "none": mark("detail.off"),
    "loading": mark("detail.loading"),
    "ready": mark("detail.ready"),
    "keyword_only": mark("detail.keyword_only"),
    "by_fallback": mark("detail.by_fallback"),
    "cache_alike": mark("detail.cache_alike"),
    "cache_alike_en": mark("detail.cache_alike_en"),
    "cache_alike_ru": mark("detail.cache_alike_ru"),
    "cache_exact": mark("detail.cache_exact"),
    "no_model": mark("detail.keyword_only"),
    "store_unavailable": mark("detail.unavailable"),
    "queue_unavailable": mark("detail.unavailable"),
    "knowledge_unavailable": mark("detail.keyword_only"),
    "model_unavailable": mark("detail.unavailable"),
    "model_refused": mark("detail.model_refused"),
    "model_timeout": mark("detail.silent"),
    "absent": mark("detail.absent"),
    "away": mark("detail.away"),
    "conflict": mark("detail.conflict"),
    "unauthorized": mark("detail.unauthorized"),
    "unreachable": mark("detail.unreachable"),
    "store": mark("detail.store"),
}
_WITHOUT_EMBEDDINGS = mark("detail.keyword_only")


def short_status(report: StatusReport, texts: Texts) -> RenderedMessage:
    composer = Composer().write(texts("status.fine") if report.ok else texts("status.troubled"))
    if report.active_generations:
        composer.write("\n").write(texts.plural("status.running", report.active_generations - report.waiting))
    _write_limits(composer, report, texts)
    _write_halts(composer, report, texts)
    return RenderedMessage(composer.build())


def full_status(report: StatusReport, texts: Texts, now: datetime, *, deaf_in_groups: bool) -> RenderedMessage:
    composer = Composer().line(texts("status.title", version=report.version), Style.BOLD)
    for component in report.components:
        composer.write(f"\n{'✅' if component.ok else '⚠️'} {_component(component, texts)}")
    composer.write("\n\n").write(texts.plural("status.running", report.active_generations - report.waiting))
    _write_limits(composer, report, texts)
    _write_halts(composer, report, texts)
    _write_deliveries(composer, report, texts, now)
    if deaf_in_groups:
        composer.write("\n\n").write(texts("status.privacy_mode"))
    return RenderedMessage(composer.build())


def _write_limits(composer: Composer, report: StatusReport, texts: Texts) -> None:
    if report.waiting:
        composer.write("\n").write(texts.plural("status.waiting", report.waiting))
    if report.limits is not None:
        limits = report.limits
        composer.write("\n").write(texts.plural("status.limits", limits.a_minute, at_once=limits.at_once))


def _write_halts(composer: Composer, report: StatusReport, texts: Texts) -> None:
    if report.halts is None:
        return
    if report.halts.everything:
        composer.write("\n🛑 ").write(texts("halt.everything_is_off"))
    for project in report.halts.halted:
        composer.write("\n🛑 ").write(texts("halt.project_is_off", name=project.name))


def _write_deliveries(composer: Composer, report: StatusReport, texts: Texts, now: datetime) -> None:
    waiting = report.deliveries.get(DeliveryState.NEW, 0) + report.deliveries.get(DeliveryState.SENDING, 0)
    composer.write("\n").write(texts.plural("status.deliveries", waiting))
    if report.oldest_waiting is not None and waiting:
        age = elapsed(now - report.oldest_waiting, texts)
        composer.write(", ").write(texts("status.oldest", age=age))
    uncertain = report.deliveries.get(DeliveryState.UNCERTAIN, 0)
    if uncertain:
        composer.write("\n❔ ").write(texts.plural("status.uncertain", uncertain))
    if report.undelivered > uncertain:
        composer.write("\n⚠️ ").write(texts.plural("status.undelivered", report.undelivered - uncertain))


def _component(component: ComponentStatus, texts: Texts) -> str:
    name = texts(_COMPONENTS[component.name]) if component.name in _COMPONENTS else component.name
    model = str(component.facts.get("model", ""))
    if component.detail_code == "ok":
        return f"{name}: {model}" if model else name
    detail = _DETAILS.get(component.detail_code)
    if component.name == "embeddings" and component.detail_code in ("off", "unavailable"):
        detail = _WITHOUT_EMBEDDINGS
    said = texts(detail) if detail else component.detail_code
    return f"{name}: {said} ({model})" if model else f"{name}: {said}"
