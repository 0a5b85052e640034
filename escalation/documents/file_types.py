"""Which files may be attached: by name, size, extension and content (``trust.md`` § Web, P13, P16).

An allow-list: a file that is not certainly of one of five types is refused, with the reason. Only ``check`` makes a
``CheckedFile``, so a verb that takes one need not check again. Nothing is unpacked to disk and no XML is parsed:
Office files are read with regular expressions, within limits, to look for identity numbers and for what runs or fetches
something by itself. ``check`` takes the function that reads PDF files.
"""

from __future__ import annotations

import enum
import html
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import IO

from escalation.rules import privacy
from escalation.rules.glossary import GLOSSARY, say

MEBIBYTE = 1024 * 1024
MOST_FILES = 5
MOST_BYTES = 10 * MEBIBYTE
MOST_TOGETHER = 25 * MEBIBYTE
LONGEST_NAME = 150
LONGEST_SHOWN = 60

MOST_ENTRIES = 2000
MOST_UNPACKED = 100 * MEBIBYTE
MOST_XML = 30 * MEBIBYTE
MOST_DIGITS = 1_000_000
"""Signs in paragraphs and cells with ten digits or more. Beyond these two limits looking takes longer than seconds."""
MOST_PIXELS = 100_000_000
LONGEST_SIDE = 30_000


class FileType(enum.StrEnum):
    """What may be attached."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PNG = "png"
    JPEG = "jpeg"


@dataclass(frozen=True)
class TypeFacts:
    """The content type that a type is served as, and the extensions it goes by."""

    content_type: str
    extensions: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES: dict[FileType, TypeFacts] = {
    FileType.PDF: TypeFacts("application/pdf", ("pdf",)),
    FileType.DOCX: TypeFacts(f"{_OFFICE}wordprocessingml.document", ("docx",)),
    FileType.XLSX: TypeFacts(f"{_OFFICE}spreadsheetml.sheet", ("xlsx",)),
    FileType.PNG: TypeFacts("image/png", ("png",)),
    FileType.JPEG: TypeFacts("image/jpeg", ("jpg", "jpeg")),
}
BY_EXTENSION = {extension: of for of, facts in TYPES.items() for extension in facts.extensions}
ACCEPTED = tuple(f".{extension}" for extension in BY_EXTENSION)

REFUSALS: dict[str, str] = {
    # why a file is not taken; %(name)s is the file's name as it can be shown
    "no_name": say("En fil saknar namn. Ge den ett namn och välj den igen."),
    "name_too_long": say("Filnamnet %(name)s är %(size)s tecken. Korta det till högst %(most)s."),
    "name_unprintable": say(
        "Filnamnet %(name)s innehåller ett tecken som inte går att visa. Byt namn på filen och välj den igen."
    ),
    "name_identity_number": say(
        "Ett filnamn innehåller ett personnummer. Byt namn på filen och välj den igen. Namnet har inte sparats."
    ),
    "extension": say(
        "Filen %(name)s är av en typ som inte kan bifogas. Spara den som PDF, DOCX, XLSX, PNG eller JPEG."
    ),
    "empty": say("Filen %(name)s är tom. Välj en annan fil."),
    "too_big": say("Filen %(name)s är %(size)s MB. Högst %(most)s MB per fil tas emot. Dela eller förminska den."),
    "too_many": say("Ni har valt %(size)s filer. Högst %(most)s kan bifogas åt gången."),
    "too_big_together": say("Filerna är tillsammans %(size)s MB. Högst %(most)s MB kan bifogas åt gången."),
    "other_content": say(
        "Filen %(name)s heter som %(type)s men innehåller något annat. Öppna den i sitt program och spara den som "
        "%(type)s."
    ),
    "protected": say("Filen %(name)s är lösenordsskyddad. Spara den utan lösenord och välj den igen."),
    "old_format": say(
        "Filen %(name)s är lösenordsskyddad eller sparad i ett äldre format. Öppna den och spara den som %(type)s utan "
        "lösenord."
    ),
    "macros": say("Filen %(name)s innehåller makron. Spara den utan makron, eller som PDF."),
    "embedded": say("Filen %(name)s innehåller inbäddade objekt från andra program. Spara den som PDF."),
    "dde": say(
        "Filen %(name)s hämtar uppgifter från andra program när den öppnas (DDE). Ta bort de fälten eller formlerna, "
        "eller spara filen som PDF."
    ),
    "remote": say(
        "Filen %(name)s hämtar innehåll från andra filer eller från nätet, till exempel en mall, en bild eller en "
        "annan arbetsbok. Bryt länkarna, eller spara filen som PDF."
    ),
    "pdf_script": say(
        "Filen %(name)s innehåller ett program (JavaScript). Skriv ut den till en ny PDF och välj den i stället."
    ),
    "pdf_opens": say(
        "Filen %(name)s kan starta program eller öppna andra filer. Skriv ut den till en ny PDF och välj den i stället."
    ),
    "pdf_attached": say(
        "Filen %(name)s innehåller andra filer, ljud eller film. Bifoga dem var för sig, eller skriv ut den till en ny "
        "PDF."
    ),
    "unread": say(
        "Filen %(name)s går inte att läsa igenom helt, och det som inte kan läsas tas inte emot. Dela den, eller skriv "
        "ut den till en ny PDF och välj den i stället."
    ),
    "bomb": say("Filen %(name)s blir för stor när den packas upp. Dela den, eller spara den som PDF."),
    "damaged": say("Filen %(name)s är skadad och går inte att läsa. Öppna den i sitt program och spara den på nytt."),
    "pixels": say("Bilden %(name)s har för många bildpunkter. Förminska den och välj den igen."),
    "identity_number": say(
        "Filen %(name)s innehåller ett personnummer. Ta bort allt som gäller enskilda personer. Filen har inte sparats."
    ),
}


class FileRefused(ValueError):
    """A file that is not taken. ``reason`` is a key of ``REFUSALS``, ``values`` what its sentence names."""

    def __init__(self, reason: str, **values: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be attached: its name without a path, its type by name and content, its bytes and their hash."""

    name: str
    type: FileType
    content: bytes
    sha256: str

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)


