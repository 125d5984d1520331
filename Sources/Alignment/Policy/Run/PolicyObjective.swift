import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

/// Proximal policy optimisation: each step has the model answer prompts, finds what the answers are worth, and learns from
/// them in several passes.
///
/// Ziegler and others, "Fine-tuning language models from human preferences", 2019; Schulman and others 2017. The original
/// is the same weights with the adapter off; the value of a place is a vector times its last hidden state, and what it
/// learns goes on into the shared body. Updates compute without dropout, as the answers were drawn: so the ratio of new to
/// old probabilities begins at 1.
final class PolicyObjective: SteppedObjective {
  private let model: any LanguageModel
  private let settings: PPOSettings
  private let rollouts: Rollouts
  private let original: OriginalModel
  private let valueHead: ScoreHead
  private let control: DivergenceControl
  private let seed: Int
  private var price: Double
  private(set) var outcome = StepOutcome()
  private(set) var isDone = false

  private var experience: Experience?
  private var updates: [[Int]] = []
  private var made: [ProximalLoss.Outcome] = []
  private var answered: [FigureSum] = []
  private var sameScores = 0
  /// Steps without any difference between rewards after which a run stops.
  private static let idleSteps = 3

  init(
    model: any LanguageModel, settings: PPOSettings, rollouts: Rollouts, original: OriginalModel, seed: Int
  ) {
    (self.model, self.settings, self.rollouts, self.original, self.seed) = (model, settings, rollouts, original, seed)
    valueHead = ScoreHead(width: model.head.weight.shape[1])
    valueHead.weight.load(.zeros(valueHead.weight.shape, on: model.device))
    price = settings.price
    control = settings.target.map { .adaptive(target: $0, horizon: settings.horizon) } ?? .fixed
  }

  var unit: String { "loss an update" }
  var figures: [String] { PolicyFigures.names }
  var learned: [(name: String, parameter: Parameter)] { [("value_head.weight", valueHead.weight)] }

  func units(_ batch: SequenceBatch) -> Int { batch.count }

  func computed(_ drawn: BatchShape) -> BatchShape {
    var shape = drawn
    shape.rows = min(settings.minibatch, drawn.rows)
    shape.target = (drawn.source > 0 ? 0 : drawn.target) + settings.newTokens
    return shape
  }

  /// The loss of a batch as an update would compute it were its answers worth nothing: what memory is measured by.
  func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss {
    let tokens = TokenLogProbabilities(model, batch, mode: .inference, records: training)
    let values = valueHead(tokens.states) * tokens.mask
    let sum = (tokens.values.sum + values.sum) * weight
    return BatchLoss(tokens.loss(sum), rowUnits: (0..<batch.count).map { _ in 1 }) {
      [Double](repeating: 0, count: batch.count)
    }
  }

  func begin(_ batches: [SequenceBatch], step: Int) throws {
    let answers = try rollouts.answers(to: batches, draw: step + 1)
    try check(answers.scores)
    let batch = SequenceBatch(Array(answers.examples.indices), of: answers.examples, paddingID: 0)
    let judgement = withoutGradients { judged(batch, answers) }
    experience = judgement.experience
    let divergences = judgement.divergences
    // Where nothing was better than expected, there is nothing to learn.
    let teaches = judgement.experience.advantages.absolute.sum.scalar > 0
    updates = (0..<(teaches ? settings.epochs : 0)).flatMap { epoch -> [[Int]] in
      var order = Array(0..<batch.count)
      var random = SeededGenerator(
        seed: UInt64(truncatingIfNeeded: seed) ^ 0x7070_6F, stream: UInt64(step) << 16 | UInt64(epoch))
      random.shuffle(&order)
      return stride(from: 0, to: order.count, by: settings.minibatch).map {
        Array(order[$0..<min($0 + settings.minibatch, order.count)])
      }
    }
    made = []
    answered = PolicyFigures.of(answers, divergences: divergences, price: price, mismatch: judgement.mismatch)
    outcome = StepOutcome()
    outcome.tokens = batch.tokenCount
    outcome.learnedTokens = batch.supervisedCount
    try alarm(answers, divergences)
    let divergence = divergences.reduce(0, +) / Double(max(1, divergences.count))
    price = control.price(price, after: divergence, answers: batch.count)
    if let goal = settings.stopAtReward {
      isDone = answers.scores.reduce(0, +) / Double(max(1, answers.scores.count)) >= goal
    }
  }

  /// What answers are found to be.
  private struct Judgement {
    /// What updates learn from.
    var experience: Experience
    /// Each answer's divergence from the original, in nats.
    var divergences: [Double]
    /// How far each answer's log-probabilities are from those of drawing, in nats a token.
    var mismatch: [Double]
  }

  private func judged(_ batch: SequenceBatch, _ answers: Rollouts.Answers) -> Judgement {
    let tokens = TokenLogProbabilities(model, batch, mode: .inference, records: false)
    let reference = original { TokenLogProbabilities($0, batch, mode: .inference, records: false).values }
    let values = valueHead(tokens.states) * tokens.mask
    let divergences = settings.estimate(policy: tokens.values, reference: reference) * tokens.mask
    let scores = zip(answers.scores, answers.isFinished).map { score, isFinished in
      let bound = settings.rewardClip ?? .infinity
      return Float(min(max(score, -bound), bound) - (isFinished ? 0 : settings.unfinishedPenalty))
    }
    let rewards = TokenRewards.rewards(
      scores: Tensor(scores, on: model.device), divergences: divergences, price: price, mask: tokens.mask)
    let (advantages, returns) = settings.advantages(rewards: rewards, values: values, mask: tokens.mask)
    let experience = Experience(
      batch: batch, policy: tokens.values, values: values, advantages: advantages, returns: returns)
    let sampled = DivergenceEstimate.k1(policy: tokens.values, reference: reference) * tokens.mask
    return Judgement(
      experience: experience, divergences: sampled.sum(along: 1).floats.map(Double.init),
      mismatch: Self.mismatch(tokens, answers))
  }

