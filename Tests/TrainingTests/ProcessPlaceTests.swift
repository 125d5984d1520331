import OrchardTensors
import OrchardTraining
import Testing

@Suite struct ProcessPlaceTests {
  @Test func launchersAreKnownByTheirVariables() throws {
    #expect(try ProcessPlace.launched([:]) == nil)
    #expect(try ProcessPlace.launched(["RANK": "0", "WORLD_SIZE": "1"]) == nil)
    let torchrun = try ProcessPlace.launched([
      "RANK": "0", "WORLD_SIZE": "4", "MASTER_ADDR": "node1", "MASTER_PORT": "1234",
      "TORCHELASTIC_USE_AGENT_STORE": "True", "TORCHELASTIC_RESTART_COUNT": "2",
    ])
    #expect(
      torchrun
        == ProcessPlace(rank: 0, size: 4, host: "node1", port: 1234, hostsStore: false, prefix: "orchard/2"))
    let slurm = try ProcessPlace.launched([
      "SLURM_PROCID": "3", "SLURM_NTASKS": "8", "SLURM_LAUNCH_NODE_IPADDR": "10.0.0.5",
    ])
    #expect(slurm == ProcessPlace(rank: 3, size: 8, host: "10.0.0.5", port: 29500, prefix: "orchard/0"))
    let openMPI = try ProcessPlace.launched([
      "OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2", "MASTER_ADDR": "a", "SLURM_PROCID": "0",
      "SLURM_NTASKS": "2",
    ])
    #expect(openMPI == ProcessPlace(rank: 0, size: 2, host: "a", port: 29500, prefix: "orchard/0"))
    let mpich = try ProcessPlace.launched(["PMI_RANK": "1", "PMI_SIZE": "2", "MASTER_ADDR": "a", "MASTER_PORT": "7"])
    #expect(mpich?.rank == 1)
  }

  @Test func whatIsWrongInThemIsTold() throws {
    func problem(_ variables: [String: String]) throws -> String {
      try #require(#expect(throws: TrainingError.self) { try ProcessPlace.launched(variables) }).description
    }
    #expect(try problem(["RANK": "one", "WORLD_SIZE": "2"]).contains("RANK is “one”"))
    #expect(try problem(["RANK": "2", "WORLD_SIZE": "2", "MASTER_ADDR": "a"]).contains("RANK is 2, but WORLD_SIZE"))
    #expect(try problem(["RANK": "1", "WORLD_SIZE": "2"]).contains("not where they meet"))
    let port = try problem(["RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "a", "MASTER_PORT": "x"])
    #expect(port.contains("MASTER_PORT is “x”"))
  }

  @Test func workIsSharedOutEvenly() {
    let owners = SharedStep.owners([100, 10, 40, 50, 10, 90], 2)
    let loads = (0..<2).map { owner in zip([100, 10, 40, 50, 10, 90], owners).filter { $0.1 == owner }.map(\.0) }
    #expect(loads.map { $0.reduce(0, +) } == [150, 150])
    #expect(Set(SharedStep.owners([5], 3)) == [0])
  }
}
