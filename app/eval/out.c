/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/out.h"

#include <string.h>

#include "app/json/result.h"
#include "app/json/text.h"
#include "app/base/output.h"

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

static void
add_box (JsonBuilder *builder, const MonocleEvalShape *shape)
{
  json_builder_set_member_name (builder, "bbox");
  json_builder_begin_array (builder);
  for (guint i = 0; i < 4; i++)
    json_builder_add_double_value (builder, shape->box[i]);
  json_builder_end_array (builder);
}

static void
add_mask (JsonBuilder *builder, const MonocleEvalShape *shape)
{
  json_builder_set_member_name (builder, "segmentation");
  monocle_result_json_add_mask (builder, shape->mask);
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
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *line = NULL;

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "image_id");
      json_builder_add_int_value (builder, image->id);
      json_builder_set_member_name (builder, "category_id");
      json_builder_add_int_value (builder, shape->category);
      if (kind == MONOCLE_EVAL_MASKS)
        add_mask (builder, shape);
      else
        add_box (builder, shape);
      json_builder_set_member_name (builder, "score");
      json_builder_add_double_value (builder, shape->score);
      json_builder_end_object (builder);
      node = json_builder_get_root (builder);
      line = monocle_json_text (node);
      g_string_append_printf (*lines, "%s%s", (*lines)->len > 0 ? ",\n" : "", line);
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
