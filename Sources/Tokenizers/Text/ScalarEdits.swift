/// A new text as a list of scalars, each with what it does to the scalars of the old one.
///
/// A change of 0 takes the place of the next old scalar, a positive one is inserted and shares the alignment
/// of what stood before, and a negative one takes the place of the next old scalar and removes as many more.
struct ScalarEdits {
  private var bytes: [UInt8] = []
  /// The change of each scalar; empty unless offsets are wanted.
  private var changes: [Int32] = []
  private let tracked: Bool

  init(capacity: Int, tracked: Bool) {
    self.tracked = tracked
    bytes.reserveCapacity(capacity)
    if tracked { changes.reserveCapacity(capacity) }
  }

  @inline(__always)
  mutating func put(_ scalar: UInt32, change: Int32) {
    UTF8Scalars.append(scalar, to: &bytes)
    if tracked { changes.append(change) }
  }

  /// Copies ASCII bytes that stay as they are.
  @inline(__always)
  mutating func keep(_ ascii: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: ascii)
    if tracked { changes.append(contentsOf: repeatElement(0, count: ascii.count)) }
  }

  /// Puts in `new` where `old` scalars stood.
  mutating func replace(_ old: Int, by new: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: new)
    guard tracked else { return }
    let count = UTF8Scalars.count(new)
    changes.append(contentsOf: repeatElement(0, count: count))
    if count > old {
      for place in changes.count - (count - old)..<changes.count { changes[place] = 1 }
    } else if count < old, !changes.isEmpty {
      changes[changes.count - 1] += Int32(count - old)
    }
  }

  /// Puts the new text in the place of the old.
  func apply(to text: inout AlignedText) {
    guard tracked else {
      text.bytes = bytes
      return
    }
    var alignments: [Alignment] = []
    alignments.reserveCapacity(bytes.count)
    bytes.withUnsafeBufferPointer { new in
      text.bytes.withUnsafeBufferPointer { old in
        var oldPlace = 0
        var newPlace = 0
        for change in changes {
          let width = UTF8Scalars.width(new[newPlace])
          newPlace += width
          let source = change > 0 ? oldPlace - 1 : min(oldPlace, old.count - 1)
          let alignment =
            source < 0 ? Alignment(start: text.origin, end: text.origin) : text.alignments[source]
          alignments.append(contentsOf: repeatElement(alignment, count: width))
          guard change <= 0 else { continue }
          for _ in 0...(-Int(change)) where oldPlace < old.count { oldPlace += UTF8Scalars.width(old[oldPlace]) }
        }
      }
    }
    text.bytes = bytes
    text.alignments = alignments
  }
}
