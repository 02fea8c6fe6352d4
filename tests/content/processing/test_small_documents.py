"""The small document looks like the large one: each page is drawn from both and compared, picture by picture."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops, ImageFilter, ImageStat

from tests.content.pictures import encoded
from tests.support.samples import samples

from functions.content.processing import documents
from functions.content.processing.rejection import Rejected

PDFS = samples("pdf-samples")
SIDE = 1000
Changes = Callable[[pikepdf.Pdf], dict[str, Any]]


def scene(mode: str = "RGB") -> Image.Image:
    """Return a picture of 1000 pixels a side with areas, a gradient and fine noise, so that any turn of it shows."""
    picture = Image.merge("RGB", [
        Image.linear_gradient("L").resize((SIDE, SIDE)),
        Image.linear_gradient("L").rotate(90).resize((SIDE, SIDE)),
        Image.effect_noise((SIDE, SIDE), 40),
    ])  # fmt: skip
    picture.paste((250, 20, 20), (50, 50, 300, 450))
    picture.paste((255, 255, 255), (600, 100, 950, 300))
    picture.paste((0, 0, 0), (600, 700, 950, 950))
    return picture.convert(mode)


def mask(bits: int = 8) -> Image.Image:
    """Return a mask that lets the left half through, and of eight bits a gradient in the right one."""
    drawn = Image.new("L", (SIDE, SIDE), 255)
    drawn.paste(Image.linear_gradient("L").resize((SIDE // 2, SIDE)), (SIDE // 2, 0))
    return drawn if bits == 8 else drawn.point(lambda value: 255 * (value > 127)).convert("1")


def image(pdf: pikepdf.Pdf, body: bytes, **entries: Any) -> Any:
    about = {"Type": Name.XObject, "Subtype": Name.Image, "Width": SIDE, "Height": SIDE, "BitsPerComponent": 8}
    return pdf.make_stream(body, **{**about, **entries})


def soft(pdf: pikepdf.Pdf, **more: Any) -> dict[str, Any]:
    return {"SMask": image(pdf, mask().tobytes(), ColorSpace=Name.DeviceGray, **more)}


def stencil(pdf: pikepdf.Pdf) -> dict[str, Any]:
    return {"Mask": image(pdf, mask(1).tobytes(), ImageMask=True, BitsPerComponent=1)}


def page_with(made: Callable[[pikepdf.Pdf], Any]) -> bytes:
    """Return a page with coloured paper and a picture on it, so that what is let through shows."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(500, 500))
    page.Resources = Dictionary(XObject=Dictionary(Im=made(pdf)))
    page.Contents = pdf.make_stream(b"0.2 0.9 0.4 rg 0 0 500 500 re f q 460 0 0 460 20 20 cm /Im Do Q")
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def jpeg(pdf: pikepdf.Pdf, mode: str = "RGB", **entries: Any) -> Any:
    space = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray, "CMYK": Name.DeviceCMYK}[mode]
    body = encoded(scene(mode), "JPEG", quality=96)
    return image(pdf, body, **{"Filter": Name.DCTDecode, "ColorSpace": space, **entries})


def raw(pdf: pikepdf.Pdf, mode: str = "RGB", **entries: Any) -> Any:
    space = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray, "CMYK": Name.DeviceCMYK}[mode]
    return image(pdf, scene(mode).tobytes(), **{"ColorSpace": space, **entries})


def indexed(pdf: pikepdf.Pdf) -> Any:
    drawn = scene().quantize(64)
    palette = bytes(drawn.getpalette() or [])[: 3 * 64]
    return image(pdf, drawn.tobytes(), ColorSpace=Array([Name.Indexed, Name.DeviceRGB, 63, pikepdf.String(palette)]))


def jpx(pdf: pikepdf.Pdf) -> Any:
    whole = scene().convert("RGBA")
    whole.putalpha(mask())
    return image(pdf, encoded(whole, "JPEG2000"), Filter=Name.JPXDecode, SMaskInData=1)


