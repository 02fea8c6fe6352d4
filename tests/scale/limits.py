"""The quotas that the simulator goes by: those of a fresh account, and those that an operator has raised."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

_FILE = Path(__file__).with_name("limits.toml")


class Limits:
    """Quotas by section and name."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    @classmethod
    def fresh(cls) -> Self:
        """Return the quotas of a fresh account."""
        return cls(tomllib.loads(_FILE.read_text()))

    @classmethod
    def raised(cls) -> Self:
        """Return the quotas once an operator has raised what docs/scale.md names."""
        values = tomllib.loads(_FILE.read_text())
        for section, changed in values["raised"].items():
            values[section] |= changed
        return cls(values)

    def __getitem__(self, section: str) -> Any:
        """Return a section."""
        return self._values[section]
