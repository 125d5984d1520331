import Foundation
import OrchardJSON
import Testing
import TestSupport

/// Sums over groups of ten neighbours, the k-th value of a group taken k times, as the golden script makes them.
func grouped(_ values: [Double]) -> [Double] {
  stride(from: 0, to: values.count, by: 10).map { start in
    values[start..<min(start + 10, values.count)].enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
  }
}

/// Expects grouped sums to equal those of a golden; a difference in one value shows in its group.
func expectEqual(
  _ values: [Double], _ golden: JSONValue?, within tolerance: Double = 1e-7, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let numbers = golden?.array?.compactMap { $0.double }
  let expected = try #require(numbers, "\(name)", sourceLocation: sourceLocation)
  let actual = grouped(values)
  try #require(actual.count == expected.count, "\(name)", sourceLocation: sourceLocation)
  let wrong = actual.indices.filter { abs(actual[$0] - expected[$0]) > tolerance }
  let first = wrong.first.map { "group \($0) is \(actual[$0]), not \(expected[$0])" } ?? ""
  #expect(
    wrong.isEmpty, "\(name): \(wrong.count) of \(expected.count) groups differ; \(first)",
    sourceLocation: sourceLocation)
}

/// A golden file of this room.
func golden(_ name: String) throws -> JSONValue {
  try JSONValue(parsing: Data(contentsOf: Goldens.url("evaluation_\(name).json")))
}

/// Whether two numbers are equal for all purposes of a score.
func close(_ one: Double, _ other: Double, within tolerance: Double = 1e-9) -> Bool { abs(one - other) <= tolerance }
