/// The part of the original text that a byte stands for, in Unicode scalars.
struct Alignment: Sendable, Equatable {
  var start: Int32
  var end: Int32
}

/// A text on its way through the normalizers, and, where offsets are wanted, for each of its bytes
/// the part of the original that it stands for.
///
/// The alignment follows the rules of the `tokenizers` package, so that offsets come out the same.
package struct AlignedText {
  /// Valid UTF-8.
  var bytes: [UInt8]
  /// One for each byte where offsets are wanted, else empty.
  var alignments: [Alignment]
  /// Whether offsets are wanted.
  let tracked: Bool
  /// The scalar of the original at which this text starts.
  let origin: Int32

  /// The text before any change.
  ///
  /// - Parameters:
  ///   - bytes: Valid UTF-8.
  ///   - origin: How many Unicode scalars of the whole text stand before it.
  ///   - tracked: Whether offsets are wanted.
  init(_ bytes: UnsafeBufferPointer<UInt8>, origin: Int32, tracked: Bool) {
    self.bytes = Array(bytes)
    self.origin = origin
    self.tracked = tracked
    alignments = []
    guard tracked else { return }
    alignments.reserveCapacity(bytes.count)
    var scalar = origin - 1
    for byte in bytes {
      if byte & 0xC0 != 0x80 { scalar += 1 }
      alignments.append(Alignment(start: scalar, end: scalar + 1))
    }
  }

  /// Replaces every scalar by the scalars that `body` puts out for it; they share its alignment.
  ///
  /// - Parameters:
  ///   - kept: ASCII bytes that stay as they are; runs of them are copied.
  ///   - body: Puts out what stands for the scalar, be it nothing.
  @inline(__always)
  mutating func rewrite(keepingASCII kept: (UInt8) -> Bool, _ body: (UInt32, inout Output) -> Void) {
    bytes.withUnsafeBufferPointer { source in
      var place = 0
      while place < source.count, source[place] < 0x80, kept(source[place]) { place += 1 }
      if place == source.count { return nil as Output? }
      var output = Output(capacity: source.count + source.count / 8, tracked: tracked)
      output.copy(0..<place, of: source, alignments)
      while place < source.count {
        let run = place
        while place < source.count, source[place] < 0x80, kept(source[place]) { place += 1 }
        if place > run { output.copy(run..<place, of: source, alignments) }
        if place == source.count { break }
        if tracked { output.current = alignments[place] }
        body(UTF8Scalars.scalar(source, at: place), &output)
        place += UTF8Scalars.width(source[place])
      }
      return output
    }.map { self.take($0) }
  }

  /// Replaces the parts `spans` by `content`, which takes the alignment of the last byte it replaces.
  mutating func replace(_ spans: [Range<Int>], by content: [UInt8]) {
    guard !spans.isEmpty else { return }
    var output = Output(capacity: bytes.count + spans.count * content.count, tracked: tracked)
    bytes.withUnsafeBufferPointer { source in
      var place = 0
      for span in spans {
        output.copy(place..<span.lowerBound, of: source, alignments)
        if tracked {
          output.current =
            span.upperBound > 0 ? alignments[span.upperBound - 1] : Alignment(start: origin, end: origin)
        }
        output.put(content)
        place = span.upperBound
      }
      output.copy(place..<source.count, of: source, alignments)
    }
    take(output)
  }

  /// Puts `content` before the text, aligned as the first scalar.
  ///
  /// An empty text stays empty.
  mutating func prepend(_ content: [UInt8]) {
    guard !bytes.isEmpty else { return }
    bytes.insert(contentsOf: content, at: 0)
    if tracked { alignments.insert(contentsOf: repeatElement(alignments[0], count: content.count), at: 0) }
  }

  /// Keeps only the given part.
  mutating func keep(_ range: Range<Int>) {
    guard range != 0..<bytes.count else { return }
    bytes = Array(bytes[range])
    if tracked { alignments = Array(alignments[range]) }
  }

  fileprivate mutating func take(_ output: Output) {
    bytes = output.bytes
    alignments = output.alignments
  }

  /// A text being written.
  struct Output {
    var bytes: [UInt8] = []
    var alignments: [Alignment] = []
    /// The alignment of what is put out next.
    var current = Alignment(start: 0, end: 0)
    let tracked: Bool

    init(capacity: Int, tracked: Bool) {
      self.tracked = tracked
      bytes.reserveCapacity(capacity)
      if tracked { alignments.reserveCapacity(capacity) }
    }

    @inline(__always)
    mutating func put(_ scalar: UInt32) {
      let width = UTF8Scalars.append(scalar, to: &bytes)
      if tracked { alignments.append(contentsOf: repeatElement(current, count: width)) }
    }

    mutating func put(_ content: [UInt8]) {
      bytes.append(contentsOf: content)
      if tracked { alignments.append(contentsOf: repeatElement(current, count: content.count)) }
    }

    @inline(__always)
    mutating func copy(_ range: Range<Int>, of source: UnsafeBufferPointer<UInt8>, _ sourceAlignments: [Alignment]) {
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[range]))
      if tracked { alignments.append(contentsOf: sourceAlignments[range]) }
    }
  }
}
