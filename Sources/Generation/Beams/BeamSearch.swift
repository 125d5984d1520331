import Foundation

/// One prompt's beam search, or that of one group of its beams: the texts that go on, and those that are finished.
struct BeamSearch {
  /// How a search is led, as two versions of transformers do it.
  enum Manner {
    /// As plain beam search does since version 4.50: a text that reaches the length limit ends as one with an end token
    /// does, and the best running text decides whether the search ends.
    case present
    /// As the scorer of earlier versions does, which groups and forced phrases were made with: running texts are
    /// finished together at the length limit, and the best candidate decides whether the search ends.
    case scorer
  }

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
    /// What its constraint knows of it.
    var constrained: ConstraintState?
    /// How far the phrases that must occur have come.
    var progress: PhraseProgress?
    /// Why it cannot go on; nil while it can.
    var reason: FinishReason?
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

  /// A text that is finished.
  struct Finished {
    let node: Int?
    let score: Float
    let reason: FinishReason
    let text: String
    /// Whether all phrases that must occur do.
    let isWhole: Bool
  }

  /// A score that no text comes to: what lies below is a copy that only keeps the number of rows.
  static let hopeless: Float = -5e8

  let prompt: Int
  private(set) var running: [Beam]
  /// New tokens so far.
  private(set) var length = 0
  private(set) var isDone = false
  private let manner: Manner
  private let settings: GenerationSettings
  let width: Int
  private var nodes: [Node] = []
  private(set) var finished: [Finished] = []

  /// A search for `prompt` with `width` beams.
  init(
    prompt: Int, width: Int, manner: Manner, settings: GenerationSettings, rules: StopRules, phrases: PhraseProgress?
  ) {
    self.prompt = prompt
    self.width = width
    self.manner = manner
    self.settings = settings
    running = [Beam(text: rules.text, constrained: rules.constraint?.start, progress: phrases)]
  }

  /// Goes on by one token, chosen among `candidates`: from best to worst, or in the order in which they were drawn.
  ///
  /// `candidate` gives one that is not among them: that of a beam and token, or a beam's likeliest.
  mutating func advance(
    _ candidates: [Candidate], _ rules: StopRules, candidate: (_ beam: Int, _ token: Int?) -> Candidate
  ) {
    length += 1
    let isRanked = !settings.sample
    let atLimit = length >= rules.limits[prompt].count
    var going: [Beam] = []
    var ended: [Finished] = []
    for (rank, candidate) in candidates.enumerated() {
      // Beyond the best a text may go on but not end.
      if isRanked, going.count == width, rank >= width { break }
      let beam = continued(candidate, rules)
      if let reason = beam.reason, manner == .present || !atLimit || reason.endsByItself {
        let isWhole = running[candidate.beam].progress?.isComplete ?? true
        if rank < width, isWhole, beam.score > Self.hopeless { ended.append(finish(beam, reason)) }
      } else if !isRanked || going.count < width {
        going.append(beam)
      }
    }
    if !isRanked { going = Array(Self.stablySorted(going, by: \.score).prefix(width)) }
    if running.contains(where: { $0.progress != nil }) { going = fulfilling(going, &ended, rules, candidate) }
    running = going
    keepBest(ended)
    switch manner {
    case .present: isDone = running.isEmpty || shouldEnd(best: running[0].score, rules.limits[prompt].count)
    case .scorer:
      isDone =
        running.isEmpty || shouldEnd(best: candidates.map(\.score).max() ?? 0, rules.limits[prompt].count)
      if !isDone, atLimit {
        finishRunning(rules.limits[prompt].reason)
        isDone = true
      }
    }
    if !isDone { fillUp() }
  }

  /// A beam of the last step, continued by a token.
  mutating func continued(_ candidate: Candidate, _ rules: StopRules) -> Beam {
    var beam = running[candidate.beam]
    nodes.append(
      Node(
        parent: beam.node, token: candidate.token, logProbability: candidate.logProbability,
        chosenLogProbability: candidate.chosenLogProbability))
    beam.parent = candidate.beam
    beam.score = candidate.score
    beam.node = nodes.count - 1
    beam.progress?.read(candidate.token)
    beam.reason = rules.finish(
      of: prompt, token: candidate.token, count: length, text: &beam.text, piece: &beam.written,
      constrained: &beam.constrained)
    return beam
  }

  func finish(_ beam: Beam, _ reason: FinishReason) -> Finished {
    Finished(
      node: beam.node, score: beam.score / lengthFactor(length), reason: reason, text: beam.written,
      isWhole: beam.progress?.isComplete ?? true)
  }

  private mutating func keepBest(_ ended: [Finished]) {
    // What lacks a phrase stands behind all that has them; of equal scores the one finished first stands first.
    let all = (finished + ended).enumerated().sorted { a, b in
      if a.element.isWhole != b.element.isWhole { return a.element.isWhole }
      return a.element.score == b.element.score ? a.offset < b.offset : a.element.score > b.element.score
    }
    finished = all.prefix(width).map(\.element)
  }

  /// Finishes what is running at the length limit; what lacks a phrase only where nothing has them all.
  private mutating func finishRunning(_ reason: FinishReason) {
    let all = running.filter { $0.score > Self.hopeless }.map { finish($0, reason) }
    keepBest(all.filter(\.isWhole))
    if finished.isEmpty { keepBest(all) }
  }

  private func shouldEnd(best: Float, _ limit: Int) -> Bool {
    guard finished.count == width, let worst = finished.last else { return false }
    if settings.earlyStopping == .yes { return true }
    // With a reward for length the best that a running text can come to is its score at the greatest length.
    let longest = settings.earlyStopping == .never && settings.lengthPenalty > 0 ? limit : length
    return best / lengthFactor(longest) <= worst.score
  }

  /// A vocabulary smaller than the beams leaves fewer texts than beams: copies that cannot win keep the rows' number.
  private mutating func fillUp() {
    guard let first = running.first else { return }
    while running.count < width {
      var copy = first
      copy.score = 2 * Self.hopeless
      running.append(copy)
    }
  }

  private func lengthFactor(_ length: Int) -> Float { Float(pow(Double(length), settings.lengthPenalty)) }

  static func stablySorted<Element>(_ elements: [Element], by key: KeyPath<Element, Float>) -> [Element] {
    elements.enumerated().sorted { a, b in
      let (left, right) = (a.element[keyPath: key], b.element[keyPath: key])
      return left == right ? a.offset < b.offset : left > right
    }.map(\.element)
  }

  /// The last token of a beam.
  func token(of beam: Beam) -> Int { beam.node.map { nodes[$0].token } ?? 0 }

  /// The new tokens of a beam.
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
