"""Giving memory back to the system after the start."""

import ctypes
import gc

from loguru import logger


def give_back() -> None:
    """Loading libraries, encodings and prices leaves tens of megabytes of freed blocks that glibc keeps for later.
    Other C libraries have no `malloc_trim`, and are left alone."""
    gc.collect()
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        logger.debug("this C library gives memory back by itself")
        return
    trim(0)
