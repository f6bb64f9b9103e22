"""Sample records of invented people, one for each way a record can end, built the way compose.py builds them."""

import math

from consent.records.shape import (
    AlsoIn,
    Array,
    Arrays,
    Bound,
    Decider,
    Discussion,
    Drawing,
    Evidence,
    Fact,
    Grave,
    Identifier,
    Item,
    Line,
    Moment,
    Organisation,
    Paragraphs,
    Part,
    Patient,
    Proof,
    Question,
    Questions,
    Record,
    Reference,
    References,
    Reply,
    Risk,
    RiskGroup,
    Risks,
    Row,
    Rows,
    Run,
    Running,
    Scan,
    Signature,
    Signatures,
    State,
    Table,
    Version,
)

MARK = "DEMONSTRATION: NOT FOR CLINICAL USE"
SIGNATURE_HEADS = ("Signature", "Name, printed", "What this signature means", "Date, time, zone")


def told(*pieces):
    """Runs from pieces: plain text as it is, ("b", text) strong, ("s", text) raised."""
    kinds = {"b": {"strong": True}, "s": {"raised": True}}
    return tuple(
        Run(text=piece) if isinstance(piece, str) else Run(text=piece[1], **kinds[piece[0]]) for piece in pieces
    )


def digest(letter):
    return (letter * 64)[:64]


def scrawl(turns=5):
    """A stroke like a hurried hand's: loops that shrink to the right, in whole numbers."""
    points = [
        (60 + 11 * step, round(200 + (130 - step) * math.sin(step * turns / 12) + 20 * math.cos(step)))
        for step in range(78)
    ]
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def moment(time, date="20 November 2026", day="2026-11-20"):
    return Moment(
        at=f"{day}T{time}+00:00",
        zone="Europe/London",
        date=date,
        time=f"{time} GMT",
        zone_words="UTC+00:00, Europe/London",
    )


def drawn(name, role, meaning, when, code="agree", **more):
    return Signature(
        missing=False,
        name=name,
        role=role,
        meaning=meaning,
        meaning_code=code,
        method="drawn",
        alt=f"Signature of {name}, drawn",
        strokes=scrawl(len(name) % 4 + 4),
        when=when,
        **more,
    )


def empty_box(name, role):
    return Signature(
        missing=True,
        name=name,
        role=role,
        meaning="Required by this hospital’s policy before the procedure.",
        meaning_code="explained",
        method="none",
        alt="Not signed",
        shown="NOT SIGNED",
        when_missing="not yet",
    )


# --- page 1 ----------------------------------------------------------------------------------------------------------

MARIA = Patient(
    name_label="Patient",
    name="SAMPLE, Maria",
    born_label="Date of birth",
    born="14 March 1961",
    born_on="1961-03-14",
    identifiers=[Identifier(label="Hospital number, Example General", value="000 481 516", system="urn:example:mrn")],
)

VALID = State(
    code="valid",
    word="VALID",
    alt="Tick: valid",
    until="until 18 February 2027, once, if confirmed on the day",
    until_on="2027-02-18",
    then="Decision-maker and clinician have signed, the last on 20 November 2026, 10:44 GMT.",
)


def c6(agreed, word, alt):
    return Item(
        site="LEFT C6 nerve root",
        gap="(gap between C5 and C6)",
        plain="Injection around a nerve in the neck, on the left, guided by X-ray, awake.",
        medical="Cervical nerve root injection, C6 left;",
        medicine="local anaesthetic, dexamethasone (off-label).",
        side="left",
        levels=["C6"],
        agreed=agreed,
        word=word,
        alt=alt,
    )


def facts(*extra):
    rows = [
        Fact(
            about="not_allowed",
            label="Not allowed",
            text="Students watching. Pictures used for teaching.",
            bar=True,
        ),
        Fact(
            about="allowed",
            label="Allowed",
            text="A doctor in training does part, supervised. Fluids or medicines if faint or allergic.",
        ),
        Fact(
            about="decides",
            label="Who decides",
            text=told(("b", "Maria Sample, the patient, for herself."), " Able to decide: Dr Ada Example, 20 Nov 2026"),
        ),
        Fact(about="not_heard", label="Chose not to hear", text="Nothing. All of it was shown."),
        Fact(
            about="place",
            label="Where and who",
            text=told("Example General Hospital, Imaging. Responsible and performing: ", ("b", "Dr Ada Example")),
        ),
        Fact(
            about="planned",
            label="Planned",
            text="Monday 23 November 2026, 09:40, room 2 (may change without a new consent)",
        ),
        Fact(about="language", label="Language", text="English. No interpreter needed."),
    ]
    changed = {fact.about: fact for fact in extra}
    return [
        each for row in rows for each in (changed.pop(row.about, row), changed.pop(f"after_{row.about}", None)) if each
    ]


