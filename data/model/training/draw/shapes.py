# SPDX-License-Identifier: GPL-3.0-or-later
"""The things that are drawn, as outlines in a unit square. Each has one colour that words name; the rest of it is
fixed. A thing becomes three layers, so that any colour on any background is two products away."""
import functools
import math

import numpy as np
from PIL import Image, ImageDraw

COLOURS = {"red": (222, 38, 38), "orange": (245, 140, 28), "yellow": (250, 212, 40), "green": (48, 164, 70),
           "blue": (38, 96, 218), "purple": (134, 62, 186), "pink": (250, 140, 192)}
FINE = 8                       # pixels of a drawing in each of a picture
BROWN, DARK, GLASS, CREAM = (120, 78, 44), (52, 52, 58), (196, 230, 246), (248, 236, 210)


def ring(n, outer, inner, turn=0.0, middle=(0.5, 0.5)):
    """Corners of a star, or of a polygon where both radii are the same."""
    points = []
    for i in range(2 * n):
        angle, radius = math.pi * (i / n + turn) - math.pi / 2, (outer, inner)[i % 2]
        points.append((middle[0] + radius * math.cos(angle), middle[1] + radius * math.sin(angle)))
    return points


def heart():
    points = []
    for i in range(60):
        t = 2 * math.pi * i / 60
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((0.5 + x / 34, 0.47 - y / 34))
    return points


# Each: kind, coordinates, colour: a number is that much of the named colour, three are themselves, None is a hole.
THINGS = {
    "circle": [("ellipse", (.04, .04, .96, .96), 1)],
    "square": [("box", (.07, .07, .93, .93), 1)],
    "triangle": [("polygon", ((.5, .04), (.98, .94), (.02, .94)), 1)],
    "star": [("polygon", ring(5, .52, .22, middle=(.5, .53)), 1)],
    "heart": [("polygon", heart(), 1)],
    "moon": [("ellipse", (.06, .03, 1.0, .97), 1), ("ellipse", (.36, -.03, 1.16, .77), None)],
    "balloon": [("line", ((.5, .7), (.46, .84), (.54, 1)), DARK), ("polygon", ((.5, .68), (.42, .8), (.58, .8)), .75),
                ("ellipse", (.16, .0, .84, .74), 1), ("ellipse", (.3, .1, .44, .28), (255, 255, 255))],
    "house": [("box", (.14, .44, .86, .98), CREAM), ("polygon", ((.5, .02), (1, .48), (0, .48)), 1),
              ("box", (.42, .66, .62, .98), BROWN), ("box", (.22, .56, .36, .72), GLASS),
              ("box", (.68, .56, .8, .72), GLASS)],
    "tree": [("box", (.42, .6, .58, 1), BROWN), ("ellipse", (.1, .26, .6, .72), 1), ("ellipse", (.4, .26, .9, .72), 1),
             ("ellipse", (.2, .0, .8, .58), 1)],
    "mushroom": [("ellipse", (.34, .42, .66, 1), CREAM), ("pie", (.02, .04, .98, 1.04, 180, 360), 1),
                 ("ellipse", (.2, .24, .38, .42), (255, 255, 255)), ("ellipse", (.48, .12, .64, .28), (255, 255, 255)),
                 ("ellipse", (.68, .28, .84, .44), (255, 255, 255))],
    "umbrella": [("box", (.475, .0, .525, .9), DARK), ("line", ((.5, .86), (.5, .95), (.62, .97), (.68, .86)), DARK),
                 ("pie", (.02, .06, .98, 1.02, 180, 360), 1), ("ellipse", (.02, .46, .34, .62), None),
                 ("ellipse", (.34, .46, .66, .62), None), ("ellipse", (.66, .46, .98, .62), None),
                 ("box", (.475, .5, .525, .9), DARK)],
    "car": [("polygon", ((.2, .5), (.32, .22), (.7, .22), (.84, .5)), 1), ("box", (.0, .46, 1, .76), 1),
            ("polygon", ((.28, .48), (.36, .28), (.48, .28), (.48, .48)), GLASS),
            ("polygon", ((.54, .28), (.66, .28), (.75, .48), (.54, .48)), GLASS),
            ("ellipse", (.1, .62, .36, .88), DARK), ("ellipse", (.64, .62, .9, .88), DARK),
            ("ellipse", (.18, .7, .28, .8), (210, 210, 214)), ("ellipse", (.72, .7, .82, .8), (210, 210, 214))],
    "fish": [("polygon", ((.66, .5), (1, .22), (1, .78)), .8), ("ellipse", (.0, .2, .78, .8), 1),
             ("polygon", ((.34, .24), (.5, .06), (.6, .3)), .8), ("ellipse", (.12, .36, .26, .5), (255, 255, 255)),
             ("ellipse", (.16, .39, .24, .47), DARK)],
    "apple": [("line", ((.5, .28), (.54, .04)), BROWN), ("ellipse", (.54, .02, .82, .18), (70, 150, 60)),
              ("ellipse", (.04, .2, .62, .94), 1), ("ellipse", (.38, .2, .96, .94), 1), ("box", (.3, .5, .7, .9), 1),
              ("ellipse", (.16, .32, .28, .5), (255, 255, 255))],
    "flower": [("box", (.46, .5, .54, 1), (60, 140, 60)), ("ellipse", (.2, .74, .48, .88), (60, 140, 60)),
               *[("ellipse", (.5 + .22 * math.sin(a) - .15, .34 - .22 * math.cos(a) - .15,
                              .5 + .22 * math.sin(a) + .15, .34 - .22 * math.cos(a) + .15), 1)
                 for a in (0, 1.2566, 2.5133, 3.7699, 5.0265)], ("ellipse", (.38, .22, .62, .46), (252, 220, 90))],
    "cup": [("ellipse", (.58, .3, .98, .72), 1), ("ellipse", (.68, .4, .88, .62), None),
            ("polygon", ((.06, .18), (.76, .18), (.68, .88), (.14, .88)), 1), ("ellipse", (.06, .1, .76, .26), .7)],
}


def paint(draw, side, ops, choose):
    """`choose`: colour of an operation; None leaves a hole."""
    for kind, at, colour in ops:
        flat = [side * v for v in (np.ravel(at) if kind != "pie" else at[:4])]
        fill = choose(colour)
        if kind == "ellipse":
            draw.ellipse(flat, fill)
        elif kind == "box":
            draw.rectangle(flat, fill)
        elif kind == "pie":
            draw.pieslice(flat, at[4], at[5], fill)
        elif kind == "polygon":
            draw.polygon(flat, fill)
        else:
            draw.line(flat, fill, round(side * 0.06), "curve")


@functools.cache
def layers(thing, side):
    """Returns (what hides the background, how much of the colour there is, what is fixed) of a square of pixels:
    [side, side, 1], [side, side, 1], [side, side, 3], shares of one."""
    fine = side * FINE
    found = []
    for choose in (lambda c: (0,) * 3 if c is None else (255,) * 3,
                   lambda c: (round(255 * c),) * 3 if isinstance(c, (int, float)) else (0,) * 3,
                   lambda c: c if isinstance(c, tuple) else (0,) * 3):
        image = Image.new("RGB", (fine, fine))
        paint(ImageDraw.Draw(image), fine, THINGS[thing], choose)
        pixels = np.asarray(image, np.float32).reshape(side, FINE, side, FINE, 3).mean((1, 3)) / 255
        found.append(pixels)
    return found[0][..., :1], found[1][..., :1], found[2]
