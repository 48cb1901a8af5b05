/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/print.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/document/rank-text.h"
#include "app/json/answer.h"
#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/json/text.h"

/* Longer labels go out of their column. */
#define MAX_LABEL_COLUMN 40

static char *
format_points (const double *points, guint n_points)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n_points; i++)
    g_string_append_printf (text, "%s%.0f,%.0f", i ? "  " : "", points[2 * i], points[2 * i + 1]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Of a box two corners, of others all; rings apart from each other. */
static char *
format_shape (const MonocleShape *shape)
{
  const MonocleBox box = monocle_shape_get_box (shape);
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_rings, n_points;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);

  if (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_BOX)
    return format_points (
        (const double[]){ (double) box.x1, (double) box.y1, (double) box.x2, (double) box.y2 }, 2);
  if (n_rings == 0)
    {
      const double *points = monocle_shape_get_points (shape, &n_points);

      return format_points (points, n_points);
    }
  for (guint i = 0; i < n_rings; i++)
    {
      g_autofree char *points = format_points (rings[i].points, rings[i].n_points);

      g_string_append_printf (text, "%s%s", i ? "  |  " : "", points);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
format_score (float score)
{
  return isnan (score) ? g_strdup ("") : g_strdup_printf ("%.0f%%", 100 * (double) score);
}

static void
print_objects (const MonocleResult *result, const char *indent)
{
  guint n_objects = monocle_result_get_n_objects (result);
  glong column = 0;

  for (guint i = 0; i < n_objects; i++)
    {
      glong length = g_utf8_strlen (monocle_result_get_object (result, i)->label, -1);

      column = MAX (column, MIN (length, MAX_LABEL_COLUMN));
    }

  for (guint i = 0; i < n_objects; i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      g_autofree char *label = monocle_cli_out_clean_line (object->label);
      g_autofree char *score = format_score (object->score);
      g_autofree char *shape = format_shape (object->shape);
      glong length = g_utf8_strlen (label, -1);

      monocle_cli_out ("%s%s%*s", indent, label, (int) MAX (0, column - length), "");
      monocle_cli_out ("%s%4s  %s\n", column ? "  " : "", score, shape);
    }
  if (n_objects == 0)
    monocle_cli_out ("%s%s\n", indent, _ ("nothing found"));
}

/* Every line begins alike, so that the next region's stands out. */
static void
print_lines (const char *text, const char *indent)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (!lines[0])
    monocle_cli_out ("%s\n", indent);
  for (guint i = 0; lines[i]; i++)
    monocle_cli_out ("%s%s\n", indent, lines[i]);
}

/* Returns: whether there is a picture */
static gboolean
print_picture (const MonocleResult *result, const char *drawn, const char *indent)
{
  for (guint i = 0; i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);
      g_autofree char *path = drawn ? monocle_cli_out_clean_line (drawn) : NULL;

      if (part->kind != MONOCLE_PART_PICTURE)
        continue;
      /* Translators: a file, and the sides of the picture in it */
      monocle_cli_out (_ ("%s%s: a picture of %u×%u pixels\n"), indent, path ? path : "",
                       monocle_image_get_width (part->picture),
                       monocle_image_get_height (part->picture));
      return TRUE;
    }
  return FALSE;
}

static void
print_result (const MonocleResult *result, const char *drawn, const char *indent)
{
  const char *text = monocle_result_get_text (result);
  g_autofree char *ranks = monocle_rank_text_format (result);
  g_autofree char *clean = ranks ? monocle_cli_out_clean (ranks) : NULL;

  if (text || clean)
    print_lines (text ? text : clean, indent);
  else if (!print_picture (result, drawn, indent))
    print_objects (result, indent);
}

/* As --region takes it: no decimal commas between commas. */
static char *
format_region (const MonocleBox *region)
{
  const float sides[4] = { region->x1, region->y1, region->x2, region->y2 };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 4; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (number, sizeof number, "%g", (double) sides[i]);
      g_string_append_printf (text, "%s%s", i ? "," : "", number);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
monocle_cli_print_text (const MonocleCliAnswer *answer)
{
  GPtrArray *results = answer->run->results;

  for (guint i = 0; i < results->len; i++)
    {
      if (answer->request->n_regions > 1)
        {
          g_autofree char *region = format_region (&answer->request->regions[i]);

          monocle_cli_out (_ ("region %u (%s):\n"), i + 1, region);
        }
      print_result (results->pdata[i], answer->drawn, answer->request->n_regions > 1 ? "  " : "");
    }
}

void
monocle_cli_print_more (const MonocleResult *partial, GString *printed)
{
  const char *text = partial ? monocle_result_get_text (partial) : NULL;
  g_autofree char *clean = monocle_cli_out_clean (text ? text : "");

  if (strlen (clean) <= printed->len || !g_str_has_prefix (clean, printed->str))
    return;
  monocle_cli_progress_clear ();
  monocle_cli_out ("%s", clean + printed->len);
  monocle_cli_out_flush ();
  g_string_assign (printed, clean);
}

void
monocle_cli_print_rest (const MonocleResult *result, const char *printed)
{
  const char *text = monocle_result_get_text (result);
  g_autofree char *clean = monocle_cli_out_clean (text ? text : "");

  /* What was certain stays; but should it not, the whole answer is what counts. */
  if (g_str_has_prefix (clean, printed))
    monocle_cli_out ("%s\n", clean + strlen (printed));
  else
    monocle_cli_out ("\n%s\n", clean);
}

void
monocle_cli_print_json (const MonocleCliAnswer *answer)
{
  MonocleModel *model = monocle_session_get_model (answer->session);
  MonocleImage *image = monocle_session_get_image (answer->session);
  const MonocleRequest *request = answer->request;
  g_autoptr (GFile) file = answer->path ? g_file_new_for_path (answer->path) : NULL;

  for (guint i = 0; i < answer->run->results->len; i++)
    {
      const MonocleAnswerFacts facts = { .image = answer->path,
                                         .file = file,
                                         .page = answer->page,
                                         .from = request->example ? answer->from : NULL,
                                         .drawn = answer->drawn,
                                         .sound = answer->sound,
                                         .sound_from = answer->sound_from,
                                         .min_score = answer->min_score };
      g_autoptr (JsonNode) node
          = monocle_answer_json_build_run (&facts, model, image, request, answer->run, i, NULL);
      g_autofree char *text = monocle_json_text (node);

      monocle_cli_out ("%s\n", text);
    }
}
