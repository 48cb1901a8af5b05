/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/media/media-plugins.h"

#include <string.h>

gboolean
monocle_media_plugins_is_list (const char *media)
{
  static const char *const lists[]
      = { "application/x-hls",  "application/dash+xml", "application/vnd.ms-sstr+xml",
          "application/sdp",    "application/smil",     "text/uri-list",
          "application/x-xges", "application/xges",     "video/x-ms-asx" };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (g_str_equal (media, lists[i]))
      return TRUE;
  return FALSE;
}

gboolean
monocle_media_plugins_may_decode (GstElementFactory *factory)
{
  const char *klass = gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);

  return klass && g_str_has_prefix (klass, "Codec/")
         && (strstr (klass, "Demuxer") || strstr (klass, "Decoder") || strstr (klass, "Parser"))
         && !strstr (klass, "Adaptive") && !strstr (klass, "Network")
         && !strstr (klass, "Hardware")
         /* Those of libav open whatever a file names. */
         && !g_str_has_prefix (GST_OBJECT_NAME (factory), "avdemux_");
}

gboolean
monocle_media_plugins_is_decoder (GstElementFactory *factory, const char *kind)
{
  const char *klass = gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);

  return klass && strstr (klass, "Decoder")
         && (strstr (klass, kind) || (g_str_equal (kind, "Video") && strstr (klass, "Image")));
}

/* As Debian and Ubuntu divide them. What is in none of these libav has, but for containers, whose
 * demultiplexers are not used. */
static const struct
{
  const char *media, *package;
} packages[] = {
  { "application/ogg", "gstreamer1.0-plugins-base" },
  { "audio/x-vorbis", "gstreamer1.0-plugins-base" },
  { "audio/x-opus", "gstreamer1.0-plugins-base" },
  { "video/x-theora", "gstreamer1.0-plugins-base" },
  { "video/webm", "gstreamer1.0-plugins-good" },
  { "audio/webm", "gstreamer1.0-plugins-good" },
  { "video/x-matroska", "gstreamer1.0-plugins-good" },
  { "audio/x-matroska", "gstreamer1.0-plugins-good" },
  { "video/quicktime", "gstreamer1.0-plugins-good" },
  { "audio/x-m4a", "gstreamer1.0-plugins-good" },
  { "video/x-msvideo", "gstreamer1.0-plugins-good" },
  { "video/x-flv", "gstreamer1.0-plugins-good" },
  { "audio/x-wav", "gstreamer1.0-plugins-good" },
  { "audio/x-flac", "gstreamer1.0-plugins-good" },
  { "audio/x-au", "gstreamer1.0-plugins-good" },
  { "audio/x-speex", "gstreamer1.0-plugins-good" },
  { "image/jpeg", "gstreamer1.0-plugins-good" },
  { "video/x-vp8", "gstreamer1.0-plugins-good" },
  { "video/x-vp9", "gstreamer1.0-plugins-good" },
  { "video/mpegts", "gstreamer1.0-plugins-bad" },
  { "application/mxf", "gstreamer1.0-plugins-bad" },
  { "audio/x-aiff", "gstreamer1.0-plugins-bad" },
  { "video/x-ms-asf", "gstreamer1.0-plugins-ugly" },
  { "application/vnd.rn-realmedia", "gstreamer1.0-plugins-ugly" },
};

const char *
monocle_media_plugins_find_package (const char *media)
{
  for (guint i = 0; i < G_N_ELEMENTS (packages); i++)
    if (g_str_equal (media, packages[i].media))
      return packages[i].package;
  return "gstreamer1.0-libav";
}
