"""The smallest Telegram that can be polled: getUpdates with Telegram's rule of forgetting, and a journal of offsets."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

EMPTY_POLL_SECONDS = 0.1


class PolledServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._lock = threading.Lock()
        self._queue: list[dict[str, Any]] = []
        self.confirmed_up_to = 0
        """Highest offset seen: Telegram has forgotten everything below."""
        self.served = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def push(self, *updates: dict[str, Any]) -> None:
        with self._lock:
            self._queue += updates

    def get_updates(self, offset: int) -> list[dict[str, Any]]:
        deadline = time.monotonic() + EMPTY_POLL_SECONDS
        with self._lock:
            self.confirmed_up_to = max(self.confirmed_up_to, offset)
            self._queue = [update for update in self._queue if update["update_id"] >= offset]
        while time.monotonic() < deadline:
            with self._lock:
                if self._queue:
                    self.served += 1
                    return self._queue[:7]  # small batches: many commits, so many places to be killed in
            time.sleep(0.005)
        return []


class _Handler(BaseHTTPRequestHandler):
    server: PolledServer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        result: Any = True
        if self.path.endswith("/getUpdates"):
            result = self.server.get_updates(int(form.get("offset", ["0"])[0]))
        body = json.dumps({"ok": True, "result": result}).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            return  # the client was killed

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""
