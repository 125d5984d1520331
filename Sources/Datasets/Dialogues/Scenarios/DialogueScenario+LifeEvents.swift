extension DialogueScenario {
  /// Parties, helping out, contests, farewells.
  static let lifeEvents: [DialogueScenario] = [party, volunteering, visit]

  private static let party = DialogueScenario(
    "party",
    [
      (
        "occasion",
        DialogueWords.phrases(
          """
          a housewarming; a garden party; a costume ball; a tea party; a surprise party; a barbecue; a games night;
          a pizza evening;
          a farewell do; a karaoke night; a wine tasting; a quiz night; a sleepover; a brunch; a harvest feast;
          a film night
          """)
      ),
      ("day", DialogueWords.days), ("time", DialogueWords.times), ("dish", DialogueWords.dishes),
      ("unwanted", DialogueWords.dishes), ("relative", DialogueWords.relatives),
      (
        "reason",
        DialogueWords.phrases(
          """
          won a prize; turns forty; passed the exam; is back from sea; got engaged; bought a house; had a baby;
          finished a novel;
          recovered at last; was promoted; retires; got a scholarship; sold the farm; became a citizen; opened a shop
          """)
      ),
    ],
    [
      .a(
        [
          "{b}, I'm [giving|having|planning] {occasion} on {day}, [will you come|are you free]?",
          "[You are invited|Please come], {b}: {occasion} on {day}, at {time}!",
        ],
        [
          "My {relative} {reason}, [so we celebrate|imagine that].",
          "[It's because|You know,] my {relative} {reason}.",
        ]),
      .b([
        "[How nice|I'd love to|With pleasure], {a}, shall I [bring|make] {unwanted}?",
        "[Your {relative} {reason}|Great], {a}! I [could|can] bring {unwanted}.",
      ]),
      .a([
        "[Somebody|My {relative}] [already brings|is making] {unwanted}, {b}, [rather|better] {dish}.",
        "[Not|Please no] {unwanted}, {b}, but {dish} [would be lovely|is welcome].",
      ]),
      .b([
        "[Then|Good,] I'll [make|bring|cook] {dish}, {a}, [see you|and come] at {time}.",
        "{dish} [it is|is easy], {a}, [until {day}|{time} on {day}]!",
      ]),
    ],
    summary: "{a} invites {b} to {occasion} on {day} because the {relative} {reason}; {b} will bring {dish}.")

  private static let volunteering = DialogueScenario(
    "volunteering",
    [
      (
        "event",
        DialogueWords.phrases(
          """
          the charity run; the school fair; the beach clean-up; the blood drive; the village fete; the book sale;
          the soup kitchen;
          the tree planting; the toy collection; the street festival; the bike tour; the cake stall; the lantern walk;
          the animal rescue day; the senior dance; the Christmas bazaar
          """)
      ),
      ("task", tasks), ("refused", tasks), ("day", DialogueWords.days), ("time", DialogueWords.times),
      (
        "reason",
        DialogueWords.phrases(
          """
          the back hurts; shouting is awful; numbers are a horror; the sun is too strong; the knees are weak;
          wasps are scary;
          the hands shake; mornings are hard; crowds are tiring; the voice is gone; heights are frightening
          """)
      ),
    ],
    [
      .a([
        "[Hello|Hi] {b}, we [still need|are looking for] [people|helpers] for {event} on {day}.",
        "{b}, [will you|could you] help at {event} [this|next] {day}?",
      ]),
      .b([
        "[Gladly|Of course|Count me in], {a}, what [can I do|is there to do] at {event}?",
        "On {day}, {a}? [I am free|I have time], [but|and] what [shall I do|is needed]?",
      ]),
      .a(["[Could you|You could|Would you] {refused}, {b}?", "[Somebody must|We need someone to] {refused}, {b}."]),
      .b([
        "[Rather not|I'd better not|No], {a}, [as|because] {reason}, [but I can|let me] {task}.",
        "{reason}, {a}, so I'd [prefer to|rather] {task}.",
      ]),
      .a([
        "[Perfect|Very good|Wonderful], {b}, you {task}, [be there|come] at {time}.",
        "[Then|Fine,] [come|be here] at {time}, {b}, and {task}.",
      ]),
    ],
    summary: "{b} will {task} at {event} on {day} from {time} but will not {refused}, because {reason}.")

  private static let tasks = DialogueWords.phrases(
    """
    sell tickets; carry tables; bake waffles; guide visitors; count the money; hang posters; pour coffee; tidy up;
    direct traffic;
    face-paint children; make announcements; hand out water; wash dishes; take photographs; guard the coats;
    build the stage;
    blow up balloons; play music; stamp cards; collect rubbish; grill sausages; welcome guests; lead the tour
    """)

  private static let visit = DialogueScenario(
    "visit",
    [
      ("relative", DialogueWords.relatives), ("city", DialogueWords.cities), ("day", DialogueWords.days),
      ("time", DialogueWords.times), ("place", DialogueWords.places), ("number", DialogueWords.numbers),
      (
        "reason",
        DialogueWords.phrases(
          """
          the car is in the garage; the meeting drags on; the baby is asleep; the bus does not run;
          the licence has expired;
          the shop must stay open; the foot is in plaster; the oven is on; the lesson lasts long; a customer is coming
          """)
      ),
    ],
    [
      .a(
        [
          "{b}, my {relative} [arrives|comes] from {city} on {day}.",
          "[On {day}|This {day}] my {relative} from {city} [visits me|is coming], {b}.",
        ],
        [
          "[Could you|Can you|Would you] [fetch|meet|pick up] the guest, [because|as] {reason}?",
          "[But|The trouble is,] {reason}, so I can't be at {place}.",
        ]),
      .b([
        "[Sure|No problem|Gladly], {a}, [where|when] [does your {relative} arrive|shall I be there]?",
        "[All the way from {city}|From {city}], {a}! [Of course|Yes], [but when|tell me when].",
      ]),
      .a([
        "[At|Around] {time}, {b}, [at|by] {place}.",
        "[Be|Please wait] at {place} at {time}, {b}, [with a sign|bring a sign].",
      ]),
      .b([
        "{time}, {place}, [noted|I'll be there], {a}, and how long is the stay?",
        "[I'll be at|You can rely on me at] {place}, {a}, [for how many days|is it a long stay]?",
      ]),
      .a([
        "[For|About|Only] {number} days, {b}, [thank you so much|I owe you one|you're a star].",
        "{number} [days|nights], {b}, [before going|then] back to {city}.",
      ]),
    ],
    summary: "{b} will pick up {a}'s {relative} from {city} at {place} on {day} at {time} because {reason}.")
}
