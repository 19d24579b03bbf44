"""What embedding speaks to, in one: a models process that may be silent, and as much of Chroma as is needed."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "local"


class SearchServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status: str | None = "ready"
        """Of the model; None: no answer at all while it is."""
        self.reason = ""
        self.asked = threading.Event()
        """Somebody wanted to know whether the model is ready."""
        self.batches_allowed = 1_000
        self.stuck = threading.Event()
        """A batch of passages more than allowed came; it gets no answer."""
        self.vectors: set[str] = set()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str, body: dict[str, Any]) -> Any:
        """None: silence."""
        match path.rpartition("/")[2]:
            case "models":
                return self._describe()
            case "embeddings":
                return self._embed(body["input"], body["input_type"])
            case "collections":
                return {"id": "c"}
            case "count":
                return len(self.vectors)
            case "get":
                return {"ids": sorted(self.vectors)[body["offset"] :]}
            case action:
                return self._change(action, body["ids"])

    def _describe(self) -> Any:
        self.asked.set()
        card = {"id": MODEL, "status": self.status, "reason": self.reason, "languages": ["en"], "floor": 0.2}
        return {"object": "list", "data": [card]} if self.status else None

    def _embed(self, texts: list[str], input_type: str) -> Any:
        if input_type == "passage":
            self.batches_allowed -= 1
        if self.batches_allowed < 0:
            self.stuck.set()
            return None
        rows = [{"object": "embedding", "index": index, "embedding": [1.0, 0.0]} for index in range(len(texts))]
        return {"object": "list", "model": MODEL, "data": rows, "usage": {"prompt_tokens": 0, "total_tokens": 0}}

    def _change(self, action: str, ids: list[str]) -> Any:
        {"upsert": self.vectors.update, "delete": self.vectors.difference_update}[action](ids)
        return {}


class _Handler(BaseHTTPRequestHandler):
    server: SearchServer

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: dict[str, Any]) -> None:
        answer = self.server.answer(self.path, body)
        if answer is None:
            threading.Event().wait()
        payload = json.dumps(answer).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)
        except (BrokenPipeError, ConnectionResetError):
            return  # the client was killed

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""
