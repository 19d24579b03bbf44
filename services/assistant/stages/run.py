"""What the stages of one run share."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from services.domain.brief import Brief
from services.domain.generation import Generation, Stage
from services.domain.language import Language
from services.domain.lease import LeaseLost
from services.domain.member import Member
from services.domain.project import Project
from services.domain.usage import CallContext

__all__ = ["LeaseLost", "Run"]


@dataclass(slots=True)
class Run:
    """One claimed attempt on its way through the stages."""

    generation: Generation
    brief: Brief
    project: Project
    member: Member
    language: Language
    parent: Generation | None = None
    timings_ms: dict[Stage, int] = field(default_factory=dict)
    held_until: float = math.inf
    """Deadline of the lease on `monotonic`; moves with every renewal."""
    monotonic: Callable[[], float] = time.monotonic
    is_ending: bool = False
    """Its end is being written down. From here on a lease that is gone may be our own doing."""

    @property
    def id(self) -> int:
        return self.generation.id

    @property
    def token(self) -> int:
        return self.generation.lease_token

    def holds_lease(self) -> bool:
        """False when the deadline has passed without a renewal, as after a frozen process was let go on: somebody else
        may be showing this attempt by now. Writes are fenced anyway; screens have no fence, so ask before each."""
        return self.monotonic() < self.held_until

    @property
    def call_context(self) -> CallContext:
        return CallContext(
            task=self.brief.task.value,
            project_id=self.project.id,
            member_id=self.member.id,
            brief_id=self.brief.id,
            generation_id=self.generation.id,
            lease_token=self.token,
            chat_id=(self.generation.reply_to or self.brief.address).chat_id,
        )

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            spent = round((perf_counter() - started) * 1000)
            self.timings_ms[stage] = self.timings_ms.get(stage, 0) + spent
