"""Pictures that `linnet` saves, and how far they are from what the camera showed."""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

# Colour bars at three quarters of full strength: white, yellow, cyan, green, magenta, red, blue, black.
BARS = [(0 if bar & 2 else 191, 0 if bar & 4 else 191, 0 if bar & 1 else 191) for bar in range(8)]


@dataclass(frozen=True)
class Picture:
    """RGB pixels of three bytes, rows without gaps."""

    width: int
    height: int
    pixels: bytes

    def error(self, other: "Picture") -> float:
        """The mean difference of a channel, in levels of 255."""
        if (self.width, self.height) != (other.width, other.height):
            return 255.0
        return sum(abs(a - b) for a, b in zip(self.pixels, other.pixels)) / len(self.pixels)

    def grey(self) -> "Picture":
        """Luma alone, with the weights of BT.709, which are those of vivid."""
        levels = (self.pixels[i : i + 3] for i in range(0, len(self.pixels), 3))
        luma = (round(0.2126 * red + 0.7152 * green + 0.0722 * blue) for red, green, blue in levels)
        return Picture(self.width, self.height, bytes(level for value in luma for level in (value, value, value)))


def bars(width: int, height: int, strength: float = 1) -> Picture:
    row = bytes(round(level * strength) for x in range(width) for level in BARS[x * 8 // width])
    return Picture(width, height, row * height)


def png(picture: Picture) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = [picture.pixels[i : i + 3 * picture.width] for i in range(0, len(picture.pixels), 3 * picture.width)]
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))


def read_png(path: Path) -> Picture:
    """Reads a PNG of 8-bit RGB without interlacing; format as in the specification, sections 5, 9 and 11."""
    data = path.read_bytes()
    place, packed = 8, b""
    while place < len(data):
        (length,), kind = struct.unpack_from(">I", data, place), data[place + 4 : place + 8]
        content = data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", content)
            if (depth, colour, interlaced) != (8, 2, 0):
                raise ValueError(f"{path}: not 8-bit RGB without interlacing")
        elif kind == b"IDAT":
            packed += content
        place += length + 12
    raw, count = zlib.decompress(packed), 3 * width
    above, pixels = bytearray(count), bytearray()
    for y in range(height):
        start = y * (count + 1)
        above = unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + count]), above)
        pixels += above
    return Picture(width, height, bytes(pixels))


def unfiltered(kind: int, row: bytearray, above: bytearray) -> bytearray:
    for i in range(len(row)):
        left = row[i - 3] if i >= 3 else 0
        if kind == 1:
            row[i] = (row[i] + left) & 255
        elif kind == 2:
            row[i] = (row[i] + above[i]) & 255
        elif kind == 3:
            row[i] = (row[i] + (left + above[i]) // 2) & 255
        elif kind == 4:
            corner = above[i - 3] if i >= 3 else 0
            estimate = left + above[i] - corner
            row[i] = (row[i] + min((left, above[i], corner), key=lambda value: abs(estimate - value))) & 255
    return row
