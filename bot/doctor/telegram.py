"""The token, polling against webhooks, administrators, and the clock by Telegram's."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from bot.doctor.finding import Finding, failure, ok, warning
from bot.settings import Settings

MAX_CLOCK_DRIFT_SECONDS = 30


async def check_telegram(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    findings = [] if settings.admin_ids else [warning("no_admins")]
    if settings.telegram_bot_token is None:
        return [failure("no_token"), *findings]
    address = f"{settings.telegram_api_base}/bot{settings.telegram_bot_token.get_secret_value()}"
    try:
        answer = await http.get(f"{address}/getMe")
        if answer.status_code in (401, 404):
            return [failure("bad_token"), *findings]
        me = answer.raise_for_status().json()["result"]
        webhook = (await http.get(f"{address}/getWebhookInfo")).raise_for_status().json()["result"]
    except (httpx2.HTTPError, ValueError, KeyError) as error:
        return [failure("telegram_unreachable", base=settings.telegram_api_base, why=type(error).__name__), *findings]
    return [
        ok("token", username=str(me.get("username", ""))),
        *findings,
        *_privacy(me),
        *_updates(settings, webhook),
        *_clock(answer),
    ]


def _privacy(me: dict[str, object]) -> list[Finding]:
    return [] if me.get("can_read_all_group_messages") else [ok("privacy_mode")]


def _updates(settings: Settings, webhook: dict[str, object]) -> list[Finding]:
    """Telegram sends updates to a webhook or answers polling, never both."""
    url = str(webhook.get("url") or "")
    if url and not settings.webhook_url:
        return [warning("webhook_set")]
    if settings.webhook_url and url != settings.webhook_url:
        return [warning("webhook_not_set")]
    if url and webhook.get("last_error_message"):
        return [warning("webhook_failing", why=str(webhook["last_error_message"]))]
    return []


def _clock(answer: httpx2.Response) -> list[Finding]:
    date = answer.headers.get("date")
    if not date:
        return []
    drift = int(abs((datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()))
    return [warning("clock", seconds=drift)] if drift > MAX_CLOCK_DRIFT_SECONDS else [ok("clock_right")]
