"""What a JPEG says beside its picture."""

_SCAN = 0xDA
_METADATA = frozenset({0xE1, 0xED, 0xFE})
"""Segments of EXIF and XMP, of Photoshop and IPTC, and comments."""


def without_segments(jpeg: bytes) -> bytes:
    """Drop a JPEG's segments of metadata (ITU-T T.81, B.1.1.4) without touching what it shows."""
    kept, at = [jpeg[:2]], 2
    while jpeg[at : at + 1] == b"\xff" and at + 4 <= len(jpeg) and jpeg[at + 1] != _SCAN:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in _METADATA:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])
