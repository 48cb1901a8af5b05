/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * media: frames of films and sounds of files that GStreamer makes here; those that are none, end
 * early, are damaged, name others.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "app/base/error.h"
#include "app/media/sound-file.h"
#include "app/media/video.h"
#include "io-files.h"
#include "media-fixture.h"
#include "slow-unwind.h"

#define WIDTH    64
#define HEIGHT   48
#define RATE     30
#define N_FRAMES 30

#define AVI "jpegenc quality=100 ! avimux"
/* Every eighth frame stands for itself. */
#define WEBM "vp8enc keyframe-max-dist=8 deadline=1 max-quantizer=4 ! webmmux"
#define OGG  "theoraenc ! oggmux"

static char *folder;

static char *
name_file (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
put_file (const char *name, const void *data, gssize size)
{
  g_autofree char *path = name_file (name);

  g_assert_true (g_file_set_contents (path, data, size, NULL));
}

/* Each frame has its grey; the upper left corner is white. */
static void
draw (guint8 *rgb, guint width, guint height, guint frame)
{
  for (guint i = 0; i < width * height; i++)
    {
      const gboolean is_corner = i % width < width / 4 && i / width < height / 4;

      memset (rgb + 3 * i, is_corner ? 255 : (int) (12 + 8 * frame), 3);
    }
}

static void
make_odd (const char *name, const char *tail, const char *caps)
{
  g_autofree char *path = name_file (name);

  media_make_film (path, tail, caps, WIDTH, HEIGHT, RATE, N_FRAMES, draw);
}

static void
make (const char *name, const char *tail)
{
  make_odd (name, tail, "framerate=30/1");
}

static const MonocleVideoPart all = { .rate = RATE, .most_frames = N_FRAMES + 1, .most_side = 640 };

static GPtrArray *
read_part (const char *name, const MonocleVideoPart *part, MonocleVideoInfo *info, GError **error)
{
  g_autofree char *path = name_file (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return monocle_video_read (file, part, info, NULL, error);
}

/* A pixel of a frame, by shares of its sides. */
static const guint8 *
peek (const MonocleImage *image, double x, double y)
{
  const guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);

  return monocle_image_get_pixels (image)
         + ((gsize) (guint) (y * height) * width + (guint) (x * width)) * 3;
}

/* Which frame of draw() it is. */
static int
which (const MonocleImage *image)
{
  const guint8 *pixel = peek (image, 0.7, 0.7);

  return (int) lround ((pixel[1] - 12) / 8.0);
}

static void
check_numbers (GPtrArray *frames, guint first, guint step, guint n)
{
  g_assert_cmpuint (frames->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (which (frames->pdata[i]), ==, (int) (first + i * step));
}

/* --- films -------------------------------------------------------------------------------- */

static void
check_film (const char *name)
{
  MonocleVideoPart part = all;
  MonocleVideoInfo info;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) frames = read_part (name, &part, &info, &error);
  g_autoptr (GPtrArray) some = NULL, later = NULL, last = NULL, beyond = NULL;

  g_assert_no_error (error);
  check_numbers (frames, 0, 1, N_FRAMES);
  g_assert_cmpuint (monocle_image_get_width (frames->pdata[0]), ==, WIDTH);
  g_assert_cmpuint (monocle_image_get_height (frames->pdata[0]), ==, HEIGHT);
  g_assert_cmpuint (peek (frames->pdata[9], 0.1, 0.1)[1], >, 235);
  g_assert_cmpuint (peek (frames->pdata[9], 0.9, 0.1)[1], <, 180);
  g_assert_cmpuint (peek (frames->pdata[9], 0.1, 0.9)[1], <, 180);
  g_assert_cmpfloat_with_epsilon (info.duration, (double) N_FRAMES / RATE, 0.1);

  /* Every third one, and not so many. */
  part.rate = 10;
  part.most_frames = 5;
  some = read_part (name, &part, &info, &error);
  g_assert_no_error (error);
  check_numbers (some, 0, 3, 5);
  part.from = 0.5;
  later = read_part (name, &part, &info, &error);
  g_assert_no_error (error);
  check_numbers (later, 15, 3, 5);
  /* As far as it goes. */
  part.from = 0.8;
  last = read_part (name, &part, &info, &error);
  g_assert_no_error (error);
  check_numbers (last, 24, 3, 2);
  part.from = 7;
  beyond = read_part (name, &part, &info, &error);
  g_assert_null (beyond);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
}

static void
test_avi (void)
{
  MonocleVideoInfo info;
  g_autoptr (GPtrArray) frames = NULL;

  make ("film.avi", AVI);
  check_film ("film.avi");
  frames
      = read_part ("film.avi", &(MonocleVideoPart){ .rate = 14, .most_frames = 2, .most_side = 32 },
                   &info, NULL);
  check_numbers (frames, 0, 2, 2);
  g_assert_cmpfloat_with_epsilon (info.rate, 15, 1e-6);
  g_assert_cmpuint (monocle_image_get_width (frames->pdata[0]), ==, 32);
  g_assert_cmpuint (monocle_image_get_height (frames->pdata[0]), ==, 24);
}

static void
test_webm (void)
{
  make ("film.webm", WEBM);
  check_film ("film.webm");
}

/* --- another second ----------------------------------------------------------------------- */

/* Nothing that a coder makes smaller. */
static void
draw_noise (guint8 *rgb, guint width, guint height, guint frame)
{
  guint32 state = frame + 1;

  for (guint i = 0; i < width * height * 3; i++)
    {
      state = state * 1664525 + 1013904223;
      rgb[i] = (guint8) (state >> 24);
    }
}

/* 0: nobody knows. */
static guint64
count_read (void)
{
  g_autofree char *text = NULL;
  const char *count;

  if (!g_file_get_contents ("/proc/self/io", &text, NULL, NULL))
    return 0;
  count = strstr (text, "rchar: ");
  return count ? g_ascii_strtoull (count + strlen ("rchar: "), NULL, 10) : 0;
}

/* It goes there, and does not decode all that is before. */
static void
test_far (void)
{
  MonocleVideoPart part = { .from = 1.9, .rate = RATE, .most_frames = 3, .most_side = 64 };
  MonocleVideoInfo info;
  g_autofree char *path = name_file ("far.avi");
  g_autoptr (GPtrArray) frames = NULL, beyond = NULL;
  g_autoptr (GError) error = NULL;
  guint64 before;
  GStatBuf status;

  media_make_film (path, AVI, "framerate=30/1", 512, 384, RATE, 2 * RATE, draw_noise);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_size, >, 12 * 1024 * 1024);
  before = count_read ();
  frames = read_part ("far.avi", &part, &info, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 3);
  g_assert_cmpuint (count_read () - before, <, (guint64) status.st_size / 2);
  before = count_read ();
  part.from = 7;
  beyond = read_part ("far.avi", &part, &info, &error);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
  g_assert_cmpuint (count_read () - before, <, (guint64) status.st_size / 2);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* Rates so low that there is no such number of frames; behind the last frame. */
static void
test_seldom (void)
{
  static const double rates[] = { 1, 1e-9, 1e-300 };
  MonocleVideoPart part = { .from = 0.999, .rate = RATE, .most_frames = 9, .most_side = 64 };
  MonocleVideoInfo info;
  g_autoptr (GPtrArray) beyond = NULL;
  g_autoptr (GError) error = NULL;

  make ("seldom.avi", AVI);
  beyond = read_part ("seldom.avi", &part, &info, &error);
  g_assert_null (beyond);
  g_assert_nonnull (strstr (error->message, "From there on"));
  part.from = 0;
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autoptr (GPtrArray) frames = NULL;

      part.rate = rates[i];
      frames = read_part ("seldom.avi", &part, &info, NULL);
      check_numbers (frames, 0, 1, 1);
    }
}

