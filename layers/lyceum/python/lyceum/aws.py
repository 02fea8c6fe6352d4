"""Clients of AWS services, built once a process and only when first used."""

from functools import cache
from typing import Any

_TIMEOUTS = {"connect_timeout": 2, "read_timeout": 10}


@cache
def client(service: str) -> Any:
    """Return the low-level client of `service`; the region and the endpoint come from the environment."""
    from botocore.config import Config
    from botocore.session import get_session

    options: dict[str, Any] = dict(_TIMEOUTS, retries={"mode": "standard", "total_max_attempts": 3})
    if service == "s3":
        options.update(signature_version="s3v4", s3={"addressing_style": "path"})
    return get_session().create_client(service, config=Config(**options))


@cache
def secret_text() -> str:
    """Return the deployment's random secret, with which cursors and links are signed."""
    from lyceum.settings import settings

    return str(client("secretsmanager").get_secret_value(SecretId=settings().secret)["SecretString"])
