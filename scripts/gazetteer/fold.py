"""How names become search keys. The Rust side applies the same table, which travels in the file."""

import unicodedata

# Letters that Unicode does not decompose, and what people type instead.
TYPED_AS = {
    "ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i",
    "ħ": "h", "ŋ": "n", "ŧ": "t", "ə": "a", "ƙ": "k", "ɓ": "b", "ɗ": "d", "ƴ": "y",
}
APOSTROPHES = set("'`´ʻʼʽʾʿˈ‘’‛′＇")
# Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian; punctuation; full-width forms.
# Other scripts are searched as they are written.
FOLDED_RANGES = [
    (0x80, 0x6FF), (0x10A0, 0x10FF), (0x1C80, 0x206F), (0x2C60, 0x2C7F), (0x3000, 0x303F),
    (0xFB00, 0xFB06), (0xFF01, 0xFF5E),
]
# Whole words with two spellings; the right one is the key's.
SAME_WORD = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}
MAX_KEY_BYTES = 60


def fold_char(char):
    """The key letters of one character: "" drops it, " " ends a word."""
    if char in APOSTROPHES:
        return ""
    if ord(char) < 0x80:
        return char.lower() if char.isalnum() else " "
    out = ""
    for part in unicodedata.normalize("NFKD", char.casefold()):
        if unicodedata.combining(part):
            continue
        if part in APOSTROPHES:
            continue
        if unicodedata.category(part)[0] in "PSZC":
            out += " "
        elif ord(part) < 0x80:
            out += part.lower() if part.isalnum() else " "
        else:
            out += TYPED_AS.get(part, part)
    if out.strip() == "" and out:
        return " "
    return out if len(out.encode()) <= 3 else char


def table():
    """Every non-ASCII character whose folding is not itself, ascending."""
    rows = []
    for first, last in FOLDED_RANGES:
        for code in range(first, last + 1):
            folded = chr(code)
            if unicodedata.category(folded) != "Cn":
                folded = fold_char(folded)
            FOLDED[code] = folded
            if folded != chr(code):
                rows.append((code, folded))
    return rows


FOLDED = {}
TABLE = table()


def key(text):
    """The search key of a name: lower case, no marks, single spaces, short forms."""
    out = []
    word = 0
    for char in text:
        if char == ".":
            # "U.S.A." is one word, "St.Louis" are two.
            if word != 1:
                out.append(" ")
            word = 0
            continue
        if char == "&":
            out.append(" and ")
            word = 0
            continue
        code = ord(char)
        folded = fold_char(char) if code < 0x80 else FOLDED.get(code, char)
        out.append(folded)
        if folded == " ":
            word = 0
        elif folded:
            word += 1
    words = [SAME_WORD.get(word, word) for word in "".join(out).split()]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words)
