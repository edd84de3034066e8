"""Builds the shores by which the tests judge routes: finer than the routes' own
mask, and drawn by others.

Usage: judge.py SOURCES OUT, where OUT is crates/domain/tests/fixtures/shores.bin.
Cells of 1/120 degree: the sea of the GLOBE elevation model, and the big lakes of
Natural Earth, which GLOBE takes for land. Written as land.bin is.
"""

import sys
from pathlib import Path

import numpy as np

from build import raster, run_bytes
from shores import lake_ring_sets, land_rings

CELLS_PER_DEGREE = 120
# A sea to Natural Earth, a hole in its land; a lake below sea level to GLOBE.
CASPIAN = (46.0, 36.0, 55.5, 48.0)


def main(sources: Path, out: Path):
    sea = np.load(sources / "global_land_mask/globe_combined_mask_compressed.npz")["mask"]
    assert sea.shape == (180 * CELLS_PER_DEGREE, 360 * CELLS_PER_DEGREE)
    land = ~sea
    for rings in lake_ring_sets(sources):
        land &= ~raster(rings, CELLS_PER_DEGREE)
    west, south, east, north = (round(it * CELLS_PER_DEGREE) for it in CASPIAN)
    rows = slice(90 * CELLS_PER_DEGREE - north, 90 * CELLS_PER_DEGREE - south)
    columns = slice(west + 180 * CELLS_PER_DEGREE, east + 180 * CELLS_PER_DEGREE)
    land[rows, columns] &= raster(land_rings(sources), CELLS_PER_DEGREE)[rows, columns]
    data = run_bytes(land)
    out.write_bytes(data)
    print(out.name, len(data), "bytes,", f"{land.mean():.4f} of the cells are land")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
