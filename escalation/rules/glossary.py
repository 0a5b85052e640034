"""Code word -> Swedish label and one-line definition. The one place that joins the two languages.

Labels are gettext source strings: pages print ``_(GLOSSARY[word].label)``. Source: ``domain/01-glossary``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word of the code as people in the field say it. A definition is one sentence, or empty where none is needed."""

    label: str
    definition: str = ""


def say(sentence: str) -> str:
    """Mark a Swedish sentence that people will read, so that it is collected for translation. Changes nothing."""
    return sentence


def inside(name: str) -> str:
    """A name as it stands inside a sentence: "styrgruppen", but a name in capitals as it is."""
    return name if name.isupper() else name[:1].lower() + name[1:]


GLOSSARY: dict[str, Term] = {
    # types and phases of a case
    "interpretation": Term("Oenighet om tolkning", "Parterna läser en bestämmelse på olika sätt."),
    "deviation": Term("Avsteg från åtagande", "En part sägs inte göra det som överenskommelsen binder den till."),
    "intake": Term("Inkommet, kontrolleras"),
    "completion": Term("Komplettering begärd"),
    "bypass_review": Term("Prövning av principiell karaktär"),
    "served": Term("Översänt, väntar på bekräftelse"),
    "dialogue": Term("Lokal dialog pågår"),
    "impasse": Term("Lösning ej nådd, underlag tas fram"),
    "received": Term("Mottaget, kontrolleras"),
    "preparation": Term("Bereds"),
    "scheduled": Term("Uppsatt på möte"),
    "minuted": Term("Beslutat, protokoll justeras"),
    "recommendation_out": Term("Rekommendation eller besked lämnat, väntar på parternas svar"),
    "implementation": Term("Genomförs och följs upp"),
    "closed": Term("Avslutat"),
    # why a case is closed
    "settled_local": Term("löst mellan parterna"),
    "settled_body": Term("löst efter behandling"),
    "decided_body": Term("efter beslut"),
    "interpreted": Term("avgjort genom tolkning"),
    "no_agreement_revision": Term("ingen enighet, går till revidering"),
    "withdrawn": Term("återkallat"),
    "out_of_scope": Term("avvisat"),
    "joined": Term("sammanlagt"),
    "lapsed": Term("avslutat eftersom ingen agerade"),
    "superseded": Term("ersatt"),
    # who takes part
    "initiator": Term("Anmälare", "Part som anmäler."),
    "respondent": Term("Motpart", "Part som anmälan riktas till."),
    "invited": Term("Tillfrågad", "Part som är tillfrågad om att anmäla tillsammans med andra."),
    "affected": Term("Berörd part", "Annan part som utfallet kan påverka."),
    "region": Term("Regionen"),
    "municipality": Term("Kommun"),
    "municipal": Term("Kommunerna"),
    "federation": Term("Kommunalförbund"),
    "both": Term("Båda huvudmännen"),
    "district": Term("Stadsdel"),
    "committee": Term("Nämnd"),
    "administration": Term("Förvaltning"),
    "officials": Term("Tjänstepersoner"),
    "political": Term("Politiker"),
    "consultation": Term("Samrådsgrupp"),
    "officials_body": Term("Tjänstepersonernas styrgrupp"),
    "political_body": Term("Politisk styrgrupp"),
    # roles
    "local_handler": Term("Handläggare", "Anmäler, svarar och för dialogen för sin part."),
    "local_approver": Term("Beslutsfattare", "Beslutar för sin part: lyfter ärenden och svarar på förslag."),
    "party_registrar": Term("Registrator"),
    "party_reader": Term("Läsare"),
    "coordinating_centre": Term(
        "Samordnande vårdcentral", "Ser bara de ärenden i lokala steget som en part har släppt in den i."
    ),
    "body_member": Term("Ledamot", "Läser ärenden som är hos organet."),
    "body_chair": Term("Ordförande", "Leder organet och justerar protokollet."),
    "body_deputy": Term("Vice ordförande"),
    "body_substitute": Term("Ersättare", "Läser ärenden som är hos organet."),
    "secretariat": Term("Sekretariatet", "Kontrollerar anmälningar, förbereder möten och publicerar tolkningar."),
    "secretariat_head": Term(
        "Chef för sekretariatet", "Gör allt som sekretariatet gör, och får veta när något är sent."
    ),
    "consultation_member": Term("Ledamot i samrådsgrupp"),
    "auditor": Term("Revisor", "Läser alla ärenden och ändrar inget."),
    "admin": Term("Systemförvaltare"),
    # outcomes
    "recommend": Term("Rekommendation", "Vägledning till parterna, ingen tolkning. Parterna svarar ja eller nej."),
    "refer_up": Term("Överlämnande till nästa steg"),
    "no_concurrence": Term("Ingen enighet", "Blocken fann olika linjer. Båda antecknas."),
    "decide": Term("Beslut i sak"),
    "interpret": Term("Tolkning", "Organet säger vad överenskommelsen betyder. Texten ändras inte."),
    "county_routine": Term("Länsgemensam rutin"),
    "announcement": Term("beskedet"),  # as it stands after "svarade ja på"
    "deviation_handled": Term("Avsteget hanterat"),
    "information": Term("Godkänd information"),
    "remit": Term("Återförvisning"),
    "revision_ordered": Term("Uppdrag om revidering"),
    # proposals, as they stand after "föreslog" and "godkände"
    "settlement": Term("en uppgörelse"),
    "extension": Term("en förlängning"),
    "pause": Term("en paus"),
    "back_to_dialogue": Term("att gå tillbaka till dialog"),
    "lift_early": Term("att lyfta ärendet före tidens slut"),
    "interim": Term("vad som gäller under tiden"),
    "statement": Term("gemensam beskrivning"),
    "reject": Term("att avvisa anmälan"),
    "lapse": Term("att avsluta ärendet"),
    # what the parties are heard about, as it stands after "hör parterna om"
    "call_up": Term("att ta upp ärendet redan nu"),
    "supersede": Term("att avsluta ärendet som ersatt"),
    "join": Term("att lägga samman ärenden"),
    "split": Term("att dela ärendet"),
    "joint_statement": Term("gemensam beskrivning"),
    # how a case belongs with another, as it stands after "ärendet"
    "related": Term("hör ihop med", "Frågorna hör ihop utan att vara desamma."),
    "same_provision": Term("gäller samma bestämmelse som", "Båda ärendena anger samma bestämmelse."),
    "predecessor": Term("ersätter", "Det andra ärendet kom före, och frågan förs vidare här."),
    "successor": Term("ersätts av"),
    "conflicts_with": Term("står i strid med", "Det som begärs i det ena går inte ihop med det andra."),
    "split_from": Term("är delat ur"),
    "split_into": Term("har delats, och en fråga blev"),
    "precedent_applied": Term("tillämpar", "Ett publicerat tolkningsbesked svarar på frågan eller en del av den."),
    "unilateral_statement": Term("ensidig beskrivning"),
    # the principle test
    "q1": Term("Frågan är vad en bestämmelse betyder som binder fler än oss"),
    "q2": Term("Samma fråga finns hos minst en annan part"),
    "q3": Term("Ett svar skulle ändra kostnad, ansvar eller arbetssätt för minst en annan part"),
    "q4": Term("Frågan går att besvara utan att känna till det lokala"),
    # parts of the joint statement, each with what to write there
    "background": Term("Bakgrund", "Det som båda kan skriva under på. Kort."),
    "agreed_points": Term("Det här är parterna överens om"),
    "question": Term("Frågan", "En mening som går att svara på. Den visas överst i ärendet."),
    "stand": Term("Ståndpunkt", "Skrivs av var och en för sig."),
    "tried": Term("Vad som har prövats"),
    "on_the_table": Term("Förslag som fortfarande är möjliga"),
    "meanwhile": Term("Vem gör vad under tiden"),
    "purpose": Term(
        "Syfte och gemensamma mål",
        "Hur syftet (1.2) och målen (2.1) bör vägleda. De ska alltid vara vägledande.",
    ),
    "also_affected": Term("Andra som berörs"),
    # grounds
    "individual": Term(
        "Gäller en enskild person",
        "Trappan är för systemfrågor. Vänd er till verksamhetschef, SIP, patientnämnd eller IVO.",
    ),
    "crisis": Term("Leds inom krisorganisationen", "Vid kris gäller andra samverkansformer (4 stycke 3)."),
    "law": Term("Gäller lagens ansvarsfördelning", "Parterna kan bara komma överens inom lagen (2.3)."),
    "payment_claim": Term("Gäller betalningskrav", "Formella krav prövas inte i trappan."),
    "change_of_text": Term("Gäller en ändring av texten", "Revidering sker genom samrådsgruppen (7.2)."),
    "under_appeal": Term("Prövas i annan ordning"),
    "awaits_revision": Term("I väntan på revidering"),
    "awaits_decision": Term("I väntan på annat beslut"),
    "awaits_facts": Term("I väntan på underlag"),
    "force_majeure": Term("Force majeure"),
    "not_a_party": Term("Riktas mot någon som inte är part"),
    "tabled": Term("Bordlagt", "Tas upp igen utan nytt underlag."),
    "returned": Term("Återremitterat", "Underlaget behöver arbetas om."),
    "not_reached": Term("Hanns inte med"),
    "no_quorum": Term("Inte beslutsmässigt"),
    "cancelled": Term("Mötet ställdes in"),
    "new_facts": Term("Nya fakta", "Något som inte var känt när ärendet avslutades."),
    "breach": Term("Det överenskomna följs inte", "Uppgörelsen eller beslutet har inte följts."),
    "against_rejection": Term("Invändning mot avvisningen"),
    # what a filing weighs
    "target_group": Term("För målgruppen", "Patienter och brukare med behov av insatser från båda sidor (2.2)."),
    "equality": Term("För en jämlik vård och omsorg i länet"),
    "cost": Term("För kostnaderna"),
    "staff": Term("För medarbetarna"),
    "consequence_0": Term("Ingen"),
    "consequence_1": Term("Liten"),
    "consequence_2": Term("Märkbar"),
    "consequence_3": Term("Stor"),
    # agreements
    "main": Term("Huvudöverenskommelse"),
    "guideline": Term("Riktlinje"),
    "subject": Term("Sakområdesöverenskommelse"),
    "supplement": Term("Tilläggsöverenskommelse"),
    "each_party": Term("varje part"),
    "the_parties": Term("parterna"),
    "local_parties": Term("lokala parter"),
    "the_region": Term("regionen"),
    "the_municipality": Term("kommunen"),
    "steering_group": Term("tjänstepersonernas styrgrupp"),
    "storsthlm": Term("Storsthlm"),
    "storsthlm_and_region": Term("Storsthlm och regionen"),
    "in_force": Term("Gällande"),
    "revoked": Term("Upphävd"),
    "incorporated": Term("Inarbetad"),
    "under_review": Term("Under omprövning"),
    # files
    "pdf": Term("PDF"),
    "docx": Term("DOCX"),
    "xlsx": Term("XLSX"),
    "png": Term("PNG"),
    "jpeg": Term("JPEG"),
    # mail, clock, accounts
    "pending": Term("Väntar"),
    "attached": Term("Läggs i ett brev"),
    "sending": Term("Skickas"),
    "sent": Term("Skickad"),
    "suppressed": Term("Behövdes inte"),
    "failed": Term("Kom inte fram"),
    "uncertain": Term("Osäkert om den kom fram"),
    "no_connection": Term("Ingen kontakt"),
    "retry": Term("Försöker igen"),
    "passed": Term("Redan passerad"),
    "no_longer_true": Term("Gjort under tiden"),
    "own_act": Term("Egen åtgärd"),
    "N0": Term("Ni har bollen"),
    "N3": Term("1 arbetsdag sent"),
    "N4": Term("5 arbetsdagar sent"),
    "N5": Term("10 arbetsdagar sent"),
    "green": Term("Fungerar"),
    "amber": Term("Sen"),
    "red": Term("Står still"),
    "signed_in": Term("Inloggad"),
    "refused": Term("Nekad"),
    "throttled": Term("Får vänta"),
    "set_password": Term("Välj lösenord"),
    "too_short": Term("För kort"),
    "too_long": Term("För långt"),
    "guessable": Term("För lätt att gissa"),
    "certain": Term("Personnummer"),
    "possible": Term("Liknar ett personnummer"),
    "full": Term("Hela ärendet"),
    "stub": Term("Rubrik, parter och läge"),
    "title": Term("Rubrik och läge"),
    # capacities in a case
    "initiator_handler": Term("Anmälarens handläggare"),
    "initiator_approver": Term("Anmälarens beslutsfattare"),
    "respondent_handler": Term("Motpartens handläggare"),
    "respondent_approver": Term("Motpartens beslutsfattare"),
    "pursuer": Term("Beslutsfattaren hos den som driver ärendet"),
    "objector": Term("Beslutsfattaren hos en annan part, när ärendet återkallas"),
    "unconfirmed": Term("Den som inte har bekräftat att den deltar"),
    "one_of_several": Term("Beslutsfattaren hos den som anmäler tillsammans med andra"),
    "unanswered": Term("Beslutsfattaren hos den som inte har svarat"),
    "outsider": Term("En part utanför ärendet"),
    "registrar": Term("Sekretariatet, när en part har begärt att delta"),
    "affected_handler": Term("Berörd parts handläggare"),
    "obliged_handler": Term("Den som ska genomföra"),
    "counterparty_approver": Term("Den andra sidans beslutsfattare"),
    "chair_here": Term("Ordföranden"),
    "chair_next": Term("Nästa steg ordförande"),
    "body_here": Term("Organet"),
    "adjuster_region": Term("Regionens justerare"),
    "adjuster_municipal": Term("Kommunernas justerare"),
    "official_region": Term("Sekretariatet från regionen"),
    "official_municipal": Term("Sekretariatet från kommunerna"),
    "referred": Term("Den som har fått en remiss"),
    "clock": Term("Klockan"),
}

