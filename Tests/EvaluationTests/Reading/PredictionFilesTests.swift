import Foundation
import OrchardEvaluation
import Testing
import TestSupport

@Suite("Predictions and references from files")
struct PredictionFilesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("Plain text: one a line, line ends of all systems, a mark at the start, an empty line is an empty text")
  func plainText() throws {
    let predictions = try folder.write("\u{FEFF}one\r\n\ntwo words", to: "predictions.txt")
    let references = try folder.write("eins\n\nzwei Worte\n", to: "references.txt")
    let set = try PredictionSet(predictions: predictions, references: [references])
    #expect(set.predictions == ["one", "", "two words"])
    #expect(set.references == [["eins"], [""], ["zwei Worte"]])
  }

  @Test("JSON lines: fields by name, one reference or a list, several files")
  func jsonLines() throws {
    let predictions = try folder.write("{\"text\": \"a\\nb\"}\n\n{\"text\": \"c\"}\n", to: "predictions.jsonl")
    let references = try folder.write("{\"gold\": \"x\"}\n{\"gold\": [\"y\", \"z\"]}\n", to: "references.jsonl")
    let more = try folder.write("v\nw\n", to: "more.txt")
    let set = try PredictionSet(
      predictions: predictions, references: [references, more], predictionField: "text", referenceField: "gold")
    #expect(set.predictions == ["a\nb", "c"])
    #expect(set.references == [["x", "v"], ["y", "z", "w"]])
    #expect(set.referenceCount == .varying)
  }

  @Test("Files of different lengths are named with their lengths")
  func countMismatch() throws {
    try refuse("a\nb\n", "a\n", "predictions.txt holds 2 lines", "references.txt holds 1 line")
  }

  @Test("An empty file is refused", arguments: [("", "x\n", "predictions.txt"), ("x\n", "", "references.txt")])
  func empty(prediction: String, reference: String, file: String) throws {
    try refuse(prediction, reference, "\(file) is empty")
  }

  @Test("Invalid UTF-8 is named with its line")
  func invalidUTF8() throws {
    let predictions = try folder.write("a\nb\n", to: "predictions.txt")
    let references = folder.url.appending(path: "references.txt")
    try Data([0x61, 0x0A, 0xFF, 0x62, 0x0A]).write(to: references)
    let error = try #require(throws: EvaluationError.self) {
      try PredictionSet(predictions: predictions, references: [references])
    }
    #expect(error.description.contains("references.txt, line 2: the text is not valid UTF-8"))
  }

  @Test(
    "A line of JSON that does not fit is named with its line and what it holds",
    arguments: [
      (
        "{\"prediction\": \"a\"}\n{\"output\": \"b\", \"id\": 1}",
        "line 2: the field \"prediction\" is missing; the line has output, id"
      ),
      ("{\"prediction\": \"a\"}\n{}", "line 2: the field \"prediction\" is missing; the object has no fields"),
      ("{\"prediction\": 3}\n{}", "line 1: the field \"prediction\" is a whole number, expected text"),
      ("{\"prediction\": \"a\"}\n{\"predic", "line 2: this is not JSON"),
      ("[1]\n", "line 1: this is a list, not an object"),
      ("\n \n", "is empty"),
    ])
  func brokenJSON(text: String, message: String) throws {
    let predictions = try folder.write(text, to: "predictions.jsonl")
    let references = try folder.write("a\nb\n", to: "references.txt")
    let error = try #require(throws: EvaluationError.self) {
      try PredictionSet(predictions: predictions, references: [references])
    }
    #expect(error.description.contains("predictions.jsonl"))
    #expect(error.description.contains(message), "\(error)")
  }

  @Test(
    "References that are neither text nor a list of texts are refused", arguments: ["1", "[]", "[\"a\", 2]", "null"])
  func wrongReference(value: String) throws {
    let predictions = try folder.write("a\n", to: "predictions.txt")
    let references = try folder.write("{\"reference\": \(value)}\n", to: "references.jsonl")
    let error = try #require(throws: EvaluationError.self) {
      try PredictionSet(predictions: predictions, references: [references])
    }
    #expect(error.description.contains("references.jsonl, line 1: the field \"reference\" is"))
  }

  @Test("A file that is not there, and a folder")
  func unreadable() throws {
    let missing = folder.url.appending(path: "nothing.txt")
    let error = try #require(throws: EvaluationError.self) {
      try PredictionSet(predictions: missing, references: [missing])
    }
    #expect(error.description.hasSuffix("nothing.txt cannot be read: no such file"))
    let other = try #require(throws: EvaluationError.self) {
      try PredictionSet(predictions: folder.url, references: [folder.url])
    }
    #expect(other.description.hasSuffix("cannot be read: it is a folder"))
  }

  @Test("A prediction without a reference, and no prediction at all, are refused")
  func withoutFiles() {
    #expect(throws: EvaluationError.noReference(segment: 2)) {
      try PredictionSet(predictions: ["a", "b"], references: [["a"], []])
    }
    #expect(throws: EvaluationError.noSegments) { try PredictionSet(predictions: [], references: [[String]]()) }
    #expect(throws: EvaluationError.lengthMismatch(1, 2)) {
      try PredictionSet(predictions: ["a"], references: ["a", "b"])
    }
  }

  private func refuse(
    _ prediction: String, _ reference: String, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let predictions = try folder.write(prediction, to: "predictions.txt")
    let references = try folder.write(reference, to: "references.txt")
    let error = try #require(throws: EvaluationError.self, sourceLocation: sourceLocation) {
      try PredictionSet(predictions: predictions, references: [references])
    }
    for part in parts { #expect(error.description.contains(part), "\(error)", sourceLocation: sourceLocation) }
  }
}
