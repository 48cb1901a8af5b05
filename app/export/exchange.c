/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export/exchange.h"

#include <glib/gi18n-lib.h>

#include "app/document/attributes.h"
#include "app/export/private.h"

/* --- What there is on a picture --- */

static void
add_attributes (MonocleSampleObject *to, GVariant *attributes)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (!attributes)
    return;
  g_variant_iter_init (&iter, attributes);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autofree char *text = monocle_attributes_dup_text (attributes, name);

      monocle_sample_object_add_attribute (to, name, text ? text : "");
    }
}

static void
add_annotation (MonocleSample *sample, MonocleAnnotation *annotation, const MonocleTask *task)
{
  const MonocleObject *from = monocle_annotation_get_object (annotation);
  const MonocleRect box = monocle_shape_get_bounds (from->shape);
  MonocleSampleObject *to
      = monocle_shape_get_kind (from->shape) == MONOCLE_SHAPE_BOX
            ? monocle_sample_add_object (sample, from->label, &box, NULL)
            : monocle_sample_add_shape (sample, from->label, monocle_shape_ref (from->shape));

  to->score = (double) from->score;
  add_attributes (to, monocle_annotation_get_attributes (annotation));
  /* What was read there is no name. */
  if (!task || task->gives != MONOCLE_GIVES_TEXTS
      || monocle_annotation_get_origin (annotation) != MONOCLE_ORIGIN_RUN)
    return;
  to->text = to->label;
  to->label = g_strdup ("");
}

/* What is said of the whole picture, of its regions, or what it most likely is. */
static void
add_words (MonocleSample *sample, MonocleQuery *query)
{
  const MonocleTask *task = monocle_query_get_task (query);
  GPtrArray *results = monocle_query_get_results (query);
  const char *text = monocle_query_get_text (query);
  guint n_regions;
  const MonocleBox *regions = monocle_query_get_regions (query, &n_regions);

  for (guint i = 0; i < n_regions && text; i++)
    {
      const char *words = monocle_query_get_region_text (query, i);

      if (words && *words)
        monocle_sample_add_edges (sample, NULL, (double) regions[i].x1, (double) regions[i].y1,
                                  (double) regions[i].x2, (double) regions[i].y2)
            ->text
            = g_strdup (words);
    }
  if (n_regions == 0 && text && *text && task->kind != MONOCLE_TASK_ANSWER)
    g_ptr_array_add (sample->captions, g_strdup (text));
  for (guint i = 0;
       task->kind == MONOCLE_TASK_RANK && n_regions == 0 && results && i < results->len; i++)
    {
      const MonoclePart *part = results->pdata[i] && monocle_result_get_n_parts (results->pdata[i])
                                    ? monocle_result_get_part (results->pdata[i], 0)
                                    : NULL;

      if (part && part->kind == MONOCLE_PART_RANK)
        g_ptr_array_add (sample->tags, g_strdup (part->rank));
    }
}

/* A name of a picture as sets have them. */
static MonocleSample *
new_sample (MonocleDocument *document, const char *name, GFile *file, guint page)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *clean = NULL, *stem = NULL;
  MonocleSample *sample;

  for (char *p = valid; *p; p++)
    if (g_ascii_iscntrl (*p) || *p == '/' || *p == '\\')
      *p = '-';
  clean = monocle_exchange_dup_name (valid, "", NULL);
  if (!clean)
    clean = g_strdup ("picture");
  if (page > 0)
    {
      stem = monocle_exchange_strip_extension (clean);
      g_free (clean);
      clean = g_strdup_printf ("%s-%u.png", stem, page + 1);
    }
  sample = monocle_sample_new (clean);
  /* Pages are no files. */
  sample->path = file && page == 0 ? g_file_get_path (file) : NULL;
  sample->width = monocle_document_get_width (document);
  sample->height = monocle_document_get_height (document);
  return sample;
}

MonocleSample *
monocle_export_make_sample (const MonocleExport *self)
{
  MonocleDocument *document = self->document;
  MonocleSample *sample
      = new_sample (document, monocle_document_get_name (document),
                    monocle_document_get_file (document), monocle_document_get_page (document));
  const MonocleTask *task = self->query ? monocle_query_get_task (self->query) : NULL;

  for (guint i = 0; self->annotations && i < self->annotations->len; i++)
    add_annotation (sample, self->annotations->pdata[i], task);
  if (self->query)
    add_words (sample, self->query);
  return sample;
}

/* The newest that has one. */
static MonocleQuery *
find_answer (MonocleDocument *document)
{
  GListModel *queries = monocle_document_get_queries (document);

  for (guint i = g_list_model_get_n_items (queries); i > 0; i--)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i - 1);

      if (monocle_query_get_results (query))
        return g_steal_pointer (&query);
    }
  return NULL;
}

MonocleSample *
monocle_export_make_kept (MonocleDocument *document, const char *name, GFile *file, guint page)
{
  MonocleSample *sample = new_sample (document, name, file, page);
  GListModel *own = monocle_document_get_regions (document);
  g_autoptr (MonocleQuery) query = find_answer (document);
  GListModel *found = query ? monocle_query_get_annotations (query) : NULL;

  for (guint i = 0; found && i < g_list_model_get_n_items (found); i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (found, i);

      add_annotation (sample, annotation, monocle_query_get_task (query));
    }
  for (guint i = 0; i < g_list_model_get_n_items (own); i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (own, i);

      if (*monocle_annotation_get_label (annotation))
        add_annotation (sample, annotation, NULL);
    }
  if (query)
    add_words (sample, query);
  return sample;
}

MonocleNotes *
monocle_export_foresee (const MonocleExport *self, const MonocleExportFormat *format)
{
  MonocleNotes *notes = monocle_notes_new ();
  g_autoptr (MonocleSample) sample = monocle_export_make_sample (self);

  g_return_val_if_fail (format->exchange, notes);

  monocle_exchange_foresee (format->exchange, sample, notes);
  return notes;
}

/* --- One picture --- */

/* As if it were in a format of its own. */
typedef struct
{
  MonocleExchangeFormat format; /* first */
  MonocleSample *sample;
} Single;

static gboolean
read_single (const MonocleExchangeFormat *format,
             MonocleExchangeSource *source,
             MonocleExchangeTake take,
             gpointer user_data,
             GError **error)
{
  return take (((const Single *) format)->sample, user_data, error);
}

gboolean
monocle_export_write_sample (MonocleSample *sample,
                             const MonocleExchangeFormat *to,
                             GFile *target,
                             GCancellable *cancellable,
                             GError **error)
{
  const Single single = { { .id = "shown", .read = read_single }, sample };
  g_autofree char *path = g_file_get_path (target);
  g_autofree char *folder = path ? g_path_get_dirname (path) : NULL;
  const char *inputs[] = { folder, NULL };
  const MonocleExchangeJob job = {
    .from = &single.format, .inputs = inputs, .to = to, .output = path, .cancellable = cancellable
  };
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GError) cause = NULL;
  MonocleExchangeCounts counts;

  if (path)
    return monocle_exchange_convert (&job, notes, &counts, error);
  /* Translators: why something cannot be written: it would be on another machine */
  cause = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("it is far away"));
  monocle_export_file_set_error (error, target, cause);
  return FALSE;
}
