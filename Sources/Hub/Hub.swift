import Foundation

/// Models of the hub, in the cache that other programs share.
///
/// ```swift
/// let hub = try Hub()
/// let folder = try await hub.pull(HubName("OWNER/NAME")).folder
/// let generator = try TextGenerator(folder: folder)
/// ```
public struct Hub: Sendable {
  /// Where the hub and its cache are.
  public let settings: HubSettings
  private let cache: HubCache

  /// A hub as the environment has it, or with settings of one's own.
  ///
  /// - Throws: `HubError` where the environment's settings are wrong.
  public init(_ settings: HubSettings? = nil) throws {
    let settings = try settings ?? HubSettings()
    self.settings = settings
    cache = HubCache(root: settings.cache)
  }

  /// What a pull gave.
  public struct Pulled: Sendable {
    /// The model's folder: a snapshot in the cache.
    public let folder: URL
    /// The commit that the revision stands for.
    public let commit: String
    /// The files of the selection, by their paths.
    public let files: [String]
    /// Files of the model that were not wanted.
    public let skipped: [String]
    /// Bytes of the selection, and how many of them had to be fetched.
    public let bytes, fetchedBytes: Int
  }

  /// The folder of a model that is in the cache, whole as far as a quick look tells; nil where it has to be fetched.
  ///
  /// The network is not used. What is found broken is taken out of the cache, so that a pull fetches it anew.
  public func folder(of name: HubName) -> URL? {
    guard let commit = cache.commit(of: name) else { return nil }
    let folder = cache.snapshot(commit, of: name)
    guard FileManager.default.fileExists(atPath: folder.appending(path: "config.json").path) else { return nil }
    let broken = SnapshotCheck.broken(folder)
    for file in broken {
      unlink(file.blob.path)
      unlink(folder.appending(path: file.path).path)
    }
    return broken.isEmpty ? folder : nil
  }

  /// Brings a model's files into the cache; those that are there are not fetched again.
  ///
  /// With `verify` every byte of those is read and checked too. `report` is called as bytes come, from several
  /// threads, and may throw to end the work; what has come is kept, and the next pull goes on from there.
  /// - Throws: `HubError` where the hub, the network or the disk fails, with what to do.
  public func pull(
    _ name: HubName, selection: HubSelection = HubSelection(), verify: Bool = false,
    report: @escaping @Sendable (PullProgress) throws -> Void = { _ in }
  ) async throws -> Pulled {
    if settings.isOffline {
      if let commit = cache.commit(of: name), let folder = folder(of: name) {
        return Pulled(folder: folder, commit: commit, files: [], skipped: [], bytes: 0, fetchedBytes: 0)
      }
      throw HubError(
        "\(name): is not whole in the cache (\(settings.cache.path)), and HF_HUB_OFFLINE forbids to fetch it")
    }
    let client = HubClient(settings)
    do {
      let pulled = try await pull(name, selection, verify, report, client)
      await client.close()
      return pulled
    } catch {
      await client.close()
      throw error
    }
  }

  private func pull(
    _ name: HubName, _ selection: HubSelection, _ verify: Bool,
    _ report: @escaping @Sendable (PullProgress) throws -> Void, _ client: HubClient
  ) async throws -> Pulled {
    let listing = try await client.listing(of: name)
    let files = try selection.files(of: listing, named: name)
    for folder in [cache.repository(name).appending(path: "blobs"), cache.lock(files[0].hash, of: name)] {
      try cache.make(folder.pathExtension == "lock" ? folder.deletingLastPathComponent() : folder)
    }
    let total = files.reduce(0) { $0 + $1.size }
    let counter = PullCounter(PullProgress(totalBytes: total, totalFiles: files.count), report: report)
    let download = Download(
      name: name, commit: listing.commit, cache: cache, client: client, counter: counter, verify: verify)
    try download.checkSpace(for: files)
    try await withThrowingTaskGroup(of: Void.self) { group in
      // The large ones first, so that the last to end is not one that began late.
      for (number, file) in files.sorted(by: { $0.size > $1.size }).enumerated() {
        if number >= settings.parallel { try await group.next() }
        group.addTask { try await download.fetch(file) }
      }
      try await group.waitForAll()
    }
    try cache.setCommit(listing.commit, of: name)
    let wanted = Set(files.map(\.path))
    return Pulled(
      folder: cache.snapshot(listing.commit, of: name), commit: listing.commit, files: files.map(\.path),
      skipped: listing.files.map(\.path).filter { !wanted.contains($0) }, bytes: total,
      fetchedBytes: total - counter.now.bytesBefore)
  }
}
