/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tells a file from what it was before without reading it: its size, and when it was changed.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MonocleStamp:
 * @size: in bytes; -1: not known
 * @modified: in microseconds since 1970
 */
typedef struct
{
  gint64 size;
  gint64 modified;
} MonocleStamp;

#define MONOCLE_STAMP_UNKNOWN ((MonocleStamp) { -1, 0 })

/* What monocle_stamp_of_info() needs to know. */
#define MONOCLE_STAMP_ATTRIBUTES                                                                   \
  G_FILE_ATTRIBUTE_STANDARD_SIZE                                                                   \
  "," G_FILE_ATTRIBUTE_TIME_MODIFIED "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC

/* @info: (nullable) */
static inline MonocleStamp
monocle_stamp_of_info (GFileInfo *info)
{
  if (!info || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_STANDARD_SIZE)
      || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_TIME_MODIFIED))
    return MONOCLE_STAMP_UNKNOWN;
  return (MonocleStamp) {
    .size = g_file_info_get_size (info),
    .modified = (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED)
                    * G_USEC_PER_SEC
                + g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC),
  };
}

static inline gboolean
monocle_stamp_is_known (const MonocleStamp *stamp)
{
  return stamp->size >= 0;
}

static inline gboolean
monocle_stamp_equal (const MonocleStamp *a, const MonocleStamp *b)
{
  return a->size == b->size && a->modified == b->modified;
}

/* Whether they may be of the same file: where one is not known nothing speaks against it. */
static inline gboolean
monocle_stamp_agree (const MonocleStamp *a, const MonocleStamp *b)
{
  return !monocle_stamp_is_known (a) || !monocle_stamp_is_known (b) || monocle_stamp_equal (a, b);
}

G_END_DECLS
