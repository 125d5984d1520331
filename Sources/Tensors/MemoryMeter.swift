import CTorch

/// Watches what tensors take while some work is done.
package enum MemoryMeter {
  /// How many blocks have come and gone so far, while the meter runs.
  package static var count: Int { Int(ct_meter_count()) }

  /// The bytes of all tensors made during `work` on this thread and not gone, after each one that came or went.
  ///
  /// Tensors of before count as they go: a level can be below nothing.
  package static func levels(during work: () throws -> Void) rethrows -> [Int] {
    Engine.require(ct_meter_begin(), "memory meter")
    var levels: [Int64] = []
    func end() {
      let count = ct_meter_count()
      levels = Array(unsafeUninitializedCapacity: max(1, count)) { buffer, initialized in
        ct_meter_end(buffer.baseAddress)
        initialized = count
      }
    }
    do {
      try work()
    } catch {
      end()
      throw error
    }
    end()
    return levels.map { Int($0) }
  }
}
