"""Sentences of `muza doctor`: what was found, and what to do about it."""

from collections.abc import Mapping

from bot.doctor.finding import Status
from services.domain.language import Language

RU, EN = Language.RUSSIAN, Language.ENGLISH

SUMMARY = {
    Status.OK: {RU: "Всё в порядке.", EN: "Everything is in order."},
    Status.WARNING: {RU: "Муза будет работать; посмотрите на ⚠️.", EN: "Muza will work; have a look at ⚠️."},
    Status.FAILURE: {RU: "Муза не заработает, пока не исправлено ❌.", EN: "Muza will not work until ❌ is corrected."},
}

SENTENCES: dict[str, tuple[str, str]] = {
    # Telegram
    "token": ("Токен верный: @{username}.", "The token is right: @{username}."),
    "no_token": (
        "Нет токена: получите его у @BotFather и впишите TELEGRAM_BOT_TOKEN в .env, или попробуйте make demo.",
        "No token: get one from @BotFather and put TELEGRAM_BOT_TOKEN into .env, or try make demo.",
    ),
    "bad_token": (
        "Telegram не знает этого токена: проверьте TELEGRAM_BOT_TOKEN или получите новый у @BotFather (/token).",
        "Telegram does not know this token: check TELEGRAM_BOT_TOKEN, or get a new one from @BotFather (/token).",
    ),
    "telegram_unreachable": (
        "{base} не отвечает ({why}): проверьте сеть, прокси и TELEGRAM_API_BASE.",
        "{base} does not answer ({why}): check the network, the proxy and TELEGRAM_API_BASE.",
    ),
    "no_admins": (
        "Нет администраторов: впишите свой Telegram id в ADMIN_IDS, иначе некому впускать людей.",
        "No administrators: put your Telegram id into ADMIN_IDS, or nobody can let people in.",
    ),
    "privacy_mode": (
        "В группах бот видит команды, упоминания и ответы ему (режим приватности); этого достаточно.",
        "In groups the bot sees commands, mentions and replies to it (privacy mode); that is enough.",
    ),
    "webhook_set": (
        "У бота установлен webhook, а WEBHOOK_URL пуст: muza run снимет его и будет опрашивать Telegram сама; "
        "убедитесь, что этого бота не обслуживает другой сервер.",
        "The bot has a webhook, and WEBHOOK_URL is empty: muza run will remove it and poll; "
        "make sure that no other server is serving this bot.",
    ),
    "webhook_not_set": (
        "WEBHOOK_URL задан, а у Telegram другой адрес: его установит muza webhooks; с muza run обновления не придут.",
        "WEBHOOK_URL is set, and Telegram has another address: muza webhooks will set it; do not use muza run with it.",
    ),
    "webhook_failing": ("Telegram не может доставить обновления: {why}.", "Telegram cannot deliver updates: {why}."),
    "clock": (
        "Часы отличаются от часов Telegram на {seconds} с: включите синхронизацию времени (NTP).",
        "The clock differs from Telegram's by {seconds} s: turn time synchronisation (NTP) on.",
    ),
    "clock_right": ("Часы верны.", "The clock is right."),
    # Language models
    "model": ("Модели доступны: {names}.", "The models are available: {names}."),
    "no_model": (
        "Нет языковой модели: задайте OPENAI_API_KEY, или OPENAI_BASE_URL для Ollama, LM Studio и других.",
        "No language model: set OPENAI_API_KEY, or OPENAI_BASE_URL for Ollama, LM Studio and others.",
    ),
    "bad_key": (
        "{base} не принимает ключ: проверьте OPENAI_API_KEY.",
        "{base} does not accept the key: check OPENAI_API_KEY.",
    ),
    "model_unreachable": (
        "{base} не отвечает как надо ({why}): проверьте сеть и OPENAI_BASE_URL.",
        "{base} does not answer as it should ({why}): check the network and OPENAI_BASE_URL.",
    ),
    "model_unknown": (
        "{base} не знает моделей: {names}. Проверьте MODEL_SMART, MODEL_FAST и MODEL_FALLBACKS.",
        "{base} does not know the models: {names}. Check MODEL_SMART, MODEL_FAST and MODEL_FALLBACKS.",
    ),
    # Stores
    "sql_sqlite": ("База данных SQLite открывается.", "The SQLite database opens."),
    "sql_new": ("База данных SQLite появится при первом запуске.", "The SQLite database will appear at first start."),
    "sql_postgresql": ("PostgreSQL отвечает.", "PostgreSQL answers."),
    "sql": ("База данных не открывается ({why}): проверьте DATABASE_URL.", "No database ({why}): check DATABASE_URL."),
    "redis_ok": ("Redis отвечает.", "Redis answers."),
    "redis": ("Redis не отвечает ({why}): проверьте REDIS_URL.", "Redis does not answer ({why}): check REDIS_URL."),
    "redis_not_durable": (
        "Redis отвечает, но без журнала (appendonly no): при его перезапуске очередь восстановится из SQL не сразу.",
        "Redis answers, without a journal (appendonly no): after a restart the queue returns from SQL with a delay.",
    ),
    "redis_embedded": ("Встроенный Redis запустится вместе с Музой.", "The embedded Redis will start with Muza."),
    "redis_embedded_running": ("Встроенный Redis работает.", "The embedded Redis is running."),
    "redis_no_embedded": (
        "Встроенного Redis для этой системы нет ({why}): задайте REDIS_URL.",
        "There is no embedded Redis for this system ({why}): set REDIS_URL.",
    ),
    "chroma_ok": ("Chroma отвечает.", "Chroma answers."),
    "chroma": ("Chroma не отвечает ({why}): поиск только по словам.", "Chroma does not answer ({why}): keywords only."),
    "chroma_embedded": ("Встроенная Chroma запустится вместе с Музой.", "The embedded Chroma will start with Muza."),
    "chroma_embedded_running": ("Встроенная Chroma работает.", "The embedded Chroma is running."),
    "chroma_no_embedded": (
        "Библиотека chromadb не установлена: поиск только по словам. Выполните make setup или задайте CHROMA_URL.",
        "The library chromadb is not installed: keyword search only. Run make setup, or set CHROMA_URL.",
    ),
    # Embedding model
    "embedding_none": (
        "Поиск по словам (EMBEDDING_MODEL=none).",
        "Search by keywords (EMBEDDING_MODEL=none).",
    ),
    "embedding_here": (
        "Модель для поиска по смыслу есть: {model}.",
        "The model for search by meaning is here: {model}.",
    ),
    "embedding_to_download": (
        "Модель {model} скачается при первом запуске; до тех пор поиск по словам.",
        "The model {model} will be downloaded at first start; until then search goes by keywords.",
    ),
    "embedding_not_installed": (
        "Для {model} нужны локальные модели ({missing}): make local, или EMBEDDING_MODEL=openai:<модель>. "
        "Пока поиск только по словам.",
        "{model} needs local models ({missing}): make local, or EMBEDDING_MODEL=openai:<model>. "
        "Until then, keyword search only.",
    ),
    "embedding_unreachable": (
        "Модели {model} нет на этой машине, и скачать её неоткуда: поиск только по словам. "
        "Положите её в папку и укажите путь в EMBEDDING_MODEL.",
        "The model {model} is not on this machine and cannot be downloaded: keyword search only. "
        "Put it into a folder and give the path in EMBEDDING_MODEL.",
    ),
    "embedding_unknown": (
        "Такой модели нет: {model}. Поиск только по словам; проверьте EMBEDDING_MODEL.",
        "There is no such model: {model}. Keyword search only; check EMBEDDING_MODEL.",
    ),
    "embedding_api": (
        "Провайдер не даёт векторов моделью {model} ({why}): поиск только по словам; проверьте EMBEDDING_MODEL.",
        "The provider gives no vectors by {model} ({why}): keyword search only; check EMBEDDING_MODEL.",
    ),
    "models_unreachable": (
        "Процесс моделей не готов ({why}): пока поиск только по словам; проверьте MODELS_URL.",
        "The models process is not ready ({why}): keyword search only for now; check MODELS_URL.",
    ),
    "embedding_failed": (
        "Модель {model} не загрузилась: пока поиск только по словам. {why}.",
        "The model {model} could not be loaded: keyword search only for now. {why}.",
    ),
    # Transcription
    "transcription_none": (
        "Голосовые сообщения не распознаются (TRANSCRIPTION_MODEL=none).",
        "Voice messages are not understood (TRANSCRIPTION_MODEL=none).",
    ),
    "transcription_by_api": ("Речь распознаёт {model} по API.", "Speech is recognised by {model} over its API."),
    "transcription_no_key": (
        "Для openai:{model} нужен ключ: задайте OPENAI_API_KEY или TRANSCRIPTION_API_KEY, "
        "или TRANSCRIPTION_BASE_URL сервера без ключа.",
        "openai:{model} needs a key: set OPENAI_API_KEY or TRANSCRIPTION_API_KEY, "
        "or TRANSCRIPTION_BASE_URL of a server without one.",
    ),
    "transcription_api": (
        "Сервер распознавания речи для {model} не отвечает как надо ({why}): проверьте ключ и TRANSCRIPTION_BASE_URL.",
        "The transcription server for {model} does not answer as it should ({why}): "
        "check the key and TRANSCRIPTION_BASE_URL.",
    ),
    "transcription_api_unknown": (
        "{base} не знает модели {model}: проверьте TRANSCRIPTION_MODEL.",
        "{base} does not know the model {model}: check TRANSCRIPTION_MODEL.",
    ),
    "transcription_here": ("Модель для речи есть: {model}.", "The model for speech is here: {model}."),
    "transcription_loading": ("Модель для речи загружается: {model}.", "The model for speech is loading: {model}."),
    "transcription_to_download": (
        "Модель для речи {model} скачается при первом запуске.",
        "The model for speech {model} will be downloaded at first start.",
    ),
    "transcription_not_installed": (
        "Для {model} нужны локальные модели ({missing}): make local, или TRANSCRIPTION_MODEL=openai:whisper-1. "
        "Пока голос она не разберёт.",
        "{model} needs local models ({missing}): make local, or TRANSCRIPTION_MODEL=openai:whisper-1. "
        "Until then it understands no voice.",
    ),
    "transcription_unreachable": (
        "Модели {model} нет на этой машине, и скачать её неоткуда. "
        "Укажите в TRANSCRIPTION_MODEL путь к файлу модели или openai:whisper-1.",
        "The model {model} is not on this machine and cannot be downloaded. "
        "Give TRANSCRIPTION_MODEL the path of a checkpoint, or openai:whisper-1.",
    ),
    "transcription_unknown": (
        "{model} не файл и не имя модели Whisper: проверьте TRANSCRIPTION_MODEL.",
        "{model} is neither a file nor the name of a Whisper model: check TRANSCRIPTION_MODEL.",
    ),
    "transcription_not_served": (
        "Процесс моделей запущен без {model}: перезапустите его.",
        "The models process was started without {model}: start it again.",
    ),
    "transcription_failed": (
        "Модель для речи {model} не загрузилась. {why}.",
        "The model for speech {model} could not be loaded. {why}.",
    ),
    "transcription_silent": (
        "Процесс моделей не отвечает ({why}): речь на этой машине пока не распознаётся; проверьте MODELS_URL.",
        "The models process does not answer ({why}): no speech is understood on this machine for now; "
        "check MODELS_URL.",
    ),
    # Ranking anew
    "rerank_off": (
        "Найденное не переупорядочивается (RERANK_MODEL пусто).",
        "What is found is not ranked anew (RERANK_MODEL is empty).",
    ),
    "rerank_here": (
        "Найденное переупорядочивает модель {model}.",
        "What is found is ranked anew by {model}.",
    ),
    "rerank_not_installed": (
        "Для RERANK_MODEL={model} нет локальных моделей: найденное не переупорядочивается. Запустите make local.",
        "RERANK_MODEL={model} needs local models, which are not installed: nothing is ranked anew. Run make local.",
    ),
    "rerank_failed": (
        "Модель {model} из RERANK_MODEL не работает ({why}): порядок найденного остаётся прежним.",
        "The model {model} of RERANK_MODEL is of no use ({why}): what is found keeps its order.",
    ),
    # Cache of drafts
    "cache_off": (
        "Кэш вариантов выключен (CACHE_HOURS=0): каждое задание оплачивается.",
        "The cache of drafts is off (CACHE_HOURS=0): every brief is paid for.",
    ),
    "cache_exact": (
        "Кэш вариантов узнаёт только задание слово в слово: SEMANTIC_CACHE=off или нет модели для поиска по смыслу.",
        "The cache of drafts recognises only the very same brief: SEMANTIC_CACHE=off, or there is no model for search "
        "by meaning.",
    ),
    "cache_english": (
        "Кэш вариантов узнаёт другие слова для того же задания по-английски. По-русски он точный: модель {model} "
        "не отличает такие задания от похожих на них.",
        "The cache of drafts recognises other words for the same brief in English. In Russian it stays exact: the "
        "model {model} cannot tell such briefs from look-alikes.",
    ),
    "cache_by_exam": (
        "Кэш вариантов узнаёт другие слова для того же задания там, где их различает модель {model}: в каких языках, "
        "говорят журнал при запуске и /status.",
        "The cache of drafts recognises other words for the same brief where the model {model} can tell them: the log "
        "at the start and /status say in which languages.",
    ),
    # Documents
    "documents_readers": ("Документы всех форматов читаются.", "Documents of every format can be read."),
    "documents_no_readers": (
        "Нет библиотек {names}: не читаются {formats}. Выполните make setup.",
        "The libraries {names} are missing: {formats} cannot be read. Run make setup.",
    ),
    "knowledge_folder": ("Папка знаний {folder}: брендов {brands}.", "Knowledge folder {folder}: {brands} brands."),
    "knowledge_folder_empty": (
        "В папке знаний {folder} нет бренда: положите туда папку с project.yaml или задайте KNOWLEDGE_DIR.",
        "No brand in the knowledge folder {folder}: put a folder with project.yaml there, or set KNOWLEDGE_DIR.",
    ),
    "restore_unfinished": (
        "Восстановление из копии прервано: база на месте, не все файлы. Повторите ту же команду muza restore.",
        "A restore was interrupted: the database is there, not all files are. Run the same muza restore again.",
    ),
    # Reviews
    "no_scheduler": (
        "muza cron не запущен: напоминания и уборку делает worker доставки, вдвое реже.",
        "muza cron is not running: the delivery worker does reminders and tidying, half as often.",
    ),
    "quiet_hours": (
        "Тихие часы {hours}, {zone}; там сейчас {clock}. Напоминания подождут до их конца.",
        "Quiet hours {hours}, {zone}, where it is {clock} now. Reminders wait for their end.",
    ),
    "no_quiet_hours": (
        "Тихих часов нет: напоминания приходят в любое время (QUIET_HOURS, TIMEZONE).",
        "There are no quiet hours: reminders come at any time (QUIET_HOURS, TIMEZONE).",
    ),
    # Machine
    "disk": ("Свободно на диске: {megabytes} МБ.", "Free disk space: {megabytes} MB."),
    "disk_small": (
        "На диске мало места: {megabytes} МБ; освободите хотя бы 1 ГБ.",
        "Little disk space: {megabytes} MB; make at least 1 GB free.",
    ),
    "disk_full": (
        "На диске почти нет места: {megabytes} МБ; освободите хотя бы 1 ГБ.",
        "Almost no disk space: {megabytes} MB; make at least 1 GB free.",
    ),
    "data_dir": ("Папка данных доступна: {folder}.", "The data folder is writable: {folder}."),
    "data_dir_new": ("Папка данных будет создана: {folder}.", "The data folder will be created: {folder}."),
    "data_dir_read_only": (
        "В папку данных {folder} нельзя писать ({why}): исправьте права или задайте DATA_DIR.",
        "The data folder {folder} cannot be written ({why}): correct its permissions, or set DATA_DIR.",
    ),
    "readable_by_others": (
        "Другие пользователи машины могут читать {path}: закройте доступ (chmod go-rwx).",
        "Other users of this machine can read {path}: close it (chmod go-rwx).",
    ),
}


def sentence(code: str, facts: Mapping[str, str | int], language: Language) -> str:
    russian, english = SENTENCES[code]
    return (russian if language is RU else english).format(**facts)
