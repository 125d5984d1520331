import Foundation

extension RunHistory {
  /// The folders of all runs in a folder and below it, in the order of their names; the folder itself may be one.
  ///
  /// What lies inside a run is its own, and folders more than `depth` below are not looked into.
  public static func folders(below folder: URL, depth: Int = 4) -> [URL] {
    let files = FileManager.default
    let run = RunFolder(folder)
    if run.isBegun, files.fileExists(atPath: run.metrics.path) { return [folder] }
    guard depth > 0 else { return [] }
    let names = (try? files.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().flatMap { name in
      let inner = folder.appending(path: name)
      var isFolder: ObjCBool = false
      let isThere = files.fileExists(atPath: inner.path, isDirectory: &isFolder)
      return isThere && isFolder.boolValue ? folders(below: inner, depth: depth - 1) : []
    }
  }
}
