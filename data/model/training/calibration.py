# SPDX-License-Identifier: GPL-3.0-or-later
"""What a score is worth: how often answers of that score are right, and the line that makes the two equal.

A score is exp of the mean log-probability of the tokens of a name; of the place where there is no name; of the whole
answer where that is text: as the engine computes it.  The odds of being right follow the odds of the score by a line,
one for each task: logit of the chance = logit of the score / temperature + shift.  It is fitted on held-out scenes and
measured on others.  The lines go to model-info.json, where the engine finds them, with the lowest score that is worth
showing: where F1 of detection is best.
"""
import json
import math

import numpy as np

import grammar
import outline
from decoding import written
from evaluation import Judge, iou
from scene import SETS, scenes_of
from tasks import TaskWriter

# Our names of tasks and those of the engine.  Captions are left out: they are neither right nor wrong.
TASKS = {"<OD>": "detect", "<DENSE_REGION_CAPTION>": "dense-region-caption", "<REGION_PROPOSAL>": "region-proposal",
         "<OPEN_VOCABULARY_DETECTION>": "open-vocabulary-detection", "<CAPTION_TO_PHRASE_GROUNDING>": "phrase-grounding",
         "<REFERRING_EXPRESSION_SEGMENTATION>": "referring-segmentation",
         "<REGION_TO_SEGMENTATION>": "region-to-segmentation", "<REGION_TO_CATEGORY>": "region-to-category",
         "question": "prompt"}
FITTED_ON, MEASURED_ON = 2000, 3000    # seeds of scenes; the figures of the card have another
LEAST = 1e-6                   # odds stay finite; the engine has the same number
STEEPEST, FURTHEST = 20.0, 50.0        # of temperatures and shifts: what the engine takes
RIDGE = 1e-3
BINS = 10


# -- scores and truth ---------------------------------------------------------------------------------

def chunks(tokens, answer):
    """Cuts an answer into (name, log-probabilities of its tokens, bins of the locations behind it, their
    log-probabilities); tokens: the text of each id of `answer`, which are (id, log-probability) pairs."""
    result, name, said, bins, placed = [], "", [], [], []
    for text, (_, chance) in zip(tokens, answer):
        place = grammar._LOC.fullmatch(text)
        if place:
            bins.append(int(place[1]))
            placed.append(chance)
        elif grammar.clean(text):
            if bins:
                result.append((name.strip(), said, bins, placed))
                name, said, bins, placed = "", [], [], []
            if text.strip() or said:
                name += text
                said.append(chance)
    return result + ([(name.strip(), said, bins, placed)] if bins else [])


def mean_of(chances):
    return math.exp(sum(chances) / len(chances))


def boxes(parts, side):
    """Returns [(name, box, score)]; a name may have several boxes."""
    found = []
    for name, said, bins, placed in parts:
        for i in range(0, len(bins) - 3, 4):
            found.append((name, [grammar.dequantise(b, side) for b in bins[i:i + 4]], mean_of(said or placed[i:i + 4])))
    return found


def judge_boxes(found, wanted):
    """found: [(name, box, score)]; wanted: [(name, box)].  Returns [(score, right)]: the name is that of a thing that is
    there, which nothing surer has taken."""
    free, result = list(wanted), []
    for name, box, score in sorted(found, key=lambda f: -f[2]):
        best = max((t for t in free if t[0] == name), key=lambda t: iou(box, t[1]), default=None)
        right = best is not None and iou(box, best[1]) >= 0.5
        if right:
            free.remove(best)
        result.append((score, right))
    return result


