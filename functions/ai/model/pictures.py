"""A picture that a student sends along: one of their own uploads, as the product has processed it."""

from lyceum.kit.aws import clients
from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.settings import settings
from lyceum.model.content.uploads import Upload

from functions.ai.model.port import Picture

_FORMATS = {"image/webp": "webp", "image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif"}
_MOST_BYTES = 3_750_000


def read(caller: Principal, upload_id: str) -> Picture:
    """Read the largest variant that a model takes (2 requests); raises NotFound and RuleViolation NOT_A_PICTURE."""
    upload = Upload.fetch(upload_id=upload_id)
    if upload is None or upload.owner_id != caller.user_id or upload.state != "ready":
        raise NotFound("There is no such upload.")
    fitting = [
        each
        for each in upload.variants
        if each.get("contentType", each.get("content_type")) in _FORMATS and _size(each) <= _MOST_BYTES
    ]
    if not fitting:
        raise rule_violation("NOT_A_PICTURE", "This upload is no picture that the tutor can look at.")
    chosen = max(fitting, key=_size)
    found = clients.client("s3").get_object(Bucket=settings().bucket, Key=chosen["key"])
    kind = chosen.get("contentType", chosen.get("content_type"))
    return Picture(_FORMATS[str(kind)], found["Body"].read(_MOST_BYTES))


def _size(variant: dict[str, object]) -> int:
    return int(str(variant.get("sizeBytes", variant.get("size_bytes", 0))))
