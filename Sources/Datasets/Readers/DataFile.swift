import Foundation
import OrchardJSON
import OrchardSettings

/// One data file, its rows found once and read one by one.
///
/// The file is mapped, not loaded: memory goes to 16 bytes a row, and the system reads pages as rows are asked for.
public final class DataFile: Sendable {
  /// The file's name as it was given.
  public let name: String
  private let data: Data
  private let format: any DataFormat
  private let places: [RowPlace]

  /// Opens a file and finds its rows.
  ///
  /// - Throws: `DataError` where the file is missing, empty, of an unknown format, or broken.
  public init(_ url: URL, settings: DatasetSettings = DatasetSettings()) throws(DataError) {
    let name = url.relativePath
    self.name = name
    data = try Self.map(url)
    let type = try Self.format(of: url, settings: settings)
    var format = type.init(settings)
    let skipped = data.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let found = Self.bytes(data, from: skipped) { bytes in
      Result { () throws(DataError) in try format.index(bytes) }
    }
    do throws(DataError) {
      let places = try found.get()
      if places.isEmpty { throw DataError(problem: "the file holds no rows") }
      self.places = places
    } catch {
      throw DataError(file: name, line: error.line, problem: error.problem)
    }
    self.format = format
    self.skipped = skipped
  }

  private let skipped: Int

  /// The number of rows.
  public var count: Int { places.count }

  /// Reads row `index`, counted from 0.
  ///
  /// - Throws: `DataError` with file and line where the row is broken or is not UTF-8.
  public func row(_ index: Int) throws(DataError) -> DataRow {
    guard places.indices.contains(index) else {
      throw DataError(file: name, problem: "there is no row \(index); the file has \(count)")
    }
    let place = places[index]
    let start = skipped + place.start
    let read = Self.bytes(data, from: start, count: Int(place.count)) { bytes in
      Result { () throws(DataError) in
        if let invalid = TextFile.firstInvalidByte(in: bytes) {
          let line = Int(place.line) + bytes[..<invalid].count { $0 == 0x0A }
          throw DataError(line: line, problem: "not UTF-8 text at byte \(start + invalid) of the file")
        }
        return try format.fields(bytes, line: Int(place.line))
      }
    }
    do throws(DataError) {
      return DataRow(fields: try read.get(), file: name, line: Int(place.line))
    } catch {
      throw DataError(file: name, line: error.line, problem: error.problem)
    }
  }

  private static func bytes<Value>(
    _ data: Data, from start: Int, count: Int? = nil, _ body: (UnsafeBufferPointer<UInt8>) -> Value
  ) -> Value {
    data.withUnsafeBytes { raw in
      let all = raw.bindMemory(to: UInt8.self)
      return body(UnsafeBufferPointer(rebasing: all[start..<(count.map { start + $0 } ?? all.count)]))
    }
  }

  private static func map(_ url: URL) throws(DataError) -> Data {
    let name = url.relativePath
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw DataError(file: name, problem: "the file does not exist")
    }
    if isFolder.boolValue { throw DataError(file: name, problem: "this is a folder, not a data file") }
    if CompressedFile.isOne(url) { return try CompressedFile.contents(of: url) }
    do {
      return try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw DataError(file: name, problem: "the file cannot be read: \(error.localizedDescription)")
    }
  }

  private static func format(of url: URL, settings: DatasetSettings) throws(DataError) -> any DataFormat.Type {
    let suffix = CompressedFile.plainName(of: url).pathExtension
    guard let name = settings.format ?? DataFormats.name(forExtension: suffix) else {
      let known = DataFormats.catalog.names.joined(separator: ", ")
      throw DataError(
        file: url.relativePath, problem: "the ending “\(suffix)” tells no data format; set format to one of \(known)")
    }
    do {
      return try DataFormats.catalog.find(name)
    } catch {
      throw DataError(file: url.relativePath, problem: error.description)
    }
  }
}
