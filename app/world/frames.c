/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/frames.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/base/error.h"
#include "app/pictures/decode.h"

/* Of a picture: as its longer side has at least, if it was larger. */
#define SIDE 640

#define LEAST_FRAMES 3

/* Of an animation, which is whole in memory. */
#define MOST_BYTES  (64 * 1024 * 1024)
#define MOST_PIXELS (8 * 1024 * 1024)

static gboolean
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST, words);
  return FALSE;
}

/* --- animations --------------------------------------------------------------------------- */

static gboolean
is_gif (GBytes *bytes)
{
  return g_bytes_get_size (bytes) > 13
         && memcmp (g_bytes_get_data (bytes, NULL), "GIF8", strlen ("GIF8")) == 0;
}

/* What follows a block's head: pieces, each with its size before it; moves on. */
static void
skip_pieces (const guint8 *data, gsize size, gsize *at)
{
  while (*at < size && data[*at] != 0)
    *at += 1 + (gsize) data[*at];
  (*at)++;
}

/* Bytes of a table of colours. */
static gsize
get_table (guint8 flags)
{
  return flags & 0x80 ? (gsize) 3 << ((flags & 7) + 1) : 0;
}

/* The size that it, or one of its pictures, says it has, before anything is made of it. */
static gboolean
read_size (const guint8 *data, gsize *n_pixels, GError **error)
{
  const gsize width = data[0] | (gsize) data[1] << 8, height = data[2] | (gsize) data[3] << 8;

  *n_pixels = width * height;
  return *n_pixels <= MOST_PIXELS || refuse (error, _ ("This animation is too large."));
}

/* Of a GIF its first pictures and how long each is shown, and nothing else: of all else there may
 * be more than the loader comes to an end with. How many they are: an animation begins again where
 * it ends, and does not say so.
 *
 * Returns: (transfer full) (nullable) */
static GBytes *
take_pictures (GBytes *bytes, guint *n, GError **error)
{
  gsize size, n_pixels, at, control = 0, control_end = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GByteArray) taken = g_byte_array_new ();

  *n = 0;
  if (!read_size (data + 6, &n_pixels, error))
    return NULL;
  at = 13 + get_table (data[10]);
  g_byte_array_append (taken, data, (guint) MIN (at, size));
  while (at + 10 < size && *n < MONOCLE_WORLD_MOST_FRAMES && (data[at] == 0x21 || data[at] == 0x2c))
    {
      const gsize start = at;
      const gboolean is_picture = data[at] == 0x2c;

      if (is_picture && !read_size (data + at + 5, &n_pixels, error))
        return NULL;
      at += is_picture ? 11 + get_table (data[at + 9]) : 2;
      skip_pieces (data, size, &at);
      if (is_picture && n_pixels > 0)
        {
          g_byte_array_append (taken, data + control, (guint) (control_end - control));
          g_byte_array_append (taken, data + start, (guint) (MIN (at, size) - start));
          control = control_end = 0;
          (*n)++;
        }
      else if (!is_picture && data[start + 1] == 0xf9)
        {
          control = start;
          control_end = MIN (at, size);
        }
    }
  if (at <= size)
    g_byte_array_append (taken, (const guint8 *) ";", 1);
  return g_byte_array_free_to_bytes (g_steal_pointer (&taken));
}

static GdkPixbufAnimation *
decode (GBytes *bytes, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type ("gif", error);
  GdkPixbufAnimation *animation;

  if (!loader)
    return NULL;
  if (!gdk_pixbuf_loader_write_bytes (loader, bytes, error))
    {
      gdk_pixbuf_loader_close (loader, NULL);
      return NULL;
    }
  if (!gdk_pixbuf_loader_close (loader, error))
    return NULL;
  animation = gdk_pixbuf_loader_get_animation (loader);
  return animation ? g_object_ref (animation) : NULL;
}

/* (transfer full) (nullable): what is seen now, made smaller as pictures are */
static MonocleImage *
copy_frame (GdkPixbufAnimationIter *iter, GError **error)
{
  GdkPixbuf *whole = gdk_pixbuf_animation_iter_get_pixbuf (iter);
  const int width = gdk_pixbuf_get_width (whole), height = gdk_pixbuf_get_height (whole);
  const double scale = 2.0 * SIDE / MAX (width, height);
  g_autoptr (GdkPixbuf) small = NULL;

  if (scale >= 1)
    return monocle_image_decode_copy (whole, FALSE, error);
  small = gdk_pixbuf_scale_simple (whole, MAX ((int) (width * scale), 1),
                                   MAX ((int) (height * scale), 1), GDK_INTERP_BILINEAR);
  if (small)
    return monocle_image_decode_copy (small, FALSE, error);
  refuse (error, _ ("There is too little memory for this picture."));
  return NULL;
}

static GPtrArray *
read_animation (GBytes *bytes, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) frames
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  g_autoptr (GdkPixbufAnimation) animation = NULL;
  g_autoptr (GdkPixbufAnimationIter) iter = NULL;
  g_autoptr (GBytes) taken = NULL;
  guint n;

  taken = take_pictures (bytes, &n, error);
  animation = taken ? decode (taken, error) : NULL;
  if (!animation)
    return NULL;
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  GTimeVal time = { 0 };

  iter = gdk_pixbuf_animation_get_iter (animation, &time);
  while (frames->len < n)
    {
      const int delay = gdk_pixbuf_animation_iter_get_delay_time (iter);
      MonocleImage *frame = copy_frame (iter, error);

      if (!frame)
        return NULL;
      g_ptr_array_add (frames, frame);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      /* What stays for good is the last one. */
      if (delay < 0)
        break;
      g_time_val_add (&time, (glong) delay * 1000);
      gdk_pixbuf_animation_iter_advance (iter, &time);
    }
  G_GNUC_END_IGNORE_DEPRECATIONS
  return g_steal_pointer (&frames);
}

