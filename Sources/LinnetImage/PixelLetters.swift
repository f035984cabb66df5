/// Letters five pixels wide and seven high for short words on pictures: capitals, digits, a few signs, and the accents of
/// European Latin above and beneath. Small letters are written as capitals, anything else as an empty box.
public enum PixelLetters {
  public static let width = 5
  public static let height = 7
  /// From one letter to the next.
  public static let advance = 6
  /// Rows above a letter, and as many beneath, that accents take.
  public static let overhang = 3

  /// A letter with what stands above and beneath it.
  struct Letter: Hashable {
    fileprivate var body: UInt64
    fileprivate var above: UInt64 = 0
    fileprivate var below: UInt64 = 0

    /// From ``overhang`` rows above the letter to as many beneath, each in the low five bits of a byte, the left pixel the
    /// highest.
    var rows: [UInt8] { split(above, overhang) + split(body, height) + split(below, overhang) }

    private func split(_ bits: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(bits >> UInt64(5 * (count - 1 - $0)) & 31) }
    }
  }

  /// Whether all of the text can be written.
  public static func draws(_ text: String) -> Bool {
    text.allSatisfy { character in letters(of: character).allSatisfy { $0.body != box } }
  }

  /// How many letters the text is written with.
  public static func count(of text: String) -> Int { letters(of: text).count }

  static func letters(of text: String) -> [Letter] { text.flatMap(letters(of:)) }

  private static func letters(of character: Character) -> [Letter] {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return [] }
    if let both = ligatures[first] { return both.map { Letter(body: shapes[$0] ?? box) } }
    var letter = Letter(body: 0)
    var accents = scalars.dropFirst().map { combining[$0] }
    if let place = Int(exactly: first.value).map({ $0 - accented.first }),
      accented.bases.indices.contains(place)
    {
      letter.body = shapes[Character(Unicode.Scalar(accented.bases[place]))] ?? box
      accents.append(Character(Unicode.Scalar(accented.marks[place])))
    } else {
      letter.body = shapes[plain(first)] ?? box
    }
    for accent in accents {
      guard let accent else { return [Letter(body: box)] }
      letter.above |= above[accent] ?? 0
      letter.below |= below[accent] ?? 0
    }
    return [letter]
  }

  private static func plain(_ scalar: Unicode.Scalar) -> Character {
    switch scalar.value {
    case 0x61...0x7A: Character(Unicode.Scalar(UInt8(scalar.value - 32)))
    case 0x2010...0x2015: "-"
    case 0x2018...0x2019: "'"
    default: Character(scalar)
    }
  }

  private static let ligatures: [Unicode.Scalar: [Character]] = [
    "Æ": ["A", "E"], "æ": ["A", "E"], "Œ": ["O", "E"], "œ": ["O", "E"], "Ĳ": ["I", "J"], "ĳ": ["I", "J"],
    "ß": ["S", "S"], "Þ": ["T", "H"], "þ": ["T", "H"],
  ]

  /// The letters from U+00C0 to U+017F, Latin-1 and Latin Extended-A, without and with nothing but their accents.
  private static let accented = (
    first: 0xC0,
    bases: Array(
      """
      AAAAAAACEEEEIIIIDNOOOOOXOUUUUYTSAAAAAAACEEEEIIIIDNOOOOO/OUUUUYTY\
      AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIIIIIJJKKKLLLLLLL\
      LLLNNNNNNNNNOOOOOOOORRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS
      """.utf8),
    marks: Array(
      """
      `'^~:o ,`'^:`'^: ~`'^~:  `'^:'  `'^~:o ,`'^:`'^: ~`'^~:  `'^:' :\
      --uu;;''^^..vvvv  --uu..;;vv^^uu..,,^^  ~~--uu;;.   ^^,, '',,vv \
         '',,vv   --uu==  '',,vv''^^,,vv,,vv  ~~--uuoo==;;^^^^:''..vv\u{20}
      """.utf8)
  )

  /// Accents behind a letter that they belong to.
  private static let combining: [Unicode.Scalar: Character] = [
    "\u{300}": "`", "\u{301}": "'", "\u{302}": "^", "\u{303}": "~", "\u{304}": "-", "\u{306}": "u",
    "\u{307}": ".", "\u{308}": ":", "\u{30A}": "o", "\u{30B}": "=", "\u{30C}": "v", "\u{326}": ",",
    "\u{327}": ",", "\u{328}": ";",
  ]

  /// Three rows of five bits each, the top row highest, the last next to the letter.
  private static let above: [Character: UInt64] = [
    "`": 0b01000_00100_00000, "'": 0b00010_00100_00000, "^": 0b00100_01010_00000,
    "~": 0b01001_10110_00000, ":": 0b00000_01010_00000, "o": 0b01110_01010_01110,
    "-": 0b00000_01110_00000, "u": 0b10001_01110_00000, ".": 0b00000_00100_00000,
    "=": 0b01001_10010_00000, "v": 0b01010_00100_00000,
  ]

  /// The same beneath a letter, the first row next to it.
  private static let below: [Character: UInt64] = [
    ",": 0b00100_00010_00100, ";": 0b00100_01000_00110,
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