/* A telephone that was held upright: the matrix of its stream, which lies behind that of the film,
 * says so. */
static void
test_turned (void)
{
  static const guint8 none[36] = { [1] = 1, [17] = 1, [32] = 0x40 };
  static const guint8 quarter[36] = { [5] = 1, [12] = 255, [13] = 255, [32] = 0x40 };
  MonocleVideoInfo info;
  g_autofree char *path = name_file ("turned.mov"), *bytes = NULL;
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (GError) error = NULL;
  char *matrix;
  gsize size;

  make ("turned.mov", "jpegenc quality=100 ! qtmux");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  matrix = memmem (bytes, size, "tkhd", 4);
  g_assert_nonnull (matrix);
  matrix = memmem (matrix, size - (gsize) (matrix - bytes), none, sizeof none);
  g_assert_nonnull (matrix);
  memcpy (matrix, quarter, sizeof quarter);
  put_file ("turned.mov", bytes, (gssize) size);
  frames = read_part ("turned.mov", &all, &info, &error);
  g_assert_no_error (error);
  check_numbers (frames, 0, 1, N_FRAMES);
  g_assert_cmpuint (monocle_image_get_width (frames->pdata[0]), ==, HEIGHT);
  g_assert_cmpuint (monocle_image_get_height (frames->pdata[0]), ==, WIDTH);
  g_assert_cmpuint (peek (frames->pdata[9], 0.9, 0.1)[1], >, 235);
  g_assert_cmpuint (peek (frames->pdata[9], 0.1, 0.1)[1], <, 180);
}

