"""What becomes of documents, recordings, texts and packages."""

import io
import json
import zipfile
from typing import Any

import pikepdf
import pytest

from lyceum.kit.settings import settings
from tests.content.conftest import Depot, Library
from tests.content.pictures import opened
from tests.content.samples import document, film, noise, package, recording
from tests.support.http import LAMBDA
from tests.support.samples import samples
from tests.support.workers import record

from functions.content.events import transcoding

PDFS = samples("pdf-samples")


def sent(library: Library, body: bytes, content_type: str) -> dict[str, Any]:
    """Send a file of the library through both workers and return what its sender sees."""
    depot, upload_id = library.depot, library.upload(body, content_type)
    assert depot.process(upload_id) == 0
    render(depot)
    return depot.shown(upload_id)


def checked(depot: Depot) -> list[dict[str, Any]]:
    """Return what is told of recordings that passed their checks."""
    return [
        entry
        for entry in depot.client.cloud.outbox(depot.client.tenant)
        if entry["DetailType"] == "recording.transcode"
    ]


def render(depot: Depot, entries: list[dict[str, Any]] | None = None) -> int:
    """Hand every recording that was checked to its worker; returns how many messages failed."""
    entries = checked(depot) if entries is None else entries
    return sum(len(transcoding.handler({"Records": [record(entry)]}, LAMBDA)["batchItemFailures"]) for entry in entries)


def file(library: Library, shown: dict[str, Any], name: str) -> bytes:
    (variant,) = [each for each in shown["variants"] if each["name"] == name]
    keys = [key for key in library.depot.keys(shown["uploadId"]) if key.startswith("derived/") and f"/{name}." in key]
    data = library.client.cloud.s3.get_object(Bucket=settings().bucket, Key=keys[0])["Body"].read()
    assert len(data) == variant["sizeBytes"]
    return bytes(data)


def steps(shown: dict[str, Any]) -> list[str]:
    assert {step["state"] for step in shown["steps"]} == {"done"}, shown
    return [step["name"] for step in shown["steps"]]


def test_a_document_is_rebuilt_made_small_shown_and_read(library: Library) -> None:
    body = document(image=noise())
    shown = sent(library, body, "application/pdf")
    assert steps(shown) == ["receive", "identify", "scan", "rewrite", "look"]
    assert [variant["name"] for variant in shown["variants"]] == ["original", "low", "preview", "text"]
    with pikepdf.open(io.BytesIO(file(library, shown, "original"))) as pdf:
        assert pdf.is_linearized and len(pdf.pages) == 1
    low = file(library, shown, "low")
    assert len(low) <= 0.4 * len(body)
    with pikepdf.open(io.BytesIO(low)) as pdf:
        assert pdf.is_linearized and pikepdf.PdfImage(pdf.pages[0].get_images()["/Im1"]).as_pil_image().size[0] == 700
    preview = opened(file(library, shown, "preview"))
    assert (preview.format, preview.size) == ("WEBP", (360, 480))
    assert "Photosynthesis" in file(library, shown, "text").decode()


@pytest.mark.usefixtures("in_process")
def test_what_a_document_says_of_itself_is_shown_and_found(library: Library) -> None:
    upload_id = library.upload(document(), "application/pdf")
    library.depot.process(upload_id)
    made = library.draft(upload_id)
    assert made["facts"] == {"pageCount": 1, "title": "Leaves", "language": "en-GB"} and made["pageCount"] == 1
    assert [variant["name"] for variant in library.depot.shown(upload_id)["variants"]] == [
        "original",
        "preview",
        "text",
    ]
    assert [
        item["title"] for item in library.author.get("/api/content", {"mine": "true", "search": "photosynthesis"}).data
    ] == ["Cells"]


@pytest.mark.usefixtures("in_process")
def test_a_damaged_document_is_repaired_where_it_can_be(library: Library) -> None:
    body = document()
    assert sent(library, body[: body.rindex(b"startxref")], "application/pdf")["state"] == "ready"


@pytest.mark.usefixtures("in_process")
@pytest.mark.skipif(not PDFS.exists(), reason="the sample documents are not here")
@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("019-grayscale-image", "ready"), ("015-arabic/habibi.pdf", "ready"),
        ("005-libreoffice-writer-password", "rejected"), ("025-attachment", "rejected"),
    ],
)  # fmt: skip
def test_documents_of_many_makers(library: Library, name: str, state: str) -> None:
    path = next((PDFS / name).rglob("*.pdf")) if (PDFS / name).is_dir() else PDFS / name
    assert sent(library, path.read_bytes(), "application/pdf")["state"] == state


