"""The key of a pack, and the pin and chain that bind what comes back to it.

The key follows from the deployment's secret and the pack's id, so no storage and no event holds it.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from typing import Any

from lyceum.kit.identity import sealing
from lyceum.model.exams.sessions import ExamPack

_PURPOSE = "exam pack"


def key_of(pack: ExamPack) -> bytes:
    """Return the 32 bytes that open a pack and sign its chain."""
    return sealing.mac(_PURPOSE, str(pack.pack_id).encode())


def pin_of(pack: ExamPack) -> str:
    """Name a pack with its device and paper by a SHA-256."""
    return hashlib.sha256(f"{pack.pack_id}|{pack.device_id}|{pack.paper_hash}".encode()).hexdigest()


def encrypted(key: bytes, plain: bytes, bound_to: str) -> tuple[str, str]:
    """Encrypt by AES-256-GCM (NIST SP 800-38D) under a new nonce; returns nonce and content as base64."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return text(nonce), text(AESGCM(key).encrypt(nonce, plain, bound_to.encode()))


def text(content: bytes) -> str:
    """Write bytes as base64."""
    return base64.b64encode(content).decode()


def link(key: bytes, previous: str, entry: Mapping[str, Any]) -> str:
    """Return the hash of a chain's entry: HMAC-SHA256 (RFC 2104) of its canonical JSON and the hash before."""
    plain = json.dumps([previous, entry], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.digest(key, plain.encode(), hashlib.sha256).hex()
