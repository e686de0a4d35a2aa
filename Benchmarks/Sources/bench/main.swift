import Foundation
import Networks
import Tasks

/// One line of results.json: medians, in milliseconds or, for memory, in megabytes.
struct Result: Codable {
  var name: String
  var oursMs: Double?
  var peer: String
  var peerMs: Double?
  /// Where there are several peers, what each takes; the one above is the fastest.
  var peersMs: [String: Double]?
  /// What the peer takes, divided by what we take.
  var ratio: Double
  var goal: Double
  /// The time that the matrix products alone would take at this processor's best, divided by ours.
  var limitShare: Double?
  var oursMb: Double?
}

func report(_ result: Result) {
  let mark = result.ratio >= result.goal ? "ok " : "LOW"
  let ours =
    result.oursMs.map { String(format: "%10.2f ms", $0) } ?? String(format: "%10.0f MB", result.oursMb ?? 0)
  let peer = result.peerMs.map { String(format: "%10.2f ms", $0) } ?? ""
  let share = result.limitShare.map { String(format: "  %.2f of the limit", $0) } ?? ""
  let others = (result.peersMs ?? [:]).filter { $0.key != result.peer }.sorted { $0.value < $1.value }
    .map { String(format: "%@ %.2f", $0.key, $0.value) }.joined(separator: ", ")
  print(
    mark, result.name.padding(toLength: 58, withPad: " ", startingAt: 0), ours, peer,
    String(format: "%7.2f (goal %.1f)", result.ratio, result.goal), " ", result.peer, share,
    others.isEmpty ? "" : " (\(others))")
  // A line at a time, also into a pipe: a run takes minutes.
  fflush(nil)
}

/// Trains the toy task until all rows are right: milliseconds, steps.
func trainToy() throws -> (milliseconds: Double, steps: Int) {
  let data = LastTokenAutoencoder().published(seed: 1)
  var model = Seq2Seq(Configuration(units: 32, vocabulary: data.vocabulary), seed: 1)
  let history = try model.train(on: data, TrainingOptions(epochs: 100))
  guard history.reachedGoal else { throw CocoaError(.featureUnsupported) }
  return (history.seconds * 1e3, history.steps.count)
}

func peakMegabytes() -> Double {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
  return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? .nan) / 1024
}

/// The numbers that a program prints, by default this one with `arguments`: in a process of its own, so that its peak of
/// memory is its own.
func output(of arguments: [String], program: String? = nil) throws -> [Double] {
  let (process, pipe) = (Process(), Pipe())
  process.executableURL =
    program.map { URL(filePath: $0) } ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
  process.arguments = arguments
  process.standardOutput = pipe
  try process.run()
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
}

/// Our steps and the peers', in turns, so that all see the same machine.
func compare(_ size: StepSize, python: String, peers folder: URL) throws -> Result {
  let peers = size.peers.compactMap { Peer($0, python: python, folder: folder, size) }
  let data = size.data
  var (model, ours, shares) = (size.model, [Double](), [Double]())
  var theirs = [[Double]](repeating: [], count: peers.count)
  for _ in 0..<7 {
    let limit = size.operations / productRate()
    let times = try size.run(&model, on: data)
    ours += times
    shares.append(limit / median(times))
    for (index, peer) in peers.enumerated() { theirs[index] += peer.run(size.count) }
  }
  for peer in peers { peer.stop() }
  let times = Dictionary(uniqueKeysWithValues: zip(peers.map(\.name), theirs.map(median)))
  let fastest = times.min { $0.value < $1.value }
  return Result(
    name: size.name, oursMs: median(ours), peer: fastest?.key ?? "no peer is installed",
    peerMs: fastest?.value, peersMs: times, ratio: (fastest?.value ?? .nan) / median(ours), goal: size.goal,
    limitShare: median(shares))
}

let arguments = CommandLine.arguments
if arguments.contains("--toy") {
  let toy = try trainToy()
  print(toy.milliseconds, toy.steps, peakMegabytes())
} else if arguments.contains("--large"), let size = StepSize.all.last {
  var model = size.model
  _ = try size.run(&model, on: size.data)
  print(peakMegabytes())
} else {
  // Where make runs this: in Benchmarks, with the peers' Python, and a part of the names if only some should run.
  let folder = URL(filePath: FileManager.default.currentDirectoryPath)
  let peers = folder.appending(path: "peers")
  let python = arguments.dropFirst().first ?? "python3"
  let wanted = arguments.dropFirst(2).first
  let file = folder.appending(path: "results.json")
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  // What is not run keeps its last result.
  var results = wanted == nil ? [] : (try? decoder.decode([Result].self, from: Data(contentsOf: file))) ?? []
  func run(_ name: String, _ measure: () throws -> Result) rethrows {
    guard wanted.map({ name.contains($0) }) ?? true else { return }
    let result = try measure()
    report(result)
    results.removeAll { $0.name == name }
    results.append(result)
  }
  for size in StepSize.all {
    try run(size.name) { try compare(size, python: python, peers: peers) }
  }
  let elimination = EliminationSize()
  try run(elimination.name) { try elimination.compare(python: python, peers: peers) }
  for size in [32, 256].map(RandomSetsSize.init(units:)) { try run(size.name) { try size.measure() } }
  let sets = PeerSets()
  try run(sets.name) { try sets.compare(python: python, peers: peers) }
  for (index, name) in ManyRows.names.enumerated() {
    try run(name) { try ManyRows.compare(index, python: python, peers: peers) }
  }
  for (index, name) in LargeFigures.names.enumerated() {
    try run(name) { try LargeFigures.compare(index, python: python, peers: peers) }
  }
  let gallery = Gallery()
  try run(gallery.name) { try gallery.compare(python: python, peers: peers) }
  let trainings = ManyTrainings()
  try run(trainings.name) { try trainings.measure() }
  let authors = 20.0 * 7308
  try run("toy task from nothing to 100 %") {
    let time = try output(of: ["--toy"])[0]
    return Result(
      name: "toy task from nothing to 100 %", oursMs: time, peer: "the authors' 7,308 steps of 20 ms",
      peerMs: authors, ratio: authors / time, goal: 20)
  }
  for (name, argument, limit) in [("toy task", "--toy", 300.0), ("20,000 words", "--large", 1200)] {
    try run("peak memory, \(name)") {
      let megabytes = try output(of: [argument]).last ?? .nan
      return Result(
        name: "peak memory, \(name)", peer: "at most \(Int(limit)) MB", ratio: limit / megabytes, goal: 1,
        oursMb: megabytes)
    }
  }
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  encoder.keyEncodingStrategy = .convertToSnakeCase
  // No value is NaN in JSON; a comparison without a peer has no ratio to write.
  try encoder.encode(results.filter { $0.ratio.isFinite }).write(
    to: file, options: .atomic)
}
