import Foundation
import OrchardModels
import OrchardSettings
import OrchardTensors

/// A digest of the model that an adapter belongs to: of its weights' names, shapes, and a sample of their numbers.
///
/// The sample makes it quick for any size, and another fine-tuning of the same model changes it.
public enum BaseDigest {
  /// Its name in the metadata of an adapter's file.
  public static let key = "base_digest"

  /// The digest of a model's folder, 16 hexadecimal digits.
  ///
  /// - Throws: what is wrong with the folder.
  public static func of(_ folder: URL) throws -> String {
    let checkpoint = try CheckpointFolder(folder)
    var digest = SHA256()
    for name in checkpoint.names.sorted() {
      guard let tensor = checkpoint.tensor(name) else { continue }
      digest.update(Array("\(name)\(tensor.shape)".utf8))
      let count = tensor.shape.reduce(1, *)
      guard count > 0 else { continue }
      let places = (0..<min(count, 16)).map { $0 * (count - 1) / max(1, min(count, 16) - 1) }
      let sample = tensor.reshaped([-1]).indexed(0, by: Tensor(places, on: .cpu)).to(.float32).floats
      digest.update(sample.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
    }
    return String(digest.hex().prefix(16))
  }

  /// Refuses an adapter whose file says that it belongs to another model.
  static func check(_ file: SafetensorsFile, of folder: URL, on base: URL) throws {
    guard let wanted = file.metadata[key] else { return }
    let found = try of(base)
    guard wanted == found else {
      throw AdapterError(
        "\(folder.path): the adapter was trained beside another model (its digest is \(wanted), that of \(base.path) is "
          + "\(found)); take the model it belongs to, or --any-base where this is the same one in other numbers")
    }
  }
}
