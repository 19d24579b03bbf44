import pytest

from services.store.sql_store import SqlStore
from tests.unit.services.delivery.post import Post


@pytest.fixture
def post(store: SqlStore) -> Post:
    return Post(store)
