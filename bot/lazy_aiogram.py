"""aiogram as a quick import: its 400 types get their validators when they are first used.

At its import aiogram asks pydantic to build them all, though a process uses a few dozen: 1.4 s of every start and
100 MB. Pydantic itself builds what is incomplete at its first use, provided that the names in the annotations can be
found; aiogram imports those for type checkers only, so the building is put off, and the names are given to the
modules. Source: the end of https://github.com/aiogram/aiogram/blob/dev-3.x/aiogram/types/__init__.py
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

_PACKAGES = ("aiogram.types.", "aiogram.methods.")


def import_aiogram() -> None:
    """Does nothing when aiogram is imported already. To be called by the main thread, before there are others."""
    if "aiogram" in sys.modules:
        return
    with _building_put_off():
        import aiogram.methods
        import aiogram.types
    names = {name: getattr(aiogram.types, name) for name in aiogram.types.__all__}
    for path, module in list(sys.modules.items()):
        if path.startswith(_PACKAGES):
            for name, entity in names.items():
                vars(module).setdefault(name, entity)
    for entity in (aiogram.types.Update, aiogram.types.Message, aiogram.methods.SendMessage):
        entity.model_rebuild()  # needed by everybody who speaks to Telegram: not in the middle of the first answer


@contextmanager
def _building_put_off() -> Iterator[None]:
    rebuild = BaseModel.__dict__["model_rebuild"]

    def put_off(cls: type[BaseModel], /, **options: object) -> None:
        """`_types_namespace` is what only aiogram's own loop gives; other libraries build as ever."""
        if "_types_namespace" not in options:
            rebuild.__get__(None, cls)(**options)

    BaseModel.model_rebuild = classmethod(put_off)  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign]
