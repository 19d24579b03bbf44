"""The kill switch: what it is about to do, what it has done, what is off now."""

from handlers.i18n import Texts
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from services.assistant.halts.report_halts import HaltReport


def halt_question(report: HaltReport, texts: Texts, *, halting: bool) -> RenderedMessage:
    """Asks before anything happens."""
    composer = Composer()
    name = report.meant.name if report.meant else ""
    if halting:
        asked = texts("halt.ask_project", name=name) if name else texts("halt.ask_everything")
        composer.write(f"🛑 {asked}", Style.BOLD).write("\n").write(texts("halt.what_happens"))
    else:
        asked = texts("halt.ask_lift_project", name=name) if name else texts("halt.ask_lift_everything")
        composer.write(f"▶️ {asked}", Style.BOLD)
    return RenderedMessage(composer.build())


def halt_report(report: HaltReport, texts: Texts) -> RenderedMessage:
    composer = Composer()
    if report.everything:
        composer.write("🛑 ").line(texts("halt.everything_is_off"), Style.BOLD)
    for project in report.halted:
        composer.write("🛑 ").line(texts("halt.project_is_off", name=project.name))
    if not (report.everything or report.halted):
        composer.write("✅ ").line(texts("halt.nothing_is_off"), Style.BOLD)
    composer.write("\n").write(texts("halt.hint"))
    return RenderedMessage(composer.build())
