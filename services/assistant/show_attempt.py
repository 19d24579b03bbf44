"""Page through the attempts of a brief in one message."""

from services.assistant.attempts import open_desk, viewer_in
from services.assistant.cards import build_card
from services.assistant.ports import Card
from services.assistant.shown_attempts import remember_shown
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.store.ports import Store


class ShowAttempt:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, member: Member, generation_id: int, message: ChatAddress) -> Card:
        """The card of another attempt; replies to the message now refine that one. Raises NotAllowed, StaleAction."""
        if not member.is_active:
            raise NotAllowed
        async with self._store.transaction() as tx:
            desk = await open_desk(tx, member, generation_id, message)
            if desk.active is not None and desk.active.placeholder == message:
                raise StaleAction("the message is being written", state=desk.active.state.value)
            await remember_shown(tx, message, generation_id)
            return await build_card(tx, desk.pressed, brief=desk.brief, viewer=viewer_in(member, message))
