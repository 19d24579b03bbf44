"""The notice about a model without a known price: what is the matter, and a line to copy."""

from pathlib import Path

import pytest

from handlers.delivery_renderers import Said
from handlers.i18n import Catalogues
from handlers.price_renderers import price_renderers
from services.calling.yaml_prices import read_prices
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.language import Language

NOTICE = Delivery(
    1, DeliveryKind.PRICE_UNKNOWN, ChatAddress(7001), {"provider": "gpu.lan:8000", "model": "Qwen/Qwen3-8B"}
)


@pytest.mark.parametrize("language", list(Language))
async def test_it_names_the_model_and_a_line_for_the_file(language: Language, tmp_path: Path) -> None:
    texts = Catalogues(Language.RUSSIAN).texts(language)
    said = await price_renderers()[DeliveryKind.PRICE_UNKNOWN](NOTICE, texts)
    assert isinstance(said, Said)
    text = said.message.text
    assert "Qwen/Qwen3-8B" in text.splitlines()[0]
    assert "PRICES_FILE" in text
    file = tmp_path / "prices.yaml"
    file.write_text(text.splitlines()[-1], encoding="utf-8")
    (rule,) = read_prices(file)
    assert rule.pattern == "gpu.lan:8000/qwen/qwen3-8b"
