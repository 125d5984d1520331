import Foundation
import OrchardAdapters
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite struct AdapterCombinationTests {
  private static let folder = Goldens.url("combinations")
  private static let parts = [
    AdapterCombination.Part(folder.appending(path: "first"), weight: 0.7),
    AdapterCombination.Part(folder.appending(path: "second"), weight: -0.4),
  ]

  private func combined(_ method: CombinationMethod, density: Double = 1) throws -> (TemporaryFolder, SafetensorsFile) {
    let scratch = try TemporaryFolder()
    let target = scratch.url.appending(path: "both")
    try AdapterCombination(Self.parts, method: method, density: density).write(to: target)
    return (scratch, try AdapterFolder.weights(in: target))
  }

  private func product(_ file: SafetensorsFile, _ layer: String) throws -> Tensor {
    let up = try #require(file.tensor("\(layer).lora_B.weight"))
    return up.to(.float32).matmul(try #require(file.tensor("\(layer).lora_A.weight")).to(.float32))
  }

  private func layers(_ file: SafetensorsFile) -> [String] {
    file.entries.keys.filter { $0.hasSuffix(".lora_A.weight") }.map { String($0.dropLast(14)) }.sorted()
  }

  /// What a layer's matrices do is compared, scale and all: peft spreads scale and sign over them as it likes.
  @Test("The product is peft's", arguments: [("sum", 1.0), ("linear", 1.0), ("ties", 0.5)])
  func peft(method: String, density: Double) throws {
    let method = try #require(CombinationMethod(rawValue: method))
    let (scratch, file) = try combined(method, density: density)
    let golden = try SafetensorsFile(Self.folder.appending(path: "\(method.rawValue).safetensors"))
    #expect(layers(file) == layers(golden))
    for layer in layers(golden) {
      let (ours, theirs) = (try product(file, layer), try product(golden, layer))
      #expect((ours - theirs).absolute.reshaped([-1]).maximum(along: 0).scalar < 1e-6)
    }
    withExtendedLifetime(scratch) {}
  }

  @Test func theSumIsWhatBothDo() throws {
    let (scratch, _) = try combined(.sum)
    let model = try ModelFolder.load(Goldens.url("models/t5-v1_1"))
    let batch = TokenBatch(source: TokenRows([[5, 9, 20, 1]]), target: TokenRows([[0, 7, 12]]))
    let plain = model.logits(batch)
    let adapter = try AdapterFolder.read(scratch.url.appending(path: "both"), on: model, base: nil)
    #expect((model.logits(batch) - plain).absolute.reshaped([-1]).maximum(along: 0).scalar > 1e-3)
    // The layers' own sums: x·(0.7·s₁·A₁ᵀB₁ᵀ - 0.4·s₂·A₂ᵀB₂ᵀ), s₁ = 8/4, s₂ = 6/√4.
    let file = try AdapterFolder.weights(in: scratch.url.appending(path: "both"))
    let files = try Self.parts.map { try AdapterFolder.weights(in: $0.folder) }
    for layer in layers(file) {
      let wanted = try product(files[0], layer) * (0.7 * 2) - product(files[1], layer) * (0.4 * 3)
      #expect((try product(file, layer) - wanted).absolute.reshaped([-1]).maximum(along: 0).scalar < 1e-6)
    }
    adapter.detach()
  }

  @Test func whatIsDrawnKeepsTheMean() {
    let matrix = Tensor.full([400, 100], 2)
    Engine.seed(3)
    let drawn = CombinationMethod.dareLinear.combined([matrix], [1], density: 0.25)
    #expect(abs(drawn.reshaped([-1]).mean(along: 0).scalar - 2) < 0.05)
    let values = Set(drawn.floats)
    #expect(values == [0, 8])
    let (a, b) = (Tensor([1, 2, -3] as [Float]), Tensor([1, -1, 1] as [Float]))
    let agreed = CombinationMethod.dareTies.combined([a, b], [1, 1], density: 1)
    #expect(agreed.floats == [1, 2, -3])
  }

  @Test func whatCannotBeCombinedIsTold() throws {
    func problem(_ folders: [URL], _ method: CombinationMethod = .sum) throws -> String {
      let scratch = try TemporaryFolder()
      let error = #expect(throws: AdapterError.self) {
        try AdapterCombination(folders.map { AdapterCombination.Part($0, weight: 1) }, method: method)
          .write(to: scratch.url.appending(path: "x"))
      }
      return try #require(error).description
    }
    let first = Self.parts[0].folder
    #expect(try problem([first]).contains("name two or more"))
    #expect(try problem([first, Goldens.url("adapters/t5-v1_1-ia3")]).contains("of the kind IA3"))
    #expect(try problem([first, Goldens.url("adapters/t5-v1_1-dora")]).contains("(DoRA)"))
    let other = Goldens.url("adapters/t5-v1_1-lora-patterns")
    #expect(try problem([first, other], .linear).contains("only the method sum takes different ranks"))
  }
}
