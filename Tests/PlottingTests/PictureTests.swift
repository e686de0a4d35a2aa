import CCairo
import Foundation
import Plotting
import Testing

/// A few pictures against recorded ones. Fonts and versions of Cairo differ between machines, so each is compared
/// by the mean colours of blocks of 8 × 8 pixels.
struct PictureTests {
  @Test(arguments: Appearance.allCases)
  func panels(appearance: Appearance) throws {
    try expectPicture(PanelTests.stack, appearance, named: "stack-\(appearance)")
  }

  @Test func mechanism() throws {
    let figure = try #require(CompositionTests.all.first { $0.name == "mechanism" }).figure
    try expectPicture(figure, .light, named: "mechanism")
  }

  @Test func unlikePicturesAreToldApart() throws {
    let a = try Self.blocks(PanelTests.stack.render(.png(scale: 1)))
    let b = try Self.blocks(PanelTests.grid.render(.png(scale: 1)))
    #expect(Self.difference(a, Array(b.prefix(a.count))) > 2)
  }

  private func expectPicture(_ figure: Figure, _ appearance: Appearance, named name: String) throws {
    let png = try figure.render(.png(scale: 1), appearance: appearance)
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Snapshots")
    let url = folder.appendingPathComponent(name + ".png")
    if ProcessInfo.processInfo.environment["NEURONBOOK_RECORD"] == "1" {
      try Data(png).write(to: url)
      return
    }
    let expected = try Self.blocks(Array(Data(contentsOf: url)))
    let difference = Self.difference(try Self.blocks(png), expected)
    #expect(difference < 1.5, "\(name): mean difference \(difference) of 255")
  }

  private static func difference(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count, !a.isEmpty else { return 255 }
    return zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(a.count)
  }

  private final class Source {
    var bytes: ArraySlice<UInt8>
    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }
  }

  /// The mean red, green and blue of each block.
  private static func blocks(_ png: [UInt8]) throws -> [Double] {
    let source = Source(png)
    let surface = cairo_image_surface_create_from_png_stream(
      { closure, target, count in
        guard let closure, let target else { return CAIRO_STATUS_READ_ERROR }
        let source = Unmanaged<Source>.fromOpaque(closure).takeUnretainedValue()
        guard source.bytes.count >= Int(count) else { return CAIRO_STATUS_READ_ERROR }
        for (offset, byte) in source.bytes.prefix(Int(count)).enumerated() { target[offset] = byte }
        source.bytes = source.bytes.dropFirst(Int(count))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(source).toOpaque())
    defer { cairo_surface_destroy(surface) }
    let data = try #require(cairo_image_surface_get_data(surface))
    let (width, height) = (
      Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface))
    )
    let stride = Int(cairo_image_surface_get_stride(surface))
    var means: [Double] = []
    for top in Swift.stride(from: 0, to: height - 7, by: 8) {
      for left in Swift.stride(from: 0, to: width - 7, by: 8) {
        for channel in 0..<3 {
          var sum = 0
          for y in top..<(top + 8) {
            for x in left..<(left + 8) { sum += Int(data[y * stride + x * 4 + channel]) }
          }
          means.append(Double(sum) / 64)
        }
      }
    }
    return means
  }
}