@dataclass(frozen=True)
class PdfContent:
    """What a PDF holds: why it is not taken, as a key of ``REFUSALS``, or None; and all its texts, page by page."""

    reason: str | None
    texts: tuple[str, ...]


ReadPdf = Callable[[bytes], PdfContent]


def check(name: str, stream: IO[bytes], *, read_pdf: ReadPdf) -> CheckedFile:
    """The file under that name, if it may be attached. Raises ``FileRefused``."""
    name = _checked_name(name)
    of = BY_EXTENSION.get(name.rpartition(".")[2].lower())
    if of is None:
        raise FileRefused("extension", name=shown(name))
    size = stream.seek(0, 2)
    stream.seek(0)
    if not size:
        raise FileRefused("empty", name=shown(name))
    if size > MOST_BYTES:
        raise FileRefused("too_big", name=shown(name), size=_mebibytes(size), most=MOST_BYTES // MEBIBYTE)
    content = stream.read()
    try:
        _CONTENT[of](content)
        if of is FileType.PDF:
            _judge_pdf(read_pdf(content))
    except _Wrong as wrong:
        raise FileRefused(wrong.reason, name=shown(name), type=GLOSSARY[of].label) from wrong
    return CheckedFile(name, of, content, sha256(content).hexdigest())


def check_together(sizes: Sequence[int]) -> None:
    """Whether so many files of these sizes, in bytes, may come with one act. Raises ``FileRefused``."""
    if len(sizes) > MOST_FILES:
        raise FileRefused("too_many", size=len(sizes), most=MOST_FILES)
    if sum(sizes) > MOST_TOGETHER:
        raise FileRefused("too_big_together", size=_mebibytes(sum(sizes)), most=MOST_TOGETHER // MEBIBYTE)


def _mebibytes(size: int) -> str:
    """Rounded up to a tenth, so that a file just over the limit never reads as being on it: "10,1"."""
    return f"{-(-size * 10 // MEBIBYTE) / 10:.1f}".replace(".", ",").removesuffix(",0")


# Names ------------------------------------------------------------------------------------------------------------


def bare_name(name: str) -> str:
    """The name without a path, composed, without blanks and full stops at its ends."""
    last = re.split(r"[/\\]", name)[-1]
    return unicodedata.normalize("NFC", last).strip(" \t.")


def shown(name: str) -> str:
    """A name as a sentence may quote it: no invisible sign, its middle left out where it is long."""
    seen = "".join(sign for sign in bare_name(name) if not _is_invisible(sign))
    half = LONGEST_SHOWN // 2
    return seen if len(seen) <= LONGEST_SHOWN else f"{seen[:half]}…{seen[-half:]}"


def _is_invisible(sign: str) -> bool:
    """Control characters, signs that turn the direction of text, broken code points, line separators."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _checked_name(name: str) -> str:
    bare = bare_name(name)
    if any(hit.kind is privacy.HitKind.CERTAIN for hit in privacy.scan(bare)):
        raise FileRefused("name_identity_number")
    if not bare.rpartition(".")[0].strip(" ."):
        raise FileRefused("extension", name=shown(bare)) if bare else FileRefused("no_name")
    if any(_is_invisible(sign) for sign in bare):
        raise FileRefused("name_unprintable", name=shown(bare))
    if len(bare) > LONGEST_NAME:
        raise FileRefused("name_too_long", name=shown(bare), size=len(bare), most=LONGEST_NAME)
    return bare


# Content ----------------------------------------------------------------------------------------------------------


class _Wrong(Exception):
    """What is wrong with the content, as a key of ``REFUSALS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_OLE = bytes.fromhex("D0CF11E0")
_ARCHIVE_END = b"PK\x05\x06"


def _pdf(content: bytes) -> None:
    """A header at the very beginning and an end at the end: a file that is two things at once is neither."""
    if not re.match(rb"%PDF-[12]\.\d", content):
        raise _Wrong("other_content")
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise _Wrong("damaged")
    after = content[end + 5 :]
    if len(after) > 1024 or _ARCHIVE_END in after:
        raise _Wrong("other_content")


def _judge_pdf(held: PdfContent) -> None:
    """A page is read as one text: a number may go on in the next line, and cells cannot be distinguished from words."""
    if held.reason:
        raise _Wrong(held.reason)
    left = _Budget()
    for text in held.texts:
        if _DIGITS.search(text):
            left.digits -= sum(map(str.isdecimal, text))
            _refuse_identity_number(text, left)


_PNG = b"\x89PNG\r\n\x1a\n"


def _png(content: bytes) -> None:
    """The signature, then whole chunks with right sums from IHDR to IEND, and nothing after."""
    if not content.startswith(_PNG):
        raise _Wrong("other_content")
    kinds: list[bytes] = []
    at = len(_PNG)
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            break
        if zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            break
        if not kinds:
            if kind != b"IHDR" or length != 13:
                break
            _dimensions(*struct.unpack_from(">II", content, at + 8))
        kinds.append(kind)
        at = end
        if kind == b"IEND":
            break
    if not kinds or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise _Wrong("damaged")
    if at != len(content):
        raise _Wrong("other_content")


_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def _jpeg(content: bytes) -> None:
    """Segments from the start of the image to its first scan, with a frame on the way, and an end of image.

    What a telephone puts after the end (a second, smaller picture) is let be: the file is never shown inline.
    """
    if not content.startswith(b"\xff\xd8\xff"):
        raise _Wrong("other_content")
    at, has_frame = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fill
            at += 1
            continue
        length = struct.unpack_from(">H", content, at + 2)[0]
        if length < 2:
            break
        if marker in _FRAMES and at + 9 <= len(content):
            height, width = struct.unpack_from(">HH", content, at + 5)
            _dimensions(width, height)
            has_frame = True
        at += 2 + length
        if marker == 0xDA:
            if has_frame and content.find(b"\xff\xd9", at) >= 0:
                return
            break
    raise _Wrong("damaged")


def _dimensions(width: int, height: int) -> None:
    if not width or not height:
        raise _Wrong("damaged")
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise _Wrong("pixels")


# Office files -----------------------------------------------------------------------------------------------------

_CONTENT_TYPES = "[Content_Types].xml"
_MAIN = {FileType.DOCX: ("word/", "wordprocessingml.document.main+xml"), FileType.XLSX: ("xl/", "sheet.main+xml")}
_MACROS = re.compile(r"(?:^|/)(?:vba\w*\.(?:bin|xml)|macrosheets/|dialogsheets/)", re.IGNORECASE)
_OBJECTS = re.compile(r"(?:^|/)(?:activeX/|embeddings/(?!.*\.(?:docx|xlsx)$))", re.IGNORECASE)
_EMBEDDED = re.compile(r"(?:^|/)embeddings/[^/]*\.(docx|xlsx)$", re.IGNORECASE)
_DISGUISED = re.compile(r"""\.svg["']""", re.IGNORECASE)
"""A part of its own type under a picture's name, which is not looked into."""
_LOOKED_INTO = re.compile(r"(?:word|xl|docProps)/(?!.*(?:theme|styles|settings|fonttable)).*\.xml", re.IGNORECASE)


def _office(of: FileType) -> Callable[[bytes], None]:
    def judge(content: bytes) -> None:
        if content.startswith(_OLE):  # an encrypted docx or xlsx is wrapped in the format of .doc and .xls
            raise _Wrong("protected" if "EncryptedPackage".encode("utf-16-le") in content else "old_format")
        if not content.startswith(b"PK\x03\x04"):
            raise _Wrong("other_content")
        _look_into(of, content, _Budget())

    return judge


# All that the standard library raises for archives that are not as they say.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, ValueError, EOFError, NotImplementedError, RuntimeError, OSError,
)  # fmt: skip


@dataclass
class _Budget:
    """What is left to unpack and to read, embedded files included."""

    entries: int = MOST_ENTRIES
    unpacked: int = MOST_UNPACKED
    xml: int = MOST_XML
    digits: int = MOST_DIGITS


def _look_into(of: FileType, content: bytes, left: _Budget, *, is_embedded: bool = False) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
            _judge_entries(of, entries, left)
            types = _decoded(package.read(_CONTENT_TYPES))
            if _DISGUISED.search(types):
                raise _Wrong("damaged")
            if "macroenabled" in types.lower():
                raise _Wrong("macros")
            if _MAIN[of][1] not in types:
                raise _Wrong("other_content")
            for entry in entries:
                if embedded := _EMBEDDED.search(entry.filename):
                    if is_embedded:
                        raise _Wrong("embedded")
                    _look_into(FileType(embedded[1].lower()), package.read(entry), left, is_embedded=True)
                elif (xml := _xml_of(entry.filename, package.read(entry), left)) is not None:
                    _refuse_what_runs_or_fetches(xml)
                    if _LOOKED_INTO.match(entry.filename):
                        _refuse_identity_numbers(xml, left)
    except _BROKEN as broken:
        raise _Wrong("damaged") from broken


def _judge_entries(of: FileType, entries: Sequence[zipfile.ZipInfo], left: _Budget) -> None:
    left.entries -= len(entries)
    left.unpacked -= sum(entry.file_size for entry in entries)
    if left.entries < 0 or left.unpacked < 0:
        raise _Wrong("bomb")
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names) or any(map(_is_hostile_path, names)):
        raise _Wrong("damaged")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise _Wrong("damaged")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _Wrong("protected")
    if _CONTENT_TYPES not in names or not any(name.startswith(_MAIN[of][0]) for name in names):
        raise _Wrong("other_content")
    if any(map(_MACROS.search, names)):
        raise _Wrong("macros")
    if any(map(_OBJECTS.search, names)):
        raise _Wrong("embedded")


