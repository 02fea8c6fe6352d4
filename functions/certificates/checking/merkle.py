"""Merkle trees over hashes, as Certificate Transparency builds them (RFC 9162, 2.1).

Leaves and inner nodes are hashed with different first bytes, so none can be taken for the other.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

_LEAF, _NODE = b"\0", b"\1"


def leaf(document_hash: str) -> bytes:
    """Return the node of a document's hash."""
    return hashlib.sha256(_LEAF + bytes.fromhex(document_hash)).digest()


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def levels(hashes: Sequence[str]) -> list[list[bytes]]:
    """Return the nodes of a tree by level, the leaves first; one that has no neighbour moves up as it is.

    Raises ValueError for no hashes.
    """
    if not hashes:
        raise ValueError("a tree has at least one leaf")
    found = [[leaf(each) for each in hashes]]
    while len(found[-1]) > 1:
        below = found[-1]
        pairs = [below[start : start + 2] for start in range(0, len(below), 2)]
        found.append([_joined(*pair) if len(pair) == 2 else pair[0] for pair in pairs])
    return found


def root(tree: Sequence[Sequence[bytes]]) -> str:
    """Return the root of a tree in hexadecimal."""
    return tree[-1][0].hex()


def path(tree: Sequence[Sequence[bytes]], index: int) -> list[dict[str, Any]]:
    """Return the neighbours from a leaf up to the root, each with the side on which it stands."""
    steps = []
    for level in tree[:-1]:
        neighbour = index ^ 1
        if neighbour < len(level):
            steps.append({"hash": level[neighbour].hex(), "side": "right" if neighbour > index else "left"})
        index //= 2
    return steps


def leads_to(document_hash: str, steps: Sequence[dict[str, Any]], expected: str) -> bool:
    """Say whether the way up from a document's hash ends at a root."""
    node = leaf(document_hash)
    for step in steps:
        other = bytes.fromhex(step["hash"])
        node = _joined(other, node) if step["side"] == "left" else _joined(node, other)
    return node.hex() == expected
