"""A reply to something of Muza's improves it: a draft is refined, a transcript is corrected."""

from aiogram import Bot

from handlers.corrections import correct_by_reply
from handlers.pending import Answer
from handlers.reply import refine_by_reply
from services.assistant.listening.correct_transcript import CorrectTranscript
from services.assistant.listening.find_recording import FindRecording
from services.assistant.refine_draft import RefineDraft


async def improve_by_reply(
    answer: Answer,
    bot: Bot,
    refine_draft: RefineDraft,
    find_recording: FindRecording,
    correct_transcript: CorrectTranscript,
) -> bool:
    """False: the message replies to nothing that words could improve."""
    said = (answer.message, answer.text, answer.member, answer.address, bot)
    if await refine_by_reply(*said, refine_draft):
        return True
    return await correct_by_reply(*said, find_recording, correct_transcript)
