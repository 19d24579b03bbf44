"""One suite for Chroma, a real server of its own, and for the fake."""

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from bot.embedded.ports import free_port
from services.domain.errors import KnowledgeUnavailable
from services.retrieval.chroma_index import ChromaVectorIndex, collection_name
from services.retrieval.ports import VectorIndex
from tests.fakes.retrieval import MemoryVectorIndex

X, Y, NEAR_X = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.8, 0.6, 0.0]
SERVER = "import sys, chromadb_rust_bindings; chromadb_rust_bindings.cli(['chroma', *sys.argv[1:]])"


class ChromaServer:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        place = ("--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self._port))
        command = [sys.executable, "-c", SERVER, "run", *place]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if httpx2.get(f"{self.url}/api/v2/heartbeat", trust_env=False).is_success:
                    return
            except httpx2.HTTPError:
                time.sleep(0.05)
        raise TimeoutError("Chroma did not start")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def chroma_index(chroma: ChromaServer) -> AsyncIterator[ChromaVectorIndex]:
    index = ChromaVectorIndex(chroma.url)
    for project_id in (1, 2):
        for model in ("m", "other"):
            await index.drop(project_id, model)
    yield index
    await index.aclose()


@pytest.fixture(params=["chroma", "fake"])
def index(request: pytest.FixtureRequest) -> VectorIndex:
    if request.param == "fake":
        return MemoryVectorIndex()
    found: ChromaVectorIndex = request.getfixturevalue("chroma_index")
    return found


async def nearest(index: VectorIndex, vector: list[float], project_id: int = 1, model: str = "m") -> list[str]:
    return [scored.passage_id for scored in await index.search(project_id, model, vector, 10)]


async def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    await index.upsert(1, "m", ["x", "y", "near"], [X, Y, NEAR_X])
    scored = await index.search(1, "m", X, 2)
    assert [one.passage_id for one in scored] == ["x", "near"]
    assert [one.score for one in scored] == pytest.approx([1.0, 0.8], abs=1e-5)


async def test_projects_and_models_are_apart(index: VectorIndex) -> None:
    await index.upsert(1, "m", ["mine"], [X])
    await index.upsert(2, "m", ["theirs"], [X])
    await index.upsert(1, "other", ["longer"], [[1.0, 0.0]])
    assert await nearest(index, X) == ["mine"]
    assert await nearest(index, X, project_id=2) == ["theirs"]
    assert await nearest(index, [1.0, 0.0], model="other") == ["longer"]


async def test_writing_again_replaces(index: VectorIndex) -> None:
    await index.upsert(1, "m", ["a", "b"], [X, Y])
    await index.upsert(1, "m", ["a"], [Y])
    await index.upsert(1, "m", ["a", "b"], [Y, X])
    assert await index.count(1, "m") == 2
    assert await nearest(index, X) == ["b", "a"]


async def test_deleting_is_idempotent(index: VectorIndex) -> None:
    await index.upsert(1, "m", ["a", "b"], [X, Y])
    await index.delete(1, "m", ["a", "unknown"])
    await index.delete(1, "m", ["a"])
    await index.delete(1, "m", [])
    assert await nearest(index, X) == ["b"]
    assert list(await index.ids(1, "m")) == ["b"]


async def test_what_was_never_written_is_empty(index: VectorIndex) -> None:
    assert await index.count(1, "m") == 0
    assert list(await index.ids(1, "m")) == []
    assert await nearest(index, X) == []


async def test_dropping_empties_and_may_be_repeated(index: VectorIndex) -> None:
    await index.upsert(1, "m", ["a"], [X])
    await index.drop(1, "m")
    await index.drop(1, "m")
    assert await index.count(1, "m") == 0
    await index.upsert(1, "m", ["b"], [X])
    assert await nearest(index, X) == ["b"]


async def test_other_models_of_a_project_are_dropped_by_name(index: VectorIndex) -> None:
    for project_id, model in ((1, "m"), (1, "other"), (2, "other"), (11, "other")):
        await index.drop(project_id, model)
        await index.upsert(project_id, model, ["a"], [X])
    await index.drop_others(1, "m")
    assert [await index.count(project_id, "other") for project_id in (1, 2, 11)] == [0, 1, 1]
    assert await nearest(index, X) == ["a"]
    await index.drop_others(3, "m")


async def test_many_vectors_arrive_and_all_are_findable(index: VectorIndex) -> None:
    ids = [str(number) for number in range(1201)]
    vectors = [[number / 1201, (1 - (number / 1201) ** 2) ** 0.5, 0.0] for number in range(1201)]
    await index.upsert(1, "m", ids, vectors)
    assert await index.count(1, "m") == 1201
    assert set(await index.ids(1, "m")) == set(ids)
    assert await nearest(index, vectors[700]) != []


async def test_ids_and_vectors_must_match(index: VectorIndex) -> None:
    with pytest.raises(ValueError, match=r"one vector an id|argument"):
        await index.upsert(1, "m", ["a", "b"], [X])


async def test_a_collection_deleted_behind_our_back_is_made_anew(
    chroma: ChromaServer, chroma_index: ChromaVectorIndex
) -> None:
    await chroma_index.upsert(1, "m", ["a"], [X])
    other_client = ChromaVectorIndex(chroma.url)
    await other_client.drop(1, "m")
    await other_client.aclose()
    assert await chroma_index.count(1, "m") == 0
    await chroma_index.upsert(1, "m", ["b"], [Y])
    assert await nearest(chroma_index, Y) == ["b"]


async def test_no_server_is_said_in_our_words() -> None:
    index = ChromaVectorIndex(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(KnowledgeUnavailable):
        await index.search(1, "m", X, 3)
    with pytest.raises(KnowledgeUnavailable):
        await index.ping()
    await index.aclose()


async def test_vectors_of_another_size_are_refused_in_our_words(chroma_index: ChromaVectorIndex) -> None:
    await chroma_index.upsert(1, "m", ["a"], [X])
    with pytest.raises(KnowledgeUnavailable):
        await chroma_index.upsert(1, "m", ["b"], [[1.0, 0.0]])


async def test_a_restarted_server_is_found_again_with_its_vectors(tmp_path: Path) -> None:
    server = ChromaServer(tmp_path)
    server.start()
    index = ChromaVectorIndex(server.url)
    try:
        await index.upsert(1, "m", ["a"], [X])
        server.stop()
        with pytest.raises(KnowledgeUnavailable):
            await index.search(1, "m", X, 1)
        server.start()
        assert await nearest(index, X) == ["a"]
    finally:
        await index.aclose()
        server.stop()


def test_names_of_collections_are_legal_whatever_the_model_is_called() -> None:
    name = collection_name(1, "/models/Модель №5 (fp16)")
    assert name.isascii()
    assert 3 <= len(name) <= 512
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert name != collection_name(1, "another")
