internal import CLinux
internal import LinnetKernels
internal import LinnetModel
internal import LinnetRuntime

/// One way to plan a network, and how long its runs took.
struct PlanTrial {
  /// `automatic`, `unfused`, or how many rows at a time go through the longest chains.
  let name: String
  let steps: Int
  let arenaBytes: Int
  /// Of a run.
  let medianNanoseconds: Double
  let leastNanoseconds: Double

  private static let choices: [(name: String, choice: PlanChoice)] =
    [("automatic", .automatic), ("unfused", .unfused)]
    + [1, 2, 4, 8, 16].map { ("\($0) row\($0 == 1 ? "" : "s")", .fused(strip: $0)) }

  /// At least so many rounds, and more while this many nanoseconds have not passed.
  private static let leastRounds = 3
  private static let longEnough: UInt64 = 1_000_000_000
  private static let mostRounds = 100

  /// Runs the network in turns by each plan, on one thread; of two runs in a row the second counts.
  static func measure(_ model: Model, _ instructionSet: InstructionSet) throws(SessionError) -> [PlanTrial] {
    var sessions: [Session] = []
    for each in choices {
      sessions.append(
        try Session(
          model: model, configuration: SessionConfiguration(instructionSet: instructionSet, plan: each.choice)
        ))
    }
    var times = [[Double]](repeating: [], count: sessions.count)
    let begun = linnet_monotonic_nanoseconds()
    while times[0].count < leastRounds
      || times[0].count < mostRounds && linnet_monotonic_nanoseconds() - begun < longEnough
    {
      for (place, session) in sessions.enumerated() {
        session.run()
        let started = linnet_monotonic_nanoseconds()
        session.run()
        times[place].append(Double(linnet_monotonic_nanoseconds() - started))
      }
    }
    return sessions.indices.map { place in
      let sorted = times[place].sorted()
      return PlanTrial(
        name: choices[place].name, steps: sessions[place].steps.count, arenaBytes: sessions[place].arenaBytes,
        medianNanoseconds: (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2,
        leastNanoseconds: sorted[0])
    }
  }
}
