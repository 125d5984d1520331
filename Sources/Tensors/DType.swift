import CTorch

/// The type of a tensor's elements.
public enum DType: Int32, CaseIterable, Sendable {
  case float32 = 0
  case bfloat16 = 1
  case float16 = 2
  case float64 = 3
  case int64 = 4
  case int32 = 5
  case int16 = 6
  case int8 = 7
  case uint8 = 8
  case bool = 9
}

extension DType {
  /// Bytes that one element takes.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: return 8
    case .float32, .int32: return 4
    case .bfloat16, .float16, .int16: return 2
    case .int8, .uint8, .bool: return 1
    }
  }

  /// Whether the elements are floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .bfloat16, .float16, .float64: return true
    default: return false
    }
  }

  /// The name in a safetensors header: `F32`, `BF16` and so on.
  public var safetensorsName: String {
    switch self {
    case .float32: return "F32"
    case .bfloat16: return "BF16"
    case .float16: return "F16"
    case .float64: return "F64"
    case .int64: return "I64"
    case .int32: return "I32"
    case .int16: return "I16"
    case .int8: return "I8"
    case .uint8: return "U8"
    case .bool: return "BOOL"
    }
  }

  /// The type that a safetensors header calls `name`, or nil.
  public init?(safetensorsName name: String) {
    guard let found = DType.allCases.first(where: { $0.safetensorsName == name }) else { return nil }
    self = found
  }

  /// The name in a `config.json` and on the command line's long form: `float32`, `bfloat16` and so on.
  public var name: String {
    switch self {
    case .float32: return "float32"
    case .bfloat16: return "bfloat16"
    case .float16: return "float16"
    case .float64: return "float64"
    case .int64: return "int64"
    case .int32: return "int32"
    case .int16: return "int16"
    case .int8: return "int8"
    case .uint8: return "uint8"
    case .bool: return "bool"
    }
  }
}

extension DType: CustomStringConvertible {
  /// The type's name.
  public var description: String { name }
}