VERBS: dict[str, Term] = {
    # a move's button, verb first, and what happens then
    "file": Term("Anmäl en oenighet", "Sekretariatet kontrollerar anmälan och översänder den till motparten."),
    "reject": Term("Föreslå avvisning", "Någon från sekretariatets andra sida ska godkänna."),
    "review_rejection": Term("Ta upp anmälan igen", "Avvisningen gäller inte längre. Anmälan kontrolleras på nytt."),
    "ask_completion": Term("Begär komplettering", "Kontrollen stannar. Anmälaren får tio arbetsdagar på sig."),
    "complete": Term("Komplettera anmälan", "Sekretariatet går vidare med kontrollen."),
    "lapse_incomplete": Term(
        "Föreslå att anmälan avslutas",
        "Någon från sekretariatets andra sida ska godkänna. Anmälaren kan ta upp anmälan en gång till.",
    ),
    "claim_principle": Term(
        "Inled prövning av principiell karaktär",
        "Motparten får yttra sig i fem arbetsdagar. Sedan avgör ordföranden i {above} om ärendet får börja där.",
    ),
    "comment_principle": Term("Yttra er om prövningen", "Det är frivilligt. Ordföranden läser det före beslutet."),
    "grant_principle": Term(
        "Bevilja: ärendet börjar här",
        "Motparten ska fortfarande bekräfta, lämna sin ståndpunkt och få skriva under beskrivningen.",
    ),
    "refuse_principle": Term(
        "Avslå: ärendet börjar lokalt", "Steg 1 börjar i dag med full tid. Begäran kan göras om med nya fakta."
    ),
    "serve": Term("Översänd till motparten", "Motparten får anmälan och steg 1 börjar i dag."),
    "acknowledge": Term("Bekräfta mottagande", "Ni namnger handläggare och ersättare. Den lokala dialogen börjar."),
    "confirm_part": Term(
        "Bekräfta att ni deltar",
        "Ni namnger handläggare och ersättare. Är ni tillfrågade om att anmäla tillsammans med andra står ni sedan "
        "bakom anmälan och ska godkänna det som parterna kommer överens om.",
    ),
    "leave_filing": Term(
        "Stå inte bakom anmälan",
        "Ni blir berörd part: när ärendet är översänt läser ni det och får lämna ståndpunkt, men inget kräver ert "
        "godkännande.",
    ),
    "ask_to_register": Term(
        "Anmäl oss som berörd part",
        "Sekretariatet svarar. Säger det ja läser ni ärendet och får lämna ståndpunkt, men godkänner inget.",
    ),
    "register_affected": Term(
        "Låt en part delta som berörd", "Parten läser ärendet från och med nu och får lämna ståndpunkt."
    ),
    "refuse_registration": Term("Säg nej till en part som vill delta", "Parten läser skälet."),
    "hear_call_up": Term(
        "Hör parterna om att ta upp ärendet i {above}",
        "Parterna får yttra sig i fem arbetsdagar. Under tiden läser ni hela ärendet. Sedan avgör ni.",
    ),
    "call_up": Term(
        "Ta upp ärendet i {above}",
        "Steget hos parterna slutar i dag. "
        "Motparten ska fortfarande bekräfta, lämna sin ståndpunkt och få skriva under beskrivningen.",
    ),
    "hear_supersede": Term(
        "Hör parterna om att avsluta ärendet som ersatt",
        "Parterna får yttra sig i fem arbetsdagar, och invänder den som har anmält fortsätter ärendet. Annars kan ni "
        "föreslå den andra sidan i sekretariatet att det avslutas.",
    ),
    "supersede": Term(
        "Föreslå att ärendet avslutas som ersatt",
        "Lagen eller överenskommelsen är ändrad så att frågan inte längre finns. Ärendet avslutas när den andra sidan "
        "i sekretariatet har godkänt. Den som har anmält kan ta upp det igen en gång.",
    ),
    "hear_split": Term(
        "Hör parterna om att dela ärendet",
        "Parterna får yttra sig i fem arbetsdagar om att en fråga går vidare för sig.",
    ),
    "split": Term(
        "Dela ärendet",
        "Frågan får ett eget nummer, med samma parter, ståndpunkter, läge och dagar. Det här ärendet går vidare som "
        "förut.",
    ),
    "turn": Term(
        "Ändra vad ärendet gäller",
        "Ett avsteg blir en oenighet om tolkning, eller tvärtom. Läget i trappan och alla dagar är desamma.",
    ),
    "hear_join": Term(
        "Hör parterna om att lägga samman ärenden",
        "Det här ärendet blir huvudärende. Parterna i alla ärendena får yttra sig i fem arbetsdagar.",
    ),
    "join": Term(
        "Lägg samman ärendena",
        "De andra ärendena följer det här och avslutas när det avgörs, eller när deras anmälare har godkänt en "
        "uppgörelse här. Slutar det på annat sätt går de vidare för sig. De behåller sina nummer, och deras parter och "
        "ståndpunkter kommer hit. Den tidigaste sista dagen gäller.",
    ),
    "separate": Term(
        "Lägg isär ärendena",
        "Ärendet går vidare för sig, med de arbetsdagar som var kvar. Dess parter blir berörda parter i huvudärendet.",
    ),
    "comment": Term("Yttra er om det som avses", "Det är frivilligt. Det som ni skriver läses före beslutet."),
    "state_position": Term("Lämna ståndpunkt", "Den nya versionen visas först. De tidigare går att läsa."),
    "note_meeting": Term("Skriv ner ett möte", "Båda parter ser anteckningen."),
    "declare_impasse": Term(
        "Börja lyfta till {above}",
        "Ni förklarar att en lokal lösning inte har nåtts. Sedan tar båda parter fram en gemensam beskrivning. "
        "Motparten kan inte hindra det.",
    ),
    "lift": Term("Lyft till {above}", "Ärendet går till nästa steg."),
    "declare_impasse_for": Term(
        "Börja lyfta till {above} åt parterna",
        "Ni förklarar, i stället för parterna, att en lokal lösning inte har nåtts. Sedan har båda parter tid att ta "
        "fram en gemensam beskrivning. Därefter kan ärendet lyftas, av en part eller av er.",
    ),
    "lift_for": Term("Lyft till {above} åt parterna", "Ärendet går till nästa steg, med er beskrivning av frågan."),
    "ask_to_pursue": Term(
        "Fråga parterna om de går vidare",
        "Anmälare och motpart får tio arbetsdagar att svara. Svarar ingen av dem, och gör ingen av dem något i "
        "ärendet, kan två personer från olika sidor avsluta det.",
    ),
    "pursue": Term(
        "Svara att ni går vidare",
        "Ärendet avslutas inte på minst 20 arbetsdagar. Det är sedan ni som för det vidare.",
    ),
    "lapse": Term(
        "Föreslå att ärendet avslutas",
        "Någon från sekretariatets andra sida ska godkänna. Anmälaren kan sedan ta upp ärendet en gång, utan prövning.",
    ),
    "take_up_by_right": Term(
        "Ta upp ärendet igen utan prövning",
        "Ärendet går vidare där det stod, i en ny omgång. Det går att göra en gång.",
    ),
    "accept_file": Term("Ta emot för beredning", "Ni utser en rapportör från varje sida och väljer möte."),
    "refer": Term(
        "Skicka på remiss", "Beredningen fortsätter. Den tillfrågade har 20 arbetsdagar på sig, 7 om det brådskar."
    ),
    "answer_referral": Term("Svara på remissen", "Svaret läses av alla som ser ärendet. Det lämnas en gång."),
    "schedule": Term("Lämna underlaget och sätt upp på möte", "Parterna får yttra sig till dagen före utskicket."),
    "take_off": Term("Ta ärendet av mötet", "Ärendet bereds till nästa möte som går att nå."),
    "decide": Term(
        "Anteckna beslutet", "Två justerar protokollet: ordföranden och vice ordföranden, en från varje block."
    ),
    "adjust": Term(
        "Justera protokollet",
        "Det gäller när även det andra blockets justerare har justerat. Texten går inte att ändra här. "
        "Är något fel: skicka tillbaka den.",
    ),
    "send_back": Term(
        "Skicka tillbaka till sekretariatet", "Sekretariatet rättar det antecknade. Därefter justerar båda på nytt."
    ),
    "correct_decision": Term(
        "Rätta det antecknade beslutet", "Båda justerar den rättade texten. Den gamla finns kvar i händelserna."
    ),
    "confirm_minutes": Term(
        "Anteckna att protokollet är bekräftat eller intyga det",
        "Bara när organet självt har bekräftat protokollet på sitt möte, eller när en handläggare från den andra sidan "
        "redan har intygat det. Texten går inte att ändra.",
    ),
    "send_recommendation": Term("Justera och lämna rekommendationen", "Parterna får tio arbetsdagar att svara."),
    "refuse_recommendation": Term("Svara nej på rekommendationen", "Ärendet går till nästa steg."),
    "end_without_agreement": Term(
        "Svara nej på rekommendationen", "Ärendet avslutas utan enighet och går till revidering."
    ),
    "carry_out": Term("Justera och genomför", "Utan uppgifter avslutas ärendet. Med uppgifter följs de upp."),
    "announce": Term(
        "Justera och lämna beskedet",
        "Var och en av parterna får ta ärendet till {above}. Gör ingen det avslutas ärendet, eller genomförs "
        "uppgiften, när svarstiden är slut. Den som inte svarar har inte godtagit något.",
    ),
    "accept_announcement": Term(
        "Svara ja på beskedet", "När alla har svarat ja genomförs uppgiften, eller avslutas ärendet."
    ),
    "refuse_announcement": Term("Ta ärendet vidare till {above}", "Ärendet går till nästa steg."),
    "take_effect": Term("Avsluta efter svarstiden", "Sker av sig självt när ingen har tagit ärendet vidare."),
    "refuse_late": Term(
        "Ta ärendet vidare till {above}",
        "Ni har inte svarat på beskedet. Ärendet går till nästa steg, i en ny omgång. Sista dagen för det är vår "
        "inställning, inte överenskommelsens.",
    ),
    "remit": Term(
        "Justera och återförvisa",
        "Ärendet går tillbaka ett steg med en fråga att svara på. Högst två återförvisningar i ett ärende.",
    ),
    "pass_up": Term("Justera och lämna över till nästa steg", "Båda linjerna följer med."),
    "pronounce": Term("Justera och meddela", "Utfallet gäller när protokollet är justerat."),
    "close_without_agreement": Term("Justera och avsluta utan enighet", "Båda linjerna går till revidering (7.2)."),
    "table_without_concurrence": Term(
        "Justera och ta upp frågan en gång till", "Frågan tas upp på nästa möte som går att nå."
    ),
    "report_task": Term("Rapportera genomförande", "Motparten får tio arbetsdagar att bekräfta."),
    "confirm_done": Term("Bekräfta att allt är genomfört", "Ärendet avslutas."),
    "settle": Term("Föreslå en uppgörelse", "Gäller när båda parters beslutsfattare har godkänt."),
    "extend": Term("Föreslå förlängning", "Gäller när båda parters beslutsfattare har godkänt. Högst två per steg."),
    "pause": Term("Föreslå paus", "Dagarna räknas inte under pausen. Gäller när båda har godkänt."),
    "pause_alone": Term("Pausa på grund av force majeure", "Ärendet pausas i dag. Dagarna räknas inte under pausen."),
    "resume": Term("Återuppta ärendet", "Sker av sig självt när pausen är slut."),
    "end_pause": Term("Avsluta pausen", "Pausen slutar om fem arbetsdagar."),
    "return_to_dialogue": Term("Föreslå att gå tillbaka till dialog", "Tio arbetsdagar till när båda har godkänt."),
    "lift_early": Term("Föreslå att lyfta redan nu", "Gäller när båda parters beslutsfattare har godkänt."),
    "offer_interim": Term("Föreslå vad som ska gälla under tiden", "Ändras bara när båda har godkänt."),
    "accept_recommendation": Term("Svara ja på rekommendationen", "När alla har svarat ja genomförs den."),
    "report_breach": Term("Anmäl att det inte har gjorts", "Ärendet tas upp igen i en ny omgång."),
    "withdraw": Term(
        "Återkalla ärendet",
        "De andra parterna och ordföranden kan invända inom fem arbetsdagar. Då fortsätter ärendet där det står, och "
        "ni kan inte återkalla det igen i den här omgången. Det som ett organ har beslutat står fast.",
    ),
    "keep_open": Term(
        "Invänd mot återkallelsen",
        "Ärendet fortsätter där det står, med samma parter, rättigheter och dagar. Det är ni som driver det.",
    ),
    "end_withdrawn": Term("Avsluta återkallat ärende", "Sker av sig självt när ingen har invänt."),
    "reopen": Term("Ta upp ärendet igen", "En ny omgång börjar i dag. Allt som har hänt finns kvar."),
    "ask_reopening": Term("Be att ärendet tas upp igen", "Den som avgör det svarar inom tio arbetsdagar."),
    "refuse_reopening": Term("Låt ärendet vara avslutat", "Den som bad om att det tas upp igen får läsa skälen."),
    "offer_statement": Term(
        "Skriv den gemensamma beskrivningen", "Ni och motparten fyller i samma blad. Båda beslutsfattarna godkänner."
    ),
    "publish": Term("Publicera tolkningen", "Alla kan läsa den utan att logga in."),
}

