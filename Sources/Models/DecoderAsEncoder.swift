import Foundation
import OrchardLayers
import OrchardTensors

/// A decoder whose states are used as an encoder's: what embedding models made of language models are.
final class DecoderAsEncoder: TextEncoder {
  let model: any LanguageModel

  /// Loads a decoder.
  ///
  /// - Throws: `ModelError` where it is an encoder-decoder, or the file with what is wrong with it.
  init(_ folder: URL, _ configuration: ModelConfiguration, dtype: DType?, on device: Device) throws {
    model = try Architecture.model(configuration)
    guard model.properties.kind == .decoderOnly else {
      throw ModelError(
        "\(configuration.source): a \(model.properties.architecture) is an encoder-decoder; embeddings are made with a "
          + "text encoder or a decoder")
    }
    try model.load(CheckpointFolder(folder), dtype: dtype, on: device)
  }

  var properties: EncoderProperties { EncoderProperties(model.properties) }
  var checkpointKeys: CheckpointKeys { model.checkpointKeys }
  var device: Device { model.device }
  var dtype: DType { model.dtype }

  /// Padding stands on the right, where a causal mask hides it.
  func hidden(_ rows: TokenRows, types: Tensor?, mode: ForwardMode) -> Tensor {
    model.hidden(TokenBatch(target: rows), mode: mode)
  }
}
