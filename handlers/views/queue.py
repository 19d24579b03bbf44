"""Lists of drafts that wait for a decision: /queue, reminders, and the notice that nobody decided."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiogram.types import MessageEntity, User

from handlers.i18n import Texts
from handlers.views.formatted import Composer, Formatted, Style, clean, plain, utf16_length
from handlers.views.history import excerpt
from handlers.views.links import unlink
from handlers.views.message import RenderedMessage
from services.assistant.list_queue import QueueItem, QueuePage
from services.domain.waiting import ESCALATION

SHOWN = 10
"""Of a digest; /queue has them all."""


def queue_message(page: QueuePage, texts: Texts) -> RenderedMessage:
    if not page.items:
        return RenderedMessage(Composer().write(texts("queue.empty")).build())
    composer = Composer().line(texts.plural("queue.title", page.total), Style.BOLD)
    _write_items(composer, page.items, page.first, texts)
    return RenderedMessage(composer.write("\n\n").write(texts("queue.hint")).build())


def reminder_message(
    items: Sequence[QueueItem], facts: Mapping[str, Any], texts: Texts, *, in_private: bool
) -> RenderedMessage:
    """`facts`: the delivery's payload."""
    composer = Composer()
    if facts["escalated"]:
        composer.line(texts.plural("escalation.title", len(items)), Style.BOLD)
        composer.write(texts("escalation.nobody_else") if facts["nobody_else"] else texts("escalation.why")).write("\n")
    elif in_private:
        composer.line(texts.plural("reminder.title_yours", len(items)), Style.BOLD)
    else:
        composer.line(texts.plural("reminder.title", len(items)), Style.BOLD)
        _write_people(composer, texts("reminder.people"), facts["people"])
    _write_items(composer, items[:SHOWN], 1, texts)
    if len(items) > SHOWN:
        composer.write("\n\n").write(texts.plural("reminder.more", len(items) - SHOWN))
    if facts["round"] == ESCALATION - 1 and not facts["escalated"]:
        composer.write("\n\n").write(texts("reminder.last"))
    return RenderedMessage(composer.build())


def expired_message(
    items: Sequence[QueueItem], facts: Mapping[str, Any], texts: Texts, *, in_private: bool
) -> RenderedMessage:
    days = texts.plural("age.days", int(facts["days"]))
    composer = Composer().line(texts.plural("expired.title", len(items), days=days), Style.BOLD)
    if not in_private:
        _write_people(composer, texts("expired.people"), facts["people"])
    _write_items(composer, items[:SHOWN], 1, texts, with_age=False)
    return RenderedMessage(composer.write("\n\n").write(texts.plural("expired.hint", len(items))).build())


def age(waited: timedelta, texts: Texts) -> str:
    hours = int(waited.total_seconds() // 3600)
    if hours < 1:
        return texts("age.minutes")
    return texts.plural("age.days", hours // 24) if hours >= 24 else texts.plural("age.hours", hours)


def _write_items(
    composer: Composer, items: Sequence[QueueItem], first: int, texts: Texts, *, with_age: bool = True
) -> None:
    for number, item in enumerate(items, start=first):
        composer.write(f"\n{number}. ").add(unlink(plain(excerpt(item.brief_text))))
        if with_age:
            line = texts("queue.line", asker=item.asker, age=age(item.waited, texts))
            composer.write("\n").add(unlink(plain(line)), Style.ITALIC)


def _write_people(composer: Composer, heading: str, people: Sequence[Mapping[str, Any]]) -> None:
    """Named so that Telegram tells them, whether or not they have a username."""
    if not people:
        return
    composer.write(f"{heading} ")
    for place, person in enumerate(people):
        composer.write(", " if place else "").add(_mention(int(person["telegram_id"]), str(person["name"])))
    composer.write("\n")


def _mention(telegram_id: int, name: str) -> Formatted:
    shown = clean(name)
    user = User(id=telegram_id, is_bot=False, first_name=name)
    return Formatted(shown, (MessageEntity(type="text_mention", offset=0, length=utf16_length(shown), user=user),))
