"""People, drafts, chats and a database for histories of reviews; what every rule of them needs."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from services.assistant.shown_attempts import attempt_shown_by, remember_shown
from services.assistant.stages.run import Run
from services.assistant.stages.settle import Settle
from services.domain.chat import ChatAddress
from services.domain.errors import ModelUnavailable, MuzaError, NotAllowed, StaleAction
from services.domain.generation import TRANSITIONS, Generation
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role
from services.domain.review import Verdict
from services.domain.usage import Usage
from services.store.engine import open_engine
from services.store.sql_store import SqlStore
from tests.unit.services.assistant.conftest import IDEAS, Team, make_team
from tests.unit.services.assistant.review_rules import Picture, S, picture

EXPIRES = timedelta(days=14)
members, places, briefs = st.integers(0, 4), st.integers(0, 3), st.integers(0, 1)
nth, behind = st.integers(0, 3), st.sampled_from([0, 0, 0, 0, 1, -1])
verdicts = st.sampled_from(sorted(Verdict))


class ReviewWorld(RuleBasedStateMachine):
    template: Path
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.path = self.folder / "history.db"
        shutil.copy(self.template, self.path)
        self.runner = asyncio.Runner()
        self.messages = 100
        self.now: list[Picture] = []
        self.compared: list[Picture] = []
        """With the queue, the last time."""
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        self._open()
        self.team: Team = await make_team(self.store)
        self._stamp()
        async with self.store.transaction() as tx:
            second = await tx.members.add(4, "Вера", None, role=Role.APPROVER, status=MemberStatus.ACTIVE)
            gone = await tx.members.add(5, "Олег", None, role=Role.ADMIN, status=MemberStatus.BLOCKED)
        self.people: list[Member] = [self.team.admin, self.team.approver, self.team.writer, second, gone]
        drafts = [await self.team.has_draft(10), await self.team.has_draft(20, chat=self.team.group)]
        self.brief_ids = [draft.brief_id for draft in drafts]
        await self._look()

    def _open(self) -> None:
        self.engine = open_engine(f"sqlite+aiosqlite:///{self.path}")
        self.store = SqlStore(self.engine)

    def _stamp(self) -> None:
        self.store._now = self.team.clock.now

    async def _look(self) -> None:
        self.now = [await picture(self.store, brief_id, self.team.writer) for brief_id in self.brief_ids]

    def teardown(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()

    def _choose(self, brief: int, number: int) -> tuple[Picture, Generation]:
        seen = self.now[brief]
        attempts = list(seen.attempts.values())
        return seen, attempts[number % len(attempts)]

    def _message(self, seen: Picture, one: Generation, person: Member, place: int) -> ChatAddress:
        """Where the button is: at home, in the presser's own chat, in another group, under no known message."""
        self.messages += 1
        home = one.placeholder or ChatAddress(seen.home, None, self.messages)
        return [
            home,
            ChatAddress(person.telegram_id, None, self.messages),
            ChatAddress(-777, None, home.message_id),
            ChatAddress(seen.home, None, self.messages),
        ][place]

    def _press(self, act: Callable[[], Awaitable[Any]], allowed: bool) -> Any:
        """The result; None when it was refused, as the rules wanted, and nothing has changed."""
        before = self.now

        async def press() -> Any:
            try:
                result = await act()
            except (StaleAction, NotAllowed) as refusal:
                result = refusal
            await self._look()
            return result

        result = self.runner.run(press())
        assert isinstance(result, MuzaError) is not allowed, (result, allowed)
        if allowed:
            return result
        assert self.now == before, "a refused press changes nothing"
        return None

    async def _shown_in(self, message: ChatAddress) -> Generation | None:
        async with self.store.reading() as tx:
            return await attempt_shown_by(tx, message)

    def _new_reviews(self, before: list[Picture]) -> list[Any]:
        known = {review.id for seen in before for rows in seen.reviews.values() for review in rows}
        found = [review for seen in self.now for rows in seen.reviews.values() for review in rows]
        return [review for review in found if review.id not in known]

    def _asked_for_changes(self, before: list[Picture], parent: Generation, person: Member) -> None:
        new = self._new_reviews(before)
        if parent.state is S.IN_REVIEW:
            (review,) = new
            assert (review.generation_id, review.generation_version) == (parent.id, parent.version)
            assert (review.member_id, review.verdict) == (person.id, Verdict.CHANGES_REQUESTED)
        else:
            assert new == []

    async def _write(self, one: Generation, fails: bool) -> None:
        now, settle = self.team.clock.now(), Settle(self.store, self.team.clock)
        async with self.store.transaction() as tx:
            claimed = await tx.generations.claim(one.id, "writer", now, now + timedelta(seconds=1))
            assert claimed is not None
            brief = await tx.briefs.get(claimed.brief_id)
            assert brief is not None
            self.messages += 1
            shown = claimed.placeholder or brief.address.at(self.messages)
            await tx.generations.set_placeholder(claimed.id, claimed.lease_token, shown)
        run = Run(claimed, brief, self.team.project, self.team.writer, Language.RUSSIAN)
        if fails:
            await settle.failed(run, ModelUnavailable())
        else:
            await settle.succeeded(run, IDEAS, Usage(1, 0, 1))
            async with self.store.transaction() as tx:
                await remember_shown(tx, shown, claimed.id)

    async def _claim(self, one: Generation) -> None:
        now = self.team.clock.now()
        async with self.store.transaction() as tx:
            assert await tx.generations.claim(one.id, "dead", now, now) is not None

    def _act(self, work: Awaitable[Any]) -> Any:
        async def act() -> Any:
            result = await work
            await self._look()
            return result

        before = self.now
        result = self.runner.run(act())
        self._check_steps(before)
        return result

    def _check_steps(self, before: list[Picture]) -> None:
        for old, new in zip(before, self.now, strict=True):
            for was in old.attempts.values():
                one = new.attempts[was.id]
                assert one.version >= was.version
                assert (one.version == was.version) == (one.state is was.state) or one.state in TRANSITIONS[S.RUNNING]


async def all_at_once(presses: list[Awaitable[Any]]) -> list[Any]:
    results = await asyncio.gather(*presses, return_exceptions=True)
    unexpected = [result for result in results if isinstance(result, BaseException) and not _is_refusal(result)]
    assert unexpected == []
    return list(results)


def _is_refusal(result: BaseException) -> bool:
    return isinstance(result, StaleAction | NotAllowed)
