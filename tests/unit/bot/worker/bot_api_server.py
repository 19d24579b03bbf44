"""The smallest Telegram that takes messages, and keeps a journal of them."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


class BotApiServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrived: list[tuple[float, int]] = []
        """(monotonic moment, chat) of each message."""
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()
        """Somebody stands before the closed gate."""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def chats(self) -> list[int]:
        return [chat_id for _, chat_id in self.arrived]


class _Handler(BaseHTTPRequestHandler):
    server: BotApiServer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        chat_id = int(form["chat_id"][0])
        if not self.server.gate.is_set():
            self.server.waiting.set()
            self.server.gate.wait(20)
        self.server.arrived.append((time.monotonic(), chat_id))
        chat = {"id": chat_id, "type": "private", "first_name": "Аня"}
        result: dict[str, Any] = {"message_id": len(self.server.arrived), "date": 1_800_000_000, "chat": chat}
        body = json.dumps({"ok": True, "result": result}).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            return  # the client was killed

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""
