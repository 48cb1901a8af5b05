/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * media-size: films whose frames claim to be huge, of which the container says nothing, are refused
 * before a decoder takes memory for them.
 */
#include "config.h"

#include <string.h>
#include <sys/resource.h>

#include "app/base/error.h"
#include "app/media/sound-file.h"
#include "app/media/video.h"
#include "io-files.h"
#include "media-fixture.h"
#include "slow-unwind.h"

#define FRAMES "videotestsrc num-buffers=4 ! video/x-raw,width=64,height=48,framerate=30/1"

/* Where a frame says how large it is, behind @mark: ones there are the largest size. */
typedef struct
{
  const char *name, *source, *mark;
  gsize n_mark, at;
  guint8 ones[5]; /* to the end, or 0 */
} Claim;

#define VP8_CLAIM "\235\001\052", 3, 3, { 255, 63, 255, 63 }
#define VP9_MARK  "\111\203\102", 3, 3

static const Claim claims[] = {
  { "vp8.webm", FRAMES " ! vp8enc ! webmmux", VP8_CLAIM },
  { "vp9.webm", FRAMES ",format=I420 ! vp9enc ! webmmux", VP9_MARK, { 15, 255, 255, 255, 240 } },
  { "vp9-444.webm", FRAMES ",format=Y444 ! vp9enc ! webmmux", VP9_MARK, { 1, 255, 255, 255, 254 } },
  { "theora.mkv",
    FRAMES " ! theoraenc ! matroskamux",
    "\200theora",
    7,
    10,
    { 255, 255, 255, 255 } },
  { "jpeg.avi",
    FRAMES " ! jpegenc ! avimux",
    "\377\300\000\021\010",
    5,
    5,
    { 255, 220, 255, 220 } },
};

static char *folder;

/* Each frame of a film that says its size says a huge one. */
static void
claim (const Claim *self, const char *path)
{
  g_autofree char *bytes = NULL;
  char *at;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  at = memmem (bytes, size, self->mark, self->n_mark);
  g_assert_nonnull (at);
  while (at)
    {
      for (guint i = 0; i < sizeof self->ones; i++)
        at[self->at + i] = (char) ((guint8) at[self->at + i] | self->ones[i]);
      at += self->at + sizeof self->ones;
      at = memmem (at, size - (gsize) (at - bytes), self->mark, self->n_mark);
    }
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
}

/* Such a frame of VP8 alone takes 0.9 GB. */
static void
check_memory (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  g_assert_cmpint (usage.ru_maxrss, <, 600 * 1024);
}

static GPtrArray *
read_frames (const char *path, GError **error)
{
  const MonocleVideoPart all = { .rate = 30, .most_frames = 4, .most_side = 640 };
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MonocleVideoInfo info;

  return monocle_video_read (file, &all, &info, NULL, error);
}

static void
test_frames (gconstpointer data)
{
  const Claim *self = data;
  g_autofree char *path = g_build_filename (folder, self->name, NULL);
  g_autoptr (GPtrArray) honest = NULL, huge = NULL;
  g_autoptr (GError) error = NULL;

  media_make (self->source, path);
  honest = read_frames (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (honest->len, ==, 4);
  claim (self, path);
  huge = read_frames (path, &error);
  g_assert_null (huge);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  g_assert_cmpstr (error->message, ==, "The pictures of this film are too large.");
  check_memory ();
}

/* What its container says. */
static void
test_container (void)
{
  g_autofree char *path = g_build_filename (folder, "large.avi", NULL), *bytes = NULL;
  g_autoptr (GPtrArray) huge = NULL;
  g_autoptr (GError) error = NULL;
  guint32 *sides;
  gsize size;

  media_make (FRAMES " ! jpegenc ! avimux", path);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  /* A header of 40 bytes, and the sides of frames, as Windows has them. */
  sides = memmem (bytes, size, "strf\50\0\0\0\50\0\0\0", 12);
  g_assert_nonnull (sides);
  sides[3] = sides[4] = GUINT32_TO_LE (16000);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  huge = read_frames (path, &error);
  g_assert_null (huge);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  g_assert_cmpstr (error->message, ==, "The pictures of this film are too large.");
}

/* Where only its sound is wanted nothing of them is decoded; and the other way round. */
static void
test_sound (void)
{
  static const Claim film = { "film.webm", NULL, VP8_CLAIM };
  g_autofree char *path = g_build_filename (folder, film.name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MonocleSound) sound = NULL;
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (GError) error = NULL;

  media_make ("audiotestsrc num-buffers=20 ! audioconvert ! vorbisenc ! mux. " FRAMES
              " ! vp8enc ! mux. webmmux name=mux",
              path);
  frames = read_frames (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 4);
  claim (&film, path);
  sound = monocle_sound_file_read (file, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (sound);
  check_memory ();
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  folder = g_dir_make_tmp ("monocle-media-size-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autofree char *path = g_strconcat ("/media-size/", claims[i].name, NULL);

      g_test_add_data_func (path, &claims[i], test_frames);
    }
  g_test_add_func ("/media-size/container", test_container);
  g_test_add_func ("/media-size/sound", test_sound);
  status = g_test_run ();
  remove_folder (folder);
  g_free (folder);
  return status;
}