  private static func mismatch(_ tokens: TokenLogProbabilities, _ answers: Rollouts.Answers) -> [Double] {
    let (values, mask, width) = (tokens.values.floats, tokens.mask.floats, tokens.values.size(1))
    return answers.logProbabilities.enumerated().compactMap { row, drawn in
      let own = (row * width..<(row + 1) * width).filter { mask[$0] == 1 }.map { values[$0] }
      guard !own.isEmpty else { return nil }
      return Double(zip(own, drawn).reduce(0) { $0 + abs($1.0 - $1.1) }) / Double(own.count)
    }
  }

  func nextLoss() throws -> Tensor? {
    while let experience, made.count < updates.count, !hasDiverged {
      let (loss, isGuarded) = update(experience.rows(updates[made.count]))
      // Where the ratio is out of bounds, no step is taken.
      if !isGuarded { return loss }
    }
    finish()
    return nil
  }

  private func update(_ part: Experience) -> (loss: Tensor, isGuarded: Bool) {
    let tokens = TokenLogProbabilities(model, part.batch, mode: .inference, records: true)
    let values = valueHead(tokens.states) * tokens.mask
    let entropies =
      settings.loss.entropyWeight == 0
      ? nil : ProximalLoss.entropies(ofLogits: model.head.logits(tokens.states).to(.float32))
    let found = settings.loss(
      policy: (now: tokens.values, then: part.policy), values: (now: values, then: part.values),
      advantages: part.advantages, returns: part.returns, entropies: entropies, mask: tokens.mask)
    made.append(found)
    return (tokens.loss(found.total), found.isGuarded)
  }

  /// Whether the last update has brought the policy further from the one that answered than a step may.
  private var hasDiverged: Bool {
    guard let bound = settings.stepDivergence, let last = made.last else { return false }
    return last.divergence > bound
  }

  private func finish() {
    func mean(_ figure: (ProximalLoss.Outcome) -> Double) -> FigureSum { FigureSum(made.map(figure)) }
    outcome.loss =
      made.reduce(0) { $0 + $1.policy + settings.loss.valueWeight * $1.value } / Double(max(1, made.count))
    outcome.figures =
      answered + [
        mean(\.policy), mean(\.value), mean(\.ratio), mean(\.clippedShare), mean(\.divergence),
        FigureSum(experience.map { [error(of: $0)] } ?? []),
      ]
    experience = nil
  }

  /// The share of the returns' variance that values leave unexplained.
  private func error(of experience: Experience) -> Double {
    let mask = Tensor((experience.returns .!= 0.0).to(.float32).floats, shape: experience.returns.shape)
    let variance = experience.returns.variance(where: mask).scalar
    return (experience.returns - experience.values).variance(where: mask).scalar / max(variance, 1e-8)
  }

  /// Stops a run that nothing can be learned from.
  private func check(_ scores: [Double]) throws {
    guard scores.count > 1 else { return }
    sameScores = Set(scores).count == 1 ? sameScores + 1 : 0
    guard sameScores < Self.idleSteps else {
      throw AlignmentError(
        "every answer of \(Self.idleSteps) steps has the same reward (\(scores[0])), so nothing can be learned; look at the "
          + "rewards and at the answers in the run's page")
    }
  }

  /// Stops a run that goes astray: what is earned then is earned by the wrong means.
  private func alarm(_ answers: Rollouts.Answers, _ divergences: [Double]) throws {
    let divergence = divergences.reduce(0, +) / Double(max(1, divergences.count))
    if let bound = settings.divergenceAlarm, divergence > bound {
      throw AlignmentError(
        "alarm: answers are \(divergence) nats from the original's (divergence-alarm is \(bound)); the last checkpoint "
          + "stands, look at its answers, and go on with a higher price or another reward")
    }
    let unfinished = Double(answers.isFinished.count { !$0 }) / Double(max(1, answers.isFinished.count))
    if let bound = settings.unfinishedAlarm, unfinished > bound {
      throw AlignmentError(
        "alarm: \(Int(100 * unfinished)) % of the answers have no end (unfinished-alarm is \(bound)); raise new-tokens or "
          + "unfinished-penalty")
    }
  }

  func evaluate(_ batches: [SequenceBatch]) throws -> (loss: FigureSum, figures: [FigureSum]) {
    let answers = try rollouts.answers(to: batches, draw: 0)
    let batch = SequenceBatch(Array(answers.examples.indices), of: answers.examples, paddingID: 0)
    let found = withoutGradients { judged(batch, answers) }
    return (
      FigureSum(answers.scores.map { -$0 }),
      PolicyFigures.of(answers, divergences: found.divergences, price: price, mismatch: found.mismatch)
    )
  }

  var state: [(name: String, tensor: Tensor)] {
    [
      ("value_head.weight", valueHead.weight.tensor.detached),
      ("price", Tensor([Int(bitPattern: UInt(price.bitPattern))])),
      ("same_scores", Tensor([sameScores])), ("is_done", Tensor([isDone ? 1 : 0])),
    ]
  }

  func restore(_ state: (String) -> Tensor?) {
    if let weight = state("value_head.weight") { valueHead.weight.load(weight.copied.to(model.device)) }
    if let saved = state("price")?.integers.first { price = Double(bitPattern: UInt64(UInt(bitPattern: saved))) }
    if let saved = state("same_scores")?.integers.first { sameScores = saved }
    if let saved = state("is_done")?.integers.first { isDone = saved == 1 }
  }
}
