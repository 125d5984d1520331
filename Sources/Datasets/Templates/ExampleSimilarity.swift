/// How near questions are to each other, by the cosine of their vectors.
///
/// Followed: Liu, Shen, Zhang, Dolan, Carin and Chen, What Makes Good In-Context Examples for GPT-3?, 2021.
struct ExampleSimilarity: Sendable {
  private let asked: [String: [Float]]
  private let examples: [[Float]]

  /// The vectors of the questions that will be asked and of those that examples are chosen from.
  init(of asked: [String], to examples: [String], by maker: any TextVectors) throws {
    let vectors = try maker.vectors(of: examples + asked).map(Self.unit)
    guard vectors.count == examples.count + asked.count, Set(vectors.map(\.count)).count <= 1 else {
      throw DataError(problem: "the sentence encoder gave \(vectors.count) vectors of different lengths or too few")
    }
    self.examples = Array(vectors.prefix(examples.count))
    self.asked = Dictionary(zip(asked, vectors.dropFirst(examples.count)), uniquingKeysWith: { first, _ in first })
  }

  /// The examples' numbers, the nearest to a question first, of equally near ones the earlier; nil for a question that
  /// was not prepared.
  func order(by question: String) -> [Int]? {
    guard let wanted = asked[question] else { return nil }
    let nearness = examples.map { zip($0, wanted).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
    return nearness.indices.sorted { nearness[$0] == nearness[$1] ? $0 < $1 : nearness[$0] > nearness[$1] }
  }

  private static func unit(_ vector: [Float]) -> [Float] {
    let length = vector.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? vector.map { $0 / length } : vector
  }
}
