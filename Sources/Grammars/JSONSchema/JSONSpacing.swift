/// The white space of a JSON text that is made under a schema.
public enum JSONSpacing: String, Sendable, CaseIterable {
  /// None.
  case compact
  /// One space behind each colon and comma, as Python's `json.dumps` writes it.
  case line
  /// As the model likes it: nothing, a space, or a new line and up to 24 spaces.
  case free
}
