"""The process: settings, composition root, entry points, supervisor, workers."""

__version__ = "0.1.0"
