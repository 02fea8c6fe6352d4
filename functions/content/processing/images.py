"""Images: opened within limits, turned upright, freed of their metadata and written in small sizes."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger
from PIL import Image, ImageCms, ImageOps

from lyceum.rules.uploads.purposes import Purpose

from functions.content.processing.rejection import Rejected
from functions.content.processing.spatial import panoramas, projections
from functions.content.uploads.file_store import IMAGE_TYPE
from functions.content.uploads.variants import Made

MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # what is over twice this, Pillow refuses before it allocates anything
_QUALITY = 78
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_ORIENTATION = 0x0112  # EXIF 2.32, 4.6.4 A
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.createProfile("sRGB")
_SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")
logger = Logger()


def resize(path: Path, folder: Path, purpose: Purpose, *, is_around: bool = False) -> Iterator[Made]:
    """Write a purpose's variants, the smallest first; raises Rejected for a broken or too large image.

    None is larger than the original: the first that holds all of it is the last. Of a moving image the first frame is
    taken. A picture all around is kept larger, and gets a flat view of its middle.
    """
    if is_around:
        purpose = replace(purpose, sides=panoramas.SIDES, is_square=False)
    picture = _read(path, purpose)
    if is_around:
        projections.check_form(*picture.size)
        yield panoramas.flat_view(picture, folder)
    for name, side in sorted(purpose.sides.items(), key=lambda pair: pair[1]):
        sized = picture.copy()
        sized.thumbnail((side, side), Image.Resampling.LANCZOS)
        sized.save(folder / name, "WEBP", quality=_QUALITY, method=4)
        yield Made(name, folder / name, IMAGE_TYPE, sized.width, sized.height)
        if sized.size == picture.size:
            return


def _read(path: Path, purpose: Purpose) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of oddities in metadata, which is dropped anyway
            with Image.open(path, formats=_FORMATS) as image:
                if max(image.size) > MAX_SIDE or image.width * image.height > MAX_PIXELS:
                    raise Rejected(f"The image is too large: {image.width} by {image.height} pixels.")
                return _upright(image, purpose)
    except Rejected:
        raise
    except Image.DecompressionBombError:
        raise Rejected("The image is too large.") from None
    except Exception as error:  # decoders raise many kinds for broken files, and nothing but the file is in play here
        logger.warning("image not read", error=type(error).__name__)
        raise Rejected("The image is broken and can not be read.") from None


def _upright(image: Image.Image, purpose: Purpose) -> Image.Image:
    """Decode an image at no more than the largest size wanted, in upright position and plain sRGB."""
    largest, turn = max(purpose.sides.values()), _turn(image)
    image.draft(None, (2 * largest, 2 * largest))  # JPEG is decoded at a fraction of its size, which saves memory
    image.load()
    plain = _in_srgb(_without_palette(image))
    if purpose.is_square:
        side = min(largest, *plain.size)
        plain = ImageOps.fit(plain, (side, side), Image.Resampling.LANCZOS)
    else:
        plain.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    plain.info.clear()  # no encoder may carry metadata over from here
    return plain.transpose(turn) if turn is not None else plain


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken metadata is dropped with the rest of it
        return None


def _without_palette(image: Image.Image) -> Image.Image:
    if image.mode in _SIXTEEN_BITS:
        return image.convert("I").point(lambda level: level / 256).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in {"RGB", "CMYK", "L"} else image.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    profile, mode = image.info.get("icc_profile"), "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), _SRGB, outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            logger.info("colour profile ignored")
        else:
            return converted or image
    return image if image.mode == mode else image.convert(mode)


def facts(path: Path) -> dict[str, Any]:
    """Return what is known of an image beside its variants: a note when it is a moving one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path, formats=_FORMATS) as image:
            is_moving = getattr(image, "is_animated", False)
            return {"note": "Only the first frame of the moving image is kept."} if is_moving else {}
