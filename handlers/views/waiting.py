"""What a person reads while their request waits for its turn."""

from handlers.i18n import Texts
from handlers.views.message import RenderedMessage, message
from services.domain.queue_place import QueuePlace


def waiting_message(place: QueuePlace, texts: Texts) -> RenderedMessage:
    if place.own_running:
        said = [texts.plural("queue.own_running", place.own_running)]
        if place.ahead:
            said.append(texts.plural("queue.own_ahead", place.ahead))
    else:
        said = [texts.plural("queue.ahead", place.ahead) if place.ahead else texts("queue.next")]
    said.append(texts("queue.begins", time=_time(place.seconds, texts)))
    return message(" ".join(["🕓", *said]))


def _time(seconds: int, texts: Texts) -> str:
    if seconds < 60:
        return texts.plural("queue.seconds", seconds)
    return texts.plural("queue.minutes", round(seconds / 60))
