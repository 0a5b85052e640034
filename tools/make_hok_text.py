"""Write escalation/texts/hok.toml from the two raw copies of HÖK that the client gave.

    python tools/make_hok_text.py WORDS.txt PARAGRAPHS.txt > escalation/texts/hok.toml

WORDS is the copy whose words count (it has lost its paragraph breaks), PARAGRAPHS the other, which has kept
them. Both must hold the same words, else nothing is written. Words that a line's end has broken are joined,
page numbers and link lines dropped, the foreword left out (it names living people). The list markers of § 7.1
are in the codes, not in the texts. Headings, short texts and commitments are those of domain/03 § 3.2.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import sys
from pathlib import Path

from escalation.agreements.actions import text_hash

SOURCE = (
    "Huvudöverenskommelse om länsövergripande samverkan kring hälsa, vård och omsorg (HÖK), "
    "Region Stockholm och kommunerna i Stockholms län, rekommenderad av Storsthlms styrelse 2021-10-14."
)

BODY_BEGINS = re.compile(r"^ ?1\.? Överenskommelsens bakgrund", re.MULTILINE)
SECTION = re.compile(r"^(\d\.\d|\d)\.? (?=[A-ZÅÄÖ])(?!Avsteg|I det fall|Ytterst)")
NUMBERED = re.compile(r"^[123]\. (?=Avsteg|I det fall|Ytterst)")
NOISE = re.compile(r"^(\d+|https?://\S+)?$")

# 000 has no blank line at a page's end, so a page break begins a paragraph; but domain/03 counts three
# paragraphs in 4.3, of which the second runs over the page.
ONE_PARAGRAPH_OVER_THE_PAGE = "Samrådsgrupperna har även uppdrag"

# code: (heading, short text, who is bound or None); paragraphs that domain/03 groups share a row.
ROWS: dict[str, tuple[str, str, str | None]] = {
    "1.1": (
        "Inledning",
        "Ansvaret är till stor del lagstyrt; HÖK ska främja samverkan och ge sammanhållna insatser; "
        "riktlinjen kan ändras i takt med arbetssätten",
        None,
    ),
    "1.2": (
        "Syfte",
        "Bättre förutsättningar för samarbete mellan parternas verksamheter; "
        "reglerar principer och former på övergripande nivå",
        None,
    ),
    "1.3": (
        "Avsiktsförklaring",
        "Parterna utvecklar och prioriterar det som är bäst för brukaren/patienten och invånarna i hela länet",
        None,
    ),
    "1.4 st 1": ("Benämning av parter", "Region Stockholm och kommunerna inkl. KSON", None),
    "1.4 st 2": (
        "Benämning",
        "”kommunerna”, ”kommun”, ”regionen”, ”parterna”; Storsthlm som samarbetsorgan",
        None,
    ),
    "1.4 st 3": (
        "Underleverantörer",
        "HÖK ska tillämpas när uppgift överlåts; respektive part ansvarar för att den är bindande "
        "för underleverantörer",
        "each_party",
    ),
    "2.1": (
        "Övergripande mål",
        "God, sömlös och personcentrerad vård och omsorg; bättre hälsa; samordnat, jämlikt, kostnadseffektivt",
        None,
    ),
    "2.2": (
        "Målgrupper",
        "Patienter och brukare, även barn och unga, med behov av sammanhållna insatser från båda huvudmännen",
        None,
    ),
    "2.3": (
        "Det lagreglerade ansvaret",
        "Exempel på lagar (HSL, TL, SoL, LSS, LVU, LVM, LUS, LPT); "
        "parterna tar sitt ansvar enligt nuvarande och kommande lagkrav",
        "each_party",
    ),
    "3": (
        "Riktlinje",
        "Styrgruppen beslutar om revidering; publiceras i portalen; parterna ska följa riktlinjen",
        "each_party",
    ),
    "4 st 1": (
        "Organisation",
        "Endast den övergripande organisationen fastställs; resten i riktlinjen",
        None,
    ),
    "4 st 2": (
        "Organisation",
        "Endast den övergripande organisationen fastställs; resten i riktlinjen",
        None,
    ),
    "4 st 3": ("Kris", "HÖK avser ordinarie samverkan; vid kris gäller andra former", None),
    "4.1": (
        "VIS",
        "Leder strategisk inriktning; bereder ärenden inför beslut i respektive organisation",
        None,
    ),
    "4.2 st 1": (
        "Styrgruppen",
        "Består av region, kommuner, Storsthlm; kommunernas utses av strategiska nätverket",
        None,
    ),
    "4.2 st 2": (
        "Uppgifter",
        "Bereder till VIS; beslutar om riktlinjer, former, processer, uppföljning; besluten ska vara förankrade",
        "steering_group",
    ),
    "4.2 st 3": ("Riktlinjen", "Beslutar om revideringar", None),
    "4.3 st 1": (
        "Samrådsgrupper",
        "Ska finnas; tydligt uppdrag; representanter utses av styrgruppen",
        "steering_group",
    ),
    "4.3 st 2": ("Ansvar", "Utarbeta, förvalta, följa upp överenskommelser; rapportera", None),
    "4.3 st 3": ("Information", "Uppdragen finns i portalen", None),
    "4.4": (
        "Delregional samverkan",
        "Informationsutbyte och dialog; motsvarande struktur för tjänstemän",
        None,
    ),
    "4.5 st 1": (
        "Lokal samverkan",
        "Sker enligt målet och parternas lagstadgade ansvar",
        "local_parties",
    ),
    "4.5 st 2": (
        "Samordnande vårdcentral",
        "Regionen ansvarar för att det finns en i varje kommun och stadsdel; SLSO stödjer",
        "the_region",
    ),
    "4.5 st 3": (
        "Samordnande funktion",
        "Kommunen ansvarar för att utse; länk in till verksamheter inkl. privat utförare; delta i lokal samverkan",
        "the_municipality",
    ),
    "4.5 st 4": ("Uppdrag", "Beskrivs i riktlinjen", None),
    "4.6 st 1": ("Sekretariat", "Ordinarie resurser från region och kommuner genom Storsthlm", None),
    "4.6 st 2": ("Arbetsgrupper", "Beslutas av styrgruppen", None),
    "4.7 st 1": (
        "Digital portal",
        "storsthlm.se; organisation, uppdrag, kontakt; riktlinje, överenskommelser, rutiner",
        None,
    ),
    "4.7 st 2": (
        "Digital portal",
        "storsthlm.se; organisation, uppdrag, kontakt; riktlinje, överenskommelser, rutiner",
        None,
    ),
    "4.7 st 3": (
        "Digital portal",
        "storsthlm.se; organisation, uppdrag, kontakt; riktlinje, överenskommelser, rutiner",
        None,
    ),
    "4.7 st 4": (
        "Ansvar för portalen",
        "Gemensamt utvecklingsansvar; Storsthlm ansvarar för aktualitet; regionen länkar",
        "storsthlm_and_region",
    ),
    **dict.fromkeys(
        ("5 st 1", "5 st 2", "5 st 3"),
        (
            "Länsgemensamma överenskommelser",
            "Viktiga för medarbetarna; lagkrav (HSL 16 kap. 3 §, SoL 5 kap. 1 a, 8 a, 9 a §§ [äldre SoL]); "
            "därtill ytterligare områden",
            None,
        ),
    ),
    "5 st 4": ("VIS beslut", "VIS beslutar om och rekommenderar; huvudmännen antar", None),
    **dict.fromkeys(
        ("5 st 5", "5 st 6"),
        ("Process", "Dokumenterad gemensam och egen process; beslutade mallar", "the_parties"),
    ),
    "5 st 7": (
        "Länsgemensamma riktlinjer",
        "Ska följas av parterna; beslutas av styrgruppen",
        "each_party",
    ),
    "5 st 8": (
        "Lokala rutiner",
        "Ska utgå från de länsövergripande och tas fram av lokala parter",
        "local_parties",
    ),
    "5 st 9": ("Publicering", "Samtliga dokument ska vara publicerade i portalen", "storsthlm"),
    "6 st 1": (
        "Årlig dialog",
        "Ska ske mellan parterna om hur HÖK bidrar till målen",
        "the_parties",
    ),
    "6 st 2": (
        "Uppföljning av sakområden",
        "Regelbunden, gemensam, samordnad; rapporteras till VIS",
        "the_parties",
    ),
    "6 st 3": ("Prioriteringar", "Styrgruppen beslutar inför varje kalenderår", "steering_group"),
    "6 st 4": ("Beskrivning", "Uppföljning beskrivs i riktlinjen", None),
    "7.1 ing": (
        "Vägledning",
        "Syfte och gemensam målsättning alltid vägledande; trappan ska följas; sakområden: liknande trappa",
        "each_party",
    ),
    "7.1 p 1": (
        "Steg 1",
        "Lokalt i kommunen och regionen, såvida inte principiell karaktär som kan antas påverka andra parter",
        None,
    ),
    "7.1 p 2": ("Steg 2", "Tjänstemannastyrgruppen", None),
    "7.1 p 3": ("Steg 3", "VIS, tolkningsföreträde gällande överenskommelsen", None),
    "7.2 st 1": ("Ikraftträdande", "2022-07-01 eller efter samtligas beslut; tills vidare", None),
    "7.2 st 2": ("Uppsägning", "24 månader; övriga tar ställning", None),
    "7.2 st 3": (
        "Revidering",
        "VIS beslutar; gäller tidigast tre månader efter parternas godkännande",
        None,
    ),
    "7.3": ("Parter", "28 parter", None),
}

# Sections that are one provision though the copy has several paragraphs (domain/03 gives them one code).
UNDIVIDED = ("2.1", "2.3", "7.3")


def body(raw: str) -> str:
    """The agreement after its foreword, without link lines and page numbers, broken words joined."""
    begins = BODY_BEGINS.search(raw)
    if begins is None:
        raise SystemExit("The agreement's first heading is not in the file.")
    lines = (line for line in raw[begins.start() :].splitlines())
    kept = "\n".join(line for line in lines if not line.strip() or not NOISE.match(line.strip()))
    # A hyphen that ends a line without a space after it has broken a word; "hälso- " has not.
    return re.sub(r"(\w)-\n\s*(?=[a-zåäö])", r"\1", kept)


def words(text: str) -> list[str]:
    """The words in order; a section number counts alike with and without its full stop."""
    return [re.sub(r"^(\d)\.$", r"\1", word) for word in text.split()]


def paragraphs(text: str) -> list[str]:
    """Paragraphs of the copy that has kept its breaks; bullets and names of parties stay on their lines."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        new_page = line.startswith(" ") and not line.strip().startswith(ONE_PARAGRAPH_OVER_THE_PAGE)
        heading = SECTION.match(line.strip())
        if not line.strip() or new_page or heading or NUMBERED.match(line.strip()):
            blocks.append([])
        if line.strip():
            blocks[-1].append(line.strip())
    return ["\n".join(lines) for lines in blocks if lines]


