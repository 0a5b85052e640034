"""The English catalogue holds exactly the source strings, each with its English, and nothing in it is broken."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from babel.messages import Catalog, Message

from tools import catalogue

SOURCES = sorted((catalogue.ROOT / "escalation").rglob("*.py"))
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}")
SWEDISH = re.compile(r"[\w-]*[åäöÅÄÖ][\w-]*")
STAY_SWEDISH = {"HÖK", "Norrtälje", "Sjukvård", "Handläggare"}
"""Names, and an example of what to write."""


@cache
def strings() -> Catalog:
    """The catalogue as the source would have it, with the English that it has."""
    return catalogue.refreshed(catalogue.PATH.read_bytes())


def messages() -> list[Message]:
    return [message for message in strings() if message.id]


def forms(message: Message) -> list[tuple[str, str]]:
    """Each form of the source string with its English: one, or singular and plural."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string or ""))]
    return list(zip(message.id, message.string or ("", ""), strict=True))


def test_every_source_string_has_its_english() -> None:
    assert catalogue.untranslated(strings()) == []


def test_the_catalogue_is_as_the_source_is() -> None:
    assert catalogue.written(strings()) == catalogue.PATH.read_bytes(), "make catalogue"


def test_what_is_new_is_found_what_is_gone_goes_and_only_what_is_certain_stays() -> None:
    old = catalogue.PATH.read_text("utf-8") + '\n#: gone.py\nmsgid "Finns inte längre"\nmsgstr "Gone"\n'
    old = old.replace('msgid "Ärenden"\nmsgstr "Cases"\n', "")
    old = old.replace('msgid "Motpart"\n', '#, fuzzy\nmsgid "Motpart"\n')
    found = catalogue.refreshed(old.encode())
    assert sorted(catalogue.untranslated(found)) == ["Motpart", "Ärenden"]
    assert found.get("Finns inte längre") is None
    assert found["Berörd part"].string == "Affected party"


def test_what_a_sentence_leaves_open_its_english_leaves_open_too() -> None:
    wrong = [
        (source, english)
        for message in messages()
        for source, english in forms(message)
        # A singular may say its number in a word: "Ett ärende till" beside "%(num)s ärenden till".
        if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(english))
    ]
    assert wrong == []


def test_a_piece_of_a_sentence_keeps_its_blanks_and_a_sentence_its_stop() -> None:
    edges = re.compile(r"^(\s*).*?([.:?…,]?)(\s*)$", re.DOTALL)
    wrong = [
        (source, english)
        for message in messages()
        for source, english in forms(message)
        if edges.fullmatch(source).groups() != edges.fullmatch(english).groups()  # type: ignore[union-attr]
    ]
    assert wrong == []


def test_no_swedish_is_left_in_the_english() -> None:
    wrong = [
        english
        for message in messages()
        for _source, english in forms(message)
        if set(SWEDISH.findall(english)) - STAY_SWEDISH or re.search(r"(^|[\s(])”", english)
    ]
    assert wrong == []


def test_a_string_to_translate_stands_whole_where_it_is_marked() -> None:
    """Not chosen, joined or put into an f-string there: it would be collected as something else, or not at all."""
    broken = [f"{path.name}: {text}" for path in SOURCES for text in not_whole(ast.parse(path.read_text("utf-8")))]
    assert broken == []


@pytest.mark.parametrize(
    "code", ['_("ja" if so else "nej")', '_("ja " + "nej")', '_(WORDS["ja"])', "f\"{_('ja')}.\"", '_(f"{who} ja")']
)
def test_the_check_sees_a_string_that_is_not_whole(code: str) -> None:
    assert not_whole(ast.parse(code))
    assert not not_whole(ast.parse('_("ja"); _(GLOSSARY[word].label); _(sentence, who=_("ni")); f"{_(label)}."'))


def not_whole(tree: ast.AST) -> list[str]:
    marked = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) in catalogue.KEYWORDS]
    hidden = [node for outer in ast.walk(tree) if isinstance(outer, ast.JoinedStr) for node in ast.walk(outer)]
    return [
        ast.unparse(call)
        for call in marked
        for text in call.args[:1]
        if (call in hidden and isinstance(text, ast.Constant)) or _is_in_pieces(text)
    ]


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", "")


def _is_in_pieces(text: ast.expr) -> bool:
    """Whether a literal is in it that is not the whole; ``_(GLOSSARY[word].label)`` holds none."""
    if not isinstance(text, (ast.IfExp, ast.BinOp, ast.BoolOp, ast.JoinedStr, ast.Subscript)):
        return False
    return any(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in ast.walk(text))
