import Foundation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

/// Random text encoders that transformers wrote, with what it computed from them.
struct GoldenEncoder: CustomStringConvertible, Sendable {
  let name: String
  var description: String { name }

  static let headed = [
    "bert-masked", "bert-labels", "roberta-masked", "roberta-number", "distilbert-masked", "distilbert-several",
  ].map(GoldenEncoder.init)
  static let bare = ["bert-bare", "xlm-roberta-bare"].map(GoldenEncoder.init)

  var folder: URL { Goldens.url("encoders/\(name)") }

  func values() throws -> GoldenValues {
    GoldenValues(file: try SafetensorsFile(Goldens.url("encoders/\(name).safetensors")))
  }
}

/// A model with a head, whichever it is.
struct HeadedEncoder {
  let model: any CheckpointModule

  init(_ golden: GoldenEncoder) throws { model = try EncoderFolder(golden.folder).model() }

  func logits(_ batch: EncoderBatch, mode: ForwardMode = .inference) throws -> Tensor {
    if let masked = model as? MaskedLanguageModel { return masked.logits(batch.rows, types: batch.types, mode: mode) }
    let classifier = try #require(model as? EncoderClassifier)
    return classifier.logits(batch.rows, types: batch.types, mode: mode)
  }

  /// The loss that transformers computes with such a head.
  func loss(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    switch (model as? EncoderClassifier)?.problem {
    case .regression:
      let error = logits.squeezed(1) - labels
      return (error * error).mean
    case .multiLabel:
      // -y·log σ(x) - (1-y)·log(1-σ(x)), written so that nothing overflows.
      let soft = ((logits.absolute * -1).exponential + 1).logarithm
      return (logits.relu - logits * labels + soft).mean
    case .singleLabel, nil:
      let count = (labels .!= -100.0).to(.float32).sum
      return logits.reshaped([-1, logits.size(-1)]).crossEntropySum(targets: labels.reshaped([-1])) / count
    }
  }
}

/// What an encoder reads.
struct EncoderBatch {
  var rows: TokenRows
  var types: Tensor?

  init(_ values: GoldenValues) throws {
    rows = TokenRows(
      ids: try values["input_ids"], lengths: try values["attention_mask"].sum(along: 1).integers)
    types = values.file.tensor("token_type_ids")
  }

  /// One row without its padding.
  func row(_ index: Int) -> EncoderBatch {
    var batch = self
    let length = rows.lengths[index]
    func cut(_ tensor: Tensor) -> Tensor { tensor.sliced(0, index..<index + 1).sliced(1, 0..<length) }
    batch.rows = TokenRows(ids: cut(rows.ids), lengths: [length])
    batch.types = types.map(cut)
    return batch
  }
}

@Suite("Text encoders against transformers")
struct GoldenEncoderTests {
  private func greatest(_ difference: Tensor) -> Double {
    difference.absolute.reshaped([-1]).maximum(along: 0).scalar
  }

  @Test("Logits of a padded batch, row by row, and of each row alone", arguments: GoldenEncoder.headed, [true, false])
  func logits(golden: GoldenEncoder, recording: Bool) throws {
    let model = try HeadedEncoder(golden)
    let values = try golden.values()
    let batch = try EncoderBatch(values)
    // Without gradients the fused layers are at work, with them the single ones.
    let compute = { (batch: EncoderBatch) in
      try recording ? withGradients { try model.logits(batch) } : withoutGradients { try model.logits(batch) }
    }
    let together = try compute(batch)
    for row in 0..<batch.rows.lengths.count {
      func own(_ logits: Tensor) -> Tensor {
        let logits = logits.sliced(0, row..<row + 1)
        return logits.rank == 3 ? logits.sliced(1, 0..<batch.rows.lengths[row]) : logits
      }
      #expect(greatest(own(together) - own(try values["logits"])) < 1e-4)
      #expect(greatest(try compute(batch.row(row)) - own(together)) < 1e-4)
    }
  }

