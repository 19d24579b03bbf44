"""Whatever goes into a prompt is in the key of its answer."""

from dataclasses import replace

import pytest

from services.caching.keys import Request, plain_text
from services.domain.generation import PromptRelease

REQUEST = Request(
    project_id=1,
    member_id=None,
    release=PromptRelease("idea", "3", "a" * 64),
    model="openai/gpt-4.1",
    parameters={"temperature": 0.8, "role": "smart"},
    text="Слоган для кофейни",
    told={"count": 4, "language": "ru", "project": {"name": "Тихий час", "voice": ["тепло"]}},
    passages=["1:1:0", "2:1:3"],
)


@pytest.mark.parametrize(
    "changed",
    [
        replace(REQUEST, project_id=2),
        replace(REQUEST, member_id=7),
        replace(REQUEST, release=PromptRelease("idea", "4", "a" * 64)),
        replace(REQUEST, release=PromptRelease("idea", "3", "b" * 64)),
        replace(REQUEST, model="openai/gpt-4.1-mini"),
        replace(REQUEST, parameters={"temperature": 0.9, "role": "smart"}),
        replace(REQUEST, told={**REQUEST.told, "count": 5}),
        replace(REQUEST, told={**REQUEST.told, "project": {"name": "Тихий час", "voice": ["дерзко"]}}),
        replace(REQUEST, told={**REQUEST.told, "material": "чужие слова"}),
    ],
)
def test_a_request_that_differs_has_other_keys(changed: Request) -> None:
    assert changed.exact_key() != REQUEST.exact_key()
    assert changed.shelf("9:2") != REQUEST.shelf("9:2")


def test_words_and_passages_are_in_the_exact_key_and_the_knowledge_is_in_the_shelf() -> None:
    for changed in (replace(REQUEST, text="Слоган для чайной"), replace(REQUEST, passages=["1:2:0", "2:1:3"])):
        assert changed.exact_key() != REQUEST.exact_key()
        assert changed.shelf("9:2") == REQUEST.shelf("9:2")
    assert REQUEST.shelf("9:2") != REQUEST.shelf("10:2")


def test_spaces_the_first_letter_and_a_full_stop_say_nothing() -> None:
    same = replace(REQUEST, text="  слоган\n для   кофейни. ")
    assert same.exact_key() == REQUEST.exact_key()
    assert plain_text("Пост про Роман") != plain_text("Пост про роман")
    assert plain_text("Это слоган?") != plain_text("Это слоган")
