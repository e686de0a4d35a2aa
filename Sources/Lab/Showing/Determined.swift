import Analyses

/// What some work gives; nil where too few rows have what it asks for, so that nothing can be determined: a model that was
/// never trained writes no token, for example.
///
/// - Throws: What the work throws, but for `AnalysisError.tooFewRows`.
public func determined<Value>(_ work: () throws -> Value) throws -> Value? {
  do { return try work() } catch AnalysisError.tooFewRows { return nil }
}
