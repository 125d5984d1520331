import OrchardSettings
import Testing

@Suite struct CatalogTests {
  @Test func findsByName() throws {
    #expect(try metrics.find("bleu") == 2)
    let error = #expect(throws: SettingsError.self) { try metrics.find("blue") }
    #expect(error?.description == "there is no metric “blue”; did you mean “bleu”? known: rouge, bleu")
    let second = #expect(throws: SettingsError.self) { try metrics.find("zzz") }
    #expect(second?.description == "there is no metric “zzz”; known: rouge, bleu")
    #expect(metrics.helpText == "rouge  Overlap of words.\nbleu   Precision of n-grams.")
  }

  @Test(arguments: [
    ("lerning-rate", "learning-rate"), ("learning_rate", "learning-rate"), ("Steps", "steps"), ("stesp", "steps"),
    ("learn", "learning-rate"), ("zzz", nil), ("", nil),
  ])
  func nearestNames(name: String, near: String?) {
    #expect(NearestName.of(name, in: ["steps", "learning-rate", "warm-up"]) == near)
  }
}
