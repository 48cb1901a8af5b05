/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Unified-IO 2 can be asked, in the words that it was trained with.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/answer/result.h"
#include "engine/models/unifiedio2/private.h"

#define WORDS  MONOCLE_EXTRA_WORDS
#define REGION MONOCLE_EXTRA_REGION

#define FOR_TEXT    "[Text] [S] "
#define FOR_PICTURE "[Image] [S] "

/* The side of the square in which places of questions are counted. */
#define SIDE 384

typedef struct
{
  MonocleTask task;
  const char *prompt;
  MonocleUnifiedio2Manner manner;
} Row;

const char monocle_unifiedio2_nothing[] = FOR_PICTURE "An image of a random picture.";
const char monocle_unifiedio2_for_picture[] = FOR_PICTURE;

/* clang-format off */
#define ROW(task_id, task_title, task_description, task_kind, task_takes, task_gives, tokens) \
  .id = task_id, .tag = "", .title = task_title, .description = task_description, \
  .kind = MONOCLE_TASK_##task_kind, .takes = MONOCLE_TAKES_##task_takes, .gives = MONOCLE_GIVES_##task_gives, \
  .max_tokens = tokens, .write_reference = monocle_task_write_generated_text

/* Pieces of a picture. */
#define DRAWN 1024

static const Row rows[] = {
  { { ROW ("caption", N_ ("Caption"), N_ ("Says in one sentence what the image shows"),
           DESCRIBE, NOTHING, TEXT, 64) }, FOR_TEXT "Caption this image." },
  { { ROW ("name-subject", N_ ("Name Subject"), N_ ("Says in a word what the image shows"),
           ANSWER, NOTHING, TEXT, 32) }, FOR_TEXT "What is this? Return a precise but very short answer." },
  { { ROW ("region-to-category", N_ ("Name Region"), N_ ("Names the kind of object inside a region"),
           ANSWER, REGION, TEXT, 32) }, FOR_TEXT "What is the category of the object at " REGION "?" },
  { { ROW ("find-words", N_ ("Find by Words"), N_ ("Finds whatever you name, with a box around each"),
           FIND, TEXT, BOXES, 256) },
    FOR_TEXT "Return the bounding boxes and categories of region matching \"" WORDS "\"",
    { MONOCLE_UNIFIEDIO2_BOXES, .share = 0.3 } },
  { { ROW ("find-phrase", N_ ("Find by Description"), N_ ("Finds the one thing that you describe"),
           FIND, TEXT, BOXES, 6) }, FOR_TEXT "Which region does the text \"" WORDS "\" describe?",
    { MONOCLE_UNIFIEDIO2_BOX } },
  { { ROW ("detect", N_ ("Find Objects"), N_ ("Finds objects and names their kinds"),
           FIND, NOTHING, BOXES, 256) }, FOR_TEXT "List all objects and their locations in the image",
    { MONOCLE_UNIFIEDIO2_BOXES, .share = 0.5 } },
  { { ROW ("outline-in-region", N_ ("Outline in Region"), N_ ("Outlines what you name inside a region"),
           OUTLINE, TEXT_AND_REGION, OUTLINES, DRAWN) },
    FOR_PICTURE "Segment the object in this bounding box: " REGION " " WORDS,
    { MONOCLE_UNIFIEDIO2_MASK, .temperature = 0.9, .top_p = 0.95 } },
  { { ROW ("answer-question", N_ ("Ask a Question"), N_ ("Answers a question about the image"),
           ANSWER, TEXT, TEXT, 32) }, FOR_TEXT WORDS " Short answer:" },
  { { ROW ("depth", N_ ("Depth"), N_ ("Draws how far away things are: the nearer, the lighter"),
           DRAW, NOTHING, PICTURE, DRAWN), .legend = MONOCLE_LEGEND_DISTANCES },
    FOR_PICTURE "What is the depth map of the image ?",
    { MONOCLE_UNIFIEDIO2_GREY, .temperature = 0.9, .top_p = 0.9 } },
  { { ROW ("normals", N_ ("Surface Directions"), N_ ("Draws which way surfaces face, as colours"),
           DRAW, NOTHING, PICTURE, DRAWN), .legend = MONOCLE_LEGEND_DIRECTIONS },
    FOR_PICTURE "What is the surface normal of the image ?",
    { MONOCLE_UNIFIEDIO2_MAP, .temperature = 0.9, .top_p = 0.9 } },
  { { ROW ("generate", N_ ("Draw a Picture"), N_ ("Draws what you describe, whatever image is open"),
           DRAW, TEXT, PICTURE, DRAWN), .ignores_image = TRUE },
    FOR_PICTURE "Generate an image matching this text: " WORDS,
    { MONOCLE_UNIFIEDIO2_NEW, .temperature = 1, .top_p = MONOCLE_SAMPLING_PICTURE_TOP_P, .is_guided = TRUE } },
  { { ROW ("change-image", N_ ("Change the Image"), N_ ("Draws the image anew, changed as you say"),
           DRAW, TEXT, PICTURE, DRAWN) }, FOR_PICTURE WORDS,
    { MONOCLE_UNIFIEDIO2_PHOTO, .temperature = 1, .top_p = MONOCLE_SAMPLING_PICTURE_TOP_P } },
  { { ROW ("caption-sound", N_ ("Describe Sound"), N_ ("Says in one sentence what is to be heard"),
           DESCRIBE, SOUND, TEXT, 64), .ignores_image = TRUE },
    FOR_TEXT "Give a short description of this audio." },
  { { ROW ("ask-sound", N_ ("Ask About a Sound"), N_ ("Answers a question about a sound"),
           ANSWER, TEXT_AND_SOUND, TEXT, 32), .ignores_image = TRUE }, FOR_TEXT WORDS " Short answer:" },
  { { ROW ("ask-sound-and-image", N_ ("Ask About Sound and Image"),
           N_ ("Answers a question about the image and a sound together"),
           ANSWER, TEXT_AND_SOUND, TEXT, 32) }, FOR_TEXT WORDS " Short answer:" },
  { { ROW ("prompt", N_ ("Own Prompt"), N_ ("Gives the model your words as they are"),
           ANSWER, TEXT, TEXT, 64) }, FOR_TEXT WORDS },
};
/* clang-format on */

