"""A server that answers as Telegram or as a provider of models does, on this machine."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Answers:
    """`answers["GET /path"] = (status, body)`; anything else is a 404."""

    url: str = ""
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    date: str | None = None
    keys: list[str | None] = field(default_factory=list)

    def __setitem__(self, request: str, answer: tuple[int, Any]) -> None:
        self.answers[request] = answer


@pytest.fixture
def server() -> Iterator[Answers]:
    script = Answers()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.keys.append(self.headers.get("Authorization"))
            status, body = script.answers.get(f"{self.command} {self.path}", (404, {}))
            payload = json.dumps(body).encode()
            self.send_response_only(status)
            if script.date:
                self.send_header("Date", script.date)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(payload)

        do_GET = do_POST = do_HEAD = answer

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        script.url = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield script
        listening.shutdown()
        thread.join()
