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
from lyceum.messages.catalogue import LANGUAGES, words
from lyceum.messages.pages import page

_TEXTS = ("wants", "allow", "deny", "as", "sign_in", "name", "password", "code", "failed")


def html_and_policy() -> tuple[str, str]:
    """Return the page in the browser's language, and the policy that admits its script and nothing else."""
    return _page(_language(current().headers.get("accept-language", "")))


def _language(accepted: str) -> str | None:
    """Return the first language of a header that there are words in (RFC 9110, 12.5.4), in its order."""
    named = [each.partition(";")[0].strip().lower().partition("-")[0] for each in accepted[:200].split(",")]
    return next((each for each in named if each in LANGUAGES), None)


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
