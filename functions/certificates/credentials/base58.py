"""Base 58 with the alphabet of Bitcoin, in which keys and signatures are written (Controlled Identifiers 1.0, 2.4)."""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_MOST_CHARACTERS = 200
_PREFIX = "z"


def encode(raw: bytes) -> str:
    """Write bytes as multibase text, which begins with `z`."""
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _ALPHABET[rest] + text
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return _PREFIX + _ALPHABET[0] * zeros + text


def decode(text: str) -> bytes:
    """Read bytes from multibase text; raises ValueError for what `encode` does not write."""
    if not text.startswith(_PREFIX) or len(text) > _MOST_CHARACTERS:
        raise ValueError("this is no multibase text in base 58")
    digits, number = text[1:], 0
    for letter in digits:
        if letter not in _VALUES:
            raise ValueError("this is no multibase text in base 58")
        number = number * 58 + _VALUES[letter]
    zeros = len(digits) - len(digits.lstrip(_ALPHABET[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
