"""Updates pushed to a webhook: aiogram's own receiver, and a moody one."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.emulators.telegram import ManualClock, Person, SystemClock, TelegramEmulator, bot_for, running
from tests.emulators.telegram.updates import CALLBACK_LIFETIME

SECRET = "s3cret_-"


@asynccontextmanager
async def receiver(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


class MoodyReceiver:
    """Answers as `mood` says for each update, and remembers what it was sent."""

    def __init__(self, mood: Callable[[int], web.Response]) -> None:
        self.mood = mood
        self.texts: list[str] = []
        self.secrets: list[str | None] = []
        self.changed = asyncio.Condition()
        self.app = web.Application()
        self.app.router.add_post("/hook", self.receive)

    async def receive(self, request: web.Request) -> web.Response:
        update = json.loads(await request.text())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        message = update.get("message") or update["callback_query"]["message"]
        async with self.changed:
            self.texts.append(message["text"])
            self.changed.notify_all()
        return self.mood(len(self.texts))

    async def received(self, count: int) -> list[str]:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.texts) >= count)
        return self.texts


async def test_a_conversation_through_aiogram_webhook(bot: Bot, anya: Person, emulator: TelegramEmulator) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(f"echo: {message.text}")

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=SECRET).register(app, path="/hook")
    async with receiver(app) as url:
        await bot.set_webhook(url, secret_token=SECRET, allowed_updates=["message"])
        await anya.says("hello")
        await anya.sees("echo: hello")
        info = await bot.get_webhook_info()
        assert (info.url, info.allowed_updates) == (url, ["message"])
        await bot.delete_webhook()


async def test_the_secret_is_sent_and_order_is_kept(bot: Bot, anya: Person) -> None:
    moody = MoodyReceiver(lambda _: web.Response())
    async with receiver(moody.app) as url:
        await anya.says("before the webhook was set")
        await bot.set_webhook(url, secret_token=SECRET)
        for number in range(20):
            await anya.says(str(number))
        assert await moody.received(21) == ["before the webhook was set", *map(str, range(20))]
    assert set(moody.secrets) == {SECRET}


async def test_a_failed_update_blocks_only_its_own_chat() -> None:
    clock = ManualClock()
    emulator = TelegramEmulator(clock=clock)
    anya, lev = emulator.add_person("Аня"), emulator.add_person("Lev")
    answers = [web.Response(status=500), web.Response(status=503), web.Response()]
    moody = MoodyReceiver(lambda _: web.Response())

    def mood(_: int) -> web.Response:
        return answers.pop(0) if moody.texts[-1] == "stuck" and answers else web.Response()

    moody.mood = mood
    async with running(emulator) as server, receiver(moody.app) as url:
        bot = bot_for(server)
        await bot.set_webhook(url)
        await anya.says("stuck")
        await anya.says("behind it")
        # The first retry is immediate; the second waits for two seconds of the clock, which stands still.
        await moody.received(2)
        await lev.says("passes")
        assert await moody.received(3) == ["stuck", "stuck", "passes"]
        info = await bot.get_webhook_info()
        assert info.pending_update_count == 2
        assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
        await clock.sleepers(1)
        clock.advance(2)
        assert (await moody.received(5))[3:] == ["stuck", "behind it"]
        await bot.session.close()


async def test_retry_after_is_honoured() -> None:
    emulator = TelegramEmulator(clock=SystemClock(speed=1000))
    anya = emulator.add_person("Аня")
    stamps: list[float] = []

    def mood(number: int) -> web.Response:
        stamps.append(emulator.clock.now())
        return web.Response(status=503, headers={"Retry-After": "60"}) if number == 1 else web.Response()

    moody = MoodyReceiver(mood)
    async with running(emulator) as server, receiver(moody.app) as url:
        bot = bot_for(server)
        await bot.set_webhook(url)
        await anya.says("later, please")
        await moody.received(2)
        assert stamps[1] - stamps[0] >= 60
        await bot.session.close()


async def test_what_cannot_be_delivered_expires() -> None:
    clock = ManualClock()
    emulator = TelegramEmulator(clock=clock)
    anya = emulator.add_person("Аня")
    moody = MoodyReceiver(lambda _: web.Response(status=500))
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="ok", callback_data="ok")]])
    async with running(emulator) as server, receiver(moody.app) as url:
        bot = bot_for(server)
        shown = await bot.send_message(anya.id, "idea", reply_markup=keyboard)
        await bot.set_webhook(url)
        anya.taps(shown, "ok")
        await moody.received(2)
        assert (await bot.get_webhook_info()).pending_update_count == 1
        clock.advance(CALLBACK_LIFETIME + 1)
        assert (await bot.get_webhook_info()).pending_update_count == 0
        await anya.says("delivered in spite of the tap")
        await moody.received(3)
        assert moody.texts == ["idea", "idea", "delivered in spite of the tap"]
        await bot.session.close()


async def test_a_stranger_address_and_a_bad_secret_are_refused(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="An HTTPS URL must be provided for webhook"):
        await bot.set_webhook("http://example.com/hook")
    with pytest.raises(TelegramBadRequest, match="only on ports 80, 88, 443 or 8443"):
        await bot.set_webhook("https://example.com:444/hook")
    with pytest.raises(TelegramBadRequest, match="secret token contains unallowed characters"):
        await bot.set_webhook("https://example.com/hook", secret_token="with space")


async def test_pending_updates_are_dropped_only_when_asked(bot: Bot, anya: Person) -> None:
    await anya.says("kept")
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []
