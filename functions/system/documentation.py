"""The API's own description: the OpenAPI document and a page to read and try it, without the internet."""

import base64
import hashlib
from functools import cache
from importlib.resources import files


@cache
def openapi() -> str:
    """Return the OpenAPI document that was built from the routes."""
    return files("functions.system").joinpath("openapi.json").read_text()


@cache
def page() -> tuple[str, str]:
    """Return the documentation page, its script and style within it, and the policy that admits just those."""
    assets = files("aws_lambda_powertools.event_handler.openapi.swagger_ui")
    library = assets.joinpath("swagger-ui-bundle.min.js").read_text()
    style = assets.joinpath("swagger-ui.min.css").read_text()
    start = script()
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Lyceum API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head>'
        f'<body><main id="docs"></main><script>{library}</script><script>{start}</script></body></html>'
    )
    scripts = " ".join(f"'{_hash(script)}'" for script in (library, start))
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
        "connect-src 'self'; frame-ancestors 'none'"
    )
    return html, policy


def script() -> str:
    """Return the page's own script: how it is set up, and its search."""
    return files("functions.system").joinpath("docs_page.js").read_text()


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
