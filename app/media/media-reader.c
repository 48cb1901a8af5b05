/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/media/media-reader.h"

#include <glib/gi18n-lib.h>
#include <gst/app/gstappsink.h>
#include <gst/pbutils/pbutils.h>

#include "app/base/error.h"
#include "app/media/media-plugins.h"
#include "app/media/media-size.h"

/* How long is waited for a message or a piece before somebody may have changed his mind. */
#define TURN (50 * GST_MSECOND)

/* Seconds without anything new after which a decoder is taken to hang; the same where nothing is
 * read any more, so that it has all that it will get. */
#define PATIENCE      30
#define LAST_PATIENCE 5

/* Seconds in which nobody works after which nobody will. */
#define REST 1

/* Reading on is something new until the file was read so often. */
#define MOST_READINGS 4

/* How the signal of decodebin is answered, which no header says. */
#define TRY_IT   0
#define LEAVE_IT 1 /* as it is */
#define SKIP_IT  2

struct _MonocleMediaReader
{
  const MonocleMediaKind *kind;
  gpointer data;
  GDestroyNotify data_free;
  GCancellable *cancellable; /* (nullable) */
  GstElement *pipeline, *decoder, *tail, *format, *sink;
  GstBus *bus;
  guint64 size;
  gboolean is_stuck;

  /* Threads of the pipeline write these. */
  GMutex lock;
  guint64 n_read;
  guint n_decoded;
  gboolean has_stream, is_listed, refers;
  const char *fault;

  /* Of the one that waits. */
  guint64 seen_read;
  guint seen_decoded;
  gint64 last_news;
  gint64 rests_since; /* 0: somebody works, as far as it is known */
  char *missing;
  const char *package; /* that has it */
};

static gboolean
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE, words);
  return FALSE;
}

static void
wake (MonocleMediaReader *self)
{
  gst_element_post_message (self->pipeline,
                            gst_message_new_application (GST_OBJECT (self->pipeline),
                                                         gst_structure_new_empty ("monocle-look")));
}

static void
set_fault (MonocleMediaReader *self, const char *fault)
{
  g_mutex_lock (&self->lock);
  self->fault = fault;
  g_mutex_unlock (&self->lock);
  wake (self);
}

/* --- what claims to be huge --------------------------------------------------------------- */

static void
on_too_large (gpointer reader)
{
  set_fault (reader, _ ("The pictures of this film are too large."));
}

/* What nobody wants is not decoded; what is wanted, once it was seen how large it is. */
static int
check_claim (MonocleMediaReader *self,
             GstPad *pad,
             const GstStructure *structure,
             GstElementFactory *factory)
{
  const gboolean wants_pictures = g_str_has_prefix (self->kind->media, "video/");

  if (monocle_media_plugins_is_decoder (factory, wants_pictures ? "Audio" : "Video"))
    return LEAVE_IT;
  if (!wants_pictures || !monocle_media_plugins_is_decoder (factory, "Video"))
    return TRY_IT;
  if (monocle_media_size_claims_too_much (structure))
    {
      on_too_large (self);
      return LEAVE_IT;
    }
  monocle_media_size_watch (pad, gst_structure_get_name (structure), on_too_large, self);
  return TRY_IT;
}

/* --- what may be used --------------------------------------------------------------------- */

static int
on_select (GstElement *decoder,
           GstPad *pad,
           GstCaps *caps,
           GstElementFactory *factory,
           MonocleMediaReader *self)
{
  const GstStructure *structure
      = gst_caps_get_size (caps) > 0 ? gst_caps_get_structure (caps, 0) : NULL;
  int answer = monocle_media_plugins_may_decode (factory) ? TRY_IT : SKIP_IT;

  if (structure && monocle_media_plugins_is_list (gst_structure_get_name (structure)))
    {
      answer = SKIP_IT;
      g_mutex_lock (&self->lock);
      self->refers = TRUE;
      g_mutex_unlock (&self->lock);
    }
  return structure && answer == TRY_IT ? check_claim (self, pad, structure, factory) : answer;
}

