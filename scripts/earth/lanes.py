"""The sea-lane graph: read, cleaned of cuts over land, completed by waterways."""

import heapq
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy import ndimage

from shores import EARTH_RADIUS_KM, Shores, along, length_km, unit

UNITS_PER_DEGREE = 1000
INLAND_MAX_KM = 3.0
STRAY_MAX_KM = 0.4
# Icebound lanes that merchant ships do not take: no route may use them.
CLOSED_PASSAGES = {"northwest"}
# The Siberian coast: passable a few weeks a year, so it must not attract routes.
ARCTIC_EAST_OF, ARCTIC_NORTH_OF = 57.0, 68.0


def lanes(sources: Path, waterways: dict, shores: Shores):
    """Chains of (name or "", points in units of 1/1000 degree)."""
    chains = _without_dropped(_read(sources), waterways["dropped"])
    chains = [piece for chain in chains for piece in _mended(chain, waterways, shores)]
    chains += _added(waterways["added"], chains)
    chains = [(name, _thinned(points)) for name, points in chains]
    return _largest_part(chains)


def _read(sources: Path):
    collection = json.loads((sources / "searoute/data/marnet_searoute.geojson").read_text())
    edges = set()
    for feature in collection["features"]:
        if feature["properties"].get("passage") in CLOSED_PASSAGES:
            continue
        geometry = feature["geometry"]
        single = geometry["type"] == "LineString"
        for line in [geometry["coordinates"]] if single else geometry["coordinates"]:
            points = [_grid_point(point) for point in line]
            for pair in zip(points, points[1:]):
                if pair[0] != pair[1]:
                    edges.add(tuple(sorted(pair)))
    arctic = {edge for edge in edges if all(_is_arctic(point) for point in edge)}
    return _chains(edges - arctic, "") + _chains(arctic, "Northern Sea Route")


def _grid_point(point):
    lon = round((point[0] + 180) % 360 * UNITS_PER_DEGREE) - 180 * UNITS_PER_DEGREE
    return (-lon if lon == 180 * UNITS_PER_DEGREE else lon, round(point[1] * UNITS_PER_DEGREE))


def _is_arctic(point):
    lon, lat = point[0] / UNITS_PER_DEGREE, point[1] / UNITS_PER_DEGREE
    return lat > ARCTIC_NORTH_OF and (lon > ARCTIC_EAST_OF or lon < -168)


def _chains(edges, name):
    """Joins edges at points where exactly two of them meet."""
    neighbours = defaultdict(list)
    for start, end in sorted(edges):
        neighbours[start].append(end)
        neighbours[end].append(start)
    left, chains = set(edges), []
    ends = [point for point in sorted(neighbours) if len(neighbours[point]) != 2]
    for start in [*ends, *sorted(neighbours)]:
        for end in neighbours[start]:
            if tuple(sorted((start, end))) not in left:
                continue
            chain = [start, end]
            left.discard(tuple(sorted((start, end))))
            while len(neighbours[chain[-1]]) == 2:
                ahead = [point for point in neighbours[chain[-1]] if tuple(sorted((chain[-1], point))) in left]
                if not ahead:
                    break
                left.discard(tuple(sorted((chain[-1], ahead[0]))))
                chain.append(ahead[0])
            chains.append((name, chain))
    return chains


def _without_dropped(chains, boxes):
    def kept(chain):
        return not any(_inside(box, np.array(chain[1]) / UNITS_PER_DEGREE).any() for box in boxes.values())

    return [chain for chain in chains if kept(chain)]


def _inside(box, points):
    west, south, east, north = box
    lon, lat = points[:, 0], points[:, 1]
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def _mended(chain, waterways, shores):
    """The chain cut into pieces: named where it follows a known waterway inland,
    and led along its course where that is listed; led round the land where it
    crosses land for no such reason."""
    name, points = chain
    degrees = np.array(points) / UNITS_PER_DEGREE
    fine = [along(a, b, 1.0) for a, b in zip(degrees, degrees[1:])]
    bad = [shores.inland_km(part).max() > INLAND_MAX_KM for part in fine]
    pieces, start = [], 0
    for index, is_bad in enumerate(bad):
        if not is_bad:
            continue
        if index > start:
            pieces.append((name, points[start : index + 1]))
        inland = fine[index][shores.inland_km(fine[index]) > INLAND_MAX_KM]
        known = waterways["known"].items()
        waterway = next((it for it, box in known if _inside(box, inland).all()), None)
        if waterway:
            course = _along_course(waterways["courses"].get(waterway, []), *degrees[index : index + 2])
            pieces.append((waterway, [points[index], *course, points[index + 1]]))
        else:
            way = _around(degrees[index], degrees[index + 1], shores)
            print("led round" if way else "DROPPED", degrees[index], degrees[index + 1], flush=True)
            if way:
                pieces.append((name, way))
        start = index + 1
    if start < len(points) - 1:
        pieces.append((name, points[start:]))
    return _joined(pieces)


def _along_course(course, start, end):
    """The points of a course between the two that are nearest to the ends."""
    if not course:
        return []
    vectors = unit(np.array(course))
    first, last = (int((vectors @ unit(point)).argmax()) for point in (start, end))
    if first == last:
        return []
    step = 1 if first < last else -1
    between = course[first : last + step if last + step >= 0 else None : step]
    return [point for point in map(_grid_point, between) if point not in (_grid_point(start), _grid_point(end))]


