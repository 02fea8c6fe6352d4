"""XML from outside: read element by element, without document types, entities or the network, within a depth."""

from collections.abc import Callable, Collection, Iterator
from html import escape
from typing import IO
from xml.etree.ElementTree import Element

from functions.imports.syntax.limits import MOST_DEPTH, Unreadable

_MOST_ELEMENTS = 20_000
_EMPTY = {"br", "hr", "img"}


def elements(source: IO[bytes], names: Collection[str]) -> Iterator[Element]:
    """Yield each element of these names once it is complete, and forget it then, so that memory holds one at a time.

    Raises Unreadable for what is not well-formed, for any document type, for more than 60 elements inside each other,
    and for more than 20 000 in one that is yielded.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    open_elements: list[Element] = []
    kept = 0
    try:
        for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                open_elements.append(element)
                kept += 1
                if len(open_elements) > MOST_DEPTH or kept > _MOST_ELEMENTS:
                    raise Unreadable(
                        f"More than {MOST_DEPTH} elements stand inside each other, or {_MOST_ELEMENTS} in one question."
                    )
                continue
            open_elements.pop()
            if local(element) in names:
                yield element
                kept = 0
                element.clear()
                if open_elements:
                    open_elements[-1].clear()
    except DefusedXmlException:
        raise Unreadable("The XML declares a document type or entities, which are not taken.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(f"The XML is not well-formed: {str(error)[:100]}.") from None


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def child(element: Element, name: str) -> Element | None:
    """Return the first child of a name, in whatever namespace."""
    return next((each for each in element if local(each) == name), None)


def children(element: Element, name: str) -> list[Element]:
    """Return the children of a name, in whatever namespace."""
    return [each for each in element if local(each) == name]


def descendants(element: Element, *names: str) -> list[Element]:
    """Return everything below an element that has one of these names, in the order of the text."""
    return [each for each in element.iter() if local(each) in names]


def text_of(element: Element | None) -> str:
    """Return all text in an element, without markup."""
    return "".join(element.itertext()).strip() if element is not None else ""


def inner(element: Element, replace: Callable[[Element], str | None] = lambda _: None) -> str:
    """Write what is in an element as HTML without namespaces; `replace` may give the text in an element's place."""
    parts = [escape(element.text or "", quote=False)]
    for each in element:
        parts += [_outer(each, replace), escape(each.tail or "", quote=False)]
    return "".join(parts).strip()


def _outer(element: Element, replace: Callable[[Element], str | None]) -> str:
    stands_for = replace(element)
    if stands_for is not None:
        return stands_for
    name = local(element)
    if not name:
        return ""
    attributes = "".join(
        f' {key}="{escape(value)}"' for key, value in element.attrib.items() if not key.startswith("{")
    )
    return f"<{name}{attributes}>" if name in _EMPTY else f"<{name}{attributes}>{inner(element, replace)}</{name}>"
