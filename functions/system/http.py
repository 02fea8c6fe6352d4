"""The system about itself: health and documentation."""

from typing import Annotated

from pydantic import StringConstraints

from lyceum.kit.http import PUBLIC, Answer, Api
from lyceum.kit.long_jobs import routes as long_jobs

from functions.system import console, documentation
from functions.system.health import health
from functions.system.schemas import Health

_PAGE = "public, max-age=300"
Module = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,40}\.js$")]
api = Api("system")
handler = api.handler
long_jobs.serve(api)


@api.get("/api/health", access=PUBLIC)
def show_health() -> Health:
    """Say whether the product and what it leans on are working."""
    return health()


@api.get("/openapi.json", access=PUBLIC, cache_control=_PAGE, raw="application/json")
def show_openapi() -> str:
    """Return this API's OpenAPI 3.1 document."""
    return documentation.openapi()


@api.get("/docs", access=PUBLIC, cache_control=_PAGE, raw="text/html; charset=utf-8")
def show_docs(answer: Answer) -> str:
    """Return a page on which the API can be read and tried."""
    page, policy = documentation.page()
    answer.headers["Content-Security-Policy"] = policy
    return page


@api.get("/console", access=PUBLIC, cache_control=_PAGE, raw="text/html; charset=utf-8")
def show_console(answer: Answer) -> str:
    """Return the page of those who run the deployment; what they see on it their rights decide."""
    answer.headers["Content-Security-Policy"] = console.policy()
    return console.page()


@api.get("/console/style.css", access=PUBLIC, cache_control=_PAGE, raw="text/css; charset=utf-8")
def show_console_style() -> str:
    """Return the console's style sheet."""
    return console.style()


@api.get("/console/modules/{module}", access=PUBLIC, cache_control=_PAGE, raw="text/javascript; charset=utf-8")
def show_console_module(module: Module) -> str:
    """Return one of the console's modules."""
    return console.module(module)
