"""Builds the embedded data of the domain crate: geoid, land mask, sea lanes.

Usage: build.py SOURCES OUT, where SOURCES holds the unpacked packages that
fetch.sh fetches and OUT is crates/domain/data. Same input, same bytes.
"""

import json
import sys
from pathlib import Path

import numpy as np

from lanes import lanes
from shores import Shores, lake_ring_sets, land_rings

CELLS_PER_DEGREE = 20
GEOID_STEP = 6  # of 5 minutes: one value per half degree
GEOID_UNIT_CM = 5


def main(sources: Path, out: Path):
    out.mkdir(parents=True, exist_ok=True)
    write(out / "geoid.bin", geoid_bytes(sources))
    write(out / "land.bin", land_bytes(sources))
    waterways = json.loads((Path(__file__).parent / "waterways.json").read_text())
    write(out / "lanes.bin", lane_bytes(lanes(sources, waterways, Shores(sources))))


def write(path: Path, data: bytes):
    path.write_bytes(data)
    print(path.name, len(data), "bytes")


def geoid_bytes(sources: Path):
    """Rows from north to south, columns from -180 eastwards; differences along
    columns, then along rows; zigzag, then base 128."""
    coarse = np.round(geoid_cm(sources)[::GEOID_STEP, :-1:GEOID_STEP] / GEOID_UNIT_CM).astype(int)
    steps = np.diff(np.diff(coarse, axis=0, prepend=0), axis=1, prepend=0)
    return b"".join(zigzag(int(step)) for step in steps.ravel())


def geoid_cm(sources: Path):
    """The full grid, 12 values per degree, from north to south."""
    stored = np.load(sources / "egm96/data/egm96-5.npz")
    cm = np.cumsum(np.cumsum(stored["undulation_d2"].astype(np.int64), axis=0), axis=1)
    assert cm.shape == (2161, 4321) and stored["latitudes"][0] == -90
    return cm[::-1]


def land_bytes(sources: Path):
    mask = raster(land_rings(sources))
    for rings in lake_ring_sets(sources):
        mask &= ~raster(rings)
    return run_bytes(mask)


def run_bytes(mask):
    """Rows from north to south: lengths of runs, water first, until the row is full."""
    data = bytearray()
    for row in mask:
        edges = np.flatnonzero(np.diff(row.astype(np.int8), prepend=0, append=-1))
        if row[-1]:
            edges = np.append(edges[:-1], len(row))
        for run in np.diff(edges, prepend=0):
            data += varint(int(run))
    return bytes(data)


def raster(rings, cells_per_degree=CELLS_PER_DEGREE):
    """Which cells have their centre inside the rings, by the even-odd rule."""
    rows, columns = 180 * cells_per_degree, 360 * cells_per_degree
    crossings = [[] for _ in range(rows)]
    for ring in rings:
        start, end = ring[:-1], ring[1:]
        low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
        first = np.ceil((90 - high) * cells_per_degree - 0.5).astype(int)
        last = np.ceil((90 - low) * cells_per_degree - 0.5).astype(int)
        for at in np.flatnonzero(last > first):
            for row in range(max(first[at], 0), min(last[at], rows)):
                lat = 90 - (row + 0.5) / cells_per_degree
                part = (lat - start[at, 1]) / (end[at, 1] - start[at, 1])
                crossings[row].append(start[at, 0] + part * (end[at, 0] - start[at, 0]))
    mask = np.zeros((rows, columns), bool)
    for row, lons in enumerate(crossings):
        columns_of = np.ceil((np.sort(lons) + 180) * cells_per_degree - 0.5).astype(int)
        for west, east in zip(columns_of[::2], columns_of[1::2]):
            mask[row, max(west, 0) : max(east, 0)] = True
    return mask


def lane_bytes(chains):
    """Names; then chains: name, number of points, and each point as its
    difference from the one before."""
    names = sorted({name for name, _ in chains})
    data = bytearray(varint(len(names)))
    for name in names:
        text = name.encode()
        data += varint(len(text)) + text
    data += varint(len(chains))
    before = (0, 0)
    for name, points in chains:
        data += varint(names.index(name)) + varint(len(points))
        for point in points:
            data += zigzag(point[0] - before[0]) + zigzag(point[1] - before[1])
            before = point
    print(len(chains), "chains,", sum(len(points) for _, points in chains), "points")
    return bytes(data)


def zigzag(value: int):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def varint(value: int):
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    data.append(value)
    return bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
