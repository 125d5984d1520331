extension DialogueScenario {
  /// Work and school.
  static let work: [DialogueScenario] = [newJob, postponedMeeting, homework, shift]

  private static let newJob = DialogueScenario(
    "new job",
    [
      ("job", DialogueWords.jobs), ("employer", DialogueWords.employers), ("city", DialogueWords.cities),
      ("month", DialogueWords.months), ("old", DialogueWords.employers),
      (
        "reason",
        DialogueWords.phrases(
          """
          the pay was poor; the boss was rude; the hours were endless; the contract ended; the work was dull;
          the office closed;
          nobody listened; the commute took hours; there was no future; the team broke up; the stress was too much
          """)
      ),
    ],
    [
      .a([
        "[Hi|Hello] {b}, is it true that you [leave|are leaving|quit] {old}?",
        "{b}, [people say|I heard] you [left|gave notice at] {old}!",
      ]),
      .b([
        "[Yes|It's true|Indeed], {a}, {reason} [there|in the end].",
        "[I had to|I did], {a}, [since|because] {reason}.",
      ]),
      .a([
        "[And now|What comes next|So what now], {b}, [back to {old}|any offers|another firm]?",
        "[What will you do|Where will you go], {b}, [after|without] {old}?",
      ]),
      .b(
        [
          "I [start|begin] as {job} [at|with] {employer}, {a}.",
          "{employer} [took|hired|wants] me as {job}, {a}!",
        ],
        [
          "[It's|The place is] in {city}, and I [start|begin] in {month}.",
          "From {month} [on|] you'll find me in {city}.",
        ]),
      .a([
        "[Congratulations|Well done|Good luck], {b}, {city} is [lucky|beautiful|not far]!",
        "[You|Imagine you,] {job}, {b}, [that suits you|how exciting]!",
      ]),
    ],
    summary: "{b} leaves {old} because {reason} and starts as {job} at {employer} in {city} in {month}.")

  private static let postponedMeeting = DialogueScenario(
    "meeting",
    [
      (
        "matter",
        DialogueWords.phrases(
          """
          the budget; the new website; the annual report; the summer party; the office move; the price list;
          the safety rules;
          the merger; the catalogue; the customer survey; the holiday rota; the canteen; the logo; the export plan;
          the audit;
          the training course; the parking spaces; the exhibition; the software update; the recycling scheme;
          the pension plan
          """)
      ),
      ("from", DialogueWords.days), ("day", DialogueWords.days), ("time", DialogueWords.times),
      ("number", DialogueWords.numbers),
      (
        "reason",
        DialogueWords.phrases(
          """
          the figures are missing; the client is late; the director is ill; the projector is broken;
          the trains are on strike;
          the room is flooded; half the team has flu; the contract is not signed; the auditors are coming;
          the server is down;
          the speaker cancelled; the samples got lost
          """)
      ),
    ],
    [
      .a(
        [
          "{b}, we [can't hold|must postpone|have to move] the meeting about {matter} on {from}.",
          "[Bad news|Listen], {b}: the meeting on {matter} [can't be|won't happen] on {from}.",
        ],
        ["[You know|It seems|I was told that] {reason}.", "{reason}, [believe it or not|of all things]."]),
      .b([
        "[Oh|What a pity|Typical], {a}, [when|so when] do we talk about {matter} [then|]?",
        "{reason}, {a}? [And now|What then|When instead]?",
      ]),
      .a([
        "[Let's take|I suggest|How about] {day} at {time}, {b}, in room {number}.",
        "[On {day}|We moved it to {day}], {b}, {time}, [upstairs|in room {number}].",
      ]),
      .b([
        "{day} at {time} [works|is fine|suits me], {a}, [I'll tell|let me inform] [all {number} of us|the team].",
        "[I'll change|I'll correct] [the calendar|the invitation] to {day}, {a}, [room {number}|{time}].",
      ]),
    ],
    summary: "{a} moves the meeting about {matter} from {from} to {day} at {time} because {reason}; {b} agrees.")

  private static let homework = DialogueScenario(
    "studies",
    [
      (
        "subject",
        DialogueWords.phrases(
          """
          algebra; organic chemistry; Roman history; grammar; statistics; geography; genetics; optics; Latin;
          economics; anatomy;
          music theory; philosophy; geometry; botany; accounting; thermodynamics; medieval art; French; astronomy;
          law; calculus;
          literature; mechanics; zoology; logic
          """)
      ),
      ("weak", DialogueWords.phrases("spelling; physics; biology; ethics; drawing; politics; sociology; religion")),
      ("day", DialogueWords.days), ("exam", DialogueWords.days), ("time", DialogueWords.times),
      ("place", DialogueWords.places),
      (
        "bring",
        DialogueWords.phrases(
          """
          the notes; a calculator; flash cards; the atlas; old exams; the textbook; coloured pens; a dictionary;
          a thermos of tea;
          the lecture slides; a skeleton model; the formula sheet; sandwiches; a timetable
          """)
      ),
    ],
    [
      .a(
        [
          "{b}, I don't understand {subject} at all, and the exam is on {exam}!",
          "[I'll never pass|I'm afraid of] [the {subject} exam|{subject}] on {exam}, {b}.",
        ],
        ["[Could you|Will you|Can you] [help|teach|coach] me?", "[You|And you] are so good at {subject}, {b}."]),
      .b([
        "[Sure|Of course|Gladly], {a}, [if you help me with {weak}|I only fear {weak}], [when|what day]?",
        "[I like|I love] {subject}, {a}, [unlike|much more than] {weak}, so [yes|why not].",
      ]),
      .a([
        "[Is|Would] {day} at {time} [all right|good|possible], {b}, at {place}?",
        "[Let's meet|Meet me|Can we meet] at {place} on {day}, {b}, [at|around] {time}.",
      ]),
      .b([
        "{day} [is good|is perfect|suits me], {a}, [please bring|but bring|and don't forget] {bring}.",
        "[Fine|Good|Right], {a}, [at {time}|at {place}|on {day}], and you [bring|get] {bring}.",
      ]),
    ],
    summary: "{b} will help {a} with {subject} on {day} at {time} at {place}; {a} is to bring {bring}.")

  private static let shift = DialogueScenario(
    "shift swap",
    [
      ("mine", DialogueWords.days), ("yours", DialogueWords.days), ("offer", DialogueWords.days),
      ("time", DialogueWords.times), ("employer", DialogueWords.places),
      (
        "reason",
        DialogueWords.phrases(
          """
          the twins have a party; the plumber is coming; there is a driving test; the dentist has time;
          a parcel must be signed for;
          the school play is on; the cat is being operated on; a visa must be collected; the in-laws arrive;
          a tooth hurts;
          the final is on television; the flat is being inspected
          """)
      ),
    ],
    [
      .a(
        [
          "{b}, [would you|could you] [take|do|cover] my {mine} shift at {employer}?",
          "[Can we|Could we|Let's] swap shifts at {employer}, {b}, [mine is on|I have] {mine}.",
        ],
        ["[You see|The thing is], {reason}.", "[I can't come|I need the day], because {reason}."]),
      .b([
        "[Possibly|Perhaps|Maybe], {a}, [which day|what] do I get, {offer}?",
        "[On {mine}|For {mine}], {a}? [Only if|If] you do my {offer} [one|shift].",
      ]),
      .a([
        "[Not {offer}|{offer} won't work], {b}, but I [can|could] [do|take] {yours}.",
        "[Anything but {offer}|{offer} is hard], {b}, [rather|I offer] {yours}.",
      ]),
      .b([
        "[Deal|Agreed|Done], {a}: I [do|take] {mine} from {time}, you [do|take] {yours}.",
        "[All right|Fine], {a}, {yours} for {mine}, [starting at|from] {time}.",
      ]),
    ],
    summary: "{b} takes {a}'s {mine} shift at {employer} in return for {yours} because {reason}.")
}
