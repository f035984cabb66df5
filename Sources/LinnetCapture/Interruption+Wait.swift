internal import CLinux

extension Interruption {
  enum Waited {
    case ready
    case elapsed
    case interrupted
  }

  /// Waits until there is something to read from `other`, or its end, or the time is `deadline` (CLOCK_MONOTONIC), or this
  /// is raised.
  func wait(for other: Int32, until deadline: UInt64) -> Waited {
    switch Int(linnet_wait(other, Int16(POLLIN), descriptor, deadline)) {
    case LINNET_INTERRUPTED: .interrupted
    case 0: .elapsed
    default: .ready
    }
  }
}
