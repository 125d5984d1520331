import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// Everything beside the weights that a bit-identical resume needs.
struct RunState {
  var step: Int
  var sampler: SamplerState
  var randomState: [UInt8]
  var best: BestStep?
  var dataHash: String
  var templateHash: String
  var seconds: Double

  var json: JSONValue {
    [
      "version": 1, "step": .integer(step), "sampler": sampler.json, "random_state": .string(Self.hex(randomState)),
      "best": best?.json ?? .null, "data": .string(dataHash), "template": .string(templateHash),
      "seconds": .number(seconds),
    ]
  }

  init(
    step: Int, sampler: SamplerState, randomState: [UInt8], best: BestStep?, dataHash: String, templateHash: String,
    seconds: Double
  ) {
    self.step = step
    self.sampler = sampler
    self.randomState = randomState
    self.best = best
    self.dataHash = dataHash
    self.templateHash = templateHash
    self.seconds = seconds
  }

  init(reading url: URL) throws {
    guard let data = FileManager.default.contents(atPath: url.path) else {
      throw TrainingError("\(url.path): is missing; the checkpoint cannot be resumed")
    }
    do {
      let json = try JSONValue(parsing: data)
      guard let step = json["step"]?.int, let sampler = json["sampler"],
        let random = json["random_state"]?.string.flatMap(Self.bytes), let dataHash = json["data"]?.string,
        let template = json["template"]?.string
      else { throw TrainingError("\(url.path): lacks a key; the checkpoint cannot be resumed") }
      self.init(
        step: step, sampler: try SamplerState(sampler), randomState: random,
        best: json["best"].flatMap(BestStep.init), dataHash: dataHash, templateHash: template,
        seconds: json["seconds"]?.double ?? 0)
    } catch let error as JSONError {
      throw TrainingError("\(url.path): \(error)")
    }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func bytes(_ hex: String) -> [UInt8]? {
    let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == hex.utf8.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}

/// The step with the lowest validation loss so far.
public struct BestStep: Equatable, Sendable {
  /// Steps taken then.
  public let step: Int
  /// The validation loss then, in nats a token.
  public let loss: Double

  var json: JSONValue { ["step": .integer(step), "loss": .number(loss)] }

  init(step: Int, loss: Double) {
    self.step = step
    self.loss = loss
  }

  /// A step from its JSON, or nil where that is none.
  public init?(_ json: JSONValue) {
    guard let step = json["step"]?.int, let loss = json["loss"]?.double else { return nil }
    self.init(step: step, loss: loss)
  }
}

/// Writing and reading of checkpoints: a folder is filled under a hidden name and renamed when it is whole.
package enum RunCheckpoint {
  /// Fills a folder and gives it its name; one that stood there before is replaced.
  package static func write(_ url: URL, _ fill: (URL) throws -> Void) throws {
    let files = FileManager.default
    let part = hidden(url)
    do {
      try? files.removeItem(at: part)
      try files.createDirectory(at: part, withIntermediateDirectories: true)
      try fill(part)
      if files.fileExists(atPath: url.path) { try remove(url) }
      try files.moveItem(at: part, to: url)
    } catch {
      try? files.removeItem(at: part)
      throw error
    }
  }

  /// Takes a folder's name away before its files go: one that is half gone never stands under its own name.
  static func remove(_ url: URL) throws {
    let doomed = hidden(url, "old")
    try? FileManager.default.removeItem(at: doomed)
    try FileManager.default.moveItem(at: url, to: doomed)
    try FileManager.default.removeItem(at: doomed)
  }

  private static func hidden(_ url: URL, _ kind: String = "new") -> URL {
    url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(getpid()).\(kind).part")
  }

  /// Removes what interrupted writing or removing left behind.
  static func clean(_ folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(".part") {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  static let optimizerFile = "optimizer.safetensors"
  private static let methodFile = "method.safetensors"

  /// The files of a checkpoint that are for going on alone.
  static let ownFiles = [optimizerFile, methodFile, WeightAverage.file, "run.json"]

  static func saveMethod(_ objective: any Objective, to folder: URL) throws {
    let state = objective.state
    if !state.isEmpty { try SafetensorsWriter.write(state, metadata: [:], to: folder.appending(path: methodFile)) }
  }

  static func restoreMethod(_ objective: any Objective, from folder: URL) throws {
    let url = folder.appending(path: methodFile)
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    let file = try SafetensorsFile(url)
    objective.restore { file.tensor($0) }
  }

  static func saveOptimizer(_ state: [(name: String, tensor: Tensor)], steps: Int, to folder: URL) throws {
    try SafetensorsWriter.write(
      state, metadata: ["steps": "\(steps)"], to: folder.appending(path: optimizerFile))
  }

  static func restoreOptimizer(_ optimizer: any Optimizer, from folder: URL) throws {
    let file = try SafetensorsFile(folder.appending(path: optimizerFile))
    guard let steps = file.metadata["steps"].flatMap(Int.init) else {
      throw TrainingError("\(file.url.path): does not say how many steps were taken")
    }
    try optimizer.restore(steps: steps) { file.tensor($0) }
  }
}
