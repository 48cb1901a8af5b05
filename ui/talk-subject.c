/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/talk-subject.h"

GPtrArray *
monocle_talk_subject_list_turns (MonocleDocument *document)
{
  GPtrArray *shown = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *talk = monocle_document_get_talk (document);
  guint n = g_list_model_get_n_items (talk), n_before = n;
  MonocleSaid *asking = monocle_document_get_asking (document, &n_before);

  if (!asking || monocle_said_get_state (asking) > MONOCLE_SAID_WHOLE)
    n_before = n;
  for (guint i = 0; i < n_before; i++)
    g_ptr_array_add (shown, g_list_model_get_item (talk, i));
  if (asking && monocle_said_get_state (asking) != MONOCLE_SAID_STOPPED)
    g_ptr_array_add (shown, g_object_ref (asking));
  return shown;
}

guint
monocle_talk_subject_count_before (MonocleDocument *document, MonocleSaid *said)
{
  GListModel *talk = monocle_document_get_talk (document);
  const guint n = g_list_model_get_n_items (talk);
  guint n_before;

  if (monocle_document_get_asking (document, &n_before) == said)
    return n_before;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleSaid) one = g_list_model_get_item (talk, i);

      if (one == said)
        return i;
    }
  return n;
}

MonocleSaid *
monocle_talk_subject_find_replaced (MonocleDocument *document, MonocleSaid *said)
{
  guint n_before;

  return monocle_document_get_asking (document, &n_before) == said
             ? g_list_model_get_item (monocle_document_get_talk (document), n_before)
             : NULL;
}

/* --- What a question shows ---------------------------------------------------------------- */

static gboolean
is_same (const MonocleSaidShown *a, const MonocleSaidShown *b)
{
  return !a->path && !b->path && a->rotation == b->rotation && a->is_region == b->is_region
         && (!a->is_region
             || (a->region.x1 == b->region.x1 && a->region.y1 == b->region.y1
                 && a->region.x2 == b->region.x2 && a->region.y2 == b->region.y2));
}

static gboolean
was_shown (MonocleDocument *document, const MonocleSaidShown *what, MonocleDetail detail)
{
  g_autoptr (GPtrArray) turns = monocle_talk_subject_list_turns (document);

  for (guint i = 0; i < turns->len; i++)
    {
      const MonocleSaidQuestion *question = monocle_said_get_question (turns->pdata[i]);

      if (monocle_said_get_state (turns->pdata[i]) == MONOCLE_SAID_FAILED
          || (detail != MONOCLE_DETAIL_AUTO && question->detail != MONOCLE_DETAIL_AUTO
              && question->detail != detail))
        continue;
      for (guint k = 0; k < question->n_shown; k++)
        if (is_same (&question->shown[k], what))
          return TRUE;
    }
  return FALSE;
}

static MonocleSaidShown
describe_picture (MonocleDocument *document)
{
  return (MonocleSaidShown){ .width = monocle_document_get_width (document),
                             .height = monocle_document_get_height (document),
                             .rotation = monocle_document_get_rotation (document) };
}

/* @shown: (out): @region, as far as it is in the picture. Returns: whether any of it is */
static gboolean
describe_region (MonocleDocument *document, MonocleAnnotation *region, MonocleSaidShown *shown)
{
  const MonocleRect bounds = monocle_annotation_get_bounds (region);

  *shown = describe_picture (document);
  shown->is_region = TRUE;
  shown->region.x1 = (float) MAX (bounds.x, 0);
  shown->region.y1 = (float) MAX (bounds.y, 0);
  shown->region.x2 = (float) MIN (bounds.x + bounds.width, shown->width);
  shown->region.y2 = (float) MIN (bounds.y + bounds.height, shown->height);
  return shown->region.x1 < shown->region.x2 && shown->region.y1 < shown->region.y2;
}

GPtrArray *
monocle_talk_subject_list_regions (MonoclePresentation *presentation)
{
  MonocleDocument *document = monocle_presentation_get_document (presentation);
  GPtrArray *regions = monocle_presentation_get_selected_regions (presentation);

  for (guint i = regions->len; i > 0; i--)
    {
      MonocleSaidShown shown;

      if (!describe_region (document, regions->pdata[i - 1], &shown)
          || was_shown (document, &shown, MONOCLE_DETAIL_AUTO))
        g_ptr_array_remove_index (regions, i - 1);
    }
  /* The picture itself has its place. */
  if (regions->len >= MONOCLE_CONVERSATION_MAX_SHOWN)
    g_ptr_array_set_size (regions, MONOCLE_CONVERSATION_MAX_SHOWN - 1);
  return regions;
}

void
monocle_talk_subject_leave_out (MonoclePresentation *presentation, MonocleAnnotation *region)
{
  GtkSelectionModel *regions = monocle_presentation_get_regions (presentation);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (regions)); i++)
    {
      g_autoptr (MonocleAnnotation) one = g_list_model_get_item (G_LIST_MODEL (regions), i);

      if (one == region)
        gtk_selection_model_unselect_item (regions, i);
    }
}

GArray *
monocle_talk_subject_list (MonoclePresentation *presentation, MonocleDetail detail)
{
  MonocleDocument *document = monocle_presentation_get_document (presentation);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (MonocleSaidShown));
  g_autoptr (GPtrArray) regions = monocle_talk_subject_list_regions (presentation);
  MonocleSaidShown shown = describe_picture (document);

  if (!was_shown (document, &shown, detail))
    g_array_append_val (all, shown);
  for (guint i = 0; i < regions->len; i++)
    if (describe_region (document, regions->pdata[i], &shown))
      g_array_append_val (all, shown);
  return all;
}