/* --- pictures ----------------------------------------------------------------------------- */

static GBytes *
read_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                           G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (!info)
    return NULL;
  /* One has no end, and opening one can wait for ever. */
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_SPECIAL)
    {
      g_autofree char *base = g_file_get_basename (file);
      g_autofree char *name = g_filename_display_name (base);

      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                   _ ("%s: this is a device or a pipe, not a picture."), name);
      return NULL;
    }
  if (g_file_info_get_size (info) > MOST_BYTES)
    {
      refuse (error, _ ("One of these files is too large."));
      return NULL;
    }
  return g_file_load_bytes (file, cancellable, NULL, error);
}

static MonocleImage *
read_picture (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base);
  g_autoptr (GBytes) bytes = read_file (file, cancellable, error);

  if (!bytes)
    return NULL;
  return monocle_image_is_known (bytes)
             ? monocle_image_new_small_from_bytes (bytes, name, SIDE, error)
             : monocle_image_decode_pixbuf (bytes, name, 2 * SIDE, cancellable, error);
}

typedef struct
{
  char *key; /* in which order */
  GFile *file;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_object_unref (entry->file);
  g_free (entry);
}

static void
add_entry (GPtrArray *entries, GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base);
  Entry *entry = g_new (Entry, 1);

  *entry
      = (Entry){ .key = g_utf8_collate_key_for_filename (name, -1), .file = g_object_ref (file) };
  g_ptr_array_add (entries, entry);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(Entry *const *) a)->key, (*(Entry *const *) b)->key);
}

/* (transfer full) (nullable) (element-type Entry): the pictures of a folder */
static GPtrArray *
list_folder (GFile *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
      folder,
      G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE
                                     "," G_FILE_ATTRIBUTE_STANDARD_IS_HIDDEN,
      G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (!children)
    return NULL;
  while (TRUE)
    {
      GFileInfo *info;
      GFile *child;
      const char *type;

      if (!g_file_enumerator_iterate (children, &info, &child, cancellable, error))
        return NULL;
      if (!info)
        break;
      type = g_file_info_get_content_type (info);
      if (type && g_content_type_is_a (type, "image/*") && !g_file_info_get_is_hidden (info))
        add_entry (entries, child);
    }
  return g_steal_pointer (&entries);
}

static GPtrArray *
read_pictures (GPtrArray *entries, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) frames
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);

  g_ptr_array_sort (entries, compare_entries);
  for (guint i = 0; i < MIN (entries->len, MONOCLE_WORLD_MOST_FRAMES); i++)
    {
      MonocleImage *frame = read_picture (((Entry *) entries->pdata[i])->file, cancellable, error);

      if (!frame)
        return NULL;
      g_ptr_array_add (frames, frame);
    }
  return g_steal_pointer (&frames);
}

/* --- both --------------------------------------------------------------------------------- */

static gboolean
check_frames (const GPtrArray *frames, gboolean is_film, GError **error)
{
  if (frames->len < LEAST_FRAMES && is_film)
    return refuse (error, _ ("From there on this film has fewer than three frames."));
  if (frames->len < LEAST_FRAMES)
    return refuse (error, _ ("There must be three frames or more: a film, an animation (GIF), or "
                             "several pictures."));
  for (guint i = 1; i < frames->len; i++)
    if (monocle_image_get_width (frames->pdata[i]) != monocle_image_get_width (frames->pdata[0])
        || monocle_image_get_height (frames->pdata[i])
               != monocle_image_get_height (frames->pdata[0]))
      return refuse (error, _ ("All frames must have the same size."));
  return TRUE;
}

/* (transfer full) (nullable) */
static GPtrArray *
read_one (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) == G_FILE_TYPE_DIRECTORY)
    {
      entries = list_folder (file, cancellable, error);
      return entries ? read_pictures (entries, cancellable, error) : NULL;
    }
  bytes = read_file (file, cancellable, error);
  if (bytes && is_gif (bytes))
    return read_animation (bytes, cancellable, error);
  return bytes ? g_ptr_array_new () : NULL;
}

static GPtrArray *
read_many (GPtrArray *files, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);

  for (guint i = 0; i < files->len; i++)
    add_entry (entries, files->pdata[i]);
  return read_pictures (entries, cancellable, error);
}

GPtrArray *
monocle_world_frames_read (GPtrArray *files,
                           const MonocleWorldPick *pick,
                           MonocleVideoInfo *film,
                           gboolean *is_film,
                           GCancellable *cancellable,
                           GError **error)
{
  const MonocleVideoPart part = { .from = pick->from,
                                  .rate = pick->rate,
                                  .most_frames = MONOCLE_WORLD_MOST_FRAMES,
                                  .most_side = 2 * SIDE };
  g_autoptr (GPtrArray) frames = NULL;

  *film = (MonocleVideoInfo){ 0 };
  *is_film = files->len == 1 && monocle_video_is_likely (files->pdata[0], cancellable);
  if (*is_film)
    frames = monocle_video_read (files->pdata[0], &part, film, cancellable, error);
  else if (files->len == 1)
    frames = read_one (files->pdata[0], cancellable, error);
  else
    frames = read_many (files, cancellable, error);
  if (!frames || !check_frames (frames, *is_film, error))
    return NULL;
  return g_steal_pointer (&frames);
}
