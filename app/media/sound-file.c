/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/media/sound.h"

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/media/media-reader.h"

static const char *
begin (GstPad *pad, const GstCaps *caps, GstElement *format, gpointer data)
{
  g_autoptr (GstCaps) wanted = gst_caps_new_simple (
      "audio/x-raw", "format", G_TYPE_STRING, G_BYTE_ORDER == G_LITTLE_ENDIAN ? "F32LE" : "F32BE",
      "rate", G_TYPE_INT, MONOCLE_SOUND_RATE, "channels", G_TYPE_INT, 1, "layout", G_TYPE_STRING,
      "interleaved", NULL);

  g_object_set (format, "caps", wanted, NULL);
  return NULL;
}

static const MonocleMediaKind kind = {
  .media = "audio/x-raw",
  .lacking = N_ ("There is no sound in this file."),
  .tail = "audioconvert ! audioresample quality=10 ! capsfilter name=format",
  .begin = begin,
};

float *
monocle_sound_read (
    GFile *file, gsize most_samples, gsize *n_samples, GCancellable *cancellable, GError **error)
{
  g_autoptr (MonocleMediaReader) reader
      = monocle_media_reader_open (file, &kind, NULL, NULL, cancellable, error);
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GError) problem = NULL;
  GstSample *piece;

  *n_samples = 0;
  if (!reader)
    return NULL;
  while (samples->len < most_samples && (piece = monocle_media_reader_pull (reader, &problem)))
    {
      GstBuffer *buffer = gst_sample_get_buffer (piece);
      GstMapInfo map;

      if (buffer && gst_buffer_map (buffer, &map, GST_MAP_READ))
        {
          const gsize n = MIN (map.size / sizeof (float), most_samples - samples->len);

          g_array_append_vals (samples, map.data, (guint) n);
          gst_buffer_unmap (buffer, &map);
        }
      gst_sample_unref (piece);
    }
  if (samples->len == 0 || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (problem)
        g_propagate_error (error, g_steal_pointer (&problem));
      else
        g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                             _ ("There is no sound in this file."));
      return NULL;
    }
  *n_samples = samples->len;
  return (float *) g_array_free (g_steal_pointer (&samples), FALSE);
}
