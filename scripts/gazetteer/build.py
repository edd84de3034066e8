"""Builds crates/intake/data/gazetteer.bin and ATTRIBUTION.md out of registry packages (see README.md)."""

import re
import struct
import sys
from collections import Counter, defaultdict
from pathlib import Path

import layout
import locode
from attribution import ATTRIBUTION
from fold import MAX_KEY_BYTES, TABLE, key
from geometry import Borders, Grid, inside
from sources import GB_REGIONS, Sources

HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "crates/intake/data"
# Every other name of a town costs bytes; small towns are written one way (or shorter, or longer),
# big ones in many languages and scripts.
LATIN_NAMES_MIN_POPULATION = 50_000
OTHER_SCRIPTS_MIN_POPULATION = 500_000
TOWN_LIST = 5000
REGION_REACH_KM = 60
ZONE_REACH_KM = 400
AIRPORT_WORDS = {"airport", "international", "intl", "aerodrome", "airfield", "aeroport", "aeropuerto"}
PORT_WORDS = re.compile("^port of | (harbou?rs?|hafen|havn|hamn|terminal)$")


def main(folder):
    sources = Sources(folder)
    build = Build(sources)
    OUT.mkdir(exist_ok=True)
    raw = layout.file_bytes(build.sections())
    (OUT / "gazetteer.bin").write_bytes(raw)
    (OUT / "ATTRIBUTION.md").write_text(ATTRIBUTION, "utf-8")
    build.report(len(raw))


