/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stream of a file on this computer, decoded and brought into one format. Private to app/media.
 */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MonocleMediaKind:
 * @media: caps of what is wanted of the file
 * @lacking: what to say where there is no such thing
 * @tail: elements that bring it into a format, of which one is called `format`
 * @begin: called once in another thread, with what is decoded and what must be told the format;
 *   what keeps it from being read, in words for the person, else %NULL
 */
typedef struct
{
  const char *media;
  const char *lacking;
  const char *tail;
  const char *(*begin) (GstPad *pad, const GstCaps *caps, GstElement *format, gpointer data);
} MonocleMediaKind;

typedef struct _MonocleMediaReader MonocleMediaReader;

/**
 * monocle_media_reader_open:
 * @file: on this computer
 * @kind: what is wanted of it; static
 * @data: (transfer full): for `begin`
 * @data_free: used in any thread, once nothing is decoded any more
 * @cancellable: (nullable)
 * @error: return location
 *
 * Waits until something is decoded, or it is known that nothing will be.
 *
 * Returns: (transfer full) (nullable)
 */
MonocleMediaReader *monocle_media_reader_open (GFile *file,
                                               const MonocleMediaKind *kind,
                                               gpointer data,
                                               GDestroyNotify data_free,
                                               GCancellable *cancellable,
                                               GError **error);

/* In seconds; 0: nobody knows. */
double monocle_media_reader_get_duration (MonocleMediaReader *self);

/* Goes there where that can be done; who takes what is decoded looks at its time all the same. */
gboolean monocle_media_reader_seek (MonocleMediaReader *self, double from, GError **error);

/**
 * monocle_media_reader_pull:
 * @self: a reader
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what comes next; %NULL without an error: nothing does
 */
GstSample *monocle_media_reader_pull (MonocleMediaReader *self, GError **error);

void monocle_media_reader_close (MonocleMediaReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleMediaReader, monocle_media_reader_close)

/* For tests: seconds without anything new after which it is given up. */
void monocle_media_reader_set_patience (double seconds);

G_END_DECLS
