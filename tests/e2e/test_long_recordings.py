"""Drop a meeting, get knowledge: through the eyes of the people who were there."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.domain.recording import Recording, RecordingState
from tests.durability.waiting import until
from tests.e2e.house import House, buttons
from tests.e2e.meeting import TALK, meeting, meeting_house, recorded, sees
from tests.e2e.speaking import TEXTS, answers
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.telegram.waiting import text_of


async def row(house: House) -> Recording:
    async with house.container.store.reading() as tx:
        found = await tx.recordings.get(1)
    assert found is not None
    return found


async def file_of(house: House, spoken: Any, suffix: str) -> str:
    """The content of a file that answers the recording."""
    shown = await sees(
        house.writer,
        lambda m: m.document is not None and str(m.document.file_name).endswith(suffix) and answers(m, spoken),
    )
    return house.telegram.state.files.get(shown.document.file_id).data.decode("utf-8-sig")


async def test_a_meeting_becomes_text_minutes_knowledge_and_ideas(tmp_path: Path, valkey_url: str) -> None:
    async with meeting_house(tmp_path, valkey_url) as house:
        (spoken,) = await house.writer.sends(recorded())
        minutes = await sees(house.writer, lambda m: text_of(m).startswith("🗒") and answers(m, spoken))
        assert "Демо-автор" in text_of(minutes)
        assert buttons(minutes) == ["💡 Идеи из этого", "📚 В базу знаний"]
        text, titles = await file_of(house, spoken, ".txt"), await file_of(house, spoken, ".srt")
        for name in TALK:
            assert TEXTS[name].split()[0].lower() in text.lower()
        assert "[0:0" in text
        assert "00:00:0" in titles
        first = await house.writer.presses(minutes, "В базу знаний")
        assert first.show_alert
        assert (await row(house)).document_id is None
        asking = await sees(house.writer, lambda m: "✅ Все согласны, добавить" in buttons(m))
        second = await house.writer.presses(asking, "Все согласны")
        assert second.text == "Запись в базе знаний"
        await sees(house.writer, lambda m: "📚 Запись в базе знаний" in text_of(m) and answers(m, spoken))
        asked = await house.writer.says("/ask какие слова нам нельзя использовать в рекламе, что говорили на записи?")
        said = await sees(house.writer, lambda m: answers(m, asked) and "0:0" in text_of(m) and "[1]" in text_of(m))
        assert "› 0:0" in text_of(said), "the source is cited by its minute"
        await house.writer.presses(minutes, "Идеи из этого")
        await sees(house.writer, lambda m: answers(m, spoken) and "📨" in " ".join(buttons(m)))
        assert len([call for call in house.telegram.journal.calls("sendDocument") if call.ok]) == 2
        assert not house.telegram.journal.calls(status=400)


async def test_what_is_being_done_is_shown_and_stop_ends_it(tmp_path: Path, valkey_url: str) -> None:
    async with meeting_house(tmp_path, valkey_url) as house:
        house.model.faults.add(Fault(FaultKind.STALL, count=None, endpoint="transcriptions"))
        (spoken,) = await house.writer.sends(recorded())
        shown = await sees(house.writer, lambda m: "Слушаю…" in text_of(m) and answers(m, spoken))
        assert f"из 0:{meeting()[2]}" in text_of(shown)
        assert buttons(shown) == ["⏹ Остановить"]
        await house.writer.presses(shown, "Остановить")
        await sees(house.writer, lambda m: answers(m, spoken) and not buttons(m))
        heard = house.model.meter.of("transcriptions")
        assert await until(lambda: all(call.ended for call in heard), 20)
        assert {call.outcome for call in heard} == {"abandoned"}
        assert (await row(house)).state is RecordingState.CANCELLED
        async with house.container.store.reading() as tx:
            assert (await tx.recordings.counts(1)).heard == 0


async def test_without_a_language_model_there_is_the_text_and_a_button(tmp_path: Path, valkey_url: str) -> None:
    without: dict[str, Any] = {"openai_api_key": None, "openai_base_url": None}
    async with meeting_house(tmp_path, valkey_url) as elsewhere:
        listens = {
            "transcription_base_url": elsewhere.settings.openai_base_url,
            "transcription_api_key": SecretStr("test-key"),
        }
        async with meeting_house(tmp_path / "other", None, **without, **listens) as house:
            (spoken,) = await house.writer.sends(recorded())
            shown = await sees(house.writer, lambda m: "Запись расшифрована" in text_of(m) and answers(m, spoken))
            assert "⚠️ Подвести итоги пока не получилось." in text_of(shown)
            assert buttons(shown) == ["🗒 Подвести итоги", "📚 В базу знаний"]
            assert TEXTS[TALK[0]].split()[0] in await file_of(house, spoken, ".txt")
            assert len(elsewhere.model.meter.of("transcriptions")) >= 1
            again = await house.writer.presses(shown, "Подвести итоги")
            assert again.text is not None
            await sees(house.writer, lambda m: "⚠️ Подвести итоги" in text_of(m) and answers(m, spoken))
