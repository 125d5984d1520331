import Foundation
import OrchardJSON
import OrchardTensors

/// Orchard's side of the benchmarks; `Benchmarks/README.md` tells what both sides keep to.
@main
enum OrchardBench {
  /// Gets ready by doing the work once, then does it once for each line of standard input and tells the time it took.
  static func main() {
    do {
      try serve()
    } catch {
      FileHandle.standardError.write(Data("orchard-bench: error: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func serve() throws {
    let environment = ProcessInfo.processInfo.environment
    if let threads = environment["BENCHMARK_THREADS"].flatMap(Int.init) { Engine.threads = threads }
    Engine.flushDenormals()
    let work = try work(CommandLine.arguments)
    try work.prepare()
    _ = try work.measure()
    tell(["ready": true, "peer": .string("Orchard with libtorch \(Engine.version)")])
    while readLine() != nil {
      try work.prepare()
      let started = ContinuousClock.now
      let units = try work.measure()
      tell(["seconds": .number((ContinuousClock.now - started) / .seconds(1)), "units": .integer(units)])
    }
  }

  /// The work that the arguments name.
  private static func work(_ arguments: [String]) throws -> Work {
    let words = Array(arguments.dropFirst(2))
    let numbers = words.dropFirst().prefix { Int($0) != nil }.compactMap(Int.init)
    switch (arguments.dropFirst().first ?? "", words.count, numbers.count) {
    case ("training-step", 5, 3), ("training-step", 6, 3):
      return Work(
        measure: try trainingStep(
          checkpoint: URL(filePath: words[0]), batch: numbers[0], length: numbers[1], targetLength: numbers[2],
          precision: words[4], adapter: words.count > 5 ? words[5] : nil))
    case ("policy-step", 2, 0):
      return Work(measure: try policyStep(checkpoint: URL(filePath: words[0]), precision: words[1]))
    case ("policy-part", 3, 0):
      return Work(
        measure: try policyPart(words[2], checkpoint: URL(filePath: words[0]), precision: words[1]))
    case ("direct-step", 2, 0):
      return Work(measure: try directStep(checkpoint: URL(filePath: words[0]), precision: words[1]))
    case ("generate", 4, 3), ("generate", 5, 3), ("generate", 6, 3):
      guard let beams = words.count > 5 ? Int(words[5]) : 1, beams > 0 else {
        throw EngineError("“\(words[5])” is no number of beams")
      }
      return Work(
        measure: try generation(
          checkpoint: URL(filePath: words[0]), batch: numbers[0], length: numbers[1], newTokens: numbers[2],
          format: words.count > 4 ? words[4] : "fp32", beams: beams))
    case ("adapters", 5, 4):
      return Work(
        measure: try adapters(
          checkpoint: URL(filePath: words[0]), batch: numbers[0], length: numbers[1], newTokens: numbers[2],
          count: numbers[3]))
    case ("read", 4, 2):
      return Work(
        measure: try reading(
          checkpoint: URL(filePath: words[0]), batch: numbers[0], length: numbers[1], format: words[3]))
    case ("load", 1, 0): return Work(measure: loading(checkpoint: URL(filePath: words[0])))
    case ("embed", 2, 0): return Work(measure: try embedding(checkpoint: URL(filePath: words[0]), precision: words[1]))
    case ("reward", 2, 0):
      return Work(measure: try rewarding(checkpoint: URL(filePath: words[0]), precision: words[1]))
    case ("encode", 2, 0): return try encoding(tokenizer: URL(filePath: words[0]), file: URL(filePath: words[1]))
    case ("score", 3, 0):
      return Work(
        measure: try scoring(
          metric: words[0], predictions: URL(filePath: words[1]), references: URL(filePath: words[2])))
    default: throw EngineError("unknown work; Benchmarks/README.md lists the arguments")
    }
  }

  private static func tell(_ message: JSONValue) {
    FileHandle.standardOutput.write(Data((message.text + "\n").utf8))
  }
}

/// What one side of a benchmark does, again and again.
struct Work {
  /// What has to stand ready each time and is not timed.
  var prepare: () throws -> Void = {}
  /// What is timed; returns how many units were done.
  var measure: () throws -> Int
}