class Build:
    def __init__(self, sources):
        self.sources = sources
        self.countries = sources.countries()
        self.cities = sources.cities(TOWN_LIST)
        self.locodes = sorted(sources.locodes(), key=lambda row: (row["country"], row["code"]))
        self.town_grid = Grid((row["latitude"], row["longitude"], row) for row in self.cities)
        self.names_of_countries = self.country_keys()
        self.entries = []
        self.ranges = []
        self.add_kind(self.country_entries())
        self.country_number = {entry["country"]: entry["id"] for entry in self.entries}
        self.add_kind(self.city_entries())
        self.add_kind(self.airport_entries())
        self.add_kind(self.port_entries())
        self.parts = {}
        self.codes = self.tie_locodes()
        self.add_kind(self.locode_port_entries())
        self.admin1_rows, self.admin1_number, self.admin1_keys = self.admin1_tables()

    def add_kind(self, entries):
        for entry in entries:
            entry["id"] = len(self.entries)
            entry.setdefault("match_keys", [name for name, _ in entry["keys"]])
            self.entries.append(entry)
        self.ranges.append(len(self.entries))

    # Countries.

    def country_keys(self):
        """key -> [(code, flags)]: own aliases first, then English, then the other languages."""
        found = self.own_aliases()
        for code, row in self.countries.items():
            found.setdefault(key(row["name"]), [(code, 0)])
        for language, code, name in self.sources.country_names():
            if language == "en" and code in self.countries:
                found.setdefault(key(name), [(code, 0)])
        foreign = defaultdict(set)
        for _, code, name in self.sources.country_names():
            if code in self.countries and key(name) not in found:
                foreign[key(name)].add(code)
        for name, codes in foreign.items():
            # Where two languages mean two countries, the word alone says nothing.
            if len(codes) == 1:
                found[name] = [(codes.pop(), layout.ALIAS)]
        return {name: rows for name, rows in found.items() if name and len(name.encode()) <= MAX_KEY_BYTES}

    @staticmethod
    def own_aliases():
        found, shared = {}, set()
        for line in (HERE / "aliases.tsv").read_text("utf-8").splitlines():
            if line.startswith("#") or not line.strip():
                continue
            code, names = line.split("\t")
            for name in names.split("|"):
                rows = found.setdefault(key(name), [])
                if name.endswith("*"):
                    shared.add(key(name))
                elif any(other != code for other, _ in rows):
                    sys.exit(f"{name!r} names {code} and {rows}")
                if all(other != code for other, _ in rows):
                    rows.append((code, layout.ALIAS | (layout.STRONG if name.endswith("!") else 0)))
        return found

    def country_entries(self):
        borders = Borders(self.sources.borders())
        villages = self.sources.cities(1000)
        grid = Grid((row["latitude"], row["longitude"], row["countrycode"]) for row in villages)
        own = defaultdict(list)
        for row in self.cities:
            own[row["countrycode"]].append(row)
        for port in self.sources.ports():
            codes = self.names_of_countries.get(key(port["country"]))
            if codes and not own[codes[0][0]]:
                own[codes[0][0]] = [
                    {"latitude": port["lat"], "longitude": port["lon"], "population": 0, "geonameid": port["number"],
                     "timezone": ""}
                ]
        keys = defaultdict(list)
        for name, rows in sorted(self.names_of_countries.items()):
            for code, flags in rows:
                keys[code].append((name, flags))
        for code, row in self.countries.items():
            foreign = foreign_part(grid, code)
            disc = borders.disc(row["numeric"], own[code], foreign, row["area_km2"])
            if disc is None:
                continue
            zones = {town["timezone"] for town in own[code]}
            yield {
                "kind": "country", "name": row["name"], "country": code, "admin1": "", "at": disc[0],
                "zone": zones.pop() if len(zones) == 1 else "", "population": row["population"],
                "ext": min(0xFFFF, round(disc[1])), "keys": keys[code], "iso3": row["iso3"],
            }

    # Towns, airports, ports.

    def city_entries(self):
        codes = {row["iata"] for row in self.sources.airports()} | {row["icao"] for row in self.sources.airports()}
        for row in self.cities:
            main_key = key(row["name"])
            keys, match_keys = {}, {main_key: 0}
            if main_key and len(main_key.encode()) <= MAX_KEY_BYTES:
                keys[main_key] = 0
            for name in sorted(row["alternatenames"]):
                folded = key(name)
                if not usable(name, folded, codes, row["countrycode"]):
                    continue
                match_keys.setdefault(folded, 0)
                least = LATIN_NAMES_MIN_POPULATION if folded.isascii() else OTHER_SCRIPTS_MIN_POPULATION
                if row["population"] >= least or longer_or_shorter(folded, main_key):
                    keys.setdefault(folded, layout.ALIAS)
            yield {
                "kind": "city", "name": row["name"], "country": row["countrycode"], "admin1": row["admin1code"],
                "at": (row["latitude"], row["longitude"]), "zone": row["timezone"], "population": row["population"],
                "ext": row["geonameid"], "keys": sorted(keys.items()), "match_keys": list(match_keys),
            }

    def airport_entries(self):
        for row in self.sources.airports():
            words = [word for word in key(row["name"]).split() if word not in AIRPORT_WORDS]
            keys = {" ".join(words): 0} if words else {}
            city = key(row["city"])
            if city and " ".join(words).startswith(city + " "):
                keys.setdefault(" ".join(words)[len(city) + 1 :], layout.ALIAS)
            yield {
                "kind": "airport", "name": row["name"], "country": row["country"], "at": (row["lat"], row["lon"]),
                "admin1": self.admin1_near((row["lat"], row["lon"]), row["country"]), "zone": row["tz"],
                "population": 0, "ext": base36(row["icao"]), "keys": sorted(keys.items()), "iata": row["iata"],
                "elevation_m": row["elevation_m"], "city": row["city"], "subdivision": row["subdivision"],
            }

    def port_entries(self):
        for row in self.sources.ports():
            codes = self.names_of_countries.get(key(row["country"]))
            if row["country"] == "Antarctica":
                codes = [("AQ", 0)]
            if not codes:
                sys.exit(f"port {row['number']}: unknown country {row['country']!r}")
            at = (row["lat"], row["lon"])
            yield self.port(row["name"], [row["name"]], [row["alias"]], codes[0][0], at, row["number"])

    def locode_port_entries(self):
        """Ports that only the code list knows, with its coordinates."""
        known = {(self.locodes[number]["country"], self.locodes[number]["code"]) for _, number, _ in self.codes}
        for number, row in enumerate(self.locodes):
            code = (row["country"], row["code"])
            if "1" in row["function"] and row["at"] and code not in known:
                if row["country"] in self.country_number:
                    # Some codes stand twice, with two spellings of the name.
                    known.add(code)
                    entry = self.port(
                        row["name"], [row["name"], row["plain"]], [], row["country"], row["at"], base36(row["code"])
                    )
                    entry["locode_row"] = number
                    yield entry

    def port(self, shown, names, aliases, country, at, ext):
        keys = {}
        for name, flags in [(name, 0) for name in names] + [(name, layout.ALIAS) for name in aliases]:
            bare = re.sub(r"\(.*?\)", " ", name)
            for text in (name, bare, *re.findall(r"\((.*?)\)", name)):
                folded = key(text)
                for found in (folded, PORT_WORDS.sub("", folded)):
                    if found and len(found.encode()) <= MAX_KEY_BYTES:
                        keys.setdefault(found, flags)
        return {
            "kind": "port", "name": shown, "country": country, "at": at, "admin1": self.admin1_near(at, country),
            "zone": self.zone_near(at, country), "population": 0, "ext": ext, "keys": sorted(keys.items()),
        }

    def admin1_near(self, at, country):
        for _, (_, _, row) in self.town_grid.near(at, REGION_REACH_KM):
            if row["countrycode"] == country:
                return row["admin1code"]
        return ""

    def zone_near(self, at, country):
        for reach_km in (REGION_REACH_KM, ZONE_REACH_KM):
            near = [row for _, (_, _, row) in self.town_grid.near(at, reach_km)]
            own = [row for row in near if row["countrycode"] == country]
            if own or (near and reach_km == ZONE_REACH_KM):
                return (own or near)[0]["timezone"]
        return ""

    # Codes.

    def tie_locodes(self):
        """[(order, row number, entry or None)]: what each UN/LOCODE stands for, best first."""
        cities = [entry for entry in self.entries if entry["kind"] == "city"]
        towns = locode.Places(cities)
        ports = locode.Places([entry for entry in self.entries if entry["kind"] == "port"])
        airports = {entry["iata"]: entry for entry in self.entries if entry["kind"] == "airport"}
        self.parts = locode.vote_parts(self.locodes, towns, self.entries)
        admin1_of = {(country, part): admin1 for (country, admin1), part in self.parts.items()}
        out = []
        for number, row in enumerate(self.locodes):
            admin1 = admin1_of.get((row["country"], row["part"]))
            city = towns.find(row, locode.TOWN_REACH_KM, admin1)
            if city is not None:
                out.append((0, number, city))
            port = ports.find(row, locode.PORT_REACH_KM) if "1" in row["function"] else None
            if port is not None:
                out.append((1, number, port))
            airport = locode.airport_of(row, airports)
            if airport is not None:
                out.append((2, number, airport))
        return out

    def locode_section(self):
        for entry in self.entries:
            if "locode_row" in entry:
                self.codes.append((1, entry["locode_row"], entry["id"]))
        main = {}
        for _, number, entry in self.codes:
            row = self.locodes[number]
            exact = key(row["name"]) == key(self.entries[entry]["name"])
            score = (exact, row["iata"] != "" or "4" in row["function"], len(row["function"].replace("-", "")))
            if entry not in main or score > main[entry][0]:
                main[entry] = (score, number)
        rows = {}
        for order, number, entry in self.codes:
            row = self.locodes[number]
            if row["country"] in self.country_number:
                code = (self.country_number[row["country"]], base36(row["code"]))
                # A code that stands twice in the list names a place once.
                own = main[entry][1] == number or rows.get((*code, order, entry), False)
                rows[*code, order, entry] = own
        return b"".join(
            struct.pack("<BH", country, code) + layout.u24(entry | (1 << 23 if own else 0))
            for (country, code, _, entry), own in sorted(rows.items())
        )

    def city_code_section(self):
        """Metropolitan airport codes stand for their city."""
        by_name = defaultdict(list)
        for entry in self.entries:
            if entry["kind"] == "city":
                for name in entry["match_keys"]:
                    by_name[entry["country"], name].append(entry)
        rows = []
        for code, (country, name, _) in sorted(self.sources.city_codes().items()):
            found = by_name.get((country, key(name)))
            if found:
                rows.append(code.encode() + layout.u24(max(found, key=lambda entry: entry["population"])["id"]))
            else:
                print("no town for the metropolitan code", code, country, name, file=sys.stderr)
        return b"".join(rows)

    # Regions inside a country.

    def admin1_tables(self):
        names = defaultdict(Counter)
        for entry in self.entries:
            if entry["kind"] == "airport" and entry["admin1"] and entry["subdivision"]:
                names[entry["country"], entry["admin1"]][entry["subdivision"]] += 1
        iso_names, states = self.sources.subdivisions(), self.sources.us_states()
        used = sorted({(e["country"], e["admin1"]) for e in self.entries if e["admin1"]})
        rows, number, keys = [("", "", "")], {("", ""): 0}, defaultdict(list)
        for country, admin1 in used:
            part = self.parts.get((country, admin1), "")
            known = [iso_names.get((country, part), "")] if part else []
            if names[country, admin1]:
                known.append(min(names[country, admin1].items(), key=lambda pair: (-pair[1], pair[0]))[0])
            if country == "US":
                part, known = admin1, [states.get(admin1, "")]
            if country == "GB" and admin1 in GB_REGIONS:
                part, known = admin1, [GB_REGIONS[admin1]]
            # "Ôita [Oita]" names itself twice.
            known = [re.sub(r" *\[.*?\]", "", name) for name in known if name]
            # Digits tell a reader nothing.
            part = part if part.isalpha() else ""
            number[country, admin1] = len(rows)
            for name in {key(text) for text in [part, *known]} - {""}:
                keys[name].append((len(rows), 0))
            rows.append((country, part, known[0] if known else ""))
        return rows, number, keys

    # The file.

    def sections(self):
        names = defaultdict(list)
        for entry in self.entries:
            for name, flags in entry["keys"]:
                names[name].append((entry["id"], flags))
        for found in names.values():
            found.sort(key=lambda pair: (pair[1] & layout.ALIAS, -self.entries[pair[0]]["population"], pair[0]))
        zones = sorted({entry["zone"] for entry in self.entries} | {""})
        regions, region_rows = {}, []
        records = []
        for entry in self.entries:
            country = self.country_number[entry["country"]]
            admin1 = self.admin1_number.get((entry["country"], entry["admin1"]), 0) if entry["admin1"] else 0
            region = (country, admin1, zones.index(entry["zone"]))
            if region not in regions:
                regions[region] = len(regions)
                region_rows.append(struct.pack("<BHH", *region))
            records.append(
                layout.u24(layout.lat_q(entry["at"][0])) + layout.u24(layout.lon_q(entry["at"][1]))
                + struct.pack("<HH", layout.rounded_count(entry["population"]), regions[region])
                + layout.u24(entry["ext"])
            )
        countries = [entry for entry in self.entries if entry["kind"] == "country"]
        airports = [entry for entry in self.entries if entry["kind"] == "airport"]
        admin1_country = bytes(self.country_number.get(row[0], 0) for row in self.admin1_rows)
        return [
            struct.pack(f"<{len(self.ranges)}I", *self.ranges),
            b"".join(struct.pack("<H", code) + folded.encode().ljust(3, b"\0") for code, folded in TABLE),
            b"".join(entry["country"].encode() + entry["iso3"].encode() for entry in countries),
            layout.string_list(zones),
            admin1_country,
            layout.string_list([row[1] for row in self.admin1_rows]),
            layout.string_list([row[2] for row in self.admin1_rows]),
            b"".join(region_rows),
            b"".join(records),
            layout.string_list([entry["name"] for entry in self.entries]),
            b"".join(
                entry["iata"].encode()
                + struct.pack("<h", -32768 if entry["elevation_m"] is None else entry["elevation_m"])
                for entry in airports
            ),
            layout.key_table(names),
            layout.key_table(self.admin1_keys),
            self.locode_section(),
            self.city_code_section(),
            self.nearby_section(),
        ]

    def nearby_section(self):
        """Entries of each kind by band of latitude, then longitude."""
        def order(entry):
            lat, lon = entry["at"]
            return (layout.lat_q(lat) >> 16, layout.lon_q(lon), entry["id"])

        out, start = b"", 0
        for end in self.ranges:
            out += b"".join(layout.u24(e["id"]) for e in sorted(self.entries[start:end], key=order))
            start = end
        return out

    def report(self, size):
        print(f"{size:,} bytes; entries up to {self.ranges}")
        print(f"  UN/LOCODEs tied: {len({number for _, number, _ in self.codes}):,} of {len(self.locodes):,}")


