/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/world: frames of a person's own: read from an animation, a folder or pictures; where exactly
 * a thing is; which is which in the next frame.
 */
#include "config.h"

#include <cairo.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "app/base/error.h"
#include "app/world/follow.h"
#include "app/world/frames.h"

#define SIDE   64
#define RADIUS 10.0

/* Four frames, 12 x 8, in each of which a red bar is three pixels further to the right. */
static const guint8 gif[]
    = { 0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x0c, 0x00, 0x08, 0x00, 0x81, 0x00, 0x00, 0xff, 0xff,
        0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x21, 0xff, 0x0b, 0x4e, 0x45,
        0x54, 0x53, 0x43, 0x41, 0x50, 0x45, 0x32, 0x2e, 0x30, 0x03, 0x01, 0x00, 0x00, 0x00, 0x21,
        0xf9, 0x04, 0x04, 0x05, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x00, 0x08,
        0x00, 0x00, 0x08, 0x1a, 0x00, 0x01, 0x08, 0x1c, 0x48, 0xb0, 0xa0, 0xc1, 0x81, 0x01, 0x12,
        0x1e, 0x14, 0x98, 0x30, 0xc0, 0x42, 0x00, 0x0d, 0x1f, 0x4a, 0x9c, 0x48, 0x71, 0x60, 0x40,
        0x00, 0x21, 0xf9, 0x04, 0x04, 0x05, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x02, 0x00, 0x06,
        0x00, 0x03, 0x00, 0x81, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x08, 0x0e, 0x00, 0x01, 0x08, 0x0c, 0x40, 0x50, 0x20, 0x00, 0x82, 0x01, 0x0c, 0x22,
        0x0c, 0x08, 0x00, 0x21, 0xf9, 0x04, 0x04, 0x05, 0x00, 0x00, 0x00, 0x2c, 0x03, 0x00, 0x02,
        0x00, 0x06, 0x00, 0x03, 0x00, 0x81, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x08, 0x0e, 0x00, 0x01, 0x08, 0x0c, 0x40, 0x50, 0x20, 0x00, 0x82, 0x01,
        0x0c, 0x22, 0x0c, 0x08, 0x00, 0x21, 0xf9, 0x04, 0x04, 0x05, 0x00, 0x00, 0x00, 0x2c, 0x06,
        0x00, 0x02, 0x00, 0x06, 0x00, 0x03, 0x00, 0x81, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x0e, 0x00, 0x01, 0x08, 0x0c, 0x40, 0x50, 0x20, 0x00,
        0x82, 0x01, 0x0c, 0x22, 0x0c, 0x08, 0x00, 0x3b };

/* --- reading ------------------------------------------------------------------------------ */

static char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("monocle-frames-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static GPtrArray *
read_files (GPtrArray *files, GError **error)
{
  const MonocleWorldPick pick = { .rate = MONOCLE_WORLD_RATE };
  MonocleVideoInfo film;
  gboolean is_film;

  return monocle_world_frames_read (files, &pick, &film, &is_film, NULL, error);
}

/* (transfer full): read again, whatever comes of it */
static GPtrArray *
read_bytes (const char *folder, const guint8 *bytes, gsize size, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "a.gif", NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_true (g_file_set_contents (path, (const char *) bytes, (gssize) size, NULL));
  g_ptr_array_add (files, g_file_new_for_path (path));
  return read_files (files, error);
}

static gboolean
is_red (const MonocleImage *image, guint x, guint y)
{
  const guint8 *pixel
      = monocle_image_get_pixels (image) + 3 * ((gsize) y * monocle_image_get_width (image) + x);

  return pixel[0] > 200 && pixel[1] < 80;
}

/* All of its frames, each once; of what ends early an error or what there is, and nothing worse. */
static void
test_animation (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) frames = read_bytes (folder, gif, sizeof gif, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 4);
  for (guint t = 0; t < 4; t++)
    {
      g_assert_cmpuint (monocle_image_get_width (frames->pdata[t]), ==, 12);
      for (guint x = 0; x < 12; x++)
        g_assert_cmpint (is_red (frames->pdata[t], x, 3), ==, x / 3 == t);
    }
  for (gsize size = 0; size < sizeof gif; size += 3)
    {
      g_autoptr (GError) cut = NULL;
      g_autoptr (GPtrArray) some = read_bytes (folder, gif, size, &cut);

      g_assert_true ((some != NULL) == (cut == NULL));
      if (some)
        g_assert_cmpuint (some->len, <=, 4);
    }
  /* It says that it is far larger than it is. */
  {
    g_autofree guint8 *large = g_memdup2 (gif, sizeof gif);

    large[7] = large[9] = 0xff;
    g_assert_null (read_bytes (folder, large, sizeof gif, &error));
    g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
  }
  remove_folder (folder);
}