AGREES = told(
    "I was told what this is, what good and what harm it may do and what else I could do. My questions were answered. ",
    ("b", "I agree."),
)
EXPLAINED = (
    "I explained this, I answered what was asked, and I believe this is a free decision. No sedative has affected it."
)
ADA = ("Dr Ada Example", "Consultant radiologist", EXPLAINED)

# --- the pages behind ------------------------------------------------------------------------------------------------

NECK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 250 206">'
    '<path d="M113 13q0-5 5-5h44q5 0 5 5v12q0 5-5 5h-44q-5 0-5-5zM112 46q0-5 5-5h46q5 0 5 5v12q0 5-5 5h-46q-5 0-5-5z'
    "M111 79q0-5 5-5h48q5 0 5 5v12q0 5-5 5h-48q-5 0-5-5zM110 112q0-5 5-5h50q5 0 5 5v12q0 5-5 5h-50q-5 0-5-5z"
    'M109 145q0-5 5-5h52q5 0 5 5v12q0 5-5 5h-52q-5 0-5-5z" fill="#f4f2ec" stroke="#1a2528" stroke-width="1"/>'
    '<path d="M120 35.5h40M119 68.5h42M118 101.5h44M117 134.5h46" stroke="#a3aaa8" stroke-width="6" fill="none" '
    'stroke-linecap="round"/>'
    '<path d="M110 101C96 101 86 107 72 118" stroke="#1a2528" stroke-width="5" fill="none" stroke-linecap="round"/>'
    '<circle cx="96" cy="104" r="12" fill="none" stroke="#1a2528" stroke-width="1.8" opacity="0.9"/>'
    '<text x="140" y="23" text-anchor="middle" font-size="11" fill="#1a2528">C3</text>'
    '<text x="140" y="89" text-anchor="middle" font-size="11" fill="#1a2528">C5</text>'
    '<text x="140" y="122" text-anchor="middle" font-size="11" fill="#1a2528">C6</text>'
    '<text x="0" y="101" font-size="14" font-weight="bold" fill="#1a2528">LEFT C6</text></svg>'
)


def why_and_what():
    picture = Drawing(
        svg=NECK,
        alt="The bones of the neck seen from behind. The left C6 nerve leaves through the gap between C5 and C6.",
        caption="Seen from behind: your left is on the left. The ring marks the nerve to be injected.",
        left="Left side",
        right="Right side",
    )
    rows = Rows(
        rows=[
            Row(
                label="Why this is offered",
                paragraphs=[
                    "A nerve in your neck is irritated. It leaves the spine on the left, through the gap between "
                    "the bones C5 and C6, and runs down to your arm. The injection may ease the pain in your arm. It "
                    "does not mend the cause, and it may not help."
                ],
            ),
            Row(
                label="What it is",
                paragraphs=[
                    told(
                        "A thin needle is guided to the nerve with X-ray pictures. A little numbing medicine and a "
                        "steroid are put around the nerve. You stay awake. No steroid is licensed for this use; "
                        "specialists advise the dissolved kind in the neck.",
                        ("s", "14"),
                    )
                ],
            ),
            Row(
                label="Before",
                points=[
                    "Tell us a week before if you take blood thinners. Never stop them on your own.",
                    "Tell us about diabetes, infection or fever, allergies, pregnancy and HIV medicines.",
                    "Eat and drink as usual. Bring an adult to take you home.",
                ],
            ),
            Row(
                label="During",
                points=[
                    "We check your name, the side and the level. The skin is cleaned and numbed; it stings.",
                    "You keep still while a few X-ray pictures guide the needle.",
                    told("The needle part takes about 6 minutes, the visit 30 to 45 minutes.", ("s", "15")),
                ],
            ),
            Row(
                label="Afterwards",
                points=[
                    "Your arm may be numb, heavy or weak for some hours. Do not drive that day.",
                    "Your usual pain returns after about 12 hours and may be worse for 1 or 2 days.",
                ],
            ),
            Row(
                label="Call 999 at once if",
                keep=True,
                paragraphs=[
                    told(
                        (
                            "b",
                            "you cannot breathe well, your face or throat swells, your face or the other arm goes "
                            "weak, or your speech or sight goes wrong.",
                        )
                    )
                ],
            ),
        ]
    )
    return Part(
        code="why",
        number="1",
        heading="Why, and what will happen",
        lede="What Maria was shown, word for word, in English. “You” is Maria Sample. Raised figures: see part 10.",
        blocks=[picture, rows],
    )