def sections(blocks: list[str]) -> list[tuple[str, str, list[str]]]:
    """(number, heading, paragraphs) of each section."""
    found: list[tuple[str, str, list[str]]] = []
    for block in blocks:
        match = SECTION.match(block)
        if match is None:
            found[-1][2].append(block)
            continue
        heading, _, rest = split_heading(block[match.end() :])
        found.append((match[1], heading, [rest] if rest else []))
    return found


def split_heading(block: str) -> tuple[str, str, str]:
    """A heading may take two lines (section 5); what follows without a blank line is its first paragraph."""
    heading, separator, rest = block.partition("\n")
    if heading.endswith("dokument"):
        second, separator, rest = rest.partition("\n")
        heading = f"{heading} {second}"
    return heading, separator, rest


def provisions(number: str, blocks: list[str]) -> list[tuple[str, str]]:
    """(code, text) of each provision of a section."""
    if number == "7.1":
        codes = ["7.1 ing", "7.1 p 1", "7.1 p 2", "7.1 p 3"]
        return list(zip(codes, [flow(NUMBERED.sub("", block)) for block in blocks], strict=True))
    if number in UNDIVIDED:
        return [(number, "\n\n".join(flow(block) for block in blocks))]
    if len(blocks) == 1:
        return [(number, flow(blocks[0]))]
    return [(f"{number} st {i}", flow(block)) for i, block in enumerate(blocks, start=1)]


