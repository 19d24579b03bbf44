"""Everything that can go wrong and that a person should hear about in plain words.

MuzaError
├── AccessError            the person may not do this
│   ├── NotAMember
│   └── NotAllowed
├── InputError             what the person sent cannot be used
│   ├── EmptyBrief
│   ├── BriefTooLong
│   ├── NothingToDo
│   ├── AudioUnreadable    damaged or cut off, no sound that could be decoded
│   │   └── AudioUnsupported  a format or codec that is not read here
│   ├── AudioTooLarge      more bytes than this Telegram server hands out
│   ├── AudioTooLong
│   ├── NobodyToReach
│   ├── BatchUnreadable    a file that is no text
│   ├── BatchTooLong       more briefs than one file may have, or a file that is too large
│   ├── DocumentRefused    a file or page that cannot go into the knowledge base
│   │   ├── DocumentUnsupported  a format that is not read here
│   │   ├── DocumentDamaged      broken, cut off, or not what its name says
│   │   ├── DocumentProtected    locked with a password
│   │   ├── DocumentEmpty        no text: pictures of pages, or nothing at all
│   │   ├── DocumentTooLarge     more bytes than are taken
│   │   └── DocumentTooHeavy     unpacks to too much, or takes too long or too much memory to read
│   ├── FilterUnclear      a date in a question's filters that is none, or a period without a day
│   └── LinkRefused        an address that is not fetched
│       └── LinkFailed     a page that did not come
├── CallRefused            by our own rules, before anything left
│   ├── BudgetExhausted    the money for this is used up
│   └── GenerationHalted   an administrator has stopped all generation, here or everywhere
├── TooManyRequests        of one person within a minute; a little later it may be asked for again
├── StaleAction            the button or command refers to a world that has changed
├── ModelError             the language model did not deliver
│   ├── ModelUnavailable   down, refusing, circuit open (retryable)
│   │   └── ModelBusy      alive, but asks to slow down
│   ├── ModelTimeout
│   ├── StreamIncomplete   the answer was cut in the middle
│   ├── ModelRefused       wrong key, unknown model, bad request (an operator must act)
│   ├── BatchesNotOffered  the provider takes no work for the night
│   ├── ModelNotConfigured no key and no address of a model server
│   ├── TranscriptionUnavailable  nobody who could listen answers (retryable)
│   │   └── TranscriptionRefused  nor will they: model missing, wrong key (an operator must act)
│   ├── TranscriptionNotConfigured
│   ├── SpeechNotConfigured       voice replies are not set up
│   └── ContextTooLong
├── KnowledgeUnavailable   no search leg answered
├── ChartUnavailable       the picture could not be drawn (retryable)
├── FilesUnavailable       where recordings are kept does not answer (retryable)
├── TelegramFilesUnavailable  Telegram does not hand a file out now (retryable)
├── StoreUnavailable
└── QueueUnavailable

A `code` is stable: the interface's catalogues and the log are keyed by it.
"""


class MuzaError(Exception):
    code = "internal"
    retryable = False

    def __init__(self, detail: str = "", **facts: int | str) -> None:
        """`detail` goes to the log, never to the person; `facts` fill the person's sentence ({limit}, {name})."""
        super().__init__(detail or self.code)
        self.facts = facts


class AccessError(MuzaError):
    code = "access"


class NotAMember(AccessError):
    code = "not_a_member"


class NotAllowed(AccessError):
    code = "not_allowed"


class InputError(MuzaError):
    code = "input"


class EmptyBrief(InputError):
    code = "empty_brief"


class BriefTooLong(InputError):
    code = "brief_too_long"


class NothingToDo(InputError):
    code = "nothing_to_do"


class NobodyToReach(InputError):
    code = "nobody_to_reach"


class BatchUnreadable(InputError):
    code = "batch_unreadable"


class BatchTooLong(InputError):
    """Facts: `limit`, in briefs."""

    code = "batch_too_long"


class DocumentRefused(InputError):
    """Facts: `name`, the file's."""

    code = "document_refused"


