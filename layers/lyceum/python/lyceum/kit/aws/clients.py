"""Clients of AWS services, built once a process and only when first used."""

import os
from functools import cache
from typing import Any, Literal

SOCKET_STAGE = "live"
"""The one stage of the WebSocket API."""
built: list[Any] = []
"""The clients of this process, whose connections do not outlive a snapshot."""
_CONNECT_SECONDS, _READ_SECONDS = 2, 10
_ONCE = frozenset({"sesv2", "sns", "bedrock-runtime"})
_MODEL_SECONDS = 20
"""A person waits for a language model, and the gateway for 30 seconds at most."""


@cache
def client(service: str) -> Any:
    """Return the low-level client of `service`; the region and the endpoint come from the environment."""
    from botocore.config import Config
    from botocore.session import get_session

    from lyceum.kit.settings import settings

    attempts = 1 if service in _ONCE else 3  # a message whose answer is lost may be on its way
    seconds = _MODEL_SECONDS if service == "bedrock-runtime" else _READ_SECONDS * settings().patience
    options: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, "read_timeout": seconds}
    options["retries"] = {"mode": "standard", "total_max_attempts": attempts}
    if service == "s3":
        options.update(signature_version="s3v4", s3={"addressing_style": "path"})
    made = get_session().create_client(service, config=Config(**options))
    built.append(made)
    return made


@cache
def sockets() -> Any:
    """Return the client that posts to open WebSocket connections."""
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
    return get_session().create_client("apigatewaymanagementapi", endpoint_url=socket_address("http"), config=config)


def socket_address(scheme: Literal["http", "ws"]) -> str:
    """Return where the WebSocket API is: for connections (`ws`), or for what is posted to them (`http`)."""
    from lyceum.kit.settings import settings

    api = settings().socket_api
    emulator = os.environ.get("AWS_ENDPOINT_URL")
    if emulator:
        return f"{scheme}://{emulator.partition('://')[2]}/_aws/execute-api/{api}/{SOCKET_STAGE}"
    region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
    return f"{scheme}s://{api}.execute-api.{region}.amazonaws.com/{SOCKET_STAGE}"


@cache
def secret_text() -> str:
    """Return the deployment's random secret, with which cursors and links are signed."""
    from lyceum.kit.settings import settings

    return str(client("secretsmanager").get_secret_value(SecretId=settings().secret)["SecretString"])


@cache
def edge_signer() -> Any:
    """Return what signs addresses of the content network, with the key that is kept as a secret."""
    from botocore.signers import CloudFrontSigner
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    from lyceum.kit.settings import settings

    pem = client("secretsmanager").get_secret_value(SecretId=settings().edge_secret)["SecretString"]
    key: Any = serialization.load_pem_private_key(pem.encode(), None)

    def sign(message: bytes) -> bytes:
        signature: bytes = key.sign(message, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - what CloudFront verifies
        return signature

    return CloudFrontSigner(settings().edge_key_id, sign)


def is_passing(error: Exception) -> bool:
    """Say whether a failure is a service's, the way's to it or the machine's, so that another try may do better."""
    from botocore.exceptions import BotoCoreError, ClientError

    from lyceum.kit.errors import DomainError

    return isinstance(error, (BotoCoreError, ClientError, DomainError, OSError))


def error_code(error: Exception) -> str | None:
    """Return the code with which a service refused a call, or None for any other failure."""
    answer: dict[str, Any] = getattr(error, "response", {})
    code: str | None = answer.get("Error", {}).get("Code")
    return code
