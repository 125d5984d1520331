import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardReports

extension TrainingPlan {
  /// The plan for programs.
  public var json: JSONValue {
    [
      "parameters": .integer(parameters), "total_steps": .integer(totalSteps),
      "widest_batch": [
        "rows": .integer(widest.rows), "source": .integer(widest.source), "target": .integer(widest.target),
      ],
      "available_bytes": available.map(JSONValue.integer) ?? .null, "fits": .bool(fits),
      "is_measured": .bool(isMeasured), "ways": .array(ways.map(\.json)), "probe": probe?.json ?? .null,
      "seconds": seconds.map(JSONValue.number) ?? .null,
      "savings": .array(savings.map { ["settings": .string($0.settings), "bytes": .integer($0.bytes)] }),
    ]
  }

  /// The plan for people.
  public var text: String {
    var blocks = [heading, table.text]
    if let time { blocks.append(time) }
    blocks.append(verdict)
    return blocks.joined(separator: "\n\n")
  }

  private var heading: String {
    let widths = widest.source > 0 ? "\(widest.source) in, \(widest.target) out" : "\(widest.target) tokens"
    let steps = totalSteps == 1 ? "1 step" : "\(Readable.count(totalSteps)) steps"
    return "\(Readable.count(parameters)) parameters; \(steps); the widest batch: \(widest.rows) × (\(widths))"
  }

  /// The ways side by side, a row for each part.
  private var table: ReportTable {
    func row(_ name: String, _ value: (TuningWay) -> String) -> [String] { [name] + ways.map(value) }
    var rows = [
      row("trained parameters") { Readable.count($0.trained) },
      row("") { Readable.share($0.trained, of: parameters) },
      row("weights") { Readable.bytes($0.memory.weights) },
      row("gradients") { Readable.bytes($0.memory.gradients) },
      row("optimiser") { Readable.bytes($0.memory.optimizer) },
    ]
    if isMeasured {
      rows.append(row("activations") { Readable.bytes($0.memory.activations) })
      rows.append(row("work space") { Readable.bytes($0.memory.workSpace) })
    }
    rows.append(row("the program") { Readable.bytes($0.memory.process) })
    rows.append(row("total") { Readable.bytes($0.memory.total) })
    rows.append(row("× the weights") { $0.memory.timesWeights.fixed(1) })
    if ways.contains(where: { $0.memory.cache > 0 }) {
      rows.append(row("cache at evaluations") { Readable.bytes($0.memory.cache) })
    }
    var notes: [String] = []
    if !isMeasured { notes.append("activations and work space come on top: the model is too large to measure here") }
    return ReportTable(head: ["memory"] + ways.map(\.name), rows: rows, numeric: Set(1...ways.count), notes: notes)
  }

  private var time: String? {
    guard let probe, let seconds else { return nil }
    let speed = Readable.count(Int(probe.tokensPerSecond.rounded()))
    return
      "\(speed) tokens a second in \(probe.steps) steps of full tuning; all \(Readable.count(totalSteps)) steps take "
      + "about \(Readable.duration(seconds)), evaluations and checkpoints aside"
  }

  private var verdict: String {
    let total = ways[0].memory.total
    guard let available else { return "what this machine could give is not known" }
    var lines: [String] = []
    if fits {
      lines.append("full tuning fits: \(Readable.bytes(total)) of \(Readable.bytes(available))")
      if !savings.isEmpty { lines.append("it would need less by") }
    } else {
      lines.append("full tuning does not fit: \(Readable.bytes(total)), but \(Readable.bytes(available)) are available")
      lines.append("what would need less:")
    }
    let others = savings + ways.dropFirst().map { (settings: $0.name, bytes: $0.memory.total) }
    let width = (others.map(\.settings.count).max() ?? 0) + 2
    for other in others {
      let mark = other.bytes <= available ? "" : "  (does not fit either)"
      lines.append(
        "  " + other.settings.padding(toLength: width, withPad: " ", startingAt: 0) + Readable.bytes(other.bytes) + mark
      )
    }
    if !isMeasured { lines.append("a smaller model, or a machine with more memory") }
    return lines.joined(separator: "\n")
  }
}
