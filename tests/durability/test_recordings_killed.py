"""A voice message whose process dies on its way, again and again: heard once, shown once, started once."""

from pathlib import Path

from services.domain.failpoint import KILLED, FailPoint
from tests.durability.owner import Owner, open_owner, until
from tests.e2e.house import is_card
from tests.emulators.telegram.attachments import voice

SPEECH = (Path(__file__).parents[1] / "data" / "audio" / "idea-ru.ogg").read_bytes()
ON_THE_WAY = (FailPoint.RECORDING_FETCHED, FailPoint.PIECE_STORED, FailPoint.RECORDING_STARTED)
"""Each place of the way is visited by `python -m tests.durability --only failpoints`."""
VOICE = {"TRANSCRIPTION_MODEL": "openai:whisper-1", "VOICE_START_SECONDS": "0"}


def listened(owner: Owner) -> int:
    return len(owner.model.meter.of("transcriptions"))


def texts(owner: Owner) -> list[str]:
    messages = owner.telegram.state.chats[owner.admin.id].messages.values()
    return [stored.message.text or "" for stored in messages if stored.sender.id != owner.admin.id]


async def test_it_dies_three_times_and_nothing_is_done_twice(tmp_path: Path) -> None:
    async with open_owner(tmp_path, answer_seconds=0.3) as owner:
        await owner.admin.sends(voice(SPEECH), caption="/idea")
        for failpoint in ON_THE_WAY:
            await owner.start(**VOICE, CRASH_AT=failpoint)
            assert await owner.died() == KILLED, f"{failpoint} was not reached"
        await owner.start(**VOICE)
        await owner.admin.sees(is_card, timeout=60)
        await until(lambda: owner.attempt["delivered_at"] is not None, "the note of the delivery")
        (recording,) = owner.database.all("recordings")
        await owner.stops_in_order()

        assert recording["state"] == "done"
        assert listened(owner) == recording["pieces"] == 1
        assert len(owner.database.all("generations")) == 1, "started once"
        assert sum(recording["text"] in text for text in texts(owner)) == 1, "one message shows what was heard"
        assert sum(map(is_card, (s.message for s in owner.telegram.state.chats[owner.admin.id].messages.values()))) == 1
        assert [row["outcome"] for row in owner.ledger if row["recording_id"]] == ["ok"]
