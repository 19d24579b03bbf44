"""An attempt that ended without a result: what happened, what is kept, what to do."""

from handlers.errors import signed_sentence
from handlers.i18n import Texts
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from handlers.views.progress import growing_text
from services.assistant.ports import Failure
from services.domain.errors import TooManyRequests
from services.domain.generation import GenerationState


def failure_message(failure: Failure, texts: Texts) -> RenderedMessage:
    composer = Composer()
    if failure.partial is not None and not failure.partial.is_empty:
        composer.add(growing_text(failure.partial, texts))
    composer.gap()
    if failure.generation.state is GenerationState.STOPPED:
        who = failure.stopped_by
        composer.write(texts("failure.stopped_by", name=who) if who else texts("failure.stopped"), Style.BOLD)
    else:
        composer.write(signed_sentence(failure.code, texts, **failure.generation.error_facts))
    if failure.retryable:
        is_early = failure.code == TooManyRequests.code
        composer.write("\n").write(texts("failure.kept_for_later") if is_early else texts("failure.kept"))
    return RenderedMessage(composer.build())
