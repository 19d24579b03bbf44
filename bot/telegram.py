"""The bot: every call it makes passes the shared rate limiter and the rules of trying again."""

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties

from bot.request_address import RequestAddress
from bot.request_limiter import RequestLimiter
from bot.request_retry import RequestRetry
from bot.settings import Settings
from bot.telegram_session import ConnectFailed, open_session
from services.assistant.close_chat import CloseChat
from services.assistant.migrate_chat import MigrateChat
from services.delivery.ports import RateLimiter
from services.store.ports import Store

__all__ = ["ConnectFailed", "MissingToken", "build_bot"]


class MissingToken(Exception):
    """There is no TELEGRAM_BOT_TOKEN."""


def build_bot(settings: Settings, limiter: RateLimiter, store: Store | None = None) -> Bot:
    """No I/O. With a `store`, chats that have moved or shut the bot out are remembered.

    Link previews are off: Telegram fetches an address as soon as a model has written it, click or no click.
    Raises MissingToken, aiogram.utils.token.TokenValidationError.
    """
    if settings.telegram_bot_token is None:
        raise MissingToken
    session = open_session(settings.telegram_api_base)
    if store is not None:  # the outermost: limits are those of the chat that the call goes to in the end
        session.middleware(RequestAddress(MigrateChat(store), CloseChat(store)))
    session.middleware(RequestRetry())
    session.middleware(RequestLimiter(limiter))
    return Bot(
        token=settings.telegram_bot_token.get_secret_value(),
        session=session,
        default=DefaultBotProperties(link_preview_is_disabled=True, parse_mode=None),
    )
