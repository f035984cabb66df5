internal import LinnetSafetensors

extension JSONWriter {
  mutating func member(_ key: String, _ value: String?) {
    self.key(key)
    if let value { self.value(value) } else { null() }
  }

  mutating func member(_ key: String, _ value: Int?) {
    self.key(key)
    if let value { self.value(value) } else { null() }
  }

  mutating func member(_ key: String, _ value: Float) {
    self.key(key)
    self.value(value)
  }

  mutating func member(_ key: String, _ value: Double?) {
    self.key(key)
    if let value { self.value(value) } else { null() }
  }

  mutating func member(_ key: String, _ value: Bool) {
    self.key(key)
    self.value(value)
  }

  mutating func member(_ key: String, _ values: [Int]) {
    self.key(key)
    beginArray()
    for value in values { self.value(value) }
    endArray()
  }
}

extension JSONWriter {
  /// An integer where the number is one.
  mutating func number(_ key: String, _ value: Double) {
    if let whole = Int(exactly: value) { member(key, whole) } else { member(key, value) }
  }
}
