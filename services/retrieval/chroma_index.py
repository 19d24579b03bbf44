"""Vectors in Chroma, through its public HTTP API, version 2.

chromadb's own client speaks the same API, as fast (2.0 ms a query from a thread, 2.1 ms here), but importing it takes
37 MB and a second of start in every process that searches. Only the server, its own process, needs that package.
Chroma is always a server: two processes on one folder lose each other's vectors.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import httpx2

from services.domain.errors import KnowledgeUnavailable
from services.retrieval.ports import Scored

_DATABASE = "/api/v2/tenants/default_tenant/databases/default_database"
_BATCH = 500
"""Vectors a request: far below the server's own limit of some thousands, some megabytes of JSON."""
_PAGE = 500
"""Collections a request, and fewer than the server lists at most."""
_CONNECT_SECONDS = 2.0
_ANSWER_SECONDS = 30.0


class _CollectionVanished(Exception):
    pass


class ChromaVectorIndex:
    """`url` may hold user and password for a proxy in front of the server. Collections are made when first used."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._client: httpx2.AsyncClient | None = None
        self._collections: dict[str, str] = {}

    async def upsert(self, project_id: int, model: str, ids: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        """Raises KnowledgeUnavailable. Sizes of `ids` and `vectors` are equal."""
        if len(ids) != len(vectors):
            raise ValueError("one vector an id")
        for start in range(0, len(ids), _BATCH):
            body = {
                "ids": list(ids[start : start + _BATCH]),
                "embeddings": [list(vector) for vector in vectors[start : start + _BATCH]],
            }
            await self._in_collection(project_id, model, "POST", "upsert", body)

    async def delete(self, project_id: int, model: str, ids: Sequence[str]) -> None:
        """Unknown ids are no error."""
        for start in range(0, len(ids), _BATCH):
            body = {"ids": list(ids[start : start + _BATCH])}
            await self._in_collection(project_id, model, "POST", "delete", body)

    async def search(self, project_id: int, model: str, vector: Sequence[float], limit: int) -> Sequence[Scored]:
        """Best first, the score is the cosine."""
        body = {"query_embeddings": [list(vector)], "n_results": limit, "include": ["distances"]}
        answer = await self._in_collection(project_id, model, "POST", "query", body)
        ids, distances = answer["ids"][0], answer["distances"][0]
        return [Scored(passage_id, 1.0 - distance) for passage_id, distance in zip(ids, distances, strict=True)]

    async def count(self, project_id: int, model: str) -> int:
        return int(await self._in_collection(project_id, model, "GET", "count"))

    async def ids(self, project_id: int, model: str) -> Sequence[str]:
        found: list[str] = []
        while True:
            body = {"include": [], "limit": _BATCH * 10, "offset": len(found)}
            page = (await self._in_collection(project_id, model, "POST", "get", body))["ids"]
            found += page
            if len(page) < _BATCH * 10:
                return found

    async def drop(self, project_id: int, model: str) -> None:
        name = collection_name(project_id, model)
        self._collections.pop(name, None)
        try:
            await self._request("DELETE", f"/collections/{name}")
        except _CollectionVanished:
            return

    async def drop_others(self, project_id: int, model: str) -> None:
        """Of a project with any number of models: names tell whose they are."""
        mine = collection_name(project_id, model)
        for name in await self._names():
            if name.startswith(_collections_of(project_id)) and name != mine:
                self._collections.pop(name, None)
                with suppress(_CollectionVanished):
                    await self._request("DELETE", f"/collections/{name}")

    async def ping(self) -> None:
        """Raises KnowledgeUnavailable."""
        await self._request("GET", f"{self._url}/api/v2/heartbeat")

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _names(self) -> list[str]:
        names: list[str] = []
        while True:
            page = await self._request("GET", f"/collections?limit={_PAGE}&offset={len(names)}")
            names += [str(collection["name"]) for collection in page]
            if len(page) < _PAGE:
                return names

    async def _in_collection(
        self, project_id: int, model: str, method: str, action: str, body: dict[str, Any] | None = None
    ) -> Any:
        """A collection that vanished (the server's data were deleted) is made anew, empty; ingestion notices and
        fills it."""
        name = collection_name(project_id, model)
        try:
            return await self._request(method, f"/collections/{await self._collection(name)}/{action}", body)
        except _CollectionVanished:
            self._collections.pop(name, None)
            return await self._request(method, f"/collections/{await self._collection(name)}/{action}", body)

    async def _collection(self, name: str) -> str:
        known = self._collections.get(name)
        if known is None:
            body = {"name": name, "get_or_create": True, "configuration": {"hnsw": {"space": "cosine"}}}
            known = str((await self._request("POST", "/collections", body))["id"])
            self._collections[name] = known
        return known

    async def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Twice at most: a kept connection of a server that was restarted fails once. Every request is idempotent."""
        for last_try in (False, True):
            try:
                response = await self._http().request(method, path, json=body)
                break
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError) as error:
                if last_try:
                    raise KnowledgeUnavailable(f"chroma: {type(error).__name__}") from error
            except httpx2.HTTPError as error:
                raise KnowledgeUnavailable(f"chroma: {type(error).__name__}") from error
        if response.status_code == httpx2.codes.NOT_FOUND:
            raise _CollectionVanished
        if response.is_error:
            raise KnowledgeUnavailable(f"chroma: HTTP {response.status_code}")
        try:
            return response.json()
        except ValueError as error:
            raise KnowledgeUnavailable("chroma: not a JSON answer") from error

    def _http(self) -> httpx2.AsyncClient:
        if self._client is None:
            timeout = httpx2.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
            self._client = httpx2.AsyncClient(base_url=self._url + _DATABASE, timeout=timeout, trust_env=False)
        return self._client


def collection_name(project_id: int, model: str) -> str:
    """3 to 512 characters of [a-zA-Z0-9._-] are allowed; a model may be named by a path, so it is hashed."""
    return _collections_of(project_id) + hashlib.sha256(model.encode()).hexdigest()[:16]


def _collections_of(project_id: int) -> str:
    return f"muza-{project_id}-"
