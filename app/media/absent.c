/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Films and sound where Monocle was built without GStreamer.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/media/sound-file.h"
#include "app/media/video.h"

static void
refuse (GError **error)
{
  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                       _ ("This Monocle was built without GStreamer, which reads films and "
                          "sound."));
}

gboolean
monocle_video_is_likely (GFile *file, GCancellable *cancellable)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *type = g_content_type_guess (name, NULL, 0, NULL);

  return g_content_type_is_a (type, "video/*")
         && g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable)
                == G_FILE_TYPE_REGULAR;
}

GPtrArray *
monocle_video_read (GFile *file,
                    const MonocleVideoPart *part,
                    MonocleVideoInfo *info,
                    GCancellable *cancellable,
                    GError **error)
{
  refuse (error);
  return NULL;
}

MonocleSound *
monocle_sound_file_read (
    GFile *file, double from, double *duration, GCancellable *cancellable, GError **error)
{
  refuse (error);
  return NULL;
}
