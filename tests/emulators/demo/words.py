"""What the demo says in the terminal."""

import sys

READY = """
  Open http://127.0.0.1:{port}                         ready in {seconds:.1f} s

  Откройте страницу и попробуйте                   Open the page and try
    /idea слоган к вкусу «Сказка на ночь»            /idea a slogan for Bedtime Story
    микрофон: скажите бриф или возьмите пример       microphone: speak a brief or take a sample
    ответьте на идеи: «короче и теплее»              reply to the ideas: "shorter and warmer"
    /ask сколько стоит набор «Режим дня»?            /ask what does the Daily Routine set cost?
    смените человека слева: Лев утверждает,          switch people on the left: Lev approves,
    Марина впускает, гость просится                  Marina lets people in, Guest asks to join

  {model}
  Ctrl-C ends everything.

"""
DEMO_WRITER = (
    "Пишет демо-автор: настоящая модель появится с OPENAI_API_KEY или OPENAI_BASE_URL.\n"
    "  The demo writer writes; set OPENAI_API_KEY or OPENAI_BASE_URL for a real model."
)
REAL_MODEL = "Пишет модель {name}. / The model {name} writes."
STARTING = "Starting Muza… / Муза просыпается…"
PORT_TAKEN = "Port {wanted} is taken: using {port}. / Порт {wanted} занят, взят {port}."
FOLDER_TAKEN = (
    "Another demo runs in {folder}: stop it first. / Другое демо уже работает в {folder}: сначала остановите его."
)
DIED = "Muza ended by itself with code {code}. Its last words ({log}):\n{words}"
PART_DIED = "The emulated part {name} ended by itself."
SLOW = "Muza was not ready after {seconds:.0f} s. Its last words ({log}):\n{words}"
CHECKED = "Check: /idea answered in {idea:.1f} s, approved in {approve:.1f} s."
CHECKED_VOICE = (
    "Check: a voice message read in {heard:.1f} s, its ideas {idea:.1f} s later, approved in {approve:.1f} s."
)
CHECK_FAILED = "Check failed: {why}"
STOPPING = "Stopping… / Останавливаю…"


def tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
