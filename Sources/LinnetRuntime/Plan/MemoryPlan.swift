/// Where each tensor of a network lies in the arena.
///
/// Tensors that live at the same time never share a byte; the rest may. Placement is greedy by size: the largest
/// tensor first, each at the lowest offset that is free during its life. Not always the smallest arena (that
/// problem is NP-hard), but within a few per cent of it for networks in practice.
struct MemoryPlan: Equatable {
  /// A tensor's needs: bytes, and the steps from the one that makes it to the last that reads it.
  struct Lifetime: Equatable {
    var byteCount: Int
    var steps: ClosedRange<Int>
  }

  /// Byte offsets, multiples of ``alignment``, in the order of the lifetimes.
  let offsets: [Int]
  /// Bytes of the whole, a multiple of ``alignment``.
  let byteCount: Int

  static let alignment = 64

  init(_ lifetimes: [Lifetime]) {
    var offsets = [Int](repeating: 0, count: lifetimes.count)
    var placed: [Int] = []
    var total = 0
    let order = lifetimes.indices.sorted {
      (lifetimes[$0].byteCount, $1) > (lifetimes[$1].byteCount, $0)
    }
    for index in order {
      let size = MemoryPlan.aligned(lifetimes[index].byteCount)
      let neighbours = placed.filter { lifetimes[$0].steps.overlaps(lifetimes[index].steps) }
        .sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for neighbour in neighbours {
        if offset + size <= offsets[neighbour] { break }
        offset = max(offset, offsets[neighbour] + MemoryPlan.aligned(lifetimes[neighbour].byteCount))
      }
      offsets[index] = offset
      total = max(total, offset + size)
      placed.append(index)
    }
    self.offsets = offsets
    byteCount = total
  }

  static func aligned(_ byteCount: Int) -> Int { (byteCount + alignment - 1) / alignment * alignment }
}
