internal import CLinux
internal import Synchronization

/// The threads that help a session's own: they wait for a run, do their part of every step, and wait again.
///
/// Waiting spins briefly, then sleeps on a futex, so that nothing burns between frames. Every thread does the same
/// share of the same steps whatever the timing, and no sum is split between threads: results do not depend on
/// their number.
@safe final class WorkerPool {
  private let shared: UnsafeMutablePointer<Shared>
  private var workers: [pthread_t] = []
  private var arrivals: UInt32 = 0

  /// Starts `program.threads − 1` threads.
  init(program: Program) throws(SessionError) {
    unsafe shared = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe shared.initialize(to: Shared(program: program))
    for part in 1..<program.threads {
      let assignment = UnsafeMutablePointer<Assignment>.allocate(capacity: 1)
      unsafe assignment.initialize(to: Assignment(shared: shared, part: part))
      var thread = pthread_t()
      let status = unsafe pthread_create(&thread, nil, { unsafe workerMain($0) }, assignment)
      guard status == 0 else {
        unsafe assignment.deinitialize(count: 1).deallocate()
        stop()
        throw .noThread(started: part)
      }
      workers.append(thread)
    }
  }

  deinit {
    stop()
    unsafe shared.deinitialize(count: 1)
    unsafe shared.deallocate()
  }

  private func stop() {
    unsafe shared.pointee.isStopping.store(true, ordering: .sequentiallyConsistent)
    unsafe shared.pointee.runs.advance()
    for worker in workers { _ = pthread_join(worker, nil) }
    workers = []
  }

  /// Runs every step once, this thread doing part 0. The closing barrier returns when all parts are done.
  func run() {
    unsafe shared.pointee.runs.advance()
    unsafe shared.pointee.work(part: 0, arrivals: &arrivals)
  }
}

/// What one thread is given when it starts.
@safe private struct Assignment {
  let shared: UnsafeMutablePointer<Shared>
  let part: Int
}

private func workerMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let assignment = unsafe context?.assumingMemoryBound(to: Assignment.self) else { return nil }
  let (shared, part) = unsafe (assignment.pointee.shared, assignment.pointee.part)
  unsafe assignment.deinitialize(count: 1)
  unsafe assignment.deallocate()
  var run: UInt32 = 0
  var arrivals: UInt32 = 0
  while true {
    run &+= 1
    unsafe shared.pointee.runs.wait(for: run, spins: shared.pointee.spins)
    if unsafe shared.pointee.isStopping.load(ordering: .sequentiallyConsistent) { return nil }
    unsafe shared.pointee.work(part: part, arrivals: &arrivals)
  }
}

/// What the threads of a pool share; it never moves.
private struct Shared: ~Copyable {
  let program: Program
  /// Runs begun.
  let runs = Milestone()
  /// Arrivals at barriers since the pool began, of all threads.
  let barrier = Milestone()
  let isStopping = Atomic<Bool>(false)
  /// Looks at a counter before a thread sleeps: some tens of microseconds, longer than the gap between two steps. Where
  /// threads share processors, who spins keeps another from what it waits for.
  let spins: Int

  init(program: Program) {
    self.program = program
    spins = program.threads <= linnet_available_processors() ? 4_000 : 20
  }

  /// One thread's way through all steps. `arrivals`: the barrier's count when all have arrived, kept by each thread.
  func work(part: Int, arrivals: inout UInt32) {
    let parts = program.threads
    for step in 0..<program.stepCount {
      program.run(step: step, part: part, of: parts)
      guard program.meets(after: step) else { continue }
      arrivals &+= UInt32(parts)
      barrier.advance()
      barrier.wait(for: arrivals, spins: spins)
    }
  }
}

/// A counter that only grows, and threads that wait for it.
private struct Milestone: ~Copyable {
  private let count = Atomic<UInt32>(0)
  private let sleepers = Atomic<UInt32>(0)

  borrowing func advance() {
    count.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      unsafe withWord { word in unsafe linnet_futex_wake(word, Int32.max) }
    }
  }

  /// Returns once the count has reached `target`; the two are never 2^31 apart.
  borrowing func wait(for target: UInt32, spins: Int) {
    for _ in 0..<spins {
      if isReached(target, count.load(ordering: .acquiring)) { return }
      linnet_spin_hint()
    }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while true {
      let seen = count.load(ordering: .sequentiallyConsistent)
      if isReached(target, seen) { break }
      unsafe withWord { word in unsafe linnet_futex_wait(word, seen) }
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
  }

  private func isReached(_ target: UInt32, _ seen: UInt32) -> Bool { Int32(bitPattern: seen &- target) >= 0 }

  /// The counter as the kernel sees it: an Atomic<UInt32> is its value, in place.
  private borrowing func withWord(_ body: (UnsafePointer<UInt32>) -> Void) {
    unsafe withUnsafePointer(to: count) { pointer in
      unsafe body(UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt32.self))
    }
  }
}