/* (transfer full): of the same picture over and over, @between before each */
static GByteArray *
make_animation (guint width, guint height, gsize n, const char *between, gsize n_between)
{
  /* White; how long it is shown; 1 x 1. */
  static const guint8 head[] = "GIF89a\0\0\0\0\x80\0\0\xff\xff\xff\0\0";
  static const guint8 picture[] = "!\xf9\4\4\5\0\0\0,\0\0\0\0\1\0\1\0\0\2\2\x44\1";
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, head, sizeof head);
  for (gsize i = 0; i < n; i++)
    {
      g_byte_array_append (bytes, (const guint8 *) between, (guint) n_between);
      g_byte_array_append (bytes, picture, sizeof picture);
    }
  g_byte_array_append (bytes, (const guint8 *) ";", 1);
  bytes->data[6] = width & 0xff;
  bytes->data[7] = (guint8) (width >> 8);
  bytes->data[8] = height & 0xff;
  bytes->data[9] = (guint8) (height >> 8);
  return bytes;
}

/* However many pictures, however large they say they are, and whatever is between them: what is
 * made of them has an end. */
static void
test_hostile_animation (void)
{
  static const char nothing[] = "!\xf9\4\4\5\0\0\0,\0\0\0\0\0\0\0\0\0\2\2\x44\1";
  static const char huge[] = ",\0\0\0\0\xff\xff\xff\xff\0\2\2\x44\1";
  g_autofree char *folder = make_folder ();
  const struct
  {
    guint width, height;
    gsize n, n_between;
    const char *between;
    guint expected, expected_width; /* 0: it is refused */
  } cases[] = {
    { 4, 4, 100000, 0, "", MONOCLE_WORLD_MOST_FRAMES, 4 },
    { 4, 4, 50000, sizeof "!\xfe\1x", "!\xfe\1x", MONOCLE_WORLD_MOST_FRAMES, 4 },
    { 2560, 2, 5, 0, "", 5, 1280 },
    { 2, 2560, 5, 0, "", 5, 1 },
    { 1, 1, 3, 0, "", 3, 1 },
    { 4, 4, 0, 0, "", 0, 0 },
    { 0, 0, 5, 0, "", 0, 0 },
    { 4, 4, 5, sizeof nothing, nothing, 5, 4 },
    { 4, 4, 5, sizeof huge, huge, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) bytes = make_animation (cases[i].width, cases[i].height, cases[i].n,
                                                     cases[i].between, cases[i].n_between);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) frames = read_bytes (folder, bytes->data, bytes->len, &error);

      g_assert_true ((frames == NULL) == (error != NULL));
      g_assert_cmpuint (frames ? frames->len : 0, ==, cases[i].expected);
      if (frames)
        g_assert_cmpuint (monocle_image_get_width (frames->pdata[0]), ==, cases[i].expected_width);
    }
  remove_folder (folder);
}

/* Nobody ever writes to it. */
static void
test_pipe (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "a.gif", NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_ptr_array_add (files, g_file_new_for_path (path));
  g_assert_null (read_files (files, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  remove_folder (folder);
}

static void
write_picture (const char *folder, const char *name, int side, double grey)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, side, side);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, grey, grey, grey);
  cairo_paint (cr);
  cairo_destroy (cr);
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
}

