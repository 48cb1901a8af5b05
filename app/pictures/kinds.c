/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/pictures/kinds.h"

#include <string.h>

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

#include "app/pictures/decode.h"

typedef struct
{
  char **mime_types;
  char **endings;
} Kinds;

static const char *const mime_types_of_engine[] = { "image/jpeg",
                                                    "image/png",
                                                    "image/bmp",
                                                    "image/gif",
                                                    "image/x-tga",
                                                    "image/x-portable-anymap",
                                                    "image/x-portable-bitmap",
                                                    "image/x-portable-graymap",
                                                    "image/x-portable-pixmap",
                                                    NULL };
static const char *const endings_of_engine[]
    = { "jpg", "jpeg", "jpe", "png", "bmp", "gif", "tga", "pnm", "pbm", "pgm", "ppm", NULL };

static void
add (GPtrArray *all, const char *const *more)
{
  for (guint i = 0; more[i]; i++)
    if (!g_ptr_array_find_with_equal_func (all, more[i], g_str_equal, NULL))
      g_ptr_array_add (all, g_ascii_strdown (more[i], -1));
}

/* A loader may name kinds that are not always pictures ("audio/x-riff"). */
static char **
list_mime_types (GdkPixbufFormat *format)
{
  g_auto (GStrv) all = gdk_pixbuf_format_get_mime_types (format);
  g_autoptr (GStrvBuilder) pictures = g_strv_builder_new ();

  for (guint i = 0; all[i]; i++)
    if (g_str_has_prefix (all[i], "image/"))
      g_strv_builder_add (pictures, all[i]);
  return g_strv_builder_end (pictures);
}

static gpointer
list_kinds (gpointer data)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new (), endings = g_ptr_array_new ();
  GSList *formats = gdk_pixbuf_get_formats ();
  Kinds *kinds = g_new (Kinds, 1);

  add (types, mime_types_of_engine);
  add (endings, endings_of_engine);
  for (GSList *l = formats; l; l = l->next)
    {
      g_auto (GStrv) more_types = list_mime_types (l->data);
      g_auto (GStrv) more_endings = gdk_pixbuf_format_get_extensions (l->data);

      if (gdk_pixbuf_format_is_disabled (l->data) || !*more_types)
        continue;
      add (types, (const char *const *) more_types);
      add (endings, (const char *const *) more_endings);
    }
  g_slist_free (formats);
  if (monocle_image_decode_has_pdf ())
    {
      add (types, (const char *const[]){ "application/pdf", NULL });
      add (endings, (const char *const[]){ "pdf", NULL });
    }
  g_ptr_array_add (types, NULL);
  g_ptr_array_add (endings, NULL);
  kinds->mime_types = (char **) g_ptr_array_free (g_steal_pointer (&types), FALSE);
  kinds->endings = (char **) g_ptr_array_free (g_steal_pointer (&endings), FALSE);
  return kinds;
}

static const Kinds *
get_kinds (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, list_kinds, NULL);
}

const char *const *
monocle_picture_kinds_get_mime_types (void)
{
  return (const char *const *) get_kinds ()->mime_types;
}

const char *const *
monocle_picture_kinds_get_endings (void)
{
  return (const char *const *) get_kinds ()->endings;
}

gboolean
monocle_picture_kinds_can_open (const char *content_type)
{
  g_autofree char *mime_type = content_type ? g_content_type_get_mime_type (content_type) : NULL;

  return mime_type && g_strv_contains (monocle_picture_kinds_get_mime_types (), mime_type);
}

gboolean
monocle_picture_kinds_is_picture (const char *content_type, const char *name)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *ending = dot ? g_ascii_strdown (dot + 1, -1) : NULL;

  if (content_type && !g_content_type_is_unknown (content_type))
    return monocle_picture_kinds_can_open (content_type);
  return ending && g_strv_contains (monocle_picture_kinds_get_endings (), ending);
}
