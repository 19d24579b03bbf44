"""Refusals in OpenAI's form: {"error": {"message", "type", "param", "code"}}."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse


class ApiError(Exception):
    """Answered with `status` and OpenAI's error body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type_: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.type = type_
        self.code = code
        self.param = param
        self.headers = headers

    def body(self) -> dict[str, object]:
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


class ConnectionCut(Exception):
    """Leaves the application unhandled: the server closes the socket in the middle of the answer."""


def add_error_handlers(app: FastAPI) -> None:
    async def refuse(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ApiError)
        return JSONResponse(error.body(), status_code=error.status, headers=error.headers)

    async def refuse_invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        param = ".".join(str(part) for part in first["loc"] if part != "body")
        code = "unknown_parameter" if first["type"] == "extra_forbidden" else None
        return await refuse(request, ApiError(400, f"{first['msg']}: '{param}'.", param=param, code=code))

    app.add_exception_handler(ApiError, refuse)
    app.add_exception_handler(RequestValidationError, refuse_invalid)
