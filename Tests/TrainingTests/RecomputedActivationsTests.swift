import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

@Suite("Activations that are computed again in the backward pass")
struct RecomputedActivationsTests {
  @Test("The work is done twice, with the same random numbers, and every input and weight gets its gradient")
  func work() throws {
    func gradients(_ isOn: Bool) -> (numbers: [[Float]], count: Int, next: [Float]) {
      Engine.seed(7)
      let (a, b, weight) = (Tensor.uniform([3, 4]), Tensor.uniform([4]), Tensor.uniform([4, 4]))
      for tensor in [b, weight] { tensor.setRequiresGradient(true) }
      var count = 0
      let made = Tensor.recomputed([a, b], if: isOn) { inputs in
        count += 1
        return ((inputs[0] * inputs[1]).matmul(weight) + Tensor.uniform([3, 4])).tanh.dropout(0.5)
      }
      // What is drawn behind it is the same, and drawing between the passes changes nothing.
      let next = Tensor.uniform([2]).floats
      (made * made).sum.backward()
      return (
        [made.floats, b.gradient?.floats ?? [], weight.gradient?.floats ?? []], count, next + Tensor.uniform([2]).floats
      )
    }
    let (kept, again) = (gradients(false), gradients(true))
    #expect(kept.numbers == again.numbers && kept.next == again.next)
    #expect(kept.count == 1 && again.count == 2)
    #expect(kept.numbers.allSatisfy { !$0.isEmpty })
    // Without gradients there is nothing to do again.
    var count = 0
    _ = withoutGradients {
      Tensor.recomputed([.ones([2])]) {
        count += 1
        return $0[0]
      }
    }
    #expect(count == 1)
  }

  @Test(
    "A run has the same losses",
    arguments: ["t5-v1_1", "bart", "llama-grouped", "gpt2"], [false, true])
  func runs(model name: String, adapts: Bool) throws {
    let fixture = try TrainingFixture()
    // The golden models have no dropout; here it is at work, and must fall on the same numbers both times.
    let place = try TemporaryFolder()
    let folder = place.url.appending(path: "model")
    try FileManager.default.copyItem(at: Goldens.url("models/\(name)"), to: folder)
    let file = folder.appending(path: "config.json")
    var config = try String(contentsOf: file, encoding: .utf8)
    for key in ["dropout_rate", "dropout", "attention_dropout", "resid_pdrop", "attn_pdrop", "embd_pdrop"] {
      config = config.replacingOccurrences(of: "\"\(key)\": 0.0", with: "\"\(key)\": 0.2")
    }
    try config.write(to: file, atomically: true, encoding: .utf8)
    func losses(_ isOn: Bool) throws -> [Double] {
      var recipe = fixture.recipe(name, output: isOn ? "again" : "kept")
      recipe.model.folder = folder.path
      recipe.recomputeActivations = isOn
      recipe.rendering.maximumTokens = 32
      if adapts {
        var lora = LoRASettings()
        (lora.rank, lora.dropout) = (2, 0.1)
        recipe.adapter = AdapterChoice(lora)
      }
      return try TrainingFixture.losses(TrainingRun(recipe))
    }
    let (kept, again) = (try losses(false), try losses(true))
    // Forward the same numbers; gradients are summed in another order.
    #expect(kept[0] == again[0] && kept.count == again.count)
    for (one, other) in zip(kept, again) { #expect(abs(one - other) < 2e-5 * one, "\(kept) \(again)") }
  }

  @Test("A step keeps far less between its passes", arguments: ["t5-v1_1", "llama-grouped"])
  func memory(model name: String) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"), dtype: .float32)
    model.setGradients(true)
    let rows = TokenRows(
      ids: Tensor((0..<512).map { 3 + $0 % 40 }, shape: [8, 64], on: .cpu), lengths: Array(repeating: 64, count: 8))
    let batch = TokenBatch(source: name.hasPrefix("t5") ? rows : nil, target: rows)
    func kept(_ isOn: Bool) -> Int {
      model.recomputesActivations = isOn
      var hidden: Tensor?
      let levels = MemoryMeter.levels { hidden = model.hidden(batch, mode: .training) }
      withExtendedLifetime(hidden) {}
      return levels.last ?? 0
    }
    _ = (kept(false), kept(true))
    #expect(Double(kept(true)) < 0.4 * Double(kept(false)))
  }
}
