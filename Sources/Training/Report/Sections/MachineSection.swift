import OrchardJSON
import OrchardReports

extension ReportSection {
  /// The machine that the run was on, and when.
  static func machine(_ history: RunHistory) -> ReportSection {
    guard let about = history.about, let machine = about.json["machine"] else { return ReportSection("Machine", []) }
    var facts: [ReportFact] = []
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { facts.append(ReportFact(name, value)) }
    }
    add("processor", machine["processor"]?.string)
    add("cores", machine["cores"]?.int.map(String.init))
    add("threads used", machine["threads"]?.int.map(String.init))
    add("memory", machine["memory_bytes"]?.int.map(Readable.bytes))
    add("most memory held", about.peakMemory.map(Readable.bytes))
    add("device", machine["device"]?.string)
    add("libtorch", machine["libtorch"]?.string)
    add("kernels", machine["kernels"]?.string)
    add("system", machine["system"]?.string)
    add("Orchard", about.json["orchard"]?.string)
    add("begun", about.begun.map(Readable.moment))
    add("time in all", about.seconds.map(Readable.duration))
    return .facts("Machine", facts)
  }
}
