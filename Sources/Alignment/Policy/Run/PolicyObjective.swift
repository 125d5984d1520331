import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

/// Each step has the model answer prompts, finds what the answers are worth, and learns from them in several updates: PPO
/// and its kin, which differ in their `AnswerCredit`.
///
/// Where an adapter is learned, the original is the same weights with the adapter off. Updates compute without dropout, as
/// the answers were drawn: so the ratio of new to old probabilities begins at 1.
final class PolicyObjective: SteppedObjective {
  private let model: any LanguageModel
  private let method: any PolicyMethodSettings
  private let rollouts: Rollouts
  private let original: OriginalModel
  private let credit: any AnswerCredit
  private let seed: Int
  private var watch: PolicyWatch
  private(set) var outcome = StepOutcome()

  private var experience: Experience?
  private var updates: [[Int]] = []
  private var made: [PolicyUpdate] = []
  private var answered: [FigureSum] = []
  /// The original's answers to held-out prompts, which stay the same, by the tokens of these.
  private var originalAnswers: [[[Int32]]: Rollouts.Answers] = [:]

  private var settings: PolicySettings { method.policy }

  init(
    model: any LanguageModel, settings: any PolicyMethodSettings, credit: any AnswerCredit, rollouts: Rollouts,
    original: OriginalModel, seed: Int
  ) {
    (self.model, method, self.rollouts, self.original, self.seed) = (model, settings, rollouts, original, seed)
    self.credit = credit
    watch = PolicyWatch(settings.policy.watch)
  }

  var unit: String { "loss an update" }
  var figures: [String] {
    PolicyFigures.names + credit.updateFigures + ["update_divergence"] + credit.stepFigures
  }
  var learned: [(name: String, parameter: Parameter)] { credit.learned }
  var learnedModels: [LearnedModel] { credit.learnedModels }
  var isDone: Bool { watch.isDone }

  func units(_ batch: SequenceBatch) -> Int { batch.count }

  func computed(_ drawn: BatchShape) -> BatchShape {
    var shape = drawn
    shape.rows = min(settings.minibatch, drawn.rows * method.answersPerPrompt)
    shape.target = (drawn.source > 0 ? 0 : drawn.target) + settings.newTokens
    return shape
  }

  /// The loss of a batch as an update would compute it were its answers worth nothing: what memory is measured by.
  func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss {
    let tokens = TokenLogProbabilities(model, batch, mode: .inference, records: training)
    return BatchLoss(
      tokens.loss(credit.idleLoss(tokens, of: batch) * weight), rowUnits: (0..<batch.count).map { _ in 1 }
    ) {
      [Double](repeating: 0, count: batch.count)
    }
  }

  func begin(_ batches: [SequenceBatch], step: Int) throws {
    let answers = try rollouts.answers(of: model, to: batches, each: method.answersPerPrompt, draw: step + 1)
    try watch.check(answers.scores)
    let (judged, divergences) = judged(answers, each: method.answersPerPrompt)
    let experience = withoutGradients { credit.experience(judged) }
    self.experience = experience
    answered = PolicyFigures.of(
      answers, divergences: divergences, price: credit.price, mismatch: PolicyFigures.mismatch(judged.tokens, answers))
    // Where nothing was better than expected, there is nothing to learn.
    let teaches = experience.advantages.absolute.sum.scalar > 0
    updates = teaches ? minibatches(of: judged.batch.count, step: step) : []
    made = []
    outcome = StepOutcome()
    outcome.tokens = judged.batch.tokenCount
    outcome.learnedTokens = judged.batch.supervisedCount
    let divergence = divergences.reduce(0, +) / Double(max(1, divergences.count))
    try watch.take(answers, divergence: divergence)
    credit.follow(divergence: divergence, answers: judged.batch.count)
  }

