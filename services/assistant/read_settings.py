"""What a person can set for themselves here."""

from dataclasses import dataclass

from services.domain.member import Member


@dataclass(frozen=True, slots=True)
class PersonalSettings:
    member: Member
    offers_voice: bool = False
    """Answers can be read aloud here."""


class ReadSettings:
    def __init__(self, *, offers_voice: bool = False) -> None:
        self._offers_voice = offers_voice

    async def __call__(self, member: Member) -> PersonalSettings:
        return PersonalSettings(member, self._offers_voice)
