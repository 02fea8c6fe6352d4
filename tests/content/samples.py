"""Documents, recordings, texts and packages as people send them, and what only pretends to be one; all made here."""

import io
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import imageio_ffmpeg
import pikepdf
from PIL import Image

from tests.content.pictures import encoded

ZIP_PAGE = {"index.html": b"<h1>Hello</h1><script src='app.js'></script>", "app.js": b"document.title = 'Hello'"}


@cache
def noise(width: int = 700, height: int = 500) -> bytes:
    """Return a JPEG that does not compress well."""
    return encoded(Image.effect_noise((width, height), 90).convert("RGB"), "JPEG", quality=95)


def document(*, image: bytes | None = None, **root: Any) -> bytes:
    """Return a PDF of one page that says `Photosynthesis`, with what is added to its root."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(300, 400))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    content = b"BT /F1 24 Tf 40 300 Td (Photosynthesis) Tj ET"
    resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    if image:
        width, height = Image.open(io.BytesIO(image)).size
        stream = pdf.make_stream(
            image, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
            ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        resources.XObject = pikepdf.Dictionary(Im1=stream)
        content += b" q 200 0 0 100 40 100 cm /Im1 Do Q"
    page.Resources, page.Contents = resources, pdf.make_stream(content)
    pdf.docinfo["/Title"], pdf.Root.Lang = "Leaves", "en-GB"
    for name, value in root.items():
        pdf.Root[f"/{name}"] = pdf.make_indirect(value) if name != "OpenAction" else value
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def action(kind: str, **more: Any) -> pikepdf.Dictionary:
    """Return a PDF action."""
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def locked() -> bytes:
    """Return a PDF that only opens with a password."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(document())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="secret", owner="owner"))
    return out.getvalue()


def with_attachment() -> bytes:
    """Return a PDF with a file inside."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(document())) as pdf:
        pdf.attachments["x.txt"] = pikepdf.AttachedFileSpec(pdf, b"hello", filename="x.txt")
        pdf.save(out)
    return out.getvalue()


@cache
def recording(name: str, *options: str, seconds: float = 1.0, picture: str = "") -> bytes:
    """Return a tone, and a test picture of a size such as `320x180` when one is given, encoded by `options`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        sources = ["-f", "lavfi", "-i", f"sine=d={seconds}"]
        if picture:
            sources = ["-f", "lavfi", "-i", f"testsrc=s={picture}:r=12:d={seconds}", *sources]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", *sources, *options, str(path)]
        subprocess.run(command, check=True, timeout=60)
        return path.read_bytes()


def film(**more: Any) -> bytes:
    """Return an MP4 that tells where it was taken."""
    options = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-metadata", "comment=taken at home")
    return recording("a.mp4", *options, picture=more.pop("picture", "640x360"), **more)


def package(files: dict[str, bytes] | None = None, **changes: Any) -> bytes:
    """Return a ZIP of files; `changes` are set on the entry of the first."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate((ZIP_PAGE if files is None else files).items()):
            entry = zipfile.ZipInfo(name)
            for field, value in changes.items() if number == 0 else ():
                setattr(entry, field, value)
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
