import Foundation
import OrchardDatasets
import OrchardGeneration
import OrchardHub
import OrchardJSON
import OrchardSettings
import OrchardTensors

/// Aligns a model by principles: it answers prompts, criticises and revises its answers, and judges pairs of them.
///
/// Followed: Bai and others, "Constitutional AI", 2022. Each stage is a file of rows in the output folder; what is there is
/// not done again. In the end there are rows to fine-tune on, and pairs to train a reward model or to align by.
public struct ConstitutionRun {
  /// How far a run has come.
  public struct Progress: Sendable {
    /// The stage, such as “critiques 1”.
    public let stage: String
    /// Rows done.
    public let done: Int
    /// Rows of the stage.
    public let total: Int
  }

  private let recipe: ConstitutionRecipe
  private let folder: URL
  private let prompts: [String]
  private let principles: [Principle]
  private let texts: ConstitutionTexts
  private let writers: (answers: any ConstitutionWriter, critic: any ConstitutionWriter, judge: any ConstitutionWriter)
  private let report: (Progress) throws -> Void

  /// Gets ready, or takes up an interrupted run of the same recipe.
  ///
  /// `load` loads the generator of a model's folder; `report` is called after each batch and each token, and may throw to
  /// end the work, which the next run takes up.
  /// - Throws: An error that names the file that is wrong or missing; `AlignmentError` where the folder is another
  ///   recipe's.
  public init(
    _ recipe: ConstitutionRecipe, load: (String) throws -> TextGenerator,
    report: @escaping (Progress) throws -> Void
  ) throws {
    (self.recipe, self.report) = (recipe, report)
    folder = URL(filePath: recipe.output)
    prompts = try Dataset(recipe.data).rows().map { try $0.text(recipe.promptField) }
    principles = try recipe.principles.map { try Principle.read(URL(filePath: $0)) } ?? Principle.own
    let examples = try recipe.examples.map { $0.isEmpty ? "" : try TextFile.read(URL(filePath: $0)) }
    texts = ConstitutionTexts(
      marks: (recipe.humanMark, recipe.assistantMark), examples: examples ?? ConstitutionTexts.ownExamples)
    try Self.claim(folder, recipe)
    var settings = recipe.generation
    if settings.stop.isEmpty { settings.stop = texts.stops }
    var loaded: [String: TextGenerator] = [:]
    func writer(_ named: ConstitutionModelSettings) throws -> any ConstitutionWriter {
      let check = { try report(Progress(stage: "", done: 0, total: 0)) }
      if let url = named.url {
        return ServerWriter(
          endpoint: try JSONEndpoint(url, tokenVariable: named.tokenVariable, seconds: named.seconds),
          model: named.name, settings: settings, check: check)
      }
      let place = named.folder ?? ""
      let generator = try loaded[place] ?? load(place)
      loaded[place] = generator
      return FolderWriter(generator: generator, settings: settings, batchSize: recipe.batchSize, check: check)
    }
    let own = try writer(recipe.model)
    writers = (
      own, recipe.critic.isEmpty ? own : try writer(recipe.critic),
      recipe.judge.isEmpty ? own : try writer(recipe.judge)
    )
  }

