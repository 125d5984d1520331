import CTorch

/// What can go wrong at the engine's edge, told for people.
public struct EngineError: Error, Equatable, CustomStringConvertible {
  /// The whole sentence: what was wrong, and the way out.
  public let description: String

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }
}

/// The tensor engine as a whole: versions, threads, devices, random numbers.
public enum Engine {
  /// The version of libtorch, as `2.13.0`.
  public static var version: String { String(cString: ct_version()) }

  /// The vector instructions that libtorch's own kernels use here: `AVX512`, `AVX2` or `DEFAULT`.
  public static var capability: String { String(cString: ct_capability()) }

  /// The vector instructions that Orchard's own kernels use here, as `avx512 bf16 vnni`.
  public static var kernelFeatures: String { String(cString: ct_cpu_features()) }

  /// How many threads one operation may use.
  public static var threads: Int {
    get { Int(ct_threads()) }
    set { _ = ct_set_threads(Int32(clamping: max(1, newValue))) }
  }

  /// How many CUDA devices this libtorch can use.
  public static var cudaDeviceCount: Int { Int(ct_cuda_count()) }

  /// Whether this libtorch can use Metal here.
  public static var hasMetal: Bool { ct_has_mps() }

  /// Seeds this thread's random numbers on the CPU, and those of every other device.
  public static func seed(_ seed: UInt64) { require(ct_manual_seed(seed), "seed") }

  /// The state of this thread's random numbers on the CPU, to be saved and restored.
  public static var randomState: [UInt8] {
    get { Tensor(taking: ct_random_state(), "random state").array(of: UInt8.self) }
    set {
      let state = Tensor(newValue)
      withExtendedLifetime(state) { require(ct_set_random_state(state.raw), "random state") }
    }
  }

  /// Treats numbers too small for the normal range as zero: they cost a hundred times as much to compute with.
  public static func flushDenormals(_ on: Bool = true) { ct_flush_denormals(on) }

  /// Keeps freed memory for the next large blocks instead of giving it back to the system: for work that repeats.
  package static func keepFreedMemory() { ct_keep_freed_memory() }

  /// Waits until everything asked of `device` is done.
  public static func synchronize(_ device: Device) { require(ct_synchronize(device.raw), "synchronize") }

  /// Traps if an operation that cannot fail for a user's reason failed.
  static func require(_ status: Int32, _ operation: StaticString) {
    if status != 0 { failed(operation, []) }
  }

  /// Ends the program with the operation, the shapes and libtorch's own words: a fault inside the library.
  static func failed(_ operation: StaticString, _ shapes: [[Int]]) -> Never {
    let of = shapes.isEmpty ? "" : " of shapes " + shapes.map(\.description).joined(separator: ", ")
    fatalError("\(operation)\(of): \(String(cString: ct_error()))")
  }
}
