"""A runner that only remembers what it was told."""


class RecordingListeners:
    """Implements `services.assistant.listening.ports.ListeningRunner`."""

    def __init__(self) -> None:
        self.woken: list[int] = []
        self.stopped: list[int] = []

    def wake(self, recording_id: int) -> None:
        self.woken.append(recording_id)

    def stop(self, recording_id: int) -> None:
        self.stopped.append(recording_id)