class DocumentUnsupported(DocumentRefused):
    code = "document_unsupported"


class DocumentDamaged(DocumentRefused):
    code = "document_damaged"


class DocumentProtected(DocumentRefused):
    code = "document_protected"


class DocumentEmpty(DocumentRefused):
    code = "document_empty"


class DocumentTooLarge(DocumentRefused):
    """Facts: `name`; `size` and `limit`, in megabytes."""

    code = "document_too_large"


class DocumentTooHeavy(DocumentRefused):
    code = "document_too_heavy"


class LinkRefused(InputError):
    """Facts: `address`, its host. Not an address of the public web."""

    code = "link_refused"


class LinkFailed(LinkRefused):
    """Facts: `address`, its host; `why`: an HTTP status, `timeout`, `size`, `unreachable`."""

    code = "link_failed"


class FilterUnclear(InputError):
    """Facts: `filter`, as it was written."""

    code = "filter_unclear"


class AudioUnreadable(InputError):
    code = "audio_unreadable"


class AudioUnsupported(AudioUnreadable):
    """Facts: `format`."""

    code = "audio_unsupported"


class AudioTooLarge(InputError):
    """Facts: `size`, `limit`, in megabytes."""

    code = "audio_too_large"


class AudioTooLong(InputError):
    """Facts: `hours`, the limit."""

    code = "audio_too_long"


class CallRefused(MuzaError):
    """Nothing was asked and nothing is owed. Waiting a moment does not help; a person runs it again later."""

    code = "call_refused"
    retryable = True


class BudgetExhausted(CallRefused):
    """Facts: `scope`, `scope_id`, `period`, `starts_on` (ordinal of its first day), `limit` and `left` in US dollars
    with two digits."""

    code = "budget_exhausted"


class GenerationHalted(CallRefused):
    code = "generation_halted"


class TooManyRequests(MuzaError):
    """Facts: `seconds` to wait."""

    code = "too_many_requests"
    retryable = True


class StaleAction(MuzaError):
    code = "stale"


class ModelError(MuzaError):
    """`retryable` is about the person's Retry button; what is tried again at once is the model service's rule."""

    code = "model"
    retryable = True

    def __init__(self, detail: str = "", *, retry_after: float | None = None, **facts: int | str) -> None:
        """`retry_after`: seconds, when the provider (or the open circuit) said how long to wait."""
        super().__init__(detail, **facts)
        self.retry_after = retry_after


class ModelUnavailable(ModelError):
    code = "model_unavailable"


class ModelBusy(ModelUnavailable):
    """The provider answers, so its circuit stays closed. Shares the code: to the person it is the same sentence."""


class ModelTimeout(ModelError):
    code = "model_timeout"


class StreamIncomplete(ModelError):
    code = "stream_incomplete"


class ModelRefused(ModelError):
    code = "model_refused"


class BatchesNotOffered(ModelError):
    code = "batches_not_offered"
    retryable = False


class ModelNotConfigured(ModelError):
    code = "model_not_configured"


class TranscriptionUnavailable(ModelUnavailable):
    code = "transcription_unavailable"


class TranscriptionRefused(TranscriptionUnavailable):
    code = "transcription_refused"


class TranscriptionNotConfigured(ModelNotConfigured):
    code = "transcription_not_configured"


class SpeechNotConfigured(ModelNotConfigured):
    code = "speech_not_configured"


class ContextTooLong(ModelError):
    code = "context_too_long"
    retryable = False


class KnowledgeUnavailable(MuzaError):
    code = "knowledge_unavailable"
    retryable = True


class FilesUnavailable(MuzaError):
    code = "files_unavailable"
    retryable = True


class TelegramFilesUnavailable(MuzaError):
    code = "telegram_files_unavailable"
    retryable = True


class StoreUnavailable(MuzaError):
    code = "store_unavailable"
    retryable = True


class QueueUnavailable(MuzaError):
    code = "queue_unavailable"
    retryable = True


class ChartUnavailable(MuzaError):
    code = "chart_unavailable"
    retryable = True
