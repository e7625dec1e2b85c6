"""Tables, values and bytes with something in them spoiled."""

from random import Random

CELLS = [
    "", " ", "nan", "-1", "1e400", "9" * 40, "0x10", "true", "None", "[1, 2", "{}", "'", '"', "a,b", "\t",
    "é\u202e\u0300", "=1+1", "2020-13-45", "1900-01-01T00:00:00", "0001-01-01", "\x00", "x" * 5000, "1_000", "٣",
]  # fmt: skip
LINES = ["", ",", '"', "\x00", "# no table", ",".join("abc"), "---", "\ufeff"]


def spoiled_table(text: str, random: Random) -> str:
    """A table with one cell, line or column replaced, left out or twice."""
    lines = text.splitlines()
    row = random.randrange(len(lines))
    cells = lines[row].split(",")
    column = random.randrange(len(cells))
    kind = random.choice(["cell", "cell", "cell", "line", "without", "twice", "short", "long", "column"])
    if kind == "cell":
        cells[column] = random.choice(CELLS)
        lines[row] = ",".join(cells)
    elif kind == "line":
        lines[row] = random.choice(LINES)
    elif kind == "without":
        del lines[row]
    elif kind == "twice":
        lines.insert(row, lines[row])
    elif kind == "short":
        lines[row] = ",".join(cells[:column])
    elif kind == "long":
        lines[row] += ",1,2"
    else:
        lines = [",".join(part for number, part in enumerate(line.split(",")) if number != column) for line in lines]
    return "\n".join(lines) + "\n"


def spoiled_value(content: object, random: Random) -> object:
    """A JSON or YAML value with one value in it replaced by one of another kind."""
    odd = [None, True, -1, 1e300, "", "text", [], {}, [[]], {"a": {"a": 1}}, "x" * 10_000, ["a", 1, None]]
    if isinstance(content, dict) and content and random.random() < 0.9:
        key = random.choice(list(content))
        return {**content, key: spoiled_value(content[key], random)}
    if isinstance(content, list) and content and random.random() < 0.8:
        row = random.randrange(len(content))
        return [*content[:row], spoiled_value(content[row], random), *content[row + 1 :]]
    return random.choice(odd)


def spoiled_bytes(data: bytes, random: Random) -> bytes:
    """A file cut short, or with some bytes of it replaced."""
    place = random.randrange(len(data) + 1)
    return data[:place] + bytes(random.randrange(256) for _ in range(random.choice([0, 1, 4]))) + data[place + 2 :]
