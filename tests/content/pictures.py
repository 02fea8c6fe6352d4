"""Files as people send them: good pictures, odd ones, and what only pretends to be one."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

ORIENTATION, DESCRIPTION, GPS = 0x0112, 0x010E, 0x8825
END_OF_JPEG = b"\xff\xd9"


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return an image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture(width: int = 900, height: int = 600, kind: str = "JPEG", **options: Any) -> bytes:
    """Return a plain picture, its left half red and its right half blue."""
    image = Image.new("RGB", (width, height), (200, 20, 20))
    image.paste((20, 20, 200), (width // 2, 0, width, height))
    return encoded(image, kind, **options)


def photograph() -> bytes:
    """Return a picture of 900 by 600 pixels that lies on its side and tells where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[DESCRIPTION] = "taken at home"
    exif.get_ifd(GPS).update({1: "N", 2: (6.0, 27.0, 14.0), 3: "E", 4: (3.0, 23.0, 40.0)})
    return picture(exif=exif)


def opened(data: bytes) -> Image.Image:
    """Return a file as an image."""
    return Image.open(io.BytesIO(data))


def png_of(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that says it is so large."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = b"IDAT" + zlib.compress(b"\0" * 1000)
    parts = [
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in (header, pixels, b"IEND")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def archive() -> bytes:
    """Return a ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("run.txt", "echo hello " * 300)
    return out.getvalue()


def commented(comment: bytes) -> bytes:
    """Return a JPEG with a comment in its header."""
    jpeg = picture()
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]


def virus() -> bytes:
    """Return the EICAR test file, put together here so that no scanner takes the repository for a virus."""
    return b"".join([rb"X5O!P%@AP[4\PZX54(P^)", b"7CC)7}$EICAR-", b"STANDARD-ANTIVIRUS-", b"TEST-FILE!$H+H*"])
