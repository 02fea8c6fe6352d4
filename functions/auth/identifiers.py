"""Sign-in names: how an e-mail address, phone number, username or school id is compared."""

import re

_PHONE = re.compile(r"\+[1-9]\d{7,14}")


def fold(name: str) -> str:
    """Write a sign-in name as it is compared: case folded, a phone number without its spaces and dashes."""
    folded = name.strip().casefold()
    number = re.sub(r"[\s().-]", "", folded)
    return number if is_phone(number) else folded


def is_phone(name: str) -> bool:
    """Say whether a folded name is a phone number (E.164: a plus and 8 to 15 digits)."""
    return _PHONE.fullmatch(name) is not None
