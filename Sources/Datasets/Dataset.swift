import Foundation

/// The rows of one or more data files, read when they are asked for.
public final class Dataset: Sendable {
  /// The files in order.
  public let files: [DataFile]
  /// The number of rows.
  public let count: Int
  private let starts: [Int]

  /// Opens the files of `settings` and finds their rows.
  ///
  /// - Throws: `DataError` where a file is missing, empty, of an unknown format, or broken.
  public init(_ settings: DatasetSettings) throws(DataError) {
    guard !settings.files.isEmpty else { throw DataError(problem: "no data file is named") }
    var files: [DataFile] = []
    var starts = [0]
    for path in settings.files {
      let file = try DataFile(URL(filePath: path), settings: settings)
      files.append(file)
      starts.append(starts[starts.count - 1] + file.count)
    }
    self.files = files
    self.starts = starts
    count = min(settings.limit ?? .max, starts[starts.count - 1])
  }

  /// Opens one file.
  ///
  /// - Throws: `DataError` where the file is missing, empty, of an unknown format, or broken.
  public convenience init(file: URL) throws(DataError) { try self.init(DatasetSettings(file: file.path)) }

  /// Reads row `index`, counted from 0 over all files.
  ///
  /// - Throws: `DataError` with file and line where the row is broken.
  public func row(_ index: Int) throws(DataError) -> DataRow {
    guard (0..<count).contains(index) else {
      throw DataError(file: files[0].name, problem: "there is no row \(index); the data set has \(count)")
    }
    var file = 0
    while starts[file + 1] <= index { file += 1 }
    return try files[file].row(index - starts[file])
  }

  /// Reads all rows.
  ///
  /// - Throws: `DataError` with file and line at the first broken row.
  public func rows() throws(DataError) -> [DataRow] {
    var rows: [DataRow] = []
    rows.reserveCapacity(count)
    for index in 0..<count { rows.append(try row(index)) }
    return rows
  }
}
