"""The outside of the Bot API: addresses, encodings, tokens."""

import httpx
import pytest
from aiogram import methods as api
from aiogram.methods import TelegramMethod

from tests.emulators.telegram import Person, RunningServer, TelegramEmulator
from tests.emulators.telegram.methods.table import MethodTable


@pytest.fixture
def url(server: RunningServer) -> str:
    return f"{server.base_url}/bot{server.emulator.token}"


async def test_query_form_and_json_mean_the_same(url: str, anya: Person) -> None:
    values = {"chat_id": str(anya.id), "text": "привет"}
    async with httpx.AsyncClient() as client:
        answers = [
            await client.get(f"{url}/sendMessage", params=values),
            await client.post(f"{url}/sendMessage", data=values),
            await client.post(f"{url}/sendMessage", json={"chat_id": anya.id, "text": "привет", "entities": None}),
            await client.post(f"{url}/SENDMESSAGE", data=values, files={"unused": b"x"}),
        ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert {answer.json()["result"]["text"] for answer in answers} == {"привет"}
    result = answers[0].json()["result"]
    assert result["from"]["is_bot"] is True
    assert result["chat"] == {
        "id": anya.id,
        "type": "private",
        "first_name": "Аня",
        "last_name": "Кравцова",
        "username": "anya_k",
    }
    assert isinstance(result["date"], int)
    assert "entities" not in result


async def test_wrong_token_and_unknown_method(url: str, server: RunningServer) -> None:
    async with httpx.AsyncClient() as client:
        stranger = await client.get(f"{server.base_url}/bot1:wrong/getMe")
        unknown = await client.get(f"{url}/sendTelepathy")
        not_built = await client.post(f"{url}/sendGame", json={"chat_id": 1, "game_short_name": "chess"})
    assert (stranger.status_code, stranger.json()["description"]) == (401, "Unauthorized")
    assert (unknown.status_code, unknown.json()["description"]) == (404, "Not Found: method not found")
    assert not_built.status_code == 501


@pytest.mark.parametrize(
    ("method", "parameters", "description"),
    [
        ("sendMessage", {"text": "hi"}, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": 100_001}, "Bad Request: message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "hi"}, "Bad Request: chat not found"),
        ("getChatMember", {"chat_id": 100_001}, "Bad Request: invalid user_id specified"),
        (
            "sendMessage",
            {"chat_id": 100_001, "text": "hi", "reply_markup": "{"},
            "can't parse reply keyboard markup JSON object",
        ),
        ("sendMessage", {"chat_id": 100_001, "text": "hi", "reply_markup": {"inline_keyboard": [[{}]]}}, "can't parse"),
        ("setMyCommands", {}, 'Bad Request: parameter "commands" is required'),
    ],
)
async def test_parameters_are_checked_by_the_models_of_aiogram(
    url: str, anya: Person, method: str, parameters: dict[str, object], description: str
) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{url}/{method}", json=parameters)
    assert answer.status_code == 400
    assert answer.json()["ok"] is False
    assert description in answer.json()["description"]


def test_every_method_of_aiogram_is_known() -> None:
    table = MethodTable()
    names = [
        value.__api_method__
        for value in vars(api).values()
        if isinstance(value, type) and value is not TelegramMethod and issubclass(value, TelegramMethod)
    ]
    assert len(names) > 150
    assert all(table.model(name) is not None for name in names)
    assert table.model("SendRichMessageDraft") is api.SendRichMessageDraft


async def test_health_and_journal(server: RunningServer, url: str, emulator: TelegramEmulator, anya: Person) -> None:
    async with httpx.AsyncClient() as client:
        health = await client.get(f"{server.base_url}/healthz")
        await client.post(f"{url}/sendMessage", json={"chat_id": anya.id, "text": "one"})
        await client.post(f"{url}/sendMessage", json={"chat_id": 7, "text": "two"})
    assert health.json()["status"] == "ok"
    assert [(call.chat_id, call.status) for call in emulator.journal.calls("send*")] == [(anya.id, 200), (7, 400)]
    first, second = emulator.journal.calls("sendMessage")
    assert first.stamp < second.stamp
    assert second.description == "Bad Request: chat not found"
    assert emulator.journal.calls(status=400, chat_id=7) == [second]
