"""A small course to look at, packed as capsules are: see `moving.contents`."""

from importlib.resources import files

from lyceum.kit import context
from lyceum.kit.table.whole_tenants import put_all

from functions.organizations.moving import contents


def load() -> None:
    """Write the demonstration course into the current tenant; done again, it writes the same."""
    lines = files("functions.organizations").joinpath("demo_content.jsonl").read_text().splitlines()
    put_all([contents.unpack(line, context.tenant()) for line in lines])
