"""The use cases of lessons. Field names are the parameter names that handlers ask for."""

from dataclasses import dataclass

from services.assistant.knowledge.accept_offer import AcceptOffer
from services.assistant.knowledge.cancel_lesson import CancelLesson
from services.assistant.knowledge.join_lesson import JoinLesson
from services.assistant.knowledge.lesson_ports import LessonRunner
from services.assistant.knowledge.offer_lesson import OfferLesson
from services.assistant.knowledge.retry_lesson import RetryLesson
from services.assistant.knowledge.start_lesson import StartLesson
from services.store.ports import Store


@dataclass(frozen=True, slots=True)
class LessonUseCases:
    start_lesson: StartLesson
    offer_lesson: OfferLesson
    join_lesson: JoinLesson
    accept_offer: AcceptOffer
    cancel_lesson: CancelLesson
    retry_lesson: RetryLesson


def build_lesson_use_cases(store: Store, runner: LessonRunner, suffixes: frozenset[str]) -> LessonUseCases:
    """`suffixes`: of files that are worth an offer."""
    work = (store, runner)
    return LessonUseCases(
        start_lesson=StartLesson(*work),
        offer_lesson=OfferLesson(*work, suffixes),
        join_lesson=JoinLesson(*work),
        accept_offer=AcceptOffer(*work),
        cancel_lesson=CancelLesson(*work),
        retry_lesson=RetryLesson(*work),
    )
