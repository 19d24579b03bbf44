"""Embedding servers over real HTTP: our models process around a tiny model of random weights, and a server in OpenAI's
plain form that knows no extensions."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI

from bot.embedded.ports import free_port
from services.retrieval.analysis import words

LETTERS = "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюя0123456789"
WINDOW = 32
DIMENSIONS = 16


def build_tiny_model(folder: Path) -> Path:
    """A sentence-transformers model on disk: one layer, letters as tokens, weights at random."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    base = folder / "bert"
    base.mkdir(parents=True)
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    (base / "vocab.txt").write_text("\n".join(tokens), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(tokens),
        hidden_size=DIMENSIONS,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=WINDOW,
    )
    BertModel(config).save_pretrained(base)
    BertTokenizer(str(base / "vocab.txt"), model_max_length=WINDOW).save_pretrained(base)
    transformer = Transformer(str(base), max_seq_length=WINDOW)
    model = SentenceTransformer(modules=[transformer, Pooling(DIMENSIONS)], device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"


@contextlib.contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Base URL of `app`, served by uvicorn in a thread."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def wait_until(condition: Any, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the server is not ready")
        time.sleep(0.02)


def get_json(url: str) -> tuple[int, Any]:
    answer = httpx2.get(url, trust_env=False)
    return answer.status_code, answer.json()


class PlainServer:
    """`faults` are (status, headers) answered first, one a request."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.faults: list[tuple[int, dict[str, str]]] = []
        self.scale = 3.0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self) -> "PlainServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        self.requests.append(body)
        if self.faults:
            status, headers = self.faults.pop(0)
            return status, headers, {"error": {"message": "fault", "type": "server_error", "code": None}}
        if set(body) - {"model", "input", "encoding_format"}:
            return 400, {}, {"error": {"message": "unknown parameter", "type": "invalid_request_error"}}
        rows = [
            {"object": "embedding", "index": index, "embedding": self._vector(text)}
            for index, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        # Out of order on purpose: the index says which is whose.
        return 200, {}, {"object": "list", "model": body["model"], "data": rows[::-1], "usage": usage}

    def _vector(self, text: str) -> list[float]:
        """Letter counts, not normalised."""
        letters = "".join(words(text))
        return [self.scale * (letters.count(letter) + 0.01) for letter in LETTERS]

    def _handler(plain) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, headers, answer = plain.answer(body)
                payload = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(payload))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_: object) -> None:
                return

        return Handler
