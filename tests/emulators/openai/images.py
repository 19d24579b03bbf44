"""POST /v1/images/generations: a landscape whose colours and shapes follow the prompt's words."""

import base64
import random
import struct
import zlib
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tests.emulators.openai import tokens
from tests.emulators.openai.answers import answer
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.stems import is_russian

CREATED = 1_790_000_000
LABELS = {True: "Демо-автор: картинка нарисована без модели. ", False: "Demo writer: drawn without a model. "}

Colour = tuple[int, int, int]


class ImageBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(min_length=1, max_length=32_000)
    model: str = "gpt-image-1"
    n: Annotated[int, Field(ge=1, le=10)] = 1
    size: Literal["auto", "256x256", "512x512", "1024x1024", "1536x1024", "1024x1536"] = "auto"
    response_format: Literal["b64_json"] | None = None
    quality: str | None = None
    background: str | None = None
    moderation: str | None = None
    output_format: Literal["png"] | None = None
    style: str | None = None
    user: str | None = None


def images_router(emulator: OpenAIEmulator) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/images/generations")
    async def generate(body: ImageBody, request: Request) -> Response:
        with emulator.call(request, "images", body.model, body.model_dump(exclude_none=True)) as call:
            fault = await emulator.admit(request, call)
            width, height = (512, 512) if body.size == "auto" else map(int, body.size.split("x"))
            label = LABELS[is_russian(body.prompt)]
            pictures = [
                {
                    "b64_json": base64.b64encode(landscape(f"{body.prompt}|{at}", width, height)).decode(),
                    "revised_prompt": label + body.prompt,
                }
                for at in range(body.n)
            ]
            call.tokens_in = tokens.count(body.model, body.prompt)
            call.tokens_out = body.n * width * height // 1024
            usage = {
                "input_tokens": call.tokens_in,
                "output_tokens": call.tokens_out,
                "total_tokens": call.tokens_in + call.tokens_out,
                "input_tokens_details": {"text_tokens": call.tokens_in, "image_tokens": 0},
            }
            shown = {"created": CREATED, "data": pictures, "usage": usage}
            return await answer(emulator, request, call, fault, shown)

    return router


def landscape(prompt: str, width: int, height: int) -> bytes:
    """A PNG: sky, sun and ground. Rows are built of runs of one colour, so a megapixel takes milliseconds."""
    chance = random.Random(prompt)
    sky, ground = _colour(chance, 150), _colour(chance, 60)
    sun: Colour = (255, 214 - chance.randrange(60), 120)
    horizon = int(height * chance.uniform(0.55, 0.75))
    radius = int(min(width, height) * chance.uniform(0.10, 0.18))
    centre_x, centre_y = int(width * chance.uniform(0.25, 0.75)), int(horizon * chance.uniform(0.35, 0.8))
    rows = []
    for y in range(height):
        if y >= horizon:
            rows.append(bytes(_shade(ground, (y - horizon) / height)) * width)
            continue
        back = bytes(_shade(sky, -0.5 * y / horizon))
        half = int(max(radius**2 - (y - centre_y) ** 2, 0) ** 0.5)
        rows.append(back * (centre_x - half) + bytes(sun) * (2 * half) + back * (width - centre_x - half))
    return _png(rows, width, height)


def _colour(chance: random.Random, darkest: int) -> Colour:
    return (chance.randint(darkest, 230), chance.randint(darkest, 230), chance.randint(darkest, 230))


def _shade(colour: Colour, by: float) -> Colour:
    """Darker by that share; lighter when it is negative."""
    red, green, blue = (min(255, int(part * (1 - by))) for part in colour)
    return (red, green, blue)


def _png(rows: list[bytes], width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), level=6)
    text = b"Software\0Demo writer: drawn without a model"
    parts = ((b"IHDR", header), (b"tEXt", text), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