def good():
    array = Array(
        n=50,
        of=100,
        sentence="50 of 100 people have at least half of the pain gone after 1 to 3 months; 50 do not.",
    )
    beside = [
        told(
            ("b", "About 50 in 100 people"),
            " have at least half of the pain gone after 1 to 3 months. ",
            ("b", "About 50 in 100"),
            " have less help, or none.",
            ("s", "1"),
        ),
        "Nobody has compared it with a dummy injection, so how much of the gain comes from it is not known.",
    ]
    return Part(
        code="good",
        number="2",
        heading="What good it may do",
        keep=True,
        blocks=[Arrays(arrays=[array], beside=beside)],
    )


SERIOUS = (
    ("Infection beside the spine", "abscess, meningitis", "No reliable figure", "None in 799 neck injections", "2, 7"),
    ("Bleeding that presses on the spinal cord", "epidural haematoma", "No reliable figure", "None in 799", "2"),
    ("Lasting damage to the nerve", "nerve root injury", "No reliable figure", "Named in hospital leaflets", "13"),
    ("Severe allergic reaction", "anaphylaxis", "No reliable figure", "Not measured for this injection", "–"),
)
COMMON = (
    ("It does not help enough", "treatment failure", "about 500 in 1,000", "Neck, after 1 to 3 months", "1"),
    ("More pain than before", "pain flare", "26 in 1,000", "345 neck injections, within 30 days", "2"),
    (
        "Poor sleep, flushing, headache",
        "effect of the steroid",
        "26 in 1,000",
        "Measured in other injections: all levels of the spine",
        "7",
    ),
    ("Feeling faint", "vasovagal reaction", "13 in 1,000", "Measured in other injections", "7"),
)


def risk(row, **more):
    plain, term, figure, seen_in, sources = row
    return Risk(plain=plain, term=term, figure=figure, seen_in=seen_in, sources=sources, **more)


GRAVE = Grave(
    heading="Stroke, damage to the spinal cord, paralysis, loss of sight, death",
    paragraphs=[
        told(
            ("b", "This has happened. Nobody knows how often."), " No study can give a rate, so none is printed here."
        ),
        told(
            ("b", "What the studies saw."),
            " None in 799 injections",
            ("s", "2"),
            ", none in 1,047",
            ("s", "3"),
            ". They come from expert centres looking back. No case among so many does not mean no risk.",
        ),
        told(
            ("b", "What leaflets print."), " One prints “below 1 in 2,000”, another “below 1 in 1,000”. They disagree."
        ),
        told(
            ("b", "What lowers it."),
            " X-ray dye and live pictures. The dissolved steroid. You are awake and can speak.",
        ),
    ],
)


def harm():
    violin = risk(
        ("Numb or weak arm for some hours", "temporary block", "Expected", "Up to 12 hours, in leaflets", "13"),
        figure_note="no reliable figure",
        marked="Marked by Dr Example: Maria plays the violin",
    )
    risks = Risks(
        heads=["What can happen", "How often", "In whom this was seen", "Source"],
        groups=[
            RiskGroup(heading="Serious or lasting", risks=[risk(row) for row in SERIOUS]),
            RiskGroup(heading="Common or mild, and settles", risks=[*(risk(row) for row in COMMON), violin]),
        ],
    )
    arrays = Arrays(
        arrays=[
            Array(
                n=41, of=1000, sentence="Any small problem in the first half hour: 41 of 1,000 have one, 959 do not."
            ),
            Array(n=26, of=1000, sentence="More pain within 30 days: 26 of 1,000 have it, 974 do not."),
            Array(n=13, of=1000, sentence="Feeling faint: 13 of 1,000 do, 987 do not. Measured in other injections."),
        ],
        note="One dot is one person in 1,000. The three pictures come from different studies.",
    )
    return Part(code="harm", number="3", heading="What can go wrong", blocks=[GRAVE, risks, arrays])


def choices():
    table = Table(
        style="alternatives",
        heads=["Choice", "What good it may do", "What can go wrong", "Source"],
        rows=[
            Line(cells=["Wait and see", "Most gain comes in 4 to 6 months.", "Pain meanwhile.", "9"], code="nothing"),
            Line(cells=["Medicines and physiotherapy", "Good result at 3 months: 27 in 100.", "Drowsiness.", "10"]),
            Line(cells=["An operation", "Better at 12 months: 87 in 100.", "Per 1,000: hoarse voice 13.", "11, 12"]),
        ],
        note="These figures come from different studies of different people. They cannot be compared across rows.",
    )
    return Part(code="choices", number="4", heading="What else you could do", blocks=[table])


