/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/pack.h"

#include <gio/gio.h>

/* (transfer full) (nullable): all that comes out of it, if that is not more than @most bytes */
static GByteArray *
convert (GConverter *converter, const guint8 *bytes, gsize n, gsize most)
{
  g_autoptr (GInputStream) from = g_memory_input_stream_new_from_data (bytes, (gssize) n, NULL);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (from, converter);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 buffer[16384];
  gssize n_read;

  while ((n_read = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL)) > 0)
    {
      if ((gsize) n_read > most - all->len)
        return NULL;
      g_byte_array_append (all, buffer, (guint) n_read);
    }
  return n_read == 0 ? g_steal_pointer (&all) : NULL;
}

GBytes *
monocle_pack (const guint8 *bytes, gsize n)
{
  g_autoptr (GConverter) packer
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1));

  return g_byte_array_free_to_bytes (convert (packer, bytes, n, G_MAXSIZE));
}

GByteArray *
monocle_unpack (const guint8 *packed, gsize n_packed, gsize n)
{
  g_autoptr (GConverter) unpacker
      = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  g_autoptr (GByteArray) bytes
      = n_packed <= G_MAXSSIZE ? convert (unpacker, packed, n_packed, n) : NULL;

  return bytes && bytes->len == n ? g_steal_pointer (&bytes) : NULL;
}
