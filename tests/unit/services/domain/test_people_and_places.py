from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.chat import ChatAddress
from services.domain.language import Language, detect_language
from services.domain.member import Member, MemberStatus, Role, StreamTransport

MEMBER = Member(
    1, 10, "Вера", None, Role.MEMBER, MemberStatus.ACTIVE, None, StreamTransport.EDIT, datetime(2026, 1, 1, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("role", "approves", "administers"),
    [(Role.MEMBER, False, False), (Role.APPROVER, True, False), (Role.ADMIN, True, True)],
)
def test_rights_follow_the_role_while_the_member_is_active(role: Role, approves: bool, administers: bool) -> None:
    member = replace(MEMBER, role=role)
    assert (member.is_active, member.may_approve, member.may_administer) == (True, approves, administers)
    for status in (MemberStatus.REQUESTED, MemberStatus.BLOCKED):
        outside = replace(member, status=status)
        assert (outside.is_active, outside.may_approve, outside.may_administer) == (False, False, False)


def test_an_address_moves_to_another_message_of_the_same_place() -> None:
    address = ChatAddress(-100, topic_id=7, message_id=5)
    assert address.at(6) == ChatAddress(-100, 7, 6)
    assert address.at(None).message_id is None
    assert not address.is_private
    assert ChatAddress(100).is_private


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Слоган для чая", Language.RUSSIAN),
        ("Tagline for tea", Language.ENGLISH),
        ("Пост для Instagram", Language.RUSSIAN),
        ("Campaign «Тишина» for the spring launch", Language.ENGLISH),
        ("Ёлка", Language.RUSSIAN),
        ("SMM-план", Language.RUSSIAN),
        ("10 ideas, please 🙂", Language.ENGLISH),
        ("Чай tea", Language.RUSSIAN),
    ],
)
def test_the_alphabet_of_most_letters_decides(text: str, language: Language) -> None:
    assert detect_language(text) is language


@given(st.text(alphabet="0123456789 🙂!?…日本"), st.sampled_from(Language))
def test_text_without_letters_of_ours_takes_the_default(text: str, default: Language) -> None:
    assert detect_language(text, default) is default


@given(st.text(), st.sampled_from(Language))
def test_any_text_has_a_language(text: str, default: Language) -> None:
    assert detect_language(text, default) in Language
