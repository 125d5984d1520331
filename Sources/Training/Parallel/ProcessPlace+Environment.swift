import Foundation
import OrchardTensors

extension ProcessPlace {
  /// The place that a launcher has given this process by its environment; nil where there is no launcher, or it has
  /// started one process alone.
  ///
  /// Known are torchrun (`RANK`, `WORLD_SIZE`), Slurm's `srun` (`SLURM_PROCID`, `SLURM_NTASKS`), Open MPI
  /// (`OMPI_COMM_WORLD_RANK`, …) and MPICH and its kin (`PMI_RANK`, …). Where the group meets is `MASTER_ADDR` and
  /// `MASTER_PORT`; for Slurm it is else the machine that `srun` began on, port 29500.
  /// - Throws: `TrainingError` where the variables are incomplete or contradict each other.
  public static func launched(_ environment: [String: String]) throws -> ProcessPlace? {
    let launchers = [
      ("RANK", "WORLD_SIZE"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
      ("SLURM_PROCID", "SLURM_NTASKS"),
    ]
    guard let (rankName, sizeName) = launchers.first(where: { environment[$0.0] != nil && environment[$0.1] != nil })
    else { return nil }
    func number(_ name: String) throws -> Int {
      guard let text = environment[name], let value = Int(text), value >= 0 else {
        throw TrainingError("the launcher's variable \(name) is “\(environment[name] ?? "")”, which is no number")
      }
      return value
    }
    let (rank, size) = (try number(rankName), try number(sizeName))
    guard size > 1 else { return nil }
    guard rank < size else {
      throw TrainingError("\(rankName) is \(rank), but \(sizeName) says that there are \(size)")
    }
    let slurm = environment["SLURM_LAUNCH_NODE_IPADDR"] ?? environment["SLURM_SRUN_COMM_HOST"]
    guard let host = environment["MASTER_ADDR"] ?? (rankName == "SLURM_PROCID" ? slurm : nil) else {
      throw TrainingError(
        "\(rankName) says that this is process \(rank) of \(size), but not where they meet: set MASTER_ADDR to the "
          + "name of process 0's machine, and MASTER_PORT to a free port there")
    }
    let port = environment["MASTER_PORT"] == nil ? 29500 : try number("MASTER_PORT")
    // torchrun's agent keeps the store; what came before a restart stays in it.
    let isKept = environment["TORCHELASTIC_USE_AGENT_STORE"]?.lowercased() == "true"
    let start = environment["TORCHELASTIC_RESTART_COUNT"] ?? "0"
    return ProcessPlace(
      rank: rank, size: size, host: host, port: port, hostsStore: isKept ? false : rank == 0,
      prefix: "orchard/\(start)")
  }
}
