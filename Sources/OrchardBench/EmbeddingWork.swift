import Foundation
import OrchardEncoders
import OrchardTensors

extension OrchardBench {
  /// The lines of a sentence encoder's `texts.txt` to embeddings, in batches of 32.
  ///
  /// One unit is a text.
  static func embedding(checkpoint: URL, precision: String) throws -> () throws -> Int {
    guard let dtype = ["fp32": DType.float32, "bf16": DType.bfloat16][precision] else {
      throw EngineError("unknown type of numbers “\(precision)”; use fp32 or bf16")
    }
    let embedder = try TextEmbedder(folder: checkpoint, dtype: dtype)
    let texts = try lines(of: checkpoint.appending(path: "texts.txt"))
    return { try embedder.embed(texts, batchSize: 32).count }
  }
}
