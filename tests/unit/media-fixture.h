/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Films that tests make for themselves, through GStreamer.
 */
#pragma once

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* Until everything is written. */
static inline void
media_finish (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message
      = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      g_autoptr (GError) error = NULL;

      gst_message_parse_error (message, &error, NULL);
      g_assert_no_error (error);
    }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

/* @description: of a pipeline, as gst-launch has it, without the sink
 *
 * Returns: (transfer full): what it is about to write to the file */
static inline GstElement *
media_start (const char *description, const char *path)
{
  g_autofree char *whole = g_strdup_printf ("%s ! filesink name=file", description);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (whole, &error);
  g_autoptr (GstElement) file = NULL;

  g_assert_no_error (error);
  file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  g_object_set (file, "location", path, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return pipeline;
}

static inline void
media_make (const char *description, const char *path)
{
  media_finish (media_start (description, path));
}

typedef void (*MediaDraw) (guint8 *rgb, guint width, guint height, guint frame);

/* @tail: what makes a file of the frames
 * @caps: of them: how often they come, and what else is not as usual */
static inline void
media_make_film (const char *path,
                 const char *tail,
                 const char *caps,
                 guint width,
                 guint height,
                 guint rate,
                 guint n_frames,
                 MediaDraw draw)
{
  g_autofree char *description = g_strdup_printf (
      "appsrc name=frames format=time caps=video/x-raw,format=RGB,width=%u,height=%u,"
      "%s ! videoconvert ! %s",
      width, height, caps, tail);
  const gsize stride = GST_ROUND_UP_4 ((gsize) width * 3);
  GstElement *pipeline = media_start (description, path);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "frames");

  for (guint i = 0; i < n_frames; i++)
    {
      g_autofree guint8 *rgb = g_new0 (guint8, (gsize) width * height * 3);
      guint8 *rows = g_malloc0 (stride * height);
      GstBuffer *buffer;

      draw (rgb, width, height, i);
      for (guint y = 0; y < height; y++)
        memcpy (rows + y * stride, rgb + (gsize) y * width * 3, (gsize) width * 3);
      buffer = gst_buffer_new_wrapped (rows, stride * height);
      GST_BUFFER_PTS (buffer) = i * GST_SECOND / rate;
      GST_BUFFER_DURATION (buffer) = GST_SECOND / rate;
      g_assert_cmpint (gst_app_src_push_buffer (GST_APP_SRC (source), buffer), ==, GST_FLOW_OK);
    }
  gst_app_src_end_of_stream (GST_APP_SRC (source));
  media_finish (pipeline);
}

G_END_DECLS
