import OrchardAlignment
import OrchardTensors
import Testing

@Suite("Policy optimisation where the best is known")
struct BanditTests {
  /// A table of logits that learns by plain gradient descent.
  private struct Table {
    var numbers: Tensor

    init(_ shape: [Int]) {
      numbers = .zeros(shape)
      numbers.setRequiresGradient(true)
    }

    mutating func step(_ rate: Double) {
      guard let gradient = numbers.gradient else { return }
      let next = withoutGradients { (numbers.detached - gradient * rate).copied }
      next.setRequiresGradient(true)
      numbers = next
    }
  }

  /// Draws a choice for each row of log-probabilities `[N, A]`.
  private func drawn(_ logs: Tensor) -> Tensor {
    // Gumbel's way: the greatest of the logs with noise is a draw.
    let noise = Tensor.uniform(logs.shape, low: 1e-6, high: 1 - 1e-6)
    return (logs - (noise.logarithm * -1).logarithm).indexOfMaximum(along: 1)
  }

  @Test("A bandit of five arms, and a game of three tokens, for ten seeds", arguments: 0..<10)
  func solved(seed: Int) {
    Engine.seed(UInt64(seed))
    var arms = Table([5])
    let payoffs = Tensor([Float(0.1), 0.5, 0.2, 1, 0.4])
    var loss = ProximalLoss()
    (loss.clip, loss.entropyWeight, loss.valueWeight) = (0.2, 0.001, 0)
    let mask = Tensor.ones([64, 1])
    for _ in 0..<60 {
      let then = withoutGradients { arms.numbers.logSoftmax(along: 0).unsqueezed(0).expanded([64, 5]) }
      let choices = drawn(then).unsqueezed(1)
      let scores = payoffs.unsqueezed(0).expanded([64, 5]).gathered(1, by: choices)
      let advantages = GroupAdvantages.leaveOneOut(scores.reshaped([1, 64])).reshaped([64, 1])
      for _ in 0..<4 {
        let now = arms.numbers.logSoftmax(along: 0).unsqueezed(0).expanded([64, 5]).gathered(1, by: choices)
        let made = loss(
          policy: (now, then.gathered(1, by: choices)), values: (.zeros([64, 1]), .zeros([64, 1])),
          advantages: advantages, returns: .zeros([64, 1]), mask: mask)
        made.total.backward()
        arms.step(2)
      }
    }
    #expect(arms.numbers.softmax(along: 0).floats[3] > 0.9)
    #expect(game() > 0.9)
  }

  /// Answers of three tokens out of four: the first must be 2, each later one the last plus 1, around the corner.
  ///
  /// Returns the probability of the best answer after learning, by PPO with values, advantages and whitening.
  private func game() -> Double {
    let (rows, length, size) = (128, 3, 4)
    // Row: the place and the token before it; the first place has a row of its own.
    var policy = Table([1 + (length - 1) * size, size])
    var values = Table([1 + (length - 1) * size])
    func state(_ place: Int, _ before: Tensor?) -> Tensor {
      guard let before else { return Tensor([Int](repeating: 0, count: rows)) }
      return (before.to(.float32) + Double(1 + (place - 1) * size)).to(.int64)
    }
    var loss = ProximalLoss()
    (loss.valueWeight, loss.entropyWeight, loss.valueClip) = (0.5, 0.001, 0.5)
    let mask = Tensor.ones([rows, length])
    for _ in 0..<80 {
      var (states, tokens): ([Tensor], [Tensor]) = ([], [])
      withoutGradients {
        for place in 0..<length {
          states.append(state(place, tokens.last))
          tokens.append(drawn(policy.numbers.indexed(0, by: states[place]).logSoftmax(along: -1)))
        }
      }
      var right = (tokens[0] .== 2).to(.float32)
      for place in 1..<length {
        // Around the corner: behind 3 comes 0.
        let next = tokens[place - 1] + 1.0
        right = right + (tokens[place] .== next.masked(by: next .== 4, with: 0)).to(.float32)
      }
      let choices = Tensor.stacked(tokens, along: 1)
      func logs() -> Tensor {
        let columns = (0..<length).map { place in
          policy.numbers.indexed(0, by: states[place]).logSoftmax(along: -1)
            .gathered(1, by: tokens[place].unsqueezed(1)).squeezed(1)
        }
        return .stacked(columns, along: 1)
      }
      func worths() -> Tensor { .stacked(states.map { values.numbers.indexed(0, by: $0) }, along: 1) }
      let (then, old) = withoutGradients { (logs(), worths()) }
      let rewards = TokenRewards.rewards(scores: right, divergences: .zeros([rows, length]), price: 0, mask: mask)
      let made = GeneralizedAdvantages()(rewards: rewards, values: old, mask: mask)
      for _ in 0..<4 {
        let outcome = loss(
          policy: (logs(), then), values: (worths(), old), advantages: made.advantages, returns: made.returns,
          mask: mask)
        outcome.total.backward()
        policy.step(3)
        values.step(3)
      }
      #expect(choices.shape == [rows, length])
    }
    let logs = policy.numbers.softmax(along: -1).floats
    return [(0, 2), (1 + 2, 3), (1 + size + 3, 0)].reduce(1.0) { $0 * Double(logs[$1.0 * size + $1.1]) }
  }
}
