import Base
import Foundation

/// What a sweep is, and where in its chapter.
public struct SweepPlan: Codable, Equatable, Sendable {
  public var name: String
  /// All that its results depend on besides the points.
  public var key: ContentKey
  /// How many different points it has.
  public var points: Int
  /// The digest of the file that lists them.
  public var listing: String

  public init(name: String, key: ContentKey, points: Int, listing: String) {
    (self.name, self.key, self.points, self.listing) = (name, key, points, listing)
  }

  /// The name of its folder.
  public var identifier: String { String(listing.prefix(12)) }

  /// The plan of a folder; nil where there is none that can be read.
  public init?(of folder: PlanFolder) {
    guard let data = try? Data(ofFile: folder.plan.path),
      let plan = try? JSONDecoder().decode(SweepPlan.self, from: data)
    else { return nil }
    self = plan
  }
}

/// A point of a sweep.
public struct SweepPoint: Equatable, Sendable {
  public var key: String
  /// Where it is in the grid, counted from 0.
  public var place: Int
  /// The point as JSON.
  public var text: String

  public init(key: String, place: Int, text: String) {
    (self.key, self.place, self.text) = (key, place, text)
  }

  /// The points as lines of a file.
  public static func listing(_ points: [SweepPoint]) -> Data {
    var data = Data()
    for point in points { data.append(contentsOf: "\(point.key)\t\(point.place)\t\(point.text)\n".utf8) }
    return data
  }

  /// The points of a folder, in the order of the grid; none where there is no list.
  public static func listed(in folder: PlanFolder) -> [SweepPoint] {
    guard let data = try? Data(ofFile: folder.points.path) else { return [] }
    return data.split(separator: UInt8(ascii: "\n")).compactMap { SweepPoint(line: $0) }
  }

  /// Those of some keys.
  public static func named(_ keys: Set<String>, in folder: PlanFolder) -> [SweepPoint] {
    guard let data = try? Data(ofFile: folder.points.path) else { return [] }
    let wanted = Set(keys.map { Data($0.utf8) })
    return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
      wanted.contains(line.prefix { $0 != UInt8(ascii: "\t") }) ? SweepPoint(line: line) : nil
    }
  }

  private init?(line: Data) {
    let fields = line.split(separator: UInt8(ascii: "\t"), maxSplits: 2).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard fields.count == 3, let place = Int(fields[1]) else { return nil }
    self.init(key: fields[0], place: place, text: fields[2])
  }
}

/// The result of a point, and what it cost.
public struct KeptPoint<Value: Codable>: Codable {
  public var value: Value
  public var cost: PointCost

  public init(value: Value, cost: PointCost) { (self.value, self.cost) = (value, cost) }
}

/// What computing a point took.
public struct PointCost: Codable, Equatable, Sendable {
  public var seconds: Double
  /// The most that the program held by then, in bytes; nil where it computed several points at once.
  public var memory: Int?

  public init(seconds: Double, memory: Int?) { (self.seconds, self.memory) = (seconds, memory) }

  /// The cost of a kept point, whatever its value.
  public init?(ofPointIn file: URL) {
    struct Costly: Decodable { var cost: PointCost }
    guard let data = try? Data(ofFile: file.path),
      let cost = KeptValue(data)?.value(as: Costly.self)?.cost,
      0...1e9 ~= cost.seconds, 0...(1 << 50) ~= cost.memory ?? 0
    else { return nil }
    self = cost
  }
}

/// Why a point has no result.
public struct PointFailure: Codable, Equatable, Sendable {
  public var reason: String
  public var host: String

  public init(_ reason: String, host: String = PointMark.thisHost) {
    (self.reason, self.host) = (reason, host)
  }

  public init?(_ key: String, in folder: SweepFolder) {
    guard let data = try? Data(ofFile: folder.file(.failed, key).path),
      let failure = try? JSONDecoder().decode(PointFailure.self, from: data)
    else { return nil }
    self = failure
  }

  /// Puts it where the listing finds it.
  ///
  /// - Throws: `CocoaError` where the folder can't be written.
  public func write(_ key: String, in folder: SweepFolder) throws {
    try JSONEncoder().encode(self).writeWhole(to: folder.file(.failed, key), through: folder.drafts)
  }
}

/// Who computes a point. Its times are the clock of its machine, for people to read: nothing is decided by them.
public struct PointMark: Codable, Equatable, Sendable {
  public var host: String
  public var process: Int32
  /// When it began, such as "2026-03-01 12:04:09" (UTC).
  public var began: String

  /// That of this process, now.
  public init() {
    host = Self.thisHost
    process = getpid()
    var (now, parts) = (time(nil), tm())
    var text = [CChar](repeating: 0, count: 32)
    gmtime_r(&now, &parts)
    let length = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &parts)
    began = String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  public init?(_ key: String, in folder: SweepFolder) {
    guard let data = try? Data(ofFile: folder.file(.running, key).path),
      let mark = try? JSONDecoder().decode(PointMark.self, from: data)
    else { return nil }
    self = mark
  }

  /// The name of this machine.
  public static let thisHost: String = {
    var name = [CChar](repeating: 0, count: 256)
    return gethostname(&name, name.count - 1) == 0
      ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "unknown"
  }()
}