  /// Which answers each update of a step learns from.
  private func minibatches(of count: Int, step: Int) -> [[Int]] {
    (0..<settings.epochs).flatMap { epoch -> [[Int]] in
      var order = Array(0..<count)
      var random = SeededGenerator(
        seed: UInt64(truncatingIfNeeded: seed) ^ 0x7070_6F, stream: UInt64(step) << 16 | UInt64(epoch))
      random.shuffle(&order)
      return stride(from: 0, to: count, by: settings.minibatch).map {
        Array(order[$0..<min($0 + settings.minibatch, count)])
      }
    }
  }

  /// What the policy and the original say of answers, and each one's divergence from the original's, in nats.
  private func judged(_ answers: Rollouts.Answers, each count: Int) -> (JudgedAnswers, divergences: [Double]) {
    withoutGradients {
      let batch = SequenceBatch(Array(answers.examples.indices), of: answers.examples, paddingID: 0)
      let tokens = TokenLogProbabilities(model, batch, mode: .inference, records: false)
      let reference = original { TokenLogProbabilities($0, batch, mode: .inference, records: false).values }
      let scores = zip(answers.scores, answers.isFinished).map { score, isFinished in
        let bound = settings.rewardClip ?? .infinity
        return Float(min(max(score, -bound), bound) - (isFinished ? 0 : settings.unfinishedPenalty))
      }
      let sampled = DivergenceEstimate.k1(policy: tokens.values, reference: reference) * tokens.mask
      let judged = JudgedAnswers(
        batch: batch, tokens: tokens, reference: reference,
        divergences: method.estimate(policy: tokens.values, reference: reference) * tokens.mask,
        scores: Tensor(scores, on: model.device), answersPerPrompt: count)
      return (judged, sampled.sum(along: 1).floats.map(Double.init))
    }
  }

  func nextLoss() throws -> Tensor? {
    while let experience, made.count < updates.count, !hasDiverged {
      let part = experience.rows(updates[made.count])
      let tokens = TokenLogProbabilities(model, part.batch, mode: .inference, records: true)
      let update = credit.update(part, tokens)
      made.append(update)
      // Where a bound is passed, no step is taken.
      if !update.isGuarded { return tokens.loss(update.total) }
    }
    finish()
    return nil
  }

  /// Whether the last update has brought the policy further from the one that answered than a step may.
  private var hasDiverged: Bool {
    guard let bound = settings.stepDivergence, let last = made.last else { return false }
    return last.divergence > bound
  }

  private func finish() {
    outcome.loss = made.reduce(0) { $0 + $1.loss } / Double(max(1, made.count))
    outcome.figures = answered
    for place in credit.updateFigures.indices { outcome.figures.append(FigureSum(made.map { $0.figures[place] })) }
    outcome.figures.append(FigureSum(made.map(\.divergence)))
    if let experience { outcome.figures += credit.told(experience) }
    experience = nil
  }

  func evaluate(_ batches: [SequenceBatch]) throws -> SteppedFindings {
    let answers = try rollouts.answers(of: model, to: batches, each: 1, draw: 0)
    let before = try answersOfOriginal(batches)
    let (judged, divergences) = judged(answers, each: 1)
    return SteppedFindings(
      loss: FigureSum(answers.scores.map { -$0 }),
      figures: PolicyFigures.of(
        answers, divergences: divergences, price: credit.price,
        mismatch: PolicyFigures.mismatch(judged.tokens, answers), original: before),
      samples: PolicyFigures.samples(answers, before: before, divergences: divergences))
  }

  private func answersOfOriginal(_ batches: [SequenceBatch]) throws -> Rollouts.Answers {
    let key = batches.flatMap { batch in (0..<batch.count).map { batch.prompt($0).tokens } }
    if let known = originalAnswers[key] { return known }
    let made = try original { try rollouts.answers(of: $0, to: batches, each: 1, draw: 0) }
    originalAnswers[key] = made
    return made
  }

  var state: [(name: String, tensor: Tensor)] { credit.state + watch.state }

  func restore(_ state: (String) -> Tensor?) {
    credit.restore(state)
    watch.restore(state)
  }
}
