"""Prompts as folders of Jinja2 templates: `system.j2` (with front matter), optionally `user.j2`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.domain.generation import PromptRelease
from services.domain.prompt import Message, ModelRole, RenderedPrompt
from services.prompts.fence import fence, fence_line, fence_passage
from services.prompts.header import PromptHeader, split_header


@dataclass(frozen=True, slots=True)
class _Prompt:
    header: PromptHeader
    release: PromptRelease
    system: Template
    user: Template


class JinjaPromptLibrary:
    """Everything is read, checked and compiled once, at construction: a broken prompt stops the start, not a request.

    Raises ValueError (file and reason) for a broken prompt, FileNotFoundError when `root` holds none.
    """

    def __init__(self, root: Path, roles: Mapping[str, ModelRole] | None = None) -> None:
        """`roles`: by prompt, where the installation wants another than the front matter says."""
        environment = _environment()
        folders = sorted(path.parent for path in root.glob("*/system.j2"))
        if not folders:
            raise FileNotFoundError(f"no prompts in {root}")
        self._prompts = {folder.name: _load(folder, environment) for folder in folders}
        self._roles = dict(roles or {})

    def names(self) -> frozenset[str]:
        return frozenset(self._prompts)

    def header(self, name: str) -> PromptHeader:
        return self._prompts[name].header

    def release(self, name: str) -> PromptRelease:
        return self._prompts[name].release

    def render(self, name: str, variables: dict[str, Any]) -> RenderedPrompt:
        prompt = self._prompts.get(name)
        if prompt is None:
            raise ValueError(f"no prompt named {name!r}")
        try:
            prompt.header.check(variables)
            values = variables | {"examples": _examples(prompt.header, variables)}
            system, user = prompt.system.render(values).strip(), prompt.user.render(values).strip()
        except (ValueError, TemplateError) as error:
            raise ValueError(f"prompt {name!r}: {error}") from error
        return RenderedPrompt(
            messages=(Message("system", system), Message("user", user)),
            release=prompt.release,
            role=self._roles.get(name, prompt.header.role),
            parameters=prompt.header.parameters.as_parameters(),
        )


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=BaseLoader(),
        undefined=StrictUndefined,
        autoescape=False,  # the reader is a model, not a browser: HTML entities would only confuse it
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"fence": fence, "fence_line": fence_line, "fence_passage": fence_passage, "json": _json}
    return environment


def _json(value: object) -> str:
    """Jinja's own `tojson` writes apostrophes as \\u0027 for HTML's sake, and a model would learn to do so too."""
    return json.dumps(value, ensure_ascii=False)


def _load(folder: Path, environment: ImmutableSandboxedEnvironment) -> _Prompt:
    try:
        header, system = split_header((folder / "system.j2").read_text(encoding="utf-8"))
        user = (folder / "user.j2").read_text(encoding="utf-8")
        release = PromptRelease(folder.name, header.version, content_hash(folder))
        return _Prompt(header, release, environment.from_string(system), environment.from_string(user))
    except (ValueError, TemplateError, OSError) as error:
        raise ValueError(f"prompt {folder.name!r}: {error}") from error


def content_hash(folder: Path) -> str:
    """SHA-256, hex, over the names and contents of the folder's files; the same on every system (LF line ends)."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.j2")):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _examples(header: PromptHeader, variables: dict[str, Any]) -> list[dict[Literal["request", "answer"], Any]]:
    """Those in the brief's language; all of them when the prompt does not know it."""
    language = variables.get("language")
    chosen = [item for item in header.examples if item.language == language] or header.examples
    return [{"request": item.request.strip(), "answer": item.answer} for item in chosen]