  @Test("Hidden states of a bare encoder", arguments: GoldenEncoder.bare)
  func hidden(golden: GoldenEncoder) throws {
    let encoder = try EncoderFolder(golden.folder).encoder()
    let values = try golden.values()
    let batch = try EncoderBatch(values)
    let hidden = withoutGradients { encoder.hidden(batch.rows, types: batch.types, mode: .inference) }
    for (row, length) in batch.rows.lengths.enumerated() {
      func own(_ states: Tensor) -> Tensor { states.selected(0, row).sliced(0, 0..<length) }
      #expect(greatest(own(hidden) - own(try values["hidden"])) < 1e-4)
    }
  }

  @Test("Every gradient", arguments: GoldenEncoder.headed)
  func gradients(golden: GoldenEncoder) throws {
    let headed = try HeadedEncoder(golden)
    let values = try golden.values()
    headed.model.setGradients(true)
    headed.loss(try headed.logits(EncoderBatch(values), mode: .training), try values["labels"]).backward()
    for (path, parameter) in headed.model.namedParameters {
      let key = headed.model.checkpointKeys.key(for: path)
      // A tied matrix stands in the reference under the name of the embedding.
      guard let expected = values.file.tensor("gradient." + key) else {
        #expect(headed.model.parameters.contains { $0 === parameter })
        #expect(key.contains("decoder") || key.contains("projector"), "\(key) has no golden")
        continue
      }
      let gradient = try #require(parameter.tensor.gradient, "\(key) has no gradient")
      let scale = greatest(expected)
      #expect(greatest(gradient - expected) <= 1e-3 * scale + 1e-6, "\(key)")
    }
  }

  @Test("Ten steps of AdamW", arguments: GoldenEncoder.headed)
  func training(golden: GoldenEncoder) throws {
    let headed = try HeadedEncoder(golden)
    let values = try golden.values()
    let json = try JSONValue(parsing: Data(contentsOf: Goldens.url("encoders/\(golden.name).json")))
    let expected = try #require(json["adamw_losses"]?.array).compactMap(\.double)
    headed.model.own()
    headed.model.setGradients(true)
    let weights = headed.model.parameters
    var moments = weights.map { (Tensor.zeros($0.shape), Tensor.zeros($0.shape)) }
    for step in 1...10 {
      let loss = headed.loss(try headed.logits(EncoderBatch(values), mode: .training), try values["labels"])
      #expect(abs(loss.scalar - expected[step - 1]) < 1e-4 * max(1, expected[step - 1]), "step \(step)")
      loss.backward()
      for (index, weight) in weights.enumerated() {
        guard let gradient = weight.tensor.gradient else { continue }
        moments[index].0 = moments[index].0 * 0.9 + gradient * 0.1
        moments[index].1 = moments[index].1 * 0.999 + gradient * gradient * 0.001
        let first = moments[index].0 / (1 - pow(0.9, Double(step)))
        let second = moments[index].1 / (1 - pow(0.999, Double(step)))
        let stepped = withoutGradients {
          weight.tensor.detached * (1 - 1e-3 * 0.01) - first / (second.squareRoot + 1e-8) * 1e-3
        }
        weight.load(stepped)
      }
    }
  }

  @Test("What is saved has the reference's names and numbers", arguments: GoldenEncoder.headed + GoldenEncoder.bare)
  func roundTrip(golden: GoldenEncoder) throws {
    let folder = try TemporaryFolder()
    let encoder = try EncoderFolder(golden.folder)
    try ModelFolder.save(encoder.model(), configuration: encoder.configuration, to: folder.url)
    let (saved, reference) = (try CheckpointFolder(folder.url), try CheckpointFolder(golden.folder))
    #expect(saved.names == reference.names)
    for name in reference.names {
      let (a, b) = (try #require(saved.tensor(name)), try #require(reference.tensor(name)))
      #expect(a.shape == b.shape && a.floats == b.floats, "\(name)")
    }
  }
}
