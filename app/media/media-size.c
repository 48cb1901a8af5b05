/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/media/media-size.h"

#include <string.h>

static gboolean
is_too_large (guint64 width, guint64 height)
{
  return width * height > MONOCLE_MEDIA_MOST_PIXELS;
}

gboolean
monocle_media_size_claims_too_much (const GstStructure *structure)
{
  int width = 0, height = 0;

  return gst_structure_get_int (structure, "width", &width)
         && gst_structure_get_int (structure, "height", &height) && width > 0 && height > 0
         && is_too_large ((guint64) width, (guint64) height);
}

static guint
read_16_be (const guint8 *bytes)
{
  return (guint) bytes[0] << 8 | bytes[1];
}

static guint
read_16_le (const guint8 *bytes)
{
  return (guint) bytes[1] << 8 | bytes[0];
}

/* --- VP8, Theora, JPEG -------------------------------------------------------------------- */

/* Those that stand for themselves say it (RFC 6386, 9.1). */
static gboolean
is_too_large_vp8 (const guint8 *bytes, gsize n)
{
  return n >= 10 && !(bytes[0] & 1)
         && is_too_large (read_16_le (bytes + 6) & 0x3fff, read_16_le (bytes + 8) & 0x3fff);
}

/* The first packet does, in blocks of 16. */
static gboolean
is_too_large_theora (const guint8 *bytes, gsize n)
{
  return n >= 14 && memcmp (bytes, "\200theora", 7) == 0
         && is_too_large (16 * (guint64) read_16_be (bytes + 10),
                          16 * (guint64) read_16_be (bytes + 12));
}

static gboolean
is_frame_header (guint8 marker)
{
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static gboolean
is_too_large_jpeg (const guint8 *bytes, gsize n)
{
  gsize at = 2;

  while (at + 9 <= n && bytes[at] == 0xff)
    {
      const guint8 marker = bytes[at + 1];

      if (is_frame_header (marker)
          && is_too_large (read_16_be (bytes + at + 7), read_16_be (bytes + at + 5)))
        return TRUE;
      /* Some fill up with 255; some markers stand alone. */
      if (marker == 0xff)
        at++;
      else if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8))
        at += 2;
      else
        at += 2 + (gsize) read_16_be (bytes + at + 2);
    }
  return FALSE;
}

/* --- VP9 ---------------------------------------------------------------------------------- */

typedef struct
{
  const guint8 *bytes;
  gsize n, at; /* in bits */
} Bits;

/* Behind the end there are zeros. */
static guint
take (Bits *bits, guint n)
{
  guint value = 0;

  for (; n > 0; n--, bits->at++)
    value = value << 1
            | (bits->at < bits->n ? bits->bytes[bits->at / 8] >> (7 - bits->at % 8) & 1 : 0);
  return value;
}

static void
skip_colours (Bits *bits, guint profile)
{
  if (profile >= 2)
    take (bits, 1);
  /* Red, green and blue have no range and no subsampling. */
  if (take (bits, 3) != 7)
    take (bits, profile & 1 ? 4 : 1);
  else if (profile & 1)
    take (bits, 1);
}

static gboolean
takes_too_much (Bits *bits)
{
  const guint width = take (bits, 16) + 1;

  return is_too_large (width, take (bits, 16) + 1);
}

/* Up to where it says its size, if it does: as large as an earlier one is no larger than that. */
static gboolean
is_too_large_vp9_frame (const guint8 *bytes, gsize n)
{
  Bits bits = { bytes, n * 8, 2 };
  guint profile = take (&bits, 1);
  gboolean is_shown, resets;

  profile |= take (&bits, 1) << 1;
  if (profile == 3)
    take (&bits, 1);
  if (take (&bits, 1)) /* one that was there before is shown */
    return FALSE;
  if (!take (&bits, 1)) /* it stands for itself */
    {
      take (&bits, 2 + 24);
      skip_colours (&bits, profile);
      return takes_too_much (&bits);
    }
  is_shown = take (&bits, 1) != 0;
  resets = take (&bits, 1) == 0;
  if (!is_shown && take (&bits, 1)) /* of others it takes nothing */
    {
      take (&bits, resets ? 2 : 0);
      take (&bits, 24);
      if (profile > 0)
        skip_colours (&bits, profile);
      take (&bits, 8);
      return takes_too_much (&bits);
    }
  take (&bits, (resets ? 2 : 0) + 8);
  take (&bits, 3 * 4);
  for (guint i = 0; i < 3; i++)
    if (take (&bits, 1))
      return FALSE;
  return takes_too_much (&bits);
}

/* Several may be one piece, whose end says how long each of them is. */
static gboolean
is_too_large_vp9 (const guint8 *bytes, gsize n)
{
  const guint8 last = n > 0 ? bytes[n - 1] : 0;
  const guint n_frames = (last & 7) + 1, width = (last >> 3 & 3) + 1;
  const gsize index = 2 + (gsize) n_frames * width;
  const guint8 *size;
  gsize at = 0;

  if ((last & 0xe0) != 0xc0 || n < index || bytes[n - index] != last)
    return n > 0 && is_too_large_vp9_frame (bytes, n);
  size = bytes + n - index + 1;
  n -= index;
  for (guint i = 0; i < n_frames; i++, size += width)
    {
      gsize length = 0;

      for (guint k = 0; k < width; k++)
        length |= (gsize) size[k] << (8 * k);
      length = MIN (length, n - at);
      if (length > 0 && is_too_large_vp9_frame (bytes + at, length))
        return TRUE;
      at += length;
    }
  return FALSE;
}

/* --- watching ----------------------------------------------------------------------------- */

typedef gboolean (*Measure) (const guint8 *bytes, gsize n);

typedef struct
{
  Measure is_too_large;
  void (*func) (gpointer data);
  gpointer data;
} Watch;

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const Watch *watch = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstMapInfo map;
  gboolean is_too_large;

  if (!buffer || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_PAD_PROBE_OK;
  is_too_large = watch->is_too_large (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  if (!is_too_large)
    return GST_PAD_PROBE_OK;
  watch->func (watch->data);
  return GST_PAD_PROBE_DROP;
}

void
monocle_media_size_watch (GstPad *pad,
                          const char *media,
                          void (*func) (gpointer data),
                          gpointer data)
{
  static const struct
  {
    const char *media;
    Measure is_too_large;
  } kinds[] = { { "video/x-vp8", is_too_large_vp8 },
                { "video/x-vp9", is_too_large_vp9 },
                { "video/x-theora", is_too_large_theora },
                { "image/jpeg", is_too_large_jpeg } };
  /* That of decodebin stands for whatever comes last, which soon is the decoder. */
  g_autoptr (GstPad) from
      = GST_IS_GHOST_PAD (pad) ? gst_ghost_pad_get_target (GST_GHOST_PAD (pad)) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (media, kinds[i].media))
      {
        Watch *watch = g_new (Watch, 1);

        *watch = (Watch){ kinds[i].is_too_large, func, data };
        gst_pad_add_probe (from ? from : pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, watch, g_free);
      }
}
