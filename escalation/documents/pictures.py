"""The check of a picture: a whole PNG or JPEG of a size that can be shown."""

from __future__ import annotations

import struct
import zlib

from escalation.documents.content import WrongContent

MOST_PIXELS = 100_000_000
LONGEST_SIDE = 30_000
_PNG = b"\x89PNG\r\n\x1a\n"


def judge_png(content: bytes) -> None:
    """The signature, then whole chunks with right checksums from IHDR to IEND, and nothing after."""
    if not content.startswith(_PNG):
        raise WrongContent("other_content")
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
        raise WrongContent("damaged")
    if at != len(content):
        raise WrongContent("other_content")


_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def judge_jpeg(content: bytes) -> None:
    """Segments from the start of the image to its first scan, with a frame on the way, and an end of image.

    Data after the end is allowed (telephones put a second, smaller picture there): the file is never shown inline.
    """
    if not content.startswith(b"\xff\xd8\xff"):
        raise WrongContent("other_content")
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
    raise WrongContent("damaged")


def _dimensions(width: int, height: int) -> None:
    if not width or not height:
        raise WrongContent("damaged")
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise WrongContent("pixels")
