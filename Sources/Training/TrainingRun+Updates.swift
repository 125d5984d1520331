import Foundation
import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

/// How a step changes the weights: by one update, or by several where the objective works on what was drawn.
extension TrainingRun {
  /// What a step has done.
  struct Made {
    var loss: Double
    var norm: Double
    var told: Told
    var tokens: Int
    var units: Int
  }

  /// A step of one update.
  func update(of batches: [SequenceBatch], rate: Double) throws -> Made {
    let units = batches.reduce(0) { $0 + objective.units($1) }
    let (loss, told) = try gradients(of: batches, units: units)
    let norm = try change(rate: rate)
    return Made(
      loss: loss, norm: norm, told: told, tokens: batches.reduce(0) { $0 + $1.tokenCount }, units: units)
  }

  /// A step of several updates; its norm is their mean.
  func updates(of stepped: any SteppedObjective, _ batches: [SequenceBatch], rate: Double) throws -> Made {
    Engine.randomState = randomState
    defer { randomState = Engine.randomState }
    try stepped.begin(batches, step: step)
    var norms: [Double] = []
    while let loss = try stepped.nextLoss() {
      guard loss.scalar.isFinite else { throw failure("the loss is not a number") }
      loss.backward()
      norms.append(try change(rate: rate))
    }
    let outcome = stepped.outcome
    var told = (tasks: TaskSums(tasks: 0), figures: FigureSums(objective.figures))
    told.figures.add(outcome.figures)
    return Made(
      loss: outcome.loss, norm: norms.reduce(0, +) / Double(max(1, norms.count)), told: told, tokens: outcome.tokens,
      units: outcome.learnedTokens)
  }

  /// Changes the weights by the gradients that are there; returns these gradients' norm.
  private func change(rate: Double) throws -> Double {
    let norm = Tensor.norm(of: weights.compactMap { $0.parameter.tensor.gradient })
    guard norm.isFinite else { throw failure("the gradients are not numbers (norm \(norm))") }
    let clipping = recipe.length.clipping.map { norm > $0 ? $0 / (norm + 1e-6) : 1 } ?? 1
    let sums = optimizer.steps == 0 ? try Self.checkGradients(weights) : []
    optimizer.step(rate: rate, gradientScale: clipping)
    try shared?.share()
    if optimizer.steps == 1 { try Self.checkChange(weights, since: sums) }
    for weight in weights { weight.parameter.tensor.setGradient(nil) }
    return norm
  }

  /// What a step tells beside its loss.
  typealias Told = (tasks: TaskSums, figures: FigureSums)

  private func gradients(of batches: [SequenceBatch], units: Int) throws -> (loss: Double, told: Told) {
    guard let shared else { return try localGradients(of: batches, units: units) }
    let own = batches.compactMap { batch -> SequenceBatch? in
      let rows = shared.rows(of: batch)
      return rows.isEmpty ? nil : batch.rows(rows)
    }
    var (loss, told) = try localGradients(of: own, units: units)
    try shared.finish()
    let count = told.tasks.numbers.count
    let sums = try shared.group.sum([loss] + told.tasks.numbers + told.figures.numbers)
    loss = sums[0]
    told.tasks.numbers = Array(sums[1..<1 + count])
    told.figures.numbers = Array(sums[(1 + count)...])
    guard loss.isFinite else { throw failure("the loss is not a number") }
    return (loss, told)
  }

  private func localGradients(of batches: [SequenceBatch], units: Int) throws -> (loss: Double, told: Told) {
    Engine.randomState = randomState
    shared?.seed(step: step)
    defer { randomState = Engine.randomState }
    var sum = 0.0
    var told = (tasks: TaskSums(tasks: taskNames.count), figures: FigureSums(objective.figures))
    trained.model.embedding.noise = recipe.embeddingNoise
    defer { trained.model.embedding.noise = 0 }
    for (number, batch) in batches.enumerated() {
      let loss = objective.loss(batch, weight: 1 / Double(units), training: true)
      let value = loss.sum.scalar
      // Several processes find out together, once the sum is made.
      guard value.isFinite || shared != nil else { throw failure("the loss is not a number") }
      sum += value
      told.tasks.add(loss, of: batch)
      told.figures.add(loss)
      if number == batches.count - 1 { shared?.arm() }
      loss.sum.backward()
    }
    return (sum, told)
  }

  func failure(_ what: String) -> TrainingError {
    let last = folder.steps.last
    let kept =
      last.map { "the last good checkpoint is \(folder.checkpoint($0).path)" } ?? "no checkpoint was written yet"
    return TrainingError(
      "\(what) at step \(step + 1) of \(totalSteps); the run stops before it spoils the weights, \(kept). Lower the "
        + "learning rate, clip the gradients, or look at the examples of this step")
  }
}
