"""Writes the values by which the tests judge geodesics and heights.

Usage: references.py SOURCES OUT, where OUT is crates/domain/tests/fixtures.
Geodesics by geographiclib for Python, which shares no code with the crate's;
heights of the geoid from the full 5-minute grid, of which the product keeps one
value in 36: 2,000 points spread evenly over the Earth, then the 200 that are
worst when they are interpolated.
"""

import sys
from pathlib import Path

import numpy as np
from geographiclib.geodesic import Geodesic

from build import GEOID_STEP, GEOID_UNIT_CM, geoid_cm

PAIRS = [
    ("Munich to Memphis", 48.1372, 11.5756, 35.0424, -89.9767),
    ("Sydney to Santiago", -33.9461, 151.1772, -33.393, -70.7858),
    ("Ushuaia to Hobart", -54.8, -68.3, -42.88, 147.33),
    ("nearly opposite points", 10, 20, -9.5, -160.3),
    ("opposite points of the equator", 0, 0, 0, 180),
    ("nearly opposite points of the equator", 0, 0, 0.5, 179.5),
    ("pole to pole", 90, 0, -90, 0),
    ("the north pole to Quito", 90, 0, -0.18, -78.47),
    ("over the north pole", 80, 10, 80, -170),
    ("over the antimeridian, eastwards", -17.7, 179.9, -17.9, -179.8),
    ("over the antimeridian, westwards", 52, -179.9, 51.5, 179.6),
    ("along the equator", 0, 10, 0, 40),
    ("along a meridian", -30, 25, 45, 25),
    ("next door", 48.1372, 11.5756, 48.13721, 11.57562),
]
RANDOM, WORST = 2000, 200


def main(sources: Path, out: Path):
    (out / "geodesics.tsv").write_text(geodesics())
    (out / "geoid.tsv").write_text(geoid(sources))


def geodesics():
    lines = ["# what\tfrom lat\tfrom lon\tto lat\tto lon\tmetres\tazimuth"]
    for name, *ends in PAIRS:
        found = Geodesic.WGS84.Inverse(*ends)
        lines.append("\t".join([name, *map(str, ends), f"{found['s12']:.4f}", f"{found['azi1']:.7f}"]))
    return "\n".join(lines) + "\n"


def geoid(sources: Path):
    cm = geoid_cm(sources)
    rows, columns = cm.shape[0], cm.shape[1] - 1
    error_m = np.abs(interpolated_m(cm) - cm[:, :-1] / 100)
    chance = np.random.default_rng(1)
    lat = np.degrees(np.arcsin(chance.uniform(-1, 1, RANDOM)))
    row = np.round((90 - lat) * 12).astype(int)
    column = chance.integers(0, columns, RANDOM)
    worst = np.argsort(-error_m.ravel(), kind="stable")[:WORST]
    row, column = np.append(row, worst // columns), np.append(column, worst % columns)
    weight = np.cos(np.radians(90 - np.arange(rows) / 12))[:, None]
    rms_m = np.sqrt((error_m**2 * weight).sum() / (weight.sum() * columns))
    print(f"interpolated: {rms_m:.3f} m root mean square, {error_m.max():.2f} m at worst")
    lines = [f"{90 - r / 12:.6f}\t{c / 12 - 180:.6f}\t{cm[r, c] / 100:.2f}" for r, c in zip(row, column)]
    return "\n".join(["# lat\tlon\tmetres", *lines]) + "\n"


def interpolated_m(cm):
    """What cubics make of the values that are kept, at every point of the grid."""
    kept = np.round(cm[::GEOID_STEP, :-1:GEOID_STEP] / GEOID_UNIT_CM) * GEOID_UNIT_CM / 100
    last, around = kept.shape[0] - 1, kept.shape[1]
    row, column = np.meshgrid(np.arange(cm.shape[0]), np.arange(cm.shape[1] - 1), indexing="ij")
    total = np.zeros(row.shape)
    for down, row_weight in zip(range(-1, 3), cubic(row % GEOID_STEP / GEOID_STEP)):
        for right, column_weight in zip(range(-1, 3), cubic(column % GEOID_STEP / GEOID_STEP)):
            r, c = row // GEOID_STEP + down, column // GEOID_STEP + right
            # Beyond a pole the grid goes on along the opposite meridian.
            c = np.where((r < 0) | (r > last), c + around // 2, c) % around
            total += row_weight * column_weight * kept[last - np.abs(last - np.abs(r)), c]
    return total


def cubic(t):
    return [-t / 2 + t**2 - t**3 / 2, 1 - 2.5 * t**2 + 1.5 * t**3, t / 2 + 2 * t**2 - 1.5 * t**3, -(t**2) / 2 + t**3 / 2]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
