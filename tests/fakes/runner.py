"""A runner that only remembers what it was told."""


class RecordingRunner:
    def __init__(self) -> None:
        self.woken: list[int] = []
        self.stopped: list[int] = []

    def wake(self, generation_id: int) -> None:
        self.woken.append(generation_id)

    def stop(self, generation_id: int) -> None:
        self.stopped.append(generation_id)
