"""Languages as models name them ("russian", "Russian", "ru-RU") and their codes."""

_NAMES = """
    en:english zh:chinese de:german es:spanish ru:russian ko:korean fr:french ja:japanese pt:portuguese tr:turkish
    pl:polish ca:catalan nl:dutch ar:arabic sv:swedish it:italian id:indonesian hi:hindi fi:finnish vi:vietnamese
    he:hebrew uk:ukrainian el:greek ms:malay cs:czech ro:romanian da:danish hu:hungarian ta:tamil no:norwegian th:thai
    ur:urdu hr:croatian bg:bulgarian lt:lithuanian la:latin mi:maori ml:malayalam cy:welsh sk:slovak te:telugu
    fa:persian lv:latvian bn:bengali sr:serbian az:azerbaijani sl:slovenian kn:kannada et:estonian mk:macedonian
    br:breton eu:basque is:icelandic hy:armenian ne:nepali mn:mongolian bs:bosnian kk:kazakh sq:albanian sw:swahili
    gl:galician mr:marathi pa:punjabi si:sinhala km:khmer sn:shona yo:yoruba so:somali af:afrikaans oc:occitan
    ka:georgian be:belarusian tg:tajik sd:sindhi gu:gujarati am:amharic yi:yiddish lo:lao uz:uzbek fo:faroese
    ht:haitian_creole ps:pashto tk:turkmen nn:nynorsk mt:maltese sa:sanskrit lb:luxembourgish my:myanmar bo:tibetan
    tl:tagalog mg:malagasy as:assamese tt:tatar ln:lingala ha:hausa ba:bashkir jw:javanese su:sundanese
"""
"""Code and English name of each language that Whisper knows (ISO 639-1; openai/whisper, tokenizer.py)."""
_BY_NAME = {name.replace("_", " "): code for code, _, name in (word.partition(":") for word in _NAMES.split())}
_CODES = frozenset(_BY_NAME.values())


def language_code(told: object) -> str | None:
    """ISO 639-1; None for what is no language we know."""
    if not isinstance(told, str):
        return None
    word = told.strip().casefold()
    short = word.replace("_", "-").partition("-")[0]
    return _BY_NAME.get(word) or (short if short in _CODES else None)