def _is_hostile_path(name: str) -> bool:
    return name.startswith(("/", "\\")) or "\\" in name or ".." in name.split("/")


def _xml_of(name: str, part: bytes, left: _Budget) -> str | None:
    """The part's XML as ``_plain`` text; None for a picture and the like. What is XML, a name alone does not tell."""
    must_be = bool(part) and name.lower().endswith((".xml", ".rels", ".vml"))
    head = part[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    looks = head.startswith(b"<") or (not head and part[:1].isspace())
    if name.lower().endswith(".svg") or not (looks or must_be):
        return None
    left.xml -= len(part)
    if left.xml < 0:
        raise _Wrong("bomb")
    try:
        return _plain(_decoded(part))
    except UnicodeDecodeError:
        if must_be:
            raise
        return None  # a typeface, say


_OTHER_ENCODING = re.compile(r"""<\?xml[^>]*\sencoding\s*=\s*["'](?!utf-?(?:8|16)["'])""", re.IGNORECASE)


def _decoded(xml: bytes) -> str:
    """UTF-8, or UTF-16 with its mark, as the format demands. Raises ``UnicodeDecodeError`` for anything else."""
    encoding = "utf-16" if xml.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = xml.decode(encoding)
    if "\x00" in text or "<!DOCTYPE" in text or "<!ENTITY" in text or _OTHER_ENCODING.match(text):
        raise _Wrong("damaged")
    return text


# What runs or fetches ----------------------------------------------------------------------------------------------

_REST = r"""((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>"""
"""The rest of a tag, whose values may hold a ">"."""
_RELATION = re.compile(r"<(?:\w+:)?Relationship(?=\s)" + _REST)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_ELSEWHERE = re.compile(r"\w+:|[\\/]{2}")
"""A target with a scheme or a server's name in it: outside of the file, whatever its mode says."""
_WITHIN = {"oleObject": "embedded", "control": "embedded", "aFChunk": "embedded", "vbaProject": "macros"}
"""Relations to a part that is no document of ours, by the last word of their type, and what they bring."""

_FIELD = re.compile(
    rf"<(?:\w+:)?(?:(?:fldChar|fldSimple)(?=[\s/>]){_REST}|(?:instrText|delInstrText)(?=[\s>]){_REST}([^<]*))"
)
_DDE = re.compile(r"\W*DDE(?:AUTO)?\b", re.IGNORECASE)
_FETCH = re.compile(
    r"\W*(?:(?:LINK|INCLUDE|INCLUDETEXT|IMPORT|DATABASE)\b|INCLUDEPICTURE\b.*?(?:\w:(?<!cid:)|\\\\|//))",
    re.IGNORECASE | re.DOTALL,
)

_FORMULA = re.compile(rf"<(?:\w+:)?(?:f|formula|formula1|formula2|definedName)(?=[\s>]){_REST}([^<]*)</")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'|\[[^\]]*\]""")
_FETCHING = re.compile(r"\b(?:_xlfn\.)?(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?)\s*\(", re.IGNORECASE)
_LINKS = ((re.compile(r"<(?:\w+:)?ddeLink\b"), "dde"), (re.compile(r"<(?:\w+:)?(?:oleLink|connection)\b"), "remote"))


def _refuse_what_runs_or_fetches(xml: str) -> None:
    for pattern, reason in _LINKS:
        if pattern.search(xml):
            raise _Wrong(reason)
    for found in _RELATION.finditer(xml):
        _judge_relation(_attributes(found[1]))
    for instruction in _instructions(xml):
        if _DDE.match(instruction):
            raise _Wrong("dde")
        if _FETCH.match(instruction):
            raise _Wrong("remote")
    for formula in _FORMULA.finditer(xml):
        bare = _QUOTED.sub("'", html.unescape(formula[2]))  # a sheet's name and a text may hold any sign
        if "|" in bare:
            raise _Wrong("dde")
        if _FETCHING.search(bare):
            raise _Wrong("remote")


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(one or other) for name, one, other in _ATTRIBUTE.findall(tag)}


