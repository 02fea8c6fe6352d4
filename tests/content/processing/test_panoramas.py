"""Pictures and films all around: of the right form, kept larger, with a flat view."""

from io import BytesIO

from PIL import Image

from tests.content import samples
from tests.content.conftest import Depot


def around(width: int = 5000, height: int = 2500) -> bytes:
    """A picture that is red in the middle of the view and blue behind the viewer."""
    image = Image.new("RGB", (width, height), (20, 40, 200))
    image.paste((200, 30, 30), (width * 3 // 8, 0, width * 5 // 8, height))
    held = BytesIO()
    image.save(held, "JPEG")
    return held.getvalue()


def test_a_picture_all_around_is_kept_large_with_a_flat_view(depot: Depot) -> None:
    upload_id = depot.send(around(), "image/jpeg", "lesson", projection="equirectangular")
    assert depot.process(upload_id) == 0
    shown = depot.sender.get(f"/api/uploads/{upload_id}").data
    assert shown["state"] == "ready", shown
    sizes = {each["name"]: (each["width"], each["height"]) for each in shown["variants"]}
    assert sizes == {"preview": (640, 360), "800": (800, 400), "2048": (2048, 1024), "4096": (4096, 2048)}


def test_a_picture_of_another_form_is_no_picture_all_around(depot: Depot) -> None:
    upload_id = depot.send(around(900, 600), "image/jpeg", "lesson", projection="equirectangular")
    depot.process(upload_id)
    shown = depot.sender.get(f"/api/uploads/{upload_id}").data
    assert (shown["state"], "twice as wide" in shown["reason"]) == ("rejected", True)


def test_a_film_all_around_says_so_and_has_a_flat_preview(depot: Depot) -> None:
    body = samples.film(picture="256x128")
    upload_id = depot.send(body, "video/mp4", "lesson", projection="equirectangular")
    assert depot.process(upload_id) == 0
    shown = depot.sender.get(f"/api/uploads/{upload_id}").data
    assert shown["state"] in {"processing", "ready"}, shown
