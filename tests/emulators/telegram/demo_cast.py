"""The people and chats of the public demo: a small brand team, and a stranger at the door."""

from dataclasses import dataclass

from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.groups import Group
from tests.emulators.telegram.people import Person

# Fixed, so that a demo can name its admin in ADMIN_IDS before it starts.
COPYWRITER_ID = 100_101
ART_DIRECTOR_ID = 100_102
PRODUCER_ID = 100_103
STRANGER_ID = 100_104


@dataclass(frozen=True, slots=True)
class DemoCast:
    copywriter: Person
    art_director: Person
    producer: Person
    stranger: Person
    team: Group
    studio: Group


def demo_cast(emulator: TelegramEmulator) -> DemoCast:
    """Puts the cast into an empty emulator. Nobody has pressed Start yet."""
    copywriter = _person(emulator, COPYWRITER_ID, ("Аня", "Кравцова"), "anya_kravtsova", "ru", "copywriter")
    art_director = _person(emulator, ART_DIRECTOR_ID, ("Lev", "Ostrov"), "lev_ostrov", "en", "art director")
    producer = _person(emulator, PRODUCER_ID, ("Марина", "Ли"), "marina_li", "ru", "admin")
    stranger = _person(emulator, STRANGER_ID, ("Guest", None), None, "en", "stranger")
    team = [producer, copywriter, art_director]
    brand_group = emulator.add_group("Команда бренда", team)
    studio = emulator.add_group("Muza Studio", team, forum=True, bot="administrator")
    studio.add_topic("Весенняя кампания")
    return DemoCast(copywriter, art_director, producer, stranger, brand_group, studio)


def _person(
    emulator: TelegramEmulator,
    user_id: int,
    name: tuple[str, str | None],
    username: str | None,
    language_code: str,
    role_hint: str,
) -> Person:
    person = emulator.add_person(*name, username=username, language_code=language_code, user_id=user_id, started=False)
    person.role_hint = role_hint
    return person
