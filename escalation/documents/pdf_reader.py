"""Read a PDF in a separate process, so that a hostile file can neither hang nor fill the server.

Run by path with a file on standard input; answers with JSON on standard output. Imports nothing of ours.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

CPU_SECONDS = 20
MEMORY = 1024 * 1024 * 1024
MOST_TEXT = 5_000_000
"""Characters of text. A page of a book has 3,000."""

SCRIPT, OPENS, ATTACHED = "pdf_script", "pdf_opens", "pdf_attached"
ACTIONS = {
    "/JavaScript": SCRIPT, "/Launch": OPENS, "/ImportData": OPENS, "/GoToE": ATTACHED, "/RichMediaExecute": ATTACHED,
    "/Movie": ATTACHED, "/Sound": ATTACHED, "/Rendition": ATTACHED,
}  # fmt: skip
ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"}
WRITTEN = ("/V", "/DV", "/Contents", "/Title", "/Subject", "/Keywords", "/Author", "/TU", "/Alt", "/ActualText", "/RC")
"""Keys of text that is on no page: fields, remarks, bookmarks and properties of the file."""

# Objects that the table of objects does not list, but that a reader might find when it repairs a broken file.
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_BARE = (
    (re.compile(rb"/S\s*/JavaScript\b"), SCRIPT),
    (re.compile(rb"/S\s*/Launch\b"), OPENS),
    (re.compile(rb"/Type\s*/EmbeddedFile\b|/Subtype\s*/(?:FileAttachment|RichMedia)\b"), ATTACHED),
)


def read(content: bytes) -> dict[str, Any]:
    """``reason``: why the file is not taken, a key of ``file_types.REFUSALS``, or None; ``texts``: all its texts."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"reason": "protected", "texts": []}
        pages = len(reader.pages)
    except DependencyError:
        return {"reason": "protected", "texts": []}
    except Exception:
        return {"reason": "damaged", "texts": []}
    try:
        texts: list[str] = []
        reason = next(_wrong(reader, content, texts), None)
        if reason is None:
            texts += _of_pages(reader, pages)
        return {"reason": reason, "texts": [] if reason else texts}
    except Exception:  # a file that cannot be read to its end is refused
        return {"reason": "unread", "texts": []}


def _of_pages(reader: PdfReader, pages: int) -> Iterator[str]:
    left = MOST_TEXT
    for number in range(pages):
        text = reader.pages[number].extract_text()
        left -= len(text)
        if left < 0:
            raise ValueError("more text than can be looked through")
        yield text


def _wrong(reader: PdfReader, content: bytes, texts: list[str]) -> Iterator[str]:
    """The first forbidden thing in any object, also in compressed streams; fills ``texts`` on the way."""
    bare = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    for pattern, reason in _BARE:
        if pattern.search(bare):
            yield reason
    waiting: list[Any] = [reader.trailer]
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    for number, generation in sorted(numbers | {(number, 0) for number in reader.xref_objStm}):
        if number:
            waiting.append(reader.get_object(IndirectObject(number, generation, reader)))
        while waiting:
            value = waiting.pop()
            if isinstance(value, DictionaryObject):
                yield from _wrong_in(value)
                texts += [text for key in WRITTEN if key in value and isinstance(text := value[key], str)]
                # An object that is only referred to here has its own number and is read under it.
                waiting += [inner for inner in value.values() if not isinstance(inner, IndirectObject)]
            elif isinstance(value, list):
                waiting += [inner for inner in value if not isinstance(inner, IndirectObject)]


def _wrong_in(found: DictionaryObject) -> Iterator[str]:
    def name(key: str) -> Any:
        value = found.get(key)
        return value.get_object() if value is not None else None

    if "/JS" in found or ("/XFA" in found and b"script" in _form(name("/XFA")).lower()):
        yield SCRIPT
    action = name("/S")
    if isinstance(action, str) and action in ACTIONS:
        yield ACTIONS[action]
    if action == "/GoToR" and str(_target(name("/F"))).startswith(("\\\\", "//", "http:", "https:", "smb:", "file:")):
        yield OPENS
    if "/EF" in found or "/Collection" in found or name("/Type") == "/EmbeddedFile" or name("/Subtype") in ANNOTATIONS:
        yield ATTACHED
    if isinstance(found, StreamObject) and "/F" in found:  # its content lies in another file
        yield OPENS


def _target(specification: Any) -> Any:
    if isinstance(specification, DictionaryObject):
        return specification.get("/UF") or specification.get("/F") or ""
    return specification or ""


def _form(parts: Any) -> bytes:
    """The XML of a form that brings its own program with it."""
    streams = (part.get_object() for part in (parts if isinstance(parts, list) else [parts]))
    return b"".join(part.get_data() for part in streams if isinstance(part, StreamObject))


def main() -> None:
    """Read one file under limits; a file that breaks them ends the process, and the caller refuses the file."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(read(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