  /// Makes the folder this recipe's, or sees that it is.
  private static func claim(_ folder: URL, _ recipe: ConstitutionRecipe) throws {
    let place = folder.appending(path: "recipe.yaml")
    if FileManager.default.fileExists(atPath: place.path) {
      guard try TextFile.read(place) == recipe.yaml else {
        throw AlignmentError(
          "\(folder.path): holds the texts of another recipe (recipe.yaml); give this one another output, or take the "
            + "folder away")
      }
      return
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try AtomicFile.write(recipe.yaml, to: place)
  }

  /// Does what is still to be done, and writes the rows to train on and the page.
  ///
  /// - Throws: The errors of generation and of servers; what `report` throws.
  public func run() throws -> ConstitutionResult {
    var result = ConstitutionResult(prompts: prompts)
    if recipe.rounds > 0 { try revise(&result) }
    if recipe.candidates > 1 { try compare(&result) }
    try result.write(to: folder, recipe: recipe, texts: texts)
    return result
  }

  private func revise(_ result: inout ConstitutionResult) throws {
    var answers = try stage("answers", prompts.count) { rows in
      let made = try writers.answers.texts(after: rows.map { texts.conversation(prompts[$0]) }, numbers: rows)
      return made.map { ["text": .string($0)] }
    }.map(Self.text)
    result.answers = answers
    for round in 1...recipe.rounds {
      let drawn = prompts.indices.map { principle(round: round, row: $0) }
      let before = answers
      let critiques = try stage("critiques-\(round)", prompts.count) { rows in
        let made = try writers.critic.texts(
          after: rows.map { texts.critiqueRequest(prompts[$0], answer: before[$0], drawn[$0]) },
          numbers: rows.map { $0 + 1000 * round })
        return zip(rows, made).map { ["principle": .string(drawn[$0].name), "text": .string($1)] }
      }.map(Self.text)
      answers = try stage("revisions-\(round)", prompts.count) { rows in
        let made = try writers.critic.texts(
          after: rows.map {
            texts.revisionRequest(prompts[$0], answer: before[$0], critique: critiques[$0], drawn[$0])
          }, numbers: rows.map { $0 + 1000 * round + 500 })
        return made.map { ["text": .string($0)] }
      }.map(Self.text)
      result.rounds.append(.init(principles: drawn.map(\.name), critiques: critiques, revisions: answers))
    }
  }

  private func compare(_ result: inout ConstitutionResult) throws {
    let count = recipe.candidates
    let candidates = try stage("candidates", prompts.count * count) { rows in
      let made = try writers.answers.texts(
        after: rows.map { texts.conversation(prompts[$0 / count]) }, numbers: rows.map { $0 + 1_000_000 })
      return made.map { ["text": .string($0)] }
    }.map(Self.text)
    let pairs = differing(candidates)
    let found = try stage("judgements", pairs.count) { rows in
      try judged(rows.map { (pairs[$0], principle(round: 0, row: $0)) }, candidates)
    }
    result.judgements = zip(pairs, found).map { pair, row in
      .init(
        row: pair.row, first: candidates[pair.one], second: candidates[pair.other],
        probability: row["probability"]?.double ?? 0.5, principle: row["principle"]?.string ?? "",
        reasoning: row["reasoning"]?.string)
    }
  }

  /// A prompt and two answers to it, as places of candidates.
  private typealias Pair = (row: Int, one: Int, other: Int)

  /// Each two answers to a prompt that differ.
  private func differing(_ candidates: [String]) -> [Pair] {
    var pairs: [Pair] = []
    for row in prompts.indices {
      let places = row * recipe.candidates..<(row + 1) * recipe.candidates
      for one in places {
        for other in places where other > one && candidates[one] != candidates[other] {
          pairs.append((row, one, other))
        }
      }
    }
    return pairs
  }

  /// The probability that the first answer of each pair is the better one: the mean over both orders, since models
  /// favour a place.
  private func judged(_ pairs: [(pair: Pair, principle: Principle)], _ candidates: [String]) throws -> [JSONValue] {
    // Both orders of each pair, one after the other.
    let sides = pairs.flatMap { pair, principle -> [Side] in
      let (prompt, one, other) = (prompts[pair.row], candidates[pair.one], candidates[pair.other])
      let number = 2_000_000 + 2 * pair.one
      return [
        Side(prompt: prompt, first: one, second: other, principle: principle, number: number),
        Side(prompt: prompt, first: other, second: one, principle: principle, number: number + 1),
      ]
    }
    var reasonings = [String?](repeating: nil, count: sides.count)
    if recipe.reasons {
      let requests = sides.map { texts.reasoningRequest($0.prompt, $0.first, $0.second, $0.principle) }
      reasonings = try writers.judge.texts(after: requests, numbers: sides.map(\.number))
    }
    let requests = zip(sides, reasonings).map {
      texts.judgementRequest($0.prompt, $0.first, $0.second, $0.principle, reasoning: $1)
    }
    let probabilities = try writers.judge.preferences(after: requests)
    return pairs.indices.map { place in
      let mean = (probabilities[2 * place] + 1 - probabilities[2 * place + 1]) / 2
      var row = JSONObject([
        ("principle", .string(pairs[place].principle.name)), ("probability", .number(mean)),
      ])
      if let reasoning = reasonings[2 * place] { row["reasoning"] = .string(reasoning) }
      return .object(row)
    }
  }

  /// A pair in one of its two orders.
  private struct Side {
    var prompt: String
    var first: String
    var second: String
    var principle: Principle
    var number: Int
  }

  /// A principle drawn for a row of a round, always the same.
  private func principle(round: Int, row: Int) -> Principle {
    var random = SeededGenerator(seed: UInt64(recipe.generation.seed), stream: UInt64(round) << 32 | UInt64(row))
    return principles[Int.random(in: 0..<principles.count, using: &random)]
  }

  private func stage(_ name: String, _ total: Int, _ body: ([Int]) throws -> [JSONValue]) throws -> [JSONValue] {
    var log = try StageLog(folder.appending(path: "\(name).jsonl"))
    guard log.rows.count <= total else {
      throw AlignmentError(
        "\(log.url.path): has \(log.rows.count) rows where \(total) are expected; take the file away")
    }
    while log.rows.count < total {
      let done = log.rows.count
      try report(Progress(stage: name, done: done, total: total))
      try log.append(try body(Array(done..<min(done + recipe.batchSize, total))))
    }
    try report(Progress(stage: name, done: total, total: total))
    return log.rows
  }

  private static func text(_ row: JSONValue) -> String { row["text"]?.string ?? "" }
}