def flow(block: str) -> str:
    """A paragraph in one line; a list keeps its lines."""
    lines = block.split("\n")
    if lines[0].startswith("•") or lines[0] == "Region Stockholm":
        return block
    return " ".join(" ".join(lines).split())


def row(code: str) -> tuple[str, str, str | None]:
    """Heading, short text and bearer; all paragraphs of 1.1 share one row."""
    return ROWS["1.1"] if code.startswith("1.1 ") else ROWS[code]


def quoted(value: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's."""
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    """Write the file to standard output, or nothing if the copies differ or a provision is missing."""
    raw_words, raw_paragraphs = (Path(name).read_bytes() for name in sys.argv[1:3])
    by_words, by_paragraphs = body(raw_words.decode()), body(raw_paragraphs.decode())
    for here, there in itertools.zip_longest(words(by_words), words(by_paragraphs)):
        if here != there:
            raise SystemExit(f"The copies differ: {here!r} and {there!r}.")
    found = [
        (number, heading, code, text)
        for number, heading, blocks in sections(paragraphs(by_paragraphs))
        for code, text in provisions(number, blocks)
    ]
    codes = {code for _, _, code, _ in found if not code.startswith("1.1 ")} | {"1.1"}
    if codes != set(ROWS):
        raise SystemExit(f"Provisions and table differ: {sorted(codes ^ set(ROWS))}")
    out = [
        "# HÖK, verbatim. Written by tools/make_hok_text.py, never by hand: a new text is a new version.",
        'agreement = "HOK"',
        'label = "2022"',
        f"source = {quoted(SOURCE)}",
        "stated_in_force_on = 2022-07-01",
        "# The day of each party's own decision is not known, only that the last came by this day.",
        "last_adopted_on = 2022-09-05",
        f'raw_sha256 = "{hashlib.sha256(raw_words).hexdigest()}"',
        "# Of every word of the raw file from heading 1 on, headings and list markers too, joined by spaces.",
        f'words_sha256 = "{hashlib.sha256(" ".join(words(by_words)).encode()).hexdigest()}"',
        "# Of all provisions here (escalation.agreements.actions.text_hash).",
        f'text_sha256 = "{text_hash((code, text) for _, _, code, text in found)}"',
    ]
    for number, section, code, text in found:
        heading, summary, bearer = row(code)
        out += [
            "",
            "[[provision]]",
            f'code = "{code}"',
            f"section = {quoted(f'{number} {section}')}",
            f"heading = {quoted(heading)}",
            f"summary = {quoted(summary)}",
            *([f'duty_bearer = "{bearer}"'] if bearer else []),
            f"text = {quoted(text)}",
        ]
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
