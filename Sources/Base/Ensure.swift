/// Ends the program with the sentence `message` where `condition` does not hold: a mistake of the program's author.
///
/// Swift's own `precondition` drops its sentence in an optimised build, which this library is for every chapter.
@inlinable
package func ensure(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { refuse(message()) }
}

/// Ends the program with the sentence `message` on standard error, where the report of a crash finds it.
@inline(never) @usableFromInline
package func refuse(_ message: String) -> Never { fatalError(message) }
