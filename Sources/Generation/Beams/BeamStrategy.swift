import Foundation
import OrchardTensors

/// Beam search: keeps the texts with the greatest summed log-probability beside each other.
///
/// Follows transformers token for token: which candidates are looked at, when a text counts as finished, how its score
/// is made, and when the search ends. Plain beams and beams that draw follow version 5; groups ("diverse beam search")
/// and phrases that must occur follow version 4.56, the last that had them.
struct BeamStrategy: DecodingStrategy {
  /// A prompt whose search goes on.
  private struct Prompt {
    let index: Int
    let context: RowContext
    let random: RandomStream
    var groups: [BeamSearch]
  }

  /// A group's search in this step: where it is, and where its rows begin among the logits.
  private struct Member {
    let prompt: Int
    let firstRow: Int
    let search: BeamSearch
  }

  private let start: DecodingStart
  private let scratch: LogitScratch
  private var prompts: [Prompt]
  private var isFirst = true

  /// Searches for the prompts of `start`.
  ///
  /// - Throws: `GenerationError` for phrases that cannot occur.
  init(_ start: DecodingStart, _ situation: StepSituation) throws {
    self.start = start
    scratch = LogitScratch(vocabularySize: start.vocabularySize)
    let settings = start.settings
    let phrases = try situation.phraseProgress(limits: start.rules.limits)
    let manner: BeamSearch.Manner = settings.beamGroups > 1 || phrases != nil ? .scorer : .present
    prompts = start.prompts.indices.map { index in
      let prompt = start.prompts[index]
      let search = BeamSearch(
        prompt: index, width: settings.beams / settings.beamGroups, manner: manner, settings: settings,
        rules: start.rules, phrases: phrases)
      return Prompt(
        index: index, context: start.context(of: index),
        random: RandomStream(
          seed: UInt64(truncatingIfNeeded: settings.seed), prompt: prompt.tokens, sample: prompt.sample),
        groups: Array(repeating: search, count: settings.beamGroups))
    }
  }

  mutating func choose(_ reading: Reading) throws -> DecodingMove {
    let logits = reading.logits.to(.float32)
    let firstRows = firstRows()
    let before = prompts
    for group in 0..<start.settings.beamGroups {
      let members = before.indices.filter { !before[$0].groups[group].isDone }.map {
        Member(prompt: $0, firstRow: firstRows[$0][group], search: before[$0].groups[group])
      }
      if !members.isEmpty { try advance(group, members, logits, before) }
    }
    isFirst = false
    return move(before, firstRows)
  }

  /// For each prompt and group the row of the logits at which its beams begin: in the first step all share one.
  private func firstRows() -> [[Int]] {
    if isFirst { return prompts.indices.map { Array(repeating: $0, count: start.settings.beamGroups) } }
    var row = 0
    return prompts.map { prompt in
      prompt.groups.map { search in
        defer { row += search.isDone ? 0 : search.running.count }
        return row
      }
    }
  }

  /// Goes on with one group of every prompt.
  private mutating func advance(_ group: Int, _ members: [Member], _ logits: Tensor, _ before: [Prompt]) throws {
    let rows = members.flatMap { member in member.search.running.indices.map { member.firstRow + $0 } }
    let isWhole = rows.elementsEqual(0..<logits.size(0))
    let scores = BeamScores(
      isWhole ? logits : logits.indexed(0, by: Tensor(rows, on: logits.device)),
      change: start.steps.isEmpty && start.rules.constraint == nil ? nil : change(members, group, before))
    // Enough that all beams go on even if each end token comes: as many for each of them, and as many again.
    let wanted = max(2, 1 + start.rules.endTokens.count) * members[0].search.width
    let running = members.map { $0.search.running.map(\.score) }
    let candidates =
      start.settings.sample
      ? scores.drawn(wanted, scores: running) { member, number in
        let search = members[member].search
        return before[members[member].prompt].random.uniform(at: search.length * wanted + number)
      } : scores.best(wanted, scores: running)
    var row = 0
    for (member, candidates) in zip(members, candidates) {
      let search = member.search
      try check(candidates, of: search)
      let base = row
      prompts[member.prompt].groups[group].advance(candidates, start.rules) { beam, token in
        scores.candidate(
          row: base + beam, beam: beam, token: token ?? scores.likeliest(row: base + beam),
          score: search.running[beam].score)
      }
      row += search.running.count
    }
  }

  private func check(_ candidates: [BeamSearch.Candidate], of search: BeamSearch) throws {
    let score = candidates.first { $0.score.isNaN }?.score ?? candidates.first?.score ?? .nan
    try GenerationError.checkNumber(score, prompt: search.prompt, position: search.length)
    try GenerationError.checkChoice(score, prompt: search.prompt, position: search.length)
  }

  /// What the logit steps do to each row of a group.
  private func change(_ members: [Member], _ group: Int, _ before: [Prompt])
    -> (_ row: Int, UnsafeMutableBufferPointer<Float>) -> Void
  {
    let beams = members.flatMap { member in member.search.running.map { (member, $0) } }
    return { row, logits in
      let (member, beam) = beams[row]
      let prompt = prompts[member.prompt]
      let siblings = (0..<group).filter { !before[member.prompt].groups[$0].isDone }.flatMap { earlier in
        prompt.groups[earlier].running.map { prompt.groups[earlier].token(of: $0) }
      }
      let row = LogitRow(
        logits: logits, history: start.first[prompt.index] + member.search.tokens(of: beam), context: prompt.context,
        siblings: siblings, scratch: scratch)
      row.apply(start.steps, under: start.rules.constraint, in: beam.constrained)
    }
  }

  /// What goes on after this step, and what is finished.
  private mutating func move(_ before: [Prompt], _ firstRows: [[Int]]) -> DecodingMove {
    var move = DecodingMove()
    var going: [Prompt] = []
    for (index, prompt) in prompts.enumerated() {
      if prompt.groups.allSatisfy(\.isDone) {
        let found = BeamSearch.stablySorted(prompt.groups.flatMap { $0.sequences() }, by: \.finalScore)
        let sequences = Array(found.prefix(start.settings.returnSequences))
        for (number, sequence) in sequences.enumerated() {
          move.generated += Self.tokens(of: sequence, number: number, prompt: prompt.index)
        }
        move.finished.append((prompt.index, sequences))
        continue
      }
      for (group, search) in prompt.groups.enumerated() where !search.isDone {
        move.rows += search.running.map { firstRows[index][group] + $0.parent }
        move.tokens += search.running.map { search.token(of: $0) }
      }
      going.append(prompt)
    }
    prompts = going
    return move
  }

  private static func tokens(of sequence: GeneratedSequence, number: Int, prompt: Int) -> [GeneratedToken] {
    sequence.tokens.indices.map { place in
      let isLast = place == sequence.tokens.count - 1
      return GeneratedToken(
        prompt: prompt, sequence: number, token: sequence.tokens[place],
        logProbability: sequence.logProbabilities[place],
        chosenLogProbability: sequence.chosenLogProbabilities[place], alternatives: [],
        text: isLast ? sequence.text : "",
        finish: isLast ? sequence.finish : nil)
    }
  }
}

extension GeneratedSequence {
  /// The score by which finished texts are ranked.
  fileprivate var finalScore: Float { score ?? -.infinity }
}
