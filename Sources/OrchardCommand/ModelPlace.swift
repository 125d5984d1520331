import Foundation
import OrchardHub
import OrchardTraining
import Synchronization

/// Where a model is that a person names: in a folder, or on the hub as `OWNER/NAME[@REVISION]`.
enum ModelPlace {
  /// The model's folder; what is named on the hub and not in the cache yet is fetched first.
  ///
  /// A folder that is there goes before a name on the hub; of a run's folder it is what the run has written.
  /// - Throws: `HubError` where it cannot be fetched; `TrainingError` for a run that has written nothing yet.
  static func folder(_ text: String) throws -> URL {
    if FileManager.default.fileExists(atPath: text) || !HubName.isMeant(by: text) {
      return try result(of: RunFolder(URL(filePath: text)))
    }
    let name = try HubName(text)
    let hub = try Hub()
    if let folder = hub.folder(of: name) { return folder }
    if !hub.settings.isOffline { Console.note("\(text) is no folder here; fetching it from \(hub.settings.endpoint)") }
    return try pull(name).folder
  }

  /// What a run has written, where the folder is a run's; else the folder itself.
  private static func result(of run: RunFolder) throws -> URL {
    let isModel = FileManager.default.fileExists(atPath: run.url.appending(path: "config.json").path)
    guard !isModel, run.isBegun else { return run.url }
    if let result = run.result { return result }
    let last = run.steps.last.map { "; its last checkpoint is \(run.checkpoint($0).relativePath)" } ?? ""
    throw TrainingError(
      "\(run.url.relativePath): is the folder of a run that is not complete, and has no model yet\(last); go on with it by "
        + "orchard train --resume")
  }

  /// Fetches a model with a progress line.
  static func pull(
    _ name: HubName, selection: HubSelection = HubSelection(), verify: Bool = false
  ) throws -> Hub.Pulled {
    let hub = try Hub()
    let line = Mutex<ProgressLine?>(nil)
    Interruption.catchSignals()
    defer { line.withLock { $0?.finish() } }
    return try Blocking.run {
      try await hub.pull(name, selection: selection, verify: verify) { progress in
        try Interruption.check("what has come is kept; the same command goes on from there")
        line.withLock { line in
          let shown =
            line
            ?? ProgressLine(
              total: progress.totalBytes / 1_000_000, first: progress.bytesBefore / 1_000_000, unit: "MB")
          line = shown
          shown.update(progress.bytes / 1_000_000)
        }
      }
    }
  }
}
