import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// A decoder's step and its Jacobian against float64 and finite differences, and eigenvalues against NumPy.
@Suite struct DecoderStepTests {
  @Test(arguments: try DynamicsFixture.load().steps) func theStepAndItsJacobianAreThoseOfNumPy(
    _ fixture: DynamicsFixture.Step
  ) throws {
    // Two rows at a time, so that blocks are joined.
    for capacity in [2, 64] {
      let step = DecoderStep(try fixture.model(), capacity: capacity)
      let next = try step.next(fixture.start, feeding: fixture.tokens)
      let (again, jacobians) = try step.jacobians(fixture.start, feeding: fixture.tokens)
      for (i, value) in fixture.next.enumerated() {
        #expect(abs(Double(next.storage[i]) - value) < 2e-6)
        #expect(abs(Double(again.storage[i]) - value) < 2e-6)
      }
      for (jacobian, expected) in zip(jacobians, fixture.jacobians) {
        for (i, value) in expected.enumerated() { #expect(abs(Double(jacobian.storage[i]) - value) < 1e-5) }
      }
    }
  }

  /// The map is the step that decoding makes: states of a recording lead to those of the next step.
  @Test(arguments: CellKind.allCases) func theStepIsThatOfARecording(_ cell: CellKind) throws {
    let data = LastTokenAutoencoder(longest: 4, rowsPerCell: 4).heldOut(seed: 1)
    let model = Seq2Seq(
      Configuration(units: 5, vocabulary: data.vocabulary, cell: cell, encoderLayers: 2, decoderLayers: 2),
      seed: 3)
    let recording = try model.record(data.training, steps: 3)
    let step = DecoderStep(model)
    let tokens = (0..<data.training.count).map { recording.tokens[$0, at: 2] }
    #expect(try step.next(recording.states(at: 2), feeding: tokens) == recording.states(at: 3))
    let logits = try step.logits(recording.states(at: 3))
    for row in 0..<3 {
      for word in 0..<data.vocabulary.count {
        #expect(abs(logits[row, word] - recording.logits[row, 3, word]) < 1e-5)
      }
    }
    #expect(throws: NetworkError.self) { try step.next(Matrix(rows: 1, columns: 2), feeding: [1]) }
    #expect(throws: NetworkError.self) { try step.next(recording.states(at: 2), feeding: [1]) }
    #expect(throws: NetworkError.self) { try step.next(Matrix(rows: 1, columns: step.width), feeding: [99]) }
    #expect(throws: NetworkError.self) { try step.logits(Matrix(rows: 1, columns: 2)) }
  }

  @Test(arguments: try DynamicsFixture.load().matrices) func eigenvaluesAreThoseOfNumPy(
    _ fixture: DynamicsFixture.General
  ) throws {
    let n = fixture.n
    let matrix = Matrix(rows: n, columns: n, storage: fixture.matrix)
    let eigen = try #require(Eigen(matrix))
    for i in 0..<n {
      #expect(abs(eigen.values[i].real - fixture.real[i]) < 1e-6)
      #expect(abs(eigen.values[i].imaginary - fixture.imaginary[i]) < 1e-6)
      for j in 0..<n {
        #expect(abs(eigen.right[i][j].magnitude - fixture.right[i * n + j]) < 1e-5)
        #expect(abs(eigen.left[i][j].magnitude - fixture.left[i * n + j]) < 1e-5)
      }
      // A v = λ v and uᴴ A = λ uᴴ, phases included.
      for row in 0..<n {
        var (right, left) = (ComplexNumber(0), ComplexNumber(0))
        for j in 0..<n {
          let (a, b) = (Double(matrix[row, j]), Double(matrix[j, row]))
          right = ComplexNumber(
            right.real + a * eigen.right[i][j].real, right.imaginary + a * eigen.right[i][j].imaginary)
          left = ComplexNumber(
            left.real + b * eigen.left[i][j].real, left.imaginary - b * eigen.left[i][j].imaginary)
        }
        let (value, v, u) = (eigen.values[i], eigen.right[i][row], eigen.left[i][row])
        #expect(abs(right.real - (value.real * v.real - value.imaginary * v.imaginary)) < 1e-6)
        #expect(abs(right.imaginary - (value.real * v.imaginary + value.imaginary * v.real)) < 1e-6)
        #expect(abs(left.real - (value.real * u.real + value.imaginary * u.imaginary)) < 1e-6)
        #expect(abs(left.imaginary - (value.imaginary * u.real - value.real * u.imaginary)) < 1e-6)
      }
    }
    #expect(Eigen(Matrix(rows: 2, columns: 2, repeating: .nan)) == nil)
  }

  @Test func leastSquaresAreThoseOfTheNormalEquations() throws {
    // By hand: A = [[1, 1], [0, 1], [1, 0]], b = (1, 2, 3): AᵀA = [[2, 1], [1, 2]], Aᵀb = (4, 3).
    let x = try #require(leastSquares([1, 1, 0, 1, 1, 0], columns: 2, [1, 2, 3], damping: 0))
    #expect(abs(x[0] - 5.0 / 3) < 1e-12 && abs(x[1] - 2.0 / 3) < 1e-12)
    let damped = try #require(leastSquares([1, 1, 0, 1, 1, 0], columns: 2, [1, 2, 3], damping: 1))
    #expect(abs(damped[0] - 9.0 / 8) < 1e-12 && abs(damped[1] - 5.0 / 8) < 1e-12)
    #expect(leastSquares([1, 0, 1, 0], columns: 2, [1, 1], damping: 0) == nil)
  }
}
