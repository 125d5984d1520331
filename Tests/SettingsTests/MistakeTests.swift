import OrchardSettings
import Testing

@Suite struct MistakeTests {
  @Test func allMistakesAreToldAtOnce() {
    let found = problems(
      """
      training:
        steps: many
        learning-rat: 1e-4
        betas: [0.9, 1.0]
        schedule: cosin
        metric: rogue
      sources:
        - weight: -1
      extra: 1
      learning-rate: 3
      """)
    #expect(
      found == [
        "recipe.yaml, line 9: extra is an unknown key; "
          + "known here: name, stop, columns, samples, seed, training, optimiser, sources",
        "recipe.yaml, line 10: learning-rate is an unknown key; did you mean “training.learning-rate”?",
        "recipe.yaml, line 3: training.learning-rat is an unknown key; did you mean “learning-rate”?",
        "recipe.yaml, line 2: training.steps is “many”, where a whole number of at least 1 is expected",
        "recipe.yaml, line 4: training.betas.1 is “1.0”, where a number of at least 0 and below 1 is expected",
        "recipe.yaml, line 5: training.schedule is “cosin”, where one of linear, cosine, constant is expected; "
          + "did you mean “cosine”?",
        "recipe.yaml, line 6: training.metric is “rogue”, where one of rouge, bleu is expected; did you mean “rouge”?",
        "recipe.yaml, line 8: sources.0.path is missing: The file. (a text)",
        "recipe.yaml, line 8: sources.0.weight is “-1”, where a number of at least 0 is expected",
      ])
  }

  @Test(arguments: [
    (
      "seed: \"3\"",
      "seed is the text \"3\" in quotes, where a whole number of at least 0 is expected; write it without quotes"
    ),
    ("seed: 1.5", "seed is “1.5”, where a whole number of at least 0 is expected"),
    ("seed: nan", "seed is “nan”, where a whole number of at least 0 is expected"),
    ("seed: 1e400", "seed is “1e400”, where a whole number of at least 0 is expected"),
    ("seed: 99999999999999999999", "seed is “99999999999999999999”, where a whole number of at least 0 is expected"),
    (
      "training: {learning-rate: 10%}",
      "training.learning-rate is “10%”, where a number above 0 is expected; write a share as a number, such as 0.1 for 10%"
    ),
    (
      "training: {steps: '1,000'}",
      "training.steps is the text \"1,000\" in quotes, where a whole number of at least 1 is expected; write it without commas"
    ),
    ("samples: maybe", "samples is “maybe”, where true or false is expected"),
    (
      "name:",
      "name is left empty, where a text is expected; leave the key out for its default, or write \"\" for an empty text"
    ),
    ("name: [a]", "name is a list, where a text is expected"),
    (
      "training: fast",
      "training is “fast”, where a group of keys (steps, warm-up, learning-rate, betas, schedule, metric, clipping) is expected"
    ),
    ("optimiser: sgd", "optimiser.kind is “sgd”, where one of adam, adafactor is expected"),
    ("optimiser: {kind: adafactor, decay: 1}", "optimiser.decay is an unknown key; known here: relative"),
    ("optimiser: {decay: x}", "optimiser.decay is “x”, where a number of at least 0 is expected"),
    ("columns: 3", "columns is “3”, where a group of names, each with a text is expected"),
    ("training: {steps: 5, warm-up: 6}", "training.warm-up is 6, more than the 5 steps of the run"),
    (
      "- a\n- b",
      "is a list, where a group of keys (name, stop, columns, samples, seed, training, optimiser, sources) is expected"
    ),
  ])
  func aWrongValueSaysWhatIsExpected(yaml: String, message: String) {
    #expect(problems(yaml) == ["recipe.yaml, line 1: " + message])
  }

  @Test func overridesAreNamed() {
    #expect(
      problems("", overrides: ["training.step=4"]) == [
        "override “training.step=4”: training.step is an unknown key; did you mean “steps”?"
      ])
    #expect(
      problems("", overrides: ["training.steps"]) == [
        "override “training.steps”: is not an override; write key=value, such as training.steps=100"
      ])
    #expect(
      problems("sources: []", overrides: ["sources.1.path=4"]) == [
        "override “sources.1.path=4”: there is no element “1” in a list of 0"
      ])
    #expect(
      problems("", overrides: ["training.steps="]) == [
        "override “training.steps=”: training.steps is left empty, where a whole number of at least 1 is expected"
      ])
    #expect(
      problems("training: fast", overrides: ["training.steps=3"]).first?.hasPrefix(
        "recipe.yaml, line 1: training is “fast”") == true)
  }

  @Test(arguments: [
    (
      "a: b: c",
      "line 1: column 5: a colon that cannot stand here; put the text in quotes, or check the indentation (the line reads “a: b: c”)"
    ),
    ("training:\n\tsteps: 1", "line 2: column 1: a tab; indent with spaces (the line reads “\tsteps: 1”)"),
    (
      "name: @x",
      "line 1: column 7: a value that begins with a special character; put it in quotes (the line reads “name: @x”)"
    ),
    ("name: \"x", "line 1: column 9: a quote that begins on line 1 is never closed (the line reads “name: \"x”)"),
    (
      "stop: [a, b\nname: x",
      "line 2: column 5: a list [ ] that begins on line 1 is not closed, or lacks a comma (the line reads “name: x”)"
    ),
    (
      "name: x\n  y: 1\n z: 2",
      "line 2: column 4: a colon that cannot stand here; put the text in quotes, or check the indentation (the line reads “y: 1”)"
    ),
    (
      "name: *x",
      "line 1: column 7: a value that begins with *, which refers to nothing; put it in quotes (the line reads “name: *x”)"
    ),
    ("name: x\nname: y", "line 1: the key “name” stands twice in the group that begins here; keep one"),
    (
      "name: x\n---\nname: y",
      "line 2: column 1: a second document after “---”; a recipe is one document (the line reads “---”)"
    ),
  ])
  func brokenYAMLIsExplained(yaml: String, message: String) {
    #expect(problems(yaml) == ["recipe.yaml, " + message])
  }

  @Test func aliasesCannotMultiplyWithoutBound() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let before = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): &a\(level) [\(before)]\n"
    }
    #expect(problems(yaml).first?.contains("more than 200000 values; a recipe is not a data file") == true)
  }
}
