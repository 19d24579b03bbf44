"""What cannot be served, in OpenAI's form. With Retry-After, waiting helps; without, an operator has to act."""

from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse


@dataclass(slots=True, eq=False)  # not frozen: whoever handles an exception sets its traceback
class Refusal(Exception):
    status: int
    message: str
    code: str
    retry_after: int | None = None

    def response(self) -> JSONResponse:
        """OpenAI's form of an error."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        error = {"message": self.message, "type": kind, "code": self.code, "param": None}
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else None
        return JSONResponse({"error": error}, self.status, headers)


def refuse_in_openais_form(app: FastAPI) -> None:
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this type
    return error.response()


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    where = ".".join(str(part) for part in error.errors()[0]["loc"][1:])
    return Refusal(400, f"invalid {where or 'body'}", "invalid_input").response()
