internal import LinnetHead
internal import LinnetStore

/// The store's calls with this module's errors.
extension Teacher {
  // A throwing closure over `inout StoreChange` cannot capture it, hence a function a call.
  func storing<R>(_ body: () throws(StoreError) -> R) throws(PipelineError) -> R {
    do throws(StoreError) { return try body() } catch { throw .store(error) }
  }

  func begin() throws(PipelineError) -> StoreChange {
    do throws(StoreError) { return try store.beginChange() } catch { throw .store(error) }
  }

  func commit(
    _ change: consuming StoreChange, _ kind: ChangeKind, _ summary: String
  ) throws(PipelineError) {
    do throws(StoreError) { try change.commit(kind, summary) } catch { throw .store(error) }
  }

  func captures(of set: String, in change: inout StoreChange) throws(PipelineError) -> [Capture] {
    do throws(StoreError) { return try change.captures(of: set) } catch { throw .store(error) }
  }

  func background(of set: String, in change: inout StoreChange) throws(PipelineError) -> [Capture] {
    do throws(StoreError) { return try change.background(of: set) } catch { throw .store(error) }
  }

  func removeBackground(_ set: String, in change: inout StoreChange) throws(PipelineError) {
    do throws(StoreError) { try change.removeBackground(of: set) } catch { throw .store(error) }
  }

  func enrol(
    _ bytes: [UInt8], _ name: String, _ label: String?, _ set: String, in change: inout StoreChange
  ) throws(PipelineError) -> StoreChange.Enrolled {
    do throws(StoreError) {
      guard let label else { return try change.enrolBackground(bytes, named: name, in: set) }
      return try change.enrol(bytes, named: name, as: label, in: set)
    } catch {
      throw .store(error)
    }
  }

  func rename(
    _ label: String, _ new: String, _ set: String, _ merging: Bool, in change: inout StoreChange
  ) throws(PipelineError) {
    do throws(StoreError) {
      try change.rename(label, to: new, in: set, merging: merging)
    } catch {
      throw .store(error)
    }
  }

  func remove(_ label: String, _ set: String, in change: inout StoreChange) throws(PipelineError) {
    do throws(StoreError) { try change.remove(label, in: set) } catch { throw .store(error) }
  }

  func remove(
    _ picture: PictureDigest, _ set: String, in change: inout StoreChange
  ) throws(PipelineError) -> Bool {
    do throws(StoreError) {
      return try change.remove(picture: picture, in: set)
    } catch {
      throw .store(error)
    }
  }

  func put(_ head: Head, _ set: String, in change: inout StoreChange) throws(PipelineError) {
    let bytes: [UInt8]
    do throws(HeadError) { bytes = try head.serialised() } catch { throw .head(error) }
    do throws(StoreError) { try change.putHead(bytes, of: set) } catch { throw .store(error) }
  }

  func headPath(_ set: String, in change: borrowing StoreChange) throws(PipelineError) -> String? {
    do throws(StoreError) { return try change.headPath(of: set) } catch { throw .store(error) }
  }

  func removeHead(_ set: String, in change: inout StoreChange) throws(PipelineError) {
    do throws(StoreError) { try change.removeHead(of: set) } catch { throw .store(error) }
  }
}
