"""Bodies that come otherwise than as plain JSON: forms, as OAuth and SAML send them, and what was packed."""

import base64
import json
import zlib
from urllib.parse import parse_qsl

from lyceum.kit.errors import BadRequest, TooLarge, UnsupportedMediaType
from lyceum.kit.http.exchange import Exchange

CONTENT_TYPE = "application/x-www-form-urlencoded"
PACKED_TYPE = "application/gzip"
"""Of JSON that was gzipped (RFC 6713). Gateways hand text types on as text, which breaks what is none."""
_MOST_FIELDS = 40
_GZIP_ALONE = 16 + zlib.MAX_WBITS


def unpack(asked: Exchange, most_bytes: int) -> None:
    """Put a gzipped body back as it was (RFC 9110, 8.4.1.3), never reading on beyond what the route takes.

    Its content type or its content encoding says that it is gzipped; what is inside of the type is JSON.
    Raises UnsupportedMediaType for another encoding, naming what is taken (RFC 9110, 12.5.3), TooLarge for a body that
    is longer than `most_bytes` when it is unpacked, and BadRequest for one that is broken or goes on behind its end.
    """
    coding = asked.headers.pop("content-encoding", "identity").strip().lower()
    if asked.headers.get("content-type", "").strip().lower() == PACKED_TYPE:
        coding, asked.headers["content-type"] = "gzip", "application/json"
    if coding in {"", "identity"}:
        return
    if coding not in {"gzip", "x-gzip"}:
        asked.answer.headers["Accept-Encoding"] = "gzip, identity"
        raise UnsupportedMediaType("Send the body as it is, or gzipped.")
    unpacking = zlib.decompressobj(_GZIP_ALONE)
    try:
        body = unpacking.decompress(asked.body, most_bytes + 1)
    except zlib.error:
        raise BadRequest("The body is not gzipped as it says.") from None
    if len(body) > most_bytes:
        raise TooLarge(f"The body may have {most_bytes} bytes at most, unpacked.")
    if not unpacking.eof or unpacking.unused_data:
        raise BadRequest("The body is not gzipped as it says.")
    asked.event["body"], asked.event["isBase64Encoded"] = base64.b64encode(body).decode(), True


def write_as_json(asked: Exchange) -> None:
    """Put a JSON object of texts in the place of a form; a field without a value is left out (RFC 6749, 3.1).

    Raises BadRequest for what is no form, a field that comes twice, and more than forty fields.
    """
    try:
        text = asked.body.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise BadRequest("The body is not a valid form.") from None
    if len({name for name, _ in pairs}) != len(pairs):
        raise BadRequest("A field of the form may come once.")
    fields = {name: value for name, value in pairs if value}
    asked.event["body"], asked.event["isBase64Encoded"] = json.dumps(fields), False
    asked.headers["content-type"] = "application/json"
