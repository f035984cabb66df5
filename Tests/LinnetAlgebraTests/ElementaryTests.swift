import CLinux
import Testing

@testable import LinnetAlgebra

@Suite struct ElementaryTests {
  @Test func exponentialIsNearTheLibrarys() {
    for step in 0..<22000 {
      let x = Float(-87) + Float(step) * 0.0079
      let ours = Double(exponential(SIMD8(repeating: x))[3])
      let exact = exp(Double(x))
      #expect(abs(ours - exact) <= 3e-7 * exact, "at \(x)")
    }
  }

  @Test func exponentialOfExtremesStaysFinite() {
    let results = exponential(SIMD8(-.infinity, -.greatestFiniteMagnitude, -100, 0, 1, 100, .infinity, -87.3))
    #expect(results[0] < 2e-38 && results[1] < 2e-38 && results[2] < 2e-38)
    #expect(results[3] == 1 && results[5].isFinite && results[6].isFinite)
  }

  @Test func logarithmIsNearTheLibrarys() {
    for step in 0..<20000 {
      let x = exp(-300 + Double(step) * 0.03)
      #expect(abs(logarithm(x) - log(x)) <= 2e-15 * max(1, abs(log(x))), "at \(x)")
    }
    #expect(logarithm(1) == 0)
  }

  @Test func softmaxAddsUpToOneInTheOrderOfItsScores() {
    let scores: [Float] = [3, -1e30, 3, 1e4, 2, 0, 1, -5, 1e4]
    let probabilities = softmax(scores, temperature: 2)
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-6)
    #expect(abs(probabilities[3] - 0.5) < 1e-6 && probabilities[3] == probabilities[8])
    #expect(softmax([], temperature: 1).isEmpty && softmax([7], temperature: 1) == [1])
  }

  @Test(arguments: [1, 7, 8, 9, 30]) func softmaxOfARowIsTheSameAndLeavesThePaddingZero(count: Int) {
    var generator = SplitMix(seed: 4)
    let scores = (0..<count).map { _ in Float(Int(generator.next() % 400) - 200) / 7 }
    var matrix = Matrix(rows: 2, columns: count, dense: scores + scores.reversed())
    #expect(matrix.greatest(row: 1) == scores.max())
    #expect(matrix.greatest(row: 0, count: count - 1) == scores.dropLast().max())
    matrix.softmax(row: 0, temperature: 0.7)
    #expect(matrix.dense == softmax(scores, temperature: 0.7) + scores.reversed())
    let padding = unsafe matrix.withValues { values in
      (count..<matrix.stride).allSatisfy { unsafe values[$0] == 0 }
    }
    #expect(padding)
  }

  @Test(arguments: [0, 1, 7, 8, 9, 40]) func theGreatestMagnitudeIsThatOfTheElements(count: Int) {
    let elements = numbers(seed: count, count: count).map { $0 - 0.5 }
    for place in elements.indices {
      var one = elements
      one[place] *= -9
      let expected = one.reduce(0) { max($0, abs($1)) }
      #expect(unsafe one.withUnsafeBufferPointer { unsafe greatestMagnitude($0) } == expected)
    }
    #expect(unsafe [Float]().withUnsafeBufferPointer { unsafe greatestMagnitude($0) } == 0)
  }
}
