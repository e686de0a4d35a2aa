import Analyses
import LinearAlgebra
import Testing

@Suite struct PrincipalComponentsTests {
  /// NumPy 2.4: the singular value decomposition of the centred observations.
  @Test func directionsSharesAndProjectionsAreThoseOfNumPy() {
    let observations = Matrix([
      [0.69, 0.82, 0.44], [-2.61, 0.91, -1.17], [-1.07, 0.58, -0.43], [0.59, 0.03, 0.46],
      [-1.47, -0.16, -0.88],
      [1.2, 0.04, 0.51],
    ])
    let components = PrincipalComponents(observations, count: 2)
    let directions: [[Float]] = [
      [0.8926218353450228, -0.09136356612583865, 0.44145096879501],
      [0.0010216809809235293, 0.9796551837138405, 0.20068551813863972],
    ]
    for component in 0..<2 {
      for feature in 0..<3 {
        #expect(abs(components.directions[component, feature] - directions[component][feature]) < 1e-5)
      }
    }
    #expect(abs(components.explained[0] - 0.9334846401976366) < 1e-6)
    #expect(abs(components.explained[1] - 0.06409967558646469) < 1e-6)
    let plane = components.project(observations)
    #expect(abs(plane[0, 0] - 1.2449760273982213) < 1e-5)
    #expect(abs(plane[1, 0] + 2.4196348099516456) < 1e-5)
    #expect(abs(plane[1, 1] - 0.3277887210609568) < 1e-5)
  }
}
