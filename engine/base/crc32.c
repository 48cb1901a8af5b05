/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/crc32.h"

#define POLYNOMIAL 0xedb88320u

guint32
monocle_crc32 (guint32 sum, const guint8 *data, gsize size)
{
  static guint32 table[256];
  static gsize is_there;

  if (g_once_init_enter (&is_there))
    {
      for (guint i = 0; i < G_N_ELEMENTS (table); i++)
        {
          table[i] = i;
          for (guint k = 0; k < 8; k++)
            table[i] = (table[i] >> 1) ^ (POLYNOMIAL & (0u - (table[i] & 1)));
        }
      g_once_init_leave (&is_there, 1);
    }
  sum = ~sum;
  for (gsize i = 0; i < size; i++)
    sum = (sum >> 8) ^ table[(sum ^ data[i]) & 0xff];
  return ~sum;
}
