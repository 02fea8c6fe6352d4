"""What an item declares of its responses: which answers are right, and what each is worth."""

from decimal import Decimal
from xml.etree.ElementTree import Element

from functions.imports.syntax.drafts import decimal_of
from functions.imports.syntax.safe_xml import child, children, text_of


def template_of(item: Element) -> str:
    """Name the template of an item's response processing."""
    processing = child(item, "responseProcessing")
    address = processing.get("template", "") if processing is not None else ""
    return address.rpartition("/")[2]


def declaration_of(item: Element, interaction: Element) -> Element | None:
    """Return the response declaration of an interaction."""
    name = interaction.get("responseIdentifier")
    return next((each for each in children(item, "responseDeclaration") if each.get("identifier") == name), None)


def correct_of(declaration: Element | None) -> list[str]:
    """Return the right values that a declaration names."""
    right = child(declaration, "correctResponse") if declaration is not None else None
    return [text_of(value) for value in children(right, "value")] if right is not None else []


def mapped_of(declaration: Element | None) -> dict[str, Decimal]:
    """Return what a declaration maps each value to."""
    mapping = child(declaration, "mapping") if declaration is not None else None
    entries = children(mapping, "mapEntry") if mapping is not None else []
    return {entry.get("mapKey", ""): decimal_of(entry.get("mappedValue", "0")) or Decimal(0) for entry in entries}
