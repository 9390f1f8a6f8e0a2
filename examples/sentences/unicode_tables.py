#!/usr/bin/env python3
"""Writes unicode_tables.inc: what the tokenizer knows of Unicode.

The source is the Unicode Character Database as Python's `unicodedata` has it; the first line of the
output says which version. Categories are those of Unicode 8, as in the `tokenizers` library: Perl
knows which characters that had. Run it as `python3 unicode_tables.py > unicode_tables.inc`.
"""
import subprocess
import sys
import unicodedata

ALL = [c for c in range(sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF]
HANGUL = range(0xAC00, 0xD7A4)  # decomposed by arithmetic, not by a table

IN_UNICODE_8 = r'no warnings; for (0 .. 0x10ffff) { print "$_\n" if chr =~ /\p{Present_In: 8.0}/ }'
KNOWN = set(map(int, subprocess.check_output(["perl", "-e", IN_UNICODE_8]).split()))
# What was in another category then.
RECLASSIFIED = {
    0x166D: "Po", 0x1734: "Mn", 0x1885: "Lo", 0x1886: "Lo", 0xA9BD: "Mc", 0x111C9: "Po",
}


def category(c):
    if c not in KNOWN:
        return "Cn"
    return RECLASSIFIED.get(c) or unicodedata.category(chr(c))


def is_removed(c):
    """Controls, formats and private use; but tabs and ends of lines are spaces."""
    return category(c) in ("Cc", "Cf", "Co") and chr(c) not in "\t\n\r" or c == 0xFFFD


def is_space(c):
    return category(c) in ("Zs", "Zl", "Zp") or chr(c) in "\t\n\r"


def is_punctuation(c):
    ascii_symbol = c < 128 and category(c)[0] == "S"
    return category(c)[0] == "P" or ascii_symbol


def is_mark(c):
    return category(c) == "Mn"


def folded(c):
    """Decomposed, without its marks, in lower case."""
    letters = [d for d in unicodedata.normalize("NFD", chr(c)) if not is_mark(ord(d))]
    return [ord(lower) for d in letters for lower in d.lower()]


def ranges(holds):
    found = []
    for c in filter(holds, ALL):
        if found and found[-1][1] == c - 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return found


def write(declaration, items):
    print(f"\nconstexpr {declaration}[] = {{")
    line = "   "
    for item in items:
        if len(line) + 1 + len(item) > 99:
            print(line)
            line = "   "
        line += f" {item},"
    print(line + "\n};")


def main():
    print(f"// Unicode {unicodedata.unidata_version}, with the categories of Unicode 8,")
    print("// by unicode_tables.py; see there.")
    for name, holds in (("kRemoved", is_removed), ("kSpaces", is_space),
                        ("kPunctuation", is_punctuation), ("kMarks", is_mark)):
        write(f"Range {name}", [f"{{{a:#x}, {b:#x}}}" for a, b in ranges(holds)])
    folds = []
    for c in ALL:
        to = folded(c)
        if c in HANGUL or is_mark(c) or to == [c]:
            continue
        assert len(to) <= 3, hex(c)
        folds.append("{" + f"{c:#x}, {{" + ", ".join(f"{d:#x}" for d in to) + "}}")
    write("Fold kFolds", folds)


if __name__ == "__main__":
    main()
