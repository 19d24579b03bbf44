"""The periodic actions over a container."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.container import Container
from bot.job_lease import JobLease
from bot.periodic_work import Action, PeriodicWork
from services.assistant.budgets.team_days import TeamDays
from services.assistant.budgets.tell_new_periods import TellNewPeriods
from services.assistant.digests.send_digest import SendDigest
from services.assistant.expire_reviews import ExpireReviews
from services.assistant.knowledge.tell_stale_documents import TellStaleDocuments
from services.assistant.listening.drop_old_sound import DropOldSound
from services.assistant.listening.drop_sound import DropSound
from services.assistant.purge_old_rows import PurgeOldRows
from services.assistant.remind_reviewers import RemindReviewers
from services.queue.ports import JobName


def build_periodic_work(container: Container, leases: JobLease) -> PeriodicWork:
    adapters, settings = container.adapters, container.settings
    store, jobs, clock, quiet = adapters.store, adapters.jobs, adapters.clock, settings.quiet
    keep = timedelta(days=settings.recordings_keep_days)
    drop_old = DropOldSound(store, clock, DropSound(store, adapters.files), keep)
    actions: dict[JobName, Action] = {
        JobName.REMIND_REVIEWS: RemindReviewers(store, jobs, clock, quiet),
        JobName.EXPIRE_REVIEWS: ExpireReviews(
            store, jobs, clock, quiet, after=timedelta(days=settings.review_expires_days)
        ),
        JobName.PURGE_OLD_ROWS: PurgeOldRows(store, clock, drop_old, timedelta(hours=settings.cache_hours)),
        JobName.SEND_DIGEST: SendDigest(store, jobs, clock, settings.digest),
        JobName.TELL_NEW_PERIODS: TellNewPeriods(store, jobs, TeamDays(clock, ZoneInfo(settings.timezone)), quiet),
        JobName.TELL_STALE_DOCUMENTS: TellStaleDocuments(store, jobs, clock, settings.stale_documents),
    }
    return PeriodicWork(store, clock, actions, leases)
