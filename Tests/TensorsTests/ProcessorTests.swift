import OrchardTensors
import Testing

@Suite struct ProcessorTests {
  static let x86 = """
    processor\t: 0
    model name\t: AMD EPYC 9B14
    flags\t\t: fpu sse2 avx avx2 fma avx512f avx512bw avx512_bf16 avx512_vnni
    """

  @Test func x86ThreadsThatShareACoreCountOnce() {
    let processor = Processor(cpuinfo: Self.x86, siblings: ["0,2\n", "1,3\n", "0,2\n", "1,3\n"], hardwareThreads: 4)
    #expect(processor.name == "AMD EPYC 9B14")
    #expect(processor.physicalCores == 2)
    #expect(processor.usableCores == 2)
    #expect(processor.features == ["avx2", "fma", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16"])
  }

  @Test func armCallsThemFeatures() {
    let processor = Processor(
      cpuinfo: "processor\t: 0\nFeatures\t: fp asimd asimdhp i8mm bf16", siblings: ["0", "1"], hardwareThreads: 2)
    #expect(processor.features == ["asimd", "asimdhp", "i8mm", "bf16"])
  }

  @Test func withoutTopologyEveryThreadIsACore() {
    #expect(Processor(cpuinfo: "", siblings: [], hardwareThreads: 3).physicalCores == 3)
  }

  @Test(arguments: [("150000 100000\n", 1.5), ("400000 100000", 4)])
  func aContainersQuota(text: String, cores: Double) {
    #expect(Processor.quota(cgroup: text) == cores)
  }

  @Test func noQuota() {
    #expect(Processor.quota(cgroup: "max 100000\n") == nil)
  }

  @Test func aQuotaLimitsTheThreads() {
    var processor = Processor(cpuinfo: Self.x86, siblings: ["0", "1", "2", "3"], hardwareThreads: 4)
    processor.quota = 1.5
    #expect(processor.usableCores == 2)
  }
}
