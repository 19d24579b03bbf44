"""The chat page beside the emulator's own routes, and what it is told about this demo."""

from dataclasses import dataclass
from os import PathLike
from os import stat_result as StatResult
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGE = Path(__file__).parents[1] / "page"
# Nothing from elsewhere, no inline scripts: whatever a message holds cannot become code.
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(slots=True)
class About:
    """`model`: name of the real model, None for the demo writer. `listener`: of the real one that listens, None for the
    demo's, which is told what it hears. `port`: of the page. `ready`: Muza answers."""

    person: int
    model: str | None
    port: int
    listener: str | None = None
    ready: bool = False


class Page(StaticFiles):
    """Always asked for anew, so that a changed file is seen at once."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: StatResult, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def about_router(about: About) -> APIRouter:
    router = APIRouter()

    @router.get("/demo/about")
    async def tell() -> dict[str, object]:
        return {"person": about.person, "model": about.model, "listener": about.listener, "ready": about.ready}

    return router


def mount_page(app: FastAPI) -> None:
    app.mount("/", Page(directory=PAGE, html=True))
