"""The embedded Chroma server: one process owns the vectors, everybody else asks it over HTTP."""

import signal
import sys
from functools import partial

from bot.embedded.probe import http_answers
from bot.embedded.service import EmbeddedService, stable_port
from bot.settings import Settings
from bot.supervisor.child import Command

NAME = "chroma"
# What the command `chroma` does, without importing its Python client: 0.1 s and 40 MB instead of 1.5 s and 110 MB.
SERVER = "import sys, chromadb_rust_bindings; chromadb_rust_bindings.cli(['chroma', *sys.argv[1:]])"


def heartbeat_url(url: str) -> str:
    return f"{url.rstrip('/')}/api/v2/heartbeat"


def embedded_chroma(settings: Settings) -> EmbeddedService:
    folder = settings.data_dir.absolute() / NAME
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    port = stable_port(settings, NAME)
    url = f"http://127.0.0.1:{port}"
    serve = ("run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port))
    command = Command(
        NAME,
        (sys.executable, "-P", "-c", SERVER, *serve),
        {"ANONYMIZED_TELEMETRY": "False", "CHROMA_TELEMETRY_OPT_OUT": "true"},
        output=settings.run_dir / f"{NAME}.log",
        death_signal=signal.SIGTERM,
    )
    return EmbeddedService(
        NAME, url, "CHROMA_URL", command, settings.run_dir, partial(http_answers, heartbeat_url(url))
    )
