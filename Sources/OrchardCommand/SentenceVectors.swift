import OrchardDatasets

/// The sentence encoder that finds similar examples.
enum SentenceVectors {
  /// Loads one from a folder or the hub.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  static func load(_ model: String) throws -> any TextVectors {
    throw DataError(problem: "\(model): no sentence encoder can be loaded yet")
  }
}
