import json
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from services.domain.idea import Draft, Idea
from services.domain.language import Language
from services.domain.project import BrandProfile
from services.store.draft_json import draft_from_json, draft_to_json
from services.store.sql_projects import profile_from_json, profile_to_json

numbers = st.lists(st.integers(1, 50), max_size=4).map(tuple)
words = st.lists(st.text(), max_size=3).map(tuple)


@given(
    st.builds(
        Draft,
        ideas=st.lists(st.builds(Idea, st.text(), st.text(), st.text(), numbers), max_size=3).map(tuple),
        answer=st.none() | st.text(),
        sources=numbers,
        found=st.booleans(),
        note=st.none() | st.text(),
        raw_text=st.none() | st.text(),
    )
)
def test_a_draft_comes_back_as_it_was(draft: Draft) -> None:
    assert draft_from_json(json.loads(json.dumps(draft_to_json(draft)))) == draft


def test_no_field_of_a_draft_is_forgotten() -> None:
    stored = draft_to_json(Draft(ideas=(Idea("title", "text"),)))
    assert set(stored) == {field.name for field in fields(Draft)}
    assert set(stored["ideas"][0]) == {field.name for field in fields(Idea)}


@given(st.builds(BrandProfile, st.text(), words, st.dictionaries(st.sampled_from(Language), words)))
def test_a_brand_comes_back_as_it_was(profile: BrandProfile) -> None:
    assert profile_from_json(json.loads(json.dumps(profile_to_json(profile)))) == profile
