"""Which files students can send at all, and so which an assignment may ask for."""

HAND_IN_TYPES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.text",
        "audio/mpeg",
        "audio/mp4",
        "audio/ogg",
        "audio/wav",
        "audio/flac",
        "audio/webm",
        "video/mp4",
        "video/quicktime",
        "video/webm",
        "text/plain",
        "text/markdown",
        "text/html",
    }
)
"""Content types that students can send for some purpose, as the content domain's own table says."""
