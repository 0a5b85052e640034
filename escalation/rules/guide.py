"""Where does this belong? A few questions that end in this ladder, in another one, or somewhere else (domain/04 § 4.4).

Two tables: QUESTIONS, each with its options, and ENDS. Each rests on paragraphs of HÖK, named by their codes; what HÖK
does not say is marked as ours. The answers alone decide where one stands, so every page has an address that lasts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from escalation.rules.glossary import say
from escalation.rules.ladder import Ladder


class UnknownAnswer(Exception):
    """An answer that its question does not have, or to a question that is not asked on the way."""


@dataclass(frozen=True)
class Option:
    """An answer: ``word`` in the address, ``to`` the question or end that it leads to."""

    word: str
    label: str
    to: str
    hint: str = ""


@dataclass(frozen=True)
class Question:
    """A question. ``key`` is its name in the address; ``provisions`` are codes in HÖK that it rests on."""

    key: str
    text: str
    provisions: tuple[str, ...]
    options: tuple[Option, ...]
    hint: str = ""

    def option(self, word: str) -> Option:
        """The option with this word. Raises UnknownAnswer."""
        found = next((o for o in self.options if o.word == word), None)
        if found is None:
            raise UnknownAnswer(self.key)
        return found


@dataclass(frozen=True)
class End:
    """Where it belongs.

    ``provisions`` are codes in HÖK that say so, ``ours`` what HÖK does not say. ``ways`` are (who, what they do) in the
    order to try them. ``step`` is where the ladder is entered, 0 for an end outside it. ``refuses``: it does not belong
    here, which is counted. ``onward`` asks about another side of the question, which the way goes on with if the answer
    ``detour`` (question key, word) is given instead.
    """

    key: str
    heading: str
    lead: str
    provisions: tuple[str, ...]
    ways: tuple[tuple[str, str], ...]
    ours: str
    step: int = 0
    refuses: bool = False
    onward: str = ""
    detour: tuple[str, str] = ("obstacle", "none")


@dataclass(frozen=True)
class Walk:
    """How far the answers lead: what was answered, and the question or end where one stands."""

    answered: tuple[tuple[Question, Option], ...]
    at: Question | End


LONGEST = 4
"""No way asks more questions than this (a test walks them all)."""

FIRST = "matter"

CASE_TYPES: Mapping[str, str] = {"reading": "interpretation", "conflict": "interpretation", "deviation": "deviation"}
"""Answer to the first question -> type of the case, for whoever goes on to file (§ 4.1)."""

QUESTIONS: Mapping[str, Question] = {
    q.key: q
    for q in (
        Question(
            "matter",
            say("Vad gäller det?"),
            ("7.1 ing",),
            (
                Option(
                    "reading",
                    say("Vi läser en bestämmelse på olika sätt"),
                    "obstacle",
                    say("Ni och en annan part menar att samma text betyder olika saker."),
                ),
                Option(
                    "deviation",
                    say("En part gör inte det som är överenskommet"),
                    "obstacle",
                    say("Ett åtagande i en överenskommelse följs inte."),
                ),
                Option(
                    "conflict",
                    say("Två överenskommelser eller rutiner säger olika saker"),
                    "obstacle",
                    say("Eller så är det oklart vilken som gäller."),
                ),
                Option(
                    "change",
                    say("Vi vill ändra en text"),
                    "change",
                    say("Texten är tydlig, men ni vill att den ska säga något annat."),
                ),
                Option(
                    "person",
                    say("En enskild persons vård, placering eller plan"),
                    "person",
                    say("Det är en viss person som behöver en lösning."),
                ),
                Option(
                    "portal",
                    say("Något saknas eller är fel i den digitala portalen"),
                    "portal",
                    say("Till exempel ett dokument eller en kontaktuppgift på storsthlm.se."),
                ),
                Option("unsure", say("Vi är osäkra"), "ask", say("Då visar vi vem ni kan fråga.")),
            ),
        ),
        Question(
            "obstacle",
            say("Stämmer något av det här på frågan?"),
            ("1.2", "2.3", "4 st 3"),
            (
                Option("none", say("Nej, inget av det"), "agreement"),
                Option(
                    "person",
                    say("Svaret ska gälla en enda person"),
                    "person",
                    say("Vill ni ha ett svar för alla i samma läge, välj Nej."),
                ),
                Option("crisis", say("Frågan leds av en krisorganisation just nu"), "crisis"),
                Option(
                    "law",
                    say("Vi vill veta vem lagen ger ansvaret"),
                    "law",
                    say("Inte vad parterna har kommit överens om."),
                ),
                Option("appeal", say("Ett beslut i frågan är överklagat eller prövas av en myndighet"), "appeal"),
                Option("claim", say("Någon har skickat ett formellt krav på betalning"), "claim"),
            ),
        ),
        Question(
            "agreement",
            say("Vilken överenskommelse gäller det?"),
            ("7.1 ing",),
            (
                Option(
                    "HOK",
                    say("Huvudöverenskommelsen, HÖK"),
                    "reach",
                    say("Bland annat lokal samverkan, underleverantörer, uppföljning och trappan själv."),
                ),
                Option(
                    "other",
                    say("En annan överenskommelse"),
                    "subject",
                    say("Till exempel om utskrivning, hjälpmedel eller barn i behov av särskilt stöd."),
                ),
                Option(
                    "unsure",
                    say("Ingen, eller vi vet inte"),
                    "ask",
                    say("Sekretariatet kan svara på om frågan hör till HÖK."),
                ),
            ),
            say("Säger två texter olika saker: är HÖK en av dem, välj HÖK."),
        ),
        Question(
            "subject",
            say("Vilken av de andra överenskommelserna?"),
            ("7.1 ing",),
            (Option("none", say("Ingen av dem"), "ask"),),
        ),
        Question(
            "reach",
            say("Vilka kan svaret påverka?"),
            ("7.1 p 1",),
            (
                Option(
                    "local",
                    say("En kommun och regionen"),
                    "step_1",
                    say("Kommunalförbundet Sjukvård och omsorg i Norrtälje räknas som en kommun."),
                ),
                Option(
                    "others",
                    say("Fler parter än så"),
                    "step_2",
                    say("Det kan antas att svaret påverkar minst en part till."),
                ),
                Option(
                    "municipalities",
                    say("Bara kommuner"),
                    "municipalities",
                    say("Regionen är inte med i frågan."),
                ),
                Option("unsure", say("Vi vet inte"), "step_1", say("Då börjar ni lokalt. Frågan kan lyftas senare.")),
            ),
        ),
    )
}

ENDS: Mapping[str, End] = {
    e.key: e
    for e in (
        End(
            "step_1",
            say("Börja lokalt, på trappans första steg"),
            say("Frågan hör till trappan. Ni söker först en lösning lokalt, i kommunen och regionen."),
            ("7.1 ing", "7.1 p 1"),
            (
                (say("Ni"), say("anmäler oenigheten och skriver hur ni ser på den.")),
                (say("Sekretariatet"), say("kontrollerar anmälan och översänder den till motparten.")),
                (say("Ni och motparten"), say("söker en lösning. Går det inte kan ni lyfta frågan till steg 2.")),
            ),
            say("Hur man anmäler och hur många dagar varje del får ta står inte i HÖK."),
            step=1,
        ),
        End(
            "step_2",
            say("Frågan kan börja på steg 2"),
            say(
                "Kan svaret antas påverka andra parter är frågan principiell. Då behöver ni inte börja lokalt. "
                "Den går till styrgruppen, inte direkt till VIS."
            ),
            ("7.1 p 1", "7.1 p 2"),
            (
                (
                    say("Ni"),
                    say(
                        "svarar ja på frågan ”Vill ni börja på steg 2?” i anmälan, skriver varför svaret kan påverka "
                        "andra parter, och väljer vilka de är."
                    ),
                ),
                (
                    say("Styrgruppens ordförande"),
                    say("prövar begäran. Till dess den är beviljad börjar frågan på steg 1."),
                ),
            ),
            say(
                "HÖK säger inte vem som prövar om en fråga är principiell, eller hur. "
                "Vår inställning är att styrgruppens ordförande gör det."
            ),
            step=2,
        ),
        End(
            "other_ladder",
            say("Frågan följer en annan överenskommelses trappa"),
            say("HÖK säger att oenighet om en enskild överenskommelse löses enligt en liknande trappa i den."),
            ("7.1 ing", "7.1 p 3"),
            (
                (
                    say("Ni"),
                    say(
                        "anmäler här och citerar texten ordagrant. Har överenskommelsen en egen trappa, "
                        "skriv vad den säger."
                    ),
                ),
                (say("Sekretariatet"), say("kontrollerar anmälan och översänder den till motparten.")),
                (say("Ni och motparten"), say("söker en lösning lokalt. Går det inte kan ni lyfta frågan.")),
            ),
            say(
                "HÖK säger inte vad VIS får göra med en annan överenskommelse än HÖK. "
                "Vår inställning är att VIS kan avgöra frågan, men inte tolka texten."
            ),
            step=1,
        ),
        End(
            "municipal_ladder",
            say("Kommun mot kommun: en trappa med två steg"),
            say("Överenskommelsen gäller mellan kommuner. Regionen är inte med, och VIS prövar den inte."),
            ("7.1 ing",),
            (
                (say("Ni"), say("anmäler här och citerar texten ordagrant.")),
                (say("Sekretariatet"), say("kontrollerar anmälan och översänder den till den andra kommunen.")),
                (say("Ni och den andra kommunen"), say("söker en lösning. Går det inte går frågan till steg 2.")),
            ),
            say(
                "HÖK beskriver ingen trappa mellan kommuner, och överenskommelsens egen är okänd. "
                "De två stegen är vår inställning."
            ),
            step=1,
        ),
        End(
            "municipalities",
            say("Kommun mot kommun: se först om det gäller HÖK"),
            say(
                "HÖK handlar om samverkan mellan kommunerna och regionen. Trappan kan bara användas om en bestämmelse "
                "i HÖK binder båda kommunerna."
            ),
            ("1.2", "1.4 st 1", "7.1 ing"),
            (
                (say("Först"), say("ser ni efter om det finns en överenskommelse mellan kommunerna. Den går före.")),
                (
                    say("Annars"),
                    say("anmäler ni på steg 1 och skriver vilken bestämmelse i HÖK som binder er båda."),
                ),
            ),
            say("HÖK säger inget särskilt om två kommuner som är oense. Att de kan anmäla är vår inställning."),
            step=1,
            onward=say("Finns det en överenskommelse mellan kommunerna?"),
            detour=("agreement", "other"),
        ),
        End(
            "ask",
            say("Fråga sekretariatet först"),
            say("Sekretariatet svarar på om frågan hör till HÖK, och vart den annars hör. Ingen anmälan görs."),
            ("4.6 st 1", "4.7 st 2"),
            (
                (say("Ni"), say("skriver kort vad frågan gäller, utan uppgifter om enskilda personer.")),
                (say("Sekretariatet"), say("svarar. Kontaktuppgifter finns i portalen, storsthlm.se.")),
            ),
            say("Att sekretariatet svarar inom fem arbetsdagar är vår inställning."),
        ),
        End(
            "person",
            say("En enskild persons ärende går inte till trappan"),
            say("Trappan är för hur parterna samverkar. Vänd er dit någon kan hjälpa personen nu."),
            ("1.2",),
            (
                (say("Verksamhetschefen"), say("ansvarar för verksamheten och kan lösa frågan närmast personen.")),
                (
                    say("Samordnad individuell plan (SIP)"),
                    say("görs när personen behöver insatser från både kommun och region."),
                ),
                (say("Patientnämnden"), say("tar emot synpunkter och klagomål på vården.")),
                (
                    say("Inspektionen för vård och omsorg (IVO)"),
                    say("har tillsyn. Allvarliga händelser anmäls enligt lex Maria eller lex Sarah."),
                ),
            ),
            say("HÖK säger inte vart en enskild persons ärende går. Vägarna är vår vägledning."),
            refuses=True,
            onward=say("Vill ni ha ett svar för alla i samma läge, utan uppgifter om personen?"),
        ),
        End(
            "crisis",
            say("Under en kris gäller andra former"),
            say("Det som leds av krisorganisationen tas där, så länge krisen pågår."),
            ("4 st 3",),
            (
                (say("Er egen krisledning"), say("tar frågan vidare i den regionala krisorganisationen.")),
                (say("Regionens plan för krisberedskap"), say("beskriver hur länet samverkar vid kris.")),
            ),
            say("HÖK säger inte vem ni kontaktar. Att börja hos er egen krisledning är vår vägledning."),
            refuses=True,
            onward=say("Gäller frågan ordinarie samverkan?"),
        ),
        End(
            "law",
            say("Vem lagen ger ansvaret prövas inte i trappan"),
            say("Lagen fördelar ansvaret. Parterna kan bara komma överens inom lagen."),
            ("2.3",),
            (
                (say("Era egna jurister"), say("bedömer vad lagen säger.")),
                (say("Motpartens jurister"), say("kan göra bedömningen tillsammans med era.")),
            ),
            say("HÖK säger inte hur ni tar reda på vad lagen kräver. Vägarna är vår vägledning."),
            refuses=True,
            onward=say("Är ni oense också om vad överenskommelsen säger?"),
        ),
        End(
            "appeal",
            say("Det som prövas någon annanstans prövas inte här samtidigt"),
            say("Trappan är för oenighet om överenskommelsen. Vänta tills beslutet är slutligt prövat."),
            ("7.1 ing",),
            (
                (say("Domstolen eller myndigheten"), say("som har fått överklagandet avgör det.")),
                (say("Era egna jurister"), say("svarar på frågor om prövningen.")),
            ),
            say("HÖK säger inget om överklagade beslut. Att en sådan anmälan avvisas eller pausas är vår inställning."),
            refuses=True,
            onward=say("Gäller oenigheten något annat än det som prövas?"),
        ),
        End(
            "claim",
            say("Betalningskrav prövas inte i trappan"),
            say("Ett formellt krav löses genom förhandling eller i domstol. Trappan kan inte döma ut ett belopp."),
            ("7.1 ing",),
            ((say("Era egna jurister"), say("tar hand om kravet.")),),
            say("HÖK säger inget om betalningskrav. Att de inte prövas här är vår inställning."),
            refuses=True,
            onward=say("Är ni oense om vad överenskommelsen säger om kostnaden?"),
        ),
        End(
            "change",
            say("En ny text tas fram av samrådsgruppen"),
            say("Trappan svarar på vad en text betyder. Den ändrar inte texten."),
            ("4.3 st 2", "4.2 st 3", "7.2 st 3"),
            (
                (
                    say("Samrådsgruppen för sakområdet"),
                    say("utarbetar och förvaltar överenskommelsen. Grupperna finns i portalen, storsthlm.se."),
                ),
                (say("Styrgruppen"), say("beslutar när riktlinjen revideras.")),
                (say("VIS"), say("beslutar när HÖK revideras.")),
            ),
            say("HÖK säger inte vem som får föreslå en ändring. Att börja hos samrådsgruppen är vår vägledning."),
            refuses=True,
            onward=say("Är ni oense om vad texten betyder i dag?"),
            detour=("matter", "reading"),
        ),
        End(
            "portal",
            say("Frågor om portalen går till sekretariatet"),
            say("Storsthlm ansvarar för portalen, men är inte part i HÖK. Därför prövas frågan inte i trappan."),
            ("4.7 st 4", "5 st 9", "1.4 st 1"),
            (
                (say("Ni"), say("skriver vad som saknas eller är fel.")),
                (
                    say("Sekretariatet"),
                    say("svarar på om HÖK följs och ser till att frågan når rätt person. Kontakt: storsthlm.se."),
                ),
            ),
            say("Att sekretariatet tar emot frågan och svarar inom fem arbetsdagar är vår inställning."),
            refuses=True,
        ),
    )
}


def walk(answers: Mapping[str, str], subjects: Sequence[Option]) -> Walk:
    """Follow the answers (question key -> word) as far as they lead.

    ``subjects`` are the other agreements as options of the question "subject". Raises UnknownAnswer for a word that its
    question does not have, and for an answer to a question that the way does not pass.
    """
    left = dict(answers)
    answered: list[tuple[Question, Option]] = []
    at: Question | End = _place(FIRST, subjects)
    while isinstance(at, Question) and at.key in left:
        option = at.option(left.pop(at.key))
        answered.append((at, option))
        at = _place(option.to, subjects)
    if left:
        raise UnknownAnswer(next(iter(left)))
    return Walk(tuple(answered), at)


def end_of(ladder: Ladder) -> str:
    """The end for an agreement that is not HÖK: municipalities alone on its ladder, or HÖK's shape."""
    alone = any(step.is_municipal for step in ladder.steps)
    return "municipal_ladder" if alone else "other_ladder"


def around(end: End, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers that lead around an end, by its detour; none, for the first question, where it was not passed."""
    asked, word = end.detour
    if asked not in answers:
        return {}
    before = dict(takewhile(lambda given: given[0] != asked, answers.items()))
    return {**before, asked: word}


def _place(key: str, subjects: Sequence[Option]) -> Question | End:
    if key in ENDS:
        return ENDS[key]
    question = QUESTIONS[key]
    return replace(question, options=(*subjects, *question.options)) if key == "subject" else question
