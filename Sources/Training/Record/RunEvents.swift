import Foundation
import OrchardJSON
import OrchardReports
import OrchardTensors

/// The event file of a run, which TensorBoard opens while the run goes and afterwards.
///
/// It says what the metric log says. A run that goes on begins a fresh file with the steps that the log has kept, and
/// takes the old one away, so that no step stands twice.
final class RunEvents {
  private let url: URL
  private let handle: FileHandle
  private static let prefix = "events.out.tfevents."

  /// Opens a run's event file.
  ///
  /// - Parameters:
  ///   - folder: The run's folder.
  ///   - recipe: The recipe as text.
  ///   - lines: What the metric log and the samples hold already.
  /// - Throws: `EngineError` where the file cannot be written.
  init(_ folder: URL, recipe: String, lines: [JSONValue]) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let old = names.filter { $0.hasPrefix(Self.prefix) }
    let times = old.compactMap { name in
      name.dropFirst(Self.prefix.count).split(separator: ".").first.flatMap { Int($0) }
    }
    // Readers take files in the order of their names: a new one stands behind all others.
    let now = Date().timeIntervalSince1970
    let time = max(Int(now), (times.max() ?? 0) + 1)
    url = folder.appending(path: "\(Self.prefix)\(time).orchard")
    var events = [TensorBoardEvent(time: now, .fileVersion)]
    if !old.isEmpty { events.append(TensorBoardEvent(time: now, .restart)) }
    events.append(TensorBoardEvent(time: now, .text(tag: "recipe", Self.fenced(recipe))))
    events += lines.flatMap(Self.events)
    let file = try AtomicFile(url)
    for event in events { try event.record.withUnsafeBytes { try file.write($0) } }
    try file.commit()
    guard let handle = FileHandle(forWritingAtPath: url.path) else {
      throw EngineError("\(url.path): cannot be written")
    }
    self.handle = handle
    _ = try? handle.seekToEnd()
    for name in old { try? FileManager.default.removeItem(at: folder.appending(path: name)) }
  }

  /// Adds what a line of the log or of the samples says.
  ///
  /// - Throws: `EngineError` where the disk is full or fails.
  func append(_ line: JSONValue) throws {
    do {
      for event in Self.events(line) { try handle.write(contentsOf: Data(event.record)) }
    } catch {
      throw EngineError(
        "\(url.path): cannot be written (\(error.localizedDescription)); free some space and resume the run")
    }
  }

  /// Removes the event files of a run.
  static func remove(from folder: URL) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.hasPrefix(prefix) {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  private static let tags = [
    ("loss", "training/loss"), ("gradient_norm", "training/gradient_norm"),
    ("learning_rate", "training/learning_rate"), ("epochs", "training/epochs"),
    ("validation_loss", "validation/loss"),
  ]

  private static func events(_ line: JSONValue) -> [TensorBoardEvent] {
    guard let step = line["step"]?.int else { return [] }
    let time = line["time"]?.double ?? 0
    var values = tags.compactMap { key, tag in line[key]?.double.map { (tag: tag, value: $0) } }
    if let tokens = line["tokens"]?.double, let seconds = line["seconds"]?.double, seconds > 0 {
      values.append((tag: "training/tokens_per_second", value: tokens / seconds))
    }
    for (key, part) in [("training_losses", "training"), ("task_losses", "validation")] {
      for (task, loss) in line[key]?.object?.entries ?? [] {
        if let loss = loss.double { values.append((tag: "\(part)/\(task)/loss", value: loss)) }
      }
    }
    for part in ["training", "validation"] {
      for (name, value) in line["\(part)_figures"]?.object?.entries ?? [] {
        if let value = value.double { values.append((tag: "\(part)/\(name)", value: value)) }
      }
    }
    for (key, value) in line.object?.entries ?? [] where key.hasPrefix("held_out/") {
      if let value = value.double { values.append((tag: key, value: value)) }
    }
    var events = values.isEmpty ? [] : [TensorBoardEvent(time: time, step: step, .scalars(values))]
    if let samples = line["samples"]?.array, !samples.isEmpty {
      events.append(TensorBoardEvent(time: time, step: step, .text(tag: "samples", markdown(samples))))
    }
    return events
  }

  private static func markdown(_ samples: [JSONValue]) -> String {
    samples.map { sample in
      [("prompt", "prompt"), ("wanted", "reference"), ("answer", "answer")].map { name, key in
        "**\(name)**\n\n\(fenced(sample[key]?.string ?? ""))"
      }.joined(separator: "\n\n")
    }.joined(separator: "\n\n---\n\n")
  }

  /// Text as it is: a fence longer than any inside it.
  private static func fenced(_ text: String) -> String {
    var fence = "```"
    while text.contains(fence) { fence += "`" }
    return "\(fence)\n\(text)\n\(fence)"
  }
}
