"""Random histories of reviews over the real use cases and a database of their own: people press what they see, what
they saw long ago and what they forged, from any chat; drafts are written; time passes; processes restart."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from services.assistant.decide_review import DecideReview
from services.assistant.expire_reviews import ExpireReviews
from services.assistant.list_queue import ListQueue
from services.assistant.refine_draft import RefineDraft
from services.assistant.refresh_card import RefreshCard
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.remind_reviewers import RemindReviewers
from services.assistant.retry_generation import RetryGeneration
from services.assistant.show_attempt import ShowAttempt
from services.assistant.stop_generation import StopGeneration
from services.assistant.submit_for_review import SubmitForReview
from services.domain.chat import ChatAddress
from services.domain.errors import MuzaError
from services.domain.generation import Chip
from services.domain.review import Verdict
from tests.unit.services.assistant.review_rules import ACTIVE, S
from tests.unit.services.assistant.review_world import ReviewWorld, all_at_once

EXPIRES = timedelta(days=14)
members, places, briefs = st.integers(0, 4), st.integers(0, 3), st.integers(0, 1)
nth, behind = st.integers(0, 3), st.sampled_from([0, 0, 0, 0, 1, -1])
verdicts = st.sampled_from(sorted(Verdict))


class ReviewMachine(ReviewWorld):
    @rule(brief=briefs, number=nth, who=members, place=places, late=behind, verdict=verdicts)
    def decide(self, brief: int, number: int, who: int, place: int, late: int, verdict: Verdict) -> None:
        (seen, one), person = self._choose(brief, number), self.people[who]
        message, version, before = self._message(seen, one, person, place), one.version - late, self.now
        allowed = seen.may_decide(person, one, version, message, verdict)
        use_case = DecideReview(self.store, self.team.jobs)
        card = self._press(lambda: use_case(person, one.id, version, message, verdict), allowed)
        if card is not None:
            (review,) = self._new_reviews(before)
            assert (review.generation_id, review.generation_version) == (one.id, version)
            assert (review.member_id, review.verdict) == (person.id, verdict)
            assert card.generation.state.value == verdict.value

    @rule(brief=briefs, number=nth, who=members, place=places, late=behind, chip=st.sampled_from([None, *Chip]))
    def regenerate(self, brief: int, number: int, who: int, place: int, late: int, chip: Chip | None) -> None:
        (seen, one), person = self._choose(brief, number), self.people[who]
        message, version, before = self._message(seen, one, person, place), one.version - late, self.now
        allowed = seen.may_change(person, one, version, message)
        use_case = RegenerateDraft(self.store, self.team.runner)
        child = self._press(lambda: use_case(person, one.id, version, message, chip=chip), allowed)
        if child is not None:
            assert len(self.now[brief].attempts) == len(seen.attempts) + 1
            self._asked_for_changes(before, one, person)

    @rule(brief=briefs, number=nth, who=members, late=st.booleans())
    def refine(self, brief: int, number: int, who: int, late: bool) -> None:
        (seen, one), person = self._choose(brief, number), self.people[who]
        if one.placeholder is None:
            return
        self.messages += 1
        words, before = ChatAddress(one.placeholder.chat_id, None, self.messages), self.now
        target, use_case = one.placeholder, RefineDraft(self.store, self.team.runner)
        parent = self.runner.run(self._shown_in(target))
        allowed = parent is not None and seen.may_change(person, parent, parent.version, target)
        child = self._press(lambda: use_case(person, target, words, "теплее"), allowed)
        if child is not None and parent is not None:
            self._asked_for_changes(before, parent, person)
            again = self._act(use_case(person, target, words, "теплее"))
            assert again.id == child.id, "the same reply twice is one attempt"
        if late:
            self._act(RefreshCard(self.store, self.team.jobs)(person, one.id, target))

    @rule(brief=briefs, number=nth, who=members, place=places, late=behind)
    def retry(self, brief: int, number: int, who: int, place: int, late: int) -> None:
        (seen, one), person = self._choose(brief, number), self.people[who]
        message, version = self._message(seen, one, person, place), one.version - late
        allowed = seen.may_retry(person, one, version, message)
        use_case = RetryGeneration(self.store, self.team.runner)
        self._press(lambda: use_case(person, one.id, version, message), allowed)

    @rule(brief=briefs, number=nth, who=members, place=places, late=behind)
    def submit(self, brief: int, number: int, who: int, place: int, late: int) -> None:
        (seen, one), person = self._choose(brief, number), self.people[who]
        message, version = self._message(seen, one, person, place), one.version - late
        allowed, before = seen.may_submit(person, one, version, message), self.now
        use_case = SubmitForReview(self.store, self.team.jobs)
        self._press(lambda: use_case(person, one.id, version, message), allowed)
        assert self.now == before

    @rule(brief=briefs, number=nth, who=members, place=places)
    def stop(self, brief: int, number: int, who: int, place: int) -> None:
        (seen, one), person = self._choose(brief, number), self.people[who]
        message = self._message(seen, one, person, place)
        use_case = StopGeneration(self.store, self.team.runner)
        self._press(lambda: use_case(person, one.id, message), seen.may_stop(person, one, message))

    @rule(brief=briefs, number=nth, who=members)
    def page(self, brief: int, number: int, who: int) -> None:
        (seen, one), person = self._choose(brief, number), self.people[who]
        message, before = self._message(seen, one, person, 0), self.now
        being_written = any(a.state in ACTIVE and a.placeholder == message for a in seen.attempts.values())
        use_case = ShowAttempt(self.store)
        allowed = person.is_active and not being_written
        self._press(lambda: use_case(person, one.id, message), allowed)
        assert self.now == before

    @rule(brief=briefs, fails=st.sampled_from([False, False, True]))
    def write(self, brief: int, fails: bool) -> None:
        """Whatever is queued or was left running by a process that died is written to its end."""
        for one in self.now[brief].attempts.values():
            if one.state in ACTIVE:
                self._act(self._write(one, fails))

    @rule(brief=briefs)
    def claim_and_die(self, brief: int) -> None:
        for one in self.now[brief].attempts.values():
            if one.state is S.QUEUED:
                self._act(self._claim(one))

    @rule(hours=st.sampled_from([1, 12, 24, 24 * 15]))
    def time_passes(self, hours: int) -> None:
        self.team.clock.advance(hours=hours)

    @rule()
    def remind(self) -> None:
        before = self.now
        self._act(RemindReviewers(self.store, self.team.jobs, self.team.clock)())
        for old, new in zip(before, self.now, strict=True):
            waiting = {one.id for one in old.waiting}
            for one in new.attempts.values():
                was = old.attempts[one.id]
                assert replace(one, reminders=0, reminded_at=None) == replace(was, reminders=0, reminded_at=None)
                assert one.reminders - was.reminders in ((0, 1) if one.id in waiting else (0,))
                assert one.reminders <= 3

    @rule()
    def expire(self) -> None:
        before, now = self.now, self.team.clock.now()
        self._act(ExpireReviews(self.store, self.team.jobs, self.team.clock, after=EXPIRES)())
        for old, new in zip(before, self.now, strict=True):
            waiting = {one.id for one in old.waiting}
            for one in new.attempts.values():
                was = old.attempts[one.id]
                if one.state is S.EXPIRED and was.state is not S.EXPIRED:
                    assert one.id in waiting
                    assert was.finished_at is not None
                    assert now - was.finished_at > EXPIRES
                else:
                    assert one == was

    @rule(brief=briefs, number=nth, crowd=st.lists(st.tuples(members, st.sampled_from([None, *Verdict])), min_size=2))
    def press_all_at_once(self, brief: int, number: int, crowd: list[tuple[int, Verdict | None]]) -> None:
        """None stands for Regenerate. One of those who may is first, and no other press of this moment counts."""
        seen, one = self._choose(brief, number)
        message, before = self._message(seen, one, self.team.admin, 0), self.now
        eligible = 0
        presses: list[Awaitable[Any]] = []
        for who, verdict in crowd[:6]:
            person = self.people[who]
            if verdict is None:
                eligible += seen.may_change(person, one, one.version, message)
                presses.append(RegenerateDraft(self.store, self.team.runner)(person, one.id, one.version, message))
            else:
                eligible += seen.may_decide(person, one, one.version, message, verdict)
                decide = DecideReview(self.store, self.team.jobs)
                presses.append(decide(person, one.id, one.version, message, verdict))
        results = self._act(all_at_once(presses))
        accepted = [result for result in results if not isinstance(result, MuzaError)]
        assert len(accepted) == min(1, eligible)
        assert len(self._new_reviews(before)) <= 1

    @rule()
    def restart(self) -> None:
        async def again() -> None:
            await self.engine.dispose()
            self._open()
            self._stamp()
            self.team.store = self.store

        self._act(again())

    @invariant()
    def one_approved_at_most_and_for_ever(self) -> None:
        for seen in self.now:
            assert len(seen.approved) <= 1
            for one in seen.approved:
                assert seen.reviews[one.id][-1].verdict is Verdict.APPROVED
                assert seen.reviews[one.id][-1].generation_version == one.version - 1

    @invariant()
    def every_decision_stands_once_about_one_version(self) -> None:
        for seen in self.now:
            for rows in seen.reviews.values():
                versions = [review.generation_version for review in rows]
                assert len(versions) == len(set(versions))
                assert versions == sorted(versions)

    @invariant()
    def the_queue_has_what_waits_and_nothing_else(self) -> None:
        if self.now == self.compared:
            return
        self.compared = self.now

        async def read() -> set[int]:
            page = await ListQueue(self.store, self.team.clock)(self.team.admin, self.team.chat)
            assert page.total == len(page.items)
            return {item.generation_id for item in page.items}

        assert self.runner.run(read()) == {one.id for seen in self.now for one in seen.waiting}