ACTS: dict[str, Term] = {
    # what the ball's holder is waited for: as a heading after the holder's name, and as the thing to do
    "check_filing": Term("kontrollerar anmälan", "Kontrollera anmälan"),
    "complete": Term("kompletterar anmälan", "Komplettera anmälan"),
    "lapse_incomplete": Term(
        "kan föreslå att anmälan avslutas", "Föreslå att anmälan som inte har kompletterats avslutas"
    ),
    "comment": Term("får yttra sig om prövningen", "Yttra er om prövningen"),
    "decide_principle": Term("avgör var ärendet börjar", "Avgör om ärendet är av principiell karaktär"),
    "acknowledge": Term("bekräftar mottagandet", "Bekräfta mottagande"),
    "position": Term("lämnar ståndpunkt", "Lämna ståndpunkt"),
    "meet": Term("möts och pratar om frågan", "Håll ett möte och skriv ner det"),
    "settle": Term("söker en lösning", "Sök en lösning med motparten"),
    "settle_extend_lift": Term("väljer: lös, förläng eller lyft", "Lös, förläng eller lyft"),
    "force": Term("väljer hur ärendet går vidare", "Välj hur ärendet går vidare"),
    "say_on": Term("svarar på om de går vidare", "Svara på om ni går vidare med ärendet"),
    "statement": Term("skriver en gemensam beskrivning", "Skriv en gemensam beskrivning"),
    "lift": Term("får lyfta ärendet", "Lyft ärendet"),
    "stand_in": Term("följer ärendet i parternas ställe", "Följ ärendet tills det kan lyftas"),
    "check_file": Term("kontrollerar det lyfta ärendet", "Kontrollera det lyfta ärendet"),
    "prepare": Term("bereder ärendet", "Lämna underlaget"),
    "answer_referral": Term("svarar på remissen", "Svara på remissen"),
    "comment_hearing": Term("får yttra sig", "Yttra er om det som avses"),
    "after_hearing": Term("avgör efter att parterna har hörts", "Avgör det som parterna har hörts om"),
    "confirm_part": Term("svarar på om de deltar", "Svara på om ni deltar"),
    "answer_registration": Term("svarar en part som vill delta", "Svara en part som vill delta"),
    "answer_reopening": Term("avgör om ärendet tas upp igen", "Avgör om ärendet ska tas upp igen"),
    "decide": Term("beslutar", "Besluta på mötet"),
    "adjust": Term("justerar protokollet", "Justera protokollet"),
    "correct": Term("rättar det antecknade beslutet", "Rätta det antecknade beslutet"),
    "confirm_minutes": Term("låter mötet bekräfta protokollet", "Låt mötet bekräfta protokollet"),
    "certify": Term("intygar protokollet, en från varje sida", "Intyga protokollet, en från varje sida"),
    "answer": Term("svarar på rekommendationen", "Svara på rekommendationen"),
    "lift_unanswered": Term("får lyfta det obesvarade ärendet", "Lyft det obesvarade ärendet"),
    "answer_announcement": Term("svarar på beskedet", "Svara på beskedet, eller ta ärendet vidare"),
    "ended_by_silence": Term("har inte tagit ärendet vidare", "Ingen tog ärendet vidare"),
    "report": Term("rapporterar vad som är gjort", "Rapportera genomförande"),
    "object": Term("kan invända mot återkallelsen", "Ta ställning till återkallelsen"),
    "confirm": Term("bekräftar genomförandet", "Bekräfta genomförandet"),
    "close": Term("följer upp och kan avsluta ärendet", "Följ upp och avsluta"),
}

