extension DialogueScenario {
  /// At home: cooking, pets, neighbours, cars, moving.
  static let household: [DialogueScenario] = [recipe, petSitting, noise, carRepair, moving]

  private static let recipe = DialogueScenario(
    "recipe",
    [
      ("dish", DialogueWords.dishes), ("missing", DialogueWords.ingredients), ("instead", DialogueWords.ingredients),
      ("relative", DialogueWords.relatives), ("number", DialogueWords.numbers),
      (
        "step",
        DialogueWords.phrases(
          """
          stir slowly; lower the heat; add a pinch of salt; cover the pot; let it rest; chop it finely; fry it first;
          beat it until stiff; taste often; use a sharp knife; grease the tin; peel everything; soak it overnight;
          add it last
          """)
      ),
    ],
    [
      .a([
        "{b}, I'm [cooking|making|preparing] {dish} for my {relative}, but I [have no|am out of|forgot the] {missing}.",
        "[Help|Quick], {b}: [no|there is no] {missing} [left|here], and [my {relative} expects|I promised] {dish}!",
      ]),
      .b([
        "[Don't panic|No problem|Easy], {a}, [take|use|try] {instead} [instead|in its place].",
        "[For {dish}|Then] {instead} [works|does|will do] [too|as well|just as nicely], {a}.",
      ]),
      .a([
        "{instead} in {dish}, {b}, [are you sure|really|won't that taste odd]?",
        "[Good|Right|Lucky me], {b}, {instead} [I have|is in the cupboard], [and then|what else]?",
      ]),
      .b([
        "[Trust me|Believe me|Really], {a}: {step}, [and|then] bake or cook it for {number} minutes [more|].",
        "[Just|And] {step}, {a}, and [give it|allow] {number} minutes.",
      ]),
      .a([
        "[Thanks|You saved me|Thank you], {b}, my {relative} [will be pleased|loves {dish}|won't notice].",
        "[I'll|So I] {step} and wait {number} minutes, {b}.",
      ]),
    ],
    summary: "{a} makes {dish} for the {relative} without {missing}; {b} suggests {instead} and says to {step}.")

  private static let petSitting = DialogueScenario(
    "pet sitting",
    [
      ("animal", DialogueWords.animals), ("pet", DialogueWords.petNames), ("city", DialogueWords.cities),
      ("from", DialogueWords.days), ("until", DialogueWords.days),
      (
        "reason",
        DialogueWords.phrases(
          """
          there is a trade fair; a wedding is on; an aunt is ill; a friend is moving; there is a job interview;
          a baby was born;
          the choir performs; there is a funeral; the court case starts; a prize is awarded; the reunion takes place
          """)
      ),
      (
        "care",
        DialogueWords.phrases(
          """
          only eats in the evening; is afraid of thunder; needs fresh water; sleeps on the sofa; bites strangers;
          loves carrots;
          takes a pill at noon; hates the vacuum cleaner; must be brushed; escapes through windows;
          likes classical music;
          needs long walks; eats twice a day; steals socks; wants company; must not have milk
          """)
      ),
    ],
    [
      .a(
        [
          "{b}, could you [look after|take care of|feed] my {animal} {pet}?",
          "[I need a favour|Could you help me], {b}, [it's about|with] {pet}, my {animal}.",
        ],
        [
          "I'm in {city} from {from} [to|until] {until} [because|as] {reason}.",
          "I have to go to {city} on {from}, [since|as] {reason}.",
        ]),
      .b([
        "[Of course|With pleasure|Sure], {a}, I [love|adore|know] {pet}, [anything special|what should I know]?",
        "[A {animal}|Your {animal}|{pet}], {a}? [Gladly|Yes], but [until when|for how long]?",
      ]),
      .a(
        ["{pet} {care}, {b}.", "[Just remember|Mind you|Well], {pet} {care}."],
        ["I am [back|home again] on {until}.", "On {until} I [take over|return] [again|]."]),
      .b([
        "[No problem|Easy|Fine], {a}, [enjoy|safe trip to] {city}!",
        "[We will be fine|Don't worry], {a}, {pet} and I [get on well|are old friends].",
      ]),
    ],
    summary: "{b} will look after {a}'s {animal} {pet}, which {care}, while {a} is in {city} until {until}.")

