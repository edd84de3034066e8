#!/usr/bin/env python3
"""Checks a whole audit log with nothing but Python: python3 verify.py DIR VKEY

DIR holds the log (`checkpoint` and `tile/`), VKEY is its public key as text
(`name+1a2b3c4d+AQ...`) or a file that holds it. Every entry is hashed again,
every tile is compared, and the root must be the one that was signed (C2SP
tlog-tiles, RFC 6962, Ed25519 by RFC 8032). Exit status 1 if anything is wrong.
"""

import base64
import hashlib
import os
import sys


def sha256(data):
    return hashlib.sha256(data).digest()


# Ed25519, as in RFC 8032 section 6: slow, and used for one signature.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_times(number, point):
    result = (0, 1, 1, 0)
    while number > 0:
        if number & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        number >>= 1
    return result


def point_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = point_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = point_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = point_times(s, BASE), point_add(r, point_times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and \
        (left[1] * right[2] - right[1] * left[2]) % P == 0


def tree_hash(hashes):
    """The root over subtrees of equal size; the last may be smaller."""
    while len(hashes) > 1:
        hashes = [sha256(b"\1" + hashes[i] + hashes[i + 1]) if i + 1 < len(hashes) else hashes[i]
                  for i in range(0, len(hashes), 2)]
    return hashes[0] if hashes else sha256(b"")


def tile_path(kind, index, width):
    name, index = "%03d" % (index % 1000), index // 1000
    while index > 0:
        name, index = "x%03d/%s" % (index % 1000, name), index // 1000
    return "tile/%s/%s" % (kind, name) + ("" if width == 256 else ".p/%d" % width)


class Log:
    def __init__(self, folder):
        self.folder, self.wrong, self.edge_is_good = folder, [], False

    def tell(self, what):
        self.wrong.append(what)
        print("WRONG", what)

    def read(self, path):
        try:
            with open(os.path.join(self.folder, *path.split("/")), "rb") as file:
                return file.read()
        except OSError:
            self.tell("%s: is missing" % path)
            return None

    def checkpoint(self, vkey):
        """Origin, size and root that the key has signed."""
        name, number, key = vkey.strip().split("+", 2)
        key = base64.b64decode(key)
        note = self.read("checkpoint")
        if note is None:
            return None
        try:
            text, signatures = note.decode().rsplit("\n\n", 1)
            text += "\n"
            origin, size, root = text.split("\n")[:3]
            for line in signatures.splitlines():
                dash, signer, data = line.split(" ")
                data = base64.b64decode(data)
                if signer == name == origin and data[:4].hex() == number:
                    if is_signed(key[1:], text.encode(), data[4:]):
                        return origin, int(size), base64.b64decode(root)
                    break
        except (ValueError, IndexError):
            pass
        self.tell("checkpoint: is not signed by %s" % name)
        return None

    def leaves(self, index, width):
        """The hashes of a bundle's entries."""
        path = tile_path("entries", index, width)
        data = self.read(path)
        if data is None:
            return None
        hashes, at = [], 0
        while at < len(data):
            end = at + 2 + int.from_bytes(data[at:at + 2], "big")
            if end > len(data):
                break
            hashes.append(sha256(b"\0" + data[at + 2:end]))
            at = end
        if at != len(data) or len(hashes) != width:
            self.tell("%s: holds %d whole entries, not %d" % (path, len(hashes), width))
            return None
        return hashes

    def tile(self, level, index, width):
        path = tile_path(level, index, width)
        data = self.read(path)
        if data is not None and len(data) != 32 * width:
            self.tell("%s: has %d bytes, not %d" % (path, len(data), 32 * width))
            return None
        return data and [data[i:i + 32] for i in range(0, len(data), 32)]

    def compare(self, level, index, made, above):
        """A tile with what is below it; `above` says what its hash should be. Returns
        the hashes to go on with, so that one wrong entry is one thing wrong."""
        kept = self.tile(level, index, len(made))
        if kept is None or kept == made:
            return made
        good = self.edge_is_good if len(made) < 256 else above == tree_hash(kept)
        if not good:
            path = tile_path(level, index, len(made))
            self.tell("%s: is not what the entries below it lead to" % path)
            return made
        for at, (ours, theirs) in enumerate(zip(made, kept)):
            if ours != theirs and level == 0:
                self.tell("%s: entry %d is not the one that was logged"
                          % (tile_path("entries", index, len(made)), index * 256 + at))
        return kept

    def edge_root(self, size):
        """The root that the partial tiles lead to."""
        root, level = None, 0
        while size >> (8 * level):
            count = size >> (8 * level)
            tail = self.quietly(tile_path(level, count // 256, count % 256)) if count % 256 else b""
            hashes = [tail[i:i + 32] for i in range(0, len(tail), 32)]
            hashes += [root] if root is not None else []
            root, level = tree_hash(hashes) if hashes else None, level + 1
        return root or tree_hash([])

    def quietly(self, path):
        try:
            with open(os.path.join(self.folder, *path.split("/")), "rb") as file:
                return file.read()
        except OSError:
            return b""

    def above(self, level, index, width, size):
        """What the kept tile of the level above says the hash of a full tile is."""
        if width < 256:
            return None
        count = size >> (8 * level + 8)
        path = tile_path(level + 1, index // 256, min(256, count - index // 256 * 256))
        at = index % 256 * 32
        return self.quietly(path)[at:at + 32]

    def verify(self, vkey):
        signed = self.checkpoint(vkey)
        if signed is None:
            return None
        origin, size, root = signed
        self.edge_is_good = self.edge_root(size) == root
        made, tails = [], []
        for index in range((size + 255) // 256):
            width = min(256, size - index * 256)
            above = self.above(0, index, width, size)
            leaves = self.leaves(index, width) or self.tile(0, index, width) or [b""] * width
            leaves = self.compare(0, index, leaves, above)
            if width == 256:
                made.append(tree_hash(leaves))
            else:
                tails.append(leaves)
        if size % 256 == 0:
            tails.append([])
        level = 1
        while made:
            up = []
            for index in range((len(made) + 255) // 256):
                part = made[index * 256:index * 256 + 256]
                part = self.compare(level, index, part, self.above(level, index, len(part), size))
                if len(part) == 256:
                    up.append(tree_hash(part))
            tails.append(made[len(made) // 256 * 256:])
            made, level = up, level + 1
        found = None
        for tail in tails:
            hashes = tail + ([found] if found is not None else [])
            found = tree_hash(hashes) if hashes else None
        if not self.wrong and (found or tree_hash([])) != root:
            self.tell("checkpoint: its root is not that of the entries")
        return origin, size


def main():
    if len(sys.argv) != 3:
        print(__doc__.strip())
        return 2
    folder, vkey = sys.argv[1:]
    if os.path.exists(vkey):
        with open(vkey) as file:
            vkey = file.read()
    log = Log(folder)
    seen = log.verify(vkey)
    if log.wrong or seen is None:
        print("%d things are wrong" % len(log.wrong))
        return 1
    print("GOOD %s: %d entries, all as they were logged" % seen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
