import Foundation
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

@Suite struct RecipeTests {
  @Test func readsValuesOverDefaults() throws {
    let recipe = try Recipe(
      yaml: """
        # a comment
        name: no
        samples: off
        seed: 2_000
        stop: END
        columns: {dialogue: chat, summary: gist}
        training:
          learning-rate: 1e-4
          betas: [0.8, 9e-1]
          schedule: cosine
          clipping:
            norm: null
        optimiser: adafactor
        sources:
          - path: a.jsonl
          - path: b.jsonl
            weight: 2
        """)
    #expect(recipe.name == "no")
    #expect(recipe.samples == false)
    #expect(recipe.seed == 2000)
    #expect(recipe.stop == ["END"])
    #expect(recipe.columns == ["dialogue": "chat", "summary": "gist"])
    #expect(recipe.training.learningRate == 1e-4)
    #expect(recipe.training.betas == [0.8, 0.9])
    #expect(recipe.training.schedule == .cosine)
    #expect(recipe.training.steps == 100)
    #expect(recipe.training.clipping.norm == nil)
    #expect(recipe.optimiser.kind == "adafactor")
    #expect(recipe.sources == [SourceSettings(path: "a.jsonl"), SourceSettings(path: "b.jsonl", weight: 2)])
  }

  @Test func overridesWinAndReachEverywhere() throws {
    let recipe = try Recipe(
      yaml: "training:\n  steps: 5\noptimiser: adam\nsources: [{path: a}]",
      overrides: [
        "training.steps=50", "training.learning-rate=1e-4", "training.clipping.norm=0.5", "sources.0.weight=3",
        "optimiser.decay=0.2", "stop=[a, 'b']", "name=x=y",
      ])
    #expect(recipe.training.steps == 50)
    #expect(recipe.training.learningRate == 1e-4)
    #expect(recipe.training.clipping.norm == 0.5)
    #expect(recipe.sources == [SourceSettings(path: "a", weight: 3)])
    #expect((recipe.optimiser.settings as? AdamSettings)?.decay == 0.2)
    #expect(recipe.stop == ["a", "b"])
    #expect(recipe.name == "x=y")
  }

  @Test func theExampleReadsBackAsTheDefaults() throws {
    let text = Recipe.exampleText
    let recipe = try Recipe(yaml: text)
    #expect(recipe.resolved == Recipe().resolved)
    #expect(text.hasPrefix("# A recipe of the tests.\n"))
    #expect(
      text.contains(
        """
        # The run.
        training:
          # Steps to take. [a whole number of at least 1]
          steps: 100
        """))
    #expect(text.contains("  # How the learning rate goes. [one of linear, cosine, constant]\n  schedule: linear\n"))
    #expect(text.contains("    # The file. [required; a text]\n    path: data/train.jsonl\n"))
    for line in text.split(separator: "\n") { #expect(line.count <= 100) }
  }

  @Test func resolvedAndYAMLReadBackEqual() throws {
    var recipe = Recipe()
    recipe.training.learningRate = 1e-5
    recipe.seed = 1 << 60 + 1
    recipe.name = "Ünï \u{2028}\u{85}\u{FEFF} \t\r\n\"q\" \\ 💡"
    recipe.stop = [
      "yes", "1.0", "", " ", "- a", "a: b", "a #b", "{x}", "*", "@", "%", "!", "null", "~", "3", "0x1F", "y",
    ]
    recipe.columns = ["a b: c": "no", "1": "2"]
    recipe.optimiser = OptimiserChoice(AdafactorSettings(relative: false))
    recipe.sources = []
    #expect(try Recipe(recipe.resolved).resolved == recipe.resolved)
    #expect(try Recipe(yaml: recipe.yaml).resolved == recipe.resolved)
    #expect(try Recipe(yaml: recipe.resolved.prettyText.filter { $0 != "\u{FEFF}" }).seed == recipe.seed)
    #expect(recipe.yaml.contains("learning-rate: 1.0e-05"))
  }

  @Test func filesMayBeYAMLOrJSON() throws {
    let folder = try TemporaryFolder()
    let yaml = try folder.write("\u{FEFF}training: {steps: 30}\nsources: []", to: "a.yaml")
    let json = try folder.write(
      "{\t\"training\": {\"steps\": 40}, \"name\": \"\\ud83d\\ude00\", \"sources\": []}", to: "a.json")
    #expect(try Recipe(recipe: yaml).training.steps == 30)
    #expect(try Recipe(recipe: json, overrides: ["training.warm-up=2"]).training.warmUp == 2)
    #expect(try Recipe(recipe: json).name == "😀")
    let broken = try folder.write("{\"training\": }", to: "b.json")
    let error = #expect(throws: SettingsError.self) { try Recipe(recipe: broken) }
    #expect(error?.description.hasSuffix("b.json: is not JSON: line 1, column 14: not a JSON value") == true)
    let typo = try folder.write("{\n  \"training\": {\n    \"stepz\": 3}}", to: "c.json")
    let second = #expect(throws: SettingsError.self) { try Recipe(recipe: typo) }
    #expect(
      second?.description.contains("c.json, line 3: training.stepz is an unknown key; did you mean “steps”?") == true)
  }

  @Test func aMissingFileIsNamed() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: SettingsError.self) { try Recipe(recipe: folder.url.appending(path: "none.yaml")) }
    #expect(error?.description.hasSuffix("none.yaml does not exist") == true)
    let second = #expect(throws: SettingsError.self) { try Recipe(recipe: folder.url) }
    #expect(second?.description.hasSuffix("is a folder, not a file") == true)
    let file = folder.url.appending(path: "latin.yaml")
    try Data([0x61, 0x3A, 0x20, 0x62, 0x0A, 0x63, 0xE9, 0x0A]).write(to: file)
    let third = #expect(throws: SettingsError.self) { try Recipe(recipe: file) }
    #expect(third?.description.hasSuffix("latin.yaml is not UTF-8 text: line 2, byte 6") == true)
  }
}
