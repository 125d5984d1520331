import OrchardJSON

extension TemplateFilter {
  static let yesNo = TemplateFilter(
    "yes-no", "“yes” for true and 1, “no” for false and 0.", takes: "true, false, 1 or 0"
  ) { value in
    switch value.bool ?? value.int.flatMap({ [0: false, 1: true][$0] }) {
    case true?: "yes"
    case false?: "no"
    case nil: nil
    }
  }
}
