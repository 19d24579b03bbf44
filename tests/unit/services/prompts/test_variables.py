from datetime import UTC, datetime

from services.domain.chat import ChatAddress
from services.domain.knowledge import Passage
from services.domain.language import Language
from services.domain.project import BrandProfile, Project
from services.domain.turn import Turn
from services.prompts.variables import history_variables, new_nonce, passage_variables, project_variables


def test_domain_objects_become_what_the_templates_take() -> None:
    profile = BrandProfile("tea", ("quietly",), {Language.RUSSIAN: ("вау",), Language.ENGLISH: ()})
    assert project_variables(Project(1, "q", "Quiet", profile)) == {
        "name": "Quiet",
        "description": "tea",
        "voice": ["quietly"],
        "banned_words": {"ru": ["вау"]},
    }
    passage = Passage("1:1:0", 1, 1, 0, "S", "text", Language.ENGLISH, 0, 4, "T", "t.md")
    assert passage_variables([passage, passage])[1] == {"number": 2, "title": "T", "section": "S", "text": "text"}
    turn = Turn(ChatAddress(1), "user", "hi", datetime.now(UTC))
    assert history_variables([turn]) == [{"role": "user", "content": "hi"}]


def test_nonces_do_not_repeat() -> None:
    assert len({new_nonce() for _ in range(100)}) == 100