/* --- what the pipeline says --------------------------------------------------------------- */

static GstPadProbeReturn
on_read (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  MonocleMediaReader *self = data;

  if (GST_PAD_PROBE_INFO_BUFFER (info))
    {
      g_mutex_lock (&self->lock);
      self->n_read += gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
      g_mutex_unlock (&self->lock);
    }
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_decoded (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  MonocleMediaReader *self = data;

  g_mutex_lock (&self->lock);
  self->n_decoded++;
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

/* The first stream of its kind. */
static void
on_pad_added (GstElement *decoder, GstPad *pad, MonocleMediaReader *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstPad) sink = NULL;
  const char *fault;
  gboolean is_wanted;

  if (!caps || gst_caps_get_size (caps) == 0
      || !g_str_equal (gst_structure_get_name (gst_caps_get_structure (caps, 0)),
                       self->kind->media))
    return;
  g_mutex_lock (&self->lock);
  is_wanted = !self->has_stream;
  self->has_stream = TRUE;
  g_mutex_unlock (&self->lock);
  if (!is_wanted)
    return;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_decoded, self, NULL);
  fault = self->kind->begin (pad, caps, self->format, self->data);
  sink = gst_element_get_static_pad (self->tail, "sink");
  if (fault || GST_PAD_LINK_FAILED (gst_pad_link (pad, sink)))
    set_fault (self, fault ? fault : _ (self->kind->lacking));
}

static void
on_no_more_pads (GstElement *decoder, MonocleMediaReader *self)
{
  g_mutex_lock (&self->lock);
  self->is_listed = TRUE;
  g_mutex_unlock (&self->lock);
  wake (self);
}

/* --- waiting ------------------------------------------------------------------------------ */

/* A decoder that is not there, if it is not one for what nobody wants. */
static void
note_missing (MonocleMediaReader *self, GstMessage *message)
{
  static const char *const kinds[] = { "audio/", "video/", "text/" };
  const char *name = "";
  g_autoptr (GstCaps) caps = NULL;

  if (gst_structure_get (gst_message_get_structure (message), "detail", GST_TYPE_CAPS, &caps, NULL)
      && caps && gst_caps_get_size (caps) > 0)
    name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  if (monocle_media_plugins_is_list (name))
    {
      g_mutex_lock (&self->lock);
      self->refers = TRUE;
      g_mutex_unlock (&self->lock);
    }
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (name, kinds[i]) && !g_str_has_prefix (self->kind->media, kinds[i]))
      return;
  g_free (self->missing);
  self->missing = gst_missing_plugin_message_get_description (message);
  self->package = monocle_media_plugins_find_package (name);
}

/* @of: (nullable): what GStreamer says, in words that are no person's */
static gboolean
explain (MonocleMediaReader *self, const GError *of, GError **error)
{
  if (self->missing)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                   /* Translators: what is missing, in GStreamer's words, and a package */
                   _ ("Something that reads it is not installed: %s. On Debian and Ubuntu the "
                      "package %s has it, as a rule."),
                   self->missing, self->package);
      return FALSE;
    }
  if (of
      && (g_error_matches (of, GST_STREAM_ERROR, GST_STREAM_ERROR_TYPE_NOT_FOUND)
          || g_error_matches (of, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE)))
    return refuse (error, _ ("This is no file of a kind that can be read here: neither a film nor "
                             "sound."));
  if (of
      && (g_error_matches (of, GST_STREAM_ERROR, GST_STREAM_ERROR_DECRYPT)
          || g_error_matches (of, GST_STREAM_ERROR, GST_STREAM_ERROR_DECRYPT_NOKEY)))
    return refuse (error, _ ("It is encrypted."));
  if (of && g_error_matches (of, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND))
    return refuse (error, _ (self->kind->lacking));
  return refuse (error, _ ("This file is damaged, or of a kind that cannot be read here."));
}

