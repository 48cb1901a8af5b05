/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/loops.h"

#define LONGEST_PIECE 64
#define LEAST_COPIES  6
#define LEAST_TOKENS  96

guint
monocle_loops_find (const guint32 *ids, guint n)
{
  for (guint piece = 1; piece <= LONGEST_PIECE && piece < n; piece++)
    {
      const guint wanted = MAX (LEAST_TOKENS, LEAST_COPIES * piece);
      guint n_same = 0;

      while (n_same + piece < n && ids[n - 1 - n_same] == ids[n - 1 - n_same - piece])
        n_same++;
      if (n_same + piece >= wanted)
        return n - n_same;
    }
  return 0;
}