/* Pixels that are twice as wide as high, and a film whose frames come when they like. */
static void
test_odd (void)
{
  MonocleVideoInfo info;
  g_autoptr (GPtrArray) wide = NULL, small = NULL, free_rate = NULL;
  g_autoptr (GError) error = NULL;

  make_odd ("wide.mkv", WEBM, "framerate=30/1,pixel-aspect-ratio=2/1");
  wide = read_part ("wide.mkv", &all, &info, &error);
  g_assert_no_error (error);
  check_numbers (wide, 0, 1, N_FRAMES);
  g_assert_cmpuint (monocle_image_get_width (wide->pdata[0]), ==, 2 * WIDTH);
  g_assert_cmpuint (monocle_image_get_height (wide->pdata[0]), ==, HEIGHT);

  make_odd ("free.mkv", WEBM, "framerate=0/1");
  free_rate = read_part (
      "free.mkv",
      &(MonocleVideoPart){ .rate = 10, .from = 0.5, .most_frames = 4, .most_side = 640 }, &info,
      &error);
  g_assert_no_error (error);
  check_numbers (free_rate, 15, 3, 4);

  {
    g_autofree char *path = name_file ("small.avi");

    media_make_film (path, AVI, "framerate=30/1", 16, 16, RATE, 3, draw);
  }
  small = read_part ("small.avi", &all, &info, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (small->len, ==, 3);
  g_assert_cmpuint (monocle_image_get_width (small->pdata[0]), ==, 16);
}

/* --- files that are none ------------------------------------------------------------------ */

static void
refuse (const char *name, const char *words)
{
  g_autofree char *path = name_file (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MonocleVideoInfo info;
  g_autoptr (GError) error = NULL, of_sound = NULL;
  g_autoptr (GPtrArray) frames = monocle_video_read (file, &all, &info, NULL, &error);
  g_autoptr (MonocleSound) sound = NULL;

  g_test_message ("%s: %s", name, error ? error->message : "read");
  g_assert_null (frames);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  g_assert_nonnull (strstr (error->message, words));
  sound = monocle_sound_file_read (file, 0, NULL, NULL, &of_sound);
  g_assert_null (sound);
  g_assert_error (of_sound, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
}

static void
test_none (void)
{
  g_autofree char *pipe = name_file ("pipe.mp4"), *absent = name_file ("absent.mp4");
  g_autofree char *directory = name_file ("folder.mp4");
  g_autoptr (GFile) file = g_file_new_for_path (absent);
  g_autoptr (GFile) far = g_file_new_for_uri ("http://127.0.0.1:9/film.mp4");
  MonocleVideoInfo info;
  g_autoptr (GError) error = NULL, of_far = NULL;

  put_file ("text.mp4", "This is a text, and no film at all.\n", -1);
  put_file ("empty.mp4", "", 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  refuse ("text.mp4", "neither a film nor sound");
  refuse ("empty.mp4", "empty");
  refuse ("pipe.mp4", "pipe");
  refuse ("folder.mp4", "folder");
  g_assert_null (monocle_video_read (file, &all, &info, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_null (monocle_video_read (far, &all, &info, NULL, &of_far));
  g_assert_nonnull (of_far);

  g_assert_false (monocle_video_is_likely (file, NULL));
  make ("film.avi", AVI);
  {
    g_autofree char *film = name_file ("film.avi"), *text = name_file ("text.mp4");
    g_autoptr (GFile) real = g_file_new_for_path (film), named = g_file_new_for_path (pipe);

    g_assert_true (monocle_video_is_likely (real, NULL));
    g_assert_false (monocle_video_is_likely (named, NULL));
  }
}

/* Lists that would make a player ask a server. */
static void
test_lists (void)
{
  static const char *const lists[] = {
    "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/1.ts\n"
    "#EXT-X-ENDLIST\n",
    "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\">"
    "<BaseURL>http://127.0.0.1:9/</BaseURL><Period></Period></MPD>\n",
    "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n",
    "http://127.0.0.1:9/film.mp4\n"
  };

  put_file ("list.mp4", lists[0], -1);
  refuse ("list.mp4", "only names others");
  put_file ("list.mp4", lists[1], -1);
  refuse ("list.mp4", "only names others");
  for (guint i = 2; i < G_N_ELEMENTS (lists); i++)
    {
      put_file ("list.mp4", lists[i], -1);
      refuse ("list.mp4", "");
    }
}

/* Bytes that no program here has made. What reads MPEG-4 is not among what the tests need. */
static void
test_missing (void)
{
  MonocleVideoInfo info;
  g_autofree char *path = NULL, *bytes = NULL;
  g_autoptr (GError) error = NULL;
  char *kind;
  gsize size;

  make ("film.avi", AVI);
  path = name_file ("film.avi");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (kind = bytes; (kind = memmem (kind, size - (gsize) (kind - bytes), "MJPG", 4)); kind += 4)
    memcpy (kind, "MSS2", 4);
  put_file ("codec.avi", bytes, (gssize) size);
  g_assert_null (read_part ("codec.avi", &all, &info, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "gstreamer1.0-libav"));
}

/* What takes films apart is in other packages than what decodes. */
static void
test_missing_container (void)
{
  GstPluginFeature *feature = gst_registry_lookup_feature (gst_registry_get (), "matroskademux");
  const guint rank = gst_plugin_feature_get_rank (feature);
  MonocleVideoInfo info;
  g_autoptr (GError) error = NULL;

  make ("film.webm", WEBM);
  gst_plugin_feature_set_rank (feature, GST_RANK_NONE);
  g_assert_null (read_part ("film.webm", &all, &info, &error));
  gst_plugin_feature_set_rank (feature, rank);
  gst_object_unref (feature);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "gstreamer1.0-plugins-good"));
}

/* What ends early gives what came, or is refused; bytes that are others do no harm; none hangs. */
static void
test_damaged (void)
{
  static const char *const tails[] = { AVI, WEBM, OGG, "jpegenc ! qtmux" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  /* What others' decoders say of such bytes ends nothing. */
  const GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  guint n_read = 0;

  for (guint i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autofree char *path = name_file ("whole"), *bytes = NULL;
      gsize size;

      make ("whole", tails[i]);
      g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
      for (guint j = 0; j < (i == 0 ? 12 : 4); j++)
        {
          g_autofree char *copy = g_memdup2 (bytes, size);
          MonocleVideoInfo info;
          g_autoptr (GError) error = NULL;
          g_autoptr (GPtrArray) frames = NULL;

          for (guint k = 0; k < 6 && j >= 4; k++)
            copy[(guint) g_rand_int_range (rand, 0, (gint32) MIN (size, j % 2 ? 600 : size))]
                = (char) g_rand_int (rand);
          put_file ("damaged", copy, (gssize) (j < 4 ? size * (j + 1) / 5 : size));
          frames = read_part ("damaged", &all, &info, &error);
          g_test_message ("%s %u: %s", tails[i], j, error ? error->message : "read");
          g_assert_true ((frames != NULL) == (error == NULL));
          g_assert_false (error && strstr (error->message, "given up"));
          n_read += frames != NULL;
        }
    }
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (n_read, >, 8);
}

static gpointer
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel (void)
{
  g_autofree char *path = name_file ("film.avi");
  g_autoptr (GFile) file = g_file_new_for_path (path);

  make ("film.avi", AVI);
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) frames = NULL;
      GThread *thread = NULL;
      MonocleVideoInfo info;

      if (i == 0)
        g_cancellable_cancel (cancellable);
      else
        thread = g_thread_new ("cancel", cancel, cancellable);
      frames = monocle_video_read (file, &all, &info, cancellable, &error);
      if (i == 0 || !frames)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      if (thread)
        g_thread_join (thread);
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  folder = g_dir_make_tmp ("monocle-media-XXXXXX", NULL);

  g_test_add_func ("/media/avi", test_avi);
  g_test_add_func ("/media/webm", test_webm);
  g_test_add_func ("/media/far", test_far);
  g_test_add_func ("/media/seldom", test_seldom);
  g_test_add_func ("/media/turned", test_turned);
  g_test_add_func ("/media/odd", test_odd);
  g_test_add_func ("/media/none", test_none);
  g_test_add_func ("/media/lists", test_lists);
  g_test_add_func ("/media/missing", test_missing);
  g_test_add_func ("/media/missing-container", test_missing_container);
  g_test_add_func ("/media/damaged", test_damaged);
  g_test_add_func ("/media/cancel", test_cancel);
  status = g_test_run ();
  remove_folder (folder);
  g_free (folder);
  return status;
}