/* Who still does something: threads that read, and others that work on what was read. */
typedef struct
{
  gboolean reads, works;
} Activity;

static void
look_at_pads (const GValue *item, gpointer user_data)
{
  GstElement *element = g_value_get_object (item);
  Activity *activity = user_data;

  GST_OBJECT_LOCK (element);
  for (GList *at = element->pads; at; at = at->next)
    {
      GstPad *pad = at->data;

      GST_OBJECT_LOCK (pad);
      if (GST_PAD_TASK (pad) && gst_task_get_state (GST_PAD_TASK (pad)) == GST_TASK_STARTED)
        {
          activity->works = TRUE;
          /* What drives others pulls at its sink. */
          activity->reads = activity->reads || GST_PAD_IS_SINK (pad)
                            || GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SOURCE);
        }
      GST_OBJECT_UNLOCK (pad);
    }
  GST_OBJECT_UNLOCK (element);
}

static Activity
find_activity (MonocleMediaReader *self)
{
  GstIterator *iterator = gst_bin_iterate_recurse (GST_BIN (self->pipeline));
  Activity activity = { 0 };

  /* Where some came or went meanwhile, something is done. */
  if (gst_iterator_foreach (iterator, look_at_pads, &activity) != GST_ITERATOR_DONE)
    activity.reads = activity.works = TRUE;
  gst_iterator_free (iterator);
  return activity;
}

/* What keeps it from going on, as far as it is known. */
static gboolean
check (MonocleMediaReader *self, const Activity *activity, GError **error)
{
  const gint64 now = g_get_monotonic_time ();
  gboolean refers, is_lacking, is_new;
  const char *fault;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    {
      self->is_stuck = TRUE;
      return FALSE;
    }
  g_mutex_lock (&self->lock);
  refers = self->refers;
  fault = self->fault;
  is_lacking = self->is_listed && !self->has_stream;
  is_new = self->n_decoded != self->seen_decoded
           || (self->n_read != self->seen_read && self->n_read < MOST_READINGS * self->size);
  self->seen_decoded = self->n_decoded;
  self->seen_read = self->n_read;
  g_mutex_unlock (&self->lock);

  if (refers)
    return refuse (error, _ ("This file only names others, or addresses: it is not opened. Open "
                             "the film itself."));
  if (fault)
    return refuse (error, fault);
  if (is_lacking)
    return self->missing ? explain (self, NULL, error) : refuse (error, _ (self->kind->lacking));
  if (is_new)
    self->last_news = now;
  if (now - self->last_news > (activity->reads ? PATIENCE : LAST_PATIENCE) * G_USEC_PER_SEC)
    {
      self->is_stuck = TRUE;
      return refuse (error, _ ("Reading it was given up: nothing came any more."));
    }
  return TRUE;
}

/* Whether nobody worked for a while: where one thread hands over to the next, nobody does for a
 * moment, which is longer on a busy machine. */
static gboolean
has_rested (MonocleMediaReader *self, gboolean works)
{
  const gint64 now = g_get_monotonic_time ();

  if (works)
    self->rests_since = 0;
  else if (self->rests_since == 0)
    self->rests_since = now;
  return self->rests_since != 0 && now - self->rests_since > REST * G_USEC_PER_SEC;
}

/* @activity: what was done before
 * @type: (out): of the message, else 0
 *
 * Returns: %FALSE where it does not go on */
