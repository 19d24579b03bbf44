"""The garbage collector and the allocator at the start of a long-lived process."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_imports() -> Iterator[None]:
    """Import heavy modules inside the block. What they create lives as long as the process, so looking for garbage
    among it only costs time: a fifth of aiogram's import, and a little at every full collection later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def give_back() -> None:
    """Loading libraries, encodings and prices leaves tens of megabytes of freed blocks that glibc keeps for later.
    Other C libraries have no `malloc_trim`, and are left alone."""
    gc.collect()
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return
    trim(0)
