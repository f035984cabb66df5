import Testing

@testable import LinnetPipeline

@Suite struct ParallelTests {
  @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 700])
  func resultsComeInOrder(threads: Int, count: Int) {
    var delivered: [Int] = []
    inParallel(
      count: count, threads: threads, state: { [Int]() },
      work: { seen, index in
        seen.append(index)
        // Work of uneven length, so that threads overtake one another.
        return (0..<(index % 7) * 500).reduce(index * 3) { $0 ^ ($1 & 0) }
      },
      deliver: { index, result in
        #expect(result == index * 3)
        delivered.append(index)
      })
    #expect(delivered == Array(0..<count))
  }

  @Test func everyWorkerHasAStateOfItsOwn() {
    final class Counter: Sendable {}
    var seen: Set<ObjectIdentifier> = []
    var counters: [Counter] = []
    inParallel(
      count: 300, threads: 4, state: { Counter() }, work: { counter, _ in counter },
      deliver: { _, counter in
        if seen.insert(ObjectIdentifier(counter)).inserted { counters.append(counter) }
      })
    #expect((1...4).contains(seen.count))
  }
}