static gboolean
look (MonocleMediaReader *self,
      const Activity *activity,
      GstClockTime time,
      GstMessageType *type,
      GError **error)
{
  g_autoptr (GstMessage) message
      = gst_bus_timed_pop_filtered (self->bus, time,
                                    GST_MESSAGE_ERROR | GST_MESSAGE_EOS | GST_MESSAGE_ASYNC_DONE
                                        | GST_MESSAGE_ELEMENT | GST_MESSAGE_APPLICATION);

  *type = message ? GST_MESSAGE_TYPE (message) : 0;
  if (message && gst_is_missing_plugin_message (message))
    note_missing (self, message);
  if (!check (self, activity, error))
    return FALSE;
  /* decodebin drops errors of what it has just put in, whose threads may run already
   * (gst_decode_bin_handle_message() of GStreamer 1.22): nothing is said, and nobody goes on. */
  if (has_rested (self, message || activity->works))
    return explain (self, NULL, error);
  if (*type == GST_MESSAGE_ERROR)
    {
      g_autoptr (GError) of = NULL;
      g_autofree char *where = NULL;

      gst_message_parse_error (message, &of, &where);
      g_debug ("%s: %s (%s)", GST_MESSAGE_SRC_NAME (message), of->message, where);
      return explain (self, of, error);
    }
  return TRUE;
}

/* Until the first piece is there, or it is known that there is none. */
static gboolean
wait_for_start (MonocleMediaReader *self, GError **error)
{
  GstMessageType type = 0;

  self->last_news = g_get_monotonic_time ();
  self->rests_since = 0;
  while (type != GST_MESSAGE_ASYNC_DONE && type != GST_MESSAGE_EOS)
    {
      /* Before it waits: what is said comes before who says it rests. */
      const Activity activity = find_activity (self);

      if (!look (self, &activity, TURN, &type, error))
        return FALSE;
    }
  return TRUE;
}

/* --- opening ------------------------------------------------------------------------------ */

/* (transfer full) (nullable) */
static char *
find_path (GFile *file, guint64 *size, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                           G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (!info)
    return NULL;
  *size = (guint64) g_file_info_get_size (info);
  if (!path)
    refuse (error, _ ("Only files of this computer can be read: copy it here."));
  else if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    refuse (error, _ ("This is a folder."));
  else if (g_file_info_get_file_type (info) == G_FILE_TYPE_SYMBOLIC_LINK)
    refuse (error, _ ("This link leads nowhere."));
  else if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    refuse (error, _ ("This is a device or a pipe, not a file."));
  else if (*size == 0)
    refuse (error, _ ("This file is empty."));
  else
    return g_steal_pointer (&path);
  return NULL;
}

/* The library, once. It may look for what is installed, which takes a second. */
static gboolean
start_library (GError **error)
{
  static GMutex lock;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_autoptr (GError) problem = NULL;

  if (gst_is_initialized ())
    return TRUE;
  gst_segtrap_set_enabled (FALSE);
  if (!gst_init_check (NULL, NULL, &problem))
    {
      g_debug ("%s", problem->message);
      return refuse (error, _ ("GStreamer, which reads films and sound, does not start."));
    }
  gst_pb_utils_init ();
  return TRUE;
}

/* The pipeline but for what decodebin finds. */
static gboolean
build (MonocleMediaReader *self, const char *path, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GstPad) pad = NULL;
  GstElement *source = gst_element_factory_make ("filesrc", NULL);

  self->decoder = gst_element_factory_make ("decodebin", NULL);
  self->sink = gst_element_factory_make ("appsink", NULL);
  self->tail = gst_parse_bin_from_description (self->kind->tail, TRUE, &problem);
  if (!source || !self->decoder || !self->sink || !self->tail)
    {
      g_clear_pointer (&source, gst_object_unref);
      g_clear_pointer (&self->decoder, gst_object_unref);
      g_clear_pointer (&self->sink, gst_object_unref);
      g_clear_pointer (&self->tail, gst_object_unref);
      return refuse (error,
                     _ ("Parts of GStreamer are not installed. On Debian and Ubuntu: the "
                        "packages gstreamer1.0-plugins-base and gstreamer1.0-plugins-good."));
    }
  self->format = gst_bin_get_by_name (GST_BIN (self->tail), "format");
  gst_bin_add_many (GST_BIN (self->pipeline), source, self->decoder, self->tail, self->sink, NULL);
  gst_element_link (source, self->decoder);
  gst_element_link (self->tail, self->sink);
  g_object_set (source, "location", path, NULL);
  g_object_set (self->decoder, "force-sw-decoders", TRUE, NULL);
  g_object_set (self->sink, "sync", FALSE, "max-buffers", 4, "emit-signals", FALSE, NULL);
  pad = gst_element_get_static_pad (source, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_PULL, on_read, self, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_PUSH, on_read, self, NULL);
  g_signal_connect (self->decoder, "autoplug-select", G_CALLBACK (on_select), self);
  g_signal_connect (self->decoder, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (self->decoder, "no-more-pads", G_CALLBACK (on_no_more_pads), self);
  return TRUE;
}