def judge(task, scene, question, tokens, answer):
    """Returns [(score, right)] of one answer: of each object, or of the text."""
    side = scene.width
    if task in ("<REGION_TO_CATEGORY>", "question"):
        text = grammar.clean("".join(tokens)).strip()
        return [(mean_of([chance for _, chance in answer[1:]]), text == question.answer)]
    parts = chunks(tokens, answer)
    if task.endswith("SEGMENTATION>"):
        mask = scene.objects[question.about[0]].mask
        result = []
        for _, said, bins, placed in parts:
            if len(bins) >= 6:
                drawn = outline.fill([[grammar.dequantise(b, side) for b in bins[:len(bins) // 2 * 2]]], side, side)
                result.append((mean_of(said or placed), (drawn & mask).sum() >= 0.5 * (drawn | mask).sum()))
        return result
    found = boxes(parts, side)
    if task == "<DENSE_REGION_CAPTION>":         # the thing has to be right, not how large or what colour it is said to be
        names = sorted({o.concept for o in scene.objects}, key=len, reverse=True)
        found = [(next((n for n in names if f" {name}".endswith(f" {n}")), name), *rest) for name, *rest in found]
        return judge_boxes(found, [(o.concept, o.box) for o in scene.objects])
    wanted = grammar.parse_boxes(question.answer, side, side, labels=task != "<REGION_PROPOSAL>")
    return judge_boxes(found, wanted)


def gather(model, tokenizer, preset, atlas, makers, count, seed):
    """Returns (task -> array [N, 2] of score and right, over `count` scenes of each set; how many things there are)."""
    writer = TaskWriter(atlas.drawn, {task: 1 for task in TASKS}, preset.max_points, preset.fixed_points)
    found, things = {task: [] for task in TASKS}, 0
    for name in SETS:
        scenes = scenes_of(makers[name], count, seed)
        things += sum(len(scene.objects) for scene, _ in scenes)
        asker = Judge(model, tokenizer, writer, scenes)
        for task, rows in found.items():
            for _, scene, question, answer in asker.ask_surely(task, seed):
                tokens = [tokenizer.decode([i]) for i, _ in answer]
                rows += judge(task, scene, question, tokens, answer)
    return {task: np.array(rows, float).reshape(-1, 2) for task, rows in found.items()}, things


# -- fitting --------------------------------------------------------------------------------------------

def odds(scores):
    p = np.clip(scores, LEAST, 1 - LEAST)
    return np.log(p / (1 - p))


def calibrated(scores, temperature, shift):
    return 1 / (1 + np.exp(-(odds(scores) / temperature + shift)))


def _likelihood(x, right, w):
    z = x @ w
    return (right * z - np.logaddexp(0, z)).sum() - 0.5 * RIDGE * ((w - [1.0, 0.0]) ** 2).sum()


def fit(scores, right):
    """Returns (temperature, shift) of the greatest likelihood, by Newton's method with steps that are halved until they
    help; a whiff of ridge keeps them finite where all answers are right."""
    x, w = np.stack([odds(scores), np.ones(len(scores))], 1), np.array([1.0, 0.0])
    for free in ((0, 1), (1,)):                  # the shift once more, where the slope had to be held
        for _ in range(60):
            p = 1 / (1 + np.exp(-x @ w))
            slope = x.T @ (right - p) - RIDGE * (w - [1.0, 0.0])
            hessian = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(2)
            step, free_part = np.zeros(2), list(free)
            step[free_part] = np.linalg.solve(hessian[np.ix_(free_part, free_part)], slope[free_part])
            while np.abs(step).max() > 1e-9 and _likelihood(x, right, w + step) < _likelihood(x, right, w):
                step /= 2
            w = w + step
        w[0] = np.clip(w[0], 1 / STEEPEST, STEEPEST)             # a better score is never worth less
    return round(float(1 / w[0]), 3), round(float(np.clip(w[1], -FURTHEST, FURTHEST)), 3)


def bins(scores, right):
    """Returns [(mean score, share right, count)] of each tenth of the scale that is not empty."""
    at = np.minimum((scores * BINS).astype(int), BINS - 1)
    return [(scores[at == k].mean(), right[at == k].mean(), int((at == k).sum())) for k in range(BINS) if (at == k).any()]


def error(scores, right):
    """Returns the expected calibration error."""
    return sum(n * abs(p - share) for p, share, n in bins(scores, right)) / len(scores)


def lowest_worth_showing(scores, right, things):
    """Returns the score, in twentieths, below which objects are left out for the best F1; `things`: how many there are."""
    steps = [k / 20 for k in range(20)]
    return max(steps, key=lambda least: (2 * right[scores >= least].sum() / ((scores >= least).sum() + things), -least))


# -- the figure -------------------------------------------------------------------------------------------

SHOWN = {"<OD>": "detection", "<OPEN_VOCABULARY_DETECTION>": "open vocabulary", "<CAPTION_TO_PHRASE_GROUNDING>": "phrases",
         "<REGION_TO_CATEGORY>": "region to category", "question": "questions"}
SIDE, GAP = 150, 34


def _panel(title, at, before, after):
    """before, after: (scores, right).  Points as large as many they stand for; the line is where they should be."""
    point = lambda p, share: f"{at + p * SIDE:.1f},{GAP + (1 - share) * SIDE:.1f}"
    lines = [f'<rect x="{at}" y="{GAP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#9a9996"/>',
             f'<path d="M{point(0, 0)} L{point(1, 1)}" stroke="#9a9996" stroke-dasharray="3 3"/>',
             f'<text x="{at + SIDE / 2}" y="{GAP - 8}" text-anchor="middle">{title}</text>']
    for (scores, right), colour, name in ((before, "#c64600", "before"), (after, "#1a5fb4", "after")):
        found = bins(scores, right)
        way = " L".join(point(p, share) for p, share, _ in found)
        lines.append(f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        for p, share, n in found:
            x, y = point(p, share).split(",")
            lines.append(f'<circle cx="{x}" cy="{y}" r="{1.5 + 7 * math.sqrt(n / len(scores)):.1f}" fill="{colour}" '
                         f'fill-opacity="0.75"><title>{name}: {n} of {share:.0%} right</title></circle>')
    return lines


def figure(rows):
    """rows: [(title, before, after)].  Returns an SVG: share of right answers over score, a panel each."""
    width = GAP + len(rows) * (SIDE + GAP)
    height = SIDE + 2 * GAP + 14
    panels = [line for k, row in enumerate(rows) for line in _panel(row[0], GAP + k * (SIDE + GAP), *row[1:])]
    legend = (f'<text x="{GAP}" y="{height - 24}">0</text><text x="{GAP + SIDE}" y="{height - 24}" text-anchor="end">1</text>'
              f'<text x="{GAP}" y="{height - 8}">across: score; up: share of answers that are right; '
              '<tspan fill="#c64600">as the model has it</tspan>, <tspan fill="#1a5fb4">calibrated</tspan></text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="#ffffff"/>\n'
            + "\n".join(panels) + f"\n{legend}\n</svg>\n")


# -- the step ---------------------------------------------------------------------------------------------

def write(folder, model, tokenizer, preset, atlas, makers, count):
    """Fits, measures, prints a table, and writes model-info.json and reliability.svg of an exported folder."""
    fitted, things = gather(model, tokenizer, preset, atlas, makers, count, FITTED_ON)
    lines = {task: fit(*rows.T) for task, rows in fitted.items()}
    detected = fitted["<OD>"]
    lowest = lowest_worth_showing(calibrated(detected[:, 0], *lines["<OD>"]), detected[:, 1], things)
    measured, _ = gather(model, tokenizer, preset, atlas, makers, count, MEASURED_ON)
    print("| task | scores | right | mean score | error before | after | temperature | shift |\n" + "|---" * 8 + "|")
    panels = []
    for task, rows in measured.items():
        scores, right = rows.T
        after = calibrated(scores, *lines[task])
        print(f"| {TASKS[task]} | {len(rows)} | {right.mean():.1%} | {scores.mean():.2f} | {error(scores, right):.3f} "
              f"| {error(after, right):.3f} | {lines[task][0]:g} | {lines[task][1]:g} |")
        if task in SHOWN:
            panels.append((SHOWN[task], (scores, right), (after, right)))
    scores, right = measured["<OD>"].T
    shown = calibrated(scores, *lines["<OD>"]) >= lowest
    print(f"lowest score worth showing: {lowest:g}; of detections it hides {1 - shown.mean():.1%}, "
          f"of those that are right {1 - shown[right == 1].mean():.1%}")
    path = folder / "model-info.json"
    info = json.loads(path.read_text()) if path.exists() else {}
    info["lowest_score"] = lowest
    info["calibration"] = {TASKS[task]: {"temperature": t, "shift": s} for task, (t, s) in lines.items()}
    path.write_text(json.dumps(info, indent=2) + "\n")
    (folder / "reliability.svg").write_text(figure(panels))
