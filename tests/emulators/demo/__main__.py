"""`python -m tests.emulators.demo [--port N] [--keep] [--check]`: what `make demo` calls."""

import argparse
import asyncio
import sys
from pathlib import Path

from pydantic import ValidationError

from bot.settings import Settings
from bot.startup_problems import BAD_SETTINGS, settings_problems
from tests.emulators.demo import words
from tests.emulators.demo.folder import DEFAULT_FOLDER, FolderTaken, demo_folder
from tests.emulators.demo.run import Options, run_demo


def main() -> int:
    options = _options()
    try:
        settings = Settings()
    except ValidationError as error:
        words.tell("\n".join((BAD_SETTINGS, *settings_problems(error))))
        return 2
    try:
        with demo_folder(options.folder, keep=options.keep):
            return asyncio.run(run_demo(options, settings))
    except FolderTaken:
        words.tell(words.FOLDER_TAKEN.format(folder=options.folder))
        return 1
    except OSError as error:
        words.tell(f"{error.strerror or error}")
        return 1


def _options() -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulators.demo",
        description="The whole product without keys: emulated Telegram, the bot, and a page to chat in.",
    )
    parser.add_argument("--port", type=int, default=8080, help="of the page; the next free one when it is taken")
    parser.add_argument("--keep", action="store_true", help="keep drafts, members and knowledge of the last demo")
    parser.add_argument("--check", action="store_true", help="take one /idea to its approval, then end")
    parser.add_argument("--embedding-model", metavar="NAME", help="as EMBEDDING_MODEL: bundled, none, …")
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER, help="where the demo keeps its data")
    given = parser.parse_args()
    return Options(given.port, given.folder.absolute(), given.keep, given.check, given.embedding_model)


if __name__ == "__main__":
    sys.exit(main())
