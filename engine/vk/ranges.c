/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/ranges.h"

/* Of an array they are sorted and never adjacent. */
typedef struct
{
  guint64 offset, size;
} Range;

GArray *
monocle_vk_ranges_new (guint64 size)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  const Range all = { 0, size };

  g_array_append_val (ranges, all);
  return ranges;
}

gboolean
monocle_vk_ranges_take (GArray *ranges, guint64 size, guint64 alignment, guint64 *offset)
{
  for (guint i = 0; i < ranges->len; i++)
    {
      Range range = g_array_index (ranges, Range, i);
      guint64 start = (range.offset + alignment - 1) / alignment * alignment;
      guint64 padding = start - range.offset;
      Range rest;

      if (range.size < padding || range.size - padding < size)
        continue;

      *offset = start;
      rest = (Range){ start + size, range.size - padding - size };
      if (padding > 0)
        {
          g_array_index (ranges, Range, i).size = padding;
          if (rest.size > 0)
            g_array_insert_val (ranges, i + 1, rest);
        }
      else if (rest.size > 0)
        g_array_index (ranges, Range, i) = rest;
      else
        g_array_remove_index (ranges, i);
      return TRUE;
    }

  return FALSE;
}

void
monocle_vk_ranges_give_back (GArray *ranges, guint64 offset, guint64 size)
{
  Range range = { offset, size };
  guint i = 0;

  while (i < ranges->len && g_array_index (ranges, Range, i).offset < offset)
    i++;
  if (i > 0)
    {
      Range before = g_array_index (ranges, Range, i - 1);

      if (before.offset + before.size == range.offset)
        {
          range = (Range){ before.offset, before.size + range.size };
          g_array_remove_index (ranges, --i);
        }
    }
  if (i < ranges->len)
    {
      Range after = g_array_index (ranges, Range, i);

      if (range.offset + range.size == after.offset)
        {
          range.size += after.size;
          g_array_remove_index (ranges, i);
        }
    }
  g_array_insert_val (ranges, i, range);
}

gboolean
monocle_vk_ranges_is_all (const GArray *ranges, guint64 size)
{
  return ranges->len == 1 && g_array_index (ranges, Range, 0).size == size;
}
