import OrchardAlignment
import OrchardTensors
import Testing

@Suite("Losses over preferences against TRL")
struct PreferenceLossTests {
  private let goldens: AlignmentGoldens

  init() throws { goldens = try AlignmentGoldens() }

  /// Holds losses and both gradients against TRL's of that name.
  private func check(_ name: String, _ compute: (AnswerPairs, AnswerPairs) throws -> Tensor) throws {
    let (chosen, rejected) = (try goldens.learned("pairs.chosen"), try goldens.learned("pairs.rejected"))
    let reference = AnswerPairs(
      chosen: try goldens("pairs.reference_chosen"), rejected: try goldens("pairs.reference_rejected"))
    let losses = try compute(AnswerPairs(chosen: chosen, rejected: rejected), reference)
    #expect(difference(losses, try goldens(name)) < 1e-5, "\(name)")
    losses.sum.backward()
    for (tensor, part) in [(chosen, "chosen"), (rejected, "rejected")] {
      #expect(
        difference(try #require(tensor.gradient), try goldens("\(name).gradient.\(part)")) < 1e-5, "\(name), \(part)")
    }
  }

  @Test("DPO, also with labels that are wrong now and then")
  func dpo() throws {
    var loss = DPOLoss()
    loss.beta = 0.3
    try check("dpo") { loss(policy: $0, reference: $1) }
    loss.labelSmoothing = 0.1
    try check("dpo_smoothed") { loss(policy: $0, reference: $1) }
    let far = AnswerPairs(chosen: Tensor([Float(-2000)]), rejected: Tensor([Float(0)]))
    let none = AnswerPairs(chosen: .zeros([1]), rejected: .zeros([1]))
    #expect(loss(policy: far, reference: none).floats[0].isFinite)
    #expect(loss.rewards(policy: far, reference: none).chosen.floats == [-600])
  }

  @Test("IPO, SimPO, ORPO")
  func others() throws {
    var ipo = IPOLoss()
    ipo.tau = 0.2
    try check("ipo") { ipo(policy: $0, reference: $1) }
    var simpo = SimPOLoss()
    (simpo.beta, simpo.margin) = (2, 1.2)
    try check("simpo") { policy, _ in simpo(policy: policy) }
    var orpo = ORPOLoss()
    orpo.weight = 0.4
    try check("orpo") { policy, _ in orpo(policy: policy) }
  }

  @Test("KTO: good answers and bad ones, each alone")
  func kto() throws {
    var loss = KTOLoss()
    (loss.beta, loss.desirableWeight, loss.undesirableWeight) = (0.25, 1.3, 0.7)
    let drift = try goldens.number("kto.drift")
    try check("kto") { policy, reference in
      let count = policy.chosen.size(0)
      return loss(
        policy: .concatenated([policy.chosen, policy.rejected], along: 0),
        reference: .concatenated([reference.chosen, reference.rejected], along: 0),
        isDesirable: .concatenated([.ones([count]), .zeros([count])], along: 0), drift: drift)
    }
    let (one, zero) = (Tensor.ones([1]), Tensor.zeros([1]))
    #expect(
      loss(policy: one, reference: zero, isDesirable: one, drift: -5).floats
        == loss(policy: one, reference: zero, isDesirable: one, drift: 0).floats)
  }

  @Test("Reward models: pairs with margins and centring, and all answers to a prompt together")
  func rewards() throws {
    var loss = RewardLoss()
    loss.centring = 0.01
    try check("reward") { scores, _ in loss(scores, margins: try goldens("reward.margins")) }
    let scores = Tensor([Float(2), 0.5, -1, 0.5])
    // Four answers of three ranks: five pairs, for two stand on one.
    let ranks = [0, 1, 2, 1]
    #expect(RewardLoss.pairs(ranks).count == 5)
    let plain = RewardLoss()
    let pairs = [(2.0, 0.5), (2, -1), (2, 0.5), (0.5, -1), (0.5, -1)]
    let expected = pairs.map { better, worse in
      plain(AnswerPairs(chosen: Tensor([Float(better)]), rejected: Tensor([Float(worse)]))).scalar
    }
    let mean = try #require(plain(ranking: scores, ranks: ranks)).scalar
    #expect(abs(mean - expected.reduce(0, +) / 5) < 1e-6)
    #expect(plain(ranking: scores, ranks: [3, 3, 3, 3]) == nil)
    let tied = AnswerPairs(chosen: Tensor([Float(1), 2, 3]), rejected: Tensor([Float(0), 2, 4]))
    #expect(tied.accuracy == 0.5)
  }
}
