"""Files of a package for the frame in which it is played, each with a policy that lets it reach nothing else.

The page around the frame has no script, and may frame nothing but the package. Where there is an origin for packages,
frames inside a package are of one origin; else every page of it is alone (an opaque origin), and none can reach what
the browser keeps of the API's own.
"""

import json
import re
from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from lyceum.kit.errors import NotFound, TooLarge
from lyceum.kit.http.exchange import AnswerHeaders
from lyceum.kit.table import batch_fetch
from lyceum.model.integrations.packages import PackageRegistration, PackageUnit

from functions.integrations.packages import archive, play_sessions, scorm
from functions.integrations.packages.archive import Member
from functions.integrations.packages.play_sessions import PlaySession

RUNTIME = "~runtime.js"
"""A name of our own among the files: what gives a page of SCORM its programming interface."""
_JSON = "application/JSON"
"""Types have no case (RFC 9110, 8.3.1); in lower case the resolver would take the bytes of a file for a value."""
_MOST_ANSWERED = 4 << 20
_PLAYED = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".wav": "audio/wav"}
_PLAYED |= {".mp4": "video/mp4", ".webm": "video/webm"}
_TYPES = _PLAYED | {
    ".html": "text/html", ".htm": "text/html", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
    ".json": _JSON, ".map": _JSON, ".xml": "application/xml", ".xsd": "application/xml",
    ".dtd": "application/xml-dtd", ".txt": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8",
    ".csv": "text/csv", ".vtt": "text/vtt", ".srt": "text/plain", ".svg": "image/svg+xml", ".png": "image/png",
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif",
    ".ico": "image/x-icon", ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",
}  # fmt: skip
_PAGES = frozenset({".html", ".htm"})
_MARKUP = frozenset({".svg", ".xml"})
_HEAD = re.compile(rb"<head(\s[^>]*)?>", re.IGNORECASE)
_OPENING = re.compile(rb"<html(\s[^>]*)?>|<!doctype[^>]*>", re.IGNORECASE)
_LOOKED_AT = 64 * 1024
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_SHIM = Path(__file__).with_name("scorm_api.js")
_KEPT = "private, max-age=3600"


