"""The use cases over one set of services, but for recordings. Field names are the parameter names handlers ask for."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.assistant.answer_question import AnswerQuestion
from services.assistant.change_member import ChangeMember
from services.assistant.change_settings import ChangeSettings
from services.assistant.choose_audience import ChooseAudience
from services.assistant.close_chat import CloseChat
from services.assistant.decide_review import DecideReview
from services.assistant.discard_broadcast import DiscardBroadcast
from services.assistant.find_draft import FindDraft
from services.assistant.forget_delivery import ForgetDelivery
from services.assistant.list_history import ListHistory
from services.assistant.list_members import ListMembers
from services.assistant.list_queue import ListQueue
from services.assistant.list_undelivered import ListUndelivered
from services.assistant.migrate_chat import MigrateChat
from services.assistant.open_chat import OpenChat
from services.assistant.pending_inputs import PendingInputs
from services.assistant.ports import Clock, GenerationRunner
from services.assistant.prepare_broadcast import PrepareBroadcast
from services.assistant.read_settings import ReadSettings
from services.assistant.recognize_chat import RecognizeChat
from services.assistant.recognize_member import RecognizeMember
from services.assistant.refine_draft import RefineDraft
from services.assistant.refresh_card import RefreshCard
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.report_status import Probe, ReportStatus
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
from services.domain.fairness import Limits
from services.queue.ports import JobQueue
from services.store.ports import Store


@dataclass(frozen=True, slots=True)
class UseCases:
    start_generation: StartGeneration
    refine_draft: RefineDraft
    regenerate_draft: RegenerateDraft
    answer_question: AnswerQuestion
    decide_review: DecideReview
    submit_for_review: SubmitForReview
    stop_generation: StopGeneration
    stop_in_chat: StopInChat
    retry_generation: RetryGeneration
    rerun_edited_brief: RerunEditedBrief
    show_attempt: ShowAttempt
    find_draft: FindDraft
    list_history: ListHistory
    list_queue: ListQueue
    refresh_card: RefreshCard
    recognize_member: RecognizeMember
    recognize_chat: RecognizeChat
    migrate_chat: MigrateChat
    close_chat: CloseChat
    open_chat: OpenChat
    request_access: RequestAccess
    settle_access: SettleAccess
    list_members: ListMembers
    change_member: ChangeMember
    read_settings: ReadSettings
    change_settings: ChangeSettings
    pending_inputs: PendingInputs
    prepare_broadcast: PrepareBroadcast
    choose_audience: ChooseAudience
    start_broadcast: StartBroadcast
    discard_broadcast: DiscardBroadcast
    stop_broadcast: StopBroadcast
    list_undelivered: ListUndelivered
    resend_delivery: ResendDelivery
    forget_delivery: ForgetDelivery
    report_status: ReportStatus


@dataclass(frozen=True, slots=True)
class Premises:
    """What this installation is."""

    version: str
    admin_ids: tuple[int, ...]
    default_project: str | None
    probes: Sequence[Probe]
    limits: Limits | None = None
    """Of each person."""
    offers_voice: bool = False
    """Answers can be read aloud."""


def build_use_cases(store: Store, jobs: JobQueue, runner: GenerationRunner, clock: Clock, here: Premises) -> UseCases:
    return UseCases(
        start_generation=StartGeneration(store, runner),
        refine_draft=RefineDraft(store, runner),
        regenerate_draft=RegenerateDraft(store, runner),
        decide_review=DecideReview(store, jobs),
        answer_question=_answer_question(store, jobs, runner),
        submit_for_review=SubmitForReview(store, jobs),
        stop_generation=StopGeneration(store, runner),
        stop_in_chat=StopInChat(store, runner),
        retry_generation=RetryGeneration(store, runner),
        rerun_edited_brief=RerunEditedBrief(store, runner),
        show_attempt=ShowAttempt(store),
        find_draft=FindDraft(store),
        list_history=ListHistory(store),
        list_queue=ListQueue(store, clock),
        refresh_card=RefreshCard(store, jobs),
        recognize_member=RecognizeMember(store, here.admin_ids),
        recognize_chat=RecognizeChat(store, here.default_project),
        migrate_chat=MigrateChat(store),
        close_chat=CloseChat(store),
        open_chat=OpenChat(store),
        request_access=RequestAccess(store, jobs),
        settle_access=SettleAccess(store, jobs),
        list_members=ListMembers(store),
        change_member=ChangeMember(store, here.admin_ids),
        read_settings=ReadSettings(offers_voice=here.offers_voice),
        change_settings=ChangeSettings(store, offers_voice=here.offers_voice),
        pending_inputs=PendingInputs(store, clock),
        prepare_broadcast=PrepareBroadcast(store),
        choose_audience=ChooseAudience(store),
        start_broadcast=StartBroadcast(store, jobs, clock),
        discard_broadcast=DiscardBroadcast(store, clock),
        stop_broadcast=StopBroadcast(store, clock),
        list_undelivered=ListUndelivered(store),
        resend_delivery=ResendDelivery(store, jobs),
        forget_delivery=ForgetDelivery(store),
        report_status=ReportStatus(store, here.probes, here.version, limits=here.limits),
    )


def _answer_question(store: Store, jobs: JobQueue, runner: GenerationRunner) -> AnswerQuestion:
    return AnswerQuestion(
        StartGeneration(store, runner),
        RefineDraft(store, runner),
        RegenerateDraft(store, runner),
        DecideReview(store, jobs),
    )
