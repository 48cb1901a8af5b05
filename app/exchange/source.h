/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where annotations are read from, and what all readers share: lists of files, names that stay
 * inside a set, pictures that belong to names, errors.
 */
#pragma once

#include <gio/gio.h>

#include "app/exchange/sample.h"

G_BEGIN_DECLS

/* Of one file with what belongs to one picture. */
#define MONOCLE_EXCHANGE_MAX_BYTES (64 * 1024 * 1024)
/* Of a text that is one label. */
#define MONOCLE_EXCHANGE_MAX_LABEL_BYTES 1024

/**
 * MonocleExchangeSource:
 * @path: a file or a folder
 * @images: (nullable): the folder of the pictures, where a person said so
 * @counts_from_0: of Pascal VOC, whose own first pixel is 1: that the first is 0
 * @labels: names that the set knows are added to it
 * @notes: what readers could not understand
 */
typedef struct
{
  const char *path;
  const char *images;
  gboolean counts_from_0;
  MonocleLabels *labels;
  MonocleNotes *notes;
} MonocleExchangeSource;

/**
 * monocle_exchange_list_files:
 * @folder: where
 * @extension: (nullable): without dot, in any case of letters; %NULL: pictures
 *
 * Folders below it too, links to folders not.
 *
 * Errors: where @folder cannot be read.
 *
 * Returns: (transfer full) (element-type filename): paths below @folder, sorted
 */
GPtrArray *monocle_exchange_list_files (const char *folder, const char *extension, GError **error);

/**
 * MonocleExchangeTake:
 * @sample: (transfer none): the next picture
 *
 * Returns: whether to go on
 */
typedef gboolean (*MonocleExchangeTake) (MonocleSample *sample, gpointer user_data, GError **error);

/**
 * MonocleExchangeReadFile:
 * @source: what is read
 * @root: a folder
 * @below: path of the file below it
 * @take, @user_data: what is given each picture of it
 */
typedef gboolean (*MonocleExchangeReadFile) (MonocleExchangeSource *source,
                                             const char *root,
                                             const char *below,
                                             MonocleExchangeTake take,
                                             gpointer user_data,
                                             GError **error);

/**
 * monocle_exchange_read_files:
 * @source: what is read: a file, or a folder
 * @extension: of the files
 * @counts: (nullable): which of them count, by their path below the folder
 * @read_file: reads one
 * @take, @user_data: passed to it
 * @error: return location
 *
 * One file after the other, for formats that have one for each picture or each part of a set.
 */
gboolean monocle_exchange_read_files (MonocleExchangeSource *source,
                                      const char *extension,
                                      gboolean (*counts) (const char *below),
                                      MonocleExchangeReadFile read_file,
                                      MonocleExchangeTake take,
                                      gpointer user_data,
                                      GError **error);

/* Whether a file looks like one, or the first of a folder with that extension. @root: (nullable) */
gboolean monocle_exchange_first_looks (const char *path,
                                       const char *root,
                                       const char *extension,
                                       gboolean (*looks_alike) (const char *path));

/* (transfer full) (element-type filename): @path itself; of a folder those files in it with
 * @extension that look alike */
GPtrArray *monocle_exchange_list_alike (const char *path,
                                        const char *extension,
                                        gboolean (*looks_alike) (const char *path));
/* (transfer full): the same where it is text in one line with slashes alone; else what that comes
 * to: what a set says of a picture must be read again. */
char *monocle_exchange_make_name (const char *name);
/* Whether it is a file with an empty list in JSON: a set of none, of formats that are lists. */
gboolean monocle_exchange_is_empty_list (const char *path);
/* Whether it is a file whose name ends so, in any case of letters. */
gboolean monocle_exchange_has_extension (const char *path, const char *extension);
/* (transfer full): the beginning of a file, for recognising it; "" where there is none */
char *monocle_exchange_peek (const char *path);
/* (transfer full): without its extension */
char *monocle_exchange_strip_extension (const char *name);

/**
 * monocle_exchange_dup_name:
 * @name: of a picture, as a file has it; backslashes are slashes
 * @where: file and place, for the error
 *
 * Errors: where it is absolute, leads out of its folder, or has what no name should have.
 *
 * Returns: (transfer full) (nullable): the name
 */
char *monocle_exchange_dup_name (const char *name, const char *where, GError **error);

/**
 * monocle_exchange_dup_last_name:
 *
 * The same for formats whose programs write where the picture was on their machine: only the last
 * part of such a name is taken.
 */
char *monocle_exchange_dup_last_name (const char *name, const char *where, GError **error);

/**
 * monocle_exchange_source_find_picture:
 * @sample: gets its path, where the picture is there
 * @folder: (nullable): where it would be by the rules of the format
 */
void monocle_exchange_source_find_picture (const MonocleExchangeSource *self,
                                           MonocleSample *sample,
                                           const char *folder);

/**
 * monocle_exchange_measure:
 * @sample: gets its size from its picture, unless it has one
 * @where: file and place, for the error
 *
 * Errors: where there is no picture, or none that can be read.
 */
gboolean monocle_exchange_measure (MonocleSample *sample, const char *where, GError **error);

/* Whether sides of pictures are what they can be; else an error. */
gboolean
monocle_exchange_check_size (gint64 width, gint64 height, const char *where, GError **error);

/**
 * monocle_exchange_read_size:
 * @object: says it in two members, or does not
 * @where: file and place, for the error
 * @width_key: name of the first
 * @height_key: name of the second
 * @width: (out): 0 where neither is there
 * @height: (out): the same
 * @error: return location
 *
 * Returns: whether it is what sides of pictures can be
 */
gboolean monocle_exchange_read_size (JsonObject *object,
                                     const char *where,
                                     const char *width_key,
                                     const char *height_key,
                                     guint *width,
                                     guint *height,
                                     GError **error);

/**
 * monocle_exchange_read_number:
 * @text: a number and nothing else but blanks around it
 *
 * Returns: whether it is a finite number of at most what pixels can be
 */
gboolean monocle_exchange_read_number (const char *text, double *number);

/* Numbers between any of @separators. (nullable): where one of them is none. */
GArray *monocle_exchange_read_numbers (const char *text, const char *separators);

G_END_DECLS