def matters():
    rows = [
        Row(
            label="What matters most",
            paragraphs=["“To sleep through the night, and to play in the orchestra in spring.”"],
        ),
        Row(label="What worries me", paragraphs=["“A stroke. My aunt had one.”"]),
    ]
    return Part(code="matters", number="5", heading="What matters to Maria", keep=True, blocks=[Rows(rows=rows)])


VIOLIN = Question(
    number="1",
    text="I play the violin. When can I practise again?",
    asked="Asked at home, 18 November 2026, 19:22",
    asked_at="2026-11-18T19:22:10+00:00",
    replies=[
        Reply(
            text="Not that day. Your arm may be numb for up to 12 hours. When it feels as usual again, you may play.",
            line=told(
                "Dr Ada Example, 20 November 2026, 10:29, talked through. Maria, 10:33: ", ("b", "“That answers it.”")
            ),
            at="2026-11-20T10:29:00+00:00",
            by="Dr Ada Example",
        )
    ],
    accepted="answers_it",
)
STROKE = Question(
    number="2",
    text="Has anybody had a stroke from this here?",
    asked="Asked here, 20 November 2026, 10:24",
    asked_at="2026-11-20T10:24:00+00:00",
    replies=[
        Reply(
            text="Not that we know of. But we do too few to promise anything. That is why the page gives no rate.",
            line=told(
                "Dr Ada Example, 10:30, talked through. Maria, 10:33: ",
                ("b", "“I still worry but want to go ahead.”"),
            ),
            at="2026-11-20T10:30:00+00:00",
            by="Dr Ada Example",
        )
    ],
    accepted="worry_but_go",
)
STATEMENTS = (
    ("It is the left side, the C6 nerve", "–"),
    (
        "I know what may go very wrong, and that nobody knows how often",
        "First “I want to talk”. Talked about with Dr Ada Example, 10:31",
    ),
    ("I know that it may not help", "–"),
    ("I know who will do it", "First “not sure”. Dr Ada Example told her, 10:32"),
    ("I may change my mind until it starts", "–"),
)


def understood():
    checks = Table(
        style="checks",
        heads=["What was asked", "Answer", "Explained again"],
        rows=[
            Line(cells=["Does the injection cure the cause?", "No; it may ease the pain", "not needed"], value=True),
            Line(cells=["Of 100 people, how many are helped?", "About 50", "once, by the page; then answered"]),
        ],
    )
    checklist = Table(
        style="checklist",
        heads=["What Maria was asked to say", "Last answer", "On the way there"],
        rows=[Line(cells=[said, told(("b", "Yes")), way], value="yes") for said, way in STATEMENTS],
    )
    rows = [
        Row(label="Own questions", blocks=[Questions(questions=[VIOLIN, STROKE])]),
        Row(label="Did we explain well?", blocks=[checks]),
        Row(label="The last check before signing", blocks=[checklist]),
    ]
    return Part(code="understood", number="6", heading="Questions, and what was understood", blocks=[Rows(rows=rows)])


def permissions():
    asked = (
        ("A doctor in training may do part of it, supervised by Dr Example", True),
        ("Fluids or medicines through the cannula, if faint or allergic", True),
        ("Students may watch", False),
        ("Pictures may be used for teaching", False),
    )
    table = Table(
        style="permissions",
        heads=["Permission", "Answer"],
        rows=[Line(cells=[said, told(("b", "Yes" if yes else "No"))], value=yes) for said, yes in asked],
    )
    return Part(code="permissions", number="7", heading="What is allowed, and what is not", keep=True, blocks=[table])


def people():
    present = Table(
        style="people",
        heads=["Who", "Part", "Present, and how"],
        rows=[
            Line(cells=["Maria Sample", "Patient, decision-maker", "Here; said name and birth date"]),
            Line(cells=["Dr Ada Example", "Explained, answered, signed", "Here"]),
            Line(cells=["Bo Example, nurse", "Handed over the tablet", "Here"]),
        ],
    )
    talk = Discussion(
        paragraphs=[
            "Dr Ada Example, consultant radiologist, talked with Maria Sample on 20 November 2026 from 10:27 to 10:35, "
            "here. The text had been given on 18 November 2026, two days before."
        ],
        by="Dr Ada Example",
        role="Consultant radiologist",
        how="here",
        started_at="2026-11-20T10:27:00+00:00",
        ended_at="2026-11-20T10:35:00+00:00",
    )
    order = Table(
        style="timeline",
        heads=["When", "What happened", "Who"],
        rows=[
            Line(
                cells=["18 Nov 2026 16:05", "Released; the text frozen and sent by link", "Dr Ada Example"],
                at="2026-11-18T16:05:00+00:00",
            ),
            Line(
                cells=["20 Nov 2026 10:20", "Side picked before ours was shown: left, matched", "Maria Sample"],
                at="2026-11-20T10:20:00+00:00",
            ),
            Line(cells=["20 Nov 2026 10:42", "Signed: I agree", "Maria Sample"], at="2026-11-20T10:42:07+00:00"),
        ],
    )
    rows = [
        Row(label="People", blocks=[present]),
        Row(label="Discussion", blocks=[talk], keep=True),
        Row(label="In order", blocks=[order]),
    ]
    return Part(code="people", number="8", heading="Who took part", blocks=[Rows(rows=rows)])


