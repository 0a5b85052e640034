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
    "recommendation_out": Term("Rekommendation lämnad, väntar på svar"),
    "implementation": Term("Genomförs och följs upp"),
    "closed": Term("Avslutat"),
    # why a case is closed
    "settled_local": Term("löst mellan parterna"),
    "settled_body": Term("löst efter rekommendation"),
    "decided_body": Term("avgjort"),
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
    "officials_body": Term("Tjänstepersonernas styrgrupp"),
    "political_body": Term("Politisk styrgrupp"),
    # roles
    "local_handler": Term("Handläggare", "Anmäler, svarar och för dialogen för sin part."),
    "local_approver": Term("Beslutsfattare", "Beslutar för sin part: lyfter ärenden och svarar på förslag."),
    "party_registrar": Term("Registrator"),
    "party_reader": Term("Läsare"),
    "steering_member": Term("Ledamot i styrgruppen", "Läser ärenden som är hos styrgruppen."),
    "steering_chair": Term("Ordförande i styrgruppen", "Leder styrgruppen och justerar protokollet."),
    "steering_deputy": Term("Vice ordförande i styrgruppen"),
    "vis_member": Term("Ledamot i VIS", "Avgör och tolkar HÖK."),
    "vis_chair": Term("Ordförande i VIS", "Leder VIS och justerar protokollet."),
    "vis_deputy": Term("Vice ordförande i VIS"),
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
    "interpret": Term("Tolkning", "VIS säger vad överenskommelsen betyder. Texten ändras inte."),
    "county_routine": Term("Länsgemensam rutin"),
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
    "joint_statement": Term("gemensam beskrivning"),
    "unilateral_statement": Term("ensidig beskrivning"),
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
        "Hur syftet (1.2) och målen (2.1) bör vägleda. HÖK 7.1: de ska alltid vara vägledande.",
    ),
    "also_affected": Term("Andra som berörs"),
    # grounds
    "individual": Term(
        "Gäller en enskild person",
        "Trappan är för systemfrågor. Vänd er till verksamhetschef, SIP, patientnämnd eller IVO.",
    ),
    "crisis": Term("Leds inom krisorganisationen", "HÖK 4 stycke 3: vid kris gäller andra samverkansformer."),
    "law": Term("Gäller lagens ansvarsfördelning", "HÖK 2.3: parterna kan bara komma överens inom lagen."),
    "payment_claim": Term("Gäller betalningskrav", "Formella krav prövas inte i trappan."),
    "change_of_text": Term("Gäller en ändring av texten", "Revidering sker enligt HÖK 7.2 genom samrådsgruppen."),
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
    "steering_group": Term("styrgruppen"),
    "storsthlm": Term("Storsthlm"),
    "storsthlm_and_region": Term("Storsthlm och regionen"),
    "in_force": Term("Gällande"),
    "revoked": Term("Upphävd"),
    "incorporated": Term("Inarbetad"),
    "under_review": Term("Under omprövning"),
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
    "affected_handler": Term("Berörd parts handläggare"),
    "obliged_handler": Term("Den som ska genomföra"),
    "counterparty_approver": Term("Den andra sidans beslutsfattare"),
    "chair_here": Term("Ordföranden"),
    "chair_next": Term("Nästa steg ordförande"),
    "body_here": Term("Organet"),
    "clock": Term("Klockan"),
}