def _judge_relation(said: Mapping[str, str]) -> None:
    """To another file or the net only as a link that somebody clicks; within the file to what may be looked into."""
    of, target = said.get("Type", "").rpartition("/")[2], said.get("Target", "").strip()
    if of == "hyperlink":
        return
    if said.get("TargetMode", "").lower() == "external" or _ELSEWHERE.match(target):
        raise _Wrong("remote")
    if of in _WITHIN:
        raise _Wrong(_WITHIN[of])
    if of == "package" and not _EMBEDDED.search(target):
        raise _Wrong("embedded")


def _instructions(xml: str) -> Iterator[str]:
    """What each field of Word tells it to do, though it be split over many runs, and fields stand within fields."""
    within: list[list[str]] = [[]]
    for mark, _attribute, part in _FIELD.findall(xml):
        said = {name.rpartition(":")[2]: value for name, value in _attributes(mark).items()}
        within[-1].append(html.unescape(part))
        if "instr" in said:
            yield said["instr"]
        elif said.get("fldCharType") == "begin":
            within.append([])
        elif said.get("fldCharType") == "end" and len(within) > 1:
            yield "".join(within.pop())
    for parts in within:
        yield from ("".join(parts), *parts)


# Text ---------------------------------------------------------------------------------------------------------------

