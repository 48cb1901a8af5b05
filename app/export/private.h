/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of export share. A job is all that an export needs, copied: documents, queries and
 * annotations belong to the main thread and change while a thread writes.
 */
#pragma once

#include "app/export/export.h"

G_BEGIN_DECLS

/**
 * MonocleExportObject:
 * @upright: around it, in the upright picture: for data
 * @shape: where it is in the picture as it is shown
 * @title: its label, or a translated name where there is none
 * @score: NaN where there is none
 * @number: within its query
 * @box: around it, cut to the picture
 */
typedef struct
{
  MonocleRect upright;
  MonocleShape *shape;
  char *title;
  float score;
  guint number;
  MonocleBox box;
} MonocleExportObject;

/**
 * MonocleExportJob:
 * @image: the picture as it is shown
 * @turn: from the upright picture to that
 * @source: (nullable): file that the picture was read from
 * @scene: the annotated picture
 * @objects: (element-type MonocleExportObject)
 * @regions: (element-type MonocleBox): in the picture as it is shown; those of which there are
 * crops
 * @text: (nullable): the answer in words
 * @json: (nullable): for data
 * @sample: (nullable): for formats of other programs
 */
typedef struct
{
  MonocleImage *image;
  MonocleMatrix turn;
  GFile *source;
  MonocleScene *scene;
  GArray *objects;
  GArray *regions;
  char *text;
  char *json;
  MonocleSample *sample;
  guint quality;
} MonocleExportJob;

/* For the main thread. */
MonocleExportJob *monocle_export_job_new (const MonocleExport *self, MonocleExportContent content);
void monocle_export_job_free (MonocleExportJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleExportJob, monocle_export_job_free)

/* --- Contents of files: text, folder --- */

char *monocle_export_text_format (const MonocleExportJob *job);

/* (transfer full): a label as a part of a file's name: letters, digits and hyphens. */
char *monocle_export_make_safe (const char *label);

/* Where progress of a folder goes; called in the thread. */
typedef void (*MonocleExportTick) (guint done, guint total, gpointer user_data);

gboolean monocle_export_folder_write (const MonocleExportJob *job,
                                      const MonocleExportFormat *format,
                                      GFile *folder,
                                      MonocleExportTick tick,
                                      gpointer tick_data,
                                      GCancellable *cancellable,
                                      guint *n_files,
                                      GError **error);

/* --- Files --- */

/* Whether @target may be written: see monocle_export_check_target(). */
gboolean monocle_export_file_check (GFile *source, GFile *target, GError **error);

/* Whole or not at all; replaces what is there. */
gboolean
monocle_export_file_write (GFile *file, GBytes *bytes, GCancellable *cancellable, GError **error);
/* Takes a name that is free: NAME.EXTENSION, NAME-2.EXTENSION ... Returns: (transfer full) */
GFile *monocle_export_file_write_new (GFile *folder,
                                      const char *name,
                                      const char *extension,
                                      GBytes *bytes,
                                      GCancellable *cancellable,
                                      GError **error);
/* Says in words which file it is about. */
void monocle_export_file_set_error (GError **error, GFile *file, const GError *cause);

G_END_DECLS
