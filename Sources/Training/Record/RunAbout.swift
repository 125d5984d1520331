import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors

/// What a run is and how it stands: the file `about.json` of its folder.
public struct RunAbout: Sendable {
  /// The names and values.
  public private(set) var json: JSONObject

  init(_ json: JSONObject) { self.json = json }

  /// Reads a run's file; nil where there is none that can be read.
  public init?(reading url: URL) {
    guard let data = FileManager.default.contents(atPath: url.path),
      let object = (try? JSONValue(parsing: data))?.object
    else { return nil }
    json = object
  }

  /// How the run stands: a process that is gone without having said so is lost.
  public var status: RunStatus {
    let told = json["status"]?.string.flatMap(RunStatus.init) ?? .lost
    guard told == .running, json["machine"]?["host"]?.string == ProcessInfo.processInfo.hostName,
      let process = json["process"]?.int.flatMap({ Int32(exactly: $0) }), process > 0
    else { return told }
    return kill(process, 0) == 0 || errno == EPERM ? .running : .lost
  }

  /// When the run began, in seconds since 1970.
  public var begun: Double? { json["begun"]?.double }
  /// Seconds that the run has taken, all its parts together.
  public var seconds: Double? { json["seconds"]?.double }
  /// Steps of the whole run.
  public var totalSteps: Int? { json["total_steps"]?.int }
  /// The most memory that a process of the run has held at one time, in bytes.
  public var peakMemory: Int? { json["peak_memory_bytes"]?.int }
  /// Why the run failed.
  public var reason: String? { json["reason"]?.string }

  /// Puts a value under a name.
  mutating func set(_ name: String, _ value: JSONValue) { json[name] = value }

  /// Writes the file.
  func write(to url: URL) throws { try AtomicFile.write(JSONValue.object(json).prettyText + "\n", to: url) }
}

extension RunAbout {
  /// What is known of a run when it is set up.
  init(
    _ runRecipe: any RunRecipe, _ trained: TrainedModel, _ data: PreparedData, _ objective: any Objective,
    trainable: Int, totalSteps: Int, on device: Device
  ) {
    let recipe = runRecipe.training
    var facts: [(String, JSONValue)] = [
      ("version", 1), ("orchard", .string(Release.version)), ("status", .string(RunStatus.running.rawValue)),
      ("process", .integer(Int(getpid()))), ("begun", .number(Date().timeIntervalSince1970)),
      ("total_steps", .integer(totalSteps)),
      ("method", ["name": .string(runRecipe.method.name), "unit": .string(objective.unit)]),
      (
        "model",
        [
          "folder": .string(recipe.model.folder), "from_nothing": .bool(recipe.model.fromNothing),
          "architecture": .string((try? trained.configuration.architecture) ?? ""),
          "parameters": .integer(trained.model.parameterCount), "trainable_parameters": .integer(trainable),
          "dtype": .string(recipe.dtype.rawValue),
        ]
      ),
      (
        "data",
        ["hash": .string(data.hash), "files": .array(data.files.map(\.json)), "rendering": data.training.report.json]
      ),
      (
        "template",
        [
          "name": .string(data.template?.name ?? Self.words(recipe)), "hash": .string(data.training.templateHash),
        ]
      ),
    ]
    let tasks = recipe.tasks.sorted { $0.key < $1.key }
    let validation = ([recipe.watch.validation] + tasks.map(\.value.validation)).compactMap { $0?.files }.joined()
    if !validation.isEmpty {
      facts.append(("validation", ["files": .array(validation.compactMap { (try? HashedFile($0))?.json })]))
    }
    if let mixture = data.stream.sampler.mixture {
      let parts = zip(data.training.parts, mixture.counts).map { part, count -> JSONValue in
        ["name": .string(part.name), "examples": .integer(part.examples.count), "drawn": .integer(count)]
      }
      facts.append(("tasks", .array(parts)))
    }
    facts.append(("machine", RunMachine.here(device).json))
    self.init(JSONObject(facts))
  }
}

extension RunAbout {
  /// What the model was asked with, where that is no one template.
  private static func words(_ recipe: TrainingRecipe) -> String {
    recipe.tasks.isEmpty && recipe.prompt.messages != nil ? "the chat template" : "several"
  }
}

/// A data file with the digest of its contents.
struct HashedFile {
  let path: String
  let bytes: Int
  let digest: String

  /// Reads a file through.
  ///
  /// - Throws: Foundation's error where the file cannot be read.
  init(_ path: String) throws {
    self.path = path
    let url = URL(filePath: path)
    digest = try SHA256.hex(ofFile: url)
    bytes = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.size] as? Int ?? 0
  }

  var json: JSONValue { ["path": .string(path), "bytes": .integer(bytes), "sha256": .string(digest)] }
}
