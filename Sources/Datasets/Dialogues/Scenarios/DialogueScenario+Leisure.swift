extension DialogueScenario {
  /// Free time: outings, shows, journeys, courses.
  static let leisure: [DialogueScenario] = [weekend, show, journey, course]

  private static let weekend = DialogueScenario(
    "weekend plans",
    [
      ("outing", outings), ("idea", outings), ("day", DialogueWords.days), ("time", DialogueWords.times),
      ("place", DialogueWords.places),
      (
        "reason",
        DialogueWords.phrases(
          """
          it is too expensive; the forecast is bad; the doctor advised against it; it is fully booked;
          the car is broken;
          it takes too long; it was dull last time; the path is closed; the season is over; it is too crowded;
          the dog hates it
          """)
      ),
    ],
    [
      .a([
        "[Hi|Hello|Hey] {b}, [shall we|do you want to|would you like to] {idea} [at the weekend|on {day}]?",
        "{b}, [I'd love to|let's] {idea} on {day}!",
      ]),
      .b(
        [
          "[I'd rather not|Better not|Hm], {a}, [because|I heard] {reason}.",
          "[Sadly|Unfortunately|I fear] {reason}, {a}.",
        ],
        ["[Let us|Why don't we|We could] {outing} [instead|then]?", "I would [much|] rather {outing}."]),
      .a([
        "[Good idea|Great|Even better|Why not], {b}, [where|when and where] do we meet [to {outing}|]?",
        "[Agreed|Fine], {b}, we {outing} [instead|then], [but when|so when]?",
      ]),
      .b([
        "[On|This] {day} at {time}, [in front of|outside|near] {place}, {a}.",
        "[I'll pick you up|I'll wait|Meet me] at {place}, {a}, on {day} at {time}.",
      ]),
      .a([
        "[See you|Until then|Done], {b}, at {time} by {place}.",
        "{place}, {time}, [great|noted|got it], {b}!",
      ]),
    ],
    summary: "{a} and {b} will meet at {place} on {day} at {time} to {outing}; {b} does not want to {idea}.")

  private static let outings = DialogueWords.phrases(
    """
    go hiking; visit the aquarium; have a picnic; go sailing; play mini golf; see the fireworks; pick mushrooms;
    go skating;
    rent bicycles; go bowling; visit the flea market; paddle down the river; watch the regatta; go riding;
    climb the tower;
    go to the sauna; fly kites; visit the wine cellar; have a barbecue; explore the caves; swim in the lake; go camping;
    play tennis; try the escape room; tour the brewery; go sledging; ride the steam train; watch the penguins;
    play cards;
    go dancing; see the tulips; bake bread; walk the dogs; go birdwatching; build a raft; visit the dinosaur park
    """)

  private static let show = DialogueScenario(
    "tickets",
    [
      (
        "show",
        DialogueWords.phrases(
          """
          the jazz concert; the ballet; the magic show; the new thriller; the opera; the circus; the comedy night;
          the puppet theatre;
          the boxing match; the rock festival; the basketball game; the musical; the poetry slam; the folk concert;
          the ice show;
          the silent film; the choir; the lecture on bees; the science slam; the tango evening; the string quartet;
          the cabaret;
          the planetarium; the hockey final; the flamenco night; the organ recital
          """)
      ),
      ("number", DialogueWords.numbers), ("row", DialogueWords.numbers), ("day", DialogueWords.days),
      ("price", DialogueWords.prices), ("place", DialogueWords.places), ("relative", DialogueWords.relatives),
      (
        "reason",
        DialogueWords.phrases(
          """
          caught a cold; has to work; broke a leg; won a trip; missed the train; has no babysitter; is stuck abroad;
          hates crowds;
          has an exam; lost interest; has visitors; is at a wedding
          """)
      ),
    ],
    [
      .a(
        [
          "{b}, I have {number} tickets for {show} on {day}.",
          "[Guess what|Listen], {b}, {number} tickets for {show}, [this|next] {day}!",
        ],
        [
          "My {relative} {reason}, so one is [free|left|yours if you like].",
          "[Do you want|Would you take] one, [since|as|because] my {relative} {reason}?",
        ]),
      .b([
        "[For {show}|Really|Oh yes], {a}, [gladly|I'd love to], [what|how much] does it cost?",
        "[How sad for|Poor] [your {relative}|your {relative}, really], {a}, [but|though] [I'm in|count me in]!",
      ]),
      .a([
        "[Only|Just] {price}, {b}, in row {row}, [right in the middle|near the stage].",
        "[Row {row}|It is row {row}], {b}, for {price}, [a bargain|not bad].",
      ]),
      .b([
        "[Then|Good,] [I'll pay you|you get the {price}] at {place}, {a}, [before it starts|on {day}].",
        "{price} is [fine|all right], {a}, [let's meet|see you] at {place} [first|].",
      ]),
    ],
    summary: "{b} takes a ticket for {show} on {day} from {a} for {price}, because {a}'s {relative} {reason}.")

  private static let journey = DialogueScenario(
    "travel",
    [
      ("city", DialogueWords.cities), ("other", DialogueWords.cities), ("month", DialogueWords.months),
      ("number", DialogueWords.numbers), ("relative", DialogueWords.relatives),
      (
        "transport",
        DialogueWords.phrases("train; plane; night bus; ferry; car; motorbike; camper van; bicycle; coach")
      ),
      (
        "purpose",
        DialogueWords.phrases(
          """
          see the museums; visit a cousin; learn the language; run the marathon; attend a wedding; taste the food;
          go to a conference; hear an opera; look at universities; lie on the beach; photograph bridges;
          trace the family;
          try the ski slopes; see the carnival; meet a publisher; study the architecture; relax in the baths;
          watch the race
          """)
      ),
    ],
    [
      .a([
        "[Where|So where] are you [going|off to|travelling] [in|this] {month}, {b}?",
        "[Any|Have you any] plans for {month}, {b}?",
      ]),
      .b([
        "[First|At first] I [wanted to go|thought of going] to {other}, {a}, but now [it will be|I chose|it's] {city}.",
        "[To|I'm going to] {city}, {a}, [not|rather than] {other} [as planned|after all|this time].",
      ]),
      .a([
        "{city}, [how lovely|great|wonderful], {b}, [what|and what] [for|takes you there]?",
        "[What will you do|What do you want] in {city}, {b}?",
      ]),
      .b(
        [
          "I [want|hope|plan] to {purpose}, {a}.",
          "[Mainly|Above all|Really just] to {purpose}, {a}.",
        ],
        [
          "[My {relative}|And my {relative}] [comes along|joins me], and we [stay|are there] {number} days.",
          "I [take|go by] [the |]{transport} with my {relative} for {number} days.",
        ]),
      .a([
        "[By|Do you take the] {transport}, [I suppose|or how], {b}?",
        "[Send|Write] me a card from {city}, {b}, and [greet|mind] your {relative}!",
      ]),
      .b([
        "[By|Yes, by|Of course by] {transport}, {a}, [as always|it's cheaper|it's greener].",
        "The {transport} to {city} [is booked|leaves early|takes a while], {a}.",
      ]),
    ],
    summary: "{b} will travel to {city} by {transport} with the {relative} in {month} to {purpose}.")

  private static let course = DialogueScenario(
    "course",
    [
      (
        "subject",
        DialogueWords.phrases(
          """
          pottery; Spanish; salsa; first aid; watercolour; sewing; chess; Italian cooking; photography; singing;
          fencing; Japanese;
          wood carving; bread baking; self-defence; bookkeeping; yoga; sign language; diving; gardening; calligraphy;
          judo; guitar;
          creative writing; meditation; glass blowing; tap dancing; welding; Arabic; beekeeping; swimming;
          jewellery making
          """)
      ),
      ("day", DialogueWords.days), ("time", DialogueWords.times), ("place", DialogueWords.places),
      ("price", DialogueWords.prices),
      (
        "reason",
        DialogueWords.phrases(
          """
          evenings are lonely; the doctor recommended it; the new job requires it; it keeps the mind fresh;
          a trip is planned;
          it was a childhood dream; the wedding is near; the children asked for it; retirement is boring;
          friends do it too;
          stress is getting worse; it looks good on a CV
          """)
      ),
    ],
    [
      .a(
        [
          "[Hello|Good evening] {b}, I [want|would like] to [join|sign up for] the {subject} course.",
          "{b}, is there [a place left|still room] in the {subject} course?",
        ],
        ["[You know|You see|Well], {reason}.", "[I need it|It's time], because {reason}."]),
      .b([
        "[Yes|Certainly|You are welcome], {a}, {subject} is on {day} at {time}, [near|in|at] {place}.",
        "[There is one place|We have room], {a}: every {day} at {time}, by {place}.",
      ]),
      .a([
        "[What does it cost|How much is it|And the fee], {b}, [if I come every {day}|for the whole term]?",
        "[Must I bring|Do I need] anything to {place}, {b}, [and what|what] is the fee?",
      ]),
      .b([
        "[It costs|You pay|The fee is] {price} [in all|for beginners|a month], {a}.",
        "{price}, {a}, [and bring|just bring] [a smile|old clothes|something to write].",
      ]),
      .a([
        "{price} is [fine|fair|a lot], {b}, [put me down|I'll come] [for|on] {day}.",
        "[Then|So] {day} it is, {b}, {time} [sharp|suits me].",
      ]),
    ],
    summary: "{a} joins {b}'s {subject} course on {day} at {time} near {place} because {reason}.")
}