/* In natural order, and no others. */
static void
test_folder (void)
{
  static const char *const names[] = { "frame 2.png", "frame 10.png", "frame 1.png" };
  static const guint8 greys[] = { 51, 0, 255 };
  g_autofree char *folder = make_folder ();
  g_autofree char *text = g_build_filename (folder, "notes.txt", NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (text, "none", -1, NULL));
  write_picture (folder, names[0], 4, 0);
  write_picture (folder, names[1], 4, 1);
  g_ptr_array_add (files, g_file_new_for_path (folder));
  g_assert_null (read_files (files, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
  g_clear_error (&error);

  write_picture (folder, names[2], 4, 0.2);
  frames = read_files (files, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (monocle_image_get_pixels (frames->pdata[i])[0], ==, greys[i]);

  write_picture (folder, "frame 3.png", 5, 0);
  g_assert_null (read_files (files, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, "same size"));
  remove_folder (folder);
}

/* --- where a thing is --------------------------------------------------------------------- */

/* A disc that is smooth at its edge, on white or, where @level is 1, nothing to be seen. */
static MonocleImage *
paint_disc (double x, double y, guint width, guint height, double level)
{
  guint8 *pixels = g_malloc ((gsize) 3 * width * height);

  for (guint row = 0; row < height; row++)
    for (guint column = 0; column < width; column++)
      {
        const double out = hypot (column + 0.5 - x, row + 0.5 - y) - RADIUS + 0.5;
        const double share = CLAMP (out, 0, 1);

        for (guint i = 0; i < 3; i++)
          pixels[((gsize) row * width + column) * 3 + i]
              = (guint8) (255 * (share + (1 - share) * level));
      }
  return monocle_image_new_take_pixels (width, height, pixels, NULL);
}

/* A box that is some pixels off says where its pixels are; of what cannot be seen, where it is. */
static void
test_sight (void)
{
  for (int off = -3; off <= 3; off++)
    {
      g_autoptr (MonocleImage) image = paint_disc (30.4, 27.7, SIDE, SIDE, 0.3);
      g_autoptr (MonocleImage) blank = paint_disc (30.4, 27.7, SIDE, SIDE, 1);
      g_autoptr (MonocleImage) wide = paint_disc (30.4, 17.7, SIDE, SIDE / 2, 0.3);
      const float x = 30.4f + (float) off, y = 27.7f - (float) off / 2;
      const MonocleBox box = { x - 10, y - 10, x + 10, y + 10 };
      const MonocleBox high_box = { x - 10, y - 20, x + 10, y };
      MonocleWorldSight sight = monocle_world_sight_make (image, &box);

      g_assert_cmpfloat_with_epsilon (sight.x * SIDE, 30.4, 0.15);
      g_assert_cmpfloat_with_epsilon (sight.y * SIDE, 27.7, 0.15);
      g_assert_cmpfloat_with_epsilon (sight.radius * SIDE, RADIUS, 0.5);
      sight = monocle_world_sight_make (blank, &box);
      g_assert_cmpfloat_with_epsilon (sight.x * SIDE, (double) x, 1e-3);
      g_assert_cmpfloat_with_epsilon (sight.y * SIDE, (double) y, 1e-3);
      g_assert_cmpfloat_with_epsilon (sight.radius * SIDE, RADIUS, 1e-3);
      /* On the floor of the square. */
      sight = monocle_world_sight_make (wide, &high_box);
      g_assert_cmpfloat_with_epsilon (sight.x * SIDE, 30.4, 0.15);
      g_assert_cmpfloat_with_epsilon (sight.y * SIDE, 17.7 + SIDE / 2, 0.15);
    }
}

/* Boxes of anywhere are no reason to look outside of the picture. */
static void
test_anywhere (void)
{
  g_autoptr (MonocleImage) image = paint_disc (30, 30, SIDE, SIDE, 0.3);
  const MonocleBox boxes[] = { { -100, -100, -50, -50 },
                               { 1e9f, 1e9f, 2e9f, 2e9f },
                               { 30, 30, 30, 30 },
                               { 60, 60, 1000, 1000 },
                               { 40, 40, 20, 20 } };

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      const MonocleWorldSight sight = monocle_world_sight_make (image, &boxes[i]);

      g_assert_true (isfinite (sight.x) && isfinite (sight.y) && sight.radius >= 0);
    }
}

/* --- which is which ----------------------------------------------------------------------- */

static void
add_sight (GPtrArray *frames, guint frame, double x, double y, double radius)
{
  const MonocleWorldSight sight = { x, y, radius };

  while (frames->len <= frame)
    g_ptr_array_add (frames, g_array_new (FALSE, FALSE, sizeof (MonocleWorldSight)));
  g_array_append_val ((GArray *) frames->pdata[frame], sight);
}

static GPtrArray *
make_frames (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
}

/* Two that pass each other, in any order, one of them hidden for two frames, beside one that lies
 * and one that comes later. */
static void
test_follow (void)
{
  g_autoptr (GPtrArray) frames = make_frames ();
  g_autoptr (MonocleTracks) tracks = NULL;
  g_autoptr (GError) error = NULL;

  for (guint t = 0; t < 10; t++)
    {
      if (t % 2 == 0)
        add_sight (frames, t, 0.5, 0.95, 0.05);
      if (t != 4 && t != 5)
        add_sight (frames, t, 0.1 + 0.08 * t, 0.3, 0.05);
      add_sight (frames, t, 0.8 - 0.06 * t, 0.35, 0.06);
      if (t % 2 == 1)
        add_sight (frames, t, 0.5, 0.95, 0.05);
      if (t > 3)
        add_sight (frames, t, 0.1, 0.1 * t, 0.05);
    }
  tracks = monocle_world_follow (frames, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tracks->n_things, ==, 2);
  g_assert_cmpuint (tracks->n_frames, ==, 10);
  for (guint t = 0; t < 10; t++)
    {
      g_assert_cmpfloat_with_epsilon ((double) tracks->places[4 * t], 0.1 + 0.08 * t, 1e-6);
      g_assert_cmpfloat_with_epsilon ((double) tracks->places[4 * t + 1], 0.3, 1e-6);
      g_assert_cmpfloat_with_epsilon ((double) tracks->places[4 * t + 2], 0.8 - 0.06 * t, 1e-6);
    }
  g_assert_cmpfloat_with_epsilon ((double) tracks->radii[1], 0.06, 1e-6);
  monocle_tracks_free (tracks);
  /* Only the one that moves most. */
  tracks = monocle_world_follow (frames, 1, &error);
  g_assert_cmpuint (tracks->n_things, ==, 1);
  g_assert_cmpfloat_with_epsilon ((double) tracks->places[0], 0.1, 1e-6);
}

/* What a detector loses for a frame and finds elsewhere does not move; what goes there and stays
 * does. */
static void
test_jump (void)
{
  g_autoptr (GPtrArray) frames = make_frames (), moved = make_frames ();
  g_autoptr (MonocleTracks) tracks = NULL;
  g_autoptr (GError) error = NULL;

  for (guint t = 0; t < 8; t++)
    {
      add_sight (frames, t, t == 4 || t == 7 ? 0.6 : 0.5, 0.5, 0.05);
      add_sight (moved, t, t >= 4 ? 0.6 : 0.5, 0.5, 0.05);
    }
  g_assert_null (monocle_world_follow (frames, 3, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  tracks = monocle_world_follow (moved, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tracks->n_frames, ==, 8);
}

/* What comes in the third frame is followed from there on, if that goes on for long enough. */
static void
test_later (void)
{
  g_autoptr (GPtrArray) frames = make_frames (), few = make_frames ();
  g_autoptr (MonocleTracks) tracks = NULL;
  g_autoptr (GError) error = NULL;
  guint first;

  for (guint t = 0; t < 12; t++)
    {
      add_sight (frames, t, 0.5, 0.9, 0.05);
      if (t >= 2)
        add_sight (frames, t, 0.1 + 0.05 * t, 0.3, 0.05);
    }
  for (guint t = 0; t < 8; t++)
    add_sight (few, t, t < 2 ? 0.9 : 0.1 + 0.05 * t, 0.3, t < 2 ? 0.2 : 0.05);
  tracks = monocle_world_follow_later (frames, 3, &first, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (first, ==, 2);
  g_assert_cmpuint (tracks->n_things, ==, 1);
  g_assert_cmpuint (tracks->n_frames, ==, 10);
  g_assert_cmpfloat_with_epsilon ((double) tracks->places[0], 0.2, 1e-6);
  g_assert_null (monocle_world_follow_later (few, 3, &first, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
}

/* As far as it is seen; nothing that moves; nothing at all. */
static void
test_lost (void)
{
  g_autoptr (GPtrArray) frames = make_frames (), still = make_frames (), empty = make_frames ();
  g_autoptr (MonocleTracks) tracks = NULL;
  g_autoptr (GError) error = NULL;

  for (guint t = 0; t < 10; t++)
    {
      add_sight (frames, t, 0.5, 0.5, 0.05);
      add_sight (still, t, 0.5, 0.5, 0.05);
      if (t < 6)
        add_sight (frames, t, 0.1 + 0.1 * t, 0.3, 0.05);
      g_ptr_array_add (empty, g_array_new (FALSE, FALSE, sizeof (MonocleWorldSight)));
    }
  tracks = monocle_world_follow (frames, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tracks->n_things, ==, 1);
  g_assert_cmpuint (tracks->n_frames, ==, 6);
  g_assert_null (monocle_world_follow (still, 3, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_null (monocle_world_follow (empty, 3, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/world-follow/animation", test_animation);
  g_test_add_func ("/world-follow/hostile-animation", test_hostile_animation);
  g_test_add_func ("/world-follow/pipe", test_pipe);
  g_test_add_func ("/world-follow/folder", test_folder);
  g_test_add_func ("/world-follow/sight", test_sight);
  g_test_add_func ("/world-follow/anywhere", test_anywhere);
  g_test_add_func ("/world-follow/follow", test_follow);
  g_test_add_func ("/world-follow/jump", test_jump);
  g_test_add_func ("/world-follow/later", test_later);
  g_test_add_func ("/world-follow/lost", test_lost);
  return g_test_run ();
}
