import dataclasses
import importlib
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import domain
from services.domain.idea import Draft, Idea
from services.domain.prompt import SamplingParameters
from services.domain.usage import Usage

usages = st.builds(Usage, st.integers(0), st.integers(0), st.integers(0), st.booleans())


@given(usages, usages, usages)
def test_usages_add_up_in_any_order(a: Usage, b: Usage, c: Usage) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Usage() == a


def test_a_sum_is_estimated_when_a_part_is() -> None:
    total = Usage(1, 1, 1) + Usage(2, 0, 3, estimated=True)
    assert total == Usage(3, 1, 4, estimated=True)


@pytest.mark.parametrize(
    ("draft", "empty"),
    [
        (Draft(), True),
        (Draft(note="which audience?"), True),
        (Draft(answer=""), True),
        (Draft(ideas=(Idea("", ""),)), False),
        (Draft(answer="42", found=False), False),
        (Draft(raw_text="no JSON at all"), False),
    ],
)
def test_a_draft_is_empty_without_content(draft: Draft, empty: bool) -> None:
    assert draft.is_empty is empty


def test_the_snapshot_of_parameters_holds_what_is_set() -> None:
    assert SamplingParameters().as_dict() == {}
    given = SamplingParameters(temperature=0.0, max_tokens=500, stop=("конец",), seed=0)
    assert given.as_dict() == {"temperature": 0.0, "max_tokens": 500, "stop": ["конец"], "seed": 0}


def test_everything_in_the_domain_is_frozen() -> None:
    for module in pkgutil.iter_modules(domain.__path__):
        for value in vars(importlib.import_module(f"services.domain.{module.name}")).values():
            if dataclasses.is_dataclass(value) and isinstance(value, type):
                assert value.__dataclass_params__.frozen, value  # type: ignore[attr-defined]
                assert "__slots__" in vars(value), value
