"""Files as people send them, good and hostile, made here so that each byte of them is known."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from escalation.rules.file_types import MEBIBYTE

PERSON = "19121212-1212"
"""An identity number that has been nobody's for a hundred years: the one of all examples."""

MAIN = "application/vnd.openxmlformats-officedocument."
DOCX_MAIN = f"{MAIN}wordprocessingml.document.main+xml"
DOCX_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
XLSX_MAIN = f"{MAIN}spreadsheetml.sheet.main+xml"


def pdf(extra: bytes = b"", after: bytes = b"\n") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + extra + b"trailer << /Root 1 0 R >>\n%%EOF" + after


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 2, height: int = 2) -> bytes:
    rows = zlib.compress(b"".join(b"\x00" + b"\xff" * 3 * min(width, 8) for _ in range(min(height, 8))))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def jpeg(width: int = 2, height: int = 2, after: bytes = b"") -> bytes:
    head = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x2a"
    return b"\xff\xd8" + head + frame + scan + b"\xff\xd9" + after


def package(entries: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 0, 0, 0)), content, method)
    return made.getvalue()


def types(main: str) -> str:
    return f'<?xml version="1.0"?><Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'


def docx(
    body: str = "<w:p><w:r><w:t>Så här samordnar vi.</w:t></w:r></w:p>",
    more: Mapping[str, str | bytes] | None = None,
    main: str = DOCX_MAIN,
) -> bytes:
    document = f'<w:document xmlns:w="http://schemas.openxmlformats.org/w"><w:body>{body}</w:body></w:document>'
    return package({"[Content_Types].xml": types(main), "word/document.xml": document, **(more or {})})


