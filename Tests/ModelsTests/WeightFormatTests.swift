import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("Models in 8 and 4 bits")
struct WeightFormatTests {
  @Test("Logits stay near those of fp32", arguments: GoldenModel.all)
  func logits(golden: GoldenModel) throws {
    let plain = try golden.load()
    let folder = Goldens.url("models/\(golden.name)")
    let batch = try golden.values().batch(for: plain)
    try withoutGradients {
      let exact = plain.logits(batch)
      func error(_ bits: CompactForm) throws -> Double {
        let model = try ModelFolder.load(folder, .quantized(bits))
        #expect(model.dtype == .float32)
        let difference = model.logits(batch) - exact
        return (difference * difference).mean.scalar / (exact * exact).mean.scalar
      }
      // Relative squared errors; random weights of large norms are the worst that one can ask for.
      let eight = try error(.eight)
      let four = try error(.four)
      let levels = try error(.normalFloat)
      #expect(eight < 0.03)
      #expect(four < 0.5)
      #expect(levels < 0.5)
      #expect(eight < four && eight < levels)
    }
  }

  @Test(
    "A quantised model decodes as it reads at once", arguments: ["llama-grouped", "t5-v1_1"],
    [CompactForm.eight, .normalFloat])
  func decoding(name: String, form: CompactForm) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"), .quantized(form))
    withoutGradients {
      let prompts = [[5, 9, 14, 3], [7, 8]]
      let (state, first) = model.begin(prompts)
      _ = model.next(after: first, in: state)
      let next = model.next(after: [[11], [12]], in: state)
      let (other, start) = model.begin(prompts)
      let whole = model.next(after: [start[0] + [11], start[1] + [12]], in: other)
      #expect((next - whole).absolute.reshaped([-1]).maximum(along: 0).scalar < 1e-2)
    }
  }

  @Test("Fewer bytes; other devices are refused")
  func bytes() throws {
    let folder = Goldens.url("models/llama-scaled")
    func bytes(_ format: WeightFormat) throws -> Int {
      try ModelFolder.load(folder, format).parameters.reduce(0) { $0 + $1.byteCount }
    }
    #expect(try bytes(.quantized(.eight)) < bytes(.plain(.float32)))
    #expect(try bytes(.quantized(.four)) < bytes(.quantized(.eight)))
    #expect(try bytes(.quantized(.normalFloat)) < bytes(.quantized(.four)))
  }
}
