"""The models process over HTTP, around a model without weights."""

import base64
import struct
import threading
from collections.abc import Iterator, Sequence

import httpx2
import numpy as np
import numpy.typing as npt
import pytest

from bot.models.loaded_model import LoadedModel
from bot.models.served import Served
from bot.models.server import create_app
from services.domain.errors import KnowledgeUnavailable
from services.domain.language import Language
from services.retrieval.sentence_embedder import InputType
from tests.fakes.embedding_servers import get_json, serving, wait_until


class LengthModel:
    """A text's vector is its length and its type."""

    name = "lengths"
    languages = frozenset({Language.ENGLISH})
    floor = 0.25
    dimensions = 2

    def __init__(self) -> None:
        self.may_load = threading.Event()
        self.may_load.set()
        self.error: Exception | None = None
        self.breaks = False

    def load(self) -> None:
        assert self.may_load.wait(timeout=30)
        if self.error:
            raise self.error

    def encode(self, texts: Sequence[str], input_type: InputType | None) -> npt.NDArray[np.float32]:
        if self.breaks:
            raise RuntimeError("out of memory")
        kind = {None: 0.0, "query": 1.0, "passage": 2.0}[input_type]
        return np.array([[len(text), kind] for text in texts], dtype=np.float32)


@pytest.fixture
def model() -> LengthModel:
    return LengthModel()


@pytest.fixture
def url(model: LengthModel) -> Iterator[str]:
    with serving(create_app(Served(LoadedModel(model)))) as url:
        yield url
        model.may_load.set()


def loaded(url: str) -> None:
    wait_until(lambda: get_json(f"{url}/healthz")[1]["status"] != "loading")


def embed(url: str, **body: object) -> httpx2.Response:
    return httpx2.post(f"{url}/v1/embeddings", json=body, trust_env=False)


def test_texts_become_vectors_in_openais_form(url: str) -> None:
    loaded(url)
    answer = embed(url, model="lengths", input=["a", "bcd"], input_type="passage").json()
    assert [row["embedding"] for row in answer["data"]] == [[1.0, 2.0], [3.0, 2.0]]
    assert [(row["index"], row["object"]) for row in answer["data"]] == [(0, "embedding"), (1, "embedding")]
    assert (answer["object"], answer["model"]) == ("list", "lengths")


def test_one_string_and_base64_are_understood(url: str) -> None:
    loaded(url)
    row = embed(url, input="плед", encoding_format="base64").json()["data"][0]["embedding"]
    assert struct.unpack("<2f", base64.b64decode(row)) == (4.0, 0.0)


def test_the_card_of_the_model_says_what_it_knows(url: str) -> None:
    loaded(url)
    card = get_json(f"{url}/v1/models")[1]["data"][0]
    assert (card["id"], card["status"], card["languages"], card["floor"], card["dimensions"]) == (
        "lengths",
        "ready",
        ["en"],
        0.25,
        2,
    )


def test_while_loading_the_server_answers_and_asks_to_come_back(model: LengthModel, url: str) -> None:
    model.may_load.clear()
    with serving(create_app(Served(LoadedModel(model)))) as loading:
        state = {"task": "embedding", "model": "lengths", "status": "loading", "reason": "", "waiting": 0}
        assert get_json(f"{loading}/healthz") == (200, {"status": "loading", "models": [state]})
        answer = embed(loading, input="a")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_loading")
        assert int(answer.headers["retry-after"]) > 0
        model.may_load.set()
        loaded(loading)
        assert embed(loading, input="a").status_code == 200


@pytest.mark.parametrize("error", [KnowledgeUnavailable("no such folder"), RuntimeError("anything")])
def test_a_model_that_cannot_be_had_is_said_without_asking_to_come_back(model: LengthModel, error: Exception) -> None:
    model.error = error
    with serving(create_app(Served(LoadedModel(model)))) as url:
        loaded(url)
        status, health = get_json(f"{url}/healthz")
        answer = embed(url, input="a")
    assert (status, health["status"]) == (503, "failed")
    assert health["models"][0]["reason"]
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_failed")
    assert "retry-after" not in answer.headers


def test_a_batch_that_breaks_the_model_is_an_error_of_the_server(model: LengthModel, url: str) -> None:
    loaded(url)
    model.breaks = True
    answer = embed(url, input="a")
    assert (answer.status_code, answer.json()["error"]["type"]) == (500, "server_error")
    model.breaks = False
    assert embed(url, input="a").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"input": []}, 400),
        ({"input": ["a"] * 2049}, 400),
        ({"input": [[1, 2, 3]]}, 400),
        ({"input": "a", "encoding_format": "int8"}, 400),
        ({"input": "a", "input_type": "title"}, 400),
        ({}, 400),
        ({"input": "a", "model": "another"}, 404),
    ],
)
def test_what_cannot_be_served_is_refused_in_openais_form(url: str, body: dict[str, object], status: int) -> None:
    loaded(url)
    answer = embed(url, **body)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"