BOUND = Bound(
    disclosure=digest("86ce853c"),
    answers=[digest("e87eb97c")],
    chain_head=digest("fa68a2c9"),
    chain_sequence=31,
    policy="imaging 4",
    versions=[Version(procedure="cervical-nerve-root-injection", version=3, language="en")],
)


def proof(bound):
    rows = [
        Evidence(label="Disclosure digest", note="what was told, frozen", digests=[bound.disclosure]),
        Evidence(label="Answers digest", note="what was answered", digests=bound.answers),
        Evidence(label="Audit chain head", note="event 31 of this episode", digests=[bound.chain_head]),
        Evidence(
            label="Content version", text="Cervical nerve root injection, version 3, 2 November 2026; approved here"
        ),
        Evidence(label="Language", text="English, the language it was written in"),
        Evidence(label="Policy in force", text="Imaging 4, 1 October 2026: two signatures; 90 days"),
        Evidence(
            label="Earlier records",
            text=None if bound.previous else "None; the first record of this episode",
            digests=bound.previous,
        ),
        Evidence(label="Time", text="Taken from the hospital’s own clock; no outside time stamp"),
        Evidence(label="Inside this file", text="record.json holds every word of this record for a machine to read."),
    ]
    block = Proof(digest_label="Record digest, SHA-256", rows=rows)
    return Part(code="proof", number="9", heading="How this record can be checked", blocks=[block])


def sources():
    told_by = (
        "Conger 2020: pooled studies without a comparison group, very low quality.",
        "Pobiel 2009: 799 neck injections, looking back.",
        "Bush 2020: 1,047 neck injections.",
        "Wozniak 2025: 1,018 neck injections, dissolved steroid only.",
        "One university service 2011–2018: 254 X-ray guided blocks.",
    )
    rows = [Reference(number=str(number), text=text) for number, text in enumerate(told_by, 1)]
    return Part(
        code="sources", number="10", heading="Where the figures come from", blocks=[References(references=rows)]
    )


def parts(bound):
    return [
        why_and_what(),
        good(),
        harm(),
        choices(),
        matters(),
        understood(),
        permissions(),
        people(),
        proof(bound),
        sources(),
    ]


# --- the records -----------------------------------------------------------------------------------------------------


def consent(**changes):
    """Complete: the decision-maker and the clinician have signed."""
    bound = changes.pop("bound", BOUND)
    values = {
        "kind": "consent",
        "stage": "complete",
        "number": "PC-2026-000412",
        "language": "en",
        "direction": "ltr",
        "title": "Consent record PC-2026-000412, Maria Sample, LEFT C6 nerve root: valid",
        "heading": "Consent to a procedure",
        "subheading": "Page 1 is for the theatre door. Behind it: what was told, asked and answered.",
        "made_at": "2026-11-20T10:44:31+00:00",
        "marks": [MARK],
        "running": Running(
            person="SAMPLE, Maria · born 14 March 1961 · hospital no. 000 481 516",
            page="page",
            of="of",
            digest="Record digest",
        ),
        "organisation": Organisation(name="Example General Hospital", lines=["Imaging Department, Level 1"]),
        "state": VALID,
        "scan": Scan(alt="QR code: record number and record digest", note="Scan before you begin."),
        "patient": MARIA,
        "deciders": [Decider(kind="patient", name="Maria Sample")],
        "items": [c6(True, "AGREED", "Tick: agreed")],
        "facts": facts(),
        "signatures": Signatures(
            heads=SIGNATURE_HEADS,
            rows=[
                drawn("Maria Sample", "Patient, decides for herself", AGREES, moment("10:42:07")),
                drawn(*ADA, moment("10:44:31"), code="explained"),
            ],
        ),
        "door_note": told(
            ("b", "Scan before you begin."),
            " Paper cannot show a withdrawal made after printing. The code, or the worklist, shows the state now.",
        ),
        "parts": parts(bound),
        "bound": bound,
        "end": "End of the record. The sealed file is the original. Corrections are made as addenda.",
    }
    return Record(**values | changes)


