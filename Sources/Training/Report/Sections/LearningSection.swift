import OrchardJSON
import OrchardReports

extension ReportSection {
  /// How a run went, step by step: losses, learning rate, gradients, speed.
  static func learning(_ history: RunHistory) -> ReportSection {
    let losses = [history.curve("training", "loss"), history.curve("validation", "validation_loss")]
    let speed = history.steps.compactMap { line -> (x: Double, y: Double)? in
      guard let step = line["step"]?.double, let tokens = line["tokens"]?.double,
        let seconds = line["seconds"]?.double, seconds > 0
      else { return nil }
      return (step, tokens / seconds)
    }
    return .curves(
      "Learning",
      [
        CurveChart(title: "Loss", vertical: history.unit, curves: losses.filter { !$0.points.isEmpty }),
        CurveChart(
          title: "Learning rate", vertical: "rate", curves: [history.curve("rate", "learning_rate")],
          startsAtZero: true),
        CurveChart(
          title: "Gradients", vertical: "norm before clipping", curves: [history.curve("norm", "gradient_norm")],
          startsAtZero: true),
        CurveChart(
          title: "Speed", vertical: "tokens a second, padding aside", curves: [Curve(name: "speed", points: speed)],
          startsAtZero: true),
      ])
  }
}
