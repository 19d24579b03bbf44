import inspect
import re

from services.domain import errors
from services.domain.errors import BriefTooLong, InputError, ModelBusy, ModelUnavailable, MuzaError


def all_errors() -> list[type[MuzaError]]:
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, MuzaError)]


def test_each_error_has_a_code_of_its_own() -> None:
    """Catalogues and log are keyed by it. ModelBusy is the same sentence to the person as ModelUnavailable."""
    codes = [kind.code for kind in all_errors() if kind is not ModelBusy]
    assert len(set(codes)) == len(codes)
    assert ModelBusy.code == ModelUnavailable.code


def test_the_tree_in_the_docstring_is_the_tree_of_the_code() -> None:
    documented = set(re.findall(r"[A-Z]\w+", "\n".join(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))))
    assert documented == {kind.__name__ for kind in all_errors()} - {"MuzaError"}


def test_facts_fill_the_sentence_and_the_detail_goes_to_the_log() -> None:
    error = BriefTooLong("10000 characters", limit=4000)
    assert isinstance(error, InputError)
    assert error.facts == {"limit": 4000}
    assert str(error) == "10000 characters"
    assert str(BriefTooLong()) == "brief_too_long"
