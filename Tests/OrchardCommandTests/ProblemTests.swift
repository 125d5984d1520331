import OrchardCommand
import OrchardTensors
import Testing

@Suite struct ProblemTests {
  @Test func moreThreadsThanAQuotaGrantsAreToldOf() {
    var processor = Processor(
      cpuinfo: "model name\t: New\nflags\t: avx2 fma", siblings: ["0", "1", "2", "3"], hardwareThreads: 4)
    processor.quota = 1.5
    #expect(Problem.found(processor: processor, threads: 2).isEmpty)
    #expect(
      Problem.found(processor: processor, threads: 4).map(\.cure) == ["leave --threads out, or pass --threads 2."])
  }

  @Test func anArmProcessorIsNoProblem() {
    let processor = Processor(
      cpuinfo: "processor\t: 0\nFeatures\t: fp asimd asimdhp i8mm bf16", siblings: ["0", "1"], hardwareThreads: 2)
    #expect(Problem.found(processor: processor, threads: 2).isEmpty)
  }

  @Test func anOldProcessorIsToldOf() {
    let processor = Processor(cpuinfo: "model name\t: Old\nflags\t: sse2", siblings: ["0"], hardwareThreads: 1)
    #expect(Problem.found(processor: processor, threads: 1).count == 1)
  }
}
