/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/asked.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* So many names are read at a glance. */
#define MOST_NAMES 3

gboolean
monocle_asked_covers (const char *words, const char *label)
{
  g_autofree char *folded_words = NULL;
  g_autofree char *folded_label = NULL;

  g_return_val_if_fail (words != NULL, FALSE);
  g_return_val_if_fail (label != NULL, FALSE);

  if (g_str_match_string (words, label, TRUE) || g_str_match_string (label, words, TRUE))
    return TRUE;
  folded_words = g_utf8_casefold (words, -1);
  folded_label = g_utf8_casefold (label, -1);
  return strstr (folded_words, folded_label) != NULL;
}

/* (nullable): what it was told to find by name */
static const char *
get_wanted (MonocleQuery *self)
{
  const MonocleTask *task = monocle_query_get_task (self);
  const char *prompt = monocle_query_get_request_text (self);

  return task->kind == MONOCLE_TASK_FIND && task->takes & MONOCLE_TAKES_TEXT && prompt && *prompt
             ? prompt
             : NULL;
}

gboolean
monocle_query_is_suggestion (MonocleQuery *self, MonocleAnnotation *annotation)
{
  const char *wanted, *label;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), FALSE);
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (annotation), FALSE);

  wanted = get_wanted (self);
  label = monocle_annotation_get_label (annotation);
  return wanted && *label && !monocle_asked_covers (wanted, label);
}

char *
monocle_query_dup_suggestions (MonocleQuery *self, GListModel *objects)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *list = NULL;
  guint n, n_asked = 0;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);
  g_return_val_if_fail (G_IS_LIST_MODEL (objects), NULL);

  n = get_wanted (self) ? g_list_model_get_n_items (objects) : 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (objects, i);
      const char *label = monocle_annotation_get_label (annotation);

      if (!monocle_query_is_suggestion (self, annotation))
        n_asked++;
      else if (names->len <= MOST_NAMES
               && !g_ptr_array_find_with_equal_func (names, label, g_str_equal, NULL))
        g_ptr_array_add (names, g_strdup (names->len < MOST_NAMES ? label : "…"));
    }
  if (names->len == 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  list = g_strjoinv (", ", (char **) names->pdata);
  if (n_asked > 0)
    /* Translators: names of objects that were not asked for */
    return g_strdup_printf (_ ("The model also suggests: %s"), list);
  /* Translators: what was to be found, and names of what the model found instead */
  return g_strdup_printf (_ ("No “%s” found. The model suggests: %s"), get_wanted (self), list);
}
