"""The demo model translates what people search for, word by word, with a phrasebook of a team that writes about tea."""

import json
import re
from collections.abc import Sequence
from typing import Any

from tests.emulators.openai.stems import STOP_WORDS, stem, words
from tests.emulators.openai.tokens import text_of

ASKED = re.compile(r"<query nonce=\"(\w+)\">\n(.*)\n</query nonce=\"\1\">.*Translate it into (Russian|English)", re.S)
PHRASEBOOK = """
tea чай | smoked копчёный | blanket плед | price цена | cost стоит | can банка | dented помятая | return вернуть
month месяц | sell продаётся | come выходит | flavour вкус | compote компот | night ночная | shift смена
advertising реклама | want хочет | sticker стикер | sent отправили | wait подождёт | second секунда | short короткое
video видео | last длится | logo логотип | picture изображено | draw нарисовано | word слово | write писать
instead вместо | useful полезный | healthy полезный | banned запрещённые | campaign кампания | audience аудитория
channel канал | product продукт | voice голос | tone тон | brand бренд | colour цвет | font шрифт | hour час
evening вечер | morning утро | quiet тихий | pause пауза | delivery доставка | shop магазин | gift подарок | set набор
sugar сахар | caffeine кофеин | mint мятный | address обращение | letter письмо | customer клиент | question вопрос
answer ответ | who кто | when когда | approve согласует | text текст | post пост | poster плакат | summer лето
winter зима | spring весна | autumn осень | month месяцы | launch запуск | budget бюджет | result результат
team команда | rule правило
"""
PAIRS = [pair.split() for line in PHRASEBOOK.strip().splitlines() for pair in line.split("|")]
INTO_RUSSIAN = {stem(english): russian for english, russian in reversed(PAIRS)}
INTO_ENGLISH = {stem(russian.replace("ё", "е")): english for english, russian in reversed(PAIRS)}


def translate_query(messages: Sequence[dict[str, Any]], schema: dict[str, Any] | None) -> str | None:
    """The JSON that the schema wants; None when nothing is to be translated. Words that it does not know stay as they
    are, as names do."""
    asked = ASKED.search(text_of(messages[-1].get("content"))) if messages else None
    if asked is None or set((schema or {}).get("properties", {})) != {"query"}:
        return None
    book = INTO_RUSSIAN if asked[3] == "Russian" else INTO_ENGLISH
    told = [word for word in words(asked[2]) if word not in STOP_WORDS]
    return json.dumps({"query": " ".join(book.get(stem(word), word) for word in told) or asked[2]}, ensure_ascii=False)
