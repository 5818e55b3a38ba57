"""Reads a clean QR code (ISO/IEC 18004: level M, byte mode, versions 1 to 10). Corrects no errors."""

import json
import re
import struct
import zlib

import typst

from reprints.documents.typesetting import FOLDER, FONTS, qr_svg

# Version → (blocks, data codewords each), and the centers of its alignment patterns.
BLOCKS = {
    1: [(1, 16)],
    2: [(1, 28)],
    3: [(1, 44)],
    4: [(2, 32)],
    5: [(2, 43)],
    6: [(4, 27)],
    7: [(4, 31)],
    8: [(2, 38), (2, 39)],
    9: [(3, 36), (2, 37)],
    10: [(4, 43), (1, 44)],
}
CENTERS = {
    1: [],
    2: [6, 18],
    3: [6, 22],
    4: [6, 26],
    5: [6, 30],
    6: [6, 34],
    7: [6, 22, 38],
    8: [6, 24, 42],
    9: [6, 26, 46],
    10: [6, 28, 50],
}
MASKS = [
    lambda r, c: (r + c) % 2,
    lambda r, c: r % 2,
    lambda r, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
]


def modules_of_svg(svg):
    """The modules of an SVG whose path draws rows by `M`, `m` and `h`, quiet zone of four removed."""
    size = int(re.search(r'width="(\d+)"', svg).group(1))
    grid = [[0] * size for _ in range(size)]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg).group(1)):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for column in range(int(x), int(x + values[0])):
                grid[int(y)][column] = 1
            x += values[0]
    return [row[4:-4] for row in grid[4:-4]]


def code_on_page(template, page, address):
    """What the code says that stands on the first page of a document, printed at 144 dots an inch. `page`: the
    document's own data.
    """
    code = qr_svg(address)
    inputs = {"data": json.dumps({**page, "boxes": False}), "qr": code}
    compiler = typst.Compiler(FOLDER / template, root=FOLDER, font_paths=FONTS, sys_inputs=inputs)
    size = len(modules_of_svg(code))
    width = 30 * size / (size + 8)
    place = {"left": 23 - 2.7 + 4 * 30 / (size + 8), "width": width, "modules": size, "pixels_per_mm": 144 / 25.4}
    pages = compiler.compile(format="png", ppi=144)
    return read(modules_of_page(pages if isinstance(pages, bytes) else pages[0], **place))


def modules_of_page(png, *, left, width, modules, pixels_per_mm):
    """The modules of a code on a rendered page. `left`: from the paper's edge to the first module, in mm."""
    rows = _dark(png)
    step = width * pixels_per_mm / modules
    column = int(left * pixels_per_mm + step / 2)
    run = int(step * 6)
    top = next(
        y for y in range(len(rows) // 2, len(rows) - run) if all(rows[y + offset][column] for offset in range(run))
    )
    centers = [int((index + 0.5) * step) for index in range(modules)]
    start = int(left * pixels_per_mm)
    return [[int(rows[top + y][start + x]) for x in centers] for y in centers]


def _dark(png):
    """Whether each pixel of an 8-bit RGB or RGBA picture is dark (PNG, ISO/IEC 15948)."""
    width, height, _depth, color = struct.unpack(">IIBB", png[16:26])
    size = {2: 3, 6: 4}[color]
    packed, position = b"", 8
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position : position + 8])
        packed += png[position + 8 : position + 8 + length] if kind == b"IDAT" else b""
        position += 12 + length
    raw, stride, above, rows = zlib.decompress(packed), width * size + 1, bytearray(width), []
    for row in range(height):
        # Filters look at bytes of their own color only, and red alone says what is dark.
        line = bytearray(raw[row * stride + 1 : (row + 1) * stride : size])
        _unfilter(raw[row * stride], line, above)
        rows.append([byte < 128 for byte in line])
        above = line
    return rows


def _unfilter(kind, line, above):
    """Undoes a PNG row filter in place. Page after page of white is mostly `none`, `sub` and `up`."""
    if kind == 0:
        return
    if kind == 2:
        line[:] = bytes((a + b) & 255 for a, b in zip(line, above, strict=True))
        return
    for i in range(len(line)):
        left, up = line[i - 1] if i else 0, above[i]
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            corner = above[i - 1] if i else 0
            flat = left + up - corner
            guess = min((left, up, corner), key=lambda value, flat=flat: abs(flat - value))
        line[i] = (line[i] + guess) & 255


def read(grid):
    """The text of the code."""
    size = len(grid)
    version = (size - 17) // 4
    bits = [grid[8][c] for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [grid[r][8] for r in (7, 5, 4, 3, 2, 1, 0)]
    form = int("".join(map(str, bits)), 2) ^ 0b101010000010010
    assert form >> 13 == 0b00, "level M"
    mask = MASKS[form >> 10 & 0b111]
    stream = []
    taken = _function_modules(size, version)
    upward, column = True, size - 1
    while column > 0:
        column -= column == 6
        for row in range(size - 1, -1, -1) if upward else range(size):
            free = [c for c in (column, column - 1) if (row, c) not in taken]
            stream += [grid[row][c] ^ (mask(row, c) == 0) for c in free]
        upward, column = not upward, column - 2
    codewords = [int("".join(map(str, stream[i : i + 8])), 2) for i in range(0, len(stream) - 7, 8)]
    return _text(_deinterleaved(codewords, version), version)


def _function_modules(size, version):
    taken = {(6, i) for i in range(size)} | {(i, 6) for i in range(size)}
    for top, left in ((0, 0), (0, size - 8), (size - 8, 0)):
        taken |= {(r, c) for r in range(top, top + 8) for c in range(left, left + 8)}
    taken |= {(8, c) for c in [*range(9), *range(size - 8, size)]}
    taken |= {(r, 8) for r in [*range(9), *range(size - 8, size)]}
    last = size - 7
    for r in CENTERS[version]:
        for c in CENTERS[version]:
            if (r, c) not in {(6, 6), (6, last), (last, 6)}:
                taken |= {(r + i, c + j) for i in range(-2, 3) for j in range(-2, 3)}
    if version >= 7:
        taken |= {(i, j) for i in range(6) for j in range(size - 11, size - 8)}
        taken |= {(j, i) for i in range(6) for j in range(size - 11, size - 8)}
    return taken


def _deinterleaved(codewords, version):
    lengths = [length for count, length in BLOCKS[version] for _ in range(count)]
    blocks = [[] for _ in lengths]
    source = iter(codewords)
    for position in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if position < length:
                block.append(next(source))
    return bytes(byte for block in blocks for byte in block)


def _text(data, version):
    bits = "".join(f"{byte:08b}" for byte in data)
    assert bits[:4] == "0100", "byte mode"
    width = 8 if version < 10 else 16
    count = int(bits[4 : 4 + width], 2)
    body = bits[4 + width : 4 + width + 8 * count]
    return bytes(int(body[i : i + 8], 2) for i in range(0, len(body), 8)).decode()
