"""How the bot gets its updates, and its answers to pressed buttons."""

import re
from urllib.parse import urlsplit

from aiogram import methods as api
from aiogram import types

from tests.emulators.telegram.callbacks import CallbackAnswer, CallbackDesk
from tests.emulators.telegram.errors import bad_request, conflict
from tests.emulators.telegram.methods.table import Handlers
from tests.emulators.telegram.polling import LongPolling
from tests.emulators.telegram.updates import QueuedUpdate, UpdateQueue
from tests.emulators.telegram.webhooks import Webhook, WebhookPusher

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
PORTS = frozenset({443, 80, 88, 8443})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ReceivingMethods:
    def __init__(
        self, updates: UpdateQueue, polling: LongPolling, pusher: WebhookPusher, callbacks: CallbackDesk
    ) -> None:
        self._updates = updates
        self._polling = polling
        self._pusher = pusher
        self._callbacks = callbacks

    def handlers(self) -> Handlers:
        return {
            api.GetUpdates: self.get_updates,
            api.SetWebhook: self.set_webhook,
            api.DeleteWebhook: self.delete_webhook,
            api.GetWebhookInfo: self.get_webhook_info,
            api.AnswerCallbackQuery: self.answer_callback,
        }

    async def get_updates(self, call: api.GetUpdates) -> list[QueuedUpdate]:
        return await self._polling.get(call)

    async def set_webhook(self, call: api.SetWebhook) -> bool:
        if not call.url:
            return self._remove(drop=bool(call.drop_pending_updates))
        check_webhook_url(call.url)
        if call.secret_token is not None and not _SECRET.fullmatch(call.secret_token):
            raise bad_request("secret token contains unallowed characters")
        if call.drop_pending_updates:
            self._updates.clear()
        self._updates.allow(call.allowed_updates)
        self._polling.webhook_url = call.url
        self._polling.interrupt(conflict("terminated by setWebhook request"))
        connections = min(max(call.max_connections or 40, 1), 100)
        self._pusher.use(Webhook(call.url, call.secret_token, connections, call.ip_address))
        return True

    async def delete_webhook(self, call: api.DeleteWebhook) -> bool:
        return self._remove(drop=bool(call.drop_pending_updates))

    async def get_webhook_info(self, _call: api.GetWebhookInfo) -> types.WebhookInfo:
        webhook, error = self._pusher.webhook, self._pusher.last_error
        info: dict[str, object] = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if webhook:
            info |= {"max_connections": webhook.max_connections, "ip_address": webhook.ip_address}
        if webhook and error:
            info |= {"last_error_date": error.date, "last_error_message": error.message}
        if self._updates.allowed is not None:
            info["allowed_updates"] = self._updates.allowed
        return types.WebhookInfo.model_validate(info)

    async def answer_callback(self, call: api.AnswerCallbackQuery) -> bool:
        answer = CallbackAnswer(text=call.text or None, show_alert=bool(call.show_alert), url=call.url)
        self._callbacks.answer(call.callback_query_id, answer)
        return True

    def _remove(self, *, drop: bool) -> bool:
        if drop:
            self._updates.clear()
        self._polling.webhook_url = ""
        self._pusher.use(None)
        return True


def check_webhook_url(url: str) -> None:
    """HTTPS on one of Telegram's ports. Plain HTTP on any port is let through to loopback, where tests listen."""
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https" or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
