"""Recordings are found by the sweep alone."""


class SweptRecordings:
    """Implements `services.assistant.listening.ports.ListeningRunner` where no runner can be told."""

    def wake(self, recording_id: int) -> None:
        """The row is the truth."""

    def stop(self, recording_id: int) -> None:
        """Whoever works on it finds that it may not write any more."""