HOLDERS: dict[str, Term] = {
    # seat-set words that name no party of their own
    "secretariat": Term("Sekretariatet", "Kontrollerar anmälningar, förbereder möten och publicerar tolkningar."),
    "secretariat_head": Term("Chefen för sekretariatet"),
    "both_sides": Term("Båda parter"),
    "both_sides_and_secretariat": Term("Parterna och sekretariatet"),
    "unanswered": Term("Parterna"),
    "chair": Term("Ordföranden i {body}"),
    "deputy": Term("Vice ordföranden i {body}"),
    "chair_and_secretariat": Term("Ordföranden i {body} och sekretariatet"),
    "adjuster_region": Term("Regionens justerare i {body}"),
    "adjuster_municipal": Term("Kommunernas justerare i {body}"),
    "body": Term("{body}"),
}

GUARD_SENTENCES: dict[str, str] = {
    # why an act is not open
    "phase": say("Ärendet är inte i det läget längre."),
    "kind": say("Det går inte på det här steget."),
    "seat": say("Det är någon annan som kan göra det."),
    "not_being_withdrawn": say("Ärendet är återkallat och väntar på eventuell invändning."),
    "being_withdrawn": say("Ärendet är inte återkallat."),
    "withdrawal_time_over": say("Det sker när tiden att invända är slut."),
    "kept_by_body": say("Ingen ordförande har invänt mot en återkallelse."),
    "not_kept_by_body": say("Ordföranden har invänt mot en återkallelse. Ärendet drivs inte av någon part."),
    "not_withdrawn_before": say("Ni har redan återkallat ärendet en gång. Det går en gång i varje omgång."),
    "paused": say("Ärendet är inte pausat."),
    "pause_over": say("Det sker när pausen är slut."),
    "comment_closed": say("Motpartens tid att yttra sig är inte ute."),
    "may_be_extended": say(
        "Det lokala steget har redan förlängts två gånger. Lyft ärendet eller föreslå en uppgörelse."
    ),
    "settlement_agreed": say("Det gäller när båda parter har godkänt."),
    "extension_agreed": say("Det gäller när båda parter har godkänt."),
    "pause_agreed": say("Det gäller när båda parter har godkänt."),
    "back_to_dialogue_agreed": say("Det gäller när båda parter har godkänt."),
    "breach_may_be_reported": say("Det går när något är försenat eller rapporterat."),
    "completion_time_over": say("Det går när anmälaren har haft tio arbetsdagar till på sig."),
    "reminded_twice": say("Det går när anmälaren har fått två påminnelser, eller 15 arbetsdagar efter sista dagen."),
    "principle_asked": say("Anmälaren har inte bett om det."),
    "principle_undecided": say("Det går när ordförandens tid att avgöra är slut."),
    "comment_open": say("Motparten har redan yttrat sig, eller tiden är slut."),
    "unacknowledged": say("Mottagandet är redan bekräftat."),
    "not_paused": say("Ärendet är pausat."),
    "local_way_is_over": say("Det går när det lokala steget är slut."),
    "statement_agreed_or_time_over": say(
        "Det går när båda har godkänt beskrivningen, eller när tiden för den är slut."
    ),
    "forced_decision_due": say("Det går när parternas tid att själva välja väg är slut."),
    "forced_decision_passed": say("Det går när sekretariatets tid att välja väg är slut."),
    "parties_silent": say("Det går när ingen part har gjort något i ärendet på 20 arbetsdagar."),
    "not_asked_already": say("Parterna är redan tillfrågade, och ingen har svarat."),
    "asked_less_than_twice": say("Parterna har redan tillfrågats två gånger. Nu återstår att lyfta ärendet."),
    "asked_to_pursue": say("Parterna är inte tillfrågade, eller har redan svarat."),
    "silent_since_asked": say("En part har gjort något i ärendet sedan parterna tillfrågades."),
    "ask_time_over": say("Det går när parternas tid att svara är slut."),
    "ask_long_over": say("Det går när parternas tid att svara har varit slut i fem arbetsdagar."),
    "not_principled": say("Frågan är principiell och kan inte avslutas utan behandling."),
    "not_at_top": say("Ärendet är på trappans översta steg."),
    "at_top": say("Ärendet är inte på trappans översta steg."),
    "reject_agreed": say("Någon från sekretariatets andra sida ska godkänna."),
    "lapse_agreed": say("Någon från sekretariatets andra sida ska godkänna."),
    "material_deadline_open": say("Det finns inget kommande möte som underlaget hinner till."),
    "meeting_day_come": say("Det går när mötet har hållits."),
    "record_complete": say("Tolkningens räckvidd och första dag saknas. Sekretariatet skriver in dem först."),
    "not_adjusted_once": say("Ena blocket har redan justerat. Nu väntas det andra."),
    "not_sent_back": say("Texten är redan tillbakaskickad till sekretariatet."),
    "adjusted_for_region": say("Regionens justerare har inte justerat än."),
    "adjusted_for_municipal": say("Kommunernas justerare har inte justerat än."),
    "body_may_confirm": say("Det går när organet självt kan bekräfta protokollet på sitt möte."),
    "officials_may_certify": say("Det går när mötet som kan bekräfta protokollet är över."),
    "certified_for_region": say("Sekretariatets andra sida har inte intygat än."),
    "certified_for_municipal": say("Sekretariatets andra sida har inte intygat än."),
    "other_hand": say("Du har redan gjort din del. Någon annan ska göra den andra."),
    "outcome_recommends": say("Utfallet är inte en rekommendation."),
    "outcome_is_carried_out": say("Utfallet är inte något som ska genomföras."),
    "outcome_is_announced": say("Utfallet är inte ett besked som parterna svarar på."),
    "outcome_remits": say("Utfallet är inte en återförvisning."),
    "call_up_heard": say("Parterna ska höras först, i fem arbetsdagar."),
    "not_objected_to": say("Den som driver ärendet har invänt. Därmed är saken avgjord i den här omgången."),
    "supersede_agreed": say("Någon från sekretariatets andra sida ska godkänna."),
    "supersede_heard": say("Parterna ska höras först, i fem arbetsdagar."),
    "join_heard": say("Parterna ska höras först, i fem arbetsdagar."),
    "split_heard": say("Parterna ska höras först, i fem arbetsdagar."),
    "not_joined": say("Ärendet är sammanlagt med ett annat och följer det."),
    "joined": say("Ärendet är inte sammanlagt med ett annat."),
    "has_no_members": say("Andra ärenden är sammanlagda med det här. De läggs isär först."),
    "lead_before_minuted": say("Huvudärendet är redan avgjort."),
    "no_open_hearing": say("Parterna hörs redan, eller har redan hörts."),
    "hearing_open": say("Ni har redan yttrat er, eller tiden är slut."),
    "no_body_has_decided": say("Ett organ har beslutat i frågan. Då avslutas ärendet inte som ersatt."),
    "may_be_remitted": say("Ärendet har redan återförvisats två gånger. Nu ska det avgöras."),
    "outcome_passes_up": say("Utfallet lämnar inte över till nästa steg."),
    "outcome_is_final": say("Utfallet avgör inte ärendet."),
    "outcome_is_no_concurrence": say("Blocken var eniga."),
    "first_treatment": say("Frågan har redan tagits upp två gånger."),
    "second_treatment": say("Frågan ska tas upp en gång till först."),
    "answer_time_over": say("Det går när tiden att svara är slut."),
    "unanswered_may_be_lifted": say("Det går när tiden att svara är slut."),
    "silent_are_reminded": say("Den som inte har svarat ska ha fått en påminnelse först."),
    "ended_by_silence": say("Ärendet avslutades inte för att ingen hade tagit det vidare."),
    "late_refusal_in_time": say("Tiden att ta ärendet vidare i efterhand är slut."),
    "tasks_open": say("Alla uppgifter är rapporterade."),
    "tasks_reported_or_time_over": say("Det går när alla uppgifter är rapporterade."),
    "confirmation_time_over": say("Det går när den andra sidans tid att bekräfta är slut."),
    "referral_open": say("Ingen remiss väntar på svar."),
    "closed_by_parties": say("Ordföranden i det organ som avgjorde ärendet svarar."),
    "closed_by_body": say("Sekretariatet svarar."),
    "may_be_reopened": say("Ett ärende som slutade så tas inte upp igen. Gör en ny anmälan."),
    "may_be_asked": say("Ett ärende som slutade så tas inte upp igen. Gör en ny anmälan."),
    "ended_unheard": say("Bara ett ärende som avslutades utan att frågan fick svar tas upp så."),
    "not_taken_up_by_right": say("Ärendet har redan tagits upp så en gång. Be i stället att det tas upp igen."),
    "was_rejected": say("Anmälan är inte avvisad."),
    "review_is_the_chairs": say("Sekretariatet svarar."),
    "reopening_in_time": say(
        "Tiden att begära det är slut: tolv månader efter ett avslut, tio arbetsdagar efter en avvisning. "
        "Gör en ny anmälan."
    ),
    "reopening_asked": say("Ingen väntar på svar."),
    "reopening_not_asked": say("Någon har redan bett om det. Svaret väntas."),
    "statement_open": say("Beskrivningen är redan godkänd av båda."),
    "no_open_proposal": say("Det finns redan ett förslag att svara på."),
    "proposal_open": say("Förslaget är inte öppet längre."),
    "already_answered": say("Ni har redan svarat på förslaget."),
    "other_side": say("Någon från sekretariatets andra sida ska svara."),
    "already_recorded": say("Någon har redan skrivit in det."),
    "not_asked_for": say("Det efterfrågas inte för det året."),
    "published": say("Tolkningen är redan publicerad."),
    "publishing_time_over": say("Sekretariatet publicerar. Ordföranden kan göra det om det dröjer."),
    "other_side_publishes": say("Er sida har redan skrivit under. Någon från den andra sidan ska publicera."),
    "already_signed": say("Någon har redan skrivit under. Läs igenom och publicera."),
    "not_signed": say("Ingen har skrivit under än."),
    "differs_from_decision": say("Texten är inte den som beslutades och justerades. Den kan inte publiceras."),
    "already_published": say("Tolkningen är redan publicerad."),
    "secrecy_not_reviewed": say("Pröva sekretessen innan tolkningen publiceras."),
}

