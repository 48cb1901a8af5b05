/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How large the pictures of a film say that they are, before a decoder takes memory for them: what
 * the file says of them, and each of them of itself, which can be something else. Private to
 * app/media.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* More than any film has: decoders keep several of them, of up to 6 bytes a pixel. */
#define MONOCLE_MEDIA_MOST_PIXELS (8192 * 4608)

/* @structure: of the caps of what is decoded, which may say nothing */
gboolean monocle_media_size_claims_too_much (const GstStructure *structure);

/**
 * monocle_media_size_watch:
 * @pad: from which frames come, on their way to a decoder
 * @media: their kind: "video/x-vp8"; of kinds that are not known here nothing is looked at
 * @func: told in a thread of the pipeline of one that is too large, which goes no further
 * @data: for @func
 */
void monocle_media_size_watch (GstPad *pad,
                               const char *media,
                               void (*func) (gpointer data),
                               gpointer data);

G_END_DECLS
