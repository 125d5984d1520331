import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardTensors
import TestSupport
import Testing

@Suite struct LogitStepTests {
  struct Filter: Sendable, CustomTestStringConvertible {
    let number: Int
    let json: JSONObject
    var testDescription: String { JSONValue.object(json).text }
  }

  static let filters: [Filter] = {
    let data = FileManager.default.contents(atPath: Goldens.url("generation/filters.json").path) ?? Data()
    let list = (try? JSONValue(parsing: data))?.array ?? []
    return list.enumerated().compactMap { number, json in json.object.map { Filter(number: number, json: $0) } }
  }()

  @Test("Steps change the logits as transformers does", arguments: filters)
  func filter(filter: Filter) throws {
    let file = try SafetensorsFile(Goldens.url("generation/filters.safetensors"))
    func rows(_ key: String) throws -> [[Int]] {
      let tensor = try #require(file.tensor(key))
      let width = tensor.size(1)
      return tensor.integers.indices.filter { $0 % width == 0 }.map { Array(tensor.integers[$0..<$0 + width]) }
    }
    let input = try #require(file.tensor(filter.json["input"]?.string ?? ""))
    let expected = try #require(file.tensor("output.\(filter.number)")).floats
    let history = try rows(filter.json["history"]?.string ?? "")
    let sources = try rows("source")
    let object = try #require(filter.json["settings"]?.object)
    let configuration = try GenerationConfiguration(object)
    #expect(configuration.unusedKeys.isEmpty)
    let width = input.size(1)
    let ends = filter.json["end_tokens"]?.array?.compactMap(\.int) ?? []
    let steps = try StepSituation(vocabularySize: width, endTokens: ends, settings: configuration.settings).steps()
    var values = input.floats
    let scratch = LogitScratch(vocabularySize: width)
    try values.withUnsafeMutableBufferPointer { values in
      for row in history.indices {
        let context = RowContext(
          source: sources[row], promptLength: try #require(filter.json["prompt_length"]?.int),
          limit: try #require(filter.json["limit"]?.int))
        let logits = UnsafeMutableBufferPointer(rebasing: values[row * width..<(row + 1) * width])
        let row = LogitRow(logits: logits, history: history[row], context: context, scratch: scratch)
        for step in steps { step.apply(to: row) }
      }
    }
    for (value, expected) in zip(values, expected) {
      let isNear = abs(value - expected) <= 1e-5 * max(1, abs(expected))
      #expect(expected.isFinite ? isNear : value == expected || (value.isNaN && expected.isNaN))
    }
  }

  /// Draws from logits as transformers filters them, and counts.
  ///
  /// The bound is the chi-squared statistic's mean and 5 deviations, for there are many cases; tokens expected less than
  /// five times count together.
  @Test("Draws follow transformers' filtered distribution", arguments: filters)
  func draws(filter: Filter) throws {
    let file = try SafetensorsFile(Goldens.url("generation/filters.safetensors"))
    let filtered = try #require(file.tensor("output.\(filter.number)"))
    let width = filtered.size(1)
    let probabilities = filtered.softmax().floats[..<width].map(Double.init)
    if probabilities.contains(where: \.isNaN) { return }
    var logits = Array(filtered.floats[..<width])
    let scratch = LogitScratch(vocabularySize: width)
    let random = RandomStream(seed: 2, prompt: [filter.number])
    let draws = 5000
    var counts = [Int](repeating: 0, count: width)
    logits.withUnsafeMutableBufferPointer { logits in
      let row = LogitRow(logits: logits, history: [], context: .none, scratch: scratch)
      for draw in 0..<draws {
        let (token, logProbability) = row.choose(random.uniform(at: draw))
        counts[token] += 1
        #expect(abs(exp(Double(logProbability)) - probabilities[token]) < 1e-5)
      }
    }
    var (statistic, cells) = (0.0, 0)
    var (rareCount, rareExpected) = (0, 0.0)
    for (count, probability) in zip(counts, probabilities) {
      let expected = probability * Double(draws)
      if probability == 0 { #expect(count == 0) }
      if expected < 5 {
        rareCount += count
        rareExpected += expected
      } else {
        statistic += pow(Double(count) - expected, 2) / expected
        cells += 1
      }
    }
    if rareExpected >= 5 {
      statistic += pow(Double(rareCount) - rareExpected, 2) / rareExpected
      cells += 1
    }
    let freedom = Double(cells - 1)
    #expect(statistic <= freedom + 5 * (2 * freedom).squareRoot())
  }

  @Test func filtersAreThere() { #expect(Self.filters.count == 92) }

  /// Each file in the folder is a kind in the list, under its name in small letters.
  @Test func theListHoldsTheFolder() throws {
    let folder = repository.appending(path: "Sources/Generation/LogitSteps")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    let names = files.map { file in
      file.dropLast(6).reduce(into: "") { name, letter in
        if letter.isUppercase, !name.isEmpty { name += "-" }
        name += letter.lowercased()
      }
    }
    #expect(names.sorted() == LogitSteps.kinds.map(\.name).sorted())
  }

  @Test func topPOfAnEvenDistributionKeepsTies() {
    var logits = [Float](repeating: 0, count: 10)
    let scratch = LogitScratch(vocabularySize: 10)
    logits.withUnsafeMutableBufferPointer {
      TopP(0.35).apply(to: LogitRow(logits: $0, history: [], context: .none, scratch: scratch))
    }
    #expect(logits == [Float](repeating: 0, count: 10))
  }

  /// The threshold without sorting equals the one found by sorting, on vocabularies of many shapes.
  @Test(arguments: [1, 2, 3, 17, 1000, 32_128])
  func topPEqualsSorting(size: Int) {
    let scratch = LogitScratch(vocabularySize: size)
    for (round, share) in [0.0, 0.05, 0.5, 0.9, 0.99, 0.9999].enumerated() {
      let random = RandomStream(seed: 3, prompt: [size, round])
      let logits = (0..<size).map { Float((random.uniform(at: $0) - 0.5) * 20) }
      let largest = logits.max() ?? 0
      let weights = logits.map { Double(exp($0 - largest)) }
      let total = weights.reduce(0, +)
      var kept: Set<Int> = []
      var sum = 0.0
      for token in logits.indices.sorted(by: { logits[$0] > logits[$1] }) where kept.isEmpty || sum < share * total {
        kept.insert(token)
        sum += weights[token]
      }
      var changed = logits
      changed.withUnsafeMutableBufferPointer {
        TopP(share).apply(to: LogitRow(logits: $0, history: [], context: .none, scratch: scratch))
      }
      // A tie within rounding of the border may fall to either side.
      let found = Set(changed.indices.filter { changed[$0] > -.infinity })
      #expect(found.symmetricDifference(kept).count <= 1)
    }
  }

  /// Every kind has a golden, or is told apart below: diversity and words are tested where groups and texts are.
  @Test func everyStepIsHeldAgainstTransformers() throws {
    let keys = Set(Self.filters.flatMap { $0.json["settings"]?.object?.keys ?? [] })
    let others: Set = ["diversity_penalty", "logit_bias"]
    #expect(Set(LogitSteps.kinds.map(\.fileKey)).subtracting(others).isSubset(of: keys))
  }

  @Test func theGreatestNumbersAreFoundWithoutSorting() {
    let scratch = LogitScratch(vocabularySize: 300)
    let random = RandomStream(seed: 8, prompt: [])
    var logits = (0..<300).map { Float(Int(random.uniform(at: $0) * 90)) }
    let sorted = logits.sorted(by: >)
    logits.withUnsafeMutableBufferPointer {
      let row = LogitRow(logits: $0, history: [], context: .none, scratch: scratch)
      for count in [1, 2, 7, 299, 300, 400] { #expect(row.greatest(count) == sorted[min(count, 300) - 1]) }
    }
  }
}

extension RowContext {
  /// A row without a prompt.
  static let none = RowContext(source: [], promptLength: 0, limit: 1)
}
