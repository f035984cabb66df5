internal import CLinux

/// A request to stop, which ends every wait of the sources that know it: their `next` returns ``Arrival/end``.
///
/// Once raised, it stays so.
public final class Interruption: Sendable {
  /// Readable (poll(2)) once the interruption was raised; −1 where the system had no descriptor left.
  public let descriptor: Int32

  public init() { descriptor = linnet_event_make() }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Raised by SIGINT and SIGTERM from the first use of this on; the same signal a second time ends the process.
  public static let bySignals: Interruption = {
    let interruption = Interruption()
    linnet_event_raise_by_signals(interruption.descriptor)
    return interruption
  }()

  /// From any thread.
  public func raise() { linnet_event_raise(descriptor) }

  public var isRaised: Bool { wait(until: 0) }

  /// Sleeps until the interruption is raised or CLOCK_MONOTONIC has reached `deadline` nanoseconds; whether it was
  /// raised.
  @discardableResult public func wait(until deadline: UInt64) -> Bool {
    linnet_wait(-1, 0, descriptor, deadline) == LINNET_INTERRUPTED
  }
}
