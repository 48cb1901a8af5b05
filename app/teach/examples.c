/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/teach/examples.h"

#include "app/search/question.h"

GArray *
monocle_examples_list (const MonocleSample *sample)
{
  GArray *examples = g_array_new (FALSE, FALSE, sizeof (MonocleExample));

  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];
      const MonocleExample example = { object->label, &object->box };

      if (*object->label && !object->is_crowd)
        g_array_append_val (examples, example);
    }
  for (guint i = 0; i < sample->tags->len; i++)
    {
      const MonocleExample example = { sample->tags->pdata[i], NULL };

      if (*example.label)
        g_array_append_val (examples, example);
    }
  return examples;
}

MonocleImage *
monocle_example_cut (const MonocleExample *self, MonocleImage *image, GError **error)
{
  const double width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  MonocleBox box;

  if (!self->box)
    return monocle_image_ref (image);
  box = (MonocleBox){
    (float) CLAMP (self->box->x, 0, width - 1),
    (float) CLAMP (self->box->y, 0, height - 1),
    (float) CLAMP (self->box->x + self->box->width, 1, width),
    (float) CLAMP (self->box->y + self->box->height, 1, height),
  };
  box.x2 = MAX (box.x2, box.x1 + 1);
  box.y2 = MAX (box.y2, box.y1 + 1);
  return monocle_search_cut (image, &box, error);
}
