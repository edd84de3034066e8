#!/usr/bin/env python3
"""Checks with nothing but Python that nothing was altered.

python3 verify.py [DIR [VKEY]]   evidence of one package: the folder of a proof file
python3 verify.py DIR VKEY       a whole audit log: DIR holds `checkpoint` and `tile/`

VKEY is the log's public key as text (`name+1a2b3c4d+AQ...`) or a file that holds it;
for evidence, the one in the folder if it is left out, which proves less. Of a log every
entry is hashed again, every tile is compared, and the root must be the one that was
signed (C2SP tlog-tiles, RFC 6962, Ed25519 by RFC 8032). Of evidence every event must
lead to that root by its proof, and name the event before it. Exit status 1 if anything
is wrong, which is named.
"""

import base64
import hashlib
import json
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


def opened(note, vkey):
    """Origin, size and root of a signed checkpoint; nothing if the key did not sign it."""
    try:
        name, number, key = vkey.strip().split("+", 2)
        key = base64.b64decode(key)
        if sha256(name.encode() + b"\n" + key)[:4].hex() != number or key[:1] != b"\1":
            return None
        text, signatures = note.decode().rsplit("\n\n", 1)
        text += "\n"
        origin, size, root = text.split("\n")[:3]
        for line in signatures.splitlines():
            dash, signer, data = line.split(" ")
            data = base64.b64decode(data)
            if signer == name == origin and data[:4].hex() == number:
                if is_signed(key[1:], text.encode(), data[4:]):
                    return origin, int(size), base64.b64decode(root)
                return None
    except (ValueError, IndexError):
        pass
    return None


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
        note = self.read("checkpoint")
        if note is None:
            return None
        signed = opened(note, vkey)
        if signed is None:
            self.tell("checkpoint: is not signed by %s" % vkey.strip().split("+", 1)[0])
        return signed

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


def leads_to(root, size, leaf, index, proof):
    """Whether an entry is in the tree with this root (RFC 9162, section 2.1.3.2)."""
    if index >= size:
        return False
    at, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = sha256(b"\1" + other + found)
            while at != 0 and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + other)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def read_proof(data):
    """Index, hashes and checkpoint of a proof's file (C2SP tlog-proof)."""
    head, note = data.decode().split("\n\n", 1)
    lines = head.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("index "):
        raise ValueError("no proof")
    hashes = [base64.b64decode(line, validate=True) for line in lines[2:]]
    if any(len(it) != 32 for it in hashes):
        raise ValueError("no hash")
    return int(lines[1][6:]), hashes, note.encode()


