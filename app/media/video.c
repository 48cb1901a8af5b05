/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/media/video.h"

#include <glib/gi18n-lib.h>
#include <gst/video/video.h>
#include <math.h>

#include "app/base/error.h"
#include "app/media/media-reader.h"
#include "app/media/media-size.h"

/* Above it a rate is none, but what some files say of whose rate nobody knows. */
#define MOST_TRUE_RATE 1000

/* Of a file: as many bytes say what it is. */
#define HEAD 4096

/* --- which frames ------------------------------------------------------------------------- */

/* Lives as long as the pipeline, in whose threads it is used. */
typedef struct
{
  MonocleVideoPart part;
  double film_rate; /* 0: unknown */
  guint every;      /* 0: by their times */
  GstSegment segment;
  guint64 n;  /* frames from the beginning of the part on */
  double due; /* when the next one is taken */
  gboolean has_any;
} Picker;

static void
begin_again (Picker *picker)
{
  picker->n = 0;
  picker->due = picker->part.from;
}

/* In seconds; -1: nobody knows. */
static double
get_time (const GstSegment *segment, const GstBuffer *buffer)
{
  const GstClockTime at
      = gst_segment_to_stream_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));

  return GST_CLOCK_TIME_IS_VALID (at) ? (double) at / GST_SECOND : -1;
}

/* How much earlier than it is wanted a frame may come. */
static double
get_half (const Picker *picker)
{
  return picker->film_rate > 0 ? 0.5 / picker->film_rate : 0.001;
}

static gboolean
is_too_early (const Picker *picker, double time)
{
  return time >= 0 && time < picker->part.from - get_half (picker);
}

static gboolean
is_picked (Picker *picker, const GstBuffer *buffer)
{
  const double time = get_time (&picker->segment, buffer);
  const double half = get_half (picker);

  if (is_too_early (picker, time))
    return FALSE;
  /* Of the one before, decoders leave the end. */
  if (picker->part.from > 0 && picker->n == 0 && GST_BUFFER_DURATION_IS_VALID (buffer)
      && (double) GST_BUFFER_DURATION (buffer) / GST_SECOND < half)
    return FALSE;
  if (picker->every > 0 || time < 0)
    return picker->n++ % MAX (picker->every, 1) == 0;
  if (time < picker->due - half)
    return FALSE;
  picker->n++;
  picker->due = MAX (picker->due, time) + 1 / picker->part.rate;
  return TRUE;
}

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Picker *picker = data;
  gboolean is_wanted;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
    {
      GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

      if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
        {
          gst_event_copy_segment (event, &picker->segment);
          begin_again (picker);
        }
      return GST_PAD_PROBE_OK;
    }
  /* With the first one it is open. Were that the first that is wanted, all before it would be
   * decoded, which can be hours, instead of going there. */
  is_wanted = is_picked (picker, GST_PAD_PROBE_INFO_BUFFER (info)) || !picker->has_any;
  picker->has_any = TRUE;
  return is_wanted ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
find_rate (Picker *picker, const GstVideoInfo *info)
{
  const double rate = GST_VIDEO_INFO_FPS_D (info) > 0
                          ? (double) GST_VIDEO_INFO_FPS_N (info) / GST_VIDEO_INFO_FPS_D (info)
                          : 0;

  picker->film_rate = rate > 0 && rate <= MOST_TRUE_RATE ? rate : 0;
  /* Of those that are wanted hardly ever, the first one. */
  picker->every = picker->film_rate > 0
                      ? (guint) CLAMP (picker->film_rate / picker->part.rate + 0.5, 1, G_MAXINT)
                      : 0;
}

static const char *
begin (GstPad *pad, const GstCaps *caps, GstElement *format, gpointer data)
{
  Picker *picker = data;
  g_autoptr (GstCaps) wanted = NULL;
  GstVideoInfo info;
  double width, height, scale;

  gst_segment_init (&picker->segment, GST_FORMAT_TIME);
  if (!gst_video_info_from_caps (&info, caps) || GST_VIDEO_INFO_WIDTH (&info) <= 0
      || GST_VIDEO_INFO_HEIGHT (&info) <= 0)
    return _ ("There are no pictures in this file.");
  if (monocle_media_size_claims_too_much (gst_caps_get_structure (caps, 0)))
    return _ ("The pictures of this film are too large.");
  /* Its pixels need not be square. */
  width = (double) GST_VIDEO_INFO_WIDTH (&info) * MAX (GST_VIDEO_INFO_PAR_N (&info), 1)
          / MAX (GST_VIDEO_INFO_PAR_D (&info), 1);
  height = GST_VIDEO_INFO_HEIGHT (&info);
  scale = MIN (picker->part.most_side / MAX (width, height), 1);
  wanted = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "RGB", "width", G_TYPE_INT,
                                (int) CLAMP (lround (width * scale), 1, picker->part.most_side),
                                "height", G_TYPE_INT,
                                (int) CLAMP (lround (height * scale), 1, picker->part.most_side),
                                "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);
  g_object_set (format, "caps", wanted, NULL);
  find_rate (picker, &info);
  begin_again (picker);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_frame,
                     picker, NULL);
  return NULL;
}

