extension DialogueScenario {
  /// Somebody comes to somebody at a time: a service, a doctor, a table, a viewing.
  static let appointments: [DialogueScenario] = [service, doctor, table, viewing]

  private static let service = DialogueScenario(
    "appointment",
    [
      (
        "service",
        DialogueWords.phrases(
          """
          a haircut; an eye test; a massage; a dental check-up; a fitting; a tax consultation; a piano tuning;
          a boiler inspection;
          a passport photo; a manicure; a blood test; a hearing test; a driving lesson; a chimney sweep; a vaccination;
          a legal consultation; a skin check; a foot treatment; a shoe fitting; a portrait session; a tattoo;
          a wedding make-up;
          a carpet cleaning; a beard trim; a career talk
          """)
      ),
      ("day", DialogueWords.days), ("other", DialogueWords.days), ("time", DialogueWords.times),
      (
        "reason",
        DialogueWords.phrases(
          """
          the office is closed; there is a staff meeting; the diary is full; the assistant is on leave;
          a course takes place;
          the room is being painted; the machine is being serviced; the owner is away; it is a public holiday
          """)
      ),
    ],
    [
      .a([
        "[Hello|Good morning|Good afternoon], {b}, I [would like|need|want to book] {service}.",
        "[Hello|Hi], {b}, could I come [in|by] for {service}?",
      ]),
      .b([
        "[Certainly|Of course|With pleasure], {a}, [what day|when] [would suit you|do you have time] for {service}?",
        "[Sure|Gladly], {a}, [when shall we say|which day do you prefer|when can you come]?",
      ]),
      .a([
        "Is {other} [convenient|possible|all right], {b}, [in the morning|after work|at lunchtime]?",
        "{other}, [if possible|ideally|if you can], {b}.",
      ]),
      .b(
        [
          "[I'm afraid|Sorry,|Unfortunately] on {other} {reason}, {a}.",
          "[Not on|That's difficult on] {other}, {a}, [as|because|since] {reason}.",
        ],
        [
          "[But|Well,] [I can offer|I have] {time} on {day}.",
          "[What about|Could you make] {day} at {time}?",
        ]),
      .a([
        "[Perfect|Wonderful|Great], {b}, {time} [it is|suits me|is fine].",
        "{time} on {day} [is perfect|works], {b}, [thank you|many thanks].",
      ]),
    ],
    summary: "{a} books {service} with {b} for {day} at {time}, because on {other} {reason}.")

  private static let doctor = DialogueScenario(
    "doctor",
    [
      (
        "symptom",
        DialogueWords.phrases(
          """
          a sore throat; a stiff neck; an aching knee; a rash; a headache; a cough; a swollen ankle; an earache;
          back pain;
          a burning stomach; dizzy spells; itchy eyes; a numb hand; a blocked nose; a painful shoulder;
          a sprained wrist;
          chest pain; a high temperature; toothache; cramps; a blistered heel; trouble sleeping
          """)
      ),
      (
        "cause",
        DialogueWords.phrases(
          """
          a fall; the new job; a long flight; the building work; a tennis match; a camping trip; a cold swim;
          too much coffee;
          the cat; the pollen; a marathon; heavy lifting; a bad mattress; the air conditioning; a football game;
          the exams;
          some old seafood; the garden work; a ski holiday; new shoes
          """)
      ),
      ("number", DialogueWords.numbers),
      (
        "cure",
        DialogueWords.phrases(
          """
          take tablets; rest; drink herbal tea; use an ointment; wear a bandage; do stretching exercises; avoid sport;
          see a specialist; inhale steam; use eye drops; eat light meals; keep warm; take a syrup; sleep more;
          have an X-ray;
          cool it with ice; stay in bed; stop smoking; try acupuncture; gargle with salt water
          """)
      ),
      ("day", DialogueWords.days),
    ],
    [
      .b([
        "[Good morning|Good afternoon|Come in], {a}, what [can I do for you|seems to be the trouble|brings you here]?",
        "[Please sit down|Take a seat|Do sit], {a}, [how do you feel|what is wrong]?",
      ]),
      .a(
        [
          "[Doctor {b}|Well], I [have had|have been having|suffer from] {symptom} for {number} days.",
          "It's {symptom}, [Doctor {b}|doctor], [already for|for] {number} days [now|].",
        ],
        [
          "[I think|Perhaps|Maybe] it [started with|comes from|is because of] {cause}.",
          "[My family blames|I blame] {cause} [for it|].",
        ]),
      .b(
        ["[That is quite likely|I see|Yes|Hm], {cause} [can do that|may well be it], {a}.", "[So|Ah], {cause}, {a}."],
        [
          "[You should|I want you to|Please] {cure}, and [come back|see me again] on {day}.",
          "[Just|Simply|First] {cure}, {a}, and [show me|let me look at it again] on {day}.",
        ]),
      .a([
        "[Thank you|Thanks], doctor, I [will|promise to] {cure}.",
        "[All right|Very well], [until|see you on] {day}, Doctor {b}.",
      ]),
    ],
    summary: "{a} has {symptom} after {cause}, and Doctor {b} tells {a} to {cure} and to return on {day}.")

