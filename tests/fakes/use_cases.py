"""Use cases that answer what a test tells them to. Each checks its calls against the real one's signature, so that a
handler cannot pass what the real use case would not take."""

import inspect
from typing import Any

from services.assistant.answer_question import AnswerQuestion
from services.assistant.batches.cancel_batch import CancelBatch
from services.assistant.batches.confirm_batch import ConfirmBatch
from services.assistant.batches.place_batch import PlaceBatch
from services.assistant.batches.receive_batch import ReceiveBatch
from services.assistant.budgets.ask_for_more import AskForMore
from services.assistant.budgets.deny_more import DenyMore
from services.assistant.budgets.free_budget import FreeBudget
from services.assistant.budgets.grant_extra import GrantExtra
from services.assistant.budgets.open_budget import OpenBudget
from services.assistant.budgets.raise_budget import RaiseBudget
from services.assistant.budgets.set_budget import SetBudget
from services.assistant.budgets.show_budgets import ShowBudgets
from services.assistant.change_member import ChangeMember
from services.assistant.change_settings import ChangeSettings
from services.assistant.choose_audience import ChooseAudience
from services.assistant.decide_review import DecideReview
from services.assistant.digests.choose_digest import ChooseDigest
from services.assistant.discard_broadcast import DiscardBroadcast
from services.assistant.find_draft import FindDraft
from services.assistant.forget_delivery import ForgetDelivery
from services.assistant.halts.halt_generation import HaltGeneration
from services.assistant.halts.lift_halt import LiftHalt
from services.assistant.halts.report_halts import ReportHalts
from services.assistant.knowledge.accept_offer import AcceptOffer
from services.assistant.knowledge.cancel_lesson import CancelLesson
from services.assistant.knowledge.change_passport import ChangePassport
from services.assistant.knowledge.confirm_document import ConfirmDocument
from services.assistant.knowledge.delete_document import DeleteDocument
from services.assistant.knowledge.fetch_original import FetchOriginal
from services.assistant.knowledge.join_lesson import JoinLesson
from services.assistant.knowledge.keep_question import KeepQuestion
from services.assistant.knowledge.list_documents import ListDocuments
from services.assistant.knowledge.mark_answer import MarkAnswer
from services.assistant.knowledge.offer_lesson import OfferLesson
from services.assistant.knowledge.offer_question import OfferQuestion
from services.assistant.knowledge.replace_document import ReplaceDocument
from services.assistant.knowledge.retry_lesson import RetryLesson
from services.assistant.knowledge.show_document import ShowDocument
from services.assistant.knowledge.start_lesson import StartLesson
from services.assistant.list_history import ListHistory
from services.assistant.list_members import ListMembers
from services.assistant.list_queue import ListQueue
from services.assistant.list_undelivered import ListUndelivered
from services.assistant.listening.add_to_knowledge import AddToKnowledge
from services.assistant.listening.ask_of_speech import AskOfSpeech
from services.assistant.listening.cancel_in_chat import CancelInChat
from services.assistant.listening.cancel_recording import CancelRecording
from services.assistant.listening.confirm_recording import ConfirmRecording
from services.assistant.listening.correct_transcript import CorrectTranscript
from services.assistant.listening.draw_ideas import DrawIdeas
from services.assistant.listening.find_recording import FindRecording
from services.assistant.listening.hold_recording import HoldRecording
from services.assistant.listening.keep_transcript import KeepTranscript
from services.assistant.listening.make_minutes import MakeMinutes
from services.assistant.listening.retry_recording import RetryRecording
from services.assistant.listening.take_recording import TakeRecording
from services.assistant.pending_inputs import PendingInput
from services.assistant.prepare_broadcast import PrepareBroadcast
from services.assistant.read_settings import ReadSettings
from services.assistant.refine_draft import RefineDraft
from services.assistant.refresh_card import RefreshCard
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.report_spending import ReportSpending
from services.assistant.report_status import ReportStatus
from services.assistant.request_access import RequestAccess
from services.assistant.rerun_edited_brief import RerunEditedBrief
from services.assistant.resend_delivery import ResendDelivery
from services.assistant.retry_generation import RetryGeneration
from services.assistant.settle_access import SettleAccess
from services.assistant.show_attempt import ShowAttempt
from services.assistant.start_broadcast import StartBroadcast
from services.assistant.start_generation import StartGeneration
from services.assistant.stop_broadcast import StopBroadcast
from services.assistant.stop_generation import StopGeneration
from services.assistant.stop_in_chat import StopInChat
from services.assistant.submit_for_review import SubmitForReview
from services.charts.child_painter import ChildChartPainter
from services.domain.chat import ChatAddress
from services.domain.member import Member

