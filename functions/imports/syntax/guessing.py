"""Which encoding a text of unknown encoding is in, by how odd its words would be in each.

Words hold letters of one script and of the alphabet of one language, capitals before small letters, and no signs
between letters; of languages that write with many signs the common ones are met often. What charset-normalizer knows
of languages decides between equals.
"""

import unicodedata
from functools import cache

from functions.imports.syntax.alphabets import script_of, unfamiliar

LIKELY = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "cp1255", "cp1257", "cp1258", "cp874", "koi8-r",
    "koi8-u", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-13", "iso8859-15",
    "iso8859-16", "mac-roman", "mac-cyrillic", "cp850", "cp852", "cp437", "cp857", "cp866", "shift_jis", "euc-jp",
    "gb18030", "big5", "euc-kr",
)  # fmt: skip
"""What texts of schools are in, the more common before the others."""
_COMMON_SIGNS = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而"
    "能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高"
    "意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政"
    "海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活"
    "难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它"
    "许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权"
    "往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甲众技轻程告江语英基派满式李息写呢识极令黄"
    "德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读"
    "志飞观争究包组造落视济喜离虽坏黑國個來說們為時會這對後發當開經頭動兩長樣現還過學問東門產"
)
_WORDS_OF_ONE = frozenset("àèéêìíîòóôùúåæöøÀÈÉÊÌÍÒÓÙÚÅÆÖØ")
_RARE = frozenset("¤¦¨\u00b8ƒ")
_QUOTES = frozenset("'\u2019\u2018")
_PUNCTUATION = frozenset({"Pi", "Pf", "Ps", "Pe", "Po", "Pd"})
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})
_OLD = frozenset({"mac-roman", "mac-cyrillic", "cp850", "cp852", "cp437", "cp857", "cp866", "iso8859-16"})
_OF_OLD = 0.1
_OF_CAPITALS = 0.1
_FIRST_EASTERN = "\u2e80"
_PRIVATE = ("\ue000", "\uf8ff")
_MOST_SCORED_BYTES = 1 << 14
_COHERENCE_WEIGHT = 0.3


def guess(data: bytes) -> tuple[str, float]:
    """Name the most likely encoding that can be read to the end, and how sure that is (0 to 0.99)."""
    coherence = _coherence(data)
    sample = _telling(data)
    found = []
    for rank, name in enumerate(LIKELY):
        try:
            data.decode(name)
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        score = (
            _oddness(text)
            + unfamiliar(text)
            - _COHERENCE_WEIGHT * coherence.get(name.replace("-", "_"), 0)
            + (_OF_OLD if name in _OLD else 0)
        )
        found.append((score, rank, name, text))
    best, *others = sorted(found)
    rival = next((score for score, _, _, text in others if text != best[3]), best[0] + 1)
    return best[2], round(max(0.0, min(0.99, 2 * (rival - best[0]))), 2)


def _telling(data: bytes) -> bytes:
    """Take the lines with bytes beyond ASCII, as many as are needed."""
    lines: list[bytes] = []
    size = 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            lines.append(line[:_MOST_SCORED_BYTES] if not lines else line)
            size += len(lines[-1])
        if size > _MOST_SCORED_BYTES:
            break
    return b"".join(lines) if size <= 2 * _MOST_SCORED_BYTES else lines[0]


def _coherence(data: bytes) -> dict[str, float]:
    from charset_normalizer import from_bytes

    matches = from_bytes(data[: 1 << 18], cp_isolation=[name.replace("-", "_") for name in LIKELY])
    return {name: match.coherence for match in matches for name in match.could_be_from_charset}


def _oddness(text: str) -> float:
    """Return how much is odd for each character beyond ASCII."""
    foreign = sum(1 for character in text if not character.isascii())
    neighbours = zip(" " + text, text, text[1:] + " ", strict=False)
    return sum(_odd(before, each, after) for before, each, after in neighbours) / max(1, foreign)


@cache
def _odd(before: str, each: str, after: str) -> float:
    if each.isalpha():
        return _odd_letter(before, each, after)
    if each.isascii():
        return 0
    kind = unicodedata.category(each)
    if kind in _NO_TEXT:
        return 2
    between = before.isalpha() + after.isalpha()
    if kind[0] == "M":
        return 0 if before.isalpha() or unicodedata.category(before)[0] == "M" else 1
    if each in _QUOTES:
        return 0
    if kind in _PUNCTUATION:
        return 0.6 if between == 2 else 0
    return (0.1, 0.5, 1)[between]


def _odd_letter(before: str, each: str, after: str) -> float:
    odd = 0.4 if each in _RARE else 0.0
    is_foreign = not (each.isascii() and before.isascii())
    if before.isalpha() and (
        (before.islower() and each.isupper()) or (is_foreign and script_of(before) != script_of(each))
    ):
        odd += 1
    if is_foreign and before.isupper() and each.isupper():
        odd += _OF_CAPITALS
    is_alone = not before.isalpha() and not after.isalpha()
    if is_alone and not each.isascii() and each < _FIRST_EASTERN and each not in _WORDS_OF_ONE:
        odd += 0.2 if script_of(each) == "LATIN" else 0.4
    if not each.isascii() and each < _FIRST_EASTERN and (before.isdigit() or after.isdigit()):
        odd += 0.5
    if each > _FIRST_EASTERN:
        odd += _odd_sign(each)
    return odd


def _odd_sign(each: str) -> float:
    if _PRIVATE[0] <= each <= _PRIVATE[1]:
        return 1
    if unicodedata.name(each, "").startswith("HALFWIDTH"):
        return 0.6
    is_rare = "UNIFIED" in unicodedata.name(each, "") and each not in _COMMON_SIGNS
    return 0.35 if is_rare else 0
