import CTorch

/// Where a tensor lives and is computed with.
public enum Device: Hashable, Sendable {
  case cpu
  case cuda(Int)
  case mps
}

extension Device: CustomStringConvertible {
  /// The name as the command line takes it: `cpu`, `cuda:0`, `mps`.
  public var description: String {
    switch self {
    case .cpu: return "cpu"
    case .cuda(let index): return "cuda:\(index)"
    case .mps: return "mps"
    }
  }
}

extension Device {
  /// The best device of this machine: the first CUDA device, else Metal, else the CPU.
  public static var best: Device {
    if Engine.cudaDeviceCount > 0 { return .cuda(0) }
    return Engine.hasMetal ? .mps : .cpu
  }

  /// Every device that this machine and this libtorch offer.
  public static var all: [Device] {
    [.cpu] + (0..<Engine.cudaDeviceCount).map { .cuda($0) } + (Engine.hasMetal ? [.mps] : [])
  }

  /// Reads a device as the command line names it: `cpu`, `cuda`, `cuda:N`, `mps` or `auto`.
  ///
  /// - Throws: `EngineError` for an unknown name, or a device that is not here, with those that are.
  public init(named name: String) throws {
    let here = Device.all.map(\.description).joined(separator: ", ")
    let wanted: Device
    switch name {
    case "auto": wanted = .best
    case "cpu": wanted = .cpu
    case "mps": wanted = .mps
    case "cuda": wanted = .cuda(0)
    default:
      guard name.hasPrefix("cuda:"), let index = Int(name.dropFirst(5)), index >= 0 else {
        throw EngineError("unknown device “\(name)”; use cpu, cuda, cuda:N, mps or auto (here: \(here))")
      }
      wanted = .cuda(index)
    }
    guard Device.all.contains(wanted) else {
      throw EngineError("device \(wanted) is not available with this libtorch on this machine (here: \(here))")
    }
    self = wanted
  }

  var raw: ct_device {
    switch self {
    case .cpu: return ct_device(kind: Int32(CT_CPU.rawValue), index: 0)
    case .cuda(let index): return ct_device(kind: Int32(CT_CUDA.rawValue), index: Int32(index))
    case .mps: return ct_device(kind: Int32(CT_MPS.rawValue), index: 0)
    }
  }

  init(raw: ct_device) {
    switch UInt32(raw.kind) {
    case CT_CUDA.rawValue: self = .cuda(Int(raw.index))
    case CT_MPS.rawValue: self = .mps
    default: self = .cpu
    }
  }
}
