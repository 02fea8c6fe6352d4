"""What becomes of a good picture."""

import pytest
from PIL import Image, ImageCms

from tests.content.conftest import Depot
from tests.content.pictures import DESCRIPTION, GPS, encoded, opened, photograph, picture
from tests.support.samples import samples

SAMPLES = samples("images-exif/jpg")
KINDS = [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/gif")]


def sizes(shown: dict[str, object]) -> list[tuple[str, int, int]]:
    variants = shown["variants"]
    assert shown["state"] == "ready" and isinstance(variants, list), shown
    return [(variant["name"], variant["width"], variant["height"]) for variant in variants]


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken(depot: Depot) -> None:
    assert opened(photograph()).getexif().get_ifd(GPS) and opened(photograph()).getexif()[DESCRIPTION]
    shown = depot.settled(photograph())
    assert sizes(shown) == [("320", 213, 320), ("800", 533, 800), ("1600", 600, 900)]
    for name in ("320", "800", "1600"):
        data = depot.variant(shown["uploadId"], name)
        small = opened(data)
        assert small.format == "WEBP" and not small.getexif() and not {"exif", "xmp", "icc_profile"} & set(small.info)
        assert b"home" not in data and b"EXIF" not in data
        red, blue = small.getpixel((small.width // 2, 5)), small.getpixel((small.width // 2, small.height - 5))
        assert red[0] > blue[0] and red[2] < blue[2]  # type: ignore[index]  # the left half is on top now


def test_the_steps_are_recorded_with_their_bytes(depot: Depot) -> None:
    body = picture()
    shown = depot.settled(body)
    assert [(step["name"], step["state"]) for step in shown["steps"]] == [
        (name, "done") for name in ("receive", "identify", "scan", "resize")
    ]
    assert {step["bytesIn"] for step in shown["steps"]} == {len(body)}
    assert shown["steps"][-1]["bytesOut"] == sum(variant["sizeBytes"] for variant in shown["variants"])
    assert all(step["milliseconds"] >= 0 for step in shown["steps"])


def test_the_owner_sees_that_the_file_is_in_work(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.content.processing import pipeline

    upload_id, seen = depot.send(picture()), []
    scan = pipeline.scan
    monkeypatch.setattr(pipeline, "scan", lambda *file: (seen.append(depot.shown(upload_id)["state"]), scan(*file)))
    depot.process(upload_id)
    assert (seen, depot.shown(upload_id)["state"]) == (["processing"], "ready")
    assert depot.stored(upload_id).ttl is None


@pytest.mark.parametrize(("kind", "content_type"), KINDS)
def test_every_allowed_kind_is_taken(depot: Depot, kind: str, content_type: str) -> None:
    assert sizes(depot.settled(picture(kind=kind), content_type)) == [
        ("320", 320, 213),
        ("800", 800, 533),
        ("1600", 900, 600),
    ]


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (2000, 1000, [("320", 320, 160), ("800", 800, 400), ("1600", 1600, 800)]),
        (800, 400, [("320", 320, 160), ("800", 800, 400)]),
        (100, 50, [("320", 100, 50)]),
        (1, 3000, [("320", 1, 320), ("800", 1, 800), ("1600", 1, 1600)]),
    ],
)
def test_no_variant_is_larger_than_its_original(
    depot: Depot, width: int, height: int, expected: list[tuple[str, int, int]]
) -> None:
    assert sizes(depot.settled(picture(width, height))) == expected


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (900, 600, [("64", 64, 64), ("256", 256, 256)]),
        (100, 90, [("64", 64, 64), ("256", 90, 90)]),
        (40, 300, [("64", 40, 40)]),
    ],
)
def test_avatars_are_square_cuts_from_the_middle(
    depot: Depot, width: int, height: int, expected: list[tuple[str, int, int]]
) -> None:
    assert sizes(depot.settled(picture(width, height), purpose="avatar")) == expected


def test_transparency_and_depth_survive(depot: Depot) -> None:
    clear = depot.settled(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"), "image/png")
    assert opened(depot.variant(clear["uploadId"], "320")).convert("RGBA").getpixel((25, 25)) == (0, 0, 0, 0)
    grey = depot.settled(encoded(Image.new("I;16", (50, 50), 0x8000), "PNG"), "image/png")
    assert opened(depot.variant(grey["uploadId"], "320")).convert("L").getpixel((25, 25)) == pytest.approx(0x80, abs=2)


def test_colours_of_another_space_are_brought_to_srgb(depot: Depot) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = (
        profile.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ", 1)
    )  # its red is blue
    for given, colour in ((profile, (200, 20, 20)), (swapped, (20, 20, 200)), (b"no profile at all", (200, 20, 20))):
        variant = opened(depot.variant(depot.settled(picture(icc_profile=given))["uploadId"], "320"))
        assert "icc_profile" not in variant.info
        assert variant.convert("RGB").getpixel((5, 100)) == pytest.approx(colour, abs=12)


def test_of_a_moving_picture_the_first_frame_is_taken(depot: Depot) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue", "green")]
    shown = depot.settled(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), "image/gif")
    assert opened(depot.variant(shown["uploadId"], "320")).convert("RGB").getpixel((20, 20)) == pytest.approx(
        (255, 0, 0), abs=8
    )


@pytest.mark.parametrize(
    "behind", [b"", b"\0" * 5000, b"SEFT" + b"x" * 200, picture(), b"\0" * 100 + picture()], ids=len
)
def test_what_cameras_leave_behind_a_picture_is_let_pass(depot: Depot, behind: bytes) -> None:
    assert len(sizes(depot.settled(picture() + behind))) == 3


def test_broken_metadata_does_not_spoil_a_picture(depot: Depot) -> None:
    assert len(sizes(depot.settled(picture(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff garbage")))) == 3


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample photographs are not here")
def test_photographs_of_real_cameras_are_taken(depot: Depot) -> None:
    for path in sorted(SAMPLES.rglob("*.jpg")):
        assert depot.settled(path.read_bytes())["state"] == "ready", path.name


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample photographs are not here")
def test_all_eight_orientations_end_in_the_same_picture(depot: Depot) -> None:
    shown = [depot.settled(path.read_bytes()) for path in sorted(SAMPLES.glob("orientation/landscape_*.jpg"))]
    assert len(shown) == 8 and {tuple(sizes(each)) for each in shown} == {(("320", 320, 240), ("800", 600, 450))}
    corners = [opened(depot.variant(each["uploadId"], "320")).convert("L").resize((4, 3)).tobytes() for each in shown]
    for corner in corners:
        assert list(corner) == pytest.approx(list(corners[0]), abs=12)
