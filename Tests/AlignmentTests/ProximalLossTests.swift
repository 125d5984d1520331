import OrchardAlignment
import OrchardTensors
import TestSupport
import Testing

/// What TRL computed on fixed numbers.
struct AlignmentGoldens {
  private let file: SafetensorsFile

  init(_ name: String = "alignment") throws { file = try SafetensorsFile(Goldens.url("\(name).safetensors")) }

  func callAsFunction(_ name: String) throws -> Tensor { try #require(file.tensor(name), "\(name)") }

  func number(_ name: String) throws -> Double { try self(name).reshaped([1]).scalar }

  /// Numbers of which gradients are recorded.
  func learned(_ name: String) throws -> Tensor {
    let tensor = try self(name).copied
    tensor.setRequiresGradient(true)
    return tensor
  }
}

/// The greatest difference of two tensors.
func difference(_ a: Tensor, _ b: Tensor) -> Double {
  (a - b).detached.absolute.reshaped([-1]).maximum(along: 0).scalar
}

@Suite("Proximal policy optimisation against TRL")
struct ProximalLossTests {
  private let goldens: AlignmentGoldens

  init() throws { goldens = try AlignmentGoldens() }

  @Test("Rewards of tokens: the price of divergence, and the score at the last token")
  func rewards() throws {
    let mask = try goldens("ppo.mask")
    let divergences = DivergenceEstimate.k1(
      policy: try goldens("ppo.then"), reference: try goldens("ppo.reference"))
    #expect(difference(divergences, try goldens("ppo.kls")) < 1e-6)
    let rewards = TokenRewards.rewards(
      scores: try goldens("ppo.scores"), divergences: divergences, price: 0.2, mask: mask)
    #expect(difference(rewards, try goldens("ppo.rewards") * mask) < 1e-5)
    // An answer without tokens gets nothing, and spoils nothing.
    let empty = TokenRewards.rewards(
      scores: Tensor([Float(3), 4]), divergences: .ones([2, 3]), price: 0.5,
      mask: Tensor([Float(0), 0, 0, 1, 1, 0], shape: [2, 3]))
    #expect(empty.floats == [0, 0, 0, -0.5, 3.5, 0])
  }

  @Test("Advantages and returns")
  func advantages() throws {
    var estimation = GeneralizedAdvantages()
    (estimation.discount, estimation.smoothing) = (0.97, 0.9)
    let (mask, rewards, values) = (try goldens("ppo.mask"), try goldens("ppo.rewards"), try goldens("ppo.values"))
    let made = estimation(rewards: rewards, values: values, mask: mask)
    #expect(difference(made.advantages, try goldens("ppo.advantages") * mask) < 1e-5)
    #expect(difference(made.returns, try goldens("ppo.returns") * mask) < 1e-5)
    estimation.whitensRewards = true
    let all = mask.filled(with: 1)
    let whitened = estimation(rewards: rewards, values: values, mask: all)
    #expect(difference(whitened.advantages, try goldens("ppo.advantages_of_whitened")) < 1e-5)
    // What stands behind an answer changes nothing.
    let noise = (mask * -1 + 1) * 100
    let other = estimation(rewards: rewards + noise, values: values + noise, mask: mask)
    #expect(difference(other.advantages, estimation(rewards: rewards, values: values, mask: mask).advantages) < 1e-5)
  }

  private func outcome(_ settings: ProximalLoss, logits: Tensor, predicted: Tensor) throws -> ProximalLoss.Outcome {
    let mask = try goldens("ppo.mask")
    let tokens = try goldens("ppo.tokens").to(.int64).unsqueezed(2)
    let now = logits.logSoftmax(along: -1).gathered(2, by: tokens).squeezed(2)
    return settings(
      policy: (now, try goldens("ppo.then")), values: (predicted, try goldens("ppo.values") * mask),
      advantages: try goldens("ppo.advantages"), returns: try goldens("ppo.returns"),
      entropies: ProximalLoss.entropies(ofLogits: logits), mask: mask)
  }

  private var settings: ProximalLoss {
    var settings = ProximalLoss()
    (settings.valueClip, settings.valueWeight, settings.entropyWeight) = (0.15, 0.3, 0.05)
    return settings
  }

  @Test("Each loss and its gradients")
  func losses() throws {
    let (logits, predicted) = (try goldens.learned("ppo.logits"), try goldens.learned("ppo.predicted"))
    let made = try outcome(settings, logits: logits, predicted: predicted)
    #expect(abs(made.policy - (try goldens.number("ppo.policy"))) < 1e-5)
    #expect(abs(0.3 * made.value - (try goldens.number("ppo.value"))) < 1e-5)
    #expect(abs(made.entropy - (try goldens.number("ppo.entropy"))) < 1e-5)
    #expect(abs(made.total.scalar - (try goldens.number("ppo.total"))) < 1e-5)
    #expect(abs(made.clippedShare - (try goldens.number("ppo.clipped"))) < 1e-6)
    #expect(abs(made.clippedValueShare - (try goldens.number("ppo.clipped_values"))) < 1e-6)
    let mask = try goldens("ppo.mask")
    let ratio = ((try goldens("ppo.ratio") * mask).sum / mask.sum).scalar
    #expect(abs(made.ratio - ratio) < 1e-5 && !made.isGuarded && made.divergence > 0)
    made.total.backward()
    #expect(difference(try #require(logits.gradient), try goldens("ppo.gradient.logits")) < 1e-5)
    #expect(difference(try #require(predicted.gradient), try goldens("ppo.gradient.predicted")) < 1e-5)
  }

