import OrchardTensors

extension Problem {
  /// What is wrong with how the processor is used.
  package static func found(processor: Processor, threads: Int) -> [Problem] {
    var problems: [Problem] = []
    if threads > processor.usableCores {
      problems.append(
        Problem(
          "\(threads) threads share \(processor.usableCores) usable cores, which is slower than one thread a core.",
          cure: "leave --threads out, or pass --threads \(processor.usableCores)."))
    }
    let fast = ["avx2", "neon", "asimd"]
    if !processor.features.isEmpty || !processor.name.isEmpty, !processor.features.contains(where: fast.contains) {
      problems.append(
        Problem(
          "This processor has no AVX2: matrix products are several times slower than they could be.",
          cure: "run on a processor of 2013 or later; in a virtual machine, choose the processor type “host”."))
    }
    return problems
  }

  /// What is wrong with the memory that is left.
  package static func found(memory: MachineMemory) -> [Problem] {
    let needed = 2_000_000_000
    guard let available = memory.available, available < needed else { return [] }
    return [
      Problem(
        "Only \(available / 1_000_000) MB of memory are available; training a model of 60 million parameters takes 3 GB.",
        cure: "end other programs, or raise the container's memory limit.")
    ]
  }

  /// What is wrong with the room on the disks.
  package static func found(disks: [DiskSpace]) -> [Problem] {
    disks.filter { $0.free < 2_000_000_000 }.map { disk in
      Problem(
        "Only \(disk.free / 1_000_000) MB are free in \(disk.folder); a run keeps several copies of its model.",
        cure: "make room there, or work in a folder on another disk (TMPDIR names the one for temporary files).")
    }
  }

  /// What is wrong with the numbers that the engine computes.
  package static func found(wrongProducts types: [DType]) -> [Problem] {
    types.map { type in
      Problem(
        "A small matrix product in \(type) comes out wrong: libtorch does not suit this processor.",
        cure: "name another libtorch in LIBTORCH, run make setup, and build again.", isFatal: true)
    }
  }
}