REAL: dict[str, type] = {
    "start_generation": StartGeneration,
    "refine_draft": RefineDraft,
    "regenerate_draft": RegenerateDraft,
    "decide_review": DecideReview,
    "submit_for_review": SubmitForReview,
    "stop_generation": StopGeneration,
    "stop_in_chat": StopInChat,
    "retry_generation": RetryGeneration,
    "rerun_edited_brief": RerunEditedBrief,
    "mark_answer": MarkAnswer,
    "offer_question": OfferQuestion,
    "keep_question": KeepQuestion,
    "show_attempt": ShowAttempt,
    "find_draft": FindDraft,
    "list_history": ListHistory,
    "list_queue": ListQueue,
    "refresh_card": RefreshCard,
    "request_access": RequestAccess,
    "settle_access": SettleAccess,
    "list_members": ListMembers,
    "change_member": ChangeMember,
    "read_settings": ReadSettings,
    "change_settings": ChangeSettings,
    "prepare_broadcast": PrepareBroadcast,
    "choose_audience": ChooseAudience,
    "start_broadcast": StartBroadcast,
    "discard_broadcast": DiscardBroadcast,
    "stop_broadcast": StopBroadcast,
    "list_undelivered": ListUndelivered,
    "resend_delivery": ResendDelivery,
    "forget_delivery": ForgetDelivery,
    "report_status": ReportStatus,
    "report_spending": ReportSpending,
    "choose_digest": ChooseDigest,
    "paint_chart": ChildChartPainter,
    "receive_batch": ReceiveBatch,
    "place_batch": PlaceBatch,
    "confirm_batch": ConfirmBatch,
    "cancel_batch": CancelBatch,
    "show_budgets": ShowBudgets,
    "open_budget": OpenBudget,
    "set_budget": SetBudget,
    "free_budget": FreeBudget,
    "raise_budget": RaiseBudget,
    "grant_extra": GrantExtra,
    "deny_more": DenyMore,
    "ask_for_more": AskForMore,
    "halt_generation": HaltGeneration,
    "lift_halt": LiftHalt,
    "report_halts": ReportHalts,
    "start_lesson": StartLesson,
    "offer_lesson": OfferLesson,
    "join_lesson": JoinLesson,
    "accept_offer": AcceptOffer,
    "cancel_lesson": CancelLesson,
    "retry_lesson": RetryLesson,
    "list_documents": ListDocuments,
    "show_document": ShowDocument,
    "confirm_document": ConfirmDocument,
    "change_passport": ChangePassport,
    "replace_document": ReplaceDocument,
    "delete_document": DeleteDocument,
    "fetch_original": FetchOriginal,
    "add_to_knowledge": AddToKnowledge,
    "make_minutes": MakeMinutes,
    "draw_ideas": DrawIdeas,
    "take_recording": TakeRecording,
    "ask_of_speech": AskOfSpeech,
    "find_recording": FindRecording,
    "confirm_recording": ConfirmRecording,
    "hold_recording": HoldRecording,
    "correct_transcript": CorrectTranscript,
    "keep_transcript": KeepTranscript,
    "cancel_recording": CancelRecording,
    "cancel_in_chat": CancelInChat,
    "retry_recording": RetryRecording,
}


class FakeUseCase:
    """`answer` is returned, or raised when it is an exception."""

    def __init__(self, real: type, answer: Any = None) -> None:
        self._signature = inspect.signature(real.__call__)
        self.answer = answer
        self.calls: list[dict[str, Any]] = []
        """Arguments by name, defaults filled in."""

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        bound = self._signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        self.calls.append({name: value for name, value in bound.arguments.items() if name != "self"})
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    @property
    def last(self) -> dict[str, Any]:
        return self.calls[-1]


class InMemoryPendingInputs:
    """Passes the contract suite of the real one, tests/contract/test_pending_inputs.py."""

    def __init__(self) -> None:
        self.questions: dict[tuple[int, int | None, int], PendingInput] = {}
        self.answered: dict[tuple[int, int | None, int], tuple[int, PendingInput]] = {}

    async def ask(self, member: Member, address: ChatAddress, purpose: str, payload: dict[str, Any]) -> None:
        self.answered.pop(_key(member, address), None)
        self.questions[_key(member, address)] = PendingInput(purpose, payload)

    async def take(self, member: Member, address: ChatAddress, only: str | None = None) -> PendingInput | None:
        key = _key(member, address)
        taker, again = self.answered.get(key, (None, None))
        if again is not None and taker == address.message_id and only in (None, again.purpose):
            return again
        waiting = self.questions.get(key)
        if waiting is None or only not in (None, waiting.purpose):
            return None
        if address.message_id is not None:
            self.answered[key] = (address.message_id, waiting)
        return self.questions.pop(key)

    async def cancel(self, member: Member, address: ChatAddress) -> bool:
        return self.questions.pop(_key(member, address), None) is not None


class FakeUseCases:
    def __init__(self) -> None:
        self.by_name = {name: FakeUseCase(real) for name, real in REAL.items()}
        self.pending_inputs = InMemoryPendingInputs()

    def __getitem__(self, name: str) -> FakeUseCase:
        return self.by_name[name]

    def workflow(self) -> dict[str, Any]:
        """The real one stands over the fakes that it carries answers to."""
        carriers = ("start_generation", "refine_draft", "regenerate_draft", "decide_review")
        answer_question = AnswerQuestion(*(self[name] for name in carriers))  # type: ignore[arg-type]
        return {**self.by_name, "answer_question": answer_question, "pending_inputs": self.pending_inputs}


def _key(member: Member, address: ChatAddress) -> tuple[int, int | None, int]:
    return address.chat_id, address.topic_id, member.id