DEADLINES: dict[str, str] = {
    # what a deadline's last day is the last day of
    "D1": say("Kontroll av anmälan"),
    "D2": say("Komplettering av anmälan"),
    "D3": say("Motpartens yttrande om prövningen"),
    "D3b": say("Beslut om var ärendet börjar"),
    "D4": say("Bekräfta mottagande"),
    "D5": say("Ståndpunkt"),
    "D6": say("Första mötet"),
    "D7": say("Lokala steget slut"),
    "D7b": say("Gemensam beskrivning"),
    "D7c": say("Parternas tid att välja väg"),
    "A": say("Svar på om parterna går vidare"),
    "B": say("Tid att föra ärendet vidare"),
    "D8": say("Svar på en begäran"),
    "D9": say("Kontroll av det lyfta ärendet"),
    "D10": say("Rapportörer och möte"),
    "D11": say("Svar på remiss"),
    "D12": say("Senaste möte för beslut"),
    "D13": say("Parternas synpunkter på underlaget"),
    "D14": say("Protokollet justerat"),
    "minutes_meeting": say("Mötet som kan bekräfta protokollet"),
    "D15": say("Parternas svar"),
    "D15b": say("Tid att ta ärendet vidare i efterhand"),
    "D16": say("Senaste möte för beslut"),
    "F": say("Tid att lyfta"),
    "material": say("Underlag till mötet"),
    "meeting": say("Mötet"),
    "task": say("Uppgiftens sista dag"),
    "confirm": say("Bekräftelse av genomförandet"),
    "W": say("Tid att invända"),
}