def page(ticket: str, answer: AnswerHeaders) -> str:
    """Return the page around the frame of a unit (1 storage request)."""
    with play_sessions.of_ticket(ticket) as sitting:
        unit = _unit(sitting)
        files = play_sessions.files_at(ticket)
        query = scorm.address_query(unit, sitting, ticket)
        address = f"{files}{quote(unit.unit['path'])}{'?' if query else ''}{query}"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; frame-src {files}; base-uri 'none'; form-action 'none'"
    answer.headers |= {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    title = escape(str(unit.unit["title"]))
    return (
        f'<!doctype html><html lang="und"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>html,body,iframe{margin:0;width:100%;height:100%;border:0;display:block}</style></head>"
        f'<body><iframe title="{title}" sandbox="{_allowed()}" allow="autoplay; fullscreen" '
        f'referrerpolicy="no-referrer" src="{escape(address)}"></iframe></body></html>'
    )


def file(ticket: str, path: str, headers: dict[str, str], answer: AnswerHeaders) -> str | bytes:
    """Return a file of a package (1 request to the bucket, 3 of a package that is new to the process).

    Raises NotFound for one that is not in it.
    """
    with play_sessions.of_ticket(ticket) as sitting:
        answer.headers |= _policies(ticket, sitting)
        if path == RUNTIME:
            answer.headers |= {"Content-Type": "text/javascript", "Cache-Control": "no-store"}
            return _runtime(sitting, ticket)
        member = archive.members(sitting.archive_key).get(path)
        if member is None:
            raise NotFound("The package has no such file.")
        answer.headers |= {"Content-Type": _type_of(path), "Cache-Control": _KEPT}
        return _body(sitting, member, ticket, headers, answer)


def _unit(sitting: PlaySession) -> PackageUnit:
    return PackageUnit.require(
        user_id=sitting.user_id, registration_id=sitting.registration_id, number=sitting.number, consistent=True
    )


def _allowed() -> str:
    """Say what a frame may do beside showing (HTML, sandbox): neither open windows nor lead the page elsewhere."""
    return "allow-scripts allow-forms" + (" allow-same-origin" if play_sessions.has_own_origin() else "")


def _policies(ticket: str, sitting: PlaySession) -> dict[str, str]:
    """Say what a file may do (CSP 3): use the package's own files, and tell what came of it."""
    own, base = play_sessions.files_at(ticket), play_sessions.base()
    told = {"cmi5": f"{base}/xapi/cmi5/", "web": ""}.get(sitting.form, f"{base}/xapi/runtime/{ticket}")
    rules = [
        f"sandbox {_allowed()}",
        "default-src 'none'",
        f"script-src {own} 'unsafe-inline' 'unsafe-eval' blob:",
        f"style-src {own} 'unsafe-inline'",
        f"img-src {own} data: blob:",
        f"media-src {own} data: blob:",
        f"font-src {own} data:",
        f"frame-src {own} blob:",
        f"worker-src {own} blob:",
        f"connect-src {own} {told}".strip(),
        "base-uri 'none'",
        "form-action 'none'",
        "object-src 'none'",
        "webrtc 'block'",
    ]
    return {
        "Content-Security-Policy": "; ".join(rules),
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-DNS-Prefetch-Control": "off",
    }


def _type_of(path: str) -> str:
    return _TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")


def _body(
    sitting: PlaySession, member: Member, ticket: str, headers: dict[str, str], answer: AnswerHeaders
) -> str | bytes:
    suffix = PurePosixPath(member.name).suffix.lower()
    if suffix in _PLAYED and not member.is_deflated:
        return _part(sitting, member, headers.get("range", ""), answer)
    if member.packed_bytes > _MOST_ANSWERED:
        raise TooLarge("This file is too large to be played from here.")
    is_told = sitting.form in {"scorm12", "scorm2004"} and suffix in _PAGES
    if member.is_deflated and not is_told and "gzip" in headers.get("accept-encoding", ""):
        answer.headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return archive.as_gzip(sitting.archive_key, member)
    found = archive.data(sitting.archive_key, member)
    return _with_runtime(found, ticket) if is_told else found


def _part(sitting: PlaySession, member: Member, asked: str, answer: AnswerHeaders) -> bytes:
    """Return a range of sound or film, as much of it as one answer holds (RFC 9110, 14.2)."""
    answer.headers["Accept-Ranges"] = "bytes"
    wanted = _RANGE.fullmatch(asked)
    start, last = 0, member.size_bytes - 1
    if wanted:
        start = int(wanted[1])
        last = min(int(wanted[2]) if wanted[2] else last, last)
    if start > last:
        answer.status = 416
        answer.headers["Content-Range"] = f"bytes */{member.size_bytes}"
        return b""
    count = min(last - start + 1, _MOST_ANSWERED)
    if wanted or count < member.size_bytes:
        answer.status = 206
        answer.headers["Content-Range"] = f"bytes {start}-{start + count - 1}/{member.size_bytes}"
    return archive.data(sitting.archive_key, member, start, count)


def _with_runtime(html: bytes, ticket: str) -> bytes:
    """Put what gives SCORM its interface first into a page."""
    address = f"{play_sessions.files_at(ticket)}{RUNTIME}"
    script = f'<script src="{escape(address)}"></script>'.encode()
    begun = html[:_LOOKED_AT]
    found = _HEAD.search(begun) or _OPENING.search(begun)
    at = found.end() if found else 0
    return html[:at] + script + html[at:]


def _runtime(sitting: PlaySession, ticket: str) -> str:
    """Return the script with what it begins from; raises NotFound for a package that has none (1 storage request)."""
    if sitting.form not in {"scorm12", "scorm2004"}:
        raise NotFound("The package has no such file.")
    named = [
        PackageUnit.at(user_id=sitting.user_id, registration_id=sitting.registration_id, number=sitting.number),
        PackageRegistration.at(user_id=sitting.user_id, content_id=sitting.content_id, lesson_id=sitting.lesson_id),
    ]
    unit, registration = batch_fetch(named, consistent=True)
    if not isinstance(unit, PackageUnit) or not isinstance(registration, PackageRegistration):
        raise NotFound("There is nothing here.")
    begins = scorm.beginning(unit, registration, f"{play_sessions.base()}/xapi/runtime/{ticket}")
    text = json.dumps(begins).replace("<", "\\u003c")
    return _SHIM.read_text().replace("/* begins */ null", text)
