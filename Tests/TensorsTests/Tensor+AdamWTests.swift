import OrchardTensors
import TestSupport
import Testing

@Suite("AdamW in one pass")
struct AdamWStepTests {
  struct Case: Sendable, CustomStringConvertible {
    var weight = DType.float32
    var gradient = DType.float32
    var master = false
    var count = 70_001
    var description: String { "\(weight) \(gradient) \(master) \(count)" }

    static let all = [
      Case(), Case(count: 1), Case(weight: .bfloat16, gradient: .bfloat16, master: true),
      Case(weight: .bfloat16, gradient: .bfloat16), Case(weight: .bfloat16, gradient: .float32, master: true),
      Case(weight: .float16, gradient: .float16, master: true),
    ]
  }

  @Test("Five steps as in single steps", arguments: Case.all)
  func steps(test: Case) throws {
    Engine.seed(6)
    let start = Tensor.normal([test.count]).to(test.weight)
    func state() -> (weight: Tensor, master: Tensor?, first: Tensor, second: Tensor) {
      (
        start.copied, test.master ? start.to(.float32).copied : nil, Tensor.zeros([test.count]),
        Tensor.zeros([test.count])
      )
    }
    let (fused, composed) = (state(), state())
    for step in 1...5 {
      let gradient = Tensor.normal([test.count], deviation: Double(step)).to(test.gradient)
      fused.weight.adamWStep(
        master: fused.master, gradient: gradient, firstMoment: fused.first, secondMoment: fused.second, rate: 0.01,
        beta1: 0.9, beta2: 0.99, epsilon: 1e-8, decay: 0.1, step: step, gradientScale: 0.5)
      composed.weight.adamWStepComposed(
        master: composed.master, gradient: gradient, firstMoment: composed.first, secondMoment: composed.second,
        rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, decay: 0.1, step: step, gradientScale: 0.5)
    }
    #expect(fused.weight.dtype == test.weight)
    #expect(fused.weight.distance(to: composed.weight) < (test.weight == .float32 ? 1e-6 : 1e-2))
    #expect(fused.first.distance(to: composed.first) < 1e-6)
    #expect(fused.second.distance(to: composed.second) < 1e-6)
    if let master = fused.master, let expected = composed.master { #expect(master.distance(to: expected) < 1e-6) }
    #expect(fused.weight.distance(to: start) > 0.001)
  }

  @Test("Five steps as PyTorch takes them", arguments: ["adamw", "adamw-betas"])
  func golden(name: String) throws {
    let file = try SafetensorsFile(Goldens.url("layers/optimizers.safetensors"))
    let other = name == "adamw-betas"
    for key in ["matrix", "vector", "cube"] {
      let path = try #require(file.tensor("\(name).\(key)"))
      let gradients = try #require(file.tensor("gradients.\(key)"))
      let weight = path.selected(0, 0).copied
      let (first, second) = (weight.filled(with: 0), weight.filled(with: 0))
      for step in 1...5 {
        weight.adamWStep(
          master: nil, gradient: gradients.selected(0, step - 1), firstMoment: first, secondMoment: second,
          rate: other ? 3e-3 : 1e-2, beta1: other ? 0.8 : 0.9, beta2: other ? 0.95 : 0.999,
          epsilon: other ? 1e-6 : 1e-8, decay: other ? 0.1 : 0.01, step: step, gradientScale: 1)
        #expect(weight.distance(to: path.selected(0, step)) < 1e-6)
      }
    }
  }
}
