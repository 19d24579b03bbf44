"""python -m tests.emulators.telegram --port 8081 --token 1:demo [--demo] [--limits strict]"""

import argparse

from tests.emulators.telegram.demo_cast import demo_cast
from tests.emulators.telegram.emulator import DEFAULT_TOKEN, TelegramEmulator
from tests.emulators.telegram.limits import Limits
from tests.emulators.telegram.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="tests.emulators.telegram", description="A small Telegram with one bot in it."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="token of the bot: a number, a colon, anything")
    parser.add_argument("--limits", choices=("off", "soft", "strict"), default="off")
    parser.add_argument("--demo", action="store_true", help="with the people and chats of the public demo")
    options = parser.parse_args()
    emulator = TelegramEmulator(options.token, limits=Limits(mode=options.limits))
    if options.demo:
        demo_cast(emulator)
    serve(emulator, options.host, options.port)


if __name__ == "__main__":
    main()
