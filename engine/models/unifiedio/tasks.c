/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Unified-IO can be asked, in the words that it was trained with.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/answer/result.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/models/unifiedio/private.h"

/* Where the person's words go, and the places of a region. */
#define WORDS  "{}"
#define REGION "[]"

#define N_PLACE 4

typedef struct
{
  MonocleTask task;
  const char *prompt;
  gboolean is_lower; /* the person's words are asked in lower case */
  MonocleUnifiedioManner manner;
} Row;

/* All that was written, as words; of a picture the numbers of its codes follow from the tokens. */
static JsonNode *
write_reference (const MonocleTask *task, const MonocleResult *result)
{
  const char *written = monocle_result_get_generated_text (result);
  JsonNode *node = json_node_alloc ();

  return json_node_init_string (node, written ? written : "");
}

/* clang-format off */
#define ROW(task_id, task_title, task_description, task_kind, task_takes, task_gives, tokens) \
  .id = task_id, .tag = "", .title = task_title, .description = task_description, \
  .kind = MONOCLE_TASK_##task_kind, .takes = MONOCLE_TAKES_##task_takes, .gives = MONOCLE_GIVES_##task_gives, \
  .max_tokens = tokens, .write_reference = write_reference

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
           DRAW, NOTHING, PICTURE, DRAWN) }, "What is the depth map of the image ?",
    .manner = { .drawn = MONOCLE_UNIFIEDIO_DRAWN_MAP } },
  { { ROW ("normals", N_ ("Surface Directions"), N_ ("Draws which way surfaces face, as colours"),
           DRAW, NOTHING, PICTURE, DRAWN) }, "What is the surface normal of the image ?",
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
static char *
spell_region (const MonocleBox *region, guint width, guint height)
{
  const float edges[N_PLACE] = { region->x1, region->y1, region->x2, region->y2 };
  guint bins[N_PLACE];

  for (guint i = 0; i < N_PLACE; i++)
    {
      const double part = (double) edges[i] / MAX (width, height);

      bins[i]
          = (guint) CLAMP (part * (MONOCLE_UNIFIEDIO_N_BINS - 1), 0, MONOCLE_UNIFIEDIO_N_BINS - 1);
    }
  return monocle_extra_places_spell (&monocle_unifiedio_places, bins);
}

gboolean
monocle_unifiedio_find_region (const char *prompt, guint *edges)
{
  return monocle_extra_places_find (&monocle_unifiedio_places, prompt, edges);
}

/* --- prompts ------------------------------------------------------------------------------ */

/* (transfer full) (nullable): several names, a line each, cannot be asked for in one sentence. */
static char *
take_words (const Row *row, const char *text, GError **error)
{
  const gboolean is_name = monocle_task_gives_objects (&row->task);
  g_autofree char *words = monocle_utf8_dup_trimmed (text, strlen (text));

  if (*words && !(is_name && strchr (words, '\n')))
    return row->is_lower ? g_utf8_strdown (words, -1) : g_steal_pointer (&words);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               *words ? "%s takes one name at a time"
                      : "%s needs words, and there are none in the text",
               row->task.id);
  return NULL;
}

char *
monocle_unifiedio_write_prompt (const MonocleTask *task,
                                const char *text,
                                const MonocleBox *region,
                                guint width,
                                guint height,
                                GError **error)
{
  const Row *row = (const Row *) task;
  g_autoptr (GString) prompt = g_string_new (row->prompt);

  if (task->takes & MONOCLE_TAKES_REGION)
    {
      g_autofree char *place
          = region ? spell_region (region, width, height)
                   : monocle_extra_places_take (&monocle_unifiedio_places, task->id, text, error);

      if (!place)
        return NULL;
      g_string_replace (prompt, REGION, place, 1);
    }
  if (task->takes & MONOCLE_TAKES_TEXT)
    {
      g_autofree char *words = take_words (row, text, error);

      if (!words)
        return NULL;
      g_string_replace (prompt, WORDS, words, 1);
    }
  return g_string_free (g_steal_pointer (&prompt), FALSE);
}
