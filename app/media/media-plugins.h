/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of GStreamer is used for files of strangers, and where what is missing is to be had. Private
 * to app/media.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Whether files of that type name others. */
gboolean monocle_media_plugins_is_list (const char *media);

/* Whether it only takes bytes apart: nothing that opens an address, or another file. */
gboolean monocle_media_plugins_may_decode (GstElementFactory *factory);

/* The package of Debian and Ubuntu that has what reads such a type, as a rule. */
const char *monocle_media_plugins_find_package (const char *media);

/* @kind: "Video" or "Audio"; pictures are of the first */
gboolean monocle_media_plugins_is_decoder (GstElementFactory *factory, const char *kind);

G_END_DECLS
