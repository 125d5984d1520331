/// One record of an event file as TensorBoard reads it.
///
/// The file is a sequence of TFRecords (length, masked CRC-32C of the length, bytes, masked CRC-32C of the bytes), each
/// a protocol buffer `tensorflow.Event` (`tensorflow/core/util/event.proto`, `framework/summary.proto`).
public struct TensorBoardEvent: Sendable {
  /// What a record tells.
  public enum Content: Sendable {
    /// The first record of every file.
    case fileVersion
    /// A run goes on: a reader forgets what it knows of this step and later ones.
    case restart
    /// Numbers by their tags.
    case scalars([(tag: String, value: Double)])
    /// Text by its tag, shown as Markdown.
    case text(tag: String, String)
  }

  /// Seconds since 1970.
  public var time: Double
  /// The step.
  public var step: Int
  /// What it tells.
  public var content: Content

  /// A record.
  public init(time: Double, step: Int = 0, _ content: Content) {
    self.time = time
    self.step = step
    self.content = content
  }

  /// The record with its frame.
  public var record: [UInt8] {
    let data = message
    let length = withUnsafeBytes(of: UInt64(data.count).littleEndian) { Array($0) }
    return length + Self.check(length) + data + Self.check(data)
  }

  private static func check(_ bytes: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: CRC32C.masked(bytes).littleEndian) { Array($0) }
  }

  private var message: [UInt8] {
    ProtobufWriter.message { event in
      event.double(1, time)
      if step != 0 { event.integer(2, step) }
      switch content {
      case .fileVersion: event.text(3, "brain.Event:2")
      case .restart: event.bytes(7, ProtobufWriter.message { $0.integer(1, 1) })
      case .scalars(let values):
        let summary = ProtobufWriter.message { summary in
          for (tag, value) in values {
            summary.bytes(
              1,
              ProtobufWriter.message { entry in
                entry.text(1, tag)
                entry.float(2, Float(value))
              })
          }
        }
        event.bytes(5, summary)
      case .text(let tag, let text): event.bytes(5, Self.summary(tag, text))
      }
    }
  }

  /// A tensor of one string, marked for the plugin that shows text.
  private static func summary(_ tag: String, _ text: String) -> [UInt8] {
    let plugin = ProtobufWriter.message { $0.text(1, "text") }
    let stringType = 7
    let tensor = ProtobufWriter.message { tensor in
      tensor.integer(1, stringType)
      tensor.bytes(2, ProtobufWriter.message { $0.bytes(2, ProtobufWriter.message { $0.integer(1, 1) }) })
      tensor.text(8, text)
    }
    let entry = ProtobufWriter.message { entry in
      entry.text(1, tag)
      entry.bytes(8, tensor)
      entry.bytes(9, ProtobufWriter.message { $0.bytes(1, plugin) })
    }
    return ProtobufWriter.message { $0.bytes(1, entry) }
  }
}
