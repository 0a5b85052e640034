"""The check of an Office file: no macros, nothing that fetches by itself, no identity numbers."""

from __future__ import annotations

import html
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO

from escalation.documents.content import Budget, FileType, WrongContent, refuse_identity_number

_OLE = bytes.fromhex("D0CF11E0")
_CONTENT_TYPES = "[Content_Types].xml"
_MAIN = {FileType.DOCX: ("word/", "wordprocessingml.document.main+xml"), FileType.XLSX: ("xl/", "sheet.main+xml")}
_MACROS = re.compile(r"(?:^|/)(?:vba\w*\.(?:bin|xml)|macrosheets/|dialogsheets/)", re.IGNORECASE)
_OBJECTS = re.compile(r"(?:^|/)(?:activeX/|embeddings/(?!.*\.(?:docx|xlsx)$))", re.IGNORECASE)
_EMBEDDED = re.compile(r"(?:^|/)embeddings/[^/]*\.(docx|xlsx)$", re.IGNORECASE)
_DISGUISED = re.compile(r"""\.svg["']""", re.IGNORECASE)
"""A part of its own type under a picture's name, which is not searched."""

_LOOKED_INTO = re.compile(r"(?:word|xl|docProps)/(?!.*(?:theme|styles|settings|fonttable)).*\.xml", re.IGNORECASE)


def judge_office(kind: FileType) -> Callable[[bytes], None]:
    def judge(content: bytes) -> None:
        if content.startswith(_OLE):  # an encrypted docx or xlsx is wrapped in the format of .doc and .xls
            raise WrongContent("protected" if "EncryptedPackage".encode("utf-16-le") in content else "old_format")
        if not content.startswith(b"PK\x03\x04"):
            raise WrongContent("other_content")
        _look_into(kind, content, Budget())

    return judge


# All that the standard library raises for archives that are not as they say.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, ValueError, EOFError, NotImplementedError, RuntimeError, OSError,
)  # fmt: skip


def _look_into(kind: FileType, content: bytes, left: Budget, *, is_embedded: bool = False) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
            _judge_entries(kind, entries, left)
            types = _decoded(package.read(_CONTENT_TYPES))
            if _DISGUISED.search(types):
                raise WrongContent("damaged")
            if "macroenabled" in types.lower():
                raise WrongContent("macros")
            if _MAIN[kind][1] not in types:
                raise WrongContent("other_content")
            for entry in entries:
                if embedded := _EMBEDDED.search(entry.filename):
                    if is_embedded:
                        raise WrongContent("embedded")
                    _look_into(FileType(embedded[1].lower()), package.read(entry), left, is_embedded=True)
                elif (xml := _xml_of(entry.filename, package.read(entry), left)) is not None:
                    _refuse_what_runs_or_fetches(xml)
                    if _LOOKED_INTO.match(entry.filename):
                        _refuse_identity_numbers(xml, left)
    except _BROKEN as broken:
        raise WrongContent("damaged") from broken


def _judge_entries(kind: FileType, entries: Sequence[zipfile.ZipInfo], left: Budget) -> None:
    left.entries -= len(entries)
    left.unpacked -= sum(entry.file_size for entry in entries)
    if left.entries < 0 or left.unpacked < 0:
        raise WrongContent("bomb")
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names) or any(map(_is_hostile_path, names)):
        raise WrongContent("damaged")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise WrongContent("damaged")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise WrongContent("protected")
    if _CONTENT_TYPES not in names or not any(name.startswith(_MAIN[kind][0]) for name in names):
        raise WrongContent("other_content")
    if any(map(_MACROS.search, names)):
        raise WrongContent("macros")
    if any(map(_OBJECTS.search, names)):
        raise WrongContent("embedded")


def _is_hostile_path(name: str) -> bool:
    return name.startswith(("/", "\\")) or "\\" in name or ".." in name.split("/")


