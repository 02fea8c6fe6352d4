"""What the processing of a file makes: files to keep, and facts about the whole."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lyceum.kit.frozen import frozen

WHOLE = ("original", "low")
"""The names of variants that hold all of a file; others show a part of it. Images have their sides for names."""


@frozen
class Made:
    """A variant in the work folder.

    Attributes:
        width: Of what is seen, in pixels.
        height: Of what is seen, in pixels.
    """

    name: str
    path: Path
    content_type: str
    width: int | None = None
    height: int | None = None


@dataclass
class Product:
    """Everything that was made of a file.

    Attributes:
        variants: What the upload's record says of each kept variant.
        facts: What lists and readers want to know of the whole, named in camelCase as they see it.
        stream: Of a film that is streamed, what the upload's record says of its renditions.
    """

    variants: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    stream: dict[str, Any] | None = None
