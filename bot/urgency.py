"""How urgent a call is, from the words of the handlers to the limiter's priorities."""

from contextlib import AbstractContextManager

from handlers.sender import Urgency
from services.delivery.ports import Priority
from services.delivery.priority import speaking

_PRIORITY = {
    Urgency.FINAL: Priority.FINAL,
    Urgency.REPLY: Priority.REPLY,
    Urgency.NOTIFICATION: Priority.NOTIFICATION,
    Urgency.PREVIEW: Priority.PREVIEW,
}


def mark_urgency(urgency: Urgency) -> AbstractContextManager[None]:
    return speaking(_PRIORITY[urgency])