PAGES: dict[str, Callable[[pikepdf.Pdf], Any]] = {
    "plain JPEG": jpeg,
    "grey JPEG": lambda pdf: jpeg(pdf, "L"),
    "raw samples": raw,
    "soft mask": lambda pdf: jpeg(pdf, **soft(pdf)),
    "soft mask of raw samples": lambda pdf: raw(pdf, **soft(pdf)),
    "soft mask with a matte": lambda pdf: jpeg(pdf, **soft(pdf, Matte=Array([0, 0, 0]))),
    "stencil mask": lambda pdf: jpeg(pdf, **stencil(pdf)),
    "colour key": lambda pdf: raw(pdf, Mask=Array([255, 255, 255, 255, 255, 255])),
    "CMYK JPEG": lambda pdf: jpeg(pdf, "CMYK"),
    "CMYK JPEG turned around": lambda pdf: jpeg(pdf, "CMYK", Decode=Array([1, 0, 1, 0, 1, 0, 1, 0])),
    "grey turned around": lambda pdf: raw(pdf, "L", Decode=Array([1, 0])),
    "palette": indexed,
    "alpha inside JPX": jpx,
    "stencil of one bit": lambda pdf: image(pdf, mask(1).tobytes(), ImageMask=True, BitsPerComponent=1),
}


SHRUNK = {"plain JPEG", "grey JPEG", "raw samples", "soft mask", "soft mask of raw samples", "stencil mask"}
"""Pages whose pictures nothing but their samples and a mask of any size describe; those of others stay as they are."""


def drawn(path: Path) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.render(scale=1.0, fill_color=(255, 0, 255, 255)).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def distance(first: Image.Image, second: Image.Image) -> tuple[float, int]:
    """Return how far two pictures are apart: the mean over all pixels, and the most of any area, of 255."""
    apart = ImageChops.difference(first, second)
    mean = sum(ImageStat.Stat(apart).mean) / 3
    areas = apart.filter(ImageFilter.BoxBlur(6))
    return mean, max(high for _, high in areas.getextrema())  # type: ignore[misc]


def compare(path: Path, folder: Path) -> bool:
    """Compare the pages of a document with those that were made of it; says whether there is a small one."""
    documents.rewrite(path, folder)
    pages = drawn(path)
    for made in drawn(folder / "original"), drawn(folder / "low") if (folder / "low").exists() else []:
        for before, after in zip(pages, made, strict=bool(made)):
            assert before.size == after.size
            mean, most = distance(before, after)
            assert mean < 6, mean
            assert most < 48, most
    return (folder / "low").exists()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_the_same_in_every_size(tmp_path: Path, name: str) -> None:
    path = tmp_path / "sent.pdf"
    path.write_bytes(page_with(PAGES[name]))
    has_small = compare(path, tmp_path)
    is_plain = name in SHRUNK
    assert has_small is is_plain


def test_the_comparison_sees_what_it_is_for() -> None:
    """A negative, a picture without its mask or in other colours is far away; one of less quality is not."""
    whole, small = scene(), Image.open(io.BytesIO(encoded(scene().resize((800, 800)), "JPEG", quality=35)))
    shown = [each.convert("RGB").resize((460, 460), Image.Resampling.LANCZOS) for each in (whole, small)]
    mean, most = distance(*shown)
    assert mean < 6 and most < 48
    masked = Image.composite(shown[0], Image.new("RGB", (460, 460), (51, 230, 102)), mask().resize((460, 460)))
    for wrong in (ImageChops.invert(shown[0]), masked, Image.merge("RGB", shown[0].split()[::-1])):
        mean, most = distance(shown[0], wrong)
        assert mean > 6 or most > 48


@pytest.mark.skipif(not PDFS.exists(), reason="the sample documents are not here")
def test_real_documents_look_the_same_in_every_size(tmp_path: Path) -> None:
    compared = 0
    for path in sorted(PDFS.rglob("*.pdf")):
        folder = tmp_path / str(compared)
        folder.mkdir()
        try:
            compare(path, folder)
        except Rejected:
            continue
        compared += 1
    assert compared > 5