def _xml_of(name: str, part: bytes, left: Budget) -> str | None:
    """The part's XML as ``_plain`` text; None for a picture and the like, since a name does not show which it is."""
    must_be = bool(part) and name.lower().endswith((".xml", ".rels", ".vml"))
    head = part[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    looks = head.startswith(b"<") or (not head and part[:1].isspace())
    if name.lower().endswith(".svg") or not (looks or must_be):
        return None
    left.xml -= len(part)
    if left.xml < 0:
        raise WrongContent("bomb")
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
        raise WrongContent("damaged")
    return text


_REST = r"""((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>"""
"""The rest of a tag, whose values may hold a ">"."""

_RELATION = re.compile(r"<(?:\w+:)?Relationship(?=\s)" + _REST)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_ELSEWHERE = re.compile(r"\w+:|[\\/]{2}")
"""A target with a scheme or a server's name in it: it is outside the file, whatever mode it has."""

_WITHIN = {"oleObject": "embedded", "control": "embedded", "aFChunk": "embedded", "vbaProject": "macros"}
"""Relations to a part that is no document of ours, by the last word of their type, each with its reason for refusal."""

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
            raise WrongContent(reason)
    for found in _RELATION.finditer(xml):
        _judge_relation(_attributes(found[1]))
    for instruction in _instructions(xml):
        if _DDE.match(instruction):
            raise WrongContent("dde")
        if _FETCH.match(instruction):
            raise WrongContent("remote")
    for formula in _FORMULA.finditer(xml):
        bare = _QUOTED.sub("'", html.unescape(formula[2]))  # a sheet's name and a text may hold any character
        if "|" in bare:
            raise WrongContent("dde")
        if _FETCHING.search(bare):
            raise WrongContent("remote")


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(one or other) for name, one, other in _ATTRIBUTE.findall(tag)}


def _judge_relation(said: Mapping[str, str]) -> None:
    """Allow a target outside the file only for a link that a person clicks, and inside only parts that are searched."""
    relation, target = said.get("Type", "").rpartition("/")[2], said.get("Target", "").strip()
    if relation == "hyperlink":
        return
    if said.get("TargetMode", "").lower() == "external" or _ELSEWHERE.match(target):
        raise WrongContent("remote")
    if relation in _WITHIN:
        raise WrongContent(_WITHIN[relation])
    if relation == "package" and not _EMBEDDED.search(target):
        raise WrongContent("embedded")


def _instructions(xml: str) -> Iterator[str]:
    """The instruction of each field of Word, also one split over many runs, and fields within fields."""
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


# No text makes these patterns read the same characters twice: each stops at the next "<", or at the next "|".
_FRACTION = re.compile(r"<((?:\w+:)?v)>-?\d*\.\d+(?:[eE][-+]?\d+)?</\1>")
_DESCRIBED = re.compile(r"""\s(?:descr|title|v)=(?:"([^"<]*)"|'([^'<]*)')""")
_ENDS = re.compile(r"</(?:\w+:)?(?:p|tc|si|c|v|f|is|comment)>|<(?:\w+:)?(?:br|cr|tab|p|c)\b[^<>]*/>")
_TAG = re.compile(r"<[^<>]*>")
_TEN_DIGITS = re.compile(r"(?<![^|])(?:[^|\d]*\d){10}[^|]*")


def _refuse_identity_numbers(xml: str, left: Budget) -> None:
    for found in _TEN_DIGITS.finditer(_text_of(xml)):
        left.digits -= len(found[0])
        refuse_identity_number(found[0], left)


def _text_of(xml: str) -> str:
    """Paragraphs and cells as people read them, and the texts that describe pictures, with "|" between.

    One number may be split over several runs of a paragraph or a cell, but never over two of these.
    """
    described = "|".join(found[1] or found[2] or "" for found in _DESCRIBED.finditer(xml))
    # The decimals of a computed figure are not a number that a person wrote.
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
                raise WrongContent("damaged")
            whole += [xml[at : begin.start()], html.escape(xml[begin.end() : end]) if begin[0] == "<![CDATA[" else ""]
            at = end + len(_APART_ENDS[begin[0]])
    return "".join([*whole, xml[at:]])
