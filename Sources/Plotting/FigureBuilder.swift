/// Collects the marks written one below the other in `Figure { … }`, also from `if` and `for`.
@resultBuilder
public enum FigureBuilder {
  /// A mark.
  public static func buildExpression(_ mark: any Mark) -> [any Mark] { [mark] }
  /// Marks that a function gave.
  public static func buildExpression(_ marks: [any Mark]) -> [any Mark] { marks }
  /// Marks one below the other: later ones are drawn over earlier ones.
  public static func buildBlock(_ parts: [any Mark]...) -> [any Mark] { parts.flatMap { $0 } }
  /// The marks of each pass of a `for`.
  public static func buildArray(_ parts: [[any Mark]]) -> [any Mark] { parts.flatMap { $0 } }
  /// The marks of an `if`, or none.
  public static func buildOptional(_ part: [any Mark]?) -> [any Mark] { part ?? [] }
  /// The marks of an `if` with an `else`.
  public static func buildEither(first part: [any Mark]) -> [any Mark] { part }
  /// The marks of its `else`.
  public static func buildEither(second part: [any Mark]) -> [any Mark] { part }
  /// The marks behind `if #available`.
  public static func buildLimitedAvailability(_ part: [any Mark]) -> [any Mark] { part }
}