def not_complete():
    """The decision-maker has signed, the clinician has not."""
    return consent(
        stage="signed",
        title="Consent record PC-2026-000412, Maria Sample, LEFT C6 nerve root: not complete",
        made_at="2026-11-20T10:42:07+00:00",
        state=State(
            code="not_complete",
            word="NOT COMPLETE",
            alt="Exclamation mark: not complete",
            until="The clinician has not signed. Do not begin.",
            then="Maria Sample has signed. Recorded as it stood, 20 November 2026, 10:42 GMT.",
        ),
        items=[c6(True, "Agreed by Maria, not complete", "Exclamation mark: not complete")],
        signatures=Signatures(
            heads=SIGNATURE_HEADS,
            rows=[
                drawn("Maria Sample", "Patient, decides for herself", AGREES, moment("10:42:07")),
                empty_box("Dr Ada Example", "Consultant radiologist"),
            ],
        ),
    )


def refusal():
    return consent(
        kind="refusal",
        number="PC-2026-000405",
        title="Refusal record PC-2026-000405, Maria Sample, LEFT C6 nerve root: refused",
        heading="Refusal of a procedure",
        subheading="Saying no is a decision like any other. Behind page 1: what was told and asked.",
        state=State(
            code="refused",
            word="REFUSED",
            alt="Cross: refused",
            until="Maria Sample does not want this. Do not begin.",
            then="She may change her mind at any time; that makes a new record.",
        ),
        items=[c6(False, "NOT AGREED", "Cross: not agreed")],
        facts=facts(
            Fact(
                about="not_allowed",
                label="Not allowed",
                text="The injection. Nothing in this record allows any procedure.",
                bar=True,
            ),
            Fact(about="allowed", label="Her reason", text="“I would rather wait.” (Nobody has to give a reason.)"),
            Fact(
                about="not_heard",
                label="Chose not to hear",
                text="The serious harms in full; the one sentence that is always shown was shown.",
                bar=True,
            ),
        ),
        signatures=Signatures(
            heads=SIGNATURE_HEADS,
            rows=[
                drawn(
                    "Maria Sample",
                    "Patient, decides for herself",
                    told("I was told what this is and what may happen without it. ", ("b", "I do not want it.")),
                    moment("14:19:02"),
                    code="refuse",
                ),
                drawn(*ADA, moment("14:21:40"), code="explained"),
            ],
        ),
    )


def representative():
    """A daughter decides for her father: one item agreed, one refused; a typed name and a witness who heard."""
    c7 = Item(
        site="LEFT C7 nerve root",
        gap="(gap between C6 and C7)",
        plain="The same injection, one gap lower.",
        medical="Cervical nerve root injection, C7 left.",
        side="left",
        levels=["C7"],
        agreed=False,
        word="NOT AGREED",
        alt="Cross: not agreed",
    )
    typed = Signature(
        missing=False,
        name="Maria Sample",
        role="Daughter and attorney, for Walter Sample",
        meaning=told(("b", "I agree for Walter"), " to LEFT C6. ", ("b", "I do not agree"), " to LEFT C7."),
        meaning_code="agree_for",
        method="typed",
        alt="Name typed by Maria Sample",
        shown="Maria Sample",
        when=moment("15:06:12"),
    )
    return consent(
        number="PC-2026-000398",
        title="Consent record PC-2026-000398, Walter Sample, LEFT C6 nerve root: valid for 1 of 2 items",
        heading="Consent to a procedure, by a representative",
        state=VALID.model_copy(
            update={"word": "VALID for 1 of 2 items", "then": "Decided by Maria Sample for Walter Sample."}
        ),
        patient=MARIA.model_copy(update={"name": "SAMPLE, Walter", "born": "2 June 1938", "born_on": "1938-06-02"}),
        deciders=[
            Decider(
                kind="representative",
                name="Maria Sample",
                relation="daughter",
                authority="Lasting power of attorney for health and welfare",
                authority_code="attorney",
            )
        ],
        items=[c6(True, "AGREED", "Tick: agreed"), c7],
        facts=facts(
            Fact(
                about="not_allowed",
                label="Not allowed",
                text="The injection at C7. Students watching. Pictures used for teaching.",
                bar=True,
            ),
            Fact(
                about="decides",
                label="Who decides",
                text=told(("b", "Maria Sample, daughter, for Walter Sample.")),
            ),
            Fact(
                about="after_decides",
                label="Authority",
                text="Lasting power of attorney for health and welfare, seen by Bo Example, 19 Nov 2026",
            ),
        ),
        signatures=Signatures(heads=SIGNATURE_HEADS, rows=[typed, drawn(*ADA, moment("15:08:50"), code="explained")]),
        bound=BOUND.model_copy(update={"previous": (digest("0a1b2c3d"),)}),
    )


