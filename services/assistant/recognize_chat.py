"""Where is it said? Asked for every update."""

from services.domain.chat import Chat, ChatKind
from services.domain.project import BrandProfile, Project
from services.store.ports import Store, Transaction

DEFAULT_SLUG = "default"


class RecognizeChat:
    def __init__(self, store: Store, default_project: str | None) -> None:
        self._store = store
        self._default_project = default_project

    async def __call__(self, chat_id: int, kind: ChatKind, title: str, *, is_open: bool = True) -> Chat:
        """The chat with today's title, bound to a project: the default one until somebody binds another. An update that
        does not name the chat leaves its title.

        `is_open`: somebody speaks there, so the bot is in; a chat that was closed is open again.
        """
        async with self._store.reading() as tx:
            known = await tx.chats.get(chat_id)
        reopens = is_open and known is not None and known.closed_at is not None
        if known is not None and not reopens and (known.kind, known.title) == (kind, title or known.title):
            return known
        async with self._store.transaction() as tx:
            if known is not None:
                if reopens:
                    await tx.chats.reopen(chat_id)
                return await tx.chats.ensure(chat_id, kind, title or known.title, known.project_id)
            project = await default_project(tx, self._default_project)
            return await tx.chats.ensure(chat_id, kind, title, project.id)


async def default_project(tx: Transaction, slug: str | None) -> Project:
    """The project of `slug`; without one, or when it is unknown, the first project; in an empty house, a new brand."""
    named = await tx.projects.by_slug(slug) if slug is not None else None
    if named is not None:
        return named
    projects = await tx.projects.list()
    return projects[0] if projects else await tx.projects.ensure(DEFAULT_SLUG, "Muza", BrandProfile())