def _joined(pieces):
    joined = []
    for name, points in pieces:
        if joined and joined[-1][0] == name and joined[-1][1][-1] == points[0]:
            joined[-1] = (name, joined[-1][1] + points[1:])
        else:
            joined.append((name, list(points)))
    return joined


def _around(start, end, shores, cells_per_degree=50, margin_deg=1.0):
    """The shortest way over water near the great circle, off the shore where it can be."""
    way = along(start, end, 1.0)
    inland = np.flatnonzero(shores.inland_km(way) > 0.5)
    first, last = max(0, inland[0] - 40), min(len(way) - 1, inland[-1] + 40)
    enter, leave = way[first], way[last]
    leave = np.array([leave[0] + 360 * round((enter[0] - leave[0]) / 360), leave[1]])
    low, high = np.minimum(enter, leave) - margin_deg, np.maximum(enter, leave) + margin_deg
    columns, rows = np.ceil((high - low) * cells_per_degree).astype(int)
    lon = low[0] + (np.arange(columns) + 0.5) / cells_per_degree
    lat = low[1] + (np.arange(rows) + 0.5) / cells_per_degree
    grid = np.stack(np.meshgrid(lon, lat), axis=-1)
    water = ~shores.on_land(grid.reshape(-1, 2)).reshape(rows, columns)
    room = ndimage.distance_transform_edt(water)
    price = np.where(water, 1 + 2 / (1 + room), np.inf)
    cell = lambda point: tuple(((point - low) * cells_per_degree).astype(int)[::-1])
    found = _cheapest(price, cell(enter), cell(leave), np.cos(np.radians(lat)))
    if not found:
        return None
    middle = _simplified(np.array([grid[step] for step in found]), 1.0)
    line = [start, *([enter] if first else []), *middle, *([leave] if last < len(way) - 1 else []), end]
    return [_grid_point(point) for point in line]


def _cheapest(price, start, goal, squeeze):
    rows, columns = price.shape
    best, came, queue = {start: 0.0}, {}, [(0.0, start)]
    while queue:
        cost, here = heapq.heappop(queue)
        if here == goal:
            steps = [here]
            while here in came:
                here = came[here]
                steps.append(here)
            return steps[::-1]
        if cost > best[here]:
            continue
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)):
            there = (here[0] + dy, here[1] + dx)
            if not (0 <= there[0] < rows and 0 <= there[1] < columns):
                continue
            # An end may touch land: it is a point of the lane as published.
            factor = 3.0 if there == goal and not np.isfinite(price[there]) else price[there]
            total = cost + factor * float(np.hypot(dy, dx * squeeze[here[0]]))
            if total < best.get(there, np.inf):
                best[there], came[there] = total, here
                heapq.heappush(queue, (total, there))
    return None


def _simplified(points, stray_max_km):
    """Douglas and Peucker, in kilometres on a local plane."""
    if len(points) < 3:
        return list(points)
    km = np.radians(points) * EARTH_RADIUS_KM
    km = km * [np.cos(np.radians(points[:, 1].mean())), 1]
    chord = km[-1] - km[0]
    length = max(np.hypot(*chord), 1e-9)
    stray = np.abs(chord[0] * (km[:, 1] - km[0, 1]) - chord[1] * (km[:, 0] - km[0, 0])) / length
    worst = int(stray.argmax())
    if stray[worst] <= stray_max_km or worst in (0, len(points) - 1):
        return [points[0], points[-1]]
    return _simplified(points[: worst + 1], stray_max_km)[:-1] + _simplified(points[worst:], stray_max_km)


def _thinned(points):
    """Drops points that say little, but only from short steps, where a plane will do."""
    degrees = np.array(points) / UNITS_PER_DEGREE
    if length_km(degrees) > 300 or np.abs(np.diff(degrees[:, 0])).max() > 180:
        return points
    if points[0] == points[-1]:
        return points
    return [_grid_point(point) for point in _simplified(degrees, STRAY_MAX_KM)]


def _added(added, chains):
    """The waterways, each tied to the nearest point of the lanes at its seaward end."""
    known = np.array(sorted({point for _, points in chains for point in points}))
    vectors = unit(known / UNITS_PER_DEGREE)
    result, own = [], []
    for name, line in added.items():
        points = [_grid_point(point) for point in line]
        if points[0] not in own:
            ends = [0, -1] if name in ("Kiel Canal", "Corinth Canal") else [0]
            for end in ends:
                nearest = tuple(int(it) for it in known[(vectors @ unit(np.array(line[end]))).argmax()])
                gap_km = length_km([line[end], np.array(nearest) / UNITS_PER_DEGREE])
                print(f"{name}: {gap_km:.1f} km to {np.array(nearest) / UNITS_PER_DEGREE}")
                points = [nearest, *points] if end == 0 else [*points, nearest]
        own.extend(points)
        result.append((name, [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]))
    return result


def _largest_part(chains):
    """Leaves out what no ship can reach from the rest."""
    parent = {}

    def root(point):
        while parent.setdefault(point, point) != point:
            parent[point] = parent[parent[point]]
            point = parent[point]
        return point

    for _, points in chains:
        for point in points[1:]:
            parent[root(point)] = root(points[0])
    sizes = defaultdict(int)
    for _, points in chains:
        sizes[root(points[0])] += len(points)
    for part, size in sorted(sizes.items(), key=lambda it: -it[1])[1:]:
        print("apart:", size, np.array(part) / UNITS_PER_DEGREE)
    main = max(sizes, key=sizes.get)
    return [chain for chain in chains if root(chain[1][0]) == main]
