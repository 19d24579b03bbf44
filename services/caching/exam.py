"""Briefs that ask for the same, and briefs that look alike and do not: by them an embedding model is judged."""

from collections.abc import Collection, Mapping

from services.domain.language import Language

Pairs = tuple[tuple[str, str], ...]

ALIKE: Mapping[Language, Pairs] = {
    Language.ENGLISH: (
        ("Three slogans for a bakery", "Come up with 3 bakery slogans, please"),
        ("Write a post about our new running shoes", "Please write us a post about the new running shoes"),
        ("I need a headline for the winter sale", "For the winter sale, I need a headline"),
        ("Suggest five names for a pet shop", "Five pet shop names, please"),
        ("Posts about recycling for kids", "We need some posts about recycling for children"),
        ("Give me a tagline for a bike rental", "A bike rental tagline"),
        ("Create two captions for an Instagram photo of cocoa", "Two captions for an insta photo of cocoa, thanks"),
        ("A funny video script about office plants", "Write a humorous video script about office plants, please"),
        ("We open a library on Friday. Write an announcement.", "Write an announcement. We open a library on Friday."),
        ("An email about the price change for partners", "Create an email about the price change for partners"),
        ("Hi! Some ideas for a tea label, please", "Ideas for a tea label"),
        ("Four options of a slogan for a dentist", "Four slogans for a dentist"),
    ),
    Language.RUSSIAN: (
        ("Три слогана для пекарни", "Придумай, пожалуйста, 3 слогана для пекарни"),
        ("Напиши пост о новых кроссовках", "Нужен пост про новые кроссовки"),
        ("Нужен заголовок для зимней распродажи", "Для зимней распродажи нужен заголовок"),
        ("Предложи пять названий для зоомагазина", "Для зоомагазина нужны 5 названий"),
        ("Пост о переработке мусора для детей", "Сочини пост о переработке мусора для детей"),
        ("Девиз для проката велосипедов", "Привет! Придумай девиз для проката велосипедов"),
        ("Две подписи к фото какао в инстаграм", "Дай две подписи к фото какао в инсту"),
        ("Короткие слоганы для стоматологии", "Хотим короткий слоган для стоматологии, спасибо"),
        ("В пятницу открываем библиотеку. Напиши анонс.", "Напиши анонс. В пятницу открываем библиотеку."),
        ("Рассылка для партнёров об изменении цен", "Нам нужна рассылка для партнёров об изменении цен"),
        ("Четыре варианта слогана для автошколы", "Четыре слогана для автошколы"),
        ("Подкинь несколько идей для чайной этикетки", "Идеи для нашей чайной этикетки"),
    ),
}
UNLIKE: Mapping[Language, Pairs] = {
    Language.ENGLISH: (
        ("Three slogans for a bakery", "Five slogans for a bakery"),
        ("A post about tea with sugar", "A post about tea without sugar"),
        ("A headline for the winter sale", "A headline for the summer sale"),
        ("Names for a pet shop", "Names for a pet clinic"),
        ("Posts about recycling for kids", "Posts about recycling for pensioners"),
        ("A card for a mother from her daughter", "A card for a daughter from her mother"),
        ("A slogan for those who like mornings", "A slogan for those who don't like mornings"),
        ("A poster about dogs that chase cats", "A poster about cats that chase dogs"),
        ("A video script about Rome", "A video script about Milan"),
        ("An email before the price change", "An email after the price change"),
        ("A formal invitation text", "A playful invitation text"),
        ("Ideas for a tea label", "Ideas for a tea lid"),
    ),
    Language.RUSSIAN: (
        ("Три слогана для пекарни", "Пять слоганов для пекарни"),
        ("Пост о чае с сахаром", "Пост о чае без сахара"),
        ("Заголовок для зимней распродажи", "Заголовок для летней распродажи"),
        ("Названия для зоомагазина", "Названия для ветклиники"),
        ("Пост о переработке мусора для детей", "Пост о переработке мусора для пенсионеров"),
        ("Открытка маме от дочери", "Открытка дочери от мамы"),
        ("Слоган для тех, кто любит утро", "Слоган для тех, кто не любит утро"),
        ("Плакат о собаках, которые гоняют кошек", "Плакат о кошках, которые гоняют собак"),
        ("Сценарий ролика про Рим", "Сценарий ролика про Милан"),
        ("Рассылка до изменения цен", "Рассылка после изменения цен"),
        ("Строгий текст приглашения", "Игривый текст приглашения"),
        ("Идеи для чайной этикетки", "Идеи для чайной крышки"),
    ),
}


def exam_texts(languages: Collection[Language] = tuple(Language)) -> list[str]:
    """Each once, in a fixed order."""
    pairs = (
        pair for kind in (ALIKE, UNLIKE) for language in Language if language in languages for pair in kind[language]
    )
    return list(dict.fromkeys(text for pair in pairs for text in pair))
