"""The real assistant, asked by a team: use cases, runner, stages, ledger, and the emulated provider over HTTP. Only
Telegram is left out: what would be drawn there is remembered."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import delete

from benchmarks.savings.workload import Request
from bot.caches import alike_briefs
from bot.container import Container, open_container
from bot.settings import Settings
from bot.telegram_edge import build_runner
from services.assistant.generation_runner import AttemptRunner
from services.assistant.refine_draft import RefineDraft
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.start_generation import StartGeneration
from services.domain.brief import Task
from services.domain.chat import Chat, ChatAddress, ChatKind
from services.domain.generation import Generation
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role
from services.domain.usage import CallContext
from services.retrieval.brand_folder import read_brand_folder
from services.retrieval.sentence_embedder import SentenceEmbedder
from services.store.engine import open_engine
from services.store.tables_caches import cached_drafts
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.server import running
from tests.emulators.openai.settings import PRICES
from tests.fakes.presenter import RecordingPresenter

BRAND = Path(__file__).parents[2] / "knowledge" / "quiet-hour"
TEAM_CHAT = -1_000
FIRST_ID = 5_000


@dataclass
class BusyTeam:
    container: Container
    model: OpenAIEmulator
    runner: AttemptRunner
    members: dict[int, Member]
    chats: dict[int, Chat]
    answers: dict[int, Generation] = field(default_factory=dict)
    """By request."""
    _seconds: float = 0.0

    @property
    def seconds(self) -> float:
        """Of the week: the provider forgets by this clock."""
        return self._seconds

    async def work(self, requests: Sequence[Request]) -> None:
        for request in requests:
            self._seconds = request.seconds
            await self._forget_old_drafts(requests)
            asked = await self._ask(request)
            await self._rest()
            async with self.container.store.reading() as tx:
                answer = await tx.generations.get(asked.id)
            if answer is None or answer.draft is None:
                raise RuntimeError(f"request {request.id} was not answered: {answer and answer.error_code}")
            self.answers[request.id] = answer

    async def _rest(self) -> None:
        """The attempt is written, settled and shown."""
        async with asyncio.timeout(60):
            while len(self.container.nursery):  # noqa: ASYNC110 - the nursery tells, no event does
                await asyncio.sleep(0.002)

    async def _ask(self, request: Request) -> Generation:
        store, member = self.container.store, self.members[request.who]
        chat_id = TEAM_CHAT if request.chat == "team" else member.telegram_id
        here = ChatAddress(chat_id, message_id=100_000 + request.id)
        if request.say in ("idea", "ask"):
            start = StartGeneration(store, self.runner)
            language = Language.RUSSIAN if request.who <= 5 else Language.ENGLISH
            return await start(
                member, self.chats[chat_id], here, request.text, task=Task(request.say), language=language
            )
        before = self.answers[request.of or 0]
        shown = before.placeholder
        assert shown is not None
        if request.say == "regenerate":
            regenerate = RegenerateDraft(store, self.runner)
            wish = {"chip": request.chip, "instruction": request.text}
            return await regenerate(member, before.id, before.version, shown, **wish)  # type: ignore[arg-type]
        refined = await RefineDraft(store, self.runner)(member, shown, here, request.text)
        assert refined is not None
        return refined

    async def _forget_old_drafts(self, requests: Sequence[Request]) -> None:
        """The week passes in minutes: what would be too old by now goes."""
        oldest = self._seconds - self.container.settings.cache_hours * 3600
        old = [self.answers[r.id].id for r in requests if r.id in self.answers and r.seconds < oldest]
        engine = open_engine(self.container.settings.sql_url)
        async with engine.begin() as connection:
            await connection.execute(delete(cached_drafts).where(cached_drafts.c.generation_id.in_(old)))
        await engine.dispose()


@asynccontextmanager
async def busy_team(folder: Path, embedding: str, **changes: object) -> AsyncIterator[BusyTeam]:
    """`embedding`: the model that tells alike briefs, or none; search goes by keywords. `changes`: settings."""
    model = OpenAIEmulator(prefix_cache=True)
    async with running(model) as server:
        settings = Settings(
            _env_file=None,
            data_dir=folder,
            openai_api_key=SecretStr("bench"),
            openai_base_url=server.base_url,
            prices_file=PRICES,
            embedding_model="none",
            transcription_model="none",
            budget_team_month_usd=None,
            budget_person_day_usd=None,
            requests_per_minute=10_000,  # the week passes in minutes
            generations_per_person=100,
            **changes,
        )
        async with open_container(settings, "bench") as opened:
            container = await _with_alike_briefs(opened, embedding)
            runner = build_runner(container, RecordingPresenter())
            members, chats = await _furnish(container)
            team = BusyTeam(container, model, runner, members, chats)
            model.prefixes.clock = lambda: team.seconds
            yield team


class ModelAtHand:
    """A local embedding model without its server. Implements `TextVectors`."""

    def __init__(self, name: str) -> None:
        self._embedder = SentenceEmbedder(name)
        self.model = name

    def load(self) -> None:
        self._embedder.load()

    @property
    def languages(self) -> frozenset[Language]:
        return self._embedder.languages

    async def embed_queries(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        found: Sequence[Sequence[float]] = (
            await asyncio.to_thread(self._embedder.encode, list(texts), "query")
        ).tolist()
        return found


async def _with_alike_briefs(container: Container, embedding: str) -> Container:
    if embedding == "none":
        return container
    vectors = ModelAtHand(embedding)
    await asyncio.to_thread(vectors.load)
    alike = alike_briefs(container.settings, vectors)
    await alike.learn()
    return replace(container, services=replace(container.services, alike=alike))


async def _furnish(container: Container) -> tuple[dict[int, Member], dict[int, Chat]]:
    brand = read_brand_folder(BRAND)
    members, chats = {}, {}
    async with container.store.transaction() as tx:
        project = await tx.projects.ensure(brand.slug, brand.name, brand.profile)
        for number in range(1, 9):
            active = MemberStatus.ACTIVE
            member = await tx.members.add(FIRST_ID + number, f"Person {number}", None, role=Role.MEMBER, status=active)
            members[number] = member
            chats[member.telegram_id] = await tx.chats.ensure(member.telegram_id, ChatKind.PRIVATE, "", project.id)
        chats[TEAM_CHAT] = await tx.chats.ensure(TEAM_CHAT, ChatKind.GROUP, "Team", project.id)
    await container.services.ingestion.ingest_files(project.id, brand.root, brand.documents)
    return members, chats
