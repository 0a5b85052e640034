"""Files as people send them, good and hostile, made here so that each byte of them is known."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO

from pypdf import PdfWriter

from escalation.documents.content import MEBIBYTE

PERSON = "19121212-1212"
"""The identity number of all examples, which belongs to no living person."""

MAIN = "application/vnd.openxmlformats-officedocument."
DOCX_MAIN = f"{MAIN}wordprocessingml.document.main+xml"
DOCX_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
XLSX_MAIN = f"{MAIN}spreadsheetml.sheet.main+xml"


def pdf(
    extra: bytes = b"",
    after: bytes = b"\n",
    *,
    text: str = "",
    catalog: bytes = b"",
    page: bytes = b"",
    objects: Sequence[bytes] = (),
) -> bytes:
    """One page. ``catalog`` and ``page`` are further entries of theirs, ``objects`` number 6 and on."""
    shown = zlib.compress(b"BT /F1 12 Tf 72 720 Td (" + text.encode("latin-1") + b") Tj ET")
    body = b"%PDF-1.7\n"
    places = []
    for number, inside in enumerate(
        (
            b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> " + page + b" >>",
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(shown) + shown + b"\nendstream",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            *objects,
        ),
        1,
    ):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + inside + b"\nendobj\n"
    body += extra
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + table
    end += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, len(body))
    return body + end + after


def packed_pdf(catalog: bytes = b"", objects: Sequence[bytes] = ()) -> bytes:
    """The same with all objects in one compressed stream, as most programs write it; ``objects`` number 4 and on."""
    packed = (
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    )
    count = len(packed)
    places = [sum(map(len, packed[:n])) + n for n in range(count)]
    heads = " ".join(f"{n + 1} {place}" for n, place in enumerate(places)).encode() + b" "
    inside = zlib.compress(heads + b" ".join(packed))
    body = b"%PDF-1.7\n"
    first = len(body)
    body += b"%d 0 obj\n<< /Type /ObjStm /N %d /First %d" % (count + 1, count, len(heads))
    body += b" /Filter /FlateDecode /Length %d >>\nstream\n" % len(inside) + inside + b"\nendstream\nendobj\n"
    rows = [(0, 0, 65535), *((2, count + 1, n) for n in range(count)), (1, first, 0), (1, len(body), 0)]
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    end = b"%d 0 obj\n<< /Type /XRef /Size %d /W [1 4 2] /Root 1 0 R" % (count + 2, count + 3)
    end += b" /Filter /FlateDecode /Length %d >>\nstream\n" % len(table) + table + b"\nendstream\nendobj\n"
    return body + end + b"startxref\n%d\n%%%%EOF\n" % len(body)


def locked_pdf(user: str, owner: str, algorithm: str = "AES-256") -> bytes:
    """With a password to open it, or with none but one to change it."""
    writer = PdfWriter(clone_from=BytesIO(pdf(text="Rutin")))
    writer.encrypt(user, owner, algorithm=algorithm)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


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


def relations(*said: str) -> str:
    """A part's relations, each with its own attributes."""
    return f"<Relationships>{''.join(f'<Relationship {one}/>' for one in said)}</Relationships>"


TYPE = 'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
OUTSIDE = 'Target="https://example.org/x" TargetMode="External"'


def field(*runs: str) -> str:
    """A field of Word, its instruction split over these runs."""
    parts = "".join(f'<w:r><w:instrText xml:space="preserve">{run}</w:instrText></w:r>' for run in runs)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{parts}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"

