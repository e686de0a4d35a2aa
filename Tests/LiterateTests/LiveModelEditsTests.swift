import Foundation
import Testing
import Text

/// What the page's kernel computes, in a browser, beside Networks.
@Suite struct LiveModelEditsTests {
  private static let cells = ["gru", "resetAfterGRU", "lstm", "simpleRNN"]

  /// A chapter with a live model of each cell; it writes what Networks makes of random edits to a file.
  private static let chapter =
    """
    # Models

    ```{swift}
    struct Case: Encodable {
      var cell: String
      var asked: [Int32]
      var other: [Int32]
      var units: [Int]
      var from: Int
      var to: Int
      var given: String
      var value: Float
      var tokens: [Int32]
      var states: [[Float]]
      var isClose: Bool
    }
    let data = try TokenPositioning(words: 5, lengths: 3...8).balanced(seed: 3)
    let rows = data.verify
    let steps = rows.targets.steps
    func made(_ cell: CellKind) throws -> Seq2Seq {
      var model = Seq2Seq(Configuration(units: 6, vocabulary: data.vocabulary, cell: cell), seed: 11)
      for view in model.layout.views where !view.name.hasSuffix("recurrent") {
        var matrix = try model.parameter(view.name)
        for row in 0..<matrix.rows { for column in 0..<matrix.columns { matrix[row, column] *= 8 } }
        try model.setParameter(view.name, to: matrix)
      }
      return model
    }
    var cases: [Case] = []
    var generator = SeededGenerator(seed: 5, label: "edits")
    func add(_ model: Seq2Seq, _ cell: String, count: Int) throws {
      let means = try model.record(rows).decoder
      func grid(_ input: [Int32]) -> TokenGrid { TokenGrid(rows: 1, steps: input.count, storage: input) }
      func states(_ input: [Int32]) throws -> [Int: Matrix] {
        var found: [Int: Matrix] = [:]
        _ = try model.decode(grid(input), steps: steps) { found[$0] = $1 }
        return found
      }
      for _ in 0..<count {
        let asked = rows[generator.integer(below: rows.count)].input
        let other = rows[generator.integer(below: rows.count)].input
        let given = ["other", "mean", "zero", "value", "before"][generator.integer(below: 5)]
        let from = generator.integer(below: steps + 1)
        let to = min(steps, from + generator.integer(below: 3))
        let units = generator.sample(1 + generator.integer(below: 6), of: 0..<6)
        let value = Float(generator.integer(below: 9)) / 4 - 1
        let before = try states(asked)
        let source = try states(other)
        var after: [[Float]] = []
        let decoding = try model.decode(grid(asked), steps: steps) { step, states in
          if (from...to).contains(step) {
            let mean = means.states.step(step).columnMeans
            for unit in units {
              switch given {
              case "other": states[0, unit] = source[step]![0, unit]
              case "mean": states[0, unit] = mean[unit]
              case "before": states[0, unit] = before[max(0, step - 1)]![0, unit]
              default: states[0, unit] = given == "zero" ? 0 : value
              }
            }
          }
          after.append((0..<6).map { states[0, $0] })
        }
        let tokens = Array(decoding.tokens.row(0))
        // Whether two words were nearly as likely at some step, so that another order of adding may choose the other.
        let isClose = (1...steps).contains { step in
          let shares = data.vocabulary.names.indices.map { decoding.probability(of: Int32($0), row: 0, at: step) }.sorted()
          return shares[shares.count - 1] - shares[shares.count - 2] < 1e-4
        }
        cases.append(
          Case(
            cell: cell, asked: asked, other: other, units: units, from: from, to: to, given: given, value: value,
            tokens: tokens, states: after, isClose: isClose))
      }
    }
    ```
    """

  /// A thousand, or as many as NEURONBOOK_LIVE_EDITS says.
  private static let edits =
    ProcessInfo.processInfo.environment["NEURONBOOK_LIVE_EDITS"].flatMap { Int($0) } ?? 1000

  private static func figure(_ cell: String) -> String {
    """

    ```{swift}
    //| label: fig-\(cell.lowercased())
    //| caption: "A model of the kind \(cell)"
    //| alt: "Its states"
    let \(cell)Model = try made(.\(cell))
    try add(\(cell)Model, "\(cell)", count: \(edits / cells.count))
    show(try LiveModel(\(cell)Model, rows: rows, vocabulary: data.vocabulary, sets: ["first": [0, 1], "last": [4, 5]]))
    ```

    """
  }

  @Test func computesInABrowserWhatNetworksComputes() throws {
    try withWorkshop { workshop in
      let text =
        Self.chapter + Self.cells.map(Self.figure).joined() + """

          ```{swift}
          try JSONEncoder().encode(cases).write(to: resultsFolder.appending(path: "cases.json"))
          ```
          """
      try workshop.writeBook(["a.md": text])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let cases = try String(contentsOf: workshop.url("output/results/cases.json"), encoding: .utf8)
      let session = try BrowserSession(workshop.url("output/report.html"), in: workshop)
      defer { session.close() }
      let found = try session.value(
        of: """
          (async () => {
            await customElements.whenDefined("neuron-model");
            const cases = \(cases);
            let [tried, faults] = [0, []];
            for (const { cell, asked, other, units, from, to, given, value, tokens, states, isClose } of cases) {
              const model = document.querySelector(`#fig-${cell.toLowerCase()} neuron-model`);
              if (!await model.ready) return "not ready";
              const run = model.run({ input: asked, other, edits: [{ units, from, to, given, value }] });
              if (isClose) continue;
              tried++;
              const isSame = run.tokens.every((token, index) => token === tokens[index]);
              const far = states.some((state, step) => state.some((value, unit) => Math.abs(value - run.states[step][unit]) >= 1e-5));
              if (!isSame || far || run.states.length !== states.length) faults.push({ cell, given, from, to, isSame, far });
            }
            return JSON.stringify({ tried, faults: faults.slice(0, 5) });
          })()
          """)
      let read = try? JSONSerialization.jsonObject(with: Data(found.utf8)) as? [String: Any]
      let answer = try #require(read, "\(found)")
      #expect(try #require(answer["tried"] as? Int) > Self.edits * 9 / 10)
      #expect((answer["faults"] as? [Any])?.isEmpty == true, "\(found)")
    }
  }
}
