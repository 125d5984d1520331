import Foundation

/// The room on the disk of a folder, in bytes.
package struct DiskSpace: Equatable, Sendable {
  /// The folder.
  package var folder: String

  /// What is left for this user.
  package var free: Int

  /// The room on the disk of `folder`; nil where the system does not tell.
  package init?(of folder: String) {
    guard
      let facts = try? FileManager.default.attributesOfFileSystem(forPath: folder),
      let free = (facts[.systemFreeSize] as? NSNumber)?.intValue
    else { return nil }
    self.init(folder: folder, free: free)
  }

  /// A folder on whose disk `free` bytes are left.
  package init(folder: String, free: Int) {
    self.folder = folder
    self.free = free
  }
}
