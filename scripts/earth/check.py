"""Judges random instants of random legs by the true shores.

Usage: check.py SOURCES POINTS.csv, where POINTS.csv is what
`cargo run --release -p domain --example route_points MEDIUM COUNT SEED` prints.
Exits with 1 when a point is more than 5 km on the wrong side of the shore and
neither at an end of its leg nor in a named canal or river.
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from lanes import _inside
from shores import Shores

LIMIT_KM = 5.0
NEAR_END_M = 5000.0


def main(sources: Path, csv_path: Path):
    rows = list(csv.DictReader(csv_path.open()))
    points = np.array([[float(row["lon"]), float(row["lat"])] for row in rows])
    at_end = np.array([float(row["end_m"]) <= NEAR_END_M for row in rows])
    by_sea = rows[0]["medium"] == "water"
    shores = Shores(sources)
    wrong_km = shores.inland_km(points) if by_sea else shores.offshore_km(points)
    exempt = known_waterways(points) if by_sea else np.zeros(len(points), bool)
    far = wrong_km > LIMIT_KM
    print(f"{len(rows)} points {'by sea' if by_sea else 'by road'}, {csv_path.name}")
    shares = [50, 90, 99, 99.9, 100]
    print("km on the wrong side, percentiles", dict(zip(shares, np.percentile(wrong_km, shares).round(2))))
    print(f"over {LIMIT_KM} km: {far.sum()}, of them in named waterways {(far & exempt).sum()},")
    print(f"  within {NEAR_END_M / 1000} km of an end of the leg {(far & at_end & ~exempt).sum()}")
    print("certainty", dict(Counter(row["certainty"] for row in rows)))
    print("held points", sum(float(row["held"]) > 0 for row in rows))
    failed = np.flatnonzero(far & ~exempt & ~at_end)
    for at in failed[:40]:
        print("FAILED", rows[at]["from"], "-", rows[at]["to"], points[at], f"{wrong_km[at]:.1f} km")
    print("failed:", len(failed))
    return 1 if len(failed) else 0


def known_waterways(points):
    """Which points are in the boxes of canals and rivers that are lanes, or
    within 6 km of a waterway that was added."""
    waterways = json.loads((Path(__file__).parent / "waterways.json").read_text())
    known = np.any([_inside(box, points) for box in waterways["known"].values()], axis=0)
    for line in waterways["added"].values():
        line = np.array(line)
        for start, end in zip(line, line[1:]):
            squeeze = np.array([np.cos(np.radians(start[1])), 1])
            step, offset = (end - start) * squeeze, (points - start) * squeeze
            part = np.clip((offset @ step) / (step @ step), 0, 1)
            known |= np.hypot(*(offset - part[:, None] * step).T) < 6 / 111.2
    return known


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