def spanish():
    item = c6(True, "ACEPTADO", "Marca: aceptado").model_copy(
        update={
            "site": "Raíz nerviosa C6 IZQUIERDA",
            "gap": "(espacio entre C5 y C6)",
            "plain": "Inyección alrededor de un nervio del cuello, a la izquierda, guiada por rayos X, despierta.",
            "medical": "Infiltración radicular cervical, C6 izquierda;",
            "medicine": "anestésico local, dexametasona (fuera de ficha técnica).",
            "also_in": AlsoIn(
                lang="en", text=told(("b", "LEFT C6 nerve root"), " (gap between C5 and C6). ", ("b", "AGREED"))
            ),
        }
    )
    return consent(
        number="PC-2026-000420",
        language="es",
        title="Consentimiento PC-2026-000420, Maria Sample, raíz nerviosa C6 IZQUIERDA: válido",
        heading="Consentimiento para un procedimiento",
        subheading="La página 1 es para la puerta del quirófano. Detrás: lo dicho, lo preguntado y lo respondido.",
        marks=["DEMOSTRACIÓN: NO APTO PARA USO CLÍNICO", "MUESTRA: páginas 2 y siguientes sin traducir"],
        running=Running(
            person="SAMPLE, Maria · nacida el 14 de marzo de 1961 · n.º 000 481 516",
            page="página",
            of="de",
            digest="Huella del registro",
        ),
        state=State(
            code="valid",
            word="VÁLIDO",
            alt="Marca: válido",
            until="hasta el 18 de febrero de 2027, una vez, si se confirma ese día",
            until_on="2027-02-18",
            then="Han firmado la persona que decide y la médica, la última el 20 de noviembre de 2026.",
        ),
        items=[item],
        scan=Scan(alt="Código QR: número y huella del registro", note="Escanear antes de empezar."),
    )


ARABIC_HEADS = ("التوقيع", "الاسم مطبوعًا", "معنى هذا التوقيع", "التاريخ والوقت والمنطقة")


