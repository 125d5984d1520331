/// Exchanges that have nothing to do with the matter, so that a summary has to leave something out.
enum DialogueSmallTalk {
  private static let weather = DialogueWords.phrases(
    "rain; wind; fog; heat; snow; storm; drizzle; thunder; frost; sunshine; hail; mist; cold snap; heatwave; breeze")
  private static let spare = DialogueWords.phrases(
    """
    knitting; gardening; chess; yoga; jogging; baking; pottery; fishing; painting; surfing; dancing; singing;
    cycling; rowing;
    badminton; birdwatching; karate; juggling; astronomy; woodwork; skating; archery; swimming; crosswords; hiking;
    poetry
    """)
  private static let programmes = DialogueWords.phrases(
    """
    the tennis final; the cooking show; the documentary about whales; the quiz; the election debate; the old western;
    the ski race; the ghost story; the cycling tour; the new detective series; the opera from Verona;
    the football match;
    the programme on volcanoes; the talent contest; the royal wedding; the space launch; the history of tea;
    the chess match
    """)
  private static let nuisances = DialogueWords.phrases(
    """
    the roadworks; the strike; the marathon; the crowded trams; the new roundabout; the traffic lights; the film crew;
    the parade; the broken lift; the fire drill; the missing signs; the flooded underpass; the cruise ships;
    the scaffolding
    """)
  private static let snacks = DialogueWords.phrases(
    """
    the cinnamon buns; the plum cake; the pistachio ice cream; the ginger biscuits; the pretzels; the apricot jam;
    the hot chocolate;
    the roasted chestnuts; the cheese rolls; the blueberry muffins; the peppermint tea; the strawberries;
    the pickled herring
    """)

  static let openings: [DialogueScenario] = [
    DialogueScenario(
      "weather", [("weather", weather), ("place", DialogueWords.places)],
      [
        .a([
          "[Hi|Hello|Hey] {b}, [what about|can you believe|isn't it something,] this {weather}?",
          "[Dreadful|Quite a|Lovely] {weather} [outside|today|out there|this morning], {b}!",
        ]),
        .b([
          "[I know|Oh yes|Indeed], {a}, I [met|walked into|noticed] it near {place}.",
          "The {weather} caught me by {place}, {a}.",
          "They say the {weather} [will last|will be gone by tomorrow|is here to stay], {a}.",
        ]),
      ]),
    DialogueScenario(
      "hobby", [("hobby", spare), ("place", DialogueWords.places)],
      [
        .a([
          "[Hi|Hello|Hey] {b}, [still|are you still] [busy with|mad about|keen on] {hobby}?",
          "[Morning|Evening|Hello], {b}, how is the {hobby} going?",
        ]),
        .b([
          "[Very well|Badly|Slowly], {a}, {hobby} [takes time|is harder than it looks|keeps me cheerful].",
          "I [gave up|love] {hobby}, {a}, [honestly|believe me|as you know].",
          "There is even a {hobby} [group|evening] at {place} now, {a}.",
        ]),
      ]),
    DialogueScenario(
      "television", [("show", programmes), ("hobby", spare)],
      [
        .a([
          "{b}, did you [see|watch|catch] {show} [last night|yesterday|on television]?",
          "[Hi|Hey] {b}, [everybody is talking|nobody stops talking|I was just reading] about {show}!",
        ]),
        .b([
          "[No|Sadly not], {a}, I [fell asleep before|forgot|missed most of] {show}.",
          "[Yes|Of course], {a}, {show} was [brilliant|boring|rather silly|thrilling].",
          "I prefer {hobby} to {show}, {a}.",
        ]),
      ]),
    DialogueScenario(
      "mutual friend", [("hobby", spare), ("place", DialogueWords.places)],
      [
        .a([
          "{b}, guess who I [met|saw|ran into] at {place}: {someone}!",
          "[Hi|Hello] {b}, {someone} [says hello|sends greetings|was asking about you].",
        ]),
        .b([
          "[Really|How nice], {a}, does {someone} still [do|enjoy|like] {hobby}?",
          "I [haven't seen|miss|must ring] {someone}, {a}, [it's been ages|what a surprise].",
        ]),
      ]),
  ]

  static let closings: [DialogueScenario] = [
    DialogueScenario(
      "traffic", [("nuisance", nuisances), ("place", DialogueWords.places)],
      [
        .a([
          "By the way, {b}, [mind|watch out for|have you heard about] {nuisance} near {place}.",
          "Oh, and {nuisance} by {place} [drove me mad|made me late|cost me an hour] today, {b}.",
        ]),
        .b([
          "[Thanks for the warning|Good to know], {a}, I [hate|will avoid] {nuisance}.",
          "{nuisance} again, {a}, [what a city|how annoying|typical]!",
        ]),
      ]),
    DialogueScenario(
      "snacks", [("snack", snacks), ("place", DialogueWords.places)],
      [
        .b([
          "[Before I forget|By the way], {a}, [try|you must try] {snack} at {place}.",
          "{a}, have you [tasted|tried] {snack} from the stall by {place}?",
        ]),
        .a([
          "[Ha|Mm|Oh], {b}, I [dream of|adore|can't stand|had too many of] {snack}.",
          "[Next time|One day], {b}, {snack} will be [my treat|on me|our reward].",
        ]),
      ]),
    DialogueScenario(
      "goodbye", [("hobby", spare), ("weather", weather)],
      [
        .b([
          "[Bye|Goodbye|See you|Take care], {a}, and [enjoy|good luck with] the {hobby}!",
          "[Bye|See you], {a}, [mind|don't forget] the {weather}!",
        ]),
        .a([
          "[Bye|Goodbye|Cheers|Take care], {b}, [greet|hug|say hello to] {someone} for me!",
          "[Bye|So long], {b}, and [keep well|stay warm] in this {weather}!",
        ]),
      ]),
    DialogueScenario(
      "programme tonight", [("show", programmes), ("snack", snacks)],
      [
        .a([
          "[Now|Right], {b}, I'm off [home|to the sofa] for {show}.",
          "{show} starts soon, {b}, [so I must run|I can't miss it].",
        ]),
        .b([
          "[Enjoy|Have fun with] {show}, {a}, and save me some of {snack}!",
          "{show} with {snack}, {a}, [what a life|sounds perfect|how cosy]!",
        ]),
      ]),
  ]
}
