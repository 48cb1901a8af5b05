/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was found, and what can be asked.
 */
#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "engine/answer/result-private.h"
#include "engine/models/detr/private.h"

/* Most queries find nothing, and say so: nobody wants to see what is less likely. */
#define LEAST_SCORE 0.05

/* What the reference's pipeline leaves out. */
#define REFERENCE_SCORE 0.5f

typedef struct
{
  guint query, name;
  float score;
} Found;

/* The likeliest of all classes but the last, which is nothing. */
static Found
judge (const float *logits, guint n, guint query)
{
  Found found = { .query = query };
  double most = (double) logits[0], sum = 0;

  for (guint i = 0; i <= n; i++)
    most = MAX (most, (double) logits[i]);
  for (guint i = 0; i <= n; i++)
    sum += exp ((double) logits[i] - most);
  for (guint i = 1; i < n; i++)
    if (logits[i] > logits[found.name])
      found.name = i;
  found.score = (float) (exp ((double) logits[found.name] - most) / sum);
  return found;
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *x = a, *y = b;

  if (x->score != y->score)
    return x->score < y->score ? 1 : -1;
  return x->query < y->query ? -1 : x->query > y->query;
}

/* Inside the picture, whose size is in pixels. */
static MonocleBox
get_box (const float *box, guint width, guint height)
{
  double w = width, h = height, x = (double) box[0], y = (double) box[1];
  double half_x = (double) box[2] / 2, half_y = (double) box[3] / 2;

  return (MonocleBox){
    .x1 = (float) (CLAMP (x - half_x, 0, 1) * w),
    .y1 = (float) (CLAMP (y - half_y, 0, 1) * h),
    .x2 = (float) (CLAMP (x + half_x, 0, 1) * w),
    .y2 = (float) (CLAMP (y + half_y, 0, 1) * h),
  };
}

MonocleResult *
monocle_detr_read (const MonocleDetrConfig *config,
                   const MonocleDetrSeen *seen,
                   const MonocleFamilyQuestion *question)
{
  MonocleResult *result = monocle_result_new ();
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Found));
  double least = question->has_threshold ? MIN (question->threshold, LEAST_SCORE) : LEAST_SCORE;

  for (guint i = 0; i < config->n_queries; i++)
    {
      Found found = judge (seen->logits + (gsize) i * (config->n_names + 1), config->n_names, i);

      if ((double) found.score >= least)
        g_array_append_val (all, found);
    }
  g_array_sort (all, compare_found);
  for (guint i = 0; i < all->len; i++)
    {
      const Found *found = &g_array_index (all, Found, i);
      const MonocleBox box
          = get_box (seen->boxes + 4 * (gsize) found->query, question->width, question->height);
      const MonocleObject object = {
        .label = g_strdup (config->names[found->name]),
        .shape = monocle_shape_new_box (&box),
        .score = found->score,
      };

      monocle_result_take_object (result, &object);
    }
  return result;
}

/* --- tasks -------------------------------------------------------------------------------- */

static void
add_edge (JsonBuilder *builder, const char *name, float value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) value);
}

/* As the reference's object-detection pipeline gives it. */
static JsonNode *
write_reference (const MonocleTask *task, const MonocleResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      const MonocleBox box = monocle_shape_get_box (object->shape);

      if (!(object->score > REFERENCE_SCORE))
        continue;
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "score");
      json_builder_add_double_value (builder, (double) object->score);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, object->label);
      json_builder_set_member_name (builder, "box");
      json_builder_begin_object (builder);
      add_edge (builder, "xmin", box.x1);
      add_edge (builder, "ymin", box.y1);
      add_edge (builder, "xmax", box.x2);
      add_edge (builder, "ymax", box.y2);
      json_builder_end_object (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}

static const MonocleTask tasks[] = {
  {
      .id = "detect",
      .tag = "",
      .title = N_ ("Find Objects"),
      .description = N_ ("Finds objects of the kinds that the model knows"),
      .kind = MONOCLE_TASK_FIND,
      .takes = MONOCLE_TAKES_NOTHING,
      .gives = MONOCLE_GIVES_BOXES,
      .write_reference = write_reference,
  },
};

void
monocle_detr_list_tasks (GPtrArray *list)
{
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_ptr_array_add (list, (gpointer) &tasks[i]);
}
