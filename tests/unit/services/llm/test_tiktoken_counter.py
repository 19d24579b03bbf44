import hashlib
import socket
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.llm import tiktoken_encodings
from services.llm.tiktoken_counter import TiktokenCounter
from services.llm.tiktoken_encodings import encoding_name, load_encoding

O200K_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiktoken")


@pytest.fixture(scope="module")
def counter(cache_dir: Path) -> TiktokenCounter:
    counter = TiktokenCounter(cache_dir)
    counter.load()
    return counter


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("tiktoken reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("no_network")
def test_counts_are_tiktoken_s_own_without_a_network(tmp_path: Path) -> None:
    counter = TiktokenCounter(tmp_path)
    # Known encodings of o200k_base and cl100k_base (tiktoken's README and the OpenAI cookbook).
    assert counter.count("gpt-4o", "hello world") == 2
    assert counter.count("gpt-4", "antidisestablishmentarianism") == 6
    assert counter.count("gpt-4o", "お誕生日おめでとう") == 8
    assert counter.count("gpt-4", "お誕生日おめでとう") == 9


def test_the_cache_is_in_tiktoken_s_own_layout_and_hash_checked(cache_dir: Path, counter: TiktokenCounter) -> None:
    files = list(cache_dir.iterdir())
    assert [hashlib.sha256(file.read_bytes()).hexdigest() for file in files] == [O200K_SHA256]
    url = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"
    assert files[0].name == hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()


def test_a_damaged_cache_is_written_anew(cache_dir: Path, counter: TiktokenCounter, tmp_path: Path) -> None:
    name = next(cache_dir.iterdir()).name
    (tmp_path / name).write_bytes(b"AAAA 0\n")
    assert TiktokenCounter(tmp_path).count("gpt-4o", "hello world") == 2
    assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == O200K_SHA256


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    assert load_encoding("o200k_base", occupied).encode_ordinary("hello world") == [24912, 2375]


def test_the_library_itself_is_left_alone(counter: TiktokenCounter) -> None:
    assert import_module("tiktoken_ext.openai_public").load_tiktoken_bpe.__module__ == "tiktoken.load"


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4.1", "o200k_base"),
        ("gpt-4o-mini-2024-07-18", "o200k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("openai/gpt-4", "cl100k_base"),
        ("gpt-oss-20b", "o200k_harmony"),
        ("qwen2.5:7b", "o200k_base"),
        ("", "o200k_base"),
    ],
)
def test_encodings_of_models(model: str, encoding: str) -> None:
    assert encoding_name(model) == encoding


def test_harmony_builds_on_the_rebound_base(tmp_path: Path) -> None:
    assert load_encoding("o200k_harmony", tmp_path).name == "o200k_harmony"


def test_a_vocabulary_nobody_has_falls_back(counter: TiktokenCounter) -> None:
    assert counter.count("davinci", "hello world") == counter.count("gpt-4o", "hello world")


def test_without_any_vocabulary_counts_are_estimates_on_the_safe_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counter: TiktokenCounter
) -> None:
    monkeypatch.setattr(tiktoken_encodings, "_packaged", lambda file_name: None)
    poor = TiktokenCounter(tmp_path)
    text = "Подождёт. It can wait until 21:00."
    assert counter.count("m", text) <= poor.count("m", text)
    assert text.startswith(poor.truncate("m", text, 5))


def test_control_words_in_a_text_are_plain_text(counter: TiktokenCounter) -> None:
    assert counter.count("gpt-4o", "<|endoftext|>") > 1


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200), limit=st.integers(0, 60))
def test_truncation_is_a_prefix_within_the_limit(counter: TiktokenCounter, text: str, limit: int) -> None:
    text = text.encode("utf-8", "ignore").decode()
    prefix = counter.truncate("gpt-4o", text, limit)
    assert text.startswith(prefix)
    assert counter.count("gpt-4o", prefix) <= limit
    if counter.count("gpt-4o", text) <= limit:
        assert prefix == text