def arabic():
    """Sample words only: no clinician has approved this translation, and the record's mark says so."""
    leila = Patient(
        name_label="المريضة · Patient",
        name="مثال، ليلى · \u2066SAMPLE, Leila\u2069",
        born_label="تاريخ الميلاد · Date of birth",
        born="9 مايو 1974 · \u20669 May 1974\u2069",
        born_on="1974-05-09",
        identifiers=[Identifier(label="رقم المستشفى · Hospital no.", value="000 481 840")],
    )
    item = Item(
        site="جذر العصب \u2066C6\u2069 الأيسر",
        gap="(الفتحة بين \u2066C5\u2069 و\u2066C6\u2069)",
        plain="حقنة حول عصب في الرقبة، جهة اليسار، بتوجيه الأشعة، والمريضة مستيقظة.",
        medical="حقن جذر العصب الرقبي عبر الثقبة، \u2066C6\u2069 يسار؛ مخدر موضعي وديكساميثازون.",
        side="left",
        levels=["C6"],
        agreed=True,
        word="موافَق عليه",
        alt="علامة صح: موافق عليه",
        also_in=AlsoIn(
            lang="en", text=told(("b", "LEFT C6 nerve root"), " (gap between C5 and C6). ", ("b", "AGREED"))
        ),
    )
    rows = Rows(
        rows=[
            Row(
                label="ما هو",
                paragraphs=[told("تُوجَّه إبرة رفيعة إلى العصب بصور الأشعة، وتبقين مستيقظة.", ("s", "14"))],
            ),
            Row(
                label="قبل الإجراء",
                points=["أخبرينا قبل أسبوع إن كنت تتناولين مسيّلًا للدم.", "كُلي واشربي كالمعتاد."],
            ),
        ]
    )
    picture = Drawing(
        svg=NECK, alt="فقرات الرقبة من الخلف.", caption="منظر من الخلف.", left="Left · يسار", right="Right · يمين"
    )
    harms = Risks(
        heads=["ما قد يحدث", "كم مرة", "عند من لوحظ ذلك", "المصدر"],
        groups=[
            RiskGroup(
                heading="خطير أو دائم",
                risks=[
                    Risk(
                        plain="عدوى بجانب العمود الفقري",
                        term="خُراج",
                        figure="لا رقم موثوق",
                        seen_in="لا حالة في 799 حقنة",
                        sources="2, 7",
                    )
                ],
            )
        ],
    )
    array = Arrays(arrays=[Array(n=13, of=1000, sentence="الشعور بالإغماء: 13 من 1,000، وليس 987.")])
    evidence = Proof(
        digest_label="بصمة السجل",
        rows=[
            Evidence(label="بصمة ما قيل", digests=[BOUND.disclosure]),
            Evidence(label="بصمة الأجوبة", digests=BOUND.answers),
            Evidence(label="رأس سلسلة التدقيق", digests=[BOUND.chain_head]),
        ],
    )
    return consent(
        number="PC-2026-000409",
        language="ar",
        direction="rtl",
        title="الموافقة على إجراء: ليلى مثال",
        heading="الموافقة على إجراء",
        subheading="الصفحة الأولى لباب غرفة الإجراء، وما بعدها هو ما قيل وسُئل عنه وأُجيب عليه.",
        marks=["عرض تجريبي: ليس للاستعمال الطبي", "ترجمة نموذجية غير معتمدة"],
        running=Running(
            person="مثال، ليلى (SAMPLE, Leila) · رقم المستشفى \u2066000 481 840\u2069",
            page="صفحة",
            of="من",
            digest="بصمة السجل",
        ),
        organisation=Organisation(name="مستشفى المثال العام", lines=["قسم الأشعة، الطابق الأول"]),
        state=State(
            code="valid",
            word="صالح · \u2066VALID\u2069",
            alt="علامة صح: صالح",
            until="حتى 18 فبراير 2027، مرة واحدة، إذا أُكّد في يوم الإجراء",
            then="وقّعت صاحبة القرار والطبيبة في 20 نوفمبر 2026.",
        ),
        scan=Scan(alt="رمز مربع: رقم السجل وبصمته", note="امسح قبل البدء"),
        patient=leila,
        deciders=[Decider(kind="patient", name="ليلى مثال")],
        items=[item],
        facts=[
            Fact(
                about="not_allowed",
                label="غير مسموح",
                text="حضور الطلاب. استعمال الصور للتعليم.",
                bar=True,
                also_in=AlsoIn(lang="en", text="Not allowed: students watching; pictures used for teaching."),
            ),
            Fact(about="decides", label="صاحبة القرار", text=told(("b", "ليلى مثال، المريضة، عن نفسها."))),
            Fact(about="not_heard", label="اختارت ألا تسمع", text="لا شيء. عُرض كل شيء."),
        ],
        signatures=Signatures(
            heads=ARABIC_HEADS,
            rows=[
                drawn(
                    "ليلى مثال",
                    "المريضة، تقرر عن نفسها",
                    told("قيل لي ما هذا وما نفعه وضرره. ", ("b", "أوافق.")),
                    moment("11:49:20", "20 نوفمبر 2026"),
                ),
                drawn(
                    "د. آدا مثال",
                    "استشارية أشعة",
                    "شرحتُ هذا وأجبتُ عمّا سُئل.",
                    moment("11:52:10", "20 نوفمبر 2026"),
                    code="explained",
                ),
            ],
        ),
        door_note=told(("b", "امسح قبل البدء."), " الورقة لا تُظهر سحبًا للموافقة حدث بعد طباعتها."),
        parts=[
            Part(code="why", number="1", heading="لماذا، وماذا سيحدث", blocks=[picture, rows]),
            Part(code="harm", number="2", heading="ما قد يسوء", blocks=[harms, array]),
            Part(code="proof", number="3", heading="كيف يُفحص هذا السجل", blocks=[evidence]),
        ],
        end="نهاية السجل. الملف المختوم هو الأصل.",
    )


def with_a_letter_nobody_can_print():
    """A patient's own words with a letter that no font has, an override of direction and mark-up."""
    matter = Row(
        label="What worries me",
        paragraphs=["“\U000e0fff\U0010fffd <b>&amp; nothing</b> \u202eTFEL\u202c”\nSecond line"],
    )
    extra = Part(
        code="matters", number="11", heading="Own words", blocks=[Rows(rows=[matter]), Paragraphs(paragraphs=["x"])]
    )
    return consent(number="PC-2026-000500", parts=[*parts(BOUND), extra])


SAMPLES = {
    "consent": consent,
    "not-complete": not_complete,
    "refusal": refusal,
    "representative": representative,
    "spanish": spanish,
    "arabic": arabic,
    "odd-letters": with_a_letter_nobody_can_print,
}
