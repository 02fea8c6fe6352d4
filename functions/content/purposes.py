"""What may be uploaded for which purpose, how large, and which sizes are made of it."""

from dataclasses import dataclass

IMAGES = ("image/jpeg", "image/png", "image/webp", "image/gif")
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Purpose:
    """A kind of upload: content types, the most bytes, and its variants by name with their longest side in pixels."""

    content_types: tuple[str, ...]
    max_bytes: int
    sides: dict[str, int]
    is_square: bool = False


PURPOSES = {
    "avatar": Purpose(IMAGES, 5 * _MEBIBYTE, {"64": 64, "256": 256}, is_square=True),
    "question_image": Purpose(IMAGES, 10 * _MEBIBYTE, {"320": 320, "800": 800, "1600": 1600}),
    "attachment": Purpose(IMAGES, 10 * _MEBIBYTE, {"320": 320, "800": 800, "1600": 1600}),
}
