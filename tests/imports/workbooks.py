"""Small workbooks, written by hand (ECMA-376, part 1), for nothing of the product writes them."""

import io
import zipfile
from xml.sax.saxutils import escape

_TYPES = """<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Value = str | float | bool | None


def workbook(rows: list[list[Value]], stray: str = "") -> bytes:
    """Write one sheet; `stray` is the place of one more cell."""
    body = "".join(f'<row r="{number}">{_cells(row)}</row>' for number, row in enumerate(rows, 1))
    if stray:
        body += f'<row><c r="{stray}"><v>1</v></c></row>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", _TYPES)
        file.writestr(
            "_rels/.rels",
            _RELATIONS.format(f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'),
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            _RELATIONS.format(f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'),
        )
        sheets = f'<sheets><sheet name="Questions" sheetId="1" r:id="r1" xmlns:r="{_OFFICE}"/></sheets>'
        file.writestr("xl/workbook.xml", f'<?xml version="1.0"?><workbook xmlns="{_MAIN}">{sheets}</workbook>')
        file.writestr(
            "xl/worksheets/sheet1.xml",
            f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>',
        )
    return out.getvalue()


def _cells(row: list[Value]) -> str:
    return "".join(_cell(value) for value in row)


def _cell(value: Value) -> str:
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value or "")}</t></is></c>'
