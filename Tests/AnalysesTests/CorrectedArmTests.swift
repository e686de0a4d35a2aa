import Analyses
import Foundation
import Networks
import Tasks
import Testing

/// R0 to R9 on the planted chain and on a model that was never trained.
@Suite struct CorrectedArmTests {
  @Test func planted() throws {
    for code in PlantedRoles.Code.allCases {
    let planted = try PlantedRoles(code)
    let clock = ContinuousClock()
    var arm: CorrectedArm?
    var last = clock.now
    let start = clock.now
    arm = try CorrectedArm(planted.model, planted.data, .init(positions: [7, 8], stride: 2)) { name, _ in
      print(name, clock.now - last); last = clock.now }
    print("planted", clock.now - start)
    show(try #require(arm))
    }
  }
  func show(_ arm: CorrectedArm) {
    for claim in arm.scorecard.claims {
      print(claim.name, claim.verdict, claim.met, claim.told)
      for cell in claim.cells { print("   ", cell.condition, cell.isMet as Any, cell.effect.measurement.map { "\($0.estimate) [\($0.interval.low), \($0.interval.high)] null \($0.null.mean) p \($0.null.pValue)" } ?? cell.effect.reason!.description) }
    }
    for o in arm.overlaps { print(o.position, o.step, o.overlap, o.mixed.measurement?.estimate as Any) }
  }
  @Test func untrained() throws {
    let data = try TokenPositioning(words: 4, lengths: 4...6).balanced(seed: 1)
    let model = Seq2Seq(Configuration(units: 16, vocabulary: data.vocabulary), seed: 1)
    let clock = ContinuousClock()
    let start = clock.now
    let arm = try CorrectedArm(model, data, .init(positions: [3, 5]))
    print("untrained", clock.now - start)
    show(arm)
  }
}
