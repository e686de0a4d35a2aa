import Plotting
import Testing

struct CompositionTests {
  static let axis = TokenAxis(input: ["a", "b", "<EOS>"], output: ["·", "b"])

  static let all: [(name: String, figure: Figure)] = {
    let states = (0..<6).map { unit in (0..<5).map { Double(($0 + unit) % 5) / 4 } }
    let effects = ["storing", "counting"].map {
      DrawnEffect($0, value: 0.6, low: Float(0.5), high: 1, random: (0..<50).map { Double($0) / 100 })
    }
    let nodes = (0..<9).map { NetworkNode("\($0)", role: ["storing", "counting", "outputting"][$0 / 3]) }
    let edges = (0..<6).map { NetworkEdge("\($0)", "\($0 + 3)", weight: Double($0) - 2.5) }
    let run = (0..<30).map { 1 / Double($0 + 1) }
    return [
      ("unit traces", .unitTraces(states, axis: axis, highlighted: ["storing": [0, 2], "counting": [1]])),
      (
        "state heat map", .stateHeatMap(states, axis: axis, roles: ["storing": [4, 2], "counting": [2, 1]])
      ),
      (
        "trajectories",
        .trajectories([Trajectory("T = 4", first: [0, 1, 2.0], second: [0, 1, 0.0])], shares: (0.6, 0.2))
      ),
      ("effects", .effectAgainstNull(effects, axis: "Drop in accuracy")),
      ("shifts", .shiftCurve(k: -3...3, shift: -3...3, low: -4...2, high: -2...4, random: 0..<7)),
      ("overlaps", .overlapMatrix([[1, .nan], [0.4, 1]], names: ["t = 1", "t = 2"])),
      ("gates", .gateRaster([[0, 1, 0.5, 0.2, 1], [0.1, 0.2, 0.3, 0.4, 0.5]], axis: axis)),
      ("mechanism", .mechanism(nodes: nodes, edges: edges, label: "Contribution to $z$")),
      (
        "learning",
        .learningCurves(x: 0..<30, runs: ["16": [run, run.map { $0 * 2 }]], axis: "Loss", scale: .log)
      ),
    ]
  }()

  @Test(arguments: all.map(\.name), Appearance.allCases)
  func wordsFitAndDoNotOverlap(name: String, appearance: Appearance) throws {
    let figure = try #require(Self.all.first { $0.name == name }).figure
    let measurer = PangoMeasurer()
    let scene = try figure.scene(appearance: appearance, measurer: measurer)
    let page = Rect(x: 1, y: 1, width: scene.width - 2, height: scene.height - 2)
    let boxes = scene.texts.map { ($0.content, measurer.bounds($0)) }
    for (word, box) in boxes { #expect(page.contains(box), "\(word)") }
    for i in boxes.indices {
      for j in boxes.indices where j > i {
        #expect(
          !boxes[i].1.inset(by: 0.5).intersects(boxes[j].1.inset(by: 0.5)), "\(boxes[i].0), \(boxes[j].0)")
      }
    }
    #expect(try figure.notes().isEmpty)
  }

  @Test func tokensStandAtTheirSteps() throws {
    #expect(Self.axis.steps == [-2, -1, 0, 1, 2])
    let scene = try #require(Self.all.first).figure.fixedScene()
    let words = scene.texts.filter { ["a", "b", "<EOS>", "·"].contains($0.content) && $0.vertical == .top }
    #expect(words.map(\.content) == ["a", "b", "<EOS>", "·", "b"])
    let handOver = try #require(scene.strokes.last { !$0.stroke.dash.isEmpty })
    #expect(abs(handOver.path.elements[0].points[0].x - words[2].position.x) < 1e-6)
  }

  @Test func unitsOfOneRoleStandTogether() throws {
    let figure = try #require(Self.all.first { $0.name == "state heat map" }).figure
    let rows = figure.csv().split(separator: "\n").filter { $0.hasPrefix("heat map") }
    // Storing 2 and 4, then counting 1 (2 has its role already), then the others: rows as given to the map.
    let firsts = stride(from: 0, to: rows.count, by: 5).map { rows[$0].split(separator: ",").last ?? "" }
    #expect(firsts.count == 6)
    #expect(Set(firsts.prefix(2)) == ["0.5", "1"])
    #expect(firsts[2] == "0.25")
  }

  @Test func gatesAtTheirEndsAreMarked() throws {
    let scene = try #require(Self.all.first { $0.name == "gates" }).figure.fixedScene()
    #expect(scene.symbolGroups.map(\.points.count).sorted() == [1, 1, 1, 2])
  }

  @Test func theMedianOfSeedsIgnoresThoseThatStopped() throws {
    let figure = Figure.learningCurves(x: [0, 1, 2], runs: ["a": [[3, 2], [1, 4, 5]]], axis: "Loss")
    let lines = figure.csv().split(separator: "\n").filter { $0.hasPrefix("line") }
    #expect(lines == ["line,a,0,2", "line,a,1,3", "line,a,2,5"])
  }

  @Test func stepAndSymlogScales() {
    let step = StepScale(domain: StepScale.domain(covering: 0...9, margins: (0.1, 0.1)))
    #expect(step.domain == -0.5...9.5)
    #expect(step.ticks(target: 6, whole: false).map(\.value) == (0...9).map { Double($0) })
    #expect(step.ticks(target: 2, whole: false).allSatisfy { $0.value == $0.value.rounded() })
    let symlog = SymlogScale(domain: -1000...1000)
    #expect(abs(symlog.position(0) - 0.5) < 1e-12)
    for value in [0.01, 1, 30, 999.0] {
      #expect(abs(symlog.position(value) + symlog.position(-value) - 1) < 1e-12)
      #expect(symlog.position(value * 1.1) > symlog.position(value))
    }
    // Far from zero a decade is a decade.
    let far = symlog.position(1000) - symlog.position(100)
    #expect(abs(far - (symlog.position(100) - symlog.position(10))) < 0.01)
    #expect(symlog.ticks(target: 9, whole: false).compactMap(\.label).contains("0"))
    #expect(symlog.position(.nan).isNaN)
  }
}
