# SPDX-License-Identifier: GPL-3.0-or-later
"""English for what a scene record holds: articles, plurals, counts, sizes, places and relations."""

_PLURALS = {"mouse": "mice", "sheep": "sheep", "fish": "fish", "deer": "deer", "cherries": "cherries",
            "grapes": "grapes", "glasses": "glasses", "scissors": "scissors", "trousers": "trousers",
            "wolf": "wolves", "broccoli": "broccoli", "corn": "corn", "bread": "bread", "fox": "foxes"}
_BARE = {"cherries", "grapes", "glasses", "scissors", "trousers", "corn", "bread", "broccoli", "cheese", "asparagus",
         "garlic", "ginger", "juice", "milk", "oat milk", "oatghurt", "shorts", "sour cream", "sour milk", "soy milk",
         "soyghurt", "yoghurt"}
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def plural(name):
    if name in _PLURALS:
        return _PLURALS[name]
    if name in _BARE:
        return name
    if name.endswith(("s", "x", "ch", "sh")):
        return name + "es"
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + "s"


def article(phrase, name):
    if name in _BARE:
        return "some " + phrase
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase


def phrase(o, size_word=""):
    """"small red car": what sets the object apart, without an article."""
    return " ".join(w for w in (size_word, "" if o.colour == o.concept else o.colour, o.concept) if w)


def size_word(o, scene):
    area = (o.box[2] - o.box[0]) * (o.box[3] - o.box[1]) / (scene.width * scene.height)
    return "small" if area < 0.05 else "large" if area > 0.22 else ""


def place(o, scene):
    """"at the top left": the ninth of the picture that holds the middle of the box."""
    x = (o.box[0] + o.box[2]) / 2 / scene.width
    y = (o.box[1] + o.box[3]) / 2 / scene.height
    column = "left" if x < 0.36 else "right" if x > 0.64 else ""
    row = "top" if y < 0.36 else "bottom" if y > 0.64 else ""
    if not column and not row:
        return "in the middle"
    if not row:
        return f"on the {column}"
    return f"at the {row} {column}".strip()


def relation(a, b):
    """How `a` stands to `b`: the larger of the two distances decides."""
    dx = (a.box[0] + a.box[2] - b.box[0] - b.box[2]) / 2
    dy = (a.box[1] + a.box[3] - b.box[1] - b.box[3]) / 2
    if abs(dx) >= abs(dy):
        return "to the left of" if dx < 0 else "to the right of"
    return "above" if dy < 0 else "below"


def groups(scene):
    """Returns [(phrase, name, [indices])]: objects of one concept and colour, by first appearance."""
    found = {}
    for i, o in enumerate(scene.objects):
        found.setdefault((phrase(o), o.concept), []).append(i)
    return [(p, name, indices) for (p, name), indices in found.items()]


def counted(p, name, count):
    """"two red cars", "an apple"."""
    if count == 1:
        return article(p, name)
    return f"{NUMBERS[min(count, 12)]} {p[:len(p) - len(name)]}{plural(name)}"


def joined(parts):
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


BACKGROUNDS = {"flat": "a plain background", "gradient": "a blurred background",
               "photo": "a photographic background", "drawn": "a drawn background"}