class Evidence:
    """Everything recorded of one package, and of what carried it."""

    def __init__(self, folder):
        self.folder, self.wrong = folder, []
        self.events, self.pending, self.seen = {}, [], set()

    def tell(self, path, what):
        self.wrong.append(path)
        print("WRONG %s: %s" % (path, what))

    def read(self, path):
        self.seen.add(path)
        try:
            with open(os.path.join(self.folder, *path.split("/")), "rb") as file:
                return file.read()
        except OSError:
            self.tell(path, "is missing")
            return None

    def files(self):
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), self.folder)
                yield path.replace(os.sep, "/")

    def compare_sums(self):
        """Every file is there, is what it was, and no other is."""
        sums = self.read("SHA256SUMS")
        if sums is None:
            return
        known = {"SHA256SUMS"}
        for number, line in enumerate(sums.decode(errors="replace").splitlines(), 1):
            digest, gap, path = line[:64], line[64:66], line[66:]
            if gap != "  " or not path or ".." in path.split("/"):
                self.tell("SHA256SUMS", "line %d cannot be read" % number)
                continue
            known.add(path)
            data = self.read(path)
            if data is not None and hashlib.sha256(data).hexdigest() != digest:
                self.tell(path, "is not what SHA256SUMS says")
        for path in sorted(set(self.files()) - known):
            self.tell(path, "is not in SHA256SUMS")

    def summary(self):
        data = self.read("evidence.json")
        try:
            found = json.loads(data)
            if found["format"] == "whereabouts evidence 1":
                return {name: found[name] for name in (
                    "package", "origin", "size", "events", "events_of_carriers", "pending",
                    "carried_by", "left_out")}
        except (TypeError, KeyError, ValueError):
            pass
        if data is not None:
            self.tell("evidence.json", "cannot be read")
        return None

    def read_events(self):
        """What events.jsonl says is what the leaves say."""
        data = self.read("events.jsonl")
        for number, line in enumerate((data or b"").split(b"\n")[:-1], 1):
            where = "line %d" % number
            try:
                event = json.loads(line)
                about, seq, index = event["about"], event["seq"], event["index"]
                leaf_says = event["leaf"]
                name = "%s/%06d" % (about, seq)
                if any(not (it.isalnum() or it in "_/") for it in name) \
                        or not isinstance(leaf_says, dict) \
                        or not isinstance(index, (int, type(None))):
                    raise ValueError("no event")
            except (TypeError, KeyError, ValueError):
                self.tell("events.jsonl", where + " cannot be read")
                continue
            path = "leaves/%s.json" % name
            leaf = self.read(path)
            if leaf is None:
                continue
            hashed = sha256(b"\0" + leaf)
            if not line.endswith(b'"leaf":' + leaf + b"}") or hashed.hex() != event["hash"]:
                self.tell("events.jsonl", where + " is not what %s holds" % path)
            if leaf_says.get("subject") != about or leaf_says.get("seq") != seq:
                self.tell(path, "is of another event than its name says")
            self.events.setdefault(about, {})[seq] = (index, leaf_says, hashed, path)

    def prove(self, checkpoint, signed):
        """Every event that is said to be in the log is."""
        _, size, root = signed
        for about, events in self.events.items():
            for seq, (index, _, hashed, leaf) in sorted(events.items()):
                if index is None:
                    self.pending.append((about, seq))
                    continue
                path = "proofs/%s/%06d.tlog-proof" % (about, seq)
                data = self.read(path)
                try:
                    place, hashes, note = (None, [], b"") if data is None else read_proof(data)
                except (ValueError, IndexError):
                    self.tell(path, "cannot be read")
                    continue
                if data is None:
                    continue
                if place != index:
                    self.tell(path, "is of entry %s, not of %s" % (place, index))
                elif note != checkpoint:
                    self.tell(path, "has another checkpoint")
                elif not leads_to(root, size, hashed, place, hashes):
                    self.tell(leaf, "is not what was logged as entry %d" % place)

    def follow(self, about, whole):
        """Each event names the one before it, so that none can be left out."""
        before = 0 if whole else None
        hashed = None
        for seq, (_, leaf, found, path) in sorted(self.events.get(about, {}).items()):
            if whole and seq != before + 1:
                self.tell("%s" % about, "events %d to %d are left out" % (before + 1, seq - 1))
            if seq == 1 and "prev" in leaf:
                self.tell(path, "names an event before the first")
            elif before and seq == before + 1 and leaf.get("prev") != hashed:
                self.tell(path, "names another event before it than there is")
            before, hashed = seq, found.hex()
        return before or 0

    def verify(self, vkey):
        self.compare_sums()
        summary, given = self.summary(), vkey is not None
        if not given:
            vkey = (self.read("vkey") or b"").decode(errors="replace")
        checkpoint = self.read("checkpoint")
        signed = checkpoint and opened(checkpoint, vkey)
        if checkpoint is not None and not signed:
            self.tell("checkpoint", "is not signed by the key %s" % vkey.strip()[:200])
        if not summary or not signed:
            return
        if (summary["origin"], summary["size"]) != signed[:2]:
            self.tell("evidence.json", "is of another log than the checkpoint")
        self.read_events()
        self.prove(checkpoint, signed)
        package = summary["package"]
        last = self.follow(package, True)
        if last != summary["events"]:
            self.tell("evidence.json", "says %s events of the package where there are %d"
                      % (summary["events"], last))
        others = [it for it in self.events if it != package]
        count = sum(len(self.events[it]) for it in others)
        for about in others:
            self.follow(about, False)
        self.compare_carriers(summary, others)
        if count != summary["events_of_carriers"]:
            self.tell("evidence.json", "says %s events of what carried it where there are %d"
                      % (summary["events_of_carriers"], count))
        if [(it["about"], it["seq"]) for it in summary["pending"]] != self.pending:
            self.tell("evidence.json", "names other events as not logged than events.jsonl")
        for path in sorted(set(self.files()) - self.seen):
            self.tell(path, "belongs to no event")
        if not self.wrong:
            self.say(summary, signed, last, len(others), count, given)

    def compare_carriers(self, summary, others):
        """Whatever carried the package began and ended to with an event that is here."""
        if not {it["holder"] for it in summary["carried_by"]} >= set(others):
            self.tell("evidence.json", "does not say that all of these carried the package")
        times = {None} | {leaf[name] for events in self.events.values()
                          for _, leaf, _, _ in events.values()
                          for name in ("happened_at", "recorded_at")}
        for it in summary["carried_by"]:
            if not summary["left_out"] and not {it["from"], it["until"]} <= times:
                self.tell("evidence.json", "says that %s carried it from or until when nothing "
                          "happened" % it["holder"])

    def say(self, summary, signed, last, others, count, given):
        print("GOOD the checkpoint of %s with %d entries is signed with its key" % signed[:2])
        print("GOOD %s: %d events, each as it was logged, and none before the last left out"
              % (summary["package"], last))
        print("GOOD %d events of %d things that carried it, each as it was logged" % (count, others))
        for about, seq in self.pending:
            print("NOT PROVEN event %d of %s: it is not in the log yet" % (seq, about))
        for it in summary["left_out"]:
            print("NOT PROVEN %d more events of %s: they are not in here"
                  % (it["events"], it["about"]))
        print("NOT PROVEN that nothing was recorded of the package after these events, nor that")
        print("           all events of what carried it are here")
        if not given:
            print("NOT PROVEN that this is the log's key: it lay beside what it signed. Have it")
            print("           from elsewhere and run: python3 verify.py DIR KEY")


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    vkey = sys.argv[2] if len(sys.argv) > 2 else None
    if len(sys.argv) > 3 or not os.path.isdir(folder):
        print(__doc__.strip())
        return 2
    if vkey is not None and os.path.exists(vkey):
        with open(vkey) as file:
            vkey = file.read()
    if not os.path.isdir(os.path.join(folder, "tile")) and vkey is None \
            or os.path.exists(os.path.join(folder, "evidence.json")):
        evidence = Evidence(folder)
        try:
            evidence.verify(vkey)
        except (TypeError, KeyError, ValueError, AttributeError) as why:
            evidence.tell("evidence.json", "cannot be read: %r" % why)
        wrong = evidence.wrong
    elif vkey is None:
        print(__doc__.strip())
        return 2
    else:
        log = Log(folder)
        seen = log.verify(vkey)
        wrong = log.wrong
        if not wrong and seen:
            print("GOOD %s: %d entries, all as they were logged" % seen)
    if wrong:
        print("%d things are wrong" % len(wrong))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
