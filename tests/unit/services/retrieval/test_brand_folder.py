from pathlib import Path

import pytest

from services.domain.errors import InputError
from services.domain.language import Language
from services.retrieval.brand_folder import brand_folders, read_brand_folder

STARTER = Path(__file__).parents[4] / "knowledge" / "quiet-hour"


def test_the_starter_brand_is_read() -> None:
    brand = read_brand_folder(STARTER)
    assert brand.slug == "quiet-hour"
    assert brand.name
    assert brand.profile.description
    assert brand.profile.voice
    assert set(brand.profile.banned_words) == set(Language)
    assert {document.suffix for document in brand.documents} == {".md"}


def test_a_folder_without_a_description_is_named_by_itself(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    brand = read_brand_folder(tmp_path / "acme")
    assert (brand.slug, brand.name, brand.profile.voice) == ("acme", "acme", ())


def test_names_are_read_as_they_are_spelt(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text('name: A\nglossary: ["Тихий час", 1703, " "]', encoding="utf-8")
    assert read_brand_folder(tmp_path).profile.glossary == ("Тихий час", "1703")


def test_a_plain_list_of_banned_words_is_sorted_by_script(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text("name: A\nbanned_words: [успей, hurry]\nvoice: Тихо.", encoding="utf-8")
    profile = read_brand_folder(tmp_path).profile
    assert profile.banned_words == {Language.RUSSIAN: ("успей",), Language.ENGLISH: ("hurry",)}
    assert profile.voice == ("Тихо.",)


@pytest.mark.parametrize("text", ["a: [", "- only\n- a list"])
def test_a_file_that_cannot_be_understood_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "project.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"project\.yaml"):
        read_brand_folder(tmp_path)


def test_brands_are_the_folders_with_a_description(tmp_path: Path) -> None:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "project.yaml").write_text("name: Acme", encoding="utf-8")
    assert brand_folders(tmp_path) == [tmp_path / "acme"]
