/// The rows that ask for one word at one position of one length.
public struct RowCell: Codable, Sendable, Hashable {
  /// w, as a token.
  public let word: Int32
  /// T, counted from 1.
  public let position: Int
  /// How many tokens the target has before EOS.
  public let length: Int
  /// How many rows ask for it, repeats included.
  public var rows = 0
  /// How many different inputs these rows have.
  public var distinctInputs = 0
}

extension Rows {
  /// How many rows, and how many distinct inputs, ask for each (w, T, length); sorted by length, position, word.
  public var cells: [RowCell] {
    var cells = [[Int]: RowCell]()
    var seen = Set<ArraySlice<Int32>>(minimumCapacity: count)
    for index in 0..<count {
      let key = [lengths[index], positions[index], Int(words[index])]
      let isNew = seen.insert(inputs.row(index)).inserted
      var cell = cells[key] ?? RowCell(word: words[index], position: key[1], length: key[0])
      cell.rows += 1
      cell.distinctInputs += isNew ? 1 : 0
      cells[key] = cell
    }
    return cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }
}