  private static let noise = DialogueScenario(
    "neighbours",
    [
      ("instrument", DialogueWords.instruments), ("time", DialogueWords.times), ("agreed", DialogueWords.times),
      ("day", DialogueWords.days),
      (
        "reason",
        DialogueWords.phrases(
          """
          the baby wakes up; the walls are thin; the night shift is hard; an exam is coming; the dog starts howling;
          the plaster is crumbling; grandmother is ill; the guests complain; work starts early; the glasses rattle;
          there is a home office; the migraine returns
          """)
      ),
      (
        "excuse",
        DialogueWords.phrases(
          """
          the concert is near; the band needs it; the audition is soon; a teacher demanded it; the competition starts;
          practice rooms are costly; the wedding march must work; the orchestra insists; the recording is due
          """)
      ),
    ],
    [
      .a(
        [
          "{b}, you [play|practise] the {instrument} [again and again|every night|on {day}] until {time}!",
          "[Sorry to bother you|I must talk to you], {b}, [about|it's] your {instrument} [again|at {time}].",
        ],
        ["[You see|Every time|Believe me], {reason}.", "[It's a problem|I can't bear it], because {reason}."]),
      .b([
        "[I'm sorry|Oh, forgive me|Goodness], {a}, [but|only] {excuse}.",
        "[I had no idea|Nobody told me], {a}, it's just that {excuse}.",
      ]),
      .a([
        "[I understand|Fair enough|I know], {b}, [but could you|can't you] stop [earlier|before {time}]?",
        "{excuse}, [fine|I see], {b}, [but still,|and yet] {reason}.",
      ]),
      .b([
        "[All right|Agreed|Very well], {a}, [no|I stop the] {instrument} after {agreed}, [none|not at all] on {day}.",
        "[From now on|Then] I [finish|stop] at {agreed}, {a}, and [on {day} you have peace|{day} is free].",
      ]),
      .a([
        "[Thank you|That's kind|Wonderful], {b}, {agreed} is [perfect|a good compromise].",
        "[No {instrument}|Silence] on {day}, {b}, [what a gift|lovely]!",
      ]),
    ],
    summary: "{b} will stop playing the {instrument} at {agreed} because {a} complains that {reason}.")

  private static let carRepair = DialogueScenario(
    "car repair",
    [
      ("part", DialogueWords.carParts), ("checked", DialogueWords.carParts), ("price", DialogueWords.prices),
      ("day", DialogueWords.days), ("city", DialogueWords.cities),
      (
        "sign",
        DialogueWords.phrases(
          """
          a loud squeak; white smoke; a red lamp; a smell of petrol; a strange knocking; a puddle of oil;
          a sudden jolt; a whistle;
          a burning smell; a rattling sound; a flashing light; a drop in power; an icy draught; a hum in every curve
          """)
      ),
    ],
    [
      .a([
        "[Good morning|Hello] {b}, my car [has|makes|shows] {sign} on the way to {city}.",
        "{b}, [there was|I noticed] {sign} [when I drove|on the road] to {city}.",
      ]),
      .b([
        "[Let me see|One moment|Hm], {a}, it isn't the {checked}, [so|it must be] the {part}.",
        "[It could be|Is it] the {checked}? No, {a}, [clearly|I'm sure] it's the {part}.",
      ]),
      .a([
        "The {part}, {b}! [What|How much] will [that|it] cost [me|]?",
        "[Can you|Will you] [repair|replace] the {part} [soon|today], {b}, [for {city}|and for how much]?",
      ]),
      .b([
        "[About|Roughly|Not more than] {price} for the {part}, {a}, [ready|you get it back] on {day}.",
        "[Come back|It's ready] on {day}, {a}, [with|and bring] {price} [in cash|].",
      ]),
      .a([
        "[All right|Fine|Do it], {b}, [until|see you on] {day}.",
        "[Thanks|Then go ahead], {b}, {price} [is bearable|will do].",
      ]),
    ],
    summary: "{b} will repair the {part} of {a}'s car for {price} by {day}, after {sign} on the way to {city}.")

  private static let moving = DialogueScenario(
    "moving house",
    [
      ("city", DialogueWords.cities), ("old", DialogueWords.cities), ("month", DialogueWords.months),
      ("day", DialogueWords.days),
      (
        "reason",
        DialogueWords.phrases(
          """
          the rents are lower there; a new job is waiting; the grandchildren live there; the air is better;
          the firm has moved;
          the children need a garden; the sea is near; studies begin there; life is slower there;
          the house was inherited;
          the partner comes from there; the schools are good
          """)
      ),
      (
        "help",
        DialogueWords.phrases(
          """
          drive the van; pack the books; carry the piano; paint the rooms; mind the children; wrap the china;
          take the plants;
          sell the old sofa; clean the flat; build the shelves; lend some boxes; find a buyer; cook for the helpers
          """)
      ),
    ],
    [
      .a([
        "{b}, [I have news|imagine|it's decided]: I'm leaving {old} for {city} in {month}!",
        "[Hi|Hello] {b}, in {month} I [move|am moving] from {old} to {city}.",
      ]),
      .b([
        "[What|Really|Oh no], {a}, [why|what on earth for] {city}, [don't you like {old}|so suddenly]?",
        "[Away from {old}|To {city}], {a}? [Why|What happened|How come]?",
      ]),
      .a([
        "[Well|Simply because|You know], {reason}, {b}.",
        "{reason}, {b}, and {old} [is too loud|bores me|got too dear].",
      ]),
      .b([
        "[Then|In that case] I [will|can] {help} on {day}, {a}.",
        "[If you like|Let me help], {a}, I [can|could] {help}, [say|perhaps] on {day}.",
      ]),
      .a([
        "[You are an angel|That's so kind|Thank you], {b}, {day} [is ideal|it is]!",
        "[Please do|Gladly], {b}, and [visit me|come and see me] in {city}!",
      ]),
    ],
    summary: "{a} is moving from {old} to {city} in {month} because {reason}; {b} will {help} on {day}.")
}
