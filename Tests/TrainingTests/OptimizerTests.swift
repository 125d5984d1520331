import Foundation
import OrchardJSON
import OrchardLayers
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

@Suite("Optimisers against PyTorch and transformers")
struct OptimizerTests {
  static func settings(_ name: String) -> any OptimizerSettings {
    var adamw = AdamWSettings()
    adamw.decayVectors = true
    var adafactor = AdafactorSettings()
    switch name {
    case "adamw":
      (adamw.learningRate, adamw.weightDecay) = (1e-2, 0.01)
      return adamw
    case "adamw-betas":
      (adamw.learningRate, adamw.beta1, adamw.beta2) = (3e-3, 0.8, 0.95)
      (adamw.epsilon, adamw.weightDecay) = (1e-6, 0.1)
      return adamw
    case "adafactor-external": adafactor.learningRate = 1e-2
    case "adafactor-relative", "adafactor-warmup":
      (adafactor.learningRate, adafactor.relativeStep, adafactor.scaleParameter) = (1, true, true)
      adafactor.warmupInit = name == "adafactor-warmup"
    default:
      (adafactor.learningRate, adafactor.scaleParameter, adafactor.beta1) = (1e-2, true, 0.9)
      (adafactor.weightDecay, adafactor.clipThreshold, adafactor.decayRate) = (0.1, 0.7, -0.6)
    }
    return adafactor
  }

  @Test(
    "Weights over five steps",
    arguments: [
      "adamw", "adamw-betas", "adafactor-external", "adafactor-relative", "adafactor-warmup", "adafactor-momentum",
    ])
  func trajectory(name: String) throws {
    let file = try SafetensorsFile(Goldens.url("layers/optimizers.safetensors"))
    let parameters = try ["matrix", "vector", "cube"].map { key in
      let start = try #require(file.tensor("start.\(key)"))
      let parameter = Parameter(start.shape, start: .constant(0))
      parameter.load(start.copied)
      return OptimizedParameter(name: key, parameter: parameter)
    }
    let optimizer = Self.settings(name).make(parameters)
    for step in 0..<5 {
      for entry in parameters {
        let gradients = try #require(file.tensor("gradients.\(entry.name)"))
        entry.parameter.tensor.setGradient(gradients.selected(0, step))
      }
      optimizer.step(rate: 1, gradientScale: 1)
      for entry in parameters {
        let expected = try #require(file.tensor("\(name).\(entry.name)")).selected(0, step + 1)
        let difference = (entry.parameter.tensor - expected).absolute.reshaped([-1]).maximum(along: 0).scalar
        #expect(difference < 2e-6, "\(entry.name), step \(step + 1): \(difference)")
      }
    }
  }

  @Test("A restored state goes on as if it had never been saved", arguments: ["adamw", "adafactor-momentum"])
  func restoring(name: String) throws {
    func parameter() -> OptimizedParameter {
      let parameter = Parameter([3, 4], start: .constant(0))
      parameter.load(Tensor((0..<12).map { Float($0) / 7 }, shape: [3, 4]))
      return OptimizedParameter(name: "w", parameter: parameter)
    }
    func step(_ optimizer: any Optimizer, _ entry: OptimizedParameter, _ number: Int) {
      entry.parameter.tensor.setGradient(Tensor((0..<12).map { Float($0 * number) / 5 - 1 }, shape: [3, 4]))
      optimizer.step(rate: 1, gradientScale: 0.5)
    }
    let (a, b) = (parameter(), parameter())
    let first = Self.settings(name).make([a])
    for number in 1...3 { step(first, a, number) }
    let second = Self.settings(name).make([b])
    b.parameter.tensor.assign(a.parameter.tensor)
    let saved = Dictionary(uniqueKeysWithValues: first.state.map { ($0.name, $0.tensor.copied) })
    try second.restore(steps: first.steps) { saved[$0] }
    step(first, a, 4)
    step(second, b, 4)
    #expect(a.parameter.tensor.floats == b.parameter.tensor.floats)
    #expect(throws: TrainingError.self) { try second.restore(steps: 1) { _ in nil } }
  }

  @Test("Schedules against transformers")
  func schedules() throws {
    let data = try Data(contentsOf: Goldens.url("layers/schedules.json"))
    for entry in try #require(try JSONValue(parsing: data).array) {
      var settings = ScheduleSettings()
      settings.shape = try #require(ScheduleShape(rawValue: entry["schedule"]?.string ?? ""))
      settings.warmupSteps = entry["warmup_steps"]?.int
      let total = try #require(entry["total_steps"]?.int)
      // Behind the end, where no run goes, the reference's cosine rises again.
      for (step, factor) in (entry["factors"]?.array ?? []).prefix(total + 1).enumerated() {
        #expect(abs(settings.factor(at: Double(step), of: total) - (factor.double ?? .nan)) < 1e-9)
      }
    }
  }
}