VERBS: dict[str, Term] = {
    # a move's button, verb first, and what happens then
    "file": Term("Anmäl en oenighet", "Sekretariatet kontrollerar anmälan och översänder den till motparten."),
    "reject": Term("Föreslå avvisning", "En handläggare från den andra sidan i sekretariatet ska godkänna."),
    "serve": Term("Översänd till motparten", "Motparten får anmälan och steg 1 börjar i dag."),
    "acknowledge": Term("Bekräfta mottagande", "Ni namnger handläggare och ersättare. Den lokala dialogen börjar."),
    "state_position": Term("Lämna ståndpunkt", "Den nya versionen visas först. De tidigare går att läsa."),
    "note_meeting": Term("Skriv ner ett möte", "Båda parter ser anteckningen."),
    "declare_impasse": Term(
        "Börja lyfta till {above}",
        "Ni förklarar att en lokal lösning inte har nåtts. Sedan tar båda parter fram en gemensam beskrivning. "
        "Motparten kan inte hindra det.",
    ),
    "lift": Term("Lyft till {above}", "Ärendet går till nästa steg."),
    "lapse": Term("Föreslå att ärendet avslutas", "En handläggare från den andra sidan i sekretariatet ska godkänna."),
    "accept_file": Term("Ta emot för beredning", "Ni utser en rapportör från varje sida och väljer möte."),
    "schedule": Term("Lämna underlaget och sätt upp på möte", "Parterna får yttra sig till dagen före utskicket."),
    "take_off": Term("Ta ärendet av mötet", "Ärendet bereds till nästa möte som går att nå."),
    "decide": Term("Anteckna beslutet", "Ordföranden justerar protokollet."),
    "send_recommendation": Term("Justera och lämna rekommendationen", "Parterna får tio arbetsdagar att svara."),
    "refuse_recommendation": Term("Svara nej på rekommendationen", "Ärendet går till nästa steg."),
    "end_without_agreement": Term(
        "Svara nej på rekommendationen", "Ärendet avslutas utan enighet och går till revidering."
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
    "resume": Term("Återuppta ärendet", "Sker av sig självt när pausen är slut."),
    "end_pause": Term("Avsluta pausen", "Pausen slutar om fem arbetsdagar."),
    "return_to_dialogue": Term("Föreslå att gå tillbaka till dialog", "Tio arbetsdagar till när båda har godkänt."),
    "lift_early": Term("Föreslå att lyfta redan nu", "Gäller när båda parters beslutsfattare har godkänt."),
    "offer_interim": Term("Föreslå vad som ska gälla under tiden", "Ändras bara när båda har godkänt."),
    "accept_recommendation": Term("Svara ja på rekommendationen", "När alla har svarat ja genomförs den."),
    "report_breach": Term("Anmäl att det inte har gjorts", "Ärendet tas upp igen i en ny omgång."),
    "withdraw": Term("Återkalla ärendet", "Motparten kan invända inom fem arbetsdagar. Allt som har hänt finns kvar."),
    "keep_open": Term("Invänd mot återkallelsen", "Ärendet fortsätter, och ni blir den som driver det."),
    "end_withdrawn": Term("Avsluta återkallat ärende", "Sker av sig självt när ingen har invänt."),
    "offer_statement": Term(
        "Skriv den gemensamma beskrivningen", "Ni och motparten fyller i samma blad. Båda beslutsfattarna godkänner."
    ),
    "publish": Term("Publicera tolkningen", "Alla kan läsa den utan att logga in."),
}

ACTS: dict[str, Term] = {
    # what the ball's holder is waited for: as a heading after the holder's name, and as the thing to do
    "check_filing": Term("kontrollerar anmälan", "Kontrollera anmälan"),
    "acknowledge": Term("bekräftar mottagandet", "Bekräfta mottagandet"),
    "position": Term("lämnar sin ståndpunkt", "Lämna ståndpunkt"),
    "meet": Term("möts och pratar om frågan", "Håll ett möte och skriv ner det"),
    "settle": Term("söker en lösning", "Sök en lösning med motparten"),
    "settle_extend_lift": Term("väljer: lös, förläng eller lyft", "Lös, förläng eller lyft"),
    "force": Term("väljer hur ärendet går vidare", "Välj hur ärendet går vidare"),
    "statement": Term("skriver en gemensam beskrivning", "Skriv en gemensam beskrivning"),
    "lift": Term("får lyfta ärendet", "Lyft ärendet"),
    "check_file": Term("kontrollerar det lyfta ärendet", "Kontrollera det lyfta ärendet"),
    "prepare": Term("bereder ärendet", "Lämna underlaget"),
    "decide": Term("beslutar", "Besluta på mötet"),
    "adjust": Term("justerar protokollet", "Justera protokollet"),
    "answer": Term("svarar på rekommendationen", "Svara på rekommendationen"),
    "lift_unanswered": Term("får lyfta det obesvarade ärendet", "Lyft det obesvarade ärendet"),
    "report": Term("rapporterar vad som är gjort", "Rapportera genomförande"),
    "object": Term("kan invända mot återkallelsen", "Ta ställning till återkallelsen"),
    "confirm": Term("bekräftar genomförandet", "Bekräfta genomförandet"),
    "close": Term("avslutar ärendet", "Avsluta ärendet"),
}

HOLDERS: dict[str, Term] = {
    # seat-set words that name no party of their own
    "secretariat": Term("Sekretariatet", "Kontrollerar anmälningar, förbereder möten och publicerar tolkningar."),
    "both_sides": Term("Båda parter"),
    "both_sides_and_secretariat": Term("Parterna och sekretariatet"),
    "unanswered": Term("Parterna"),
    "chair": Term("Ordföranden i {body}"),
    "chair_and_secretariat": Term("Ordföranden i {body} och sekretariatet"),
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
    "paused": say("Ärendet är inte pausat."),
    "pause_over": say("Det sker när pausen är slut."),
    "may_be_extended": say(
        "Det lokala steget har redan förlängts två gånger. Lyft ärendet eller föreslå en uppgörelse."
    ),
    "settlement_agreed": say("Det gäller när båda parter har godkänt."),
    "extension_agreed": say("Det gäller när båda parter har godkänt."),
    "pause_agreed": say("Det gäller när båda parter har godkänt."),
    "back_to_dialogue_agreed": say("Det gäller när båda parter har godkänt."),
    "breach_may_be_reported": say("Det går när något är försenat eller rapporterat."),
    "not_paused": say("Ärendet är pausat."),
    "local_way_is_over": say("Det går när det lokala steget är slut."),
    "statement_agreed_or_time_over": say(
        "Det går när båda har godkänt beskrivningen, eller när tiden för den är slut."
    ),
    "forced_decision_due": say("Det går när parternas tid att själva välja väg är slut."),
    "forced_decision_passed": say("Det går när sekretariatets tid att välja väg är slut."),
    "not_principled": say("Frågan är principiell och kan inte avslutas utan behandling."),
    "not_at_top": say("Ärendet är på trappans översta steg."),
    "at_top": say("Ärendet är inte på trappans översta steg."),
    "reject_agreed": say("En handläggare från sekretariatets andra sida ska godkänna."),
    "lapse_agreed": say("En handläggare från sekretariatets andra sida ska godkänna."),
    "material_deadline_open": say("Det finns inget kommande möte som underlaget hinner till."),
    "meeting_day_come": say("Det går när mötet har hållits."),
    "outcome_recommends": say("Utfallet är inte en rekommendation."),
    "outcome_passes_up": say("Utfallet lämnar inte över till nästa steg."),
    "outcome_is_final": say("Utfallet avgör inte ärendet."),
    "outcome_is_no_concurrence": say("Blocken var eniga."),
    "first_treatment": say("Frågan har redan tagits upp två gånger."),
    "second_treatment": say("Frågan ska tas upp en gång till först."),
    "answer_time_over": say("Det går när tiden att svara är slut."),
    "tasks_open": say("Alla uppgifter är rapporterade."),
    "tasks_reported_or_time_over": say("Det går när alla uppgifter är rapporterade."),
    "confirmation_time_over": say("Det går när den andra sidans tid att bekräfta är slut."),
    "statement_open": say("Beskrivningen är redan godkänd av båda."),
    "no_open_proposal": say("Det finns redan ett förslag att svara på."),
    "proposal_open": say("Förslaget är inte öppet längre."),
    "already_answered": say("Ni har redan svarat på förslaget."),
    "other_side": say("Någon från sekretariatets andra sida ska svara."),
    "published": say("Tolkningen är redan publicerad."),
    "already_published": say("Tolkningen är redan publicerad."),
    "secrecy_not_reviewed": say("Pröva sekretessen innan tolkningen publiceras."),
}

DEADLINES: dict[str, str] = {
    # what a deadline's last day is the last day of
    "D1": say("Kontroll av anmälan"),
    "D4": say("Bekräfta mottagande"),
    "D5": say("Ståndpunkt"),
    "D6": say("Första mötet"),
    "D7": say("Lokala steget slut"),
    "D7b": say("Gemensam beskrivning"),
    "D7c": say("Parternas tid att välja väg"),
    "D9": say("Kontroll av det lyfta ärendet"),
    "D10": say("Rapportörer och möte"),
    "D12": say("Senaste möte för beslut"),
    "D13": say("Parternas synpunkter på underlaget"),
    "D14": say("Protokollet justerat"),
    "D15": say("Svar på rekommendationen"),
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
    "serve": say("Översänt, dag 0"),
    "D7": say("Lokala steget slut, dag 0"),
    "declare_impasse": say("Lösning ej nådd, dag 0"),
    "lift": say("Lyft, dag 0"),
    "pass_up": say("Överlämnat, dag 0"),
    "refuse_recommendation": say("Nej till rekommendationen, dag 0"),
    "accept_file": say("Mottaget för beredning"),
    "extend": say("Tidigare sista dag"),
    "resume": say("Återupptaget, dag 0"),
    "return_to_dialogue": say("Åter i dialog, dag 0"),
    "report_breach": say("Ny omgång, dag 0"),
    "withdraw": say("Återkallat, dag 0"),
    "schedule": say("Underlaget lämnat"),
    "decide": say("Beslutat, dag 0"),
    "send_recommendation": say("Rekommendation lämnad, dag 0"),
}
