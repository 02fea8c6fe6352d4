"""DuckDB, locked down: it reads and writes one folder, reaches no network, and its settings can not be changed again.

SQL is ours alone; nothing that a caller sends becomes part of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_MEMORY = "600MB"


@contextmanager
def opened() -> Iterator[tuple[Any, Path]]:
    """Open an engine in a folder of its own, which goes with it; it asks for the layer `lake`."""
    import duckdb

    with TemporaryDirectory() as name:
        folder = Path(name)
        connection = duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY, "temp_directory": str(folder)})
        connection.execute(f"SET home_directory='{folder}'")
        connection.execute("SET TimeZone='UTC'")
        connection.execute(f"SET allowed_directories=['{folder}']")
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        try:
            yield connection, folder
        finally:
            connection.close()
