/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/regions.h"

#include "app/cli/picture.h"
#include "app/cli/region.h"

void
monocle_cli_regions_clear (MonocleCliRegions *self)
{
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->boxes, g_array_unref);
  g_clear_pointer (&self->example, monocle_image_unref);
}

MonocleCliStatus
monocle_cli_regions_read (MonocleCliRegions *self, const char *verb)
{
  self->boxes = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  for (guint i = 0; self->names && self->names[i]; i++)
    {
      MonocleBox region;

      if (!monocle_cli_region_read (self->names[i], &region))
        return monocle_cli_refuse (verb, _ ("region %u: '%s' is not X1,Y1,X2,Y2"), i + 1,
                                   self->names[i]);
      if (region.x1 >= region.x2 || region.y1 >= region.y2)
        return monocle_cli_refuse (verb,
                                   _ ("region %u: %s is empty: X1 must be below X2, Y1 below Y2"),
                                   i + 1, self->names[i]);
      g_array_append_val (self->boxes, region);
    }
  return MONOCLE_CLI_DONE;
}

/* Errors: a region outside of it. */
static gboolean
lie_in (const MonocleCliRegions *self, const MonocleImage *image, GError **error)
{
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);

  for (guint i = 0; i < self->boxes->len; i++)
    {
      const MonocleBox *region = &g_array_index (self->boxes, MonocleBox, i);

      if (region->x1 < 0 || region->y1 < 0 || region->x2 > (float) width
          || region->y2 > (float) height)
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       _ ("region %u: %s lies outside the image (%u x %u)"), i + 1, self->names[i],
                       width, height);
          return FALSE;
        }
    }
  return TRUE;
}

MonocleCliStatus
monocle_cli_regions_open (MonocleCliRegions *self)
{
  g_autoptr (GError) error = NULL;

  if (!self->from)
    return MONOCLE_CLI_DONE;
  self->example = monocle_cli_picture_open (self->from, &error);
  if (!self->example || !lie_in (self, self->example, &error))
    return monocle_cli_report (self->from, error);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_regions_fit_task (const MonocleCliRegions *self,
                              const char *verb,
                              const MonocleTask *task,
                              gboolean has_text)
{
  if (!(task->takes & MONOCLE_TAKES_REGION))
    return MONOCLE_CLI_DONE;
  if (self->from && !task->takes_example)
    return monocle_cli_refuse (verb, _ ("task %s takes no --from"), task->id);
  /* The text of those that take both is no region in the model's own words. */
  if (!self->from && self->boxes->len == 0 && (!has_text || (task->takes & MONOCLE_TAKES_TEXT)))
    return monocle_cli_refuse (verb, _ ("task %s needs a --region"), task->id);
  return MONOCLE_CLI_DONE;
}

gboolean
monocle_cli_regions_check (const MonocleCliRegions *self, const MonocleImage *image, GError **error)
{
  return self->from || lie_in (self, image, error);
}

void
monocle_cli_regions_request (const MonocleCliRegions *self, MonocleRequest *request)
{
  request->example = self->example;
  request->n_regions = self->boxes->len;
  request->regions
      = self->boxes->len > 0 ? (const MonocleBox *) (gpointer) self->boxes->data : NULL;
}
