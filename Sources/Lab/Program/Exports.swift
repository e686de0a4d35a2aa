// What `import Lab` brings into a chapter.
@_exported import Analyses
@_exported import Foundation
@_exported import KnownRoleModels
@_exported import LinearAlgebra
@_exported import Networks
@_exported import Plotting
@_exported import Tasks
