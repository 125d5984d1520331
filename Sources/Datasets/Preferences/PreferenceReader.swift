import OrchardJSON

/// Reads what people have found of answers: pairs, rankings, and answers that are each good or bad.
///
/// Every answer becomes a row of its own, in which it stands where the prompt's template, or the conversation, has the
/// completion; so it is rendered as any other.
public struct PreferenceReader: AnswerReader {
  /// Where rows have what is read.
  public let settings: PreferenceSettings
  /// Whether answers to one prompt are compared with each other; else each is judged by itself.
  public let comparesAnswers: Bool

  /// A reader.
  public init(_ settings: PreferenceSettings, comparesAnswers: Bool) {
    self.settings = settings
    self.comparesAnswers = comparesAnswers
  }

  /// The answers of a row.
  ///
  /// - Throws: `DataError` where the row has none that can be read, or not of the kind that is needed.
  public func answers(_ row: DataRow, _ composer: PromptComposer) throws(DataError) -> [GradedRow] {
    if row.value(settings.chosen) != nil || row.value(settings.rejected) != nil { return try pair(row, composer) }
    if row.value(settings.answers) != nil { return try ranking(row, composer) }
    guard let label = row.value(settings.label) else {
      throw row.error(
        "there is nothing to learn a preference from: it needs “\(settings.chosen)” and “\(settings.rejected)”, or "
          + "“\(settings.answers)” with “\(settings.ranks)”, or “\(settings.label)”; name the columns under preferences"
      )
    }
    guard !comparesAnswers else {
      throw row.error(
        "this method compares answers to one prompt, and the row has one answer that is judged by itself "
          + "(“\(settings.label)”); learn it with method: kto")
    }
    return [GradedRow(row: row, grade: try isGood(label, row) ? 1 : 0)]
  }

  private func pair(_ row: DataRow, _ composer: PromptComposer) throws(DataError) -> [GradedRow] {
    guard let chosen = row.value(settings.chosen) else { throw row.missing(settings.chosen) }
    guard let rejected = row.value(settings.rejected) else { throw row.missing(settings.rejected) }
    var grade = 1.0
    if let column = settings.margin {
      guard let value = row.value(column) else { throw row.missing(column) }
      guard let margin = value.double, margin > 0, margin.isFinite else {
        throw row.error("the margin “\(column)” is \(value.text); it takes a number above 0")
      }
      grade = margin
    }
    var (better, worse) = (grade, 0.0)
    if let column = settings.probability {
      guard let value = row.value(column) else { throw row.missing(column) }
      guard let probability = value.double, (0...1).contains(probability) else {
        throw row.error("the probability “\(column)” is \(value.text); it takes a number from 0 to 1")
      }
      (better, worse) = (probability, 1 - probability)
    }
    let place = try AnswerPlace(composer, row)
    let (shared, texts) = try dialogue(chosen, rejected, row, place)
    // Where the better answer's column is that of the conversation, both answers are conversations as a whole.
    let whole = composer.messages == settings.chosen
    return [
      GradedRow(row: try place.row(shared, with: texts.chosen, settings.chosen, whole: whole), grade: better),
      GradedRow(row: try place.row(shared, with: texts.rejected, settings.rejected, whole: whole), grade: worse),
    ]
  }

  private func ranking(_ row: DataRow, _ composer: PromptComposer) throws(DataError) -> [GradedRow] {
    guard comparesAnswers else {
      throw row.error(
        "this method learns from answers that are each good or bad, and the row ranks several; learn it with another "
          + "method, such as dpo")
    }
    guard let answers = row.value(settings.answers)?.array else {
      throw row.error("the field “\(settings.answers)” is no list of answers")
    }
    var grades = answers.indices.map { -Double($0) }
    if let ranks = row.value(settings.ranks) {
      let numbers = ranks.array?.compactMap(\.double) ?? []
      guard numbers.count == answers.count, numbers.allSatisfy(\.isFinite) else {
        throw row.error(
          "“\(settings.ranks)” has \(numbers.count) numbers for \(answers.count) answers; each answer needs its rank")
      }
      grades = numbers.map { -$0 }
    }
    let place = try AnswerPlace(composer, row)
    var rows: [GradedRow] = []
    for (number, answer) in answers.enumerated() {
      let own = try place.row(row, with: answer, "\(settings.answers).\(number)")
      rows.append(GradedRow(row: own, grade: grades[number]))
    }
    return rows
  }

  private func isGood(_ label: JSONValue, _ row: DataRow) throws(DataError) -> Bool {
    switch label {
    case .bool(let value): return value
    case .integer(0), .string("false"), .string("0"): return false
    case .integer(1), .string("true"), .string("1"): return true
    default: throw row.error("the label “\(settings.label)” is \(label.text); it takes true or false")
    }
  }

  /// Where a row has two whole dialogues and no prompt: the row with what they share as its prompt, and how each ends.
  private func dialogue(
    _ chosen: JSONValue, _ rejected: JSONValue, _ row: DataRow, _ place: AnswerPlace
  ) throws(DataError) -> (row: DataRow, texts: (chosen: JSONValue, rejected: JSONValue)) {
    guard let column = place.promptColumn, row.value(column) == nil, let one = chosen.string,
      let other = rejected.string
    else { return (row, (chosen, rejected)) }
    var shared = ""
    var rest = one[...]
    while !settings.answerMark.isEmpty, let mark = rest.firstRange(of: settings.answerMark) {
      let start = String(one[..<mark.upperBound])
      guard other.hasPrefix(start) else { break }
      shared = start
      rest = one[mark.upperBound...]
    }
    guard !shared.isEmpty else {
      throw row.error(
        "there is no field “\(column)”, and the two texts do not begin alike up to an answer "
          + "(preferences.answer-mark); name the prompt's column under prompt.columns")
    }
    func answer(_ text: String) -> JSONValue {
      .string(String(text.dropFirst(shared.count).drop(while: \.isWhitespace)))
    }
    var row = row
    row.fields[column] = .string(shared)
    return (row, (answer(one), answer(other)))
  }
}
