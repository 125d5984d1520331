/// What can be wrong with the input of an evaluation; the description is a sentence for people.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  /// A file that cannot be read, and why.
  case unreadable(file: String, reason: String)
  /// A file without any line.
  case emptyFile(String)
  /// A line that is no valid UTF-8.
  case invalidUTF8(file: String, line: Int)
  /// A line that is no JSON object.
  case invalidJSON(file: String, line: Int, problem: String)
  /// A line without the field that is asked for; the fields that it has.
  case missingField(String, file: String, line: Int, present: [String])
  /// A field that holds something else than text.
  case wrongField(String, file: String, line: Int, kind: String, expected: String)
  /// Two files that should have one line for one.
  case countMismatch(predictions: String, count: Int, references: String, referenceCount: Int)
  /// Nothing to score.
  case noSegments
  /// A segment (counted from 1) without any reference.
  case noReference(segment: Int)
  /// Two systems, or predictions and references, of different lengths.
  case lengthMismatch(Int, Int)
  /// A name that no metric knows.
  case unknownMetric(String, known: [String])
  /// A measure that would be computed twice.
  case duplicateMetric(String)
  /// A list of metrics without any.
  case noMetric(known: [String])

  /// The sentence: what was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file) cannot be read: \(reason)"
    case .emptyFile(let file):
      "\(file) is empty: it must hold at least one line to score"
    case .invalidUTF8(let file, let line):
      "\(file), line \(line): the text is not valid UTF-8; save the file as UTF-8"
    case .invalidJSON(let file, let line, let problem):
      "\(file), line \(line): \(problem); a .jsonl file holds one JSON object a line"
    case .missingField(let field, let file, let line, let present):
      "\(file), line \(line): the field \"\(field)\" is missing; "
        + (present.isEmpty ? "the object has no fields" : "the line has \(list(present))")
        + ". Name the right one with --prediction-field or --reference-field"
    case .wrongField(let field, let file, let line, let kind, let expected):
      "\(file), line \(line): the field \"\(field)\" is \(kind), expected \(expected)"
    case .countMismatch(let predictions, let count, let references, let referenceCount):
      "\(predictions) holds \(lines(count)), \(references) holds \(lines(referenceCount)): "
        + "every prediction needs its reference on the same line"
    case .noSegments:
      "there is nothing to score: no prediction was given"
    case .noReference(let segment):
      "prediction \(segment) has no reference to compare it with"
    case .lengthMismatch(let one, let other):
      "\(one) and \(other) texts cannot be compared one by one: the numbers must be equal"
    case .unknownMetric(let name, let known):
      "\"\(name)\" is no metric that is known here; there are \(list(known)) (and rouge1, rougeL, chrf++ …)"
    case .duplicateMetric(let name):
      "\(name) is asked for twice; name each metric once"
    case .noMetric(let known):
      "no metric was named; there are \(list(known))"
    }
  }

  private func lines(_ count: Int) -> String { count == 1 ? "1 line" : "\(count) lines" }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
