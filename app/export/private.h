/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of export share. A job is all that an export needs, copied: documents, queries and
 * annotations belong to the main thread and change while a thread writes.
 */
#pragma once

#include "app/export/export.h"

G_BEGIN_DECLS

typedef cairo_surface_t Surface;
typedef cairo_t Context;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Surface, cairo_surface_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Context, cairo_destroy)

/**
 * MonocleExportObject:
 * @upright: around it, in the upright picture: for data
 * @shape: where it is in the picture as it is shown
 * @label: its own, can be empty
 * @title: the same, or a translated name where there is none
 * @number: within its query
 * @colour: of the palette
 * @box: around it, cut to the picture
 */
typedef struct
{
  MonocleRect upright;
  MonocleShape *shape;
  char *label;
  char *title;
  float score;
  guint number;
  guint colour;
  MonocleBox box;
} MonocleExportObject;

/**
 * MonocleExportRegion:
 * @shape: where it is in the picture as it is shown
 * @answer: (nullable): what was said about it
 * @text: (nullable): what lies on it: the answer, if that is short, or its number
 * @score: NaN where there is none
 * @colour: of the palette
 */
typedef struct
{
  MonocleShape *shape;
  char *answer;
  char *text;
  float score;
  guint colour;
} MonocleExportRegion;

/**
 * MonocleExportJob:
 * @image: the picture as it is shown
 * @turn: from the upright picture to that
 * @source: (nullable): file that the picture was read from
 * @original: (nullable): the same, where it has the picture's pixels
 * @objects: (element-type MonocleExportObject)
 * @regions: (element-type MonocleExportRegion)
 * @strip_title: (nullable): what was asked, where there is a strip of text below
 * @text: (nullable): the answer in words
 * @json: (nullable): for data
 * @x, @y, @width, @height: the part of the picture that is taken out, in whole pixels
 * @out_width, @out_height: of the same after scaling
 * @font_px: of labels, in pixels after scaling
 * @strip_height: below that, in pixels after scaling
 */
typedef struct
{
  MonocleImage *image;
  MonocleMatrix turn;
  GFile *source;
  GFile *original;
  GArray *objects;
  GArray *regions;
  char *strip_title;
  char *text;
  char *json;
  MonocleOverlayStyle style;
  double opacity;
  gboolean show_labels;
  gboolean dashes;
  gboolean show_regions;
  guint quality;
  guint x, y, width, height;
  guint out_width, out_height;
  double font_px;
  guint strip_height;
} MonocleExportJob;

/* For the main thread. */
MonocleExportJob *monocle_export_job_new (const MonocleExport *self, MonocleExportContent content);
void monocle_export_job_free (MonocleExportJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleExportJob, monocle_export_job_free)

/* --- Contents of files: export-picture, export-text, export-folder --- */

/* Draws the picture itself and what lies on it; one unit is a pixel after scaling. */
void monocle_export_picture_draw (const MonocleExportJob *job, cairo_t *cr);
/* Pixels of the whole, @factor (up to 1) times as large. */
Surface *monocle_export_picture_render (const MonocleExportJob *job, double factor, GError **error);
GBytes *monocle_export_picture_encode (const MonocleExportJob *job,
                                       const MonocleExportFormat *format,
                                       GError **error);
/* Turns the pixels of @surface, (transfer full), where they are to those of a pixbuf, with alpha if
 * they have it. */
GdkPixbuf *monocle_export_picture_to_pixbuf (Surface *surface);
/* @format: as gdk-pixbuf calls it; what has no alpha shows white. */
GBytes *monocle_export_picture_encode_pixbuf (GdkPixbuf *pixbuf,
                                              const char *format,
                                              guint quality,
                                              GError **error);

/* Draws the strip of text from @y on; without @cr it only measures. Returns its height. */
guint monocle_export_strip_draw (const MonocleExportJob *job, double y, cairo_t *cr);

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
