import CellRecords
import Foundation

@_exported import enum CellRecords.Profile

/// How much this build should compute: `quick`, `standard` or `full`.
public var profile: Profile {
  ProcessInfo.processInfo.environment[ProgramEnvironment.profile].flatMap(Profile.init(rawValue:))
    ?? .standard
}
