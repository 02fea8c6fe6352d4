"""Images: opened within limits, turned upright, freed of their metadata and written in small sizes."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from content.inspection import Refused
from content.purposes import Purpose

MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000
_QUALITY = 78
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


@dataclass(frozen=True)
class Picture:
    """A variant: a WebP file's bytes and its size in pixels."""

    name: str
    width: int
    height: int
    data: bytes


def variants(path: Path, purpose: Purpose) -> Iterator[Picture]:
    """Make a purpose's variants, the smallest first, none larger than the original; raises Refused for a broken image."""
    upright = _open(path)
    for name, side in purpose.widths.items():
        sized = ImageOps.fit(upright, (side, side)) if purpose.is_square else _fit(upright, side)
        out = io.BytesIO()
        sized.save(out, "WEBP", quality=_QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
        yield Picture(name, sized.width, sized.height, out.getvalue())


def _open(path: Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as image:
                if image.width > MAX_SIDE or image.height > MAX_SIDE or image.width * image.height > MAX_PIXELS:
                    raise Refused(f"The image is too large: {image.width} by {image.height} pixels.")
                image.load()
                upright = ImageOps.exif_transpose(image)
                has_alpha = upright.has_transparency_data
                return upright.convert("RGBA" if has_alpha else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("The image is too large.") from None
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, AttributeError, OverflowError, MemoryError):
        raise Refused("The image is broken and can not be read.") from None


def _fit(image: Image.Image, side: int) -> Image.Image:
    sized = image.copy()
    sized.thumbnail((side, side), Image.Resampling.LANCZOS)
    return sized
