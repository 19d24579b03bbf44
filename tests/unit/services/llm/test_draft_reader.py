"""Reading a model's text: every prefix while it streams, strictly at the end."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.domain.brief import Task
from services.domain.idea import Draft, Idea
from services.llm.answers import MAX_IDEAS, MAX_TITLE, AskAnswer, IdeasAnswer, answer_schema, plain
from services.llm.draft_reader import DraftReader, InvalidAnswer, clamp_sources

IDEAS, ASK = DraftReader(Task.IDEA), DraftReader(Task.ASK)
GOOD = {
    "ideas": [
        {"title": "Подождёт", "text": "Плакат в лифте.", "why": "Тихо.", "sources": [1, 2]},
        {"title": "Час", "text": "Банка на письме.", "why": "", "sources": []},
    ],
    "note": None,
}

words = st.text(min_size=1, max_size=30).filter(plain)
ideas_answers = st.fixed_dictionaries(
    {
        "ideas": st.lists(
            st.fixed_dictionaries(
                {
                    "title": words,
                    "text": words,
                    "why": st.text(max_size=40),
                    "sources": st.lists(st.integers(1, 99), max_size=4),
                }
            ),
            min_size=1,
            max_size=3,
        ),
        "note": st.none() | st.text(max_size=20),
    }
)
ask_answers = st.fixed_dictionaries(
    {"found": st.booleans(), "answer": words, "sources": st.lists(st.integers(1, 99), max_size=4)}
)
wrappings = st.sampled_from(
    [("", ""), ("```json\n", "\n```"), ("Вот идеи {коротко}:\n", ""), ('<think>{"a":1} so</think>\n', "\n")]
)


def written(value: object, ascii_only: bool, indent: int | None) -> str:
    return json.dumps(value, ensure_ascii=ascii_only, indent=indent)


@settings(max_examples=60, deadline=None)
@given(value=ideas_answers, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]), around=wrappings)
def test_ideas_only_grow_while_they_stream(
    value: dict[str, object], ascii_only: bool, indent: int | None, around: tuple[str, str]
) -> None:
    text = around[0] + written(value, ascii_only, indent) + around[1]
    before = Draft()
    for end in range(len(text) + 1):
        now = IDEAS.read_partial(text[:end])
        assert len(now.ideas) >= len(before.ideas)
        for new, old in zip(now.ideas, before.ideas, strict=False):
            assert new.title.startswith(old.title)
            assert new.text.startswith(old.text)
            assert new.why.startswith(old.why)
        before = now
    final = IDEAS.read_final(text)
    assert [(idea.title, idea.text, idea.why) for idea in before.ideas] == [
        (idea.title, idea.text, idea.why) for idea in final.ideas
    ]


@settings(max_examples=60, deadline=None)
@given(value=ask_answers, ascii_only=st.booleans(), around=wrappings)
def test_an_answer_only_grows_while_it_streams(
    value: dict[str, object], ascii_only: bool, around: tuple[str, str]
) -> None:
    text = around[0] + written(value, ascii_only, None) + around[1]
    before = ""
    for end in range(len(text) + 1):
        now = ASK.read_partial(text[:end]).answer or ""
        assert now.startswith(before)
        before = now
    assert before == ASK.read_final(text).answer


@given(st.text())
def test_nothing_a_model_writes_breaks_the_reader(text: str) -> None:
    for reader in (IDEAS, ASK):
        reader.read_partial(text)
        reader.raw(text)
        with suppress(InvalidAnswer):
            reader.read_final(text)


@settings(max_examples=60, deadline=None)
@given(value=ideas_answers, end=st.floats(0, 1))
def test_a_cut_answer_is_never_read_as_a_whole_one(value: dict[str, object], end: float) -> None:
    text = written(value, ascii_only=False, indent=None)
    cut = text[: int(end * (len(text) - 2))]
    whole = IDEAS.read_final(text)
    try:
        draft = IDEAS.read_final(cut)
    except InvalidAnswer:
        return
    assert all(
        idea.title == full.title and idea.text == full.text
        for idea, full in zip(draft.ideas, whole.ideas, strict=False)
    )


def test_ideas_appear_one_by_one() -> None:
    text = written(GOOD, ascii_only=False, indent=None)
    assert IDEAS.read_partial(text[: text.index("лифте")]).ideas == (Idea("Подождёт", "Плакат в"),)
    both = IDEAS.read_partial(text[: text.index("на письме")]).ideas
    assert both == (Idea("Подождёт", "Плакат в лифте.", "Тихо."), Idea("Час", "Банка"))


def test_a_final_answer_is_read_whole() -> None:
    draft = IDEAS.read_final(f"Конечно!\n```json\n{written(GOOD, False, 2)}\n```\nУдачи!")
    assert draft == Draft(
        ideas=(Idea("Подождёт", "Плакат в лифте.", "Тихо.", (1, 2)), Idea("Час", "Банка на письме.")), note=None
    )


def test_an_ask_answer_is_read_whole() -> None:
    assert ASK.read_final('{"found": false, "answer": "Нет [1].", "sources": ["[1]", "2"]}') == Draft(
        answer="Нет [1].", sources=(1, 2), found=False
    )


@pytest.mark.parametrize(
    "broken",
    [
        '{"ideas": [{"title": "T", "text": "x", "why": "", "sources": [1],},], "note": null}',
        '{"ideas": [{"title": "T", "text": "x", "why": "", "sources": [1]}], "note": null',
        "{'ideas': [{'title': 'T', 'text': 'x', 'why': '', 'sources': [1]}], 'note': null}",
        '{ideas: [{title: "T", text: "x", why: "", sources: [1]}], note: null}',
        '{"ideas": [{"title": "T", "text": "x", "why": "", "sources": [1]}], "note": null}{"ideas": []}',
    ],
)
def test_bad_spelling_of_json_is_mended_without_the_model(broken: str) -> None:
    assert IDEAS.read_final(broken).ideas == (Idea("T", "x", "", (1,)),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no JSON object"),
        ("I'd rather not.", "no JSON object"),
        ('{"ideas": [{"title": "T", "text": "half a sen', "cut"),
        ('{"ideas": []}', "ideas: List should have at least 1 item"),
        ('{"ideas": [{"title": "T", "text": "x", "why": ""}]}', "ideas.0.sources: Field required"),
        ('{"ideas": [{"title": " ", "text": "x", "why": "", "sources": []}]}', "ideas.0.title"),
        (
            '{"ideas": [{"title": "T", "text": 5, "why": "", "sources": [1.5]}]}',
            "ideas.0.text: Input should be a valid string",
        ),
        ('{"found": true}', "ideas: Field required"),
    ],
)
def test_problems_say_where_and_what(text: str, problem: str) -> None:
    with pytest.raises(InvalidAnswer) as invalid:
        IDEAS.read_final(text)
    assert problem in invalid.value.problems


def test_limits() -> None:
    idea = {"title": "T" * MAX_TITLE, "text": "x", "why": "", "sources": []}
    IdeasAnswer.model_validate({"ideas": [idea] * MAX_IDEAS})
    with pytest.raises(ValidationError):
        IdeasAnswer.model_validate({"ideas": [idea] * (MAX_IDEAS + 1)})
    with pytest.raises(ValidationError):
        IdeasAnswer.model_validate({"ideas": [idea | {"title": "T" * (MAX_TITLE + 1)}]})


def test_problems_do_not_quote_the_answer() -> None:
    with pytest.raises(InvalidAnswer) as invalid:
        IDEAS.read_final('{"ideas": [{"title": {"canary": 1}, "text": "canary", "why": "", "sources": "canary"}]}')
    assert "canary" not in invalid.value.problems


def test_raw_text_is_shown_without_its_fence() -> None:
    assert IDEAS.raw("<think>hm</think>\n```json\n{broken\n```\n") == Draft(raw_text="{broken")


@pytest.mark.parametrize("task", list(Task))
def test_the_schema_is_strict_all_the_way_down(task: Task) -> None:
    def check(node: object) -> None:
        if isinstance(node, list):
            for item in node:
                check(item)
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert node["required"] == list(node["properties"])
            assert not {"$ref", "$defs", "default", "maxLength", "minLength"} & set(node)
            for item in node.values():
                check(item)

    schema = answer_schema(task)
    check(schema)
    assert schema["type"] == "object"


def test_schema_field_names_are_the_draft_s() -> None:
    item = answer_schema(Task.IDEA)["properties"]["ideas"]["items"]
    assert list(item["properties"]) == ["title", "text", "why", "sources"]
    assert list(answer_schema(Task.ASK)["properties"]) == list(AskAnswer.model_fields)


# --- sources


def test_sources_that_do_not_exist_are_dropped() -> None:
    draft = Draft(ideas=(Idea("T [9]", "x [1] y [4]", "w [2]", (3, 3, 0, 7, 1)),))
    idea = clamp_sources(draft, 3).ideas[0]
    assert (idea.title, idea.text, idea.why, idea.sources) == ("T", "x [1] y", "w [2]", (3, 1, 2))


def test_marks_in_an_answer_count_as_sources() -> None:
    draft = clamp_sources(Draft(answer="Да [2][1], нет [5].", sources=(4,)), 4)
    assert (draft.answer, draft.sources) == ("Да [2][1], нет.", (4, 2, 1))


@given(st.lists(st.integers(-5, 200)), st.text(alphabet="ab []0123456789", max_size=40), st.integers(0, 12))
def test_no_number_outside_survives(sources: list[int], text: str, n: int) -> None:
    draft = clamp_sources(Draft(ideas=(Idea("t", text, "", tuple(sources)),), answer=text, sources=tuple(sources)), n)
    for numbers in (draft.sources, draft.ideas[0].sources):
        assert all(1 <= number <= n for number in numbers)
        assert len(set(numbers)) == len(numbers)