static const MonocleMediaKind kind = {
  .media = "video/x-raw",
  .lacking = N_ ("There are no pictures in this file."),
  .tail = "videoscale add-borders=false ! videoconvert ! capsfilter name=format ! "
          "videoflip video-direction=auto",
  .begin = begin,
};

/* --- reading ------------------------------------------------------------------------------ */

gboolean
monocle_video_is_likely (GFile *file, GCancellable *cancellable)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree char *type = NULL;
  guint8 head[HEAD];
  gsize n;

  /* Opening a pipe can wait for ever. */
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) != G_FILE_TYPE_REGULAR)
    return FALSE;
  stream = g_file_read (file, cancellable, NULL);
  if (!stream
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), head, sizeof head, &n, cancellable,
                                   NULL))
    return FALSE;
  type = g_content_type_guess (name, head, n, NULL);
  return g_content_type_is_a (type, "video/*") || g_content_type_is_a (type, "application/ogg")
         || g_content_type_is_a (type, "application/mxf");
}

/* (transfer full) (nullable) */
static MonocleImage *
take_frame (GstSample *sample, GError **error)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstCaps *caps = gst_sample_get_caps (sample);
  MonocleImage *image = NULL;
  GstVideoInfo info;
  GstVideoFrame frame;

  if (buffer && caps && gst_video_info_from_caps (&info, caps)
      && GST_VIDEO_INFO_FORMAT (&info) == GST_VIDEO_FORMAT_RGB
      && gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ))
    {
      image = monocle_image_new_from_pixels ((guint) GST_VIDEO_FRAME_WIDTH (&frame),
                                             (guint) GST_VIDEO_FRAME_HEIGHT (&frame),
                                             (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                                             GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), error);
      gst_video_frame_unmap (&frame);
      return image;
    }
  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                       _ ("This file is damaged, or of a kind that cannot be read here."));
  return NULL;
}

static gboolean
check_start (const MonocleVideoPart *part, double duration, GError **error)
{
  if (duration <= 0 || part->from < duration)
    return TRUE;
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
               _ ("This film is over after %.1f seconds: nothing begins at second %.1f."), duration,
               part->from);
  return FALSE;
}

/* Where it cannot go to another second, the first one it has is from the beginning. */
static gboolean
is_before (const Picker *picker, GstSample *sample)
{
  const GstBuffer *buffer = gst_sample_get_buffer (sample);

  return buffer && is_too_early (picker, get_time (gst_sample_get_segment (sample), buffer));
}

static GPtrArray *
take_frames (MonocleMediaReader *reader, const Picker *picker, GError **error)
{
  const MonocleVideoPart *part = &picker->part;
  g_autoptr (GPtrArray) frames
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  g_autoptr (GError) problem = NULL;

  while (frames->len < part->most_frames)
    {
      g_autoptr (GstSample) sample = monocle_media_reader_pull (reader, &problem);
      MonocleImage *frame;

      if (sample && is_before (picker, sample))
        continue;
      frame = sample ? take_frame (sample, &problem) : NULL;
      if (!frame)
        break;
      g_ptr_array_add (frames, frame);
    }
  if (problem && (frames->len == 0 || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (frames->len > 0)
    return g_steal_pointer (&frames);
  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                       part->from > 0 ? _ ("From there on there are no pictures in this film.")
                                      : _ ("There are no pictures in this file."));
  return NULL;
}

GPtrArray *
monocle_video_read (GFile *file,
                    const MonocleVideoPart *part,
                    MonocleVideoInfo *info,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (MonocleMediaReader) reader = NULL;
  Picker *picker;

  g_return_val_if_fail (part->rate > 0 && part->from >= 0, NULL);
  g_return_val_if_fail (part->most_frames > 0 && part->most_side > 0, NULL);

  *info = (MonocleVideoInfo){ 0 };
  picker = g_new0 (Picker, 1);
  picker->part = *part;
  reader = monocle_media_reader_open (file, &kind, picker, g_free, cancellable, error);
  if (!reader)
    return NULL;
  info->duration = monocle_media_reader_get_duration (reader);
  info->rate = picker->every > 0 ? picker->film_rate / picker->every : 0;
  if (!check_start (part, info->duration, error)
      || (part->from > 0 && !monocle_media_reader_seek (reader, part->from, error)))
    return NULL;
  return take_frames (reader, picker, error);
}
