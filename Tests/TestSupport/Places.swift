import Foundation

/// The root of the repository, found from this file's own place.
public let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Expected values that the scripts in `Tests/Goldens` wrote with reference packages.
public enum Goldens {
  /// The place of one golden file.
  public static func url(_ name: String) -> URL {
    repository.appending(path: "Tests/Goldens").appending(path: name)
  }
}

extension Goldens {
  /// The adapters that `adapters_goldens.py` wrote, by model and kind.
  public static var adapters: [(model: String, kind: String)] {
    let files = FileManager.default
    let models = ((try? files.contentsOfDirectory(atPath: url("models").path)) ?? []).sorted { $0.count > $1.count }
    let names = ((try? files.contentsOfDirectory(atPath: url("adapters").path)) ?? []).sorted()
    return names.compactMap { name in
      models.first { name.hasPrefix($0 + "-") }.map { ($0, String(name.dropFirst($0.count + 1))) }
    }
  }
}

/// Public data beside the repository, for tests alone; absent on most machines.
public enum SharedData {
  /// Whether that data is here.
  public static var isPresent: Bool { url("README.md") != nil }

  /// The place of a file or folder of that data, or nil where it is absent.
  public static func url(_ path: String) -> URL? {
    let url = repository.deletingLastPathComponent().appending(path: "shared/data").appending(path: path)
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}

/// A fresh folder for one test, removed when the value goes away.
public final class TemporaryFolder: Sendable {
  /// The folder's place.
  public let url: URL

  /// Makes the folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "orchard-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a text file into the folder and returns its place.
  public func write(_ text: String, to name: String) throws -> URL {
    let file = url.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file
  }
}
