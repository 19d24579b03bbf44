"""Which part of a prompt is cheaper, as OpenAI documents it."""

from typing import Any

from tests.emulators.openai.prefix_cache import PrefixCache

RULES = "a rule of the house " * 400
MODEL = "gpt-4.1"


def messages(system: str, user: str) -> list[dict[str, Any]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def test_the_common_beginning_is_kept_in_steps_of_128_tokens() -> None:
    cache = PrefixCache()
    assert cache.read(MODEL, messages(RULES, "tea"), None) == 0
    kept = cache.read(MODEL, messages(RULES, "a quite different brief " * 100), None)
    assert (kept >= 1_024, kept % 128) == (True, 0)
    assert 400 * 5 - 128 <= kept <= 400 * 5 + 10
    assert cache.read("gpt-4.1-mini", messages(RULES, "tea"), None) == 0, "every model reads for itself"
    assert cache.read(MODEL, messages("x" + RULES, "tea"), None) == 0
    assert cache.read(MODEL, messages(RULES, "tea"), {"type": "json_object"}) == 0, "the schema comes before"


def test_a_short_prompt_is_not_kept() -> None:
    cache = PrefixCache()
    short = messages("rule " * 900, "tea")
    assert [cache.read(MODEL, short, None) for _ in range(2)] == [0, 0]


def test_what_is_not_used_is_forgotten() -> None:
    seconds = iter((0.0, 500.0, 1_000.0, 1_601.0))
    cache = PrefixCache(lifetime_seconds=600, clock=lambda: next(seconds))
    assert [cache.read(MODEL, messages(RULES, "tea"), None) > 0 for _ in range(4)] == [False, True, True, False]
