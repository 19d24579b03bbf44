"""The emulated Telegram as a process of its own, with its journal served to whoever measures.

python -m benchmarks.telegram_server --port 8099 --people 1000 --groups 1 --limits strict
"""

import argparse

from fastapi import APIRouter, Response
from pydantic_core import to_json

from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.faults import Fault
from tests.emulators.telegram.limits import Limits
from tests.emulators.telegram.server import serve
from tests.emulators.telegram.waiting import text_of

FIRST_PERSON = 5_000


def bench_router(emulator: TelegramEmulator) -> APIRouter:
    router = APIRouter(prefix="/bench")

    @router.post("/reset")
    async def reset(limits: str = "strict") -> dict[str, bool]:
        emulator.journal.clear()
        emulator.faults.clear()
        emulator.limits.configure(Limits(mode="strict" if limits == "strict" else "off"))
        return {"ok": True}

    @router.post("/storm")
    async def storm(probability: float, shortest: int, longest: int) -> dict[str, bool]:
        fault = Fault("too_many_requests", times=None, probability=probability, retry_after=(shortest, longest))
        emulator.faults.clear()
        if probability > 0:
            emulator.faults.add(fault)
        return {"ok": True}

    @router.get("/calls")
    async def calls() -> Response:
        rows = [
            (call.method, call.chat_id, call.status, call.arrived, call.stamp, call.retry_after, call.fault)
            for call in emulator.journal
        ]
        return Response(to_json(rows), media_type="application/json")

    @router.get("/early")
    async def early() -> Response:
        rows = [(call.method, call.chat_id, call.arrived) for call in emulator.journal.called_before_their_time()]
        return Response(to_json(rows), media_type="application/json")

    @router.get("/texts")
    async def texts() -> Response:
        """Every text by the bot that stands in a chat: {chat: [text, …]}."""
        bot_id = emulator.state.bot.id
        found = {
            chat_id: [
                text_of(stored.message)
                for stored in chat.messages.values()
                if stored.message.from_user is not None and stored.message.from_user.id == bot_id
            ]
            for chat_id, chat in emulator.state.chats.items()
        }
        return Response(to_json(found), media_type="application/json")

    @router.get("/chats")
    async def chats() -> dict[str, list[int]]:
        ids = sorted(emulator.state.chats)
        return {"private": [chat for chat in ids if chat > 0], "groups": [chat for chat in ids if chat < 0]}

    return router


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.telegram_server")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--people", type=int, default=1)
    parser.add_argument("--groups", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    emulator = TelegramEmulator(limits=Limits(mode="strict"), seed=options.seed)
    people = [emulator.add_person(f"Person {n}", user_id=FIRST_PERSON + n) for n in range(options.people)]
    for number in range(options.groups):
        emulator.add_group(f"Group {number}", people[:2])
    serve(emulator, "127.0.0.1", options.port, routers=[bench_router(emulator)])


if __name__ == "__main__":
    main()
