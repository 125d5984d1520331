import Foundation
import OrchardAugmentation
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

/// What the published experiments do, in `Tests/Goldens/augmentation.json`.
enum AugmentationGoldens {
  static func all(_ name: String) throws -> [JSONValue] {
    let data = try Data(contentsOf: Goldens.url("augmentation.json"))
    let all = try JSONValue(parsing: data)
    return try #require(all[name]?.array)
  }
}

@Suite struct AnswerRuleTests {
  @Test func answersAreReadAsThePublishedExperimentsReadThem() throws {
    let cases = try AugmentationGoldens.all("answers")
    #expect(cases.count > 80)
    for golden in cases {
      let rule = try AnswerRules.find(#require(golden["rule"]?.string))
      let text = try #require(golden["text"]?.string)
      let marker = golden["few_shot"]?.bool == true ? "The answer is" : nil
      #expect(rule.read(text, marker: marker) ?? "" == golden["answer"]?.string, "\(golden.text)")
    }
  }

  @Test func theFolderIsTheCatalog() throws {
    let folder = repository.appending(path: "Sources/Augmentation/AnswerRules")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count == AnswerRules.catalog.names.count)
    for entry in AnswerRules.catalog.entries { #expect(!entry.help.isEmpty) }
  }

  @Test(arguments: [
    ("number", "She paid.\n#### 1,250", "1250"),
    ("number", "It was 5. So #### -3.50 left over from 9", "-3.50"),
    ("number", "First 4, then 7. So the answer is 11.", "11"),
    ("number", "First 4, then 7.", "7"),
    ("first-number", "4 and 7. The answer is 11 of 12.", "11"),
    ("last-number", "4 and 7. The answer is 11 of 12.", "12"),
    ("choice", "A good answer. The answer is B, Anna.", "B"),
    ("choice", "The Answer depends: (C) not A", "C"),
    ("choice", "Among Anna and Bob: D.", "D"),
    ("choice:A-C", "E or D or B", "B"),
    ("yes-no", "The answer is: Yes", "yes"),
    ("letters", "The answer is \"nk\".", "nk"),
    ("text", "Sorted: so the answer is arson aspect census.\nMore.", "arson aspect census"),
    ("text", "one\n\n two. \n", "two"),
    ("regex:= (\\d+)$", "1 + 2 = 3\n2 + 2 = 4", "4"),
    ("regex:[a-z]{3}", "The answer is xyz abc", "xyz"),
  ])
  func whatIsFound(name: String, text: String, answer: String) throws {
    #expect(try AnswerRules.find(name).read(text, marker: "The answer is") == answer)
  }

  @Test(arguments: [
    ("number", "1,050.50", "$1050.5", true), ("number", "18.0", "18", true), ("number", "-0", "0", true),
    ("number", "007", "7", true), ("number", "-5", "5", false), ("number", "0.5", ".5", true),
    ("number", "twelve", "12", false), ("number", "50%", "50", true), ("choice", "(B)", "b", true),
    ("choice", "A", "B", false), ("yes-no", "Yes", "yes", true), ("text", "a b.", " a b", true),
    ("text", "a b", "a B", false), ("letters", "ab", "ab", true),
  ])
  func whatIsTheSame(name: String, a: String, b: String, same: Bool) throws {
    #expect(try AnswerRules.find(name).isSame(a, b) == same)
  }

  @Test(arguments: [
    ("numbre", "there is no answer rule “numbre”; did you mean “number”?"),
    ("number:3", "the answer rule “number” takes nothing behind a colon, but “3” stands there"),
    ("choice:AB", "takes a range of capital letters such as choice:A-D, not “AB”"),
    ("choice:D-A", "takes a range of capital letters"),
    ("regex", "needs a regular expression behind a colon"),
    ("regex:(", "“regex:(” is no regular expression"),
  ])
  func wrongRulesAreExplained(name: String, message: String) {
    let error = #expect(throws: SettingsError.self) { try AnswerRules.find(name) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
