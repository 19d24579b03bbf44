"""Evidence of a small day on which nothing went wrong: tests of the oracle spoil it in one place each."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Chat, Message, Update, User

from tests.durability.database import Row
from tests.durability.evidence import Arrival, Evidence, Shown, Version
from tests.emulators.openai.meter import Call as ModelCall
from tests.emulators.telegram.journal import Call

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHAT, APPROVER, GENERATION, MARK = 7005, 7001, 1, 10_001
ANA = User(id=CHAT, is_bot=False, first_name="Ana")
PROGRESS = Version("✍️ …", (f"x:{GENERATION}",))
FINAL = Version(f"1. Тихий вечер №{MARK}", (f"g:{GENERATION}:3:", f"q:{GENERATION}:3"))


def said(update_id: int, message_id: int, text: str, **more: Any) -> Arrival:
    chat = Chat(id=CHAT, type="private")
    message = Message(message_id=message_id, date=NOW, chat=chat, from_user=ANA, text=text, **more)
    return Arrival(Update(update_id=update_id, message=message), confirmed=True, posted=message_id)


def pressed(update_id: int, query_id: str) -> Arrival:
    query = CallbackQuery(id=query_id, from_user=ANA, chat_instance="1", data=f"q:{GENERATION}:3")
    return Arrival(Update(update_id=update_id, callback_query=query), confirmed=True)


def answered(query_id: str, status: int = 200) -> Call:
    method: Any = AnswerCallbackQuery(callback_query_id=query_id)
    return Call("answerCallbackQuery", None, status, None, method)


def generation() -> Row:
    return {
        "id": GENERATION,
        "brief_id": 1,
        "state": "approved",
        "draft": f'{{"ideas": [{{"title": "Тихий вечер №{MARK}"}}]}}',
        "usage": '{"tokens_in": 900, "tokens_out": 100}',
        "placeholder_chat_id": CHAT,
        "placeholder_message_id": 2,
        "delivered_at": "2026-01-01",
    }


def model_call(call_id: int = 1, outcome: str = "ok", tokens: tuple[int, int] = (900, 100)) -> Row:
    tokens_in, tokens_out = tokens
    return {
        "id": call_id,
        "generation_id": GENERATION,
        "prompt_name": "idea",
        "outcome": outcome,
        "tokens_in": tokens_in,
        "tokens_out": tokens_out,
    }


def metered(call_id: int = 1, outcome: str = "finished", tokens: tuple[int, int] = (900, 100)) -> ModelCall:
    call = ModelCall(f"chat-{call_id}", "chat", "gpt-4.1", 0.0, {}, request_id=f"muza-{call_id}")
    call.tokens_in, call.tokens_out = tokens
    call.end(outcome)
    return call


def good_day(**changes: Any) -> Evidence:
    """An /idea with its final, /help, a press, an approval, a review card sent to an approver. `changes`: fields of
    Evidence; `tables` are put over the good ones."""
    review_card = {"generation_id": GENERATION, "from": "Ana"}
    tables: dict[str, list[Row]] = {
        "inbox": [{"update_id": n, "lane": CHAT, "done_at": "2026-01-01", "error_code": None} for n in (1, 2, 3)],
        "briefs": [{"id": 1, "chat_id": CHAT}],
        "generations": [generation()],
        "reviews": [{"generation_id": GENERATION, "verdict": "approved"}],
        "deliveries": [
            {
                "id": 1,
                "kind": "review_card",
                "chat_id": APPROVER,
                "state": "sent",
                "not_before": None,
                "error_code": None,
                "payload": review_card,
            }
        ],
        "model_calls": [model_call()],
        "recordings": [],
        "recording_pieces": [],
    }
    good = Evidence(
        arrivals=[said(1, 1, "/idea слоган"), said(2, 3, "/help"), pressed(3, "tap")],
        shown=[
            Shown(CHAT, 2, 2, 1, (PROGRESS, FINAL)),
            Shown(CHAT, 4, 4, None, (Version(help_text(), ()),)),
            Shown(APPROVER, 1, 5, None, (Version(f"Ana asks: {FINAL.text}", (f"ok:{GENERATION}:3",)),)),
        ],
        telegram_calls=[answered("tap")],
        model_calls=[metered()],
        deaths=[],
        tables=tables | changes.pop("tables", {}),
    )
    return replace(good, **changes)


def help_text() -> str:
    from handlers.i18n import Catalogues
    from services.domain.language import Language

    return Catalogues(Language.ENGLISH).texts(Language.ENGLISH)("help.text")
