"""The dispatcher: middlewares, routers, and the use cases that handlers ask for by parameter name."""

from dataclasses import fields

from aiogram import Dispatcher

from bot.catalogue_use_cases import CatalogueUseCases
from bot.lesson_use_cases import LessonUseCases
from bot.middlewares.acting_member import ActingMember
from bot.middlewares.chat_fate import ChatFate
from bot.middlewares.update_context import UpdateContext
from bot.money_use_cases import MoneyUseCases
from bot.recording_use_cases import RecordingUseCases
from bot.use_cases import UseCases
from handlers import build_root_router
from handlers.i18n import Catalogues

Others = RecordingUseCases | MoneyUseCases | CatalogueUseCases | LessonUseCases


def build_dispatcher(use_cases: UseCases, catalogues: Catalogues, *others: Others) -> Dispatcher:
    """State of conversations lives in the database (`pending_inputs`), so aiogram's own is switched off."""
    groups = (use_cases, *others)
    workflow = {field.name: getattr(group, field.name) for group in groups for field in fields(group)}
    dispatcher = Dispatcher(disable_fsm=True, catalogues=catalogues, **workflow)
    dispatcher.update.outer_middleware(UpdateContext())
    dispatcher.update.outer_middleware(ChatFate(use_cases.migrate_chat, use_cases.close_chat, use_cases.open_chat))
    dispatcher.update.outer_middleware(ActingMember(use_cases.recognize_member, use_cases.recognize_chat, catalogues))
    dispatcher.include_router(build_root_router())
    return dispatcher
