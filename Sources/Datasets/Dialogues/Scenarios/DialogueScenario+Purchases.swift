extension DialogueScenario {
  /// Things bought, lost, delivered, lent and given.
  static let purchases: [DialogueScenario] = [complaint, lostItem, delivery, borrowing, present]

  private static let complaint = DialogueScenario(
    "complaint",
    [
      ("item", DialogueWords.appliances), ("fault", DialogueWords.faults), ("remedy", DialogueWords.remedies),
      ("wish", DialogueWords.remedies), ("day", DialogueWords.days),
      (
        "paper",
        DialogueWords.phrases(
          """
          the receipt; the box; the guarantee card; the bank statement; an identity card; the order number;
          the delivery note;
          the manual; the charger; the confirmation mail
          """)
      ),
    ],
    [
      .a(
        [
          "[Hello|Excuse me|Good morning] {b}, I [bought|got|ordered] this {item} [here|from you] on {day}.",
          "{b}, I [want|have] to complain about the {item} [I bought|from] {day}.",
        ],
        [
          "[The thing|It] {fault}, and I [want|expect|would like] a {wish}.",
          "[Unfortunately|Now|Already] it {fault}, so a {wish} [would be fair|is due].",
        ]),
      .b([
        "I am [so|very|terribly] sorry that the {item} {fault}, {a}, [do you have|did you bring] {paper}?",
        "[Oh dear|How annoying], {a}, a {item} that {fault}, [and have you still|but have you kept] {paper}?",
      ]),
      .a([
        "[Yes|Of course|Here you are], {paper} [is right here|is in my bag], {b}.",
        "[Sorry|No], {b}, {paper} is [at home|gone|in the bin].",
      ]),
      .b([
        "[Then|In that case|All right,] [we can offer|I can give] you a {remedy}, {a}, [but not|instead of] a {wish}.",
        "[Not a {wish}|A {wish} is not possible], {a}, but [you get|I offer] a {remedy}.",
      ]),
      .a([
        "A {remedy} [is fine|will do|is better than nothing], {b}.",
        "[Very well|Fine|Agreed], {b}, [give me|I take] the {remedy}.",
      ]),
    ],
    summary: "{a} complains to {b} that the {item} bought on {day} {fault}, and accepts a {remedy}.")

  private static let lostItem = DialogueScenario(
    "lost item",
    [
      ("item", DialogueWords.belongings), ("colour", DialogueWords.colours), ("place", DialogueWords.places),
      ("spot", DialogueWords.places), ("day", DialogueWords.days),
      (
        "hiding",
        DialogueWords.phrases(
          """
          under a bench; behind a curtain; on a window sill; in the cloakroom; beside the stairs; in a drawer;
          under the counter;
          on a shelf; next to the bins; in the lost property box; by the entrance; under a seat; on the piano;
          behind the till
          """)
      ),
    ],
    [
      .a(
        [
          "{b}, I [have lost|can't find|am missing] my {colour} {item}!",
          "[Have you seen|Did anyone find] my {colour} {item}, {b}?",
        ],
        [
          "I [last had it|think I left it] at {place} on {day}.",
          "[It was still there|I still had it] on {day}, at {spot}.",
        ]),
      .b([
        "[Wait|Hold on|Let me think], {a}, [was it|isn't that] the {colour} [one|thing] {hiding} at {place}?",
        "[A|You mean the] {colour} {item}, {a}? [Somebody|A cleaner] found one {hiding} at {place}.",
      ]),
      .a([
        "[Yes|That's it|Exactly], {b}, [not at {spot}|so it wasn't {spot}|and I searched {spot} for hours]!",
        "{hiding}, [really|of all places], {b}? And I [asked|looked] at {spot}!",
      ]),
      .b([
        "I [can|will] [fetch|collect|bring] the {item} [for you|] [tomorrow|tonight|after lunch], {a}.",
        "[Don't worry|Calm down], {a}, I'll [fetch|get] the {colour} {item} [for you|myself].",
      ]),
    ],
    summary: "{a} lost a {colour} {item} on {day}; it was found {hiding} at {place}, and {b} will fetch it.")

  private static let delivery = DialogueScenario(
    "delivery",
    [
      (
        "goods",
        DialogueWords.phrases(
          """
          sofa; bookcase; mattress; wardrobe; bicycle; carpet; desk; mirror; fridge; armchair; chandelier; bathtub;
          parquet; piano stool;
          garden bench; greenhouse; bunk bed; aquarium; fireplace; sideboard; rowing machine; dining table; hammock;
          cupboard
          """)
      ),
      ("colour", DialogueWords.colours), ("promised", DialogueWords.days), ("day", DialogueWords.days),
      ("time", DialogueWords.times),
      (
        "reason",
        DialogueWords.phrases(
          """
          the lorry broke down; the driver was ill; the address was wrong; the warehouse flooded; the label fell off;
          the ferry was cancelled; the order got mixed up; the computer crashed; customs kept it; the bell was broken;
          the road was closed; the factory was on strike; two parcels were swapped; the snow was too deep
          """)
      ),
    ],
    [
      .a(
        [
          "[Hello|Good morning] {b}, my {colour} {goods} [has not come|never arrived|isn't here].",
          "{b}, where is my {colour} {goods}?",
        ],
        ["You [promised it|said it would come] on {promised}.", "It was [due|announced] for {promised}."]),
      .b([
        "[I apologise|I'm sorry|Please forgive us], {a}, [but|you see,] {reason}.",
        "[It says here|I see] that {reason}, {a}, [how embarrassing|we are very sorry].",
      ]),
      .a([
        "[When|On what day] [will|does] the {goods} [come|arrive] then, {b}?",
        "I took {promised} off for that {goods}, {b}!",
      ]),
      .b([
        "[We bring it|It comes|You will have it] on {day} at {time}, {a}, [free of charge|I promise|for certain].",
        "{day}, {a}, [at|not later than] {time}.",
      ]),
      .a([
        "[Good|All right|Fine], {b}, {day} [then|it is], but [no later|be punctual].",
        "{time} on {day} [is fine|suits me], {b}.",
      ]),
    ],
    summary: "{a}'s {colour} {goods} did not come because {reason}; {b} will deliver it on {day} at {time}.")

  private static let borrowing = DialogueScenario(
    "borrowing",
    [
      ("tool", DialogueWords.tools), ("day", DialogueWords.days), ("back", DialogueWords.days),
      (
        "project",
        DialogueWords.phrases(
          """
          paint the hall; build a tree house; trim the hedge; camp by the lake; clean the gutters; lay a carpet;
          fix the fence;
          bake for the fair; move a wardrobe; clear the attic; carve pumpkins; hang a swing; plant a cherry tree;
          film a wedding;
          repair the shed; wash the terrace; make a costume; watch the stars; show holiday pictures; clear the drive
          """)
      ),
      (
        "place",
        DialogueWords.phrases(
          """
          the cellar; the shed; the attic; the garage; the hall cupboard; the boot of the car; the balcony;
          the summer house;
          the laundry room; the garden gate; the pantry; the porch; the spare room; the caravan
          """)
      ),
    ],
    [
      .a([
        "[Hi|Hello] {b}, [could|can|may] I borrow your {tool} on {day}?",
        "{b}, [is|would] your {tool} [be free|free|spare] on {day}?",
      ]),
      .b([
        "[What for|Why], {a}, [what do you want to do with|do you need] the {tool}?",
        "My {tool}, {a}? [What are you planning|What's the plan|Whatever for]?",
      ]),
      .a([
        "[I want|I'm going|We plan] to {project}, {b}.",
        "[To|I have to] {project}, {b}, [before the guests come|at last|finally].",
      ]),
      .b(
        [
          "[Take it|It stands|You'll find it] in {place}, {a}.",
          "[Sure|Of course|Gladly], {a}, the {tool} is in {place}.",
        ],
        [
          "[But|Only] [bring it back|return it] by {back}, [please|all right|{a}].",
          "I [need|want] it [back|again] on {back}.",
        ]),
      .a([
        "[You have my word|I promise|Certainly], {b}: {back} [at the latest|].",
        "[On {back}|By {back}], {b}, [and cleaned|with a cake|like new].",
      ]),
    ],
    summary: "{a} borrows {b}'s {tool} on {day} to {project} and will return it by {back}.")

  private static let present = DialogueScenario(
    "present",
    [
      ("relative", DialogueWords.relatives), ("gift", DialogueWords.tools + DialogueWords.belongings),
      (
        "idea",
        DialogueWords.phrases(
          """
          a cookery book; concert tickets; a box of chocolates; a silk tie; a bottle of wine; a board game; a rose bush;
          a jigsaw puzzle; a voucher; a bird table; perfume; slippers; a framed photo; a chess set; a tea set;
          a poetry book;
          a hot-air balloon ride; a subscription; a candle; bath salts
          """)
      ),
      ("place", DialogueWords.places), ("day", DialogueWords.days), ("price", DialogueWords.prices),
      (
        "occasion",
        DialogueWords.phrases(
          "birthday; retirement; graduation; wedding; housewarming; name day; promotion; anniversary; jubilee")
      ),
    ],
    [
      .a([
        "{b}, [what|have you an idea what] [shall|can|could] I [give|buy|get] my {relative} for the {occasion}?",
        "[Help me|I'm lost|Quick], {b}: my {relative}'s {occasion} [is near|is coming] and I have nothing!",
      ]),
      .b([
        "[Why not|How about|Perhaps] {idea}, {a}?",
        "[What do you say to|What about|Maybe] {idea}, {a}?",
      ]),
      .a([
        "{idea}, {b}? [Boring|We did that last year|Not for my {relative}].",
        "[No|Not] {idea}, {b}, [too dull|that's been done|my {relative} would laugh].",
      ]),
      .b([
        "[Then|Well, then] a {gift}, {a}, they [have|sell] [them|nice ones] [near|at] {place}.",
        "[I saw|There is] a [lovely|fine|pretty] {gift} for {price} at {place}, {a}.",
      ]),
      .a([
        "[Brilliant|Great|What an idea], {b}, I'll [buy|get] the {gift} on {day}.",
        "A {gift} [is perfect|is it|it is], {b}, I [go|drive] to {place} on {day}.",
      ]),
    ],
    summary: "{b} advises {a} to give the {relative} a {gift} for the {occasion}; {a} will buy it at {place} on {day}.")
}
