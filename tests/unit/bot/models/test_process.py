"""The models process ends when it is told to, whatever its model is doing."""

import ctypes
import os
import signal
import threading
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bot.embedded.ports import free_port
from bot.models.loaded_model import LoadedModel
from bot.models.served import Served
from bot.models.server import serve_models
from services.domain.language import Language
from services.retrieval.sentence_embedder import InputType
from tests.unit.bot.waiting import wait_for
from tests.unit.bot.worker.processes import worker


class Model:
    name = "slow"
    languages = frozenset({Language.ENGLISH})
    floor = 0.25
    dimensions = 2

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> None:
        self.note("loading")

    def encode(self, texts: Sequence[str], input_type: InputType | None) -> Any:
        self.note("encoding")
        threading.Event().wait()

    def note(self, event: str) -> None:
        (self._folder / event).touch()


class HoldsTheInterpreter(Model):
    def load(self) -> None:
        """As importing a large library does. PyDLL, unlike CDLL, keeps the interpreter's lock."""
        self.note("loading")
        ctypes.PyDLL(None).sleep(60)


def serve(model: type[Model], folder: Path, port: int) -> None:
    serve_models(Served(LoadedModel(model(folder))), host="127.0.0.1", port=port)


def ask(url: str) -> None:
    """Nobody will answer."""
    try:
        httpx2.post(f"{url}/v1/embeddings", json={"input": ["a", "b"]}, trust_env=False, timeout=60)
    except httpx2.HTTPError:
        return


def status(url: str) -> str:
    try:
        return str(httpx2.get(f"{url}/healthz", trust_env=False, timeout=5).json()["status"])
    except httpx2.HTTPError:
        return "away"


def ends(process: ForkProcess) -> bool:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGTERM)
    process.join(20)
    return process.exitcode == -signal.SIGTERM  # uvicorn hands the signal on when it has ended


def test_a_process_whose_interpreter_is_held_by_the_loading_model_ends(tmp_path: Path) -> None:
    with worker(serve, HoldsTheInterpreter, tmp_path, free_port()) as process:
        wait_for((tmp_path / "loading").exists, "the model being loaded")
        assert ends(process)


def test_a_process_with_an_endless_batch_ends(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with worker(serve, Model, tmp_path, port) as process:
        wait_for(lambda: status(url) == "ready", "the model")
        threading.Thread(target=ask, args=(url,), daemon=True).start()
        wait_for((tmp_path / "encoding").exists, "the batch")
        assert ends(process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_loaded_model_is_stopped_politely(tmp_path: Path, number: signal.Signals) -> None:
    """Signals kill only while the model is loading: an answer under way is finished later on."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    handlers: Callable[[], str] = (tmp_path / "handlers").read_text

    class Telling(Model):
        def encode(self, texts: Sequence[str], input_type: InputType | None) -> Any:
            (self._folder / "handlers").write_text(str(signal.getsignal(number) is signal.SIG_DFL))
            raise RuntimeError("no weights")

    with worker(serve, Telling, tmp_path, port):
        wait_for(lambda: status(url) == "ready", "the model")
        ask(url)
        assert handlers() == "False"
