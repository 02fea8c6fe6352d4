"""The console: a page for those who run a deployment, in plain modules that are served as they stand.

It is driven by the OpenAPI document, so a new operation that administers has its form without a change here.
"""

from functools import cache
from importlib.resources import files

from lyceum.kit.aws import clients
from lyceum.kit.errors import NotFound
from lyceum.kit.settings import settings

_FOLDER = "console"


@cache
def page() -> str:
    """Return the page."""
    return _read("index.html")


@cache
def style() -> str:
    """Return the style sheet."""
    return _read("style.css")


@cache
def module(name: str) -> str:
    """Return a module by its file name; raises NotFound for one that there is not."""
    if name not in _modules():
        raise NotFound("There is no such module.")
    return _read(f"modules/{name}")


@cache
def _modules() -> frozenset[str]:
    return frozenset(entry.name for entry in files("functions.system").joinpath(_FOLDER, "modules").iterdir())


def _read(name: str) -> str:
    return files("functions.system").joinpath(_FOLDER, name).read_text()


def policy() -> str:
    """Return the content policy of the page: its own modules and style, its own API, and the bucket for sent files."""
    bucket = f"{clients.client('s3').meta.endpoint_url}/{settings().bucket}"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' {bucket}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