GOOD: dict[str, bytes] = {
    "Underlag 2026.pdf": pdf(text="Rutin 2026-11-23, dnr KS 2021/1272"),
    "i strömmar.pdf": packed_pdf(),
    "bara ägaren har lösenord.pdf": locked_pdf("", "hemligt"),
    "bara ägaren har ett äldre lösenord.pdf": locked_pdf("", "hemligt", "RC4-128"),
    "med en länk.pdf": pdf(
        page=b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://se.se/Launch) >> >>]"
    ),
    "med en länk.docx": docx(more={"word/_rels/document.xml.rels": relations(f'{TYPE}hyperlink" {OUTSIDE}')}),
    "med ett fält.docx": docx(field("PAGE ", r"\* MERGEFORMAT") + field('HYPERLINK "https://dde.se/dde"')),
    "med en bild.docx": docx(
        more={
            "word/_rels/document.xml.rels": relations(f'{TYPE}image" Target="media/a.svg"'),
            "word/media/a.svg": "<!DOCTYPE svg><svg/>",
            "word/fonts/font1.odttf": b"<\xff\xfe\x00 a typeface",
        }
    ),
    "med en formel.xlsx": xlsx(cells="<c><f>IF('A|B'!A1=\"x|y\",SUM(T[a|b]),0)</f><v>1</v></c>"),
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
    "pdf with a password": ("underlag.pdf", locked_pdf("öppna", "hemligt"), "protected"),
    "pdf with a script": ("underlag.pdf", pdf(catalog=b"/OpenAction 6 0 R", objects=[SCRIPT]), "pdf_script"),
    "pdf with a script in a packed object": (
        "underlag.pdf", packed_pdf(b"/OpenAction 4 0 R", [SCRIPT]), "pdf_script",
    ),
    "pdf with a named script": (
        "underlag.pdf",
        packed_pdf(b"/Names << /JavaScript << /Names [(a) 4 0 R] >> >>", [b"<< /S /Java#53cript /JS 5 0 R >>", b"(1)"]),
        "pdf_script",
    ),
    "pdf with a script when a page opens": (
        "underlag.pdf", pdf(page=b"/AA << /O << /S 6 0 R >> >>", objects=[b"/JavaScript"]), "pdf_script",
    ),
    "pdf with a form that is a program": (
        "underlag.pdf",
        pdf(
            catalog=b"/AcroForm << /Fields [] /XFA 6 0 R >>",
            objects=[b"<< /Length 17 >>\nstream\n<script>1</script>\nendstream"],
        ),
        "pdf_script",
    ),
    "pdf with a script that no table leads to": (
        "underlag.pdf", pdf(b"9 0 obj\n" + SCRIPT + b"\nendobj\n"), "pdf_script",
    ),
    "pdf that starts a program": (
        "underlag.pdf", pdf(catalog=b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "pdf_opens",
    ),
    "packed pdf that starts a program": (
        "underlag.pdf", packed_pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "pdf_opens",
    ),
    "pdf that asks a server for a file": (
        "underlag.pdf", packed_pdf(rb"/OpenAction << /S /GoToR /F (\\\\server\\a) /D [0 /Fit] >>"), "pdf_opens",
    ),
    "pdf with a file within": (
        "underlag.pdf",
        pdf(
            catalog=b"/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a) /EF << /F 6 0 R >> >>] >> >>",
            objects=[b"<< /Type /EmbeddedFile /Length 2 >>\nstream\nMZ\nendstream"],
        ),
        "pdf_attached",
    ),
    "packed pdf with a file on a page": (
        "underlag.pdf", packed_pdf(objects=[b"<< /Type /Annot /Subtype /FileAttachment /FS 5 0 R >>"]), "pdf_attached",
    ),
    "pdf that nobody gets to the end of": ("underlag.pdf", pdf(objects=[b"[" * 20_000 + b"]" * 20_000]), "unread"),
    "person in a pdf": ("underlag.pdf", pdf(text=f"Planen för {PERSON}"), "identity_number"),
    "person in a remark of a pdf": (
        "underlag.pdf", packed_pdf(objects=[b"<< /Subtype /Text /Contents (" + PERSON.encode() + b") >>"]),
        "identity_number",
    ),
    "person in a form of a pdf": (
        "underlag.pdf", packed_pdf(objects=[b"<< /FT /Tx /T (a) /V 5 0 R >>", b"(" + PERSON.encode() + b")"]),
        "identity_number",
    ),
    "table of figures without an end in a pdf": ("underlag.pdf", pdf(text="1 " * 1_100_000), "bomb"),
    "dde": ("text.docx", docx(field(r'DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc"')), "dde"),
    "dde in pieces": ("text.docx", docx(field(" D", "d", "e", "Auto excel x")), "dde"),
    "dde cut by a remark": ("text.docx", docx(field("DD<!-- > -->E excel x")), "dde"),
    "dde as raw text": ("text.docx", docx(field("<![CDATA[DDE]]> excel x")), "dde"),
    "dde around another field": (
        "text.docx",
        docx(
            '<w:fldChar w:fldCharType="begin"/><w:instrText>DD</w:instrText>'
            + field("QUOTE")
            + "<w:instrText>E excel x</w:instrText><w:fldChar w:fldCharType='end'/>"
        ),
        "dde",
    ),
    "dde in one tag": ("text.docx", docx('<w:fldSimple w:dirty=">" w:instr="&#68;DE excel x"/>'), "dde"),
    "dde in a header by another name": (
        "text.docx", docx(more={"other/part.bin": f"<w:hdr>{field('DDE excel x')}</w:hdr>".encode("utf-16")}), "dde",
    ),
    "dde in a workbook": (
        "tabell.xlsx",
        xlsx(more={"xl/externalLinks/externalLink1.xml": '<externalLink><ddeLink ddeService="cmd"/></externalLink>'}),
        "dde",
    ),
    "dde in a formula": ("tabell.xlsx", xlsx(cells="<c><f>cmd|'/c calc'!A0</f><v>0</v></c>"), "dde"),
    "dde in a table within a text": (
        "text.docx", docx(more={"word/embeddings/a.xlsx": xlsx(cells="<c><f>cmd|'/c calc'!A0</f></c>")}), "dde",
    ),
    "field that fetches": ("text.docx", docx(field(r'INCLUDETEXT "\\\\server\\a.docx"')), "remote"),
    "field that fetches a picture": (
        "text.docx", docx(field(r'INCLUDEPICTURE \d "http://example.org/a.png"')), "remote",
    ),
    "remote template": (
        "text.docx",
        docx(more={"word/_rels/settings.xml.rels": relations(f'{TYPE}attachedTemplate" {OUTSIDE}')}),
        "remote",
    ),
    "remote template behind a sign": (
        "text.docx",
        docx(
            more={
                "word/_rels/settings.xml.rels": relations(
                    f'Id=">" x:Type="a/hyperlink" {TYPE}attachedTemplate" {OUTSIDE}'
                )
            }
        ),
        "remote",
    ),
    "remote template that says it is none": (
        "text.docx",
        docx(more={"word/_rels/settings.xml.rels": relations(f'{TYPE}attachedTemplate" Target="file:///c:/a.dotm"')}),
        "remote",
    ),
    "linked object": (
        "text.docx", docx(more={"word/_rels/document.xml.rels": relations(f"{TYPE}oleObject\" {OUTSIDE}")}), "remote",
    ),
    "linked picture": (
        "text.docx", docx(more={"word/_rels/document.xml.rels": relations(f"{TYPE}image\" {OUTSIDE}")}), "remote",
    ),
    "another workbook": (
        "tabell.xlsx",
        xlsx(
            more={
                "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
                    f'{TYPE}externalLinkPath" Target="a.xlsx" TargetMode="&#69;xternal"'
                )
            }
        ),
        "remote",
    ),
    "workbook that asks a database": (
        "tabell.xlsx", xlsx(more={"xl/connections.xml": '<connections><connection id="1"/></connections>'}), "remote",
    ),
    "formula that asks the web": ("tabell.xlsx", xlsx(cells='<c><f>_xlfn.WEBSERVICE("http://a")</f></c>'), "remote"),
    "object under a picture's name": (
        "text.docx",
        docx(more={"word/_rels/document.xml.rels": relations(f'{TYPE}oleObject" Target="media/a.png"')}),
        "embedded",
    ),
    "text in an encoding of its own": (
        "text.docx", docx(more={"word/a.xml": '<?xml version="1.0" encoding="utf-7"?><a>+AEQARABF-</a>'}), "damaged",
    ),
    "text in no encoding": ("text.docx", docx(more={"word/a.xml": b"\x4c\xa7\x94\x93"}), "damaged"),
    "text under a picture's name": (
        "text.docx",
        docx(more={"[Content_Types].xml": types(DOCX_MAIN).replace("/main.xml", "/word/a.svg")}),
        "damaged",
    ),
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
