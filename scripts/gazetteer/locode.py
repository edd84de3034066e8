"""Ties UN/LOCODEs to the towns, airports and ports that other sources describe better."""

import re
from collections import Counter, defaultdict

from fold import key
from geometry import distance_km

# Coordinates are whole minutes of a point somewhere in the town.
TOWN_REACH_KM = 30
AIRPORT_REACH_KM = 80
PORT_REACH_KM = 40
DWARFS = 5


def spelled(row):
    """The keys a row's name may be known by: "Bombay (Mumbai)", "Biel/Bienne"."""
    keys = []
    for name in (row["name"], row["plain"]):
        bare = re.sub(r"\(.*?\)", " ", name)
        inner = re.findall(r"\((.*?)\)", name)
        for text in (name, bare, *bare.split("/"), *inner):
            folded = key(text)
            if folded and folded not in keys:
                keys.append(folded)
    return keys


class Places:
    """Entries by country and key, for matching."""

    def __init__(self, entries):
        self.by_key = defaultdict(list)
        for entry in entries:
            for name in entry["match_keys"]:
                self.by_key[entry["country"], name].append(entry)

    def find(self, row, reach_km, admin1=None):
        """The entry the row names, or None where it is not clear."""
        for name in spelled(row):
            found = self.by_key.get((row["country"], name), [])
            if admin1:
                found = [entry for entry in found if entry["admin1"] == admin1] or found
            if row["at"]:
                near = [(distance_km(row["at"], entry["at"]), entry["id"]) for entry in found]
                near = sorted(pair for pair in near if pair[0] <= reach_km)
                if near:
                    return near[0][1]
                continue
            by_weight = sorted(found, key=lambda entry: (-entry["population"], entry["id"]))
            if len(by_weight) == 1 or (
                len(by_weight) > 1 and by_weight[0]["population"] >= DWARFS * max(1, by_weight[1]["population"])
            ):
                return by_weight[0]["id"]
        return None


def vote_parts(locodes, towns, entries):
    """(country, GeoNames admin1) -> ISO 3166-2 part, by the towns that both sources name."""
    votes = defaultdict(Counter)
    back = defaultdict(Counter)
    for row in locodes:
        if not (row["part"] and row["at"]):
            continue
        number = towns.find(row, TOWN_REACH_KM)
        if number is None or not entries[number]["admin1"]:
            continue
        here, part = (row["country"], entries[number]["admin1"]), (row["country"], row["part"])
        votes[here][part] += 1
        back[part][here] += 1
    out = {}
    for here, counted in votes.items():
        part, most = min(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        # A part must be mostly this region's and the region mostly this part's: counties of
        # England are neither.
        if most * 10 >= 6 * sum(counted.values()) and most * 10 >= 6 * sum(back[part].values()):
            out[here] = part[1]
    return out


def airport_of(row, airports):
    """The airport that a row stands for."""
    for code in (row["iata"], row["code"]):
        airport = airports.get(code)
        if not airport or airport["country"] != row["country"] or "4" not in row["function"]:
            continue
        if row["at"] is None or distance_km(row["at"], airport["at"]) <= AIRPORT_REACH_KM:
            return airport["id"]
    return None