# No text makes these patterns read the same signs twice: each stops at the next "<", or at the next "|".
_FRACTION = re.compile(r"<((?:\w+:)?v)>-?\d*\.\d+(?:[eE][-+]?\d+)?</\1>")
_DESCRIBED = re.compile(r"""\s(?:descr|title|v)=(?:"([^"<]*)"|'([^'<]*)')""")
_ENDS = re.compile(r"</(?:\w+:)?(?:p|tc|si|c|v|f|is|comment)>|<(?:\w+:)?(?:br|cr|tab|p|c)\b[^<>]*/>")
_TAG = re.compile(r"<[^<>]*>")
# Ten digits are the fewest that an identity number has; looking closer is what takes time.
_DIGITS = re.compile(r"(?:\D*\d){10}")
_TEN_DIGITS = re.compile(r"(?<![^|])(?:[^|\d]*\d){10}[^|]*")


def _refuse_identity_numbers(xml: str, left: _Budget) -> None:
    for found in _TEN_DIGITS.finditer(_text_of(xml)):
        left.digits -= len(found[0])
        _refuse_identity_number(found[0], left)


def _refuse_identity_number(text: str, left: _Budget) -> None:
    if left.digits < 0:
        raise _Wrong("bomb")
    if any(hit.kind is privacy.HitKind.CERTAIN for hit in privacy.scan(text)):
        raise _Wrong("identity_number")


