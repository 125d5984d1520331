import Foundation
import OrchardLayers

extension ModelSummary {
  /// What is known of the folder's architecture: a model of it without memory.
  enum Subject {
    case writer(any LanguageModel, isBare: Bool)
    case encoder(EncoderFolder, any TextEncoder, isDescribed: Bool)
    case unknown

    init(_ configuration: ModelConfiguration, _ folder: URL, _ checkpoint: CheckpointFolder) throws {
      let name = try configuration.architecture
      if Architecture.all.contains(where: { $0.name == name }) {
        let model = try Architecture.model(configuration)
        let prefix = model.checkpointKeys.prefix
        self = .writer(model, isBare: !checkpoint.names.contains { $0.hasPrefix(prefix) })
      } else if EncoderArchitecture.named(name) != nil {
        let encoder = try EncoderFolder(folder)
        let isDescribed = try SentenceFolder(folder).isDescribed
        self = .encoder(encoder, try encoder.architecture.make(configuration), isDescribed: isDescribed)
      } else {
        self = .unknown
      }
    }

    /// The part that a tensor of the checkpoint belongs to; nil for one that is no weight, or is kept twice.
    func part(of name: String) -> Part? {
      switch self {
      case .unknown: return .other
      case .writer(let model, let isBare):
        let keys = model.checkpointKeys
        if keys.isSurplus(name) || keys.aliases.values.contains(where: { $0.contains(name) }) && isKnown(name, model) {
          return nil
        }
        let whole = keys.path(for: name)
        return Part(path: whole == name && isBare ? keys.path(for: keys.prefix + name) : whole)
      case .encoder(let folder, let encoder, _):
        let start = folder.architecture.prefix + "."
        let own = name.hasPrefix(start) ? String(name.dropFirst(start.count)) : name
        if encoder.checkpointKeys.isSurplus(own) { return nil }
        let path = encoder.checkpointKeys.path(for: own)
        return path == own ? .head : Part(path: path)
      }
    }

    /// Whether the weight has a path of its own, so that an alias is only a second name of another.
    private func isKnown(_ name: String, _ model: any LanguageModel) -> Bool {
      let paths = Set(model.namedParameters.map(\.path))
      return !paths.contains(model.checkpointKeys.path(for: name))
    }

    func describe(_ summary: inout ModelSummary) {
      switch self {
      case .unknown: return
      case .writer(let model, _):
        let properties = model.properties
        summary.kind = properties.kind.rawValue
        summary.contextLength = properties.contextLength
        summary.vocabularySize = properties.vocabularySize
        summary.width = properties.width
        summary.layerCount = Self.layers(of: model)
        summary.isTied = model.namedParameters.contains {
          $0.parameter === model.head.weight && !$0.path.hasPrefix("output")
        }
        summary.uses = [.generate] + (summary.hasChatTemplate ? [.chat] : []) + [.score]
        if properties.kind == .decoderOnly { summary.uses.append(.embed) }
        summary.uses.append(.fineTune)
      case .encoder(let folder, let encoder, let isDescribed):
        let properties = encoder.properties
        summary.kind = "encoder"
        summary.contextLength = properties.contextLength
        summary.vocabularySize = properties.vocabularySize
        summary.width = properties.width
        summary.layerCount = Self.layers(of: encoder)
        switch folder.head {
        case .classification where !isDescribed: summary.uses = [.classify, .embed]
        case .maskedLanguageModel: summary.uses = [.embed, .fillMasks]
        default: summary.uses = [.embed]
        }
      }
    }

    private static func layers(of module: any Module) -> Int {
      let places = module.namedParameters.compactMap { entry -> Substring? in
        guard let layers = entry.path.range(of: "layers.") else { return nil }
        let end = entry.path[layers.upperBound...].firstIndex(of: ".") ?? entry.path.endIndex
        return entry.path[..<end]
      }
      return Set(places).count
    }
  }
}

extension ModelSummary.Part {
  /// The part by the words of a weight's path.
  init(path: String) {
    let words = path.split(separator: ".").map { $0.lowercased() }
    func has(_ parts: String...) -> Bool { words.contains { word in parts.contains { word.contains($0) } } }
    if has("norm") {
      self = .norms
    } else if has("embedding", "positions", "words", "types") {
      self = .embedding
    } else if has("attention", "source") {
      self = .attention
    } else if has("feedforward") {
      self = .feedForward
    } else if has("output", "head", "pooler", "classifier", "logitbias") {
      self = .head
    } else {
      self = .other
    }
  }
}
