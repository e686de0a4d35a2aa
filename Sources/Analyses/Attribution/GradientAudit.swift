import LinearAlgebra
import Networks

/// Whether gradients tell what a unit does (control 7): attributions by several methods, for several targets and
/// baselines, beside the true effect of patching each unit with the same baseline.
///
/// Everything is a contribution: what F loses when a unit is replaced by its baseline. So a perfect method correlates
/// with the true effect at 1.
public struct GradientAudit: Codable, Sendable, Equatable {
  /// How a contribution is computed.
  public enum Method: Codable, Sendable, Hashable {
    /// h ∂F/∂h, whatever the baseline.
    case gradientTimesState
    /// (h − baseline) ∂F/∂h.
    case attributionPatching
    /// (h − baseline) ∫ ∂F/∂h along the straight path, by this rule.
    case integratedGradients(IntegrationRule)

    /// Gradient × input, attribution patching, and integrated gradients by left Riemann 50 and 300 and Gauss–Legendre 50.
    public static let all: [Method] = [
      .gradientTimesState, .attributionPatching, .integratedGradients(.published),
      .integratedGradients(.leftRiemann(300)), .integratedGradients(.gaussLegendre(50)),
    ]
  }

  /// One combination.
  public struct Entry: Codable, Sendable, Equatable {
    /// What F is.
    public let target: StateTarget
    /// What the contributions are relative to.
    public let baseline: BaselineState
    /// How the contributions were computed.
    public let method: Method
    /// How far the contributions are from adding up to F(state) − F(baseline).
    public let completeness: Completeness
    /// The correlations with the true effects.
    public let agreement: AttributionAgreement
    /// The half of the units that the published selection would take.
    public let publishedUnits: [Int]
  }

  /// t: the step whose states are attributed to.
  public let step: Int
  /// T: the position at which F is read.
  public let position: Int
  /// By target, then baseline, then method, in the order that was asked for.
  public let entries: [Entry]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Audits every combination.
  ///
  /// - Parameters:
  ///   - baselines: Such as `[.zero, .meanAtStep, .counterfactual(of: recording.rows)]`.
  ///   - resamples: How often the inputs are drawn again for each interval.
  ///   - permutations: How often units are exchanged for each null.
  ///   - progress: Called with the share of the work done.
  /// - Throws: As `IntegratedGradients` and `AttributionAgreement`.
  public init(
    _ model: Seq2Seq, _ states: AttributionStates, baselines: [BaselineState],
    targets: [StateTarget] = [.probability, .logProbability, .margin], methods: [Method] = Method.all,
    resamples: Int = 2000, permutations: Int = 999, seed: UInt64, progress: (Double) -> Void = { _ in }
  ) throws {
    let count = targets.count * baselines.count * methods.count
    var entries: [Entry] = []
    for target in targets {
      let gradient = try GradientTimesState(model, states, target: target)
      for baseline in baselines {
        let patching = try UnitPatching(model, states, target: target, source: baseline)
        let ends = try GradientTimesState(model, states.moved(to: baseline), target: target).values
        for method in methods {
          let contributions: Contributions
          switch method {
          case .gradientTimesState:
            contributions = Contributions(gradient.attributions, states: gradient.values, baselines: ends)
          case .attributionPatching:
            let effects = try firstOrderEffects(gradient.gradients, states, source: baseline)
            contributions = Contributions(effects.negated, states: gradient.values, baselines: ends)
          case .integratedGradients(let rule):
            let integrated = try IntegratedGradients(
              model, states, target: target, baseline: baseline, rule: rule)
            contributions = Contributions(
              attributions: integrated.attributions, completeness: integrated.completeness)
          }
          let agreement = try AttributionAgreement(
            contributions.attributions, patching.attributions.negated, inputs: states.inputs,
            sentences: states.sentences, resolution: patching.resolution, resamples: resamples,
            permutations: permutations, seed: seed)
          entries.append(
            Entry(
              target: target, baseline: baseline, method: method, completeness: contributions.completeness,
              agreement: agreement, publishedUnits: contributions.publishedUnits))
          progress(Double(entries.count) / Double(count))
        }
      }
    }
    (self.entries, step, position) = (entries, states.step, states.position)
    distinctInputs = states.distinctInputs
  }
}

/// What one method says of every unit.
private struct Contributions: UnitAttribution {
  let attributions: Matrix
  let completeness: Completeness
}

extension Contributions {
  init(_ attributions: Matrix, states: [Float], baselines: [Float]) {
    self.init(
      attributions: attributions,
      completeness: Completeness(attributions, states: states, baselines: baselines))
  }
}

extension AttributionStates {
  /// The baselines in the place of the states.
  fileprivate func moved(to baseline: BaselineState) throws -> AttributionStates {
    try AttributionStates(
      states: baseline.matrix(for: self), step: step, position: position, words: words, tokens: tokens,
      inputs: inputs, sentences: sentences)
  }
}

extension Matrix {
  fileprivate var negated: Matrix { Matrix(rows: rows, columns: columns, storage: storage.map { -$0 }) }
}
