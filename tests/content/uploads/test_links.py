"""Where the content network is deployed, links to files are signed for it."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from tests.content.conftest import Library
from tests.support.clock import Clock


@pytest.fixture
def key(library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[rsa.RSAPrivateKey]:
    made = rsa.generate_private_key(65537, 2048)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    secret = clients.client("secretsmanager").create_secret(Name="edge-key", SecretString=pem)["ARN"]
    for name, value in {"DOMAIN": "files.example", "KEY_ID": "K123", "SECRET": secret}.items():
        monkeypatch.setenv(f"LYCEUM_EDGE_{name}", value)
    settings.cache_clear()
    yield made
    monkeypatch.undo()
    settings.cache_clear()
    clients.edge_signer.cache_clear()


def test_a_link_of_the_content_network_is_signed_for_five_minutes(
    library: Library, key: rsa.RSAPrivateKey, clock: Clock
) -> None:
    content_id = library.published()
    address = urlsplit(library.client.as_("student").get(f"/api/content/{content_id}/file").data["url"])
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (address.scheme, address.netloc, query["Key-Pair-Id"]) == ("https", "files.example", "K123")
    assert address.path.startswith("/derived/") and int(query["Expires"]) == int(clock.at.timestamp()) + 300
    condition = {"DateLessThan": {"AWS:EpochTime": int(query["Expires"])}}
    policy = {"Statement": [{"Resource": f"https://files.example{address.path}", "Condition": condition}]}
    signature = base64.b64decode(query["Signature"].translate(str.maketrans("-_~", "+=/")))
    signed = json.dumps(policy, separators=(",", ":")).encode()
    sha1 = hashes.SHA1()  # noqa: S303 - what CloudFront verifies
    key.public_key().verify(signature, signed, padding.PKCS1v15(), sha1)
