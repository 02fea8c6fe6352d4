"""The page on which a person lets a client in, or does not: the authorization endpoint of browsers.

It shows nothing by itself. Its script gets a token by the refresh cookie or by a sign-in on the page, asks the API what
the client wants, and leads the browser where the API says.
"""

import base64
import hashlib
import html
import json
from functools import cache
from importlib.resources import files

from lyceum.kit.http.exchange import current
from lyceum.messages import spoken
from lyceum.messages.catalogue import words
from lyceum.messages.pages import page

_TEXTS = ("wants", "allow", "deny", "as", "sign_in", "name", "password", "code", "failed")


def html_and_policy() -> tuple[str, str]:
    """Return the page in the browser's language, and the policy that admits its script and nothing else."""
    return _page(spoken.accepted(current().headers.get("accept-language", "")))


@cache
def _page(language: str | None) -> tuple[str, str]:
    texts = {name: words(language, f"consent.{name}") for name in _TEXTS}
    script = (
        f"const words = {json.dumps(texts)};\n" + files("functions.auth.provider").joinpath("consent.js").read_text()
    )
    noscript = f"<noscript><p>{html.escape(words(language, 'consent.script'))}</p></noscript>"
    body = f'<main id="consent" aria-live="polite"></main>{noscript}<script>{script}</script>'
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return page(language, "consent.title", body), policy
