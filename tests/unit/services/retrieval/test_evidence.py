from services.retrieval.evidence import speaks_of

PLED = "Плед цвета раскладушки стоит 2 900 рублей."
DELIVERY = "Delivery takes three days; orders above fifty euros travel free."


def test_a_passage_with_the_subject_convinces() -> None:
    assert speaks_of("Сколько стоит плед?", [DELIVERY, PLED])


def test_other_subjects_do_not() -> None:
    assert not speaks_of("Кто выиграл чемпионат мира по футболу?", [PLED, DELIVERY])
    assert not speaks_of("Which football club does the brand sponsor?", [PLED, DELIVERY])


def test_words_that_every_text_has_are_no_evidence() -> None:
    assert not speaks_of("What is the capital of France?", ["What is the idea of the brand? It is a pause."])


def test_a_misspelt_word_is_recognised_by_its_letters() -> None:
    assert speaks_of("цена раскладушкии", [PLED])
    assert speaks_of("delivary", [DELIVERY])


def test_one_name_is_worth_two_words() -> None:
    passages = ["Lindisfarne played at the festival."]
    assert speaks_of("Каким стилем можно охарактеризовать Lindisfarne?", passages)
    assert not speaks_of("Каким стилем можно охарактеризовать festival?", passages)


def test_three_subject_words_of_a_long_brief_are_enough() -> None:
    brief = (
        "Придумай пять идей постов для весеннего запуска: плед, раскладушка, рубли, окно, крыша, вечер, книга, собака"
    )
    assert speaks_of(brief, [PLED])


def test_nothing_is_found_among_nothing_or_by_nothing() -> None:
    assert not speaks_of("плед", [])
    assert not speaks_of("?!", [PLED])


def test_swapped_letters_are_no_other_word() -> None:
    assert speaks_of("зщаитник", ["Защитник пришёл."])
    assert not speaks_of("зщаитник", [PLED])
