/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export/exchange.h"

#include <glib/gi18n-lib.h>

#include "app/exchange/kept.h"
#include "app/export/private.h"

/* --- What there is on a picture --- */

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
    monocle_kept_add_annotation (sample, self->annotations->pdata[i], task);
  if (self->query)
    monocle_kept_add_words (sample, self->query);
  return sample;
}

MonocleSample *
monocle_export_make_kept (MonocleDocument *document, const char *name, GFile *file, guint page)
{
  MonocleSample *sample = new_sample (document, name, file, page);
  g_autoptr (MonocleWorkFile) work = monocle_work_file_new_of (document);

  monocle_kept_add_work (sample, work, NULL);
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