  @Test("Where the ratio is too great nothing is learned; where nothing has changed it is 1")
  func guards() throws {
    var strict = settings
    strict.greatestRatio = 0.5
    let (logits, predicted) = (try goldens.learned("ppo.logits"), try goldens.learned("ppo.predicted"))
    let made = try outcome(strict, logits: logits, predicted: predicted)
    #expect(made.isGuarded)
    made.total.backward()
    #expect(try #require(logits.gradient).absolute.sum.scalar == 0)
    let same = try goldens("ppo.then")
    let values = try goldens("ppo.values")
    let mask = try goldens("ppo.mask")
    let unchanged = settings(
      policy: (same, same), values: (values, values), advantages: try goldens("ppo.advantages"),
      returns: try goldens("ppo.returns"), mask: mask)
    #expect(unchanged.ratio == 1 && unchanged.clippedShare == 0 && unchanged.divergence == 0)
  }

  @Test("Estimates of the divergence, and the whole of it")
  func divergences() throws {
    let (policy, reference) = (try goldens("ppo.then"), try goldens("ppo.reference"))
    #expect(difference(DivergenceEstimate.k2(policy: policy, reference: reference), try goldens("ppo.kl.mse")) < 1e-6)
    #expect(
      difference(DivergenceEstimate.absolute(policy: policy, reference: reference), try goldens("ppo.kl.abs")) < 1e-6)
    let logs = try goldens("ppo.logits").logSoftmax(along: -1)
    let whole = DivergenceEstimate.whole(policy: logs, reference: try goldens("ppo.other"))
    #expect(difference(whole, try goldens("ppo.kl.full")) < 1e-5)
    // k1 and k3 have that mean: over all tokens, each as often as the policy draws it.
    for estimate in [DivergenceEstimate.k1, .k3] {
      let mean = (logs.exponential * estimate(policy: logs, reference: try goldens("ppo.other"))).sum(along: -1)
      #expect(difference(mean, whole) < 1e-5)
    }
    #expect((DivergenceEstimate.k3(policy: policy, reference: reference) .>= 0).all)
  }

  @Test("The price of divergence follows its target")
  func prices() throws {
    var price = 0.2
    let control = DivergenceControl.adaptive(target: 6, horizon: 10_000)
    for (current, expected) in zip([3.0, 6.5, 20, 6], try goldens("ppo.prices").floats) {
      price = control.price(price, after: current, answers: 256)
      #expect(abs(price - Double(expected)) < 1e-7)
    }
    #expect(DivergenceControl.fixed.price(0.2, after: 90, answers: 256) == 0.2)
  }

  @Test("Advantages within groups of answers")
  func groups() throws {
    let scores = try goldens("group.scores")
    #expect(difference(GroupAdvantages.relative(scores), try goldens("group.relative")) < 1e-5)
    #expect(difference(GroupAdvantages.leaveOneOut(scores), try goldens("group.leave_one_out")) < 1e-5)
    #expect(GroupAdvantages.leaveOneOut(Tensor([Float(3)], shape: [1, 1])).floats == [0])
    #expect(GroupAdvantages.relative(.ones([1, 4])).floats == [0, 0, 0, 0])
  }

  @Test(
    "Losses of answers compared within their group, with their gradients",
    arguments: ["grpo", "bnpo", "dr_grpo", "gspo", "rloo"])
  func groupLosses(name: String) throws {
    let goldens = try AlignmentGoldens("groups")
    var loss = GroupLoss()
    (loss.clip, loss.clipAbove, loss.price) = (0.2, 0.28, 0.04)
    switch name {
    case "bnpo": loss.average = .tokens
    case "dr_grpo": loss.average = .length
    case "gspo": loss.ratio = .mean
    case "rloo": (loss.ratio, loss.price) = (.answer, 0)
    default: break
    }
    let now = try goldens.learned("group.now")
    let made = loss(
      policy: (now, try goldens("group.then")), reference: try goldens("group.reference"),
      advantages: try goldens("group.advantages"), longest: 9, mask: try goldens("group.mask"))
    #expect(abs(made.total.scalar - (try goldens.number("group.\(name)"))) < 1e-5)
    made.total.backward()
    #expect(difference(try #require(now.gradient), try goldens("group.\(name).gradient")) < 1e-5)
  }
}
