import Foundation
import OrchardTensors

/// Whether a model's weights fit into memory: told before anything is loaded.
package enum MemoryCheck {
  /// The variable that switches the check off.
  package static let variable = "ORCHARD_IGNORE_MEMORY"

  /// The bytes that are taken as available instead of what the machine says: for tests.
  @TaskLocal package static var available: Int?

  /// The memory that can still be had on a device, in bytes; nil where it is not known or the check is switched off.
  package static func limit(on device: Device) -> Int? {
    guard device == .cpu, ProcessInfo.processInfo.environment[variable] != "1" else { return nil }
    return available ?? MachineMemory.here().available
  }

  /// Refuses weights that are larger than the memory that is available.
  ///
  /// `weights` are the elements of each tensor, the type it is stored in, and the bits it is to have where it is
  /// quantised; `dtype` the type of the others, nil for their own. On other devices than the CPU nothing is checked:
  /// their memory is theirs to tell of.
  /// - Throws: `ModelError` with the numbers and the ways out.
  package static func check(
    _ weights: [(count: Int, stored: DType, form: CompactForm?)], dtype: DType?, on device: Device,
    source: String
  ) throws {
    guard let available = limit(on: device) else { return }
    func bytes(in dtype: DType?) -> Int {
      weights.reduce(0) { sum, weight in
        // Scales come on top of the bits: less than an eighth.
        let quantized = weight.form.map { Int(Double(weight.count) * $0.bitsPerNumber / 8) }
        return sum + (quantized ?? weight.count * (dtype ?? weight.stored).byteCount)
      }
    }
    let needed = bytes(in: dtype)
    guard needed > available else { return }
    let narrow = bytes(in: .bfloat16)
    let hint = narrow <= available && narrow < needed ? "load them in bf16, where they need \(text(narrow))" : nil
    let ways = [hint, "free memory", "take a smaller model", "set \(variable)=1 to try it all the same"]
    throw ModelError(
      "\(source): the weights need \(text(needed))\(dtype.map { " in \($0.name)" } ?? ""), but \(text(available)) of "
        + "memory are available here; \(ways.compactMap { $0 }.joined(separator: ", or "))")
  }

  private static func text(_ bytes: Int) -> String {
    bytes < 1_000_000_000
      ? String(format: "%.1f MB", Double(bytes) / 1e6) : String(format: "%.1f GB", Double(bytes) / 1e9)
  }
}
