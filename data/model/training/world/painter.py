# SPDX-License-Identifier: GPL-3.0-or-later
"""What says which codes a frame has: a decoder of Llama's shape that reads the frame that was seen last, its places and
its codes, and the places of another one, and writes the codes of that.

    left, right and top of an obstacle
    x y of each ball   16 codes        of the frame that was seen
    x y of each ball   16 codes        of the one that is drawn

Each token is two words, whose rows are added: a place, beside which of x stands whose and how large, of y whose and which
colour; a code, beside which stands the cell that comes next. There are always three balls: where there is none the token
says so, and so do those of an obstacle. Codes are of all of a frame, and what stands still has others where
something else is elsewhere: hence it is told like the places of balls. A frame that is drawn depends on no other one that was drawn, so that nothing drifts.
"""
import numpy as np
import torch
import torch.nn.functional as F

from world import frames, sight
from world import tokens as T
from world.network import Trunk, waves

MASK = 0
BEGIN, END = 1, 2
CELL = 3
N_CELLS = sight.CELLS ** 2
RADIUS = CELL + N_CELLS
COLOUR = RADIUS + T.BALLS * T.RADII
COLOURS = len(frames.COLOURS)
PLACE = COLOUR + T.BALLS * COLOURS          # of x, then of y
CODE = PLACE + 2 * T.PLACES
OBSTACLE = CODE + sight.CODES
SIZE = OBSTACLE + T.OBSTACLES * T.REACHES
WORDS = (SIZE + T.SIZES + 3) // 4 * 4

FIRST = T.REACHES                           # tokens before the first frame
HEAD = 2 * T.BALLS                          # tokens that say where balls are
FRAME = HEAD + N_CELLS + 1

CONFIG = dict(
    hidden_size=64, intermediate_size=112, num_hidden_layers=3, num_attention_heads=4,
    num_key_value_heads=4, head_dim=16, rms_norm_eps=1e-5, rope_theta=10000.0, hidden_act="silu",
    vocab_size=WORDS, max_position_embeddings=FIRST + 2 * FRAME, tie_word_embeddings=True,
)


def write(places, radii, colours, obstacles, codes):
    """Words [n, FIRST + frames * FRAME, 2]; places [n, frames, balls, 2], codes [n, frames, cells]: what comes after the
    last one follows from no code, so its end is of no use."""
    n, count = places.shape[:2]
    words = np.full((n, count, FRAME, 2), MASK, np.int64)
    there, ball = radii[:, None] > 0, np.arange(T.BALLS)
    kept = np.clip(np.round(places * T.PER_UNIT).astype(int) - T.FIRST_PLACE, 0, T.PLACES - 1)
    size = np.clip(np.round((radii - T.LEAST_RADIUS) * 2).astype(int), 0, T.RADII - 1)
    for axis, beside in enumerate((RADIUS + ball * T.RADII + size, COLOUR + ball * COLOURS + colours)):
        words[:, :, axis:HEAD:2, 0] = np.where(there, PLACE + axis * T.PLACES + kept[..., axis], MASK)
        words[:, :, axis:HEAD:2, 1] = np.where(there, beside[:, None], MASK)
    words[:, :, HEAD, 0] = BEGIN
    words[:, :, HEAD + 1:, 0] = CODE + codes
    words[:, :, HEAD:-1, 1] = CELL + np.arange(N_CELLS)
    words[:, :, -1, 1] = END
    first = np.full((n, FIRST, 2), MASK, np.int64)
    stands = obstacles[:, :1] > 0
    first[..., 0] = np.where(stands, OBSTACLE + (obstacles[:, :1] - 1) * T.REACHES + np.arange(FIRST), MASK)
    first[..., 1] = np.where(stands, SIZE + obstacles[:, 1:], MASK)
    return np.concatenate((first, words.reshape(n, count * FRAME, 2)), 1)


def begin_table(table):
    """Places begin as numbers, codes as those that they are made of, cells as rows and columns."""
    loud, width = 0.1, table.shape[1]
    for axis in range(2):
        rows = table[PLACE + axis * T.PLACES:][:T.PLACES]
        rows[:, axis * 24:axis * 24 + 23] += loud * waves(T.PLACES, 23, 2 * T.PLACES, 6)
    cells = table[CELL:][:N_CELLS]
    for axis, k in enumerate((torch.arange(N_CELLS) % sight.CELLS, torch.arange(N_CELLS) // sight.CELLS)):
        cells[:, axis * 24:axis * 24 + 23] += 2 * loud * waves(sight.CELLS, 23, 2 * sight.CELLS, 1.5)[k]
    numbers = sight.table(sight.LEVELS)
    mixed = torch.randn(numbers.shape[1], width - 48, generator=torch.Generator().manual_seed(1))
    table[CODE:][:sight.CODES, 48:] += loud * (numbers @ mixed)


class Painter(Trunk):
    def __init__(self):
        super().__init__(CONFIG)
        with torch.no_grad():
            begin_table(self.embed_tokens.weight)

    def logits(self, words, frame):
        """Of the codes of a frame: [n, cells, codes]"""
        first = FIRST + frame * FRAME + HEAD
        return self(words[:, :first + N_CELLS])[:, first:] @ self.embed_tokens.weight[CODE:CODE + sight.CODES].T

    def loss(self, words):
        """Mean, in nats a code, of each frame."""
        states = self(words[:, :-1])
        table = self.embed_tokens.weight[CODE:CODE + sight.CODES]
        found = []
        for first in range(FIRST + HEAD, words.shape[1], FRAME):
            logits = states[:, first:first + N_CELLS] @ table.T
            found.append(F.cross_entropy(logits.flatten(0, 1), (words[:, first + 1:first + 1 + N_CELLS, 0] - CODE).flatten()))
        return found

    @torch.no_grad()
    def draw(self, words):
        """The likeliest code of each cell of the last frame, each after those before it; what stands there is of no
        account. [n, cells]"""
        words, last = words.clone(), words.shape[1] // FRAME - 1
        for cell in range(N_CELLS):
            at = FIRST + last * FRAME + HEAD + cell
            state = self(words[:, :at + 1])[:, -1]
            words[:, at + 1, 0] = CODE + (state @ self.embed_tokens.weight[CODE:CODE + sight.CODES].T).argmax(1)
        return words[:, -N_CELLS:, 0] - CODE
