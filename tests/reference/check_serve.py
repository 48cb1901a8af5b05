# SPDX-License-Identifier: GPL-3.0-or-later
"""monocle-cli serve, called as other programs call it, whose own packages look at what comes back.

Label Studio's package checks predictions against the project's setup, and the request is the one that its
backend's client sends; CVAT's is the one that it sends to a function in Nuclio. Skipped where Python has not
got the packages. Argument: monocle-cli.
"""
import base64
import os
import subprocess
import sys

try:
    import requests
    from label_studio_sdk.label_interface import LabelInterface
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IMAGES = os.path.join(TOP, "data", "samples")
PICTURE = os.path.join(IMAGES, "1-park.png")

SETUP = """<View>
  <Image name="picture" value="$image"/>
  <RectangleLabels name="boxes" toName="picture">%s</RectangleLabels>
  <TextArea name="words" toName="picture"/>
</View>"""


def label_studio(uri, labels):
    """What label_studio's MLApi asks for, in its order."""
    config = SETUP % "".join(f'<Label value="{label}"/>' for label in sorted(labels))
    assert requests.get(uri + "health", timeout=60).json()["status"] == "UP"
    setup = requests.post(uri + "setup", timeout=60, json={
        "project": "1.1700000000", "schema": config, "hostname": "http://localhost:8080", "access_token": "x",
        "extra_params": None})
    setup.raise_for_status()
    assert setup.json()["model_version"]
    reply = requests.post(uri + "predict", timeout=600, json={
        "tasks": [{"id": 1, "data": {"image": "/data/local-files/?d=1-park.png"}, "annotations": [],
                   "predictions": []}],
        "project": "1.1700000000", "label_config": config,
        "params": {"login": None, "password": None, "context": None}})
    reply.raise_for_status()
    (prediction,) = reply.json()["results"]
    assert "error" not in prediction, prediction
    interface = LabelInterface(config)
    problems = interface.validate_prediction(prediction, return_errors=True)
    assert not problems, problems
    for region in prediction["result"]:
        assert interface.validate_region(region), region
    return len(prediction["result"])


def cvat(uri):
    """What CVAT's lambda_manager sends to a detector, and how it reads the reply."""
    with open(PICTURE, "rb") as file:
        picture = base64.b64encode(file.read()).decode("utf-8")
    reply = requests.post(uri, json={"image": picture, "threshold": 0.0}, timeout=600, headers={
        "x-nuclio-project-name": "cvat", "x-nuclio-function-name": "monocle", "x-nuclio-invoke-via": "domain-name"})
    reply.raise_for_status()
    shapes = reply.json()
    for shape in shapes:
        assert shape["type"] in ("rectangle", "polygon", "mask", "points", "polyline", "tag"), shape
        assert isinstance(shape["label"], str)
        float(shape["confidence"])
        assert len(shape["points"]) == 4 if shape["type"] == "rectangle" else len(shape["points"]) >= 6
        assert all(isinstance(number, (int, float)) for number in shape["points"])
    return shapes


def main():
    server = subprocess.Popen([sys.argv[1], "serve", "--port", "0", "--images", IMAGES, "--task", "detect"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        uri = server.stdout.readline().split()[-1]
        shapes = cvat(uri)
        assert shapes
        n_regions = label_studio(uri, {shape["label"] for shape in shapes})
        assert n_regions == len(shapes), (n_regions, shapes)
        print(f"{n_regions} things for both")
    finally:
        server.terminate()
        server.wait()


main()
