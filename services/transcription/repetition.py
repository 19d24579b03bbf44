"""Words that a model repeats because it turns in circles."""

_LONGEST_PHRASE_WORDS = 12
_LOOP_ROUNDS = 4
"""A person says a word three times for effect; a model that has lost the thread does not stop at four."""


def without_loops(text: str) -> str:
    """Each phrase that is repeated four times and more in a row, once."""
    words = text.split()
    for length in range(1, _LONGEST_PHRASE_WORDS + 1):
        words = _collapsed(words, length)
    return " ".join(words)


def repeated_often(text: str) -> bool:
    """More than half of the words are rounds of a loop."""
    return len(without_loops(text).split()) * 2 < len(text.split())


def _collapsed(words: list[str], length: int) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(words):
        rounds = _rounds(words, at, length)
        if rounds >= _LOOP_ROUNDS:
            kept += words[at : at + length]
            at += rounds * length
        else:
            kept.append(words[at])
            at += 1
    return kept


def _rounds(words: list[str], at: int, length: int) -> int:
    phrase = [_bare(word) for word in words[at : at + length]]
    if len(phrase) < length or not any(phrase):
        return 1
    rounds = 1
    while [_bare(word) for word in words[at + rounds * length : at + (rounds + 1) * length]] == phrase:
        rounds += 1
    return rounds


def _bare(word: str) -> str:
    return "".join(char for char in word.casefold() if char.isalnum())
