"""English briefs."""

from services.caching.lexicons.lexicon import Lexicon, forms_of, readings_of, words_of

# None of them may also stand before a noun: "draft beer slogans" are no slogans about beer, "help desk" is no desk.
_WISHES = ("need", "want", "would like", "looking for")
_VERBS = words_of(
    """
    come up with | think of | think up | write | create | make | generate | suggest | propose | brainstorm | prepare
    invent | need | want | looking for | help me with | help us with
    """
)

ENGLISH = Lexicon(
    requests=_VERBS
    | words_of("can you | could you | would you | will you | let's")
    | {f"{verb} {whom}" for verb in (*_VERBS, "give", "help") for whom in ("me", "us")}
    | {f"{who} {verb}" for who in ("i", "we", "i'd", "we'd", "i'm", "we're") for verb in _WISHES}
    | words_of("i'd like | we'd like | i'd like to | we'd like to")
    | {f"{who} {verb} to" for who in ("i", "we", "i'd", "we'd") for verb in ("need", "want", "would like")},
    courtesies=words_of("please | pls | thanks | thank you | hi | hello | hey | good morning | thanks in advance"),
    fillers=words_of("a | an | the | our | my | please"),
    some=words_of("some | several | a few"),
    things=forms_of(
        """
        slogan slogans?
        idea ideas?
        post posts?
        headline headlines?
        tagline taglines?
        caption captions?
        name names?
        text texts?
        script scripts?
        story story|stories
        option options?|variants?|versions?
        title titles?
        email e-?mails?
        newsletter newsletters?
        banner banners?
        poster posters?
        ad ads?|adverts?|advertisements?
        concept concepts?
        campaign campaigns?
        motto mottoe?s?
        announcement announcements?
        description descriptions?
        video videos?
        """
    ),
    variants=frozenset({"option"}),
    short=frozenset({"slogan", "headline", "tagline", "name", "title", "caption", "motto", "idea"}),
    joints=readings_of(
        """
        about: about | regarding
        for: for
        of: of
        with: with
        without: without
        in: in
        on: on
        at: at
        to: to
        from: from
        by: by
        before: before
        after: after
        between: between
        against: against
        instead: instead
        under: under
        over: over
        except: except
        than: than
        as: as
        like: like
        into: into
        that: that | which
        who: who
        where: where
        when: when
        if: if
        because: because
        """
    ),
    frozen=words_of(
        """
        and | or | but | not | no | never | without | except | instead | nor | than | only | if | when | because | that
        who | where | before | after | between | from | to | against | don't | doesn't | isn't | aren't | can't | won't
        """
    ),
    synonyms=readings_of(
        """
        instagram: insta | ig
        children: kids
        mom: mum
        moms: mums
        color: colour
        colors: colours
        christmas: xmas
        funny: humorous
        coffeeshop: coffeehouse
        flavor: flavour
        flavors: flavours
        cozy: cosy
        """
    ),
    numbers=readings_of(
        """
        1: one
        2: two
        3: three
        4: four
        5: five
        6: six
        7: seven
        8: eight
        9: nine
        10: ten
        """
    ),
    phrases=readings_of(
        """
        about: on the topic of | on the subject of | on the theme of
        coffeeshop: coffee shop
        """
    ),
    named=frozenset({"slogan", "headline", "tagline", "name", "title", "banner", "ad", "concept", "campaign", "motto"}),
    openers=words_of(
        """
        a | an | the | our | my | some | several | one | two | three | four | five | six | seven | eight | nine | ten
        """
    ),
    also_names=words_of(
        """
        polish | turkey | china | march | may | august | mark | rose | bill | will | apple | amazon | orange | shell
        target | gap | visa | java | oracle | nice | reading | bath | cologne | mobile | chile | guinea | jordan
        grace | hope | joy | faith | lily | daisy | amber | jack | frank | art | victor | georgia | chad | cuba | subway
        """
    ),
    careless_names=words_of(
        """
        monday | tuesday | wednesday | thursday | friday | saturday | sunday | january | february | april | june | july
        september | october | november | december
        """
    ),
)
