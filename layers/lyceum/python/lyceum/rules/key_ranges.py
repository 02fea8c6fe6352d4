"""Halves of a range of sort keys, so that a long list is worked through from many places at once."""

_DIGITS = 0x110000
"""A character is a digit of this base: sort keys are in the order of their code points (which that of UTF-8 is)."""
_SURROGATES = range(0xD800, 0xE000)


def middle(low: str, high: str) -> str | None:
    """Return a short text between two others, about in the middle; None when there is none, or `high` is not above."""
    if low >= high:
        return None
    length = max(len(low), len(high)) + 1
    between = _text((_number(low, length) + _number(high, length)) // 2, length)
    return next((between[:end] for end in range(1, length + 1) if low < between[:end] < high), None)


def halves(reached: str, last: str) -> list[tuple[str, str]]:
    """Return both halves of what lies behind a sort key, or all of it as one range where it has no middle."""
    halfway = middle(reached, last)
    return [(reached, last)] if halfway is None else [(reached, halfway), (halfway, last)]


def _number(text: str, length: int) -> int:
    number = 0
    for character in text.ljust(length, "\0"):
        number = number * _DIGITS + ord(character)
    return number


def _text(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, _DIGITS)
        digits.append(_SURROGATES.start - 1 if digit in _SURROGATES else digit)
    return "".join(map(chr, reversed(digits)))
