import OrchardJSON

/// A sum of numbers, and how many they are.
public struct FigureSum: Sendable, Equatable {
  /// The sum.
  public var sum: Double
  /// Of how many numbers.
  public var count: Double

  /// A sum.
  public init(_ sum: Double, of count: Double) {
    self.sum = sum
    self.count = count
  }

  /// The sum of some numbers.
  public init(_ values: some Collection<Double>) { self.init(values.reduce(0, +), of: Double(values.count)) }
}

/// What several batches tell beside their loss.
struct FigureSums {
  private let names: [String]
  private var sums: [FigureSum]

  /// Sums of nothing yet.
  init(_ names: [String]) {
    self.names = names
    sums = names.map { _ in FigureSum(0, of: 0) }
  }

  /// Takes a batch into account.
  mutating func add(_ loss: BatchLoss) {
    add(loss.figures)
  }

  /// Takes figures into account.
  mutating func add(_ figures: [FigureSum]) {
    for (place, figure) in figures.enumerated() {
      sums[place].sum += figure.sum
      sums[place].count += figure.count
    }
  }

  /// All numbers in a row, to be added to those of other processes.
  var numbers: [Double] {
    get { sums.flatMap { [$0.sum, $0.count] } }
    set { sums = sums.indices.map { FigureSum(newValue[2 * $0], of: newValue[2 * $0 + 1]) } }
  }

  /// The means, of what there was anything.
  var means: [NamedFigure] {
    zip(names, sums).compactMap { $1.count > 0 ? NamedFigure(name: $0, value: $1.sum / $1.count) : nil }
  }
}

/// A figure with its name.
public struct NamedFigure: Sendable, Equatable {
  /// The name, in small letters with underscores.
  public let name: String
  /// The figure.
  public let value: Double

  /// A figure.
  public init(name: String, value: Double) {
    self.name = name
    self.value = value
  }

  /// Figures by name.
  static func json(_ figures: [NamedFigure]) -> JSONValue {
    .object(JSONObject(figures.map { ($0.name, .number($0.value)) }))
  }
}
