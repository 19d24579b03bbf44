"""The characters that the chat model can play."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.emulators.openai import writer
from tests.emulators.openai.assignment import Assignment, Kind, read
from tests.emulators.openai.completion import Reply
from tests.emulators.openai.forms import Schema, as_json, as_text, ideas_bounds, wanted_schema
from tests.emulators.openai.minute_taker import take_minutes
from tests.emulators.openai.obedience import carry_out_orders
from tests.emulators.openai.repairs import mend
from tests.emulators.openai.settings import Personality
from tests.emulators.openai.sorting import sort_speech
from tests.emulators.openai.translating import translate_query
from tests.emulators.openai.writer import Work

NONSENSE_TOKENS = 60
SYLLABLES = ("зю", "бра", "кло", "му", "ты", "хры", "фне", "ло", "вза", "пси", "бим", "нок", "ту", "гра")
WRONG_KEYS = {"ideas": "концепции", "title": "заголовок", "text": "описание", "why": "почему", "answer": "ответ"}
SORTERS = frozenset({Personality.HONEST, Personality.OBEDIENT})
REFRAINS = {
    True: "и ещё одна мысль, и ещё одна, и к ней другая, и снова о том же самом, ",
    False: "and one more thought, and another, and one that follows from it, and the same again, ",
}


class Cast:
    """All characters of one emulator. Remembers what it was asked before, so that a second try differs."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def say(
        self,
        personality: Personality,
        messages: Sequence[dict[str, Any]],
        response_format: dict[str, Any] | None,
        seed: int | None,
    ) -> Reply:
        """The reply to a request. With a seed, the same request always gets the same reply."""
        assignment = read(messages)
        schema = wanted_schema(response_format, assignment)
        if personality in SORTERS:
            by_rule = (
                sort_speech(messages, schema) or take_minutes(messages, schema) or translate_query(messages, schema)
            )
            if by_rule is not None:
                return Reply(by_rule)
        key = "|".join((personality, assignment.brief, assignment.instruction, assignment.previous))
        attempt = self._asked[key]
        self._asked[key] += 1
        chosen_seed = f"attempt {attempt}" if seed is None else f"seed {seed}"
        match personality:
            case Personality.NONSENSE:
                return Reply(_nonsense(chosen_seed))
            case Personality.BABBLING:
                return _babble(assignment, schema)
            case Personality.BROKEN_JSON:
                valid = _shape(_compose(assignment, schema, chosen_seed), schema)
                return Reply(valid if _is_second_try(assignment, attempt) else _broken(valid))
            case Personality.OBEDIENT:
                obeyed = carry_out_orders(assignment, _compose(assignment, schema, chosen_seed))
                return Reply(_shape(obeyed, schema))
        return Reply(_shape(_compose(assignment, schema, chosen_seed), schema))


def _compose(assignment: Assignment, schema: Schema | None, seed: str) -> Work:
    match assignment.kind:
        case Kind.ANSWER:
            return writer.write_answer(assignment)
        case Kind.TALK:
            return writer.talk(assignment)
        case Kind.REPAIR:
            return mend(assignment)
    fewest, most = ideas_bounds(schema)
    asked = max(assignment.count or writer.DEFAULT_IDEAS, fewest)
    return writer.write_ideas(replace(assignment, count=min(asked, most or asked)), seed)


def _shape(work: Work, schema: Schema | None) -> str:
    return as_text(work) if schema is None else as_json(work, schema)


def _babble(assignment: Assignment, schema: Schema | None) -> Reply:
    refrain = REFRAINS[assignment.russian]
    signature = writer.phrasebook_for(assignment).signature
    if schema is None:
        return Reply(f"{signature} ", refrain)
    body = {"answer": signature} if assignment.kind is Kind.ANSWER else {"ideas": [{"title": signature, "text": ""}]}
    # The last string stays open: the refrain goes on inside it.
    return Reply(json.dumps(body, ensure_ascii=False).rstrip("}]").removesuffix('"'), refrain)


def _nonsense(seed: str) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(NONSENSE_TOKENS))


def _is_second_try(assignment: Assignment, attempt: int) -> bool:
    """A request to mend, the model's own broken answer in the conversation, or the same work asked for again."""
    return (
        assignment.kind is Kind.REPAIR or attempt > 0 or any(key in assignment.previous for key in WRONG_KEYS.values())
    )


def _broken(valid: str) -> str:
    """Keys that no schema knows, and no end: a lenient parser can close the brackets, but not guess the keys."""
    for key, wrong in WRONG_KEYS.items():
        valid = valid.replace(f'"{key}":', f'"{wrong}":')
    return valid.rstrip("}]")