def test_a_film_gets_a_picture_and_a_small_rendition_and_forgets_its_maker(library: Library) -> None:
    assert b"taken at home" in film()
    upload_id = library.upload(film(), "video/mp4")
    assert library.depot.process(upload_id) == 0
    assert library.depot.shown(upload_id)["state"] == "processing"
    assert render(library.depot) == 0
    shown = library.depot.shown(upload_id)
    assert steps(shown) == ["receive", "identify", "scan", "fetch", "probe", "copy", "low", "preview"]
    sizes = {variant["name"]: (variant["width"], variant["height"]) for variant in shown["variants"]}
    assert sizes == {"original": (640, 360), "low": (426, 240), "preview": (640, 360)}
    assert (
        b"taken at home" not in file(library, shown, "original")
        and opened(file(library, shown, "preview")).format == "WEBP"
    )
    assert library.draft(upload_id)["durationSeconds"] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("name", "content_type", "options"),
    [
        ("a.mp3", "audio/mpeg", ()), ("a.m4a", "audio/mp4", ()), ("a.ogg", "audio/ogg", ("-c:a", "libopus")),
        ("a.wav", "audio/wav", ()), ("a.flac", "audio/flac", ()), ("a.webm", "audio/webm", ("-c:a", "libopus")),
    ],
)  # fmt: skip
def test_every_kind_of_sound_gets_a_small_rendition(
    library: Library, name: str, content_type: str, options: tuple[str, ...]
) -> None:
    shown = sent(library, recording(name, *options), content_type)
    assert [(variant["name"], variant["contentType"]) for variant in shown["variants"]] == [
        ("original", content_type),
        ("low", "audio/mp4"),
    ]


@pytest.mark.parametrize(("name", "content_type"), [("a.mov", "video/quicktime"), ("a.webm", "video/webm")])
def test_other_kinds_of_film_are_taken_upright_and_without_sound(
    library: Library, name: str, content_type: str
) -> None:
    codec = ("-an", "-c:v", "libvpx") if name == "a.webm" else ("-an", "-c:v", "libx264", "-preset", "ultrafast")
    shown = sent(library, recording(name, *codec, picture="180x320"), content_type)
    sizes = {variant["name"]: (variant["width"], variant["height"]) for variant in shown["variants"]}
    assert sizes == {"original": (180, 320), "low": (180, 320), "preview": (180, 320)}


def test_a_recording_that_was_replaced_after_its_checks_is_refused(library: Library) -> None:
    upload_id = library.upload(film(), "video/mp4")
    library.depot.process(upload_id)
    library.depot.put(library.depot.stored(upload_id).key, film(seconds=0.5))
    assert render(library.depot) == 0
    shown = library.depot.shown(upload_id)
    assert (shown["state"], library.depot.places(upload_id)) == ("rejected", {"quarantine"})
    assert shown["reason"] == "The file was replaced by another while it was being processed."


def test_a_checked_recording_that_comes_again_changes_nothing(library: Library) -> None:
    shown = sent(library, recording("a.mp3"), "audio/mpeg")
    version = library.depot.stored(shown["uploadId"]).version
    assert render(library.depot) == 0
    assert library.depot.stored(shown["uploadId"]).version == version


@pytest.mark.parametrize(
    ("content_type", "body", "kept"),
    [
        ("text/plain", "\ufeffa < b\r\n<b>", "a < b\n<b>"),
        ("text/markdown", "# Title\n\n*a* <script>x()</script>", "<em>a</em> &lt;script&gt;x()&lt;/script&gt;"),
        (
            "text/markdown",
            "[x](javascript:alert(1)) ![y](https://a.example/b.png)",
            '<img src="https://a.example/b.png" alt="y">',
        ),
        (
            "text/html",
            "<h1>Title</h1><p onclick=x()>hi<script>x()</script><iframe src=x></iframe></p>",
            "<h2>Title</h2><p>hi</p>",
        ),
    ],
)
def test_a_text_is_kept_without_anything_active(library: Library, content_type: str, body: str, kept: str) -> None:
    shown = sent(library, body.encode(), content_type)
    assert steps(shown)[-1] == "sanitise"
    assert kept in file(library, shown, "original").decode()
    (variant,) = shown["variants"]
    assert variant["contentType"] == ("text/plain" if content_type == "text/plain" else "text/html") + "; charset=utf-8"


def test_a_package_is_packed_anew(library: Library) -> None:
    body = package(comment=b"hidden", extra=b"\x99\x99\x04\x00abcd")
    shown = sent(library, body, "application/zip")
    assert steps(shown)[-1] == "unpack"
    with zipfile.ZipFile(io.BytesIO(file(library, shown, "original"))) as kept:
        assert (
            kept.namelist() == ["index.html", "app.js"]
            and not kept.infolist()[0].extra
            and not kept.infolist()[0].comment
        )
    assert library.depot.stored(shown["uploadId"]).facts == {"fileCount": 2, "unpackedBytes": 68, "format": "web"}


def test_a_moving_image_says_that_only_its_first_frame_is_kept(library: Library) -> None:
    from PIL import Image

    from tests.content.pictures import encoded

    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    upload_id = library.upload(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), "image/gif")
    library.depot.process(upload_id)
    assert library.draft(upload_id)["facts"]["note"].startswith("Only the first frame")


def test_attachments_of_other_purposes_have_limits_of_their_own(depot: Depot) -> None:
    asked = {"purpose": "document", "fileName": "a.pdf", "contentType": "application/pdf", "sizeBytes": 20 << 20}
    assert depot.sender.post("/api/uploads", asked).status == 201
    assert depot.sender.post("/api/uploads", asked | {"sizeBytes": (20 << 20) + 1}).error.fields == {"FILE_TOO_LARGE"}
    assert depot.sender.post("/api/uploads", asked | {"contentType": "video/mp4"}).error.fields == {"TYPE_NOT_ALLOWED"}
    assert depot.sender.post("/api/uploads", asked | {"purpose": "library"}).status == 400
    assert depot.client.as_("student").post("/api/content/upload-url", json.loads("{}")).status == 403
