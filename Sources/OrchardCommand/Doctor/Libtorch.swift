import Foundation
import OrchardTensors

/// The tensor library that this process has loaded.
struct Libtorch {
  /// The version, as `2.13.0`.
  let version = Engine.version

  /// The file it was loaded from; nil where the system does not tell.
  let place = loadedLibraries().first { $0.contains("libtorch_cpu.") }

  /// The vector instructions that its kernels use here, as `AVX512`.
  let capability = Engine.capability

  /// The vector instructions that Orchard's own kernels use here.
  let kernelFeatures = Engine.kernelFeatures

  /// The devices that it can use here.
  let devices = Device.all

  /// Whether a small matrix product comes out right, in each type that models compute with.
  static func computes(_ dtype: DType) -> Bool {
    let left = Tensor((0..<64).map { Float($0 % 5) - 2 }, shape: [8, 8])
    let product = left.to(dtype).matmul(left.to(dtype)).to(.float32).array(of: Float.self)
    let numbers = left.array(of: Float.self)
    var expected: [Float] = []
    for row in 0..<8 {
      for column in 0..<8 {
        var sum: Float = 0
        for inner in 0..<8 { sum += numbers[row * 8 + inner] * numbers[inner * 8 + column] }
        expected.append(sum)
      }
    }
    // Whole numbers this small are exact in every one of those types.
    return product == expected
  }

  private static func loadedLibraries() -> [String] {
    #if os(Linux)
      // The file has no size and changes while it is read: read to its end, not by its size.
      let maps = (try? FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps")).readToEnd()) ?? Data()
      return String(decoding: maps, as: UTF8.self).split(separator: "\n").compactMap { line in
        line.firstIndex(of: "/").map { String(line[$0...]) }
      }
    #else
      return (0..<_dyld_image_count()).compactMap { _dyld_get_image_name($0).map { String(cString: $0) } }
    #endif
  }
}
