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

  @Test("Filters change the logits as transformers does", arguments: filters)
  func filter(filter: Filter) throws {
    let file = try SafetensorsFile(Goldens.url("generation/filters.safetensors"))
    let input = try #require(file.tensor(filter.json["input"]?.string ?? ""))
    let expected = try #require(file.tensor("output.\(filter.number)")).floats
    let history = try #require(file.tensor("history")).integers
    var settings = GenerationSettings()
    settings.sample = true
    for kind in LogitSteps.kinds {
      settings[step: kind.name] = filter.json[kind.name.replacing("-", with: "_")]?.double
    }
    let steps = settings.logitSteps
    #expect(steps.count == filter.json.count - 1)
    let (rows, width) = (input.size(0), input.size(1))
    var values = input.floats
    let scratch = LogitScratch(vocabularySize: width)
    values.withUnsafeMutableBufferPointer { values in
      for row in 0..<rows {
        let logits = UnsafeMutableBufferPointer(rebasing: values[row * width..<(row + 1) * width])
        let seen = Array(history[row * 9..<(row + 1) * 9])
        for step in steps { step.apply(to: LogitRow(logits: logits, history: seen, scratch: scratch)) }
      }
    }
    for (value, expected) in zip(values, expected) {
      #expect(expected == -.infinity ? value == -.infinity : abs(value - expected) < 1e-5)
    }
  }

  /// Draws from logits as transformers filters them, and counts.
  ///
  /// The bound is the chi-squared statistic's mean and 3.1 deviations; tokens expected less than five times count
  /// together.
  @Test("Draws follow transformers' filtered distribution", arguments: filters)
  func draws(filter: Filter) throws {
    let file = try SafetensorsFile(Goldens.url("generation/filters.safetensors"))
    let filtered = try #require(file.tensor("output.\(filter.number)"))
    let width = filtered.size(1)
    let probabilities = filtered.softmax().floats[..<width].map(Double.init)
    var logits = Array(filtered.floats[..<width])
    let scratch = LogitScratch(vocabularySize: width)
    let random = RandomStream(seed: 1, prompt: [filter.number])
    let draws = 5000
    var counts = [Int](repeating: 0, count: width)
    logits.withUnsafeMutableBufferPointer { logits in
      let row = LogitRow(logits: logits, history: [], scratch: scratch)
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
    #expect(statistic <= freedom + 3.1 * (2 * freedom).squareRoot())
  }

  @Test func filtersAreThere() { #expect(Self.filters.count == 28) }

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
      TopP(0.35).apply(to: LogitRow(logits: $0, history: [], scratch: scratch))
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
        TopP(share).apply(to: LogitRow(logits: $0, history: [], scratch: scratch))
      }
      // A tie within rounding of the border may fall to either side.
      let found = Set(changed.indices.filter { changed[$0] > -.infinity })
      #expect(found.symmetricDifference(kept).count <= 1)
    }
  }
}
