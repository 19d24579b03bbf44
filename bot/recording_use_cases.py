"""The use cases of recordings. Field names are the parameter names that handlers ask for."""

from dataclasses import dataclass

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
from services.assistant.listening.ports import ListeningRunner
from services.assistant.listening.retry_recording import RetryRecording
from services.assistant.listening.take_recording import ListeningRules, TakeRecording
from services.assistant.ports import Clock, GenerationRunner
from services.assistant.start_generation import StartGeneration
from services.queue.ports import JobQueue
from services.retrieval.ingestion import Ingestion
from services.store.ports import Store


@dataclass(frozen=True, slots=True)
class RecordingUseCases:
    take_recording: TakeRecording
    ask_of_speech: AskOfSpeech
    find_recording: FindRecording
    confirm_recording: ConfirmRecording
    hold_recording: HoldRecording
    correct_transcript: CorrectTranscript
    keep_transcript: KeepTranscript
    cancel_recording: CancelRecording
    cancel_in_chat: CancelInChat
    retry_recording: RetryRecording
    add_to_knowledge: AddToKnowledge
    make_minutes: MakeMinutes
    draw_ideas: DrawIdeas


def build_recording_use_cases(
    store: Store,
    jobs: JobQueue,
    ingestion: Ingestion,
    listeners: ListeningRunner,
    clock: Clock,
    runner: GenerationRunner,
    rules: ListeningRules,
) -> RecordingUseCases:
    start_generation = StartGeneration(store, runner)
    take, keep = TakeRecording(store, listeners, rules), KeepTranscript(store, listeners)
    retry = RetryRecording(store, listeners, clock)
    return RecordingUseCases(
        take_recording=take,
        ask_of_speech=AskOfSpeech(store, take, keep, retry, start_generation),
        find_recording=FindRecording(store),
        confirm_recording=ConfirmRecording(store, listeners, clock),
        hold_recording=HoldRecording(store, listeners),
        correct_transcript=CorrectTranscript(store, listeners),
        keep_transcript=keep,
        cancel_recording=CancelRecording(store, listeners),
        cancel_in_chat=CancelInChat(store, listeners),
        retry_recording=retry,
        add_to_knowledge=AddToKnowledge(store, ingestion, jobs, listeners),
        make_minutes=MakeMinutes(store, jobs, listeners),
        draw_ideas=DrawIdeas(store, start_generation),
    )
