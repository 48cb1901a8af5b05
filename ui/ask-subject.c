/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask-subject.h"

#include <glib/gi18n.h>

#define SHORT_CHARACTERS 32

void
monocle_ask_subject_clear (MonocleAskSubject *self)
{
  g_clear_pointer (&self->boxes, g_array_unref);
  g_clear_object (&self->source);
}

static void
add_regions (MonocleAskSubject *self, GPtrArray *regions, GListModel *all)
{
  for (guint i = 0; i < regions->len; i++)
    {
      MonocleBox box = monocle_shape_get_box (monocle_annotation_get_shape (regions->pdata[i]));

      g_array_append_val (self->boxes, box);
    }
  if (regions->len != 1)
    return;
  g_set_object (&self->source, monocle_annotation_get_source (regions->pdata[0]));
  for (guint i = 0; g_list_model_get_n_items (all) > 1 && self->number == 0; i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (all, i);

      if (region == regions->pdata[0])
        self->number = i + 1;
    }
}

static void
add_objects (MonocleAskSubject *self, GPtrArray *objects, MonocleDocument *document)
{
  for (guint i = 0; i < objects->len; i++)
    {
      MonocleBox box
          = monocle_annotation_get_box (objects->pdata[i], monocle_document_get_width (document),
                                        monocle_document_get_height (document));

      g_array_append_val (self->boxes, box);
    }
  if (objects->len == 1)
    g_set_object (&self->source, objects->pdata[0]);
  self->are_objects = TRUE;
}

void
monocle_ask_subject_find (MonocleAskSubject *self,
                          MonoclePresentation *presentation,
                          const MonocleTask *task)
{
  MonocleDocument *document
      = presentation ? monocle_presentation_get_document (presentation) : NULL;
  g_autoptr (GPtrArray) regions = NULL;
  g_autoptr (GPtrArray) objects = NULL;

  *self = (MonocleAskSubject){ .boxes = g_array_new (FALSE, FALSE, sizeof (MonocleBox)) };
  if (!document || !(task->takes & MONOCLE_TAKES_REGION))
    return;

  regions = monocle_presentation_get_selected_regions (presentation);
  objects = monocle_presentation_get_selected_objects (presentation);
  if (regions->len == 0 && objects->len > 0)
    {
      add_objects (self, objects, document);
      return;
    }
  if (regions->len == 0)
    {
      g_ptr_array_unref (regions);
      regions = monocle_presentation_get_asked_regions (presentation);
    }
  add_regions (self, regions, monocle_document_get_regions (document));
}

char *
monocle_ask_subject_describe (const MonocleAskSubject *self)
{
  guint n = self->boxes->len;

  if (self->are_objects && n == 1)
    {
      g_autofree char *title = monocle_annotation_dup_title (self->source);
      g_autofree char *short_title = monocle_ask_subject_shorten (title);

      if (!*monocle_annotation_get_label (self->source))
        return g_strdup_printf (_ ("About %s"), short_title);
      /* Translators: label and number of an object */
      return g_strdup_printf (_ ("About %s %u"), short_title,
                              monocle_annotation_get_number (self->source));
    }
  if (self->are_objects)
    return g_strdup_printf (ngettext ("About %u selected object", "About %u selected objects", n),
                            n);
  if (self->number > 0)
    /* Translators: the regions on the picture have numbers */
    return g_strdup_printf (_ ("About region %u"), self->number);
  return g_strdup_printf (ngettext ("About %u region", "About %u regions", n), n);
}

char *
monocle_ask_subject_shorten (const char *text)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (text, -1) <= SHORT_CHARACTERS)
    return g_strdup (text);
  start = g_utf8_substring (text, 0, SHORT_CHARACTERS - 1);
  return g_strconcat (start, "…", NULL);
}
