"""What Whisper writes on silence, most often: credits and farewells of the subtitles it learnt from.

Collected from public reports (openai/whisper discussions 679, 928 and 1606) in the product's two languages.
"""

import re

_CREDITS = re.compile(
    r"субтитр\w* (?:сделал|создавал|подогнал|добавил|делал|подготов|редакт)\w*"
    r"|(?:редактор|корректор) субтитров"
    r"|dimatorzok|amara org"
    r"|subtitles? (?:by|made by|created by|provided by)(?: the)?\b"
    r"|transcri(?:bed|ption) by|captions? by|caption(?:ing|ed) by"
    r"|подписывайтесь на (?:мой|наш|канал)|подпишись на канал|ставьте лайки?"
    r"|(?:don t forget to |please )(?:like and )?subscribe",
)
"""Nobody dictates these to an assistant."""
_MOST_WORDS_OF_CREDITS = 14
_FAREWELLS = frozenset(
    {
        "продолжение следует",
        "спасибо за просмотр",
        "спасибо за внимание",
        "спасибо",
        "до свидания",
        "до новых встреч",
        "пока",
        "всем пока",
        "с вами был игорь негода",
        "смотрите продолжение в следующей серии",
        "в следующем выпуске",
        "музыка",
        "играет музыка",
        "спокойная музыка",
        "веселая музыка",
        "динамичная музыка",
        "тревожная музыка",
        "аплодисменты",
        "смех",
        "thanks for watching",
        "thank you for watching",
        "thank you so much for watching",
        "thanks for watching and see you next time",
        "thank you",
        "thank you very much",
        "bye",
        "bye bye",
        "you",
        "see you next time",
        "see you in the next video",
        "i ll see you in the next video",
        "to be continued",
        "music",
        "applause",
        "silence",
        "blank audio",
        "the end",
    }
)
"""Somebody may say these; they are disbelieved where there are other signs of silence."""


def always_invented(text: str) -> bool:
    """Also notes, dots and brackets without a word between them."""
    plain = _plain(text)
    is_short = len(plain.split()) <= _MOST_WORDS_OF_CREDITS
    return not plain or (is_short and _CREDITS.search(plain) is not None)


def may_be_invented(text: str) -> bool:
    return _plain(text) in _FAREWELLS


def _plain(text: str) -> str:
    """Small letters and single spaces; "ё" as people type it."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold().replace("ё", "е")).split())
