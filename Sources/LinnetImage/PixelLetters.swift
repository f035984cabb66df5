/// Letters five pixels wide and seven high for short words on pictures: capitals, digits and a few signs. Small letters
/// are written as capitals, letters with accents without them, anything else as an empty box.
public enum PixelLetters {
  public static let width = 5
  public static let height = 7
  /// From one letter to the next.
  public static let advance = 6

  /// The seven rows from the top, each in the low five bits of a byte, the left pixel the highest.
  static func rows(of character: Character) -> [UInt8] {
    let bits = shapes[character] ?? plain(character).flatMap { shapes[$0] } ?? box
    return (0..<height).map { UInt8(bits >> UInt64(5 * (height - 1 - $0)) & 31) }
  }

  /// A capital without its accent.
  private static func plain(_ character: Character) -> Character? {
    guard let first = character.uppercased().unicodeScalars.first else { return nil }
    for (range, letter) in accented where range.contains(first.value) { return letter }
    return Character(first)
  }

  /// Latin-1.
  private static let accented: [(ClosedRange<UInt32>, Character)] = [
    (0xC0...0xC6, "A"), (0xC7...0xC7, "C"), (0xC8...0xCB, "E"), (0xCC...0xCF, "I"), (0xD1...0xD1, "N"),
    (0xD2...0xD6, "O"), (0xD8...0xD8, "O"), (0xD9...0xDC, "U"), (0xDD...0xDD, "Y"), (0x2010...0x2015, "-"),
  ]

  private static let box: UInt64 = 0x7_E318_C63F

  /// Seven rows of five bits each, the top row highest.
  private static let shapes: [Character: UInt64] = [
    "A": 0x3_A31F_C631,
    "B": 0x7_A31F_463E,
    "C": 0x3_A308_422E,
    "D": 0x7_A318_C63E,
    "E": 0x7_E10F_421F,
    "F": 0x7_E10F_4210,
    "G": 0x3_A309_C62F,
    "H": 0x4_631F_C631,
    "I": 0x3_8842_108E,
    "J": 0x1_C421_0A4C,
    "K": 0x4_654C_5251,
    "L": 0x4_2108_421F,
    "M": 0x4_775A_C631,
    "N": 0x4_7359_C631,
    "O": 0x3_A318_C62E,
    "P": 0x7_A31F_4210,
    "Q": 0x3_A318_D64D,
    "R": 0x7_A31F_5251,
    "S": 0x3_E107_043E,
    "T": 0x7_C842_1084,
    "U": 0x4_6318_C62E,
    "V": 0x4_6318_C544,
    "W": 0x4_631A_D771,
    "X": 0x4_62A2_2A31,
    "Y": 0x4_62A2_1084,
    "Z": 0x7_C222_221F,
    "0": 0x3_A33A_E62E,
    "1": 0x1_1842_108E,
    "2": 0x3_A213_221F,
    "3": 0x7_8217_043E,
    "4": 0x0_8CA9_7C42,
    "5": 0x7_E1E0_862E,
    "6": 0x1_910F_462E,
    "7": 0x7_C222_2108,
    "8": 0x3_A317_462E,
    "9": 0x3_A317_844C,
    " ": 0x0_0000_0000,
    ".": 0x0_0000_018C,
    ",": 0x0_0000_3088,
    ":": 0x0_18C0_3180,
    "-": 0x0_0007_0000,
    "_": 0x0_0000_001F,
    "+": 0x0_084F_9080,
    "/": 0x0_4422_2110,
    "(": 0x0_8884_2082,
    ")": 0x2_0821_0888,
    "%": 0x6_7222_2273,
    "'": 0x1_0800_0000,
    "?": 0x3_A211_1004,
    "!": 0x1_0842_1004,
    "&": 0x3_2544_564D,
    "=": 0x0_01F0_7C00,
    "#": 0x2_95F5_7D4A,
    "*": 0x0_2AEF_BAA0,
  ]
}
