import ArgumentParser
import Foundation
import OrchardModels
import OrchardTensors

/// Whether a program reads the results.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print results as JSON, one object a line.")
  var json = false
}

/// Where and with how many threads the engine computes.
struct EngineOptions: ParsableArguments {
  @Option(help: "Where to compute: cpu, cuda, cuda:N, mps or auto (the best that is here).")
  var device = DeviceName.auto

  @Option(help: "Threads for one operation. (default: OMP_NUM_THREADS, else the physical cores)")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); it takes a number from 1 to 1024.")
    }
  }

  /// The threads asked for, else those that `OMP_NUM_THREADS` names, else one for each usable core.
  static func threadCount(_ asked: Int?) -> Int {
    let named = ProcessInfo.processInfo.environment["OMP_NUM_THREADS"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
    return asked ?? named ?? Processor.here.usableCores
  }

  /// Sets the engine up as asked and returns the device.
  ///
  /// - Throws: `EngineError` if the device is not here.
  func start() throws -> Device {
    Engine.threads = Self.threadCount(threads)
    Engine.flushDenormals()
    return try Device(named: device.text)
  }
}

/// A device as it is named on the command line; whether it is here shows when the engine starts.
struct DeviceName: ExpressibleByArgument {
  static let auto = DeviceName(text: "auto")

  let text: String

  init?(argument: String) {
    let index = argument.hasPrefix("cuda:") ? Int(argument.dropFirst(5)) : nil
    guard ["auto", "cpu", "cuda", "mps"].contains(argument) || index.map({ $0 >= 0 }) == true else { return nil }
    text = argument
  }

  private init(text: String) { self.text = text }

  var defaultValueDescription: String { text }
}

/// The type of number that a model computes with.
struct PrecisionOptions: ParsableArguments {
  @Option(help: "The type of numbers to compute with: \(Precision.allCases.map(\.rawValue).joined(separator: ", ")).")
  var dtype = Precision.fp32
}

/// How a language model's weights are kept.
struct WeightOptions: ParsableArguments {
  @Option(
    help: """
      The type of numbers to compute with: fp32, bf16 or fp16; or weights kept in 8 or 4 bits: int8 or int4 (CPU only).
      """)
  var dtype = WeightPrecision.fp32
}

/// A type of number as it is named on the command line.
enum Precision: String, CaseIterable, ExpressibleByArgument {
  case fp32
  case bf16
  case fp16

  /// The engine's type.
  var dtype: DType {
    switch self {
    case .fp32: return .float32
    case .bf16: return .bfloat16
    case .fp16: return .float16
    }
  }
}

/// A way to keep weights as it is named on the command line.
enum WeightPrecision: String, CaseIterable, ExpressibleByArgument {
  case fp32
  case bf16
  case fp16
  case int8
  case int4
  case nf4

  /// How the weights are kept.
  var format: WeightFormat {
    switch self {
    case .fp32: return .plain(.float32)
    case .bf16: return .plain(.bfloat16)
    case .fp16: return .plain(.float16)
    case .int8: return .quantized(.eight)
    case .int4: return .quantized(.four)
    case .nf4: return .quantized(.normalFloat)
    }
  }
}

/// Where random numbers start.
struct SeedOptions: ParsableArguments {
  @Option(help: "Where random numbers start: the same seed gives the same result.")
  var seed: UInt64 = 0
}
