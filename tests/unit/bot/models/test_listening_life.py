"""Whisper is loaded when needed, unloaded when it rests, stopped when nobody waits, and its troubles are its own."""

import os
import signal
import threading
from pathlib import Path

import httpx2
import pytest

from bot.models.loaded_model import LoadedModel
from tests.fakes.embedding_servers import get_json, wait_until
from tests.fixtures_whisper import SAID
from tests.unit.bot.models.listening import AUDIO, listener, listening, say, settled, status_of
from tests.unit.bot.models.test_embeddings import LengthModel, embed
from tests.unit.bot.waiting import is_running

pytestmark = pytest.mark.local_models
LONG = (AUDIO / "jfk.flac").read_bytes()


def test_a_cold_model_is_loaded_by_the_first_request(speaking_checkpoint: Path) -> None:
    cold = listener(speaking_checkpoint)
    with listening(cold, warm=False) as url:
        assert (status_of(url, cold.name), cold.pid) == ("resting", None)
        assert get_json(f"{url}/healthz")[1]["status"] == "ready"
        assert say(url).json()["text"] == SAID
        assert status_of(url, cold.name) == "ready"


def test_an_idle_model_leaves_the_memory_and_comes_back(speaking_checkpoint: Path) -> None:
    tired = listener(speaking_checkpoint, idle_seconds=0.3)
    with listening(tired) as url:
        assert say(url).json()["text"] == SAID
        first = tired.pid
        wait_until(lambda: status_of(url, tired.name) == "resting")
        assert first is None or not is_running(first)
        assert say(url).json()["text"] == SAID


def test_the_process_of_the_model_ends_with_the_server(speaking_checkpoint: Path) -> None:
    warm = listener(speaking_checkpoint)
    with listening(warm) as url:
        settled(url)
        pid = warm.pid
        assert pid is not None
        assert is_running(pid)
    wait_until(lambda: not is_running(pid))


def test_the_model_yields_to_everybody_else(speaking_checkpoint: Path) -> None:
    warm = listener(speaking_checkpoint)
    with listening(warm) as url:
        settled(url)
        assert warm.pid is not None
        assert os.getpriority(os.PRIO_PROCESS, warm.pid) == 19


def test_who_hangs_up_is_not_worked_for_any_longer(endless_checkpoint: Path) -> None:
    """The next request is answered by the same process: the work ended, the model stayed."""
    endless = listener(endless_checkpoint)
    with listening(endless) as url:
        settled(url)
        pid = endless.pid
        with pytest.raises(httpx2.TimeoutException):
            say(url, LONG * 1, timeout=0.5)
        wait_until(lambda: not endless._busy, seconds=20)
        assert (status_of(url, endless.name), endless.pid) == ("ready", pid)


def test_a_process_that_dies_at_work_costs_one_answer(endless_checkpoint: Path) -> None:
    fragile = listener(endless_checkpoint)
    answers: list[httpx2.Response] = []
    with listening(fragile) as url:
        settled(url)
        asking = threading.Thread(target=lambda: answers.append(say(url, LONG)))
        asking.start()
        wait_until(lambda: fragile._busy)
        assert fragile.pid is not None
        os.kill(fragile.pid, signal.SIGKILL)
        asking.join(30)
        assert (answers[0].status_code, answers[0].json()["error"]["code"]) == (500, "model_error")
        assert status_of(url, fragile.name) == "resting"
        assert say(url, b"no sound").status_code == 400  # loaded again


def test_a_process_that_died_at_rest_costs_none(speaking_checkpoint: Path) -> None:
    fragile = listener(speaking_checkpoint)
    with listening(fragile) as url:
        settled(url)
        pid = fragile.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_running(pid))
        assert say(url).json()["text"] == SAID


def test_whisper_that_cannot_be_had_does_not_disturb_embeddings(tmp_path: Path) -> None:
    absent = listener(tmp_path / "absent.pt")
    with listening(absent, embedding=LoadedModel(LengthModel())) as url:
        settled(url)
        status, health = get_json(f"{url}/healthz")
        assert (status, health["status"]) == (200, "troubled")
        answer = say(url)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_failed")
        assert "neither a file nor a name" in answer.json()["error"]["message"]
        assert "retry-after" not in answer.headers
        assert embed(url, input="a").status_code == 200


def test_embeddings_that_cannot_be_had_do_not_disturb_whisper(speaking_checkpoint: Path) -> None:
    broken = LengthModel()
    broken.error = RuntimeError("no such model")
    with listening(listener(speaking_checkpoint), embedding=LoadedModel(broken)) as url:
        settled(url)
        assert get_json(f"{url}/healthz")[1]["status"] == "troubled"
        assert embed(url, input="a").json()["error"]["code"] == "model_failed"
        assert say(url).json()["text"] == SAID


def test_a_process_that_serves_nothing_of_use_says_so(tmp_path: Path) -> None:
    (tmp_path / "damaged.pt").write_bytes(b"half of a checkpoint")
    with listening(listener(tmp_path / "damaged.pt")) as url:
        settled(url)
        status, health = get_json(f"{url}/healthz")
        assert (status, health["status"]) == (503, "failed")
        assert "damaged" in health["models"][0]["reason"]
        assert embed(url, input="a").status_code == 404  # nothing of that kind is served here


def test_while_it_is_loaded_requests_are_asked_to_come_back(
    speaking_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.transcription.whisper_listener._LOADING_PATIENCE_SECONDS", 0.01)
    cold = listener(speaking_checkpoint)
    with listening(cold, warm=False) as url:
        answer = say(url)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) > 0
        wait_until(lambda: status_of(url, cold.name) == "ready")
        assert say(url).status_code == 200
