#!/usr/bin/python3
"""QGIS reads the live data of a running hub: collections, count, attributes, pages, bbox, filter.

Not part of the tests, because QGIS is large (`apt-get install python3-qgis`):

    safelane demo --data /tmp/demo --listen 127.0.0.1:8080 &
    safelane token create qgis --role viewer --data /tmp/demo | tail -n 1 > /tmp/token
    /usr/bin/python3 tests/outside/qgis_reads_ogc.py http://127.0.0.1:8080/ogc /tmp/token

It ends with 0 when QGIS saw what the hub itself says, else it names the first difference.
"""

import base64
import json
import os
import sys
import tempfile
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    Qgis,
    QgsApplication,
    QgsAuthMethodConfig,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)


class Hub:
    """The hub as it answers a plain client: what QGIS is held against."""

    def __init__(self, address, token):
        self.address, self.token = address.rstrip("/"), token

    def get(self, path):
        request = urllib.request.Request(self.address + path)
        pair = base64.b64encode(f"qgis:{self.token}".encode()).decode()
        request.add_header("Authorization", f"Basic {pair}")
        request.add_header("Accept", "application/geo+json, application/json")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def collections(self):
        return [one["id"] for one in self.get("/collections")["collections"]]

    def features(self, collection):
        path = f"/collections/{collection}/items?limit=1000"
        found = []
        while path:
            page = self.get(path)
            found += page["features"]
            following = [link["href"] for link in page["links"] if link["rel"] == "next"]
            path = following[0].replace(self.address, "") if following else None
        return found

    def count(self, collection, more=""):
        return self.get(f"/collections/{collection}/items?limit=1{more}")["numberMatched"]


def sign_in(token):
    """The token as the password of HTTP Basic, kept where QGIS keeps passwords."""
    manager = QgsApplication.authManager()
    manager.setMasterPassword("of this run alone", True)
    config = QgsAuthMethodConfig()
    config.setName("hub")
    config.setMethod("Basic")
    config.setConfig("username", "qgis")
    config.setConfig("password", token)
    assert manager.storeAuthenticationConfig(config), "the sign-in could not be kept"
    return config.id()


def layer(address, collection, sign_in_id, page=None):
    size = f" pageSize='{page}'" if page else ""
    uri = f"url='{address}' typename='{collection}' authcfg={sign_in_id}{size} restrictToRequestBBOX='1'"
    made = QgsVectorLayer(uri, collection, "OAPIF")
    if not made.isValid():
        provider = made.dataProvider()
        sys.exit(f"QGIS cannot open {collection}: {provider.error().message() if provider else 'no provider'}")
    return made


def corners(coordinates):
    """How many positions stand in the coordinates of a GeoJSON geometry."""
    if isinstance(coordinates[0], (int, float)):
        return 1
    return sum(corners(part) for part in coordinates)


def same(what, seen, wanted):
    print(f"  {what}: {seen}")
    if seen != wanted:
        sys.exit(f"{what}: QGIS saw {seen}, the hub says {wanted}")


def check(hub, collection, sign_in_id):
    print(collection)
    opened = layer(hub.address, collection, sign_in_id)
    count = hub.count(collection)
    same("features counted", opened.featureCount(), count)
    features = list(opened.getFeatures())
    same("features read", len(features), count)
    same("different ids", len({feature["id"] for feature in features}), count)
    # A part that is dropped on the way would be a hazard that is not drawn.
    wanted = sum(corners(one["geometry"]["coordinates"]) for one in hub.features(collection) if one["geometry"])
    seen = sum(one.geometry().constGet().nCoordinates() for one in features if one.hasGeometry())
    same("corners of all geometries", seen, wanted)
    print(f"  geometry: {QgsWkbTypes.displayString(opened.wkbType())}, fields: {len(opened.fields())}, CRS: {opened.crs().authid()}")
    broken = [feature["id"] for feature in features if feature.hasGeometry() and not feature.geometry().isGeosValid()]
    same("broken geometries", broken, [])
    return features


def main():
    address, token_file = sys.argv[1:3]
    with open(token_file, encoding="utf-8") as file:
        token = file.read().strip()
    QgsApplication.setPrefixPath("/usr", True)
    profile = tempfile.mkdtemp(prefix="qgis-")
    application = QgsApplication([], False, profile)
    application.initQgis()
    print(f"QGIS {Qgis.QGIS_VERSION}")
    hub, sign_in_id = Hub(address, token), sign_in(token)

    collections = hub.collections()
    for collection in collections:
        if hub.count(collection):
            check(hub, collection, sign_in_id)

    print("hazardous-area in pages of 2")
    paged = layer(hub.address, "hazardous-area", sign_in_id, page=2)
    same("features read", len(list(paged.getFeatures())), hub.count("hazardous-area"))

    # A box about the first area: QGIS asks the hub for it, and must get what the hub itself finds.
    first = next(iter(paged.getFeatures()))
    box = first.geometry().boundingBox().buffered(0.0005)
    print(f"hazardous-area in the box of {first['id']}")
    boxed = layer(hub.address, "hazardous-area", sign_in_id)
    found = list(boxed.getFeatures(QgsFeatureRequest().setFilterRect(QgsRectangle(box))))
    asked = f"{box.xMinimum()},{box.yMinimum()},{box.xMaximum()},{box.yMaximum()}"
    same("features read", len(found), hub.count("hazardous-area", f"&bbox={asked}"))
    if len(found) >= hub.count("hazardous-area"):
        sys.exit("the box left nothing out: it proves nothing")

    print("hazardous-area, a filter on an attribute")
    wanted = sum(1 for one in hub.features("hazardous-area") if one["properties"]["classification"] == "cha")
    request = QgsFeatureRequest().setFilterExpression("\"classification\" = 'cha'")
    same("features read", len(list(layer(hub.address, "hazardous-area", sign_in_id).getFeatures(request))), wanted)

    print("without the token")
    open_to_all = QgsVectorLayer(f"url='{hub.address}' typename='hazardous-area'", "stranger", "OAPIF")
    same("opened", open_to_all.isValid(), False)
    application.exitQgis()
    print("QGIS reads what the hub says.")


if __name__ == "__main__":
    main()
