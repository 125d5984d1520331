import Foundation

/// Which files of a model are fetched.
public struct HubSelection: Sendable {
  /// Patterns of wanted files (`*.json`; `*` also takes slashes); empty for what Orchard can use.
  public var include: [String]
  /// Patterns of files that are left out.
  public var exclude: [String]

  /// A selection; with no patterns it is what Orchard can use.
  public init(include: [String] = [], exclude: [String] = []) {
    self.include = include
    self.exclude = exclude
  }

  /// Weights in other formats than safetensors, and other programs' copies of a model.
  private static let foreign = [
    "*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.h5", "*.msgpack", "*.ot", "*.onnx", "*.onnx_data", "*.gguf",
    "*.ggml",
    "*.tflite", "*.mlmodel", "*.npz", "*.zip", "*.tar.gz", "onnx/*", "openvino/*", "coreml/*", "original/*",
    "runs/*",
  ]

  /// The wanted ones among a model's files.
  ///
  /// - Throws: `HubError` where nothing fits, or where the model has no safetensors to fetch.
  func files(of listing: HubListing, named name: HubName) throws -> [HubFile] {
    let asked = include.isEmpty ? listing.files : listing.files.filter { Self.fits($0.path, include) }
    let wanted = asked.filter { !Self.fits($0.path, exclude) && !(include.isEmpty && Self.fits($0.path, Self.foreign)) }
    if wanted.isEmpty {
      let names = listing.files.prefix(8).map(\.path).joined(separator: ", ")
      throw HubError(
        "\(name): no file fits the patterns; the model holds \(names)\(listing.files.count > 8 ? " …" : "")")
    }
    if include.isEmpty, let foreign = foreignWeights(listing.files) {
      throw HubError(
        "\(name): its weights are only there as \(foreign), which is not read here; look for a safetensors branch "
          + "(@refs/convert/safetensors of many models), or fetch them by --include and convert them")
    }
    return wanted
  }

  /// The name of weights in another format where there are no safetensors beside them.
  private func foreignWeights(_ files: [HubFile]) -> String? {
    if files.contains(where: { $0.path.hasSuffix(".safetensors") }) { return nil }
    let patterns = ["*pytorch_model*.bin", "*.gguf", "*.h5", "*.msgpack", "*.pth", "*.pt"]
    return files.first { Self.fits($0.path, patterns) }?.path
  }

  private static func fits(_ path: String, _ patterns: [String]) -> Bool {
    patterns.contains { fnmatch($0, path, 0) == 0 }
  }
}
