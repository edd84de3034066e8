"""Distances, nearest neighbours, and the disc that covers a country."""

import math

EARTH_KM = 6371.0088
# A part of a country counts for its disc if it is this share of the land.
PART_MIN_SHARE = 0.01
# The disc leaves out a country's farthest thousandth: bases abroad, lone far islands.
TOWNSFOLK_SHARE = 0.999


def distance_km(a, b):
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (a[0], a[1], b[0], b[1]))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


class Grid:
    """Finds the items near a point; an item is (lat, lon, anything)."""

    def __init__(self, items):
        self.cells = {}
        for item in items:
            self.cells.setdefault((math.floor(item[0]), math.floor(item[1])), []).append(item)

    def near(self, at, reach_km):
        """(km, item) within `reach_km`, nearest first."""
        rows = math.ceil(reach_km / 111.0)
        columns = min(180, math.ceil(rows / max(0.05, math.cos(math.radians(at[0])))))
        found = []
        for lat in range(math.floor(at[0]) - rows, math.floor(at[0]) + rows + 1):
            for lon in range(math.floor(at[1]) - columns, math.floor(at[1]) + columns + 1):
                for item in self.cells.get((lat, (lon + 180) % 360 - 180), ()):
                    km = distance_km(at, item)
                    if km <= reach_km:
                        found.append((km, item))
        return sorted(found, key=lambda pair: pair[0])




class Borders:
    """Country polygons out of a TopoJSON file."""

    def __init__(self, topology):
        scale, offset = topology["transform"]["scale"], topology["transform"]["translate"]
        arcs = []
        for arc in topology["arcs"]:
            x = y = 0
            line = []
            for step in arc:
                x, y = x + step[0], y + step[1]
                line.append((y * scale[1] + offset[1], x * scale[0] + offset[0]))
            arcs.append(line)
        self.rings = {}
        for shape in topology["objects"]["countries"]["geometries"]:
            if "id" not in shape:
                continue
            parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
            rings = self.rings.setdefault(int(shape["id"]), [])
            for part in parts:
                rings.append(join(arcs, part[0]))

    def disc(self, numeric, own_cities, foreign_near, area_km2):
        """A point inside the country and the km around it that hold its land and its towns.

        `foreign_near(ring)` tells whether a part is another ISO country's, as French Guiana
        is in the shape of France.
        """
        rings = sorted(self.rings.get(numeric, []), key=area, reverse=True)
        towns = [(row["latitude"], row["longitude"]) for row in own_cities]
        if not rings:
            return self._disc_of_towns(own_cities, area_km2)
        own = [rings[0]] + [ring for ring in rings[1:] if not foreign_near(ring)]
        land = sum(map(area, own))
        counted = [
            ring
            for ring in own
            if area(ring) >= PART_MIN_SHARE * land
        ]
        centre = centroid(rings[0])
        if not inside(rings[0], centre):
            candidates = [town for town in towns if inside(rings[0], town)] or rings[0]
            centre = min(candidates, key=lambda point: distance_km(centre, point))
        reach = max(distance_km(centre, point) for ring in counted for point in ring)
        # The shapes are drawn to about 5 km.
        return centre, max(reach, townsfolk_km(centre, own_cities)) + 5

    @staticmethod
    def _disc_of_towns(cities, area_km2):
        size = math.sqrt(max(area_km2, 1) / math.pi)
        if not cities:
            return None
        biggest = max(cities, key=lambda row: (row["population"], -row["geonameid"]))
        centre = (biggest["latitude"], biggest["longitude"])
        return centre, max(townsfolk_km(centre, cities), 2 * size) + 5


def townsfolk_km(centre, cities):
    """The distance within which all but a thousandth of the people in towns live."""
    away = sorted((distance_km(centre, (row["latitude"], row["longitude"])), row["population"]) for row in cities)
    left = TOWNSFOLK_SHARE * sum(people for _, people in away)
    for km, people in away:
        left -= people
        if left <= 0 and people > 0:
            return km
    return away[-1][0] if away else 0.0


def join(arcs, indexes):
    ring = []
    for index in indexes:
        line = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(line[1:] if ring else line)
    # One that crosses the date line goes on beyond 180 degrees.
    if max(lon for _, lon in ring) - min(lon for _, lon in ring) > 180:
        ring = [(lat, lon + 360 if lon < 0 else lon) for lat, lon in ring]
    return ring


def area(ring):
    """Proportional to the area on the sphere."""
    total = 0.0
    for (lat_a, lon_a), (lat_b, lon_b) in zip(ring, ring[1:] + ring[:1]):
        total += math.radians(lon_b - lon_a) * (2 + math.sin(math.radians(lat_a)) + math.sin(math.radians(lat_b)))
    return abs(total)


def centroid(ring):
    squeeze = math.cos(math.radians(sum(lat for lat, _ in ring) / len(ring)))
    total = x_sum = y_sum = 0.0
    for (lat_a, lon_a), (lat_b, lon_b) in zip(ring, ring[1:] + ring[:1]):
        cross = lon_a * squeeze * lat_b - lon_b * squeeze * lat_a
        total += cross
        x_sum += (lon_a + lon_b) * squeeze * cross
        y_sum += (lat_a + lat_b) * cross
    if abs(total) < 1e-12:
        return ring[0]
    lon = x_sum / (3 * total) / squeeze
    return (y_sum / (3 * total), lon - 360 if lon >= 180 else lon)


def inside(ring, point):
    lat, lon = point
    if lon < 0 and max(other for _, other in ring) > 180:
        lon += 360
    odd = False
    for (lat_a, lon_a), (lat_b, lon_b) in zip(ring, ring[1:] + ring[:1]):
        if (lat_a > lat) != (lat_b > lat) and lon < (lon_b - lon_a) * (lat - lat_a) / (lat_b - lat_a) + lon_a:
            odd = not odd
    return odd