void
monocle_unifiedio2_list_tasks (GPtrArray *tasks)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (tasks, (gpointer) &rows[i].task);
}

const MonocleUnifiedio2Manner *
monocle_unifiedio2_task_get_manner (const MonocleTask *task)
{
  return &((const Row *) task)->manner;
}

MonocleUnifiedio2Kind
monocle_unifiedio2_task_get_kind (const MonocleTask *task)
{
  return monocle_unifiedio2_task_get_manner (task)->form >= MONOCLE_UNIFIEDIO2_NEW
             ? MONOCLE_UNIFIEDIO2_PICTURE
             : MONOCLE_UNIFIEDIO2_TEXT;
}

/* --- prompts ------------------------------------------------------------------------------ */

/* Behind whatever a region is, where there is one. */
char *
monocle_unifiedio2_task_find_words (const MonocleTask *task, const char *prompt)
{
  const char *template = ((const Row *) task)->prompt, *words = strstr (template, WORDS);
  const char *after = words ? words + strlen (WORDS) : NULL, *at = prompt;
  guint edges[4];
  gsize n;

  if (!words || strlen (prompt) < strlen (after))
    return g_strdup ("");
  if (task->takes & MONOCLE_TAKES_REGION)
    {
      while (*at && !monocle_extra_places_read (&monocle_unifiedio2_places, at, edges, &at))
        at++;
      at += strspn (at, " ");
    }
  else
    at += MIN ((gsize) (words - template), strlen (prompt));
  n = strlen (at);
  return g_strndup (at, n >= strlen (after) ? n - strlen (after) : 0);
}

char *
monocle_unifiedio2_write_prompt (const MonocleTask *task,
                                 const char *text,
                                 const MonocleBox *region,
                                 guint width,
                                 guint height,
                                 GError **error)
{
  const Row *row = (const Row *) task;
  guint bins[4];

  if (region)
    monocle_unifiedio2_bin_box (region, width, height, SIDE, bins);
  return monocle_extra_places_ask (&monocle_unifiedio2_places, task, row->prompt, FALSE,
                                   region ? bins : NULL, text, error);
}
