/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Unified-IO can be asked, in the words that it was trained with.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/answer/result.h"
#include "engine/models/unifiedio/private.h"

#define WORDS  MONOCLE_EXTRA_WORDS
#define REGION MONOCLE_EXTRA_REGION

#define N_PLACE 4

typedef struct
{
  MonocleTask task;
  const char *prompt;
  gboolean is_lower; /* the person's words are asked in lower case */
  MonocleUnifiedioManner manner;
} Row;

/* clang-format off */
#define ROW(task_id, task_title, task_description, task_kind, task_takes, task_gives, tokens) \
  .id = task_id, .tag = "", .title = task_title, .description = task_description, \
  .kind = MONOCLE_TASK_##task_kind, .takes = MONOCLE_TAKES_##task_takes, .gives = MONOCLE_GIVES_##task_gives, \
  .max_tokens = tokens, .write_reference = monocle_task_write_generated_text

/* Pieces of a picture, and what it begins with. */
#define DRAWN (MONOCLE_UNIFIEDIO_CODES * MONOCLE_UNIFIEDIO_CODES + 1)

static const Row rows[] = {
  { { ROW ("caption", N_ ("Caption"), N_ ("Says in one sentence what the image shows"),
           DESCRIBE, NOTHING, TEXT, 32) }, "What does the image describe ?" },
  { { ROW ("name-subject", N_ ("Name Subject"), N_ ("Says in a word what the image shows"),
           ANSWER, NOTHING, TEXT, 32) }, "What is this in the image ?" },
  { { ROW ("region-to-description", N_ ("Describe Region"), N_ ("Describes what is inside a region"),
           DESCRIBE, REGION, TEXT, 32) }, "What does the region \" " REGION " \" describe ?" },
  { { ROW ("region-to-category", N_ ("Name Region"), N_ ("Names the kind of object inside a region"),
           ANSWER, REGION, TEXT, 32) }, "What is the category of region \" " REGION " \" ?" },
  { { ROW ("find-words", N_ ("Find by Words"), N_ ("Finds whatever you name, with a box around each"),
           FIND, TEXT, BOXES, 64) }, "Which region does the text \" " WORDS " \" describe ?",
    .manner = { MONOCLE_UNIFIEDIO_BOXES } },
  { { ROW ("outline-words", N_ ("Outline by Words"), N_ ("Outlines whatever you name"),
           OUTLINE, TEXT, OUTLINES, DRAWN) }, "What is the segmentation of \" " WORDS " \" ?",
    .manner = { .drawn = MONOCLE_UNIFIEDIO_DRAWN_MASKS } },
  { { ROW ("answer-question", N_ ("Ask a Question"), N_ ("Answers a question about the image"),
           ANSWER, TEXT, TEXT, 32) }, WORDS, TRUE },
  { { ROW ("depth", N_ ("Depth"), N_ ("Draws how far away things are: the nearer, the lighter"),
           DRAW, NOTHING, PICTURE, DRAWN), .legend = MONOCLE_LEGEND_DISTANCES },
    "What is the depth map of the image ?",
    .manner = { .drawn = MONOCLE_UNIFIEDIO_DRAWN_MAP } },
  { { ROW ("normals", N_ ("Surface Directions"), N_ ("Draws which way surfaces face, as colours"),
           DRAW, NOTHING, PICTURE, DRAWN), .legend = MONOCLE_LEGEND_DIRECTIONS },
    "What is the surface normal of the image ?",
    .manner = { .drawn = MONOCLE_UNIFIEDIO_DRAWN_MAP } },
  { { ROW ("generate", N_ ("Draw a Picture"), N_ ("Draws what you describe, whatever image is open"),
           DRAW, TEXT, PICTURE, DRAWN), .ignores_image = TRUE },
    "What is the complete image? Text: \" " WORDS " \" .",
    .manner = { .drawn = MONOCLE_UNIFIEDIO_DRAWN_NEW } },
  { { ROW ("inpaint", N_ ("Fill Region"), N_ ("Draws the image anew, with what you describe in a region"),
           DRAW, TEXT_AND_REGION, PICTURE, DRAWN) },
    "Filling the blank region \" " REGION " " WORDS " \" ?",
    .manner = { .drawn = MONOCLE_UNIFIEDIO_DRAWN_PHOTO, .hides_region = TRUE } },
  { { ROW ("prompt", N_ ("Own Prompt"), N_ ("Gives the model your words as they are"),
           ANSWER, TEXT, TEXT, 64) }, WORDS },
};
/* clang-format on */

void
monocle_unifiedio_list_tasks (GPtrArray *tasks)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (tasks, (gpointer) &rows[i].task);
}

const MonocleUnifiedioManner *
monocle_unifiedio_task_get_manner (const MonocleTask *task)
{
  return &((const Row *) task)->manner;
}

char *
monocle_unifiedio_task_find_words (const MonocleTask *task, const char *prompt)
{
  const char *around = ((const Row *) task)->prompt, *words = strstr (around, WORDS);
  const gsize before = words ? (gsize) (words - around) : 0;
  const gsize after = words ? strlen (words) - strlen (WORDS) : 0;
  const gsize length = strlen (prompt);

  return words && length >= before + after ? g_strndup (prompt + before, length - before - after)
                                           : g_strdup ("");
}

/* --- regions ------------------------------------------------------------------------------ */

/* Places count along the longer side, which is the square's. */
static void
bin_region (const MonocleBox *region, guint width, guint height, guint *bins)
{
  const float edges[N_PLACE] = { region->x1, region->y1, region->x2, region->y2 };

  for (guint i = 0; i < N_PLACE; i++)
    {
      const double part = (double) edges[i] / MAX (width, height);

      bins[i]
          = (guint) CLAMP (part * (MONOCLE_UNIFIEDIO_N_BINS - 1), 0, MONOCLE_UNIFIEDIO_N_BINS - 1);
    }
}

gboolean
monocle_unifiedio_find_region (const char *prompt, guint *edges)
{
  return monocle_extra_places_find (&monocle_unifiedio_places, prompt, edges);
}

/* --- prompts ------------------------------------------------------------------------------ */

char *
monocle_unifiedio_write_prompt (const MonocleTask *task,
                                const char *text,
                                const MonocleBox *region,
                                guint width,
                                guint height,
                                GError **error)
{
  const Row *row = (const Row *) task;
  guint bins[N_PLACE];

  if (region)
    bin_region (region, width, height, bins);
  return monocle_extra_places_ask (&monocle_unifiedio_places, task, row->prompt, row->is_lower,
                                   region ? bins : NULL, text, error);
}
