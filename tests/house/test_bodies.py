"""Bodies and agreements are data: no module, template or role is written for one of them.

The words are those of the data: codes and names of the main agreement, and of the bodies at the steps of every ladder.
Comments and docstrings may use them, and so may the files of data.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalation.accounts.models import Role
from escalation.rules import data, ladder
from escalation.rules.main_agreement import body_steps, main_agreement

ROOT = Path(__file__).parent.parent.parent
WORD = re.compile(r"[^\W_]+")
CODE = re.compile(r"[\w.:/-]+")
"""A string that is no sentence: a code, a key, the name of a file."""


def names_of_the_data() -> frozenset[str]:
    """Codes and names of the main agreement and of every body at a step, and the key of the agreement's ladder."""
    main, steps = main_agreement(), body_steps()
    short_names = {body["code"]: body["short_name"] for body in data.read("texts/bodies.toml")["body"]}
    of_bodies = [(code, step.name, short_names[code]) for code, step in steps.items()]
    return frozenset({main.code, main.name, main.ladder.key, *(name for names in of_bodies for name in names)})


NAMES = names_of_the_data()


def named(text: str, *, is_code: bool) -> set[str]:
    """The names that stand in the text as words, in the genitive too.

    In code also in other letters: "VIS" is a body in a sentence, but "vis" is a word of the language.
    """
    alike = {name.casefold() for name in NAMES}
    folded = alike if is_code else {name.casefold() for name in NAMES if not name.isupper()}
    words = {form for word in WORD.findall(text) for form in (word, word.removesuffix("s"))}
    return {word for word in words if word in NAMES or word.casefold() in folded}


def named_in_python(source: str) -> Iterator[tuple[int, str]]:
    """Line and name for each that stands in code or in a string; comments and docstrings are left out."""
    tree = ast.parse(source)
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            found = named(node.value, is_code=bool(CODE.fullmatch(node.value)))
        else:
            written = (getattr(node, field, None) for field in ("id", "attr", "name", "arg", "asname", "module"))
            found = {name for word in written if isinstance(word, str) for name in named(word, is_code=True)}
        yield from ((getattr(node, "lineno", 0), name) for name in found)


def named_in_template(source: str) -> set[str]:
    return named(re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL), is_code=False)


def test_the_data_say_which_names_are_meant() -> None:
    assert {"HÖK", "HOK", "hok", "TSG", "Styrgruppen", "VIS"} <= NAMES
    assert {step.body for key in ladder.shipped() for step in ladder.load(key).steps if step.body} <= NAMES


def test_no_module_names_a_body_or_the_main_agreement() -> None:
    modules = sorted((ROOT / "escalation").rglob("*.py"))
    found = {str(path.relative_to(ROOT)): list(named_in_python(path.read_text("utf-8"))) for path in modules}
    assert {module: names for module, names in found.items() if names} == {}


def test_no_template_names_a_body_or_the_main_agreement() -> None:
    pages = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    found = {str(path.relative_to(ROOT)): named_in_template(path.read_text("utf-8")) for path in pages}
    assert {page: names for page, names in found.items() if names} == {}


def test_no_role_is_named_after_a_body() -> None:
    assert {role for role in Role if named(role.value, is_code=True)} == set()


@pytest.mark.parametrize(
    "source",
    [
        'load("hok")',
        'text = _("VIS har tolkat bestämmelsen")',
        'text = f"HÖK {code}"',
        '_("Samma påminnelse går till styrgruppens ordförande.")',
        'VIS_CHAIR = "vis_chair"',
        'ROLES = {"vis_chair": 1}',
        'SEATS = ("chair:TSG",)',
        "def vis_page(): ...",
        "viewer.is_in_tsg",
        "from escalation import tsg",
        "from escalation.vis.queries import members",
        "page(vis=True)",
    ],
)
def test_a_name_in_code_is_found(source: str) -> None:
    assert list(named_in_python(source)) != []


@pytest.mark.parametrize("source", ['"""What VIS decides."""', "x = 1  # as in HÖK § 7.1", '_("På så vis går det.")'])
def test_a_comment_a_docstring_and_a_word_of_the_language_are_let_be(source: str) -> None:
    assert list(named_in_python(source)) == []


def test_a_name_in_a_template_is_found_and_a_comment_is_let_be() -> None:
    assert named_in_template('<h1>{{ _("Tolkningar av HÖK") }}</h1>') == {"HÖK"}
    assert named_in_template("{# HÖK's words #}<p></p>") == set()
