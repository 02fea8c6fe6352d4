"""Clients of AWS services, built once a process and only when first used."""

from functools import cache
from typing import Any

_TIMEOUTS = {"connect_timeout": 2, "read_timeout": 10}


@cache
def client(service: str) -> Any:
    """Return the low-level client of `service`; the region and the endpoint come from the environment."""
    from botocore.config import Config
    from botocore.session import get_session

    attempts = 1 if service == "sesv2" else 3  # a mail whose answer is lost may be on its way
    options: dict[str, Any] = dict(_TIMEOUTS, retries={"mode": "standard", "total_max_attempts": attempts})
    if service == "s3":
        options.update(signature_version="s3v4", s3={"addressing_style": "path"})
    return get_session().create_client(service, config=Config(**options))


@cache
def secret_text() -> str:
    """Return the deployment's random secret, with which cursors and links are signed."""
    from lyceum.settings import settings

    return str(client("secretsmanager").get_secret_value(SecretId=settings().secret)["SecretString"])


def link(key: str, seconds: int) -> str:
    """Sign an address from which an object of the deployment's bucket can be fetched for a while."""
    from lyceum.settings import settings

    return str(client("s3").generate_presigned_url("get_object", {"Bucket": settings().bucket, "Key": key}, ExpiresIn=seconds))


def error_code(error: Exception) -> str | None:
    """Return the code with which a service refused a call, or None for any other failure."""
    answer: dict[str, Any] = getattr(error, "response", {})
    code: str | None = answer.get("Error", {}).get("Code")
    return code
