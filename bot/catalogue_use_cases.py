"""The use cases of /kb and of marks under answers. Field names are the parameter names that handlers ask for."""

from dataclasses import dataclass
from datetime import tzinfo

from services.assistant.budgets.team_days import TeamDays
from services.assistant.knowledge.change_passport import ChangePassport
from services.assistant.knowledge.confirm_document import ConfirmDocument
from services.assistant.knowledge.delete_document import DeleteDocument
from services.assistant.knowledge.fetch_original import FetchOriginal
from services.assistant.knowledge.keep_question import KeepQuestion
from services.assistant.knowledge.list_documents import ListDocuments
from services.assistant.knowledge.mark_answer import MarkAnswer
from services.assistant.knowledge.offer_question import OfferQuestion
from services.assistant.knowledge.replace_document import ReplaceDocument
from services.assistant.knowledge.show_document import ShowDocument
from services.assistant.ports import Clock
from services.files.ports import FileStore
from services.queue.ports import JobQueue
from services.retrieval.ingestion import Ingestion
from services.store.ports import Store

MOST_SENT_MEGABYTES = 50
MOST_SENT_MEGABYTES_BY_LOCAL_SERVER = 2000
"""https://core.telegram.org/bots/api#senddocument and #using-a-local-bot-api-server"""


@dataclass(frozen=True, slots=True)
class CatalogueUseCases:
    list_documents: ListDocuments
    show_document: ShowDocument
    confirm_document: ConfirmDocument
    change_passport: ChangePassport
    replace_document: ReplaceDocument
    delete_document: DeleteDocument
    fetch_original: FetchOriginal
    mark_answer: MarkAnswer
    offer_question: OfferQuestion
    keep_question: KeepQuestion


def build_catalogue_use_cases(
    store: Store,
    jobs: JobQueue,
    ingestion: Ingestion,
    files: FileStore,
    clock: Clock,
    zone: tzinfo,
    *,
    is_local_server: bool,
) -> CatalogueUseCases:
    """`is_local_server`: of the Bot API, which takes larger files."""
    days = TeamDays(clock, zone)
    most = MOST_SENT_MEGABYTES_BY_LOCAL_SERVER if is_local_server else MOST_SENT_MEGABYTES
    return CatalogueUseCases(
        list_documents=ListDocuments(store, days),
        show_document=ShowDocument(store, days),
        confirm_document=ConfirmDocument(store, days),
        change_passport=ChangePassport(store, days),
        replace_document=ReplaceDocument(store),
        delete_document=DeleteDocument(store, ingestion),
        fetch_original=FetchOriginal(store, files, most),
        mark_answer=MarkAnswer(store, jobs),
        offer_question=OfferQuestion(store),
        keep_question=KeepQuestion(store),
    )
