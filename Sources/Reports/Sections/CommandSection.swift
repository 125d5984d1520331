extension ReportSection {
  /// Commands to go on with, each with what it does.
  public static func commands(_ title: String, _ commands: [ReportFact]) -> ReportSection {
    ReportSection(
      title,
      commands.map { command in
        .tag(
          "div", class: "card command",
          [.tag("p", [], .text(command.name)), .tag("pre", [], .tag("code", [], .text(command.value)))])
      })
  }
}
