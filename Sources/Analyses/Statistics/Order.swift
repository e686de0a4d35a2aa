/// Rows by a number of each, the lowest number first and the rows in their order: what is summed group by group has the
/// same bits in every run, which it would not have in the order of a dictionary.
package func grouped(_ rows: some Sequence<Int>, by number: (Int) -> Int) -> [(number: Int, rows: [Int])] {
  Dictionary(grouping: rows, by: number).map { (number: $0.key, rows: $0.value) }.sorted {
    $0.number < $1.number
  }
}

/// The places of numbers, by the numbers.
package func groupedPlaces(of numbers: [Int]) -> [[Int]] {
  grouped(numbers.indices) { numbers[$0] }.map(\.rows)
}

/// The places of scores, the highest first; of equal ones the first one first.
package func ranking(of scores: [Double]) -> [Int] {
  scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
}
