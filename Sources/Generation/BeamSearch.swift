import Foundation

/// One prompt's beam search: the texts that go on, and those that are finished.
struct BeamSearch {
  /// A text that goes on.
  struct Beam {
    /// The beam of the last step that it continues.
    var parent = 0
    /// Its last token's place among the nodes; nil before the first token.
    var node: Int?
    /// The sum of its tokens' log-probabilities.
    var score: Float = 0
    var text: RowText?
    var written = ""
    var constrained: ConstraintState?
  }

  /// A token that may continue a beam.
  struct Candidate {
    let beam: Int
    let token: Int
    /// The summed log-probability with this token.
    let score: Float
    let logProbability: Float
    let chosenLogProbability: Float
  }

  /// A token of some text, and the one before it: texts with the same beginning share it.
  private struct Node {
    let parent: Int?
    let token: Int
    let logProbability: Float
    let chosenLogProbability: Float
  }

  private struct Finished {
    let node: Int?
    let score: Float
    let reason: FinishReason
    let text: String
  }

  let prompt: Int
  private(set) var running: [Beam]
  /// New tokens so far.
  private(set) var length = 0
  private(set) var isDone = false
  private let settings: GenerationSettings
  private var nodes: [Node] = []
  private var finished: [Finished] = []

  init(prompt: Int, settings: GenerationSettings, rules: StopRules) {
    self.prompt = prompt
    self.settings = settings
    running = [Beam(text: rules.text, constrained: rules.constraint?.start)]
  }

  /// Goes on by one token, chosen among `candidates`, which stand from best to worst.
  mutating func advance(_ candidates: [Candidate], _ rules: StopRules) {
    length += 1
    var going: [Beam] = []
    var ended: [Finished] = []
    for (rank, candidate) in candidates.enumerated() {
      // Beyond the best `beams` a text may go on but not end.
      if going.count == settings.beams, rank >= settings.beams { break }
      // Ruled out: a constraint may leave fewer candidates than there are places.
      if candidate.score == -.infinity { break }
      var beam = running[candidate.beam]
      beam.parent = candidate.beam
      beam.score = candidate.score
      let parent = running[candidate.beam].node
      let node = Node(
        parent: parent, token: candidate.token, logProbability: candidate.logProbability,
        chosenLogProbability: candidate.chosenLogProbability)
      let reason = rules.finish(
        of: prompt, token: candidate.token, count: length, text: &beam.text, piece: &beam.written,
        constrained: &beam.constrained)
      if let reason {
        guard rank < settings.beams else { continue }
        nodes.append(node)
        ended.append(
          Finished(node: nodes.count - 1, score: normalized(candidate.score), reason: reason, text: beam.written))
      } else if going.count < settings.beams {
        nodes.append(node)
        beam.node = nodes.count - 1
        going.append(beam)
      }
    }
    running = going
    keepBest(ended)
    isDone = shouldEnd(rules.limits[prompt].count)
    if !isDone { fillUp() }
  }

  private mutating func keepBest(_ ended: [Finished]) {
    // A stable sort: of equal scores the one finished first stands first.
    let all = (finished + ended).enumerated().sorted { a, b in
      a.element.score == b.element.score ? a.offset < b.offset : a.element.score > b.element.score
    }
    finished = all.prefix(settings.beams).map(\.element)
  }

  private func shouldEnd(_ limit: Int) -> Bool {
    guard let best = running.first else { return true }
    guard finished.count == settings.beams, let worst = finished.last else { return false }
    if settings.earlyStopping == .yes { return true }
    // With a reward for length the best that a running text can come to is its score at the greatest length.
    let longest = settings.earlyStopping == .never && settings.lengthPenalty > 0 ? limit : length
    return best.score / Float(pow(Double(longest), settings.lengthPenalty)) <= worst.score
  }

  /// A vocabulary smaller than the beams leaves fewer texts than beams: copies that cannot win keep the rows' number.
  private mutating func fillUp() {
    guard let first = running.first else { return }
    while running.count < settings.beams {
      var copy = first
      copy.score = -1e9
      running.append(copy)
    }
  }

  private func normalized(_ score: Float) -> Float { score / Float(pow(Double(length), settings.lengthPenalty)) }

  func token(of beam: Beam) -> Int { beam.node.map { nodes[$0].token } ?? 0 }

  func tokens(of beam: Beam) -> [Int] { path(to: beam.node).map(\.token) }

  /// The finished texts, the best first.
  func sequences() -> [GeneratedSequence] {
    finished.map { text in
      let path = path(to: text.node)
      return GeneratedSequence(
        tokens: path.map(\.token), logProbabilities: path.map(\.logProbability),
        chosenLogProbabilities: path.map(\.chosenLogProbability), text: text.text, finish: text.reason,
        score: text.score)
    }
  }

  private func path(to node: Int?) -> [Node] {
    var path: [Node] = []
    var place = node
    while let index = place {
      path.append(nodes[index])
      place = nodes[index].parent
    }
    return path.reversed()
  }
}
