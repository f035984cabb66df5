internal import CLinux

/// Does `count` pieces of work on up to `threads` threads, each with a state of its own, and hands the results over
/// in order, on the calling thread, as they become ready.
///
/// With one thread everything happens on the calling thread. Workers stay at most ``ResultQueue/window`` results ahead.
public func inParallel<State, Result: Sendable>(
  count: Int, threads: Int, state: @escaping @Sendable () -> State,
  work: @escaping @Sendable (inout State, Int) -> Result, deliver: (Int, Result) -> Void
) {
  let queue = ResultQueue<Result>(count: count)
  let workers = min(threads, count) < 2 ? 0 : min(threads, count)
  let running = (0..<workers).compactMap { _ in
    WorkerThread {
      var state = state()
      while let index = queue.next() { queue.put(work(&state, index), at: index) }
    }
  }
  // One thread is this one; so it is when the system gives no other.
  if running.isEmpty && count > 0 {
    var state = state()
    for index in 0..<count { deliver(index, work(&state, index)) }
    return
  }
  for index in 0..<count { deliver(index, queue.take(index)) }
  for worker in running { worker.join() }
}

/// Numbers of pieces of work going out to workers and their results coming back in order.
@safe private final class ResultQueue<Result: Sendable>: @unchecked Sendable {
  /// How far workers may run ahead of what was taken.
  static var window: Int { 256 }

  private let count: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var started = 0
  private var taken = 0
  private var results: [Result?]

  init(count: Int) {
    self.count = count
    results = Array(repeating: nil, count: min(count, Self.window))
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// The next piece of work, or `nil` when all have gone out.
  func next() -> Int? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while started < count && started - taken >= results.count { unsafe pthread_cond_wait(changed, mutex) }
    guard started < count else { return nil }
    started += 1
    return started - 1
  }

  func put(_ result: Result, at index: Int) {
    unsafe pthread_mutex_lock(mutex)
    results[index % results.count] = result
    unsafe pthread_cond_broadcast(changed)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Waits for the result of `index`; to be called with 0, 1, 2 …
  func take(_ index: Int) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    let place = index % results.count
    while true {
      if let result = results[place] {
        results[place] = nil
        taken += 1
        unsafe pthread_cond_broadcast(changed)
        return result
      }
      unsafe pthread_cond_wait(changed, mutex)
    }
  }
}

/// A thread that runs one closure.
private struct WorkerThread {
  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  private var thread = pthread_t()

  /// Starts at once; `nil` when the system gives no thread.
  init?(_ run: @escaping @Sendable () -> Void) {
    let argument = unsafe Unmanaged.passRetained(Body(run))
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, argument.toOpaque())
    guard status != 0 else { return }
    unsafe argument.release()
    return nil
  }

  func join() { pthread_join(thread, nil) }
}

/// Nanoseconds of a clock that only goes forward.
func monotonicNanoseconds() -> UInt64 { linnet_monotonic_nanoseconds() }
