#!/usr/bin/env python3
"""Makes overlay.json: remaining areas of random hazards and their releases.

The oracle: every edge longer than 50 m gets points on its geodesic (pyproj's
Geod, WGS 84), Shapely takes union and difference in longitude and latitude,
Geod measures what is left. Run: python3 make_overlay.py > overlay.json
"""

import json
import math
import random

from pyproj import Geod
from shapely.geometry import MultiPolygon, Polygon
from shapely.ops import unary_union

GEOD = Geod(ellps="WGS84")
PLACES = [(18.41, 43.86), (102.6, 12.85), (44.36, 33.31), (29.9, -15.4), (-73.1, 3.9)]


def star(rng, lon, lat, size):
    """A star-shaped ring of whole 1e-7 degrees, never crossing itself."""
    count = rng.randint(3, 24)
    turn = sorted(rng.uniform(0, 360) for _ in range(count))
    if max((b - a) % 360 for a, b in zip(turn, turn[1:] + turn[:1])) > 150:
        return star(rng, lon, lat, size)
    ring = []
    for bearing in turn:
        x, y, _ = GEOD.fwd(lon, lat, -bearing, size * rng.uniform(0.3, 1.0))
        ring.append((round(x * 1e7), round(y * 1e7)))
    return ring if Polygon(ring).is_valid else star(rng, lon, lat, size)


def dense(ring):
    """The ring in degrees with points on geodesics."""
    points = []
    for a, b in zip(ring, ring[1:] + ring[:1]):
        (x1, y1), (x2, y2) = [(p[0] / 1e7, p[1] / 1e7) for p in (a, b)]
        points.append((x1, y1))
        _, _, length = GEOD.inv(x1, y1, x2, y2)
        pieces = math.ceil(length / 50)
        if pieces > 1:
            points += GEOD.npts(x1, y1, x2, y2, pieces - 1)
    return points


def area(shape):
    """Geodesic m²."""
    parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    total = 0.0
    for part in parts:
        if part.is_empty or part.geom_type != "Polygon":
            continue
        rings = [part.exterior, *part.interiors]
        sizes = [abs(GEOD.polygon_area_perimeter(*r.coords.xy)[0]) for r in rings]
        total += sizes[0] - sum(sizes[1:])
    return total


def case(rng):
    lon, lat = rng.choice(PLACES)
    size = 10 ** rng.uniform(1.3, 3.3)
    hazard = star(rng, lon, lat, size)
    releases = []
    for _ in range(rng.randint(1, 6)):
        x, y, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360), size * rng.uniform(0, 1.1))
        releases.append(star(rng, x, y, size * rng.uniform(0.2, 0.8)))
    whole = Polygon(dense(hazard))
    taken = unary_union([Polygon(dense(r)) for r in releases])
    return {
        "hazard": hazard,
        "releases": releases,
        "hazard_m2": round(area(whole), 4),
        "released_m2": round(area(taken), 4),
        "remaining_m2": round(area(whole.difference(taken)), 4),
    }


def main():
    rng = random.Random(20261123)
    cases = [case(rng) for _ in range(80)]
    print("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]")


main()
