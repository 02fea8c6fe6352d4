"""Bodies that are forms, as OAuth and SAML send them: read strictly, and handed on as JSON."""

import json
from urllib.parse import parse_qsl

from lyceum.kit.errors import BadRequest
from lyceum.kit.http.exchange import Exchange

CONTENT_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 40


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
