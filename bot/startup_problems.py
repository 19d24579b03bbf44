"""What a person reads when Muza cannot start: in both languages, since the language is a setting too."""

from collections.abc import Iterator

from pydantic import ValidationError

HOW_TO_BEGIN = """\
TELEGRAM_BOT_TOKEN не задан: получите токен у @BotFather (https://t.me/BotFather) и впишите его в файл .env, \
или посмотрите Музу без токена и ключей: make demo
TELEGRAM_BOT_TOKEN is not set: get a token from @BotFather (https://t.me/BotFather) and put it into the file .env, \
or see Muza without any token or key: make demo"""

UNREADABLE = """\
Файл .env не читается ({reason}).
The file .env cannot be read ({reason})."""

BAD_SETTINGS = "Настройки не годятся, исправьте их в .env или окружении. / Settings to correct in .env or environment:"

BAD_PRICES = """\
Цены из PRICES_FILE не годятся, исправьте файл: {problem}
The prices in PRICES_FILE cannot be used, correct the file: {problem}"""

NOT_INSTALLED = """\
Не хватает библиотеки {name}: выполните make setup.
The library {name} is missing: run make setup."""

ALREADY_RUNNING = """\
Муза уже запущена на этой папке данных ({folder}), процесс {pid}. Остановите её или задайте другую DATA_DIR.
Muza already runs on this data folder ({folder}), process {pid}. Stop it, or set another DATA_DIR."""

NO_FOLDER = """\
Папка данных {folder} недоступна для записи: {reason}. Исправьте права или задайте DATA_DIR.
The data folder {folder} cannot be written: {reason}. Correct its permissions, or set DATA_DIR."""

NO_STORE = """\
База данных не открывается. Что не так, скажет muza doctor.
The database cannot be opened. muza doctor tells what is wrong."""


def settings_problems(error: ValidationError) -> Iterator[str]:
    """One sentence per variable. The values are not shown: one of them may be a secret in the wrong place."""
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(problem["loc"][0]).upper() if problem["loc"] else ""
        message = problem["msg"].removeprefix("Value error, ")
        yield f"{name}: {message}" if name else message
