"""What is halted now, for /kill and /status."""

from dataclasses import dataclass

from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.domain.project import Project
from services.store.ports import Store, Transaction
from services.store.ports_money import EVERYTHING


@dataclass(frozen=True, slots=True)
class HaltReport:
    everything: bool
    halted: tuple[Project, ...]
    """Halted by themselves, by name."""
    going: tuple[Project, ...]
    """The others."""
    meant: Project | None = None
    """The project that was asked for; None: everything."""

    @property
    def is_meant_halted(self) -> bool:
        return self.everything if self.meant is None else self.meant in self.halted


class ReportHalts:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, admin: Member, slug: str | None = None) -> HaltReport:
        """`slug`: a project, as people write it (its slug or its name). Raises NotAllowed; StaleAction for a project
        that does not exist."""
        if not admin.may_administer:
            raise NotAllowed
        async with self._store.reading() as tx:
            meant = await find_project(tx, slug) if slug else None
            return await read_halts(tx, meant)


async def read_halts(tx: Transaction, meant: Project | None = None) -> HaltReport:
    halted, projects = await tx.halts.halted(), await tx.projects.list()
    return HaltReport(
        everything=EVERYTHING in halted,
        halted=tuple(project for project in projects if project.id in halted),
        going=tuple(project for project in projects if project.id not in halted),
        meant=meant,
    )


async def find_project(tx: Transaction, words: str) -> Project:
    """By slug or name, whatever the case. Raises StaleAction."""
    wanted = words.strip().casefold()
    for project in await tx.projects.list():
        names = (project.slug, project.name, *project.name.split("/"))
        if wanted in (name.strip().casefold() for name in names):
            return project
    raise StaleAction("no such project", state="project_unknown")


async def project_of(tx: Transaction, project_id: int) -> Project | None:
    """None: everything. Raises StaleAction."""
    if project_id == EVERYTHING:
        return None
    project = await tx.projects.get(project_id)
    if project is None:
        raise StaleAction(f"no project {project_id}", state="project_unknown")
    return project
