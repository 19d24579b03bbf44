"""`python -m tests.emulators.openai --port 8082`."""

import argparse
import sys
from pathlib import Path

from bot.listener import listen
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.server import EmulatorServer
from tests.emulators.openai.settings import EmulatorSettings, Personality


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    settings = EmulatorSettings(
        tokens_per_second=options.tokens_per_second,
        tokens_per_chunk=options.tokens_per_chunk,
        first_token_delay=options.first_token_delay,
        answer_seconds=options.answer_seconds,
        personality=options.personality,
        seed=options.seed,
        transcripts_dir=options.transcripts,
    )
    server = EmulatorServer(OpenAIEmulator(settings), options.host, options.port)
    listener = listen(options.host, options.port)
    port = listener.getsockname()[1]
    sys.stdout.write(f"Demo writer: OPENAI_BASE_URL=http://{options.host}:{port}/v1\n")
    sys.stdout.flush()
    server.run(sockets=[listener])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulators.openai", description="An OpenAI-compatible server whose model is a demo writer."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082, help="0: any free port")
    parser.add_argument("--tokens-per-second", type=float, help="streaming speed; without it, as fast as possible")
    parser.add_argument("--tokens-per-chunk", type=int, default=4)
    parser.add_argument("--first-token-delay", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--answer-seconds", type=float, metavar="SECONDS", help="every answer takes this long")
    parser.add_argument("--personality", type=Personality, choices=list(Personality), default=Personality.HONEST)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--transcripts", type=Path, metavar="FOLDER", help="texts of recordings, by hash or file name")
    return parser


if __name__ == "__main__":
    main()
