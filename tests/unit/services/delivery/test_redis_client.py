"""What waits for Redis can be cancelled at any moment."""

import asyncio

from services.delivery.redis_limiter import open_redis

ROUNDS = 60


async def test_a_cancellation_in_the_middle_of_a_call_is_never_lost(valkey_url: str) -> None:
    client = open_redis(valkey_url)

    async def ask_for_ever() -> None:
        while True:
            await client.ping()

    for turns in range(ROUNDS):
        task = asyncio.get_running_loop().create_task(ask_for_ever())
        for _ in range(turns * 3):  # another place of the call each time
            await asyncio.sleep(0)
        task.cancel()
        _, running = await asyncio.wait([task], timeout=2)
        assert not running, f"it goes on after {turns * 3} turns of the loop"
    await client.aclose()
