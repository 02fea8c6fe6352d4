# ruff: noqa: RUF001 - letters are written as they stand in texts
"""The letters beyond ASCII that languages write with, by which words in a wrong encoding are told from right ones."""

import unicodedata
from collections import Counter
from functools import cache

_LATIN = (
    "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "ëç", "äöüßé",
    "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "àçéèíïóòúü", "àèéìîòù", "áâãàçéêíóôõú", "áéëïóöü", "åäöé", "æøåéóòô",
    "áðéíóúýþæö", "áðíóúýæø", "äöåšž", "äõöüšž", "āčēģīķļņšūž", "ąčęėįšųūž", "çğıiöşüâîûİ", "áéíóú", "âêîôûŵŷ",
    "ċġħżà", "ĉĝĥĵŝŭ", "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
)  # fmt: skip
"""Czech, Slovak, Polish, Hungarian, Romanian, Croatian, Albanian, German, French, Spanish, Catalan, Italian,
Portuguese, Dutch, Swedish, Danish and Norwegian, Icelandic, Faroese, Finnish, Estonian, Latvian, Lithuanian, Turkish,
Irish, Welsh, Maltese, Esperanto, Vietnamese."""
_CYRILLIC = (
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя", "абвгдђежзијклљмнњопрстћуфхцчџш", "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
)  # fmt: skip
"""Russian and Bulgarian, Ukrainian, Belarusian, Serbian, Macedonian."""
_GREEK = ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",)
_HEBREW = ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",)
_ARABIC = ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي", "ءآأؤئابپتثجچحخدذرزژسشصضطظعغفقکگلمنهوی")
"""Arabic, Persian."""
_ALPHABETS = {
    "LATIN": _LATIN, "CYRILLIC": _CYRILLIC, "GREEK": _GREEK, "HEBREW": _HEBREW, "ARABIC": _ARABIC,
}  # fmt: skip
_FIRST_EASTERN = "\u2e80"


def unfamiliar(text: str) -> float:
    """Return which share of a text's letters beyond ASCII the nearest language of their script does not write with."""
    letters = Counter(
        each
        for each in unicodedata.normalize("NFC", text)
        if not each.isascii() and each.isalpha() and each < _FIRST_EASTERN
    )
    missing = 0
    for script, alphabets in _ALPHABETS.items():
        own = [(letter, count) for letter, count in letters.items() if script_of(letter) == script]
        missing += min(sum(count for letter, count in own if letter not in _both_cases(known)) for known in alphabets)
    return missing / max(1, letters.total())


@cache
def script_of(character: str) -> str:
    """Name the script of a character; those that Japanese mixes count as one."""
    name = unicodedata.name(character, "").partition(" ")[0].partition("-")[0]
    return "CJK" if name in {"HIRAGANA", "KATAKANA"} else name


@cache
def _both_cases(letters: str) -> frozenset[str]:
    return frozenset(letters + letters.upper())
