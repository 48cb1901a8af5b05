/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/media/sound-file.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/base/error.h"
#include "app/media/media-reader.h"

/* Above any that is recorded; audioresample takes memory, without asking, as the rate is high, and
 * audioconvert mixes no more channels. */
#define MOST_RATE     4000000
#define MOST_CHANNELS 63

/* Of channels that stand nowhere audioconvert asks where: nowhere, it is told. */
static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  caps = gst_caps_copy (caps);
  gst_caps_set_simple (caps, "channel-mask", GST_TYPE_BITMASK, (guint64) 0, NULL);
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_caps (caps);
  gst_caps_unref (caps);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

/* The mean of so many channels. */
static void
set_mean (GstElement *mix, int n)
{
  g_auto (GValue) rows = G_VALUE_INIT, row = G_VALUE_INIT, share = G_VALUE_INIT;

  g_value_init (&rows, GST_TYPE_ARRAY);
  g_value_init (&row, GST_TYPE_ARRAY);
  g_value_init (&share, G_TYPE_FLOAT);
  g_value_set_float (&share, 1.0f / (float) n);
  for (int i = 0; i < n; i++)
    gst_value_array_append_value (&row, &share);
  gst_value_array_append_value (&rows, &row);
  g_object_set_property (G_OBJECT (mix), "mix-matrix", &rows);
}

/* Three, or more than eight, of a file that does not say where they stand. */
static void
place_channels (GstPad *pad, const GstStructure *structure, int n, GstElement *format)
{
  g_autoptr (GstObject) tail = gst_object_get_parent (GST_OBJECT (format));
  g_autoptr (GstElement) mix = gst_bin_get_by_name (GST_BIN (tail), "mix");
  guint64 places = 0;

  if (n < 3
      || (gst_structure_get (structure, "channel-mask", GST_TYPE_BITMASK, &places, NULL) && places))
    return;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, NULL, NULL);
  set_mean (mix, n);
}

static const char *
begin (GstPad *pad, const GstCaps *caps, GstElement *format, gpointer data)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  int rate = 0, n = 0;
  g_autoptr (GstCaps) wanted = gst_caps_new_simple (
      "audio/x-raw", "format", G_TYPE_STRING, G_BYTE_ORDER == G_LITTLE_ENDIAN ? "F32LE" : "F32BE",
      "rate", G_TYPE_INT, MONOCLE_SOUND_RATE, "channels", G_TYPE_INT, 1, "layout", G_TYPE_STRING,
      "interleaved", NULL);

  if (!gst_structure_get_int (structure, "rate", &rate) || rate < 1 || rate > MOST_RATE
      || !gst_structure_get_int (structure, "channels", &n) || n < 1 || n > MOST_CHANNELS)
    return _ (
        "This sound has more channels, or more samples a second, than any that can be heard.");
  place_channels (pad, structure, n, format);
  g_object_set (format, "caps", wanted, NULL);
  return NULL;
}

static const MonocleMediaKind kind = {
  .media = "audio/x-raw",
  .lacking = N_ ("There is no sound in this file."),
  .tail = "audioconvert name=mix ! audioresample quality=10 ! capsfilter name=format",
  .begin = begin,
};

/* What was heard so far. */
typedef struct
{
  GArray *samples; /* of float */
  double from;     /* what is before is not wanted */
  guint64 next;    /* where the next piece begins that does not say it, in samples */
} Ear;

/* Where it cannot go to another second, or not exactly there, what is before is left out. */
static void
take (Ear *ear, GstSample *piece, const float *values, gsize n)
{
  const GstSegment *segment = gst_sample_get_segment (piece);
  const GstClockTime stamp = GST_BUFFER_PTS (gst_sample_get_buffer (piece));
  const guint64 time = GST_CLOCK_TIME_IS_VALID (stamp) && segment->format == GST_FORMAT_TIME
                           ? gst_segment_to_stream_time (segment, GST_FORMAT_TIME, stamp)
                           : GST_CLOCK_TIME_NONE;
  const guint64 wanted = (guint64) llround (ear->from * MONOCLE_SOUND_RATE);
  const guint64 first = GST_CLOCK_TIME_IS_VALID (time)
                            ? gst_util_uint64_scale_round (time, MONOCLE_SOUND_RATE, GST_SECOND)
                            : ear->next;
  /* Stamps are no numbers of samples: behind the first piece the others follow. */
  const gsize skip = ear->samples->len > 0 || first >= wanted ? 0 : MIN (wanted - first, n);

  ear->next = first + n;
  g_array_append_vals (
      ear->samples, values + skip,
      (guint) MIN (n - skip, MONOCLE_SOUND_MOST_HEARD - (gsize) ear->samples->len));
}

/* Until there is enough, or nothing comes. */
static void
take_all (Ear *ear, MonocleMediaReader *reader, GError **error)
{
  GstSample *piece;

  while (ear->samples->len < MONOCLE_SOUND_MOST_HEARD
         && (piece = monocle_media_reader_pull (reader, error)))
    {
      GstBuffer *buffer = gst_sample_get_buffer (piece);
      GstMapInfo map;

      if (buffer && gst_buffer_map (buffer, &map, GST_MAP_READ))
        {
          take (ear, piece, (const float *) map.data, map.size / sizeof (float));
          gst_buffer_unmap (buffer, &map);
        }
      gst_sample_unref (piece);
    }
}

/* Nothing, or next to nothing, came. */
static void
refuse (double from, double duration, gsize n, GError **error)
{
  if (from > 0 && duration > 0)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                 _ ("This sound is over after %.1f seconds: nothing begins at second %.1f."),
                 duration, from);
  else if (from > 0)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                 _ ("This sound is over before second %.1f."), from);
  else if (n > 0)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                 _ ("This sound is too short: it has less than %.1f seconds."),
                 MONOCLE_SOUND_FILE_LEAST);
  else
    g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                         _ ("There is no sound in this file."));
}

MonocleSound *
monocle_sound_file_read (
    GFile *file, double from, double *duration, GCancellable *cancellable, GError **error)
{
  g_autoptr (MonocleMediaReader) reader = NULL;
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (float));
  Ear ear = { .samples = samples, .from = from };
  g_autoptr (GError) problem = NULL;
  double seconds;
  gsize n;

  g_return_val_if_fail (from >= 0, NULL);

  reader = monocle_media_reader_open (file, &kind, NULL, NULL, cancellable, error);
  if (!reader)
    return NULL;
  seconds = monocle_media_reader_get_duration (reader);
  if (duration)
    *duration = seconds;
  if (seconds > 0 && from >= seconds)
    {
      refuse (from, seconds, 0, error);
      return NULL;
    }
  if (from > 0 && !monocle_media_reader_seek (reader, from, error))
    return NULL;
  take_all (&ear, reader, &problem);
  n = samples->len;
  if (problem && (n == 0 || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    g_propagate_error (error, g_steal_pointer (&problem));
  else if (n < MONOCLE_SOUND_FILE_LEAST * MONOCLE_SOUND_RATE)
    refuse (from, seconds, n, error);
  else
    return monocle_sound_new_take ((float *) g_array_free (g_steal_pointer (&samples), FALSE), n);
  return NULL;
}
