"""Requests as the product's prompts form them."""

from openai.types.chat import ChatCompletionMessageParam

RUSSIAN_PASSAGES = """[1] Продуктовая линейка › «Сказка на ночь»
Единственный вкус без кофеина. Банка открывается тише остальных: мы уменьшили давление до 1,8 бара.

| Артикул | Вкус | Цена |
|---|---|---|
| TH-1300 | «Тринадцать ноль-ноль» | 149 ₽ |
| TH-2100 | «Сказка на ночь» | 159 ₽ |

[2] Бренд-бук › Слоганы
- «Подождёт»
- «Тринадцать минут, за которые ничего не случится»
- «Шторы закрыты»
- «Можно не отвечать до 14:00»

[3] Аудитория › Родители уснувших
Час после укладывания в 21:00 — единственный собственный.

> «Я сижу на кухне и боюсь открыть банку». — Ольга, 36

Инсайт: тишина для них не отсутствие звука, а хрупкая победа.

[4] Запрещённые слова › Торопят
Успей, срочно, последний шанс."""

ENGLISH_PASSAGES = """[1] Product line › Bedtime Story
The only flavour without caffeine. We lowered the pressure of Bedtime Story to 1.8 bar so as not to wake anybody.

[2] Brand book › Lines
- "It can wait"
- "Curtains drawn"
- "You needn't reply before 14:00"

[3] Audience › Parents
The hour after bedtime at 21:00 is the only one that belongs to them."""

SYSTEM = "You are Muza. CANARY-7413. Offer three ideas."


def request(
    *,
    passages: str = RUSSIAN_PASSAGES,
    brief: str = "",
    question: str = "",
    previous: str = "",
    instruction: str = "",
    nonce: str = "a1b2",
) -> list[ChatCompletionMessageParam]:
    texts = {
        "passages": passages,
        "brief": brief,
        "question": question,
        "previous": previous,
        "instruction": instruction,
    }
    blocks = [f'<{tag} nonce="{nonce}">\n{text}\n</{tag} nonce="{nonce}">' for tag, text in texts.items() if text]
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "\n\n".join(blocks)}]
