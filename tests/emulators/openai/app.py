"""The emulator's ASGI application."""

import time

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.emulators.openai.admin import admin_router
from tests.emulators.openai.audio import audio_router
from tests.emulators.openai.batches import batches_router
from tests.emulators.openai.chat import chat_router
from tests.emulators.openai.embeddings import embeddings_router
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import add_error_handlers
from tests.emulators.openai.files import FileShelf, files_router
from tests.emulators.openai.images import images_router
from tests.emulators.openai.models import models_router
from tests.emulators.openai.moderations import moderations_router
from tests.emulators.openai.speech import speech_router


class ArrivalStamp:
    """Notes when a request's head arrived, before its body is read and parsed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["arrived"] = time.monotonic()
        await self._app(scope, receive, send)


def create_app(emulator: OpenAIEmulator) -> FastAPI:
    app = FastAPI(title="OpenAI emulator", docs_url=None, redoc_url=None, openapi_url=None)
    add_error_handlers(app)
    app.add_middleware(ArrivalStamp)
    app.include_router(admin_router(emulator))
    for build in (
        chat_router,
        embeddings_router,
        audio_router,
        speech_router,
        images_router,
        moderations_router,
        models_router,
    ):
        app.include_router(build(emulator))
    shelf = FileShelf()
    app.include_router(files_router(emulator, shelf))
    app.include_router(batches_router(emulator, shelf))
    return app
