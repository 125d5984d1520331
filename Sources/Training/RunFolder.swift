import Foundation
import OrchardJSON
import OrchardSettings
import OrchardTensors

/// The folder that a run writes.
///
/// ```
/// recipe.yaml          the recipe as resolved, every default written out
/// about.json           what the run is and how it stands: model, data and template by their hashes, machine, time
/// metrics.jsonl        a line a step, and a line an evaluation
/// held-out.jsonl       how held-out tasks were scored, row by row, before, during and after the run
/// samples.jsonl        answers to validation rows, evaluation by evaluation
/// events.out.tfevents  the same figures and answers for TensorBoard
/// report.html          all of it as a page, written anew at each evaluation
/// best.json            the step with the lowest validation loss
/// checkpoints/step-N   everything that resuming needs; a folder is renamed into place when it is whole
/// model/               the trained model, an ordinary model folder: the best checkpoint's, or the last one's
/// adapter/             in its place, what was learned beside a model: a peft folder
/// ```
public struct RunFolder: Sendable {
  /// The folder.
  public let url: URL

  /// A run's folder; nothing is made yet.
  public init(_ url: URL) { self.url = url }

  /// The recipe as resolved.
  public var recipe: URL { url.appending(path: "recipe.yaml") }
  /// What the run is and how it stands.
  public var about: URL { url.appending(path: "about.json") }
  /// The page about the run.
  public var report: URL { url.appending(path: "report.html") }
  /// The figures.
  public var metrics: URL { url.appending(path: "metrics.jsonl") }
  /// The answers to validation rows.
  public var samples: URL { url.appending(path: "samples.jsonl") }
  /// How held-out tasks were scored.
  public var heldOut: URL { url.appending(path: "held-out.jsonl") }
  /// The best step.
  public var best: URL { url.appending(path: "best.json") }
  /// The checkpoints.
  public var checkpoints: URL { url.appending(path: "checkpoints") }
  /// The trained model.
  public var model: URL { url.appending(path: "model") }
  /// What was learned beside the model.
  public var adapter: URL { url.appending(path: "adapter") }

  /// The model or adapter that a complete run has left; nil where there is none.
  public var result: URL? { [model, adapter].first { FileManager.default.fileExists(atPath: $0.path) } }

  /// The checkpoint of one step.
  public func checkpoint(_ step: Int) -> URL { checkpoints.appending(path: "step-\(step)") }

  /// The steps of all whole checkpoints, in order.
  public var steps: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path)) ?? []
    return names.compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst(5)) : nil }.sorted()
  }

  /// Whether a run has begun here.
  public var isBegun: Bool { FileManager.default.fileExists(atPath: recipe.path) }

  /// Refuses a folder in which a run has begun.
  ///
  /// - Throws: `TrainingError` that says what can be done.
  public func checkFree() throws {
    guard isBegun else { return }
    throw TrainingError(
      "\(url.path): holds a run already; go on with it by --resume, begin anew by --overwrite, or choose another output"
    )
  }

  /// Makes the folders and writes down the recipe.
  ///
  /// - Throws: `TrainingError` where the folder cannot be written to, or holds a run already.
  func begin(_ recipe: any RunRecipe) throws {
    try checkFree()
    do {
      try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
    } catch {
      throw TrainingError(
        "\(url.path): the folder cannot be made (\(error.localizedDescription)); choose another output")
    }
    try AtomicFile.write(recipe.yaml, to: self.recipe)
  }

  /// Removes the run that stands here, so that another can begin.
  ///
  /// - Throws: `TrainingError` where that fails.
  public func remove() throws {
    // The recipe last: while it stands, a removal that was interrupted is not taken for a folder without a run.
    do {
      try RunEvents.remove(from: url)
    } catch {
      throw TrainingError("\(url.path): its event files cannot be removed (\(error.localizedDescription))")
    }
    for part in [checkpoints, model, adapter, metrics, samples, heldOut, best, report, about, recipe]
    where FileManager.default.fileExists(atPath: part.path) {
      do {
        try RunCheckpoint.remove(part)
      } catch {
        throw TrainingError("\(part.path): cannot be removed (\(error.localizedDescription))")
      }
    }
  }

  /// Refuses a recipe that differs from the one with which the run began.
  ///
  /// - Throws: `TrainingError` that names the differing keys.
  func checkSame(_ recipe: some RunRecipe) throws {
    let saved = try type(of: recipe).init(recipe: self.recipe)
    let differing = Self.differences(saved.resolved, recipe.resolved, "")
    guard differing.isEmpty else {
      throw TrainingError(
        "\(url.path): the run began with another recipe (\(differing.joined(separator: "; "))); resume with the old one, or "
          + "begin anew")
    }
  }

  private static func differences(_ old: JSONValue, _ new: JSONValue, _ path: String) -> [String] {
    if let old = old.object, let new = new.object, old.keys == new.keys {
      return old.keys.flatMap { key in
        differences(old[key] ?? .null, new[key] ?? .null, path.isEmpty ? key : "\(path).\(key)")
      }
    }
    return old == new ? [] : ["\(path) was \(old.text), is \(new.text)"]
  }
}
