"""How hard a piece of work is, told from its words alone: for free, at once, and the same every time.

The rules err towards the smart model: every sign of difficulty sends there, and only a short text without any stays.
Read are the brief and the person's own words, never what they quote: a forwarded message decides nothing.
"""

import re

from services.domain.routing import RouteReason

LONG_CHARACTERS = 280
LONG_QUESTION_CHARACTERS = 400
MANY_CONSTRAINTS = 3


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})", re.IGNORECASE)


_WISH = _words(
    r"(?:по)?думай\s+(?:\w+\s+){0,2}(?:хорошенько|хорошо|получше|как следует|глубже|глубоко|серь[её]зно|внимательно)",
    r"(?:хорошенько|как следует|получше|глубже|серь[её]зно|внимательно)\s+(?:\w+\s+)?(?:по|об|про)думай",
    r"не\s+(?:спеши|торопись)(?!\w)",
    r"умн(?:ой|ую|ая)\s+модел",
    r"think\s+(?:\w+\s+)?(?:hard|harder|deep|deeply|deeper|carefully|it\s+through|it\s+over|twice)(?!\w)",
    r"take\s+your\s+time(?!\w)",
    r"(?:use|with|by)\s+(?:the|your)\s+(?:best|smart|smartest)\s+model",
)
_STRATEGY = _words(
    r"стратеги",
    r"позиционировани",
    r"ребрендинг",
    r"манифест",
    r"(?:бренд-?\s?платформ|платформ\w+\s+бренда)",
    r"(?:креативн|рекламн|коммуникационн)\w+\s+концепци",
    r"медиаплан",
    r"big\s+idea",
    r"(?:интегрированн|комплексн|годов|квартальн)\w+\s+(?:кампани|план)",
    r"кампани\w+\s+на\s+(?:весь\s+)?(?:год|полгода|квартал|сезон)",
    r"(?:путь|воронк\w+)\s+(?:клиент|покупател|продаж)",
    r"нейминг",
    r"strateg",
    r"positioning",
    r"rebrand",
    r"manifesto",
    r"brand\s+(?:platform|architecture|story|book)",
    r"media\s+plan",
    r"(?:integrated|year-?long|annual|quarterly|360)\s*-?\s*(?:degree\s+)?(?:campaign|plan)",
    r"campaign\s+for\s+the\s+(?:whole\s+)?(?:year|quarter|season)",
    r"(?:customer|user)\s+journey",
    r"go-to-market",
    r"naming(?!\w)",
)
_AUDIENCES = _words(
    r"для\s+[^.!?\n]{3,60}?(?:,|\s(?:и|а также|и отдельно))\s+для\s+",
    r"отдельно\s+для",
    r"(?:дв(?:е|ух)|тр(?:и|[её]х)|разн\w+|нескольк\w+|кажд\w+)\s+(?:\w+\s+)?(?:аудитори|сегмент)",
    r"for\s+[^.!?\n]{3,60}?(?:,|,?\s(?:and|as well as))\s+(?:separately\s+)?for\s+",
    r"separately\s+for",
    r"(?:two|three|different|several|each|every|both)\s+(?:\w+\s+)?(?:audience|segment)",
)
_CONSTRAINT = _words(
    r"без\s",
    r"не\s+(?:использ|упомина|больше|более|длиннее|короче|менее|меньше|обеща|называ|повторя)",
    r"(?:макс(?:имум)?\.?|до|ровно|минимум)\s+\d",
    r"обязательно",
    r"долж(?:ен|на|но|ны)",
    r"нельзя",
    r"только",
    r"кроме\s",
    r"уч(?:ти|есть|итыва)",
    r"в\s+(?:формате|стиле|рамках)",
    r"бюджет",
    r"(?:срок|дедлайн)",
    r"(?:must|should)(?!\w)",
    r"without\s",
    r"(?:no\s+(?:more|longer|fewer)\s+than|at\s+(?:most|least)|under|up\s+to|exactly)\s",
    r"(?:avoid|never|except|only)(?!\w)",
    r"(?:do\s+not|don['\u2019]t)(?!\w)",
    r"budget",
    r"deadline",
    r"in\s+the\s+(?:format|style)\s+of",
    r"(?:include|mention)(?!\w)",
)
_LIST_LINE = re.compile(r"^\s*(?:[-*•–—]|\d{1,2}[.)])\s+\S", re.MULTILINE)
_DISCONTENT = _words(
    r"не\s+(?:то(?!лько)|нрав|годится|подходит|работает|цепляет|смешно|понял|хватает|устраивает|зашло|впечатл)",
    r"(?:совсем\s+|вообще\s+)?мимо(?!\w)",
    r"(?:плох|скучн|слаб|банальн|избит|шаблонн|пресн|вторичн|ужасн|никак(?:ой|ие|ая)\b)",
    r"(?:перепиши|переделай|заново|сначала\s+вс[её]|фигня|ерунда|отстой)",
    r"(?:not\s+(?:good|great|it|right|working|funny|there|enough|what)|no\s+good|isn['\u2019]t\s+(?:good|it|right))",
    r"(?:doesn['\u2019]t|does\s+not|don['\u2019]t|do\s+not)\s+(?:work|like|land|fit|sing)",
    r"(?:bad|boring|weak|bland|generic|flat|dull|clich[eé]|lame|terrible|awful|meh)(?!\w)",
    r"(?:start\s+over|from\s+scratch|redo|rewrite\s+(?:it|them|all|everything)|try\s+harder|do\s+better)",
)


def asks_for_thought(text: str) -> bool:
    return _WISH.search(text) is not None


def is_discontent(text: str) -> bool:
    """Words about a draft that say that it is no good."""
    return _DISCONTENT.search(text) is not None


def constraints_in(text: str) -> int:
    """Different conditions that the text sets, and points of its lists."""
    return len({found[0].lower().strip() for found in _CONSTRAINT.finditer(text)}) + len(_LIST_LINE.findall(text))


def difficulty_of(text: str) -> RouteReason:
    """Of a brief, or of words that refine a draft: PLAIN, or what makes it hard. O(n)."""
    if _STRATEGY.search(text):
        return RouteReason.STRATEGY
    if _AUDIENCES.search(text):
        return RouteReason.AUDIENCES
    if constraints_in(text) >= MANY_CONSTRAINTS:
        return RouteReason.CONSTRAINTS
    return RouteReason.LONG if len(text) > LONG_CHARACTERS else RouteReason.PLAIN


def difficulty_of_question(text: str) -> RouteReason:
    """Answers are read from passages: the words "strategy" and "budget" in a question make it no harder."""
    return RouteReason.LONG if len(text) > LONG_QUESTION_CHARACTERS else RouteReason.PLAIN
