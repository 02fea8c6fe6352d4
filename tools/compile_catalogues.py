"""Compiles the catalogues of words, which gettext reads at run time: `python -m tools.compile_catalogues`."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lyceum.messages.catalogue import LOCALES


def sources() -> list[Path]:
    """Return the catalogue of each language as people edit it."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))


def read(source: Path) -> Catalog:
    """Read a catalogue; raises babel.messages.pofile.PoFileError for a line that is none of a catalogue."""
    with source.open("rb") as file:
        return read_po(file, locale=source.parents[1].name, abort_invalid=True)


def compile_all() -> None:
    """Write the compiled catalogue beside each source."""
    for source in sources():
        compiled = BytesIO()
        write_mo(compiled, read(source))
        source.with_suffix(".mo").write_bytes(compiled.getvalue())
        print(f"· {source.parents[1].name}: {source.with_suffix('.mo').name}")


if __name__ == "__main__":
    compile_all()