def xlsx(
    strings: str = "<si><t>Antal samordnade planer</t></si>",
    cells: str = '<c r="A1" t="s"><v>0</v></c><c r="B1"><v>412</v></c>',
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    return package(
        {
            "[Content_Types].xml": types(XLSX_MAIN),
            "xl/workbook.xml": '<workbook><sheets><sheet name="Blad1" sheetId="1"/></sheets></workbook>',
            "xl/sharedStrings.xml": f"<sst>{strings}</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>",
            **(more or {}),
        }
    )


def ole(inside: bytes = "EncryptedPackage".encode("utf-16-le")) -> bytes:
    """What Office wraps a file in that is locked with a password."""
    return bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 504 + inside + b"\x00" * 512


def locked_entries(content: bytes) -> bytes:
    """The same archive with every entry marked as encrypted."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(signature, at + 4)
    return bytes(changed)


GOOD: dict[str, bytes] = {
    "Underlag 2026.pdf": pdf(),
    "Rutin för vårdcentralen.docx": docx(),
    "siffror.xlsx": xlsx(),
    "skärmbild.PNG": png(),
    "foto.jpg": jpeg(after=b"a telephone's second picture"),
    "foto.jpeg": jpeg(),
}

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(document.domain)</script>"

HOSTILE: dict[str, tuple[str, bytes, str]] = {
    # what it is -> its name, its content, why it is refused (a key of REFUSALS)
    "svg script as png": ("bild.png", SVG, "other_content"),
    "svg as svg": ("bild.svg", SVG, "extension"),
    "html as pdf": ("underlag.pdf", HTML, "other_content"),
    "html before a pdf": ("underlag.pdf", HTML + pdf(), "other_content"),
    "pdf and archive": ("underlag.pdf", pdf(after=package({"x.js": "alert(1)"})), "other_content"),
    "pdf and much more": ("underlag.pdf", pdf(after=b"\n" + b"x" * 2000), "other_content"),
    "png and html": ("bild.png", png() + HTML, "other_content"),
    "png as jpeg": ("bild.jpg", png(), "other_content"),
    "pdf as docx": ("text.docx", pdf(), "other_content"),
    "docx as xlsx": ("tabell.xlsx", docx(), "other_content"),
    "any archive as docx": ("text.docx", package({"a.txt": "a"}), "other_content"),
    "archive that only looks like docx": (
        "text.docx", package({"[Content_Types].xml": types("text/html"), "word/document.xml": "<x/>"}), "other_content",
    ),
    "html before a docx": ("text.docx", HTML + docx(), "other_content"),
    "program": ("underlag.pdf.exe", b"MZ" + b"\x00" * 100, "extension"),
    "pdf called program": ("underlag.pdf.exe", pdf(), "extension"),
    "no extension": ("underlag", pdf(), "extension"),
    "only an extension": (".pdf", pdf(), "extension"),
    "no name": ("  ", pdf(), "no_name"),
    "right to left": ("underlag\u202efdp.exe.pdf", pdf(), "name_unprintable"),
    "line break in the name": ("underlag\r\nX-Header: 1.pdf", pdf(), "name_unprintable"),
    "null in the name": ("underlag.exe\x00.pdf", pdf(), "name_unprintable"),
    "300 signs": ("a" * 296 + ".pdf", pdf(), "name_too_long"),
    "person in the name": (f"plan {PERSON}.pdf", pdf(), "name_identity_number"),
    "person in the name with underscore": ("191212121212_plan.pdf", pdf(), "name_identity_number"),
    "empty": ("underlag.pdf", b"", "empty"),
    "eleven mebibytes": ("underlag.pdf", pdf(extra=b"%" * 11 * MEBIBYTE), "too_big"),
    "pdf with a password": ("underlag.pdf", pdf(b"<< /Encrypt 5 0 R /Root 1 0 R >>\n"), "protected"),
    "docx with a password": ("text.docx", ole(), "protected"),
    "xlsx with a password": ("tabell.xlsx", ole(), "protected"),
    "doc as docx": ("text.docx", ole(b"WordDocument"), "old_format"),
    "locked archive": ("text.docx", locked_entries(docx()), "protected"),
    "macros by their file": ("text.docx", docx(more={"word/vbaProject.bin": b"\x00"}), "macros"),
    "macros by their type": ("text.docx", docx(main=DOCX_MACROS), "macros"),
    "macro sheet": ("tabell.xlsx", xlsx(more={"xl/macrosheets/sheet1.xml": "<x/>"}), "macros"),
    "program within": ("text.docx", docx(more={"word/embeddings/oleObject1.bin": b"MZ"}), "embedded"),
    "two files within each other": (
        "text.docx",
        docx(more={"word/embeddings/a.docx": docx(more={"word/embeddings/b.xlsx": xlsx()})}),
        "embedded",
    ),
    "bomb by size": ("text.docx", docx(more={"word/media/a.png": b"\x00" * 101 * MEBIBYTE}), "bomb"),
    "bomb by number": ("text.docx", docx(more={f"word/media/{n}": b"" for n in range(2000)}), "bomb"),
    "bomb by text": ("text.docx", docx("<w:p/>" * 6 * MEBIBYTE), "bomb"),
    "bomb by digits": ("text.docx", docx("1 " * 600_000), "bomb"),
    "text without an end": ("text.docx", docx("<![CDATA[" * 9), "damaged"),
    "bomb of entities": (
        "text.docx", docx(more={"word/footer.xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}), "damaged",
    ),
    "way out of the archive": ("text.docx", docx(more={"word/../../etc/passwd": "x"}), "damaged"),
    "half a docx": ("text.docx", docx()[:-40], "damaged"),
    "half a pdf": ("underlag.pdf", pdf()[:-10], "damaged"),
    "half a png": ("bild.png", png()[:-20], "damaged"),
    "half a jpeg": ("foto.jpg", jpeg()[:-5], "damaged"),
    "png with a wrong sum": ("bild.png", png().replace(b"IDAT", b"IDAX"), "damaged"),
    "png of no size": ("bild.png", png(width=0), "damaged"),
    "png as wide as a street": ("bild.png", png(width=2**31 - 1, height=2**31 - 1), "pixels"),
    "jpeg of four milliard pixels": ("foto.jpg", jpeg(width=65535, height=65535), "pixels"),
    "person in a docx": ("text.docx", docx(f"<w:p><w:t>Planen för {PERSON}</w:t></w:p>"), "identity_number"),
    "person in an xlsx": ("tabell.xlsx", xlsx(f"<si><t>{PERSON}</t></si>"), "identity_number"),
}  # fmt: skip
