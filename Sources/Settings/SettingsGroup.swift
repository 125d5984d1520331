import Foundation
import OrchardJSON

/// The settings of one component, declared beside it: a struct of values with defaults, and its fields.
///
/// ```swift
/// struct ClippingSettings: SettingsGroup {
///   var norm = 1.0
///   static let help = "Clipping of gradients."
///   static var fields: [Field<Self>] { [Field("norm", \.norm, "Largest norm of all gradients.", .above(0))] }
/// }
/// ```
public protocol SettingsGroup: SettingValue {
  /// The group with its defaults.
  init()
  /// The fields in the order in which a recipe shows them.
  static var fields: [Field<Self>] { get }
  /// What the group is for, shown above its keys.
  static var help: String { get }
  /// What an example recipe shows: the defaults, and something where a default is nothing.
  static var example: Self { get }
  /// What is wrong with values that are each right alone.
  var complaints: [SettingsComplaint] { get }
}

/// A value that is wrong beside another one.
public struct SettingsComplaint: Sendable {
  /// The key, within its group, of the value to be changed.
  public let name: String
  /// What is wrong, beginning with a verb: "is more than steps (100)".
  public let problem: String

  /// A complaint about the field `name`.
  public init(_ name: String, _ problem: String) {
    self.name = name
    self.problem = problem
  }
}

extension SettingsGroup {
  /// No help.
  public static var help: String { "" }
  /// The defaults.
  public static var example: Self { Self() }
  /// No complaints.
  public var complaints: [SettingsComplaint] { [] }

  /// "a group of settings" with its keys.
  public static func expected(_ limits: Limits) -> String {
    "a group of keys (\(fields.map(\.name).joined(separator: ", ")))"
  }

  /// Reads the keys over the group's current values.
  public static func read(_ tree: SettingsTree, over current: Self?, limits: Limits, into reader: inout SettingsReader)
    -> Self?
  {
    guard case .group(let entries, nil, let place) = tree else {
      var shown = tree
      if case .group(_, let shorthand?, _) = tree { shown = .scalar(shorthand) }
      reader.refuse(shown, expected: expected(limits))
      return nil
    }
    return read(entries, at: place, over: current, into: &reader)
  }

  static func read(
    _ entries: [SettingsTree.Entry], at place: SettingsPlace, over current: Self?, into reader: inout SettingsReader
  ) -> Self? {
    let fields = fields
    let before = reader.problems.count
    var group = current ?? Self()
    for entry in entries where !fields.contains(where: { $0.name == entry.key }) {
      reader.refuseKey(entry, known: fields.map(\.name))
    }
    for field in fields {
      let written = entries.filter { $0.key == field.name }
      for again in written.dropFirst() {
        reader.under(field.name) { $0.note("stands twice; keep one", at: again.place) }
      }
      field.take(&group, written.last?.value, place, &reader)
    }
    guard reader.problems.count == before else { return nil }
    for complaint in group.complaints {
      let place = entries.last { $0.key == complaint.name }?.place ?? place
      reader.under(complaint.name) { $0.note(complaint.problem, at: place) }
    }
    return reader.problems.count == before ? group : nil
  }

  /// The fields with their values.
  public var outline: SettingsOutline {
    .group(
      Self.fields.map { field in
        let outline = field.outline(self)
        var expected = field.expected
        if case .group = outline { expected = "" }
        if field.isRequired { expected = expected.isEmpty ? "required" : "required; \(expected)" }
        return SettingsOutline.Entry(name: field.name, help: field.help, expected: expected, outline: outline)
      })
  }
}
