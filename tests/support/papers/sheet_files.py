"""Scanned sheets as files that were uploaded and checked, without the way there."""

from io import BytesIO

from PIL import Image

from lyceum.kit import clock, ids
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from tests.support.http import Client


def uploaded(client: Client, pages: list[Image.Image], *, content: bytes | None = None, state: str = "ready") -> str:
    """Put pages in the bucket as one PDF, or other bytes as a picture, and return the upload's id."""
    upload_id = ids.new_id()
    key = f"derived/{client.tenant}/{client.user_id}/{upload_id}/original"
    held = BytesIO()
    if content is None:
        pages[0].save(held, "PDF", resolution=200, save_all=True, append_images=pages[1:])
    client.cloud.s3.put_object(Bucket=settings().bucket, Key=key, Body=content or held.getvalue())
    upload = Upload(
        upload_id=upload_id,
        owner_id=client.user_id,
        purpose="answer_sheet",
        file_name="sheets.pdf",
        content_type="application/pdf" if content is None else "image/png",
        size_bytes=1,
        key="-",
        state=state,
        expires_at=clock.now(),
        variants=[{"name": "original", "key": key, "content_type": "application/pdf", "size_bytes": 1}],
    )
    Unit().create(upload).commit()
    return upload_id
