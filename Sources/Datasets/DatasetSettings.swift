import OrchardSettings

/// Which files hold the data, and how they are read.
public struct DatasetSettings: SettingsGroup, Equatable {
  /// The files, read one after the other.
  public var files: [String] = ["data/train.jsonl"]
  /// The format; nil goes by each file's ending.
  public var format: String?
  /// Whether a table's first line names its columns.
  public var header = true
  /// Whether a table's fields may stand in double quotes.
  public var quotes = true
  /// How many rows to use; nil for all.
  public var limit: Int?

  /// The settings with their defaults.
  public init() {}

  /// The settings for one file.
  public init(file: String) { files = [file] }

  /// What the group is for.
  public static let help = "The files that hold the data."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("files", \.files, "The files, read one after the other; a file, or a list of files.", required: true),
      Field("format", \.format, "The files' format; empty goes by the ending.", in: DataFormats.catalog),
      Field("header", \.header, "CSV and TSV: whether the first line names the columns; else column1, column2, ..."),
      Field("quotes", \.quotes, "CSV and TSV: whether fields may stand in double quotes."),
      Field("limit", \.limit, "How many rows to use, from the first; empty for all.", .range(1...)),
    ]
  }

  /// No files at all.
  public var complaints: [SettingsComplaint] {
    files.isEmpty ? [SettingsComplaint("files", "is an empty list; name at least one file")] : []
  }
}
