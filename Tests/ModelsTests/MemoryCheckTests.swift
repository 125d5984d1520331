import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("Too little memory")
struct MemoryCheckTests {
  private func message(_ dtype: DType?, available: Int) throws -> String {
    let error = #expect(throws: ModelError.self) {
      try MemoryCheck.$available.withValue(available) {
        try ModelFolder.load(Goldens.url("models/llama-grouped"), dtype: dtype)
      }
    }
    return try #require(error).description
  }

  @Test("is told before anything is loaded, with the numbers and the ways out")
  func refused() throws {
    let bytes = 4 * (try ModelFolder.load(Goldens.url("models/llama-grouped")).parameterCount)
    let text = try message(.float32, available: bytes - 1)
    #expect(text.contains("the weights need 0.1 MB in float32, but 0.1 MB of memory are available here"), "\(text)")
    #expect(text.contains("load them in bf16, where they need 0.0 MB"))
    #expect(text.contains("ORCHARD_IGNORE_MEMORY=1"))
    let narrow = try message(.bfloat16, available: 1000)
    #expect(!narrow.contains("load them in bf16"))
    #expect(try message(nil, available: 1000).contains("the weights need 0.1 MB, but 0.0 MB"))
  }

  @Test("Weights that just fit are loaded")
  func fits() throws {
    let bytes = 4 * (try ModelFolder.load(Goldens.url("models/llama-grouped")).parameterCount)
    try MemoryCheck.$available.withValue(bytes) {
      _ = try ModelFolder.load(Goldens.url("models/llama-grouped"))
    }
  }
}
