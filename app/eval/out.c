/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/out.h"

#include <string.h>

#include "app/base/output.h"
#include "app/exchange/coco-parse.h"

#define N_KINDS 2

struct _MonocleEvalOut
{
  /* Of each kind, one detection a line; NULL where none was added. */
  GString *lines[N_KINDS];
};

MonocleEvalOut *
monocle_eval_out_new (void)
{
  return g_new0 (MonocleEvalOut, 1);
}

void
monocle_eval_out_free (MonocleEvalOut *self)
{
  if (!self)
    return;
  for (guint i = 0; i < N_KINDS; i++)
    if (self->lines[i])
      g_string_free (self->lines[i], TRUE);
  g_free (self);
}

void
monocle_eval_out_add (MonocleEvalOut *self,
                      MonocleEvalKind kind,
                      const MonocleEvalImage *image,
                      const GArray *found)
{
  GString **lines = &self->lines[kind];

  if (!*lines)
    *lines = g_string_new (NULL);
  for (guint i = 0; i < found->len; i++)
    {
      const MonocleEvalShape *shape = &g_array_index (found, MonocleEvalShape, i);
      g_autoptr (MonocleShape) mask
          = kind == MONOCLE_EVAL_MASKS ? monocle_shape_new_mask (shape->mask) : NULL;

      if ((*lines)->len > 0)
        g_string_append (*lines, ",\n");
      monocle_coco_append_result (*lines, image->id, shape->category, mask ? NULL : shape->box,
                                  mask, shape->score);
    }
}

static gboolean
write_file (const char *path, const GString *lines, GError **error)
{
  g_autofree char *text = g_strdup_printf ("[%s]\n", lines ? lines->str : "");

  if (monocle_output_write (path, text, strlen (text), error))
    return TRUE;
  g_prefix_error (error, "%s: cannot be written: ", path);
  return FALSE;
}

char *
monocle_eval_out_dup_masks_path (const char *path)
{
  gsize stem = g_str_has_suffix (path, ".json") ? strlen (path) - strlen (".json") : strlen (path);

  return g_strdup_printf ("%.*s-masks.json", (int) stem, path);
}

gboolean
monocle_eval_out_write (MonocleEvalOut *self, const char *path, GError **error)
{
  g_autofree char *masks = monocle_eval_out_dup_masks_path (path);

  return write_file (path, self->lines[MONOCLE_EVAL_BOXES], error)
         && (!self->lines[MONOCLE_EVAL_MASKS]
             || write_file (masks, self->lines[MONOCLE_EVAL_MASKS], error));
}
