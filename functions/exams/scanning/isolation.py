"""Reading the pages of a file in a process of its own, which may crash, hang or eat memory without harm.

    python -m functions.exams.scanning.isolation FILE FOLDER ASKED

`ASKED` is a file with the paper's id, its rows by form and page, the first page that is wanted and how many. The answer
is one JSON object on the output, and each page as a picture in the folder.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lyceum.kit import sandbox

from functions.exams.printing.sheet_layout import Place, Row

_MODULE = "functions.exams.scanning.isolation"
_SECONDS, _MEMORY_MB, _MOST_FILE_MB = 45, 2500, 50
LONGEST_SIDE = 2400
_MOST_PIXELS = 40_000_000
_PDF = b"%PDF"


class Unreadable(Exception):
    """A file is no picture and no PDF that can be opened, or takes too long."""


def read_pages(path: Path, folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Return `total`, how many pages a file has, and what was `read` of those asked for; raises Unreadable."""
    (folder / "asked.json").write_text(json.dumps(asked))
    command = sandbox.python_module(_MODULE, str(path), str(folder), str(folder / "asked.json"))
    try:
        done = sandbox.run(command, folder, seconds=_SECONDS, memory_mb=_MEMORY_MB, most_file_mb=_MOST_FILE_MB)
        answer: dict[str, Any] = json.loads(done.output)
    except (sandbox.Overran, ValueError):
        raise Unreadable from None
    return answer


def rows_as_json(rows: dict[tuple[str, int], tuple[Row, ...]]) -> list[Any]:
    """Write rows by form and page as plain data."""
    return [[form, page, [asdict(row) for row in found]] for (form, page), found in rows.items()]


def _rows(plain: list[Any]) -> dict[tuple[str, int], list[Row]]:
    return {
        (form, page): [Row(**{**row, "places": tuple(Place(**place) for place in row["places"])}) for row in found]
        for form, page, found in plain
    }


def main(path: Path, folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Read the pages that are asked for in this process."""
    from functions.exams.scanning import page_reading

    rows, first, most = _rows(asked["rows"]), int(asked["first"]), int(asked["most"])
    read = []
    total = 0
    for place, total, picture in _pictures(path, first, most):  # noqa: B007 - the number of pages is wanted
        reading = page_reading.read(picture, rows, asked["paper_id"])
        _keep(reading.straight, folder / f"{place}.webp")
        read.append(
            {
                "place": place,
                "fault": reading.fault,
                "code": asdict(reading.code) if reading.code else None,
                "number": [[[mark.is_marked, mark.confidence] for mark in digit] for digit in reading.number],
                "marks": {
                    name: {mark.name: [mark.is_marked, mark.confidence] for mark in marks}
                    for name, marks in reading.rows.items()
                },
            }
        )
    return {"total": total, "read": read}


def _pictures(path: Path, first: int, most: int) -> Iterator[tuple[int, int, Any]]:
    """Yield the number, the count of all, and the grey picture of each page that is wanted."""
    if path.read_bytes()[:4] == _PDF:
        yield from _of_pdf(path, first, most)
    elif first == 1:
        yield 1, 1, _of_image(path)


def _of_image(path: Path) -> Any:
    import numpy as np
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    with Image.open(path) as image:
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        image.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image).convert("L")
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return np.asarray(upright, dtype=np.float32)


def _of_pdf(path: Path, first: int, most: int) -> Iterator[tuple[int, int, Any]]:
    import numpy as np
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    for number in range(first, min(first + most, len(document) + 1)):
        page = document[number - 1]
        scale = min(200 / 72, LONGEST_SIDE / max(1.0, *page.get_size()))
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        yield number, len(document), np.asarray(bitmap.to_pil().convert("L"), dtype=np.float32)


def _keep(straight: Any, path: Path) -> None:
    if straight is not None:
        import numpy as np
        from PIL import Image

        Image.fromarray(np.clip(straight, 0, 255).astype(np.uint8)).save(path, "WEBP", quality=45)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text()))))
