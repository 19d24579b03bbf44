"""JinjaPromptLibrary over prompts written by the test."""

from pathlib import Path

import pytest

from services.domain.prompt import Message, ModelRole, SamplingParameters
from services.prompts.jinja_library import JinjaPromptLibrary, content_hash

HEADER = """---
version: 1.2
task: demo
role: fast
parameters: {temperature: 0, stop: [END], seed: 3}
variables: {word: text, size: integer, things: list, extra: "text?"}
---
"""
GOOD = {"word": "w", "size": 1, "things": [], "extra": None}


def write(root: Path, system: str = HEADER + "Say {{ word }}.", user: str = "{{ size }}") -> Path:
    folder = root / "demo"
    folder.mkdir(exist_ok=True)
    (folder / "system.j2").write_text(system, encoding="utf-8")
    (folder / "user.j2").write_text(user, encoding="utf-8")
    return folder


def test_a_prompt_is_rendered_with_its_passport(tmp_path: Path) -> None:
    folder = write(tmp_path)
    prompt = JinjaPromptLibrary(tmp_path).render("demo", GOOD)
    assert prompt.messages == (Message("system", "Say w."), Message("user", "1"))
    assert (prompt.release.name, prompt.release.version) == ("demo", "1.2")
    assert prompt.release.content_hash == content_hash(folder)
    assert prompt.role is ModelRole.FAST
    assert prompt.parameters == SamplingParameters(temperature=0, stop=("END",), seed=3)


def test_the_hash_changes_with_every_letter_and_not_with_line_ends(tmp_path: Path) -> None:
    folder = write(tmp_path, user="one\ntwo")
    first = content_hash(folder)
    (folder / "user.j2").write_bytes(b"one\r\ntwo")
    assert content_hash(folder) == first
    (folder / "user.j2").write_bytes(b"one\ntwo.")
    assert content_hash(folder) != first


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"size": "1"}, "size: str is not integer"),
        ({"size": True}, "size: bool is not integer"),
        ({"things": "abc"}, "things: str is not list"),
        ({"word": None}, "word: NoneType is not text"),
        ({"extra": 5}, "extra: int is not text?"),
    ],
)
def test_wrong_types_are_named_and_values_are_not(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    write(tmp_path)
    with pytest.raises(ValueError, match="prompt 'demo'") as failure:
        JinjaPromptLibrary(tmp_path).render("demo", GOOD | change)
    assert problem in str(failure.value)


def test_a_name_the_template_uses_but_does_not_declare_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, user="{{ undeclared }}")
    with pytest.raises(ValueError, match="undeclared"):
        JinjaPromptLibrary(tmp_path).render("demo", GOOD)


def test_an_attribute_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, user="{% for thing in things %}{{ thing.title }}{% endfor %}")
    with pytest.raises(ValueError, match="title"):
        JinjaPromptLibrary(tmp_path).render("demo", GOOD | {"things": [{}]})


def test_templates_are_sandboxed(tmp_path: Path) -> None:
    write(tmp_path, user="{{ word.__class__.__mro__[1].__subclasses__() }}")
    with pytest.raises(ValueError, match="prompt 'demo'"):
        JinjaPromptLibrary(tmp_path).render("demo", GOOD)


def test_an_unknown_prompt_is_a_value_error(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(ValueError, match="'other'"):
        JinjaPromptLibrary(tmp_path).render("other", {})


@pytest.mark.parametrize(
    "system",
    [
        "no front matter",
        "---\nversion: 1\n",
        HEADER.replace("role: fast", "role: genius") + "x",
        HEADER.replace("temperature: 0", "temperature: 9") + "x",
        HEADER.replace("task: demo", "task: demo\nsurprise: 1") + "x",
        HEADER + "{% if %}",
    ],
)
def test_a_broken_prompt_stops_the_start(tmp_path: Path, system: str) -> None:
    write(tmp_path, system)
    with pytest.raises(ValueError, match="prompt 'demo'"):
        JinjaPromptLibrary(tmp_path)


def test_a_prompt_without_its_user_part_stops_the_start(tmp_path: Path) -> None:
    (write(tmp_path) / "user.j2").unlink()
    with pytest.raises(ValueError, match="user"):
        JinjaPromptLibrary(tmp_path)


def test_no_prompts_at_all(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        JinjaPromptLibrary(tmp_path)


def test_files_are_read_once(tmp_path: Path) -> None:
    folder = write(tmp_path)
    library = JinjaPromptLibrary(tmp_path)
    (folder / "system.j2").unlink()
    assert library.render("demo", GOOD).messages[0].content == "Say w."
