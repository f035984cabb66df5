internal import LinnetAlgebra

/// The places of the greatest numbers of a row, the greatest first, of equals the one that stands first; by a heap in
/// memory that is kept (Williams, "Algorithm 232: Heapsort", 1964).
struct Ranking {
  /// A heap of those that are not yet ranked, then the ranked, the first of all last.
  private var places: [Int]

  init(count: Int) { places = Array(0..<count) }

  /// The place that comes after `rank` others.
  subscript(rank: Int) -> Int { places[places.count - 1 - rank] }

  /// Ranks the first `count` at least.
  mutating func rank(_ values: Matrix, row: Int, first count: Int) {
    for place in places.indices { places[place] = place }
    for parent in stride(from: places.count / 2 - 1, through: 0, by: -1) {
      sink(parent, among: places.count, values, row)
    }
    for end in stride(from: places.count - 1, to: max(places.count - 1 - count, 0), by: -1) {
      places.swapAt(0, end)
      sink(0, among: end, values, row)
    }
  }

  private mutating func sink(_ start: Int, among count: Int, _ values: Matrix, _ row: Int) {
    func precedes(_ a: Int, _ b: Int) -> Bool {
      let (x, y) = (values[row, a], values[row, b])
      return x > y || x == y && a < b
    }
    var parent = start
    while true {
      var child = 2 * parent + 1
      guard child < count else { return }
      if child + 1 < count, precedes(places[child + 1], places[child]) { child += 1 }
      guard precedes(places[child], places[parent]) else { return }
      places.swapAt(parent, child)
      parent = child
    }
  }
}