  private static let table = DialogueScenario(
    "restaurant",
    [
      ("restaurant", DialogueWords.restaurants), ("number", DialogueWords.numbers), ("more", DialogueWords.numbers),
      ("day", DialogueWords.days), ("time", DialogueWords.times),
      (
        "occasion",
        DialogueWords.phrases(
          """
          a birthday; a wedding anniversary; an engagement; a farewell party; a graduation; a class reunion;
          a family dinner;
          a retirement; a business lunch; a baptism; a promotion; a first date; a team dinner; a golden wedding;
          a book launch
          """)
      ),
    ],
    [
      .a([
        "[Hello|Good evening], is that {restaurant}?",
        "[Hello|Good day], {restaurant}, [is this|am I speaking to] {b}?",
      ]),
      .b([
        "[Yes|It is], {b} [here|speaking] at {restaurant}, [how can I help|what can I do for you]?",
        "[Good evening|Welcome|Hello], {b} of {restaurant} [here|speaking].",
      ]),
      .a([
        "[I am {a} and|This is {a},] I [need|want] a table for {number} on {day}, [for|to celebrate] {occasion}.",
        "[My name is {a};|{a} is the name;] we are {number} and [celebrate|have] {occasion} on {day}.",
      ]),
      .b([
        "[Is|Would] {time} [all right|fine|good], {a}, [or|and] will {more} [people|guests] come in the end?",
        "{day} at {time} is [free|possible], {a}, and we could seat {more} as well.",
      ]),
      .a([
        "{time} [is fine|will do nicely], {b}, but [we stay|it remains] {number}, not {more}.",
        "[No|Certainly not] {more}, {b}, only {number}, and {time} is [good|lovely].",
      ]),
    ],
    summary: "{a} reserves a table for {number} at {restaurant} with {b} on {day} at {time} for {occasion}.")

  private static let viewing = DialogueScenario(
    "flat to rent",
    [
      (
        "feature",
        DialogueWords.phrases(
          """
          a balcony; a fireplace; a garden; a garage; two bathrooms; a roof terrace; high ceilings; a cellar;
          a sauna; wooden floors;
          a spare room; a lift; a large kitchen; a sea view; a workshop; underfloor heating; a pantry; bay windows;
          a courtyard
          """)
      ),
      ("place", DialogueWords.places), ("price", DialogueWords.prices), ("day", DialogueWords.days),
      ("time", DialogueWords.times),
      (
        "reason",
        DialogueWords.phrases(
          """
          the landlord is selling the house; the rent went up; the baby needs a room; the commute is too long;
          the walls are damp;
          the neighbours are too loud; the lease runs out; the stairs are too steep; the office has moved;
          the roof leaks
          """)
      ),
    ],
    [
      .a(
        [
          "[Hello|Good day] {b}, I [saw|read] your advert for the flat [with|that has] {feature}.",
          "[Is|Hello, {b}, is] the flat with {feature} still [free|available|to let]?",
        ],
        ["I [must move|am looking|have to leave my place] because {reason}.", "You see, {reason}, {b}."]),
      .b([
        "[Yes|It is still free], {a}, it [lies|is] [near|close to|behind] {place} and costs {price} [a night|a day].",
        "[You are lucky|Good timing], {a}: near {place}, {price} [a night|a day], [all included|bills included].",
      ]),
      .a([
        "[Near {place}|{feature}] for {price} [sounds|is] [fair|good], {b}, when can I [see|visit] it?",
        "Could I [see|view|visit] it [soon|this week], {b}, [as|since] {reason}?",
      ]),
      .b([
        "[Come|Be there|Meet me there] on {day} at {time}, {a}.",
        "[I am there|The keys are with me] on {day}, {a}, [say|around] {time}.",
      ]),
    ],
    summary: "{a} will view {b}'s flat with {feature} near {place} on {day} at {time} because {reason}.")
}
