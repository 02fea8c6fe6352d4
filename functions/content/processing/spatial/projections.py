"""How a picture or film is laid out: flat, or all around (equirectangular: longitude across, latitude down)."""

from functions.content.processing.rejection import Rejected

EQUIRECTANGULAR = "equirectangular"
_MOST_OFF = 0.02


def check_form(width: int, height: int) -> None:
    """Raise Rejected for a picture all around that is not twice as wide as it is high."""
    if not height or abs(width / height / 2 - 1) > _MOST_OFF:
        raise Rejected("A picture all around is twice as wide as it is high.")