def foreign_part(grid, code):
    """Whether a ring holds another country's towns and none of this one's."""
    def foreign(ring):
        lats, lons = [p[0] for p in ring], [p[1] for p in ring]
        middle = ((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
        reach = min(3000.0, 111.2 * max(max(lats) - min(lats), max(lons) - min(lons)) + 20)
        codes = {item[2] for _, item in grid.near(middle, reach) if inside(ring, item[:2])}
        return bool(codes) and code not in codes

    return foreign


def usable(name, folded, codes, country):
    """Whether another name of a town helps a search: no codes, links, numbers or initials."""
    if not folded or len(folded.encode()) > MAX_KEY_BYTES or any(char.isdigit() for char in folded):
        return False
    if folded.isascii() and len(folded) <= 2:
        return False
    if re.fullmatch("[A-Z]{3,4}", name) and (len(name) == 3 or name in codes):
        return False
    return not re.fullmatch(country + "[A-Z]{3}", name)


def longer_or_shorter(name, main):
    """ "Offenbach" for "Offenbach am Main", and the other way round."""
    return (name + " ").startswith(main + " ") or (main + " ").startswith(name + " ")


def base36(code):
    return int(code, 36) if code else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: build.py FOLDER   (what fetch.sh filled)")
    main(sys.argv[1])
