import LinnetKernels
import LinnetTensor
import Testing

/// Every addition kernel gives the bytes of the reference.
@Suite struct AddKernelTests {
  @Test(arguments: AddKernel.all.filter { $0.instructionSet != .reference && $0.instructionSet.isSupported })
  func equalsReference(kernel: AddKernel) throws {
    var randoms = Randoms(seed: 5)
    for count in Array(1...150) + [1000, 1023] {
      for round in 0..<6 {
        let a = randoms.codes(count, isExtreme: round % 2 == 1)
        let b = randoms.codes(count, isExtreme: round % 2 == 1)
        func quantisation() -> Quantisation {
          Quantisation(
            scale: Float.random(in: 0.01...0.2, using: &randoms),
            zeroPoint: Int32.random(in: -128...127, using: &randoms))
        }
        let parameters = try #require(
          AdditionParameters(a: quantisation(), b: quantisation(), sum: quantisation()))
        let range: ClosedRange<Int32> = round < 3 ? -128...127 : -100...90
        func run(_ kernel: AddKernel) -> [Int8] {
          var c = [Int8](repeating: 77, count: count + 32)
          unsafe c.withUnsafeMutableBufferPointer { c in
            unsafe a.withUnsafeBufferPointer { a in
              unsafe b.withUnsafeBufferPointer { b in
                unsafe kernel(
                  count: count, a: a.baseAddress!, b: b.baseAddress!, c: c.baseAddress!,
                  parameters: parameters,
                  range: range)
              }
            }
          }
          return c
        }
        #expect(run(kernel) == run(AddKernel.all[0]), "\(count) elements, \(parameters)")
      }
    }
  }
}
