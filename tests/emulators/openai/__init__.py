"""An OpenAI-compatible provider over real HTTP, for tests and the demo."""

from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.openai.server import RunningServer, running, serving
from tests.emulators.openai.settings import EmulatorSettings, Personality

__all__ = [
    "EmulatorSettings",
    "Fault",
    "FaultKind",
    "OpenAIEmulator",
    "Personality",
    "RunningServer",
    "running",
    "serving",
]
