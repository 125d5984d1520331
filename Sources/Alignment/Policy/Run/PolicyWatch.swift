import OrchardDatasets
import OrchardTensors

/// Watches over a run that learns by rewards: ends it where its goal is reached, stops it where it goes astray.
struct PolicyWatch {
  private let settings: PolicyWatchSettings
  private var sameScores = 0
  private var rewards: [Float] = []
  private(set) var isDone = false
  /// Steps without any difference between rewards after which a run stops.
  private static let idleSteps = 3

  init(_ settings: PolicyWatchSettings) { self.settings = settings }

  /// Stops a run that nothing can be learned from.
  ///
  /// - Throws: `AlignmentError`.
  mutating func check(_ scores: [Double]) throws {
    guard scores.count > 1 else { return }
    sameScores = Set(scores).count == 1 ? sameScores + 1 : 0
    guard sameScores < Self.idleSteps else {
      throw AlignmentError(
        "every answer of \(Self.idleSteps) steps has the same reward (\(scores[0])), so nothing can be learned; look at the "
          + "rewards and at the answers in the run's page")
    }
  }

  /// Takes a step's answers into account.
  ///
  /// - Throws: `AlignmentError` where the run goes astray: what is earned then is earned by the wrong means.
  mutating func take(_ answers: Rollouts.Answers, divergence: Double) throws {
    if let bound = settings.divergenceAlarm, divergence > bound {
      throw AlignmentError(
        "alarm: answers are \(divergence) nats from the original's (divergence-alarm is \(bound)); the last checkpoint "
          + "stands, look at its answers, and go on with a higher price or another reward")
    }
    let unfinished = mean(answers.isFinished.map { $0 ? 0 : 1 })
    if let bound = settings.unfinishedAlarm, unfinished > bound {
      throw AlignmentError(
        "alarm: \(Int(100 * unfinished)) % of the answers have no end (unfinished-alarm is \(bound)); raise new-tokens or "
          + "unfinished-penalty")
    }
    let repeated = mean(answers.examples.map { PolicyFigures.repeated(Array($0.target[$0.supervised])) })
    if let bound = settings.repetitionAlarm, repeated > bound {
      throw AlignmentError(
        "alarm: \(Int(100 * repeated)) % of the pairs of tokens stood in their answer before (repetition-alarm is "
          + "\(bound)); the last checkpoint stands, look at its answers, and go on with a higher price or another reward"
      )
    }
    let reward = mean(answers.scores)
    if let goal = settings.stopAtReward, reward >= goal { isDone = true }
    if let steps = settings.plateau {
      rewards = (rewards + [Float(reward)]).suffix(2 * steps)
      if rewards.count == 2 * steps {
        isDone = isDone || mean(rewards.suffix(steps).map(Double.init)) <= mean(rewards.prefix(steps).map(Double.init))
      }
    }
  }

  private func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(max(1, numbers.count)) }

  /// What an interrupted run needs.
  var state: [(name: String, tensor: Tensor)] {
    [("same_scores", Tensor([sameScores])), ("is_done", Tensor([isDone ? 1 : 0])), ("rewards", Tensor(rewards))]
  }

  /// Takes it back.
  mutating func restore(_ state: (String) -> Tensor?) {
    if let saved = state("same_scores")?.integers.first { sameScores = saved }
    if let saved = state("is_done")?.integers.first { isDone = saved == 1 }
    if let saved = state("rewards") { rewards = saved.floats }
  }
}
