import Foundation
import OrchardJSON
import OrchardTensors

/// The machine that a run is on, as far as it explains the run's speed.
struct RunMachine {
  /// The names and values, as the run's folder keeps them.
  let json: JSONValue

  /// This machine, computing on `device`.
  static func here(_ device: Device) -> RunMachine {
    let processor = Processor.here
    let memory = MachineMemory.here()
    return RunMachine(json: [
      "host": .string(ProcessInfo.processInfo.hostName),
      "system": .string(ProcessInfo.processInfo.operatingSystemVersionString),
      "processor": .string(processor.name), "cores": .integer(processor.physicalCores),
      "threads": .integer(Engine.threads), "memory_bytes": .integer(memory.total),
      "device": .string(device.description), "libtorch": .string(Engine.version),
      "kernels": .string(Engine.kernelFeatures),
    ])
  }
}
