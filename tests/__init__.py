"""Whatever is run from here, tests, emulators, the demo, takes aiogram the quick way, as the product does."""

from bot.lazy_aiogram import import_aiogram

import_aiogram()
