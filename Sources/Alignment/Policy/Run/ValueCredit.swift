import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

/// PPO's credit: a value head foretells what is still to be earned, and tokens are credited with what comes better.
///
/// Ziegler and others, "Fine-tuning language models from human preferences", 2019; Schulman and others 2017. The value of a
/// place is a vector times its last hidden state, and what it learns goes on into the shared body, unless values have one of
/// their own.
final class ValueCredit: AnswerCredit {
  private let model: any LanguageModel
  private let settings: PPOSettings
  private let head: ScoreHead
  private let separate: SeparateValues?
  private let control: DivergenceControl
  private(set) var price: Double

  init(model: any LanguageModel, settings: PPOSettings, separate: SeparateValues? = nil) {
    (self.model, self.settings, self.separate) = (model, settings, separate)
    head = ScoreHead(width: model.head.weight.shape[1])
    head.weight.load(.zeros(head.weight.shape, on: model.device))
    price = settings.price
    control = settings.target.map { .adaptive(target: $0, horizon: settings.horizon) } ?? .fixed
  }

  var learned: [(name: String, parameter: Parameter)] { [("value_head.weight", head.weight)] }
  var updateFigures: [String] { ["policy_loss", "value_loss", "ratio", "clipped"] }
  var stepFigures: [String] { ["value_error"] }

  var learnedModels: [LearnedModel] { separate.map { [$0.learned] } ?? [] }

  private func values(_ tokens: TokenLogProbabilities, of batch: SequenceBatch) -> Tensor {
    head(separate?.states(batch) ?? tokens.states).squeezed(-1) * tokens.mask
  }

  func idleLoss(_ tokens: TokenLogProbabilities, of batch: SequenceBatch) -> Tensor {
    tokens.values.sum + values(tokens, of: batch).sum
  }

  func experience(_ judged: JudgedAnswers) -> Experience {
    let tokens = judged.tokens
    let values = values(tokens, of: judged.batch)
    let rewards = TokenRewards.rewards(
      scores: judged.scores, divergences: judged.divergences, price: price, mask: tokens.mask)
    let (advantages, returns) = settings.advantages(rewards: rewards, values: values, mask: tokens.mask)
    return Experience(
      batch: judged.batch, policy: tokens.values, reference: judged.reference, advantages: advantages,
      values: Experience.Values(then: values, returns: returns))
  }

  func update(_ part: Experience, _ tokens: TokenLogProbabilities) -> PolicyUpdate {
    guard let values = part.values else { preconditionFailure("answers of \(type(of: self)) have values") }
    let entropies =
      settings.loss.entropyWeight == 0
      ? nil : ProximalLoss.entropies(ofLogits: model.head.logits(tokens.states).to(.float32))
    let found = settings.loss(
      policy: (now: tokens.values, then: part.policy),
      values: (now: self.values(tokens, of: part.batch), then: values.then),
      advantages: part.advantages, returns: values.returns, entropies: entropies, mask: tokens.mask)
    return PolicyUpdate(
      total: found.total, loss: found.policy + settings.loss.valueWeight * found.value,
      divergence: found.divergence, isGuarded: found.isGuarded,
      figures: [found.policy, found.value, found.ratio, found.clippedShare])
  }

  /// The share of the returns' variance that values leave unexplained.
  func told(_ experience: Experience) -> [FigureSum] {
    guard let values = experience.values else { return [] }
    let mask = Tensor((values.returns .!= 0.0).to(.float32).floats, shape: values.returns.shape)
    let variance = values.returns.variance(where: mask).scalar
    return [FigureSum([(values.returns - values.then).variance(where: mask).scalar / max(variance, 1e-8)])]
  }

  func follow(divergence: Double, answers: Int) { price = control.price(price, after: divergence, answers: answers) }

  var state: [(name: String, tensor: Tensor)] {
    [
      ("value_head.weight", head.weight.tensor.detached),
      ("price", Tensor([Int(bitPattern: UInt(price.bitPattern))])),
    ] + (separate?.state ?? [])
  }

  func restore(_ state: (String) -> Tensor?) {
    separate?.restore(state)
    if let weight = state("value_head.weight") { head.weight.load(weight.copied.to(model.device)) }
    if let saved = state("price")?.integers.first { price = Double(bitPattern: UInt64(UInt(bitPattern: saved))) }
  }
}
