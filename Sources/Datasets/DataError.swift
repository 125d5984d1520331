/// What is wrong with a data set, and where.
public struct DataError: Error, Equatable, CustomStringConvertible {
  /// The file, or nil where the whole data set is meant.
  public let file: String?
  /// The line in the file, counted from 1.
  public let line: Int?
  /// What is wrong and what to do.
  public let problem: String

  /// A problem at a place.
  public init(file: String? = nil, line: Int? = nil, problem: String) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  /// One sentence for people: `train.jsonl, line 7: there is no field “summary”; …`.
  public var description: String {
    let place = [file, line.map { "line \($0)" }].compactMap(\.self).joined(separator: ", ")
    return place.isEmpty ? problem : "\(place): \(problem)"
  }
}
