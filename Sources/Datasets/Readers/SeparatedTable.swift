import OrchardJSON

/// A table of fields between separators, with or without quoting and a first line of names.
struct SeparatedTable: Sendable {
  let separator: UInt8
  let quotes: Bool
  let header: Bool
  private var names: [String] = []
  private var headerLine = 1

  init(_ separator: UInt8, _ settings: DatasetSettings) {
    self.separator = separator
    quotes = settings.quotes
    header = settings.header
  }

  mutating func index(_ bytes: UnsafeBufferPointer<UInt8>) throws(DataError) -> [RowPlace] {
    var places: [RowPlace] = []
    var place = 0
    var line = 1
    while place < bytes.count {
      let (start, first) = (place, line)
      let end = try skipRow(bytes, &place, &line)
      if !bytes.isBlank(start..<end) || bytes[start..<end].contains(separator) {
        places.append(try RowPlace(start: start, end: end, line: first))
      }
    }
    guard let first = places.first else { return [] }
    let row = UnsafeBufferPointer(rebasing: bytes[first.start..<(first.start + Int(first.count))])
    let fields = try split(row, line: Int(first.line))
    guard header else {
      names = fields.indices.map { "column\($0 + 1)" }
      return places
    }
    names = fields
    headerLine = Int(first.line)
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw DataError(line: headerLine, problem: "two columns are called “\(name)”; name each once")
    }
    return Array(places.dropFirst())
  }

  func fields(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) -> JSONObject {
    let values = try split(bytes, line: line)
    guard values.count == names.count else {
      let against = header ? "line \(headerLine) names \(names.count)" : "the first row has \(names.count)"
      throw DataError(line: line, problem: "the row has \(values.count) fields, but \(against)")
    }
    return JSONObject(zip(names, values).map { ($0, .string($1)) })
  }

  /// Goes behind a row's line break and gives the place before it.
  private func skipRow(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ line: inout Int) throws(DataError)
    -> Int
  {
    var atStart = true
    while place < bytes.count {
      let byte = bytes[place]
      if byte == 0x0A || byte == 0x0D {
        let end = place
        place += byte == 0x0D && place + 1 < bytes.count && bytes[place + 1] == 0x0A ? 2 : 1
        line += 1
        return end
      }
      if quotes, atStart, byte == UInt8(ascii: "\"") {
        let opened = line
        place += 1
        while true {
          guard place < bytes.count else {
            let advice = "close it; where quotes are ordinary letters, set quotes: off"
            throw DataError(line: opened, problem: "a quoted field that begins here never ends; \(advice)")
          }
          if bytes[place] == UInt8(ascii: "\"") {
            guard place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "\"") else { break }
            place += 1
          } else if bytes[place] == 0x0A {
            line += 1
          }
          place += 1
        }
      }
      atStart = byte == separator
      place += 1
    }
    return bytes.count
  }

  private func split(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) -> [String] {
    var fields: [String] = []
    var place = 0
    while true {
      if quotes, place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
        fields.append(try quoted(bytes, &place, line: line))
      } else {
        let start = place
        while place < bytes.count, bytes[place] != separator { place += 1 }
        fields.append(String(decoding: bytes[start..<place], as: UTF8.self))
      }
      guard place < bytes.count else { return fields }
      place += 1
    }
  }

  private func quoted(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, line: Int) throws(DataError) -> String {
    var text: [UInt8] = []
    place += 1
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\"") {
        guard place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "\"") else { break }
        place += 1
      }
      text.append(bytes[place])
      place += 1
    }
    place += 1
    guard place >= bytes.count || bytes[place] == separator else {
      let advice = "double the quotes inside a quoted field; where quotes are ordinary letters, set quotes: off"
      throw DataError(line: line, problem: "text follows the closing quote of a field; \(advice)")
    }
    return String(decoding: text, as: UTF8.self)
  }
}
