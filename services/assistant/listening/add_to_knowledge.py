"""A person puts a recording into the knowledge base: from then on /ask and /idea find what was said in it."""

from services.assistant.hints import hint
from services.assistant.listening.own_recording import outdated, own_recording
from services.assistant.listening.ports import ListeningRunner
from services.assistant.listening.transcript_document import document_source, document_text, document_title, origin_of
from services.domain.errors import StaleAction
from services.domain.member import Member
from services.domain.passport import DocumentOrigin, Passport
from services.domain.recording import Recording, RecordingState
from services.domain.timeline import timeline
from services.queue.ports import JobName, JobQueue
from services.retrieval.ingestion import Ingestion
from services.store.ports import Store

_HAS_ITS_TEXT = frozenset({RecordingState.DONE, RecordingState.FAILED})


class AddToKnowledge:
    def __init__(self, store: Store, ingestion: Ingestion, jobs: JobQueue, runner: ListeningRunner) -> None:
        self._store = store
        self._ingestion = ingestion
        self._jobs = jobs
        self._runner = runner

    async def __call__(self, member: Member, recording_id: int, version: int) -> Recording:
        """With its document. Pressed twice, or again after a crash, it is one document. The person has confirmed that
        everybody who is heard in it agrees: that is asked for where the button is.

        Raises NotAllowed, StaleAction, KnowledgeUnavailable.
        """
        async with self._store.transaction() as tx:
            recording = await own_recording(tx, member, recording_id)
            if recording.document_id is not None:
                return recording
            segments = timeline(await tx.recordings.pieces(recording_id))
            if recording.version != version or recording.state not in _HAS_ITS_TEXT or not segments:
                raise outdated(recording)
            speaker = await tx.members.get(recording.member_id)
        origin = origin_of(recording)
        title = document_title(origin, recording.minutes.title if recording.minutes else "")
        author = speaker.name if speaker else member.name
        text = document_text(origin, segments, recording.minutes, title=title, author=author)
        source = document_source(origin, title)
        passport = Passport(DocumentOrigin.RECORDING, owner_id=member.id)
        outcome = await self._ingestion.ingest_text(recording.project_id, source, text, passport, member.id)
        learned = await self._note(member, recording_id, outcome.document.id)
        await hint(self._jobs, JobName.EMBED_PASSAGES, project_id=recording.project_id)
        self._runner.wake(recording_id)
        return learned

    async def _note(self, member: Member, recording_id: int, document_id: int) -> Recording:
        async with self._store.transaction() as tx:
            recording = await tx.recordings.lock(recording_id)
            if recording is not None and recording.document_id == document_id:  # two presses at once
                return recording
            learned = await tx.recordings.change(recording_id, document_id=document_id)
            if learned is None:
                raise StaleAction(f"no recording {recording_id}", state="recording_unknown")
            await tx.audit.add("recording_learned", member.id, recording=recording_id, document=document_id)
            return learned
