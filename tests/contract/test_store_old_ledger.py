"""A ledger of the time before it was added up: the migration adds up what is there."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from services.domain.spending import SpendingGroup, Spent
from services.store import schema
from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from tests.fixtures_store import opened

MIGRATIONS = Path(schema.__file__).parent / "migrations"
CALLS = (
    ("ok", 100, 20, 500, "idea", "2"),
    ("cut", 60, 0, None, "idea", "2"),
    ("ok", 7, 1, 3, None, None),
    ("started", 9, 0, None, None, None),
)
INSERT = text(
    "INSERT INTO model_calls (task, provider, model, outcome, tokens_in, tokens_out, cost_microusd, prompt_name,"
    " prompt_version, usage_estimated, started_at) VALUES ('idea', 'openai', 'gpt-4.1', :outcome, :tokens_in,"
    " :tokens_out, :cost, :prompt, :version, :estimated, :at)"
)


def upgrade_to_the_third(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0003")


async def test_calls_of_the_past_are_added_up(blank_url: str) -> None:
    engine = open_engine(blank_url)
    at = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
    stored = at.replace(tzinfo=None) if engine.dialect.name == "sqlite" else at
    async with engine.begin() as connection:
        await connection.run_sync(upgrade_to_the_third)
        for outcome, tokens_in, tokens_out, cost, prompt, version in CALLS:
            values = {"outcome": outcome, "tokens_in": tokens_in, "tokens_out": tokens_out, "cost": cost, "at": stored}
            named = {"prompt": prompt, "version": version, "estimated": outcome == "cut"}
            await connection.execute(INSERT, {**values, **named})
    await engine.dispose()
    await upgrade_schema(blank_url)
    async with opened(blank_url) as store, store.reading() as tx:
        totals, prompts = await tx.spending.totals(), await tx.spending.by(SpendingGroup.PROMPT)
        (day,) = await tx.spending.by(SpendingGroup.DAY)
    assert totals == Spent(3, 167, 0, 21, 503, 1, 503, 1)
    assert [(one.key, one.spent.calls) for one in prompts] == [("idea@2", 2), ("", 1)]
    assert day.key == "2026-03-01"
