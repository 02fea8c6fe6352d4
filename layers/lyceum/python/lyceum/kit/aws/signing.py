"""Requests to services of AWS that are called by their own address, signed with the function's credentials."""

import hashlib
from collections.abc import Mapping


def signed(method: str, address: str, body: bytes, headers: Mapping[str, str], *, service: str) -> dict[str, str]:
    """Return the headers of a request with its signature (Signature Version 4) and the digest of its body."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.session import get_session

    session = get_session()
    request = AWSRequest(
        method=method,
        url=address,
        data=body,
        headers={**headers, "x-amz-content-sha256": hashlib.sha256(body).hexdigest()},
    )
    SigV4Auth(session.get_credentials(), service, session.get_config_variable("region")).add_auth(request)
    return {name: value for name, value in request.headers.items() if name.lower() != "host"}
