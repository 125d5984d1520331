/// The Unicode normalization forms NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15).
struct UnicodeForm: Normalizer {
  private let composes: Bool
  private let isCompatible: Bool

  init(_ settings: StageSettings) throws {
    let kind = try settings.kind()
    composes = kind.hasSuffix("C")
    isCompatible = kind.hasPrefix("NFK")
  }

  func apply(to text: inout AlignedText) {
    guard text.bytes.contains(where: { $0 >= 0x80 }) else { return }
    if composes {
      Self.compose(&text, compatibility: isCompatible)
    } else {
      Self.decompose(&text, compatibility: isCompatible)
    }
  }

  /// A scalar, its combining class, and its change as `ScalarEdits` takes it.
  private struct Part {
    var scalar: UInt32
    var combiningClass: UInt16
    var change: Int32
  }

  static func decompose(_ text: inout AlignedText, compatibility: Bool) {
    var edits = ScalarEdits(capacity: text.bytes.count + text.bytes.count / 8, tracked: text.tracked)
    decompose(text, compatibility: compatibility, ascii: { edits.keep($0) }) {
      edits.put($0.scalar, change: $0.change)
    }
    edits.apply(to: &text)
  }

  /// Puts out the decomposed scalars in canonical order.
  ///
  /// `ascii` takes ASCII after which another ASCII byte or the end comes: nothing can combine with it; `put` takes
  /// every other scalar.
  @inline(__always)
  private static func decompose(
    _ text: AlignedText, compatibility: Bool, ascii: (UnsafeBufferPointer<UInt8>) -> Void, put: (Part) -> Void
  ) {
    let tables = DecompositionTables.shared
    // Marks wait here until a starter comes: only then is their order known.
    var waiting: [Part] = []
    @inline(__always)
    func flush() {
      guard !waiting.isEmpty else { return }
      if waiting.count > 1 { stableSort(&waiting) }
      for part in waiting { put(part) }
      waiting.removeAll(keepingCapacity: true)
    }
    @inline(__always)
    func take(_ scalar: UInt32, _ change: Int32) {
      let part = Part(scalar: scalar, combiningClass: tables.combiningClass(scalar), change: change)
      if part.combiningClass == 0 {
        flush()
        put(part)
      } else {
        waiting.append(part)
      }
    }
    text.bytes.withUnsafeBufferPointer { bytes in
      var place = 0
      while place < bytes.count {
        if bytes[place] < 0x80 {
          flush()
          let start = place
          while place < bytes.count, bytes[place] < 0x80 { place += 1 }
          let last = place == bytes.count ? place : place - 1
          if last > start { ascii(UnsafeBufferPointer(rebasing: bytes[start..<last])) }
          if last < place { put(Part(scalar: UInt32(bytes[last]), combiningClass: 0, change: 0)) }
          continue
        }
        let scalar = UTF8Scalars.scalar(bytes, at: place)
        place += UTF8Scalars.width(bytes[place])
        var change: Int32 = 0
        tables.decompose(scalar, compatibility: compatibility) {
          take($0, change)
          change = 1
        }
      }
      flush()
    }
  }

  private static func stableSort(_ parts: inout [Part]) {
    for place in 1..<parts.count {
      var index = place
      while index > 0, parts[index - 1].combiningClass > parts[index].combiningClass {
        parts.swapAt(index - 1, index)
        index -= 1
      }
    }
  }

  static func compose(_ text: inout AlignedText, compatibility: Bool) {
    let tables = DecompositionTables.shared
    var edits = ScalarEdits(capacity: text.bytes.count + 16, tracked: text.tracked)
    var starter: Part?
    // Marks behind the starter that did not combine with it.
    var marks: [Part] = []
    func flush() {
      if let starter { edits.put(starter.scalar, change: starter.change) }
      starter = nil
      for mark in marks { edits.put(mark.scalar, change: mark.change) }
      marks.removeAll(keepingCapacity: true)
    }
    decompose(
      text, compatibility: compatibility,
      ascii: {
        flush()
        edits.keep($0)
      },
      put: { part in
        guard let before = starter else {
          if part.combiningClass == 0 {
            starter = part
          } else {
            edits.put(part.scalar, change: part.change)
          }
          return
        }
        let isBlocked = marks.last.map { $0.combiningClass >= part.combiningClass } ?? false
        if !isBlocked, let composed = tables.compose(before.scalar, part.scalar) {
          starter = Part(scalar: composed, combiningClass: 0, change: before.change + part.change - 1)
        } else if part.combiningClass == 0 {
          flush()
          starter = part
        } else {
          marks.append(part)
        }
      })
    flush()
    edits.apply(to: &text)
  }
}