def _text_of(xml: str) -> str:
    """Paragraphs and cells as people read them, and the texts that describe pictures, with "|" between.

    One number may be split over several runs of a paragraph or a cell, but never over two of these.
    """
    described = "|".join(found[1] or found[2] or "" for found in _DESCRIBED.finditer(xml))
    # The decimals of a computed figure are no number that anybody wrote.
    read = _TAG.sub("", _ENDS.sub("|", _FRACTION.sub("", xml)))
    return html.unescape(f"{described}|{read}")


_APART = re.compile(r"<!\[CDATA\[|<!--|<\?")
_APART_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}


def _plain(xml: str) -> str:
    """Without remarks, which may cut a word in two, and with CDATA as ordinary text: it may look like a tag."""
    whole, at = [], 0
    for begin in _APART.finditer(xml):
        if begin.start() >= at:
            end = xml.find(_APART_ENDS[begin[0]], begin.end())
            if end < 0:
                raise _Wrong("damaged")
            whole += [xml[at : begin.start()], html.escape(xml[begin.end() : end]) if begin[0] == "<![CDATA[" else ""]
            at = end + len(_APART_ENDS[begin[0]])
    return "".join([*whole, xml[at:]])


_CONTENT: dict[FileType, Callable[[bytes], None]] = {
    FileType.PDF: _pdf,
    FileType.DOCX: _office(FileType.DOCX),
    FileType.XLSX: _office(FileType.XLSX),
    FileType.PNG: _png,
    FileType.JPEG: _jpeg,
}
