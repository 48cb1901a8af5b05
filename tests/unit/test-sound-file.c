/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sound-file: sounds of files that GStreamer makes here, of all kinds, from any second on; those
 * that have none, or next to none; those that are damaged.
 */
#include "config.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/media/sound-file.h"
#include "app/media/video.h"
#include "io-files.h"
#include "media-fixture.h"
#include "slow-unwind.h"

static char *folder;

static char *
name_file (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static MonocleSound *
hear (const char *name, double from, GError **error)
{
  g_autofree char *path = name_file (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return monocle_sound_file_read (file, from, NULL, NULL, error);
}

/* As gst-launch makes it, with what writes the file behind it. */
static void
make_sound (const char *name, const char *source, const char *tail)
{
  g_autofree char *path = name_file (name), *description = g_strconcat (source, tail, NULL);

  media_make (description, path);
}

#define RAW "audio/x-raw,rate=44100,channels=2,format=S16LE ! "
#define TONE                                                                                       \
  "audiotestsrc wave=sine freq=1000 volume=0.5 samplesperbuffer=441 num-buffers=50 ! " RAW
/* Six seconds, of which the pitch says when. */
#define SWEEP                                                                                      \
  "audiotestsrc wave=ticks sine-periods-per-tick=200 freq=400 tick-interval=1000000000 "           \
  "samplesperbuffer=441 num-buffers=600 ! " RAW

/* Half a second of a tone, twice as loud on the left as on the right. */
static void
test_tone (void)
{
  g_autoptr (MonocleSound) sound = NULL;
  g_autoptr (GError) error = NULL;
  const float *samples;
  double sine = 0, cosine = 0;
  gsize n;

  make_sound ("tone.wav", TONE, "audiopanorama method=simple panorama=-0.5 ! wavenc");
  sound = hear ("tone.wav", 0, &error);
  g_assert_no_error (error);
  samples = monocle_sound_get_samples (sound, &n);
  g_assert_cmpuint (n, ==, 8000);
  /* Of both channels the mean, a part of a sample late; where it begins and ends there is more. */
  for (guint i = 1000; i < 7000; i++)
    {
      const double at = 2 * G_PI * 1000 * i / MONOCLE_SOUND_RATE;

      sine += (double) samples[i] * sin (at) / 3000;
      cosine += (double) samples[i] * cos (at) / 3000;
    }
  g_assert_cmpfloat_with_epsilon (hypot (sine, cosine), 0.375, 0.004);
  g_assert_cmpfloat (fabs (atan2 (cosine, sine)), <, 2 * G_PI * 1000 / MONOCLE_SOUND_RATE);
  for (guint i = 1000; i < 7000; i++)
    {
      const double at = 2 * G_PI * 1000 * i / MONOCLE_SOUND_RATE;

      g_assert_cmpfloat_with_epsilon ((double) samples[i], sine * sin (at) + cosine * cos (at),
                                      0.004);
    }
}

/* The first sample that is heard. */
static guint
find_start (const MonocleSound *sound)
{
  gsize n;
  const float *samples = monocle_sound_get_samples (sound, &n);
  guint i = 0;

  while (i < n && fabsf (samples[i]) < 0.05f)
    i++;
  return i;
}

/* Sounds of all kinds that the tests can make, from their beginning and from another second. A tick
 * begins every second. */
static void
test_from (void)
{
  static const struct
  {
    const char *name, *tail;
  } kinds[] = { { "ticks.wav", "wavenc" },
                { "ticks.ogg", "audioconvert ! vorbisenc ! oggmux" },
                { "ticks.flac", "audioconvert ! flacenc" },
                { "ticks.mkv", "audioconvert ! vorbisenc ! matroskamux" } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (MonocleSound) first = NULL, later = NULL, last = NULL, beyond = NULL;
      g_autoptr (GError) error = NULL;
      gsize n;

      make_sound (kinds[i].name, SWEEP, kinds[i].tail);
      first = hear (kinds[i].name, 0, &error);
      g_assert_no_error (error);
      monocle_sound_get_samples (first, &n);
      g_assert_cmpuint (n, ==, MONOCLE_SOUND_MOST_HEARD);
      g_assert_cmpuint (find_start (first), <, 100);
      later = hear (kinds[i].name, 1.75, &error);
      g_assert_no_error (error);
      monocle_sound_get_samples (later, &n);
      g_test_message ("%s: from 1.75: %u, of %" G_GSIZE_FORMAT, kinds[i].name, find_start (later),
                      n);
      g_assert_cmpuint (n, ==, MONOCLE_SOUND_MOST_HEARD);
      g_assert_cmpfloat_with_epsilon (find_start (later), MONOCLE_SOUND_RATE / 4, 200);
      last = hear (kinds[i].name, 5, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat_with_epsilon (monocle_sound_get_seconds (last), 1, 0.02);
      beyond = hear (kinds[i].name, 7, &error);
      g_assert_null (beyond);
      g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
      g_assert_nonnull (strstr (error->message, "7.0"));
    }
}

static GPtrArray *
see (const char *name, GError **error)
{
  const MonocleVideoPart part = { .rate = 30, .most_frames = 9, .most_side = 64 };
  g_autofree char *path = name_file (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MonocleVideoInfo info;

  return monocle_video_read (file, &part, &info, NULL, error);
}

/* Each has what the other lacks; one has next to nothing; one has both. */
static void
test_none (void)
{
  g_autoptr (MonocleSound) none = NULL, brief = NULL, both = NULL;
  g_autoptr (GError) of_frames = NULL, of_film = NULL, of_brief = NULL, error = NULL;
  g_autoptr (GPtrArray) frames = NULL;

  make_sound ("sound.ogg", "audiotestsrc num-buffers=10 ! ", "audioconvert ! vorbisenc ! oggmux");
  frames = see ("sound.ogg", &of_frames);
  g_assert_null (frames);
  g_assert_error (of_frames, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  g_assert_nonnull (strstr (of_frames->message, "no pictures"));
  make_sound ("film.avi", "videotestsrc num-buffers=9 ! ", "jpegenc ! avimux");
  none = hear ("film.avi", 0, &of_film);
  g_assert_null (none);
  g_assert_error (of_film, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  g_assert_nonnull (strstr (of_film->message, "no sound"));
  make_sound ("brief.wav", "audiotestsrc samplesperbuffer=441 num-buffers=5 ! " RAW, "wavenc");
  brief = hear ("brief.wav", 0, &of_brief);
  g_assert_null (brief);
  g_assert_error (of_brief, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  g_assert_nonnull (strstr (of_brief->message, "too short"));
  make_sound (
      "both.mkv", "audiotestsrc num-buffers=40 ! ",
      "vorbisenc ! matroskamux name=mux  videotestsrc num-buffers=30 ! jpegenc ! mux. mux.");
  both = hear ("both.mkv", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (monocle_sound_get_seconds (both), 40 * 1024 / 44100.0, 0.05);
}

/* What ends early gives what came, or is refused; bytes that are others do no harm; none hangs. */
static void
test_damaged (void)
{
  static const char *const tails[]
      = { "wavenc", "audioconvert ! vorbisenc ! oggmux", "audioconvert ! flacenc",
          "audioconvert ! vorbisenc ! webmmux", "audioconvert ! opusenc ! oggmux" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  /* What others' decoders say of such bytes ends nothing. */
  const GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_autofree char *whole = name_file ("whole"), *damaged = name_file ("damaged");
  guint n_read = 0;

  for (guint i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autofree char *bytes = NULL;
      gsize size;

      if (strstr (tails[i], "opusenc")
          && !gst_registry_check_feature_version (gst_registry_get (), "opusenc", 1, 0, 0))
        continue;
      make_sound ("whole", "audiotestsrc num-buffers=60 ! audioconvert ! audio/x-raw,rate=48000 ! ",
                  tails[i]);
      g_assert_true (g_file_get_contents (whole, &bytes, &size, NULL));
      for (guint j = 0; j < 10; j++)
        {
          g_autofree char *copy = g_memdup2 (bytes, size);
          const gsize n = j < 4 ? size * (j + 1) / 5 : size;
          const double from = j % 3 == 2 ? 0.5 : 0;
          g_autoptr (MonocleSound) sound = NULL;
          g_autoptr (GError) error = NULL;

          for (guint k = 0; k < 6 && j >= 4; k++)
            copy[(guint) g_rand_int_range (rand, 0, (gint32) MIN (size, j % 2 ? 200 : size))]
                = (char) g_rand_int (rand);
          g_assert_true (g_file_set_contents (damaged, copy, (gssize) n, NULL));
          sound = hear ("damaged", from, &error);
          g_test_message ("%s %u: %s", tails[i], j, error ? error->message : "read");
          g_assert_true ((sound != NULL) == (error == NULL));
          g_assert_false (error && strstr (error->message, "given up"));
          n_read += sound != NULL;
        }
    }
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (n_read, >, 8);
}

/* A file of half a second that does not say where its channels stand: the first holds 0, the next
 * 300, and so on. */
static void
write_channels (const char *name, guint n_channels, guint rate)
{
  g_autofree char *path = name_file (name);
  const guint n = n_channels * MONOCLE_SOUND_RATE / 2;
  g_autofree guint16 *file = g_new0 (guint16, 22 + n);
  const guint32 head[]
      = { 0x46464952, 36 + 2 * n, 0x45564157, 0x20746d66, 16, 0, rate, rate * n_channels * 2,
          0,          0x61746164, 2 * n };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    {
      file[2 * i] = GUINT16_TO_LE ((guint16) (head[i] & 0xffff));
      file[2 * i + 1] = GUINT16_TO_LE ((guint16) (head[i] >> 16));
    }
  file[10] = GUINT16_TO_LE (1);
  file[11] = GUINT16_TO_LE ((guint16) n_channels);
  file[16] = GUINT16_TO_LE ((guint16) (n_channels * 2));
  file[17] = GUINT16_TO_LE (16);
  for (guint i = 0; i < n; i++)
    file[22 + i] = GUINT16_TO_LE ((guint16) (i % n_channels * 300));
  g_file_set_contents (path, (const char *) file, 44 + 2 * (gssize) n, &error);
  g_assert_no_error (error);
}

/* Of channels that stand nowhere the mean is heard. Neither more of them than can be mixed nor a
 * rate that would take terabytes is tried. */
static void
test_channels (void)
{
  static const guint counts[] = { 1, 2, 3, 9, 16, 63 };
  static const struct
  {
    guint n, rate;
  } bad[] = { { 64, MONOCLE_SOUND_RATE }, { 1000, MONOCLE_SOUND_RATE }, { 1, G_MAXINT32 } };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (MonocleSound) sound = NULL;
      g_autoptr (GError) error = NULL;
      gsize n;

      write_channels ("channels.wav", counts[i], MONOCLE_SOUND_RATE);
      sound = hear ("channels.wav", 0, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat_with_epsilon ((double) monocle_sound_get_samples (sound, &n)[4000],
                                      (counts[i] - 1) * 150 / 32768.0, 1e-4);
      g_assert_cmpuint (n, ==, MONOCLE_SOUND_RATE / 2);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (MonocleSound) sound = NULL;
      g_autoptr (GError) error = NULL;

      write_channels ("channels.wav", bad[i].n, bad[i].rate);
      sound = hear ("channels.wav", 0, &error);
      g_assert_null (sound);
      g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
      g_assert_nonnull (strstr (error->message, "more channels, or more samples a second"));
    }
}

static void
test_link (void)
{
  g_autofree char *path = name_file ("link.wav");
  g_autoptr (MonocleSound) sound = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink ("nothing.wav", path), ==, 0);
  sound = hear ("link.wav", 0, &error);
  g_assert_null (sound);
  g_assert_nonnull (strstr (error->message, "link leads nowhere"));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  folder = g_dir_make_tmp ("monocle-sound-XXXXXX", NULL);

  g_test_add_func ("/sound-file/tone", test_tone);
  g_test_add_func ("/sound-file/from", test_from);
  g_test_add_func ("/sound-file/none", test_none);
  g_test_add_func ("/sound-file/damaged", test_damaged);
  g_test_add_func ("/sound-file/channels", test_channels);
  g_test_add_func ("/sound-file/link", test_link);
  status = g_test_run ();
  remove_folder (folder);
  g_free (folder);
  return status;
}