MonocleMediaReader *
monocle_media_reader_open (GFile *file,
                           const MonocleMediaKind *kind,
                           gpointer data,
                           GDestroyNotify data_free,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (MonocleMediaReader) self = g_new0 (MonocleMediaReader, 1);
  g_autofree char *path = NULL;

  self->kind = kind;
  self->data = data;
  self->data_free = data_free;
  g_set_object (&self->cancellable, cancellable);
  g_mutex_init (&self->lock);
  path = find_path (file, &self->size, cancellable, error);
  if (!path || !start_library (error))
    return NULL;
  self->pipeline = gst_pipeline_new (NULL);
  gst_object_ref_sink (self->pipeline);
  self->bus = gst_element_get_bus (self->pipeline);
  if (!build (self, path, error))
    return NULL;
  /* What goes wrong is said by a message. */
  gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
  return wait_for_start (self, error) ? g_steal_pointer (&self) : NULL;
}

double
monocle_media_reader_get_duration (MonocleMediaReader *self)
{
  gint64 duration = 0;

  if (!gst_element_query_duration (self->pipeline, GST_FORMAT_TIME, &duration) || duration <= 0)
    return 0;
  return (double) duration / GST_SECOND;
}

gboolean
monocle_media_reader_seek (MonocleMediaReader *self, double from, GError **error)
{
  /* What cannot is read from its beginning. */
  if (!gst_element_seek_simple (self->pipeline, GST_FORMAT_TIME,
                                GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE,
                                (gint64) (from * GST_SECOND)))
    return TRUE;
  return wait_for_start (self, error);
}

GstSample *
monocle_media_reader_pull (MonocleMediaReader *self, GError **error)
{
  GstMessageType type;

  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  self->last_news = g_get_monotonic_time ();
  self->rests_since = 0;
  while (TRUE)
    {
      const Activity activity = find_activity (self);
      GstSample *sample = gst_app_sink_try_pull_sample (GST_APP_SINK (self->sink), TURN);

      if (sample)
        return sample;
      if (gst_app_sink_is_eos (GST_APP_SINK (self->sink))
          || !look (self, &activity, 0, &type, error))
        return NULL;
    }
}

/* --- the end ------------------------------------------------------------------------------ */

static gpointer
take_down (gpointer data)
{
  MonocleMediaReader *self = data;

  if (self->pipeline)
    {
      /* decodebin of GStreamer 1.22 aborts at its end where it was stopped while it put something
       * in, as it may when what is claimed is seen: it comes to rest before. */
      if (self->fault)
        g_usleep (G_USEC_PER_SEC / 4);
      gst_element_set_state (self->pipeline, GST_STATE_NULL);
      gst_object_unref (self->bus);
      g_clear_pointer (&self->format, gst_object_unref);
      gst_object_unref (self->pipeline);
    }
  if (self->data_free)
    self->data_free (self->data);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->lock);
  g_free (self->missing);
  g_free (self);
  return NULL;
}

void
monocle_media_reader_close (MonocleMediaReader *self)
{
  if (!self)
    return;
  /* What hangs is not waited for. */
  if (self->is_stuck && self->pipeline)
    g_thread_unref (g_thread_new ("media-end", take_down, self));
  else
    take_down (self);
}
