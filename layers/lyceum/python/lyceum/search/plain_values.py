"""Attributes of stored items as documents have them."""

import html
from datetime import datetime
from typing import Any

from lyceum.kit.values.text import plain


def facets_of(item: Any, *names: str) -> dict[str, Any]:
    """Return those of an item's attributes that hold something, by their names."""
    values = {name: getattr(item, name) for name in names}
    return {name: list(value) if isinstance(value, (list, set)) else value for name, value in values.items() if value}


def text_of(rich: str) -> str:
    """Return a text without its markup."""
    return html.unescape(plain(rich)) if "<" in rich or "&" in rich else rich


def seconds_of(moment: datetime | None) -> float:
    """Return a moment as Unix time, 0 for none."""
    return float(int(moment.timestamp())) if moment else 0.0
