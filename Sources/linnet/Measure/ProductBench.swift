internal import CLinux
internal import LinnetKernels

/// One matrix product on memory of its own, to time its tilings on.
@safe final class ProductBench {
  let shape: ProductShape
  /// Rows that a call does: all, unless their left side is larger than any cache.
  let rows: Int
  private let a: UnsafeMutablePointer<Int8>
  private let w: UnsafeMutablePointer<Int8>
  private let c: UnsafeMutablePointer<Int8>
  private let bias: UnsafeMutablePointer<Int32>
  private let multiplier: UnsafeMutablePointer<Float>
  private let paddedChannels: Int

  private static let mostBytesOfRows = 8 << 20
  /// What kernels may read behind the activations.
  private static let slack = 64

  init(_ shape: ProductShape) {
    let rowBytes = 4 * shape.kGroups
    self.shape = shape
    rows = min(shape.m, max(48, ProductBench.mostBytesOfRows / rowBytes))
    paddedChannels = (shape.n + 15) / 16 * 16
    var state: UInt32 = 1
    func noise(_ count: Int) -> UnsafeMutablePointer<Int8> {
      let bytes = unsafe UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
        .bindMemory(to: Int8.self, capacity: count)
      for place in 0..<count {
        state = state &* 1_664_525 &+ 1_013_904_223
        // Weights are never −128.
        unsafe bytes[place] = Int8(truncatingIfNeeded: max(-127, Int32(bitPattern: state) >> 24))
      }
      return unsafe bytes
    }
    unsafe a = noise(rows * rowBytes + ProductBench.slack)
    unsafe w = noise(paddedChannels * rowBytes)
    unsafe c = noise(rows * shape.n)
    unsafe bias = .allocate(capacity: 2 * paddedChannels)
    unsafe bias.initialize(repeating: 0, count: 2 * paddedChannels)
    unsafe multiplier = .allocate(capacity: paddedChannels)
    unsafe multiplier.initialize(repeating: 0.001, count: paddedChannels)
  }

  deinit {
    unsafe UnsafeMutableRawPointer(a).deallocate()
    unsafe UnsafeMutableRawPointer(w).deallocate()
    unsafe UnsafeMutableRawPointer(c).deallocate()
    unsafe bias.deallocate()
    unsafe multiplier.deallocate()
  }

  /// Least nanoseconds of each tiling, measured in turns.
  func measure(_ tilings: [GemmTiling], rounds: Int = 9) -> [Double] {
    let products = tilings.map(product)
    let calls = max(1, Int(50_000 / time(products[0], calls: 1)))
    var least = [Double](repeating: .infinity, count: tilings.count)
    for _ in 0..<rounds {
      for (place, product) in products.enumerated() {
        least[place] = min(least[place], time(product, calls: calls))
      }
    }
    return least
  }

  private func product(_ tiling: GemmTiling) -> MatrixProduct {
    let requantisation = unsafe Requantisation(
      bias: bias, multiplier: multiplier, paddedChannels: paddedChannels, zeroPoint: 0, range: -128...127)
    return unsafe MatrixProduct(
      n: shape.n, segmentGroups: shape.kGroups, aStride: 4 * shape.kGroups, w: w, cStride: shape.n,
      requantisation: requantisation, tiling: tiling)
  }

  /// Nanoseconds of a call.
  private func time(_ product: MatrixProduct, calls: Int) -> Double {
    let begun = linnet_monotonic_nanoseconds()
    for _ in 0..<calls { unsafe product(rows: rows, groups: product.allGroups, a: a, c: c) }
    return Double(max(1, linnet_monotonic_nanoseconds() - begun)) / Double(calls)
  }
}