BASES: dict[str, str] = {
    # the act from which a deadline is counted: day 0
    "file": say("Inkommet, dag 0"),
    "ask_completion": say("Komplettering begärd, dag 0"),
    "complete": say("Kompletterat, dag 0"),
    "claim_principle": say("Prövningen inledd, dag 0"),
    "D3": say("Tiden att yttra sig slut, dag 0"),
    "comment_principle": say("Motpartens yttrande, dag 0"),
    "grant_principle": say("Beviljat, dag 0"),
    "refuse_principle": say("Avslaget, dag 0"),
    "call_up": say("Taget upp, dag 0"),
    "join": say("I det ärende som kom först, dag 0"),
    "separate": say("Lagt isär, dag 0"),
    "serve": say("Översänt, dag 0"),
    "D7": say("Lokala steget slut, dag 0"),
    "declare_impasse": say("Lösning ej nådd, dag 0"),
    "lift": say("Lyft, dag 0"),
    "pass_up": say("Överlämnat, dag 0"),
    "remit": say("Återförvisat, ny sista dag bestämd"),
    "refuse_recommendation": say("Fört vidare, dag 0"),
    "refuse_late": say("Taget vidare i efterhand, dag 0"),
    "announce": say("Besked lämnat, dag 0"),
    "take_effect": say("Ingen tog ärendet vidare, dag 0"),
    "accept_file": say("Mottaget för beredning"),
    "extend": say("Tidigare sista dag"),
    "resume": say("Återupptaget, dag 0"),
    "return_to_dialogue": say("Åter i dialog, dag 0"),
    "report_breach": say("Ny omgång, dag 0"),
    "ask_to_pursue": say("Tillfrågade, dag 0"),
    "pursue": say("Svarat, dag 0"),
    "reopen": say("Upptaget igen, dag 0"),
    "take_up_by_right": say("Upptaget igen, dag 0"),
    "review_rejection": say("Upptaget igen, dag 0"),
    "withdraw": say("Återkallat, dag 0"),
    "refer": say("Skickat på remiss, dag 0"),
    "schedule": say("Underlaget lämnat"),
    "decide": say("Beslutat, dag 0"),
    "send_recommendation": say("Rekommendation lämnad, dag 0"),
}
