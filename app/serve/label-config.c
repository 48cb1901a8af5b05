/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/serve/label-config.h"

#include <string.h>

#include "app/serve/exchange.h"

/* No project has a longer one, or more names. */
#define MAX_BYTES (4 * 1024 * 1024)

static const char *const tags[]
    = { "RectangleLabels", "PolygonLabels", "Choices", "TextArea", NULL };

static void
control_free (gpointer data)
{
  MonocleLabelControl *control = data;

  g_free (control->tag);
  g_free (control->name);
  g_free (control->object);
  g_ptr_array_unref (control->labels);
  g_free (control);
}

void
monocle_label_config_free (MonocleLabelConfig *self)
{
  g_free (self->image);
  g_free (self->key);
  g_ptr_array_unref (self->controls);
  g_free (self);
}

/* --- reading --- */

typedef struct
{
  MonocleLabelConfig *config;
  MonocleLabelControl *control; /* (nullable): whose inside this is */
} Reading;

/* (transfer none) (nullable): the value of an attribute, in whatever letters */
static const char *
find_value (const char **names, const char **values, const char *name)
{
  for (guint i = 0; names[i]; i++)
    if (g_ascii_strcasecmp (names[i], name) == 0)
      return values[i];
  return NULL;
}

static void
on_start (GMarkupParseContext *context,
          const char *element,
          const char **names,
          const char **values,
          gpointer user_data,
          GError **error)
{
  Reading *reading = user_data;
  const char *name = find_value (names, values, "name"),
             *value = find_value (names, values, "value");
  const char *object = find_value (names, values, "toName");

  if (strcmp (element, "Image") == 0 && name && value && !reading->config->image)
    {
      reading->config->image = g_strdup (name);
      reading->config->key = g_strdup (value + (*value == '$'));
    }
  else if (g_strv_contains (tags, element) && name && object)
    {
      reading->control = g_new0 (MonocleLabelControl, 1);
      reading->control->tag = g_strdup (element);
      reading->control->name = g_strdup (name);
      reading->control->object = g_strdup (object);
      reading->control->labels = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (reading->config->controls, reading->control);
    }
  else if ((strcmp (element, "Label") == 0 || strcmp (element, "Choice") == 0) && value
           && reading->control)
    g_ptr_array_add (reading->control->labels, g_strdup (value));
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Reading *reading = user_data;

  if (g_strv_contains (tags, element))
    reading->control = NULL;
}

/* Of other pictures we know nothing. */
static void
leave_out_others (MonocleLabelConfig *self)
{
  for (guint i = self->controls->len; i-- > 0;)
    if (strcmp (((const MonocleLabelControl *) self->controls->pdata[i])->object, self->image) != 0)
      g_ptr_array_remove_index (self->controls, i);
}

MonocleLabelConfig *
monocle_label_config_parse (const char *text, GError **error)
{
  static const GMarkupParser parser = { .start_element = on_start, .end_element = on_end };
  g_autoptr (MonocleLabelConfig) self = g_new0 (MonocleLabelConfig, 1);
  Reading reading = { .config = self };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &reading, NULL);
  g_autoptr (GError) cause = NULL;

  self->controls = g_ptr_array_new_with_free_func (control_free);
  if (strlen (text) > MAX_BYTES)
    monocle_serve_bad_request (error, "label_config is too long");
  else if (!g_markup_parse_context_parse (context, text, -1, &cause)
           || !g_markup_parse_context_end_parse (context, &cause))
    monocle_serve_bad_request (error, "label_config: %s", cause->message);
  else if (!self->image)
    monocle_serve_bad_request (error, "label_config has no picture");
  else
    {
      leave_out_others (self);
      return g_steal_pointer (&self);
    }
  return NULL;
}

const MonocleLabelControl *
monocle_label_config_find (const MonocleLabelConfig *self, const char *tag)
{
  for (guint i = 0; i < self->controls->len; i++)
    if (strcmp (((const MonocleLabelControl *) self->controls->pdata[i])->tag, tag) == 0)
      return self->controls->pdata[i];
  return NULL;
}

const char *
monocle_label_control_find (const MonocleLabelControl *self, const char *label)
{
  g_autofree char *folded = g_utf8_casefold (label, -1);

  if (self->labels->len == 0)
    return label;
  for (guint i = 0; i < self->labels->len; i++)
    {
      g_autofree char *other = g_utf8_casefold (self->labels->pdata[i], -1);

      if (strcmp (folded, other) == 0)
        return self->labels->pdata[i];
    }
  return NULL;
}
