/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/label-studio-region.h"

#include <math.h>

#include "app/exchange/brush.h"
#include "app/exchange/target.h"
#include "app/json/text.h"

#define DECIMALS 6

static void
append_member (GString *text, const char *name, const char *value)
{
  g_string_append_printf (text, "\"%s\": ", name);
  monocle_json_append_string (text, value);
  g_string_append (text, ", ");
}

static void
begin (GString *text, const MonocleLabelStudioRegion *region, const char *type)
{
  g_string_append_c (text, '{');
  append_member (text, "id", region->id);
  append_member (text, "from_name", region->control);
  append_member (text, "to_name", region->object);
  append_member (text, "type", type);
  if (region->width > 0)
    g_string_append_printf (text,
                            "\"original_width\": %u, \"original_height\": %u, "
                            "\"image_rotation\": 0, ",
                            region->width, region->height);
  if (isfinite (region->score))
    {
      g_string_append (text, "\"score\": ");
      monocle_json_append_number (text, region->score);
      g_string_append (text, ", ");
    }
  g_string_append (text, "\"value\": {");
}

static void
end (GString *text, const char *key, const char *words)
{
  g_string_append_printf (text, "\"%s\": [", key);
  monocle_json_append_string (text, words);
  g_string_append (text, "]}}");
}

static void
append_percent (GString *text, double pixels, guint side)
{
  monocle_exchange_append_number (text, 100 * pixels / side, DECIMALS);
}

/* @name: (nullable) */
static void
append_side (GString *text, const char *name, double pixels, guint side)
{
  g_string_append_printf (text, "\"%s\": ", name);
  append_percent (text, pixels, side);
  g_string_append (text, ", ");
}

void
monocle_label_studio_append_box (GString *text,
                                 const MonocleLabelStudioRegion *region,
                                 const MonocleRect *box,
                                 const char *label)
{
  begin (text, region, "rectanglelabels");
  append_side (text, "x", box->x, region->width);
  append_side (text, "y", box->y, region->height);
  append_side (text, "width", box->width, region->width);
  append_side (text, "height", box->height, region->height);
  g_string_append (text, "\"rotation\": 0, ");
  end (text, "rectanglelabels", label);
}

void
monocle_label_studio_append_outline (GString *text,
                                     const MonocleLabelStudioRegion *region,
                                     const double *points,
                                     guint n_points,
                                     gboolean is_closed,
                                     const char *label)
{
  begin (text, region, "polygonlabels");
  g_string_append (text, "\"points\": [");
  for (guint i = 0; i < n_points; i++)
    {
      g_string_append (text, i > 0 ? ", [" : "[");
      append_percent (text, points[2 * i], region->width);
      g_string_append (text, ", ");
      append_percent (text, points[2 * i + 1], region->height);
      g_string_append_c (text, ']');
    }
  g_string_append_printf (text, "], \"closed\": %s, ", is_closed ? "true" : "false");
  end (text, "polygonlabels", label);
}

void
monocle_label_studio_append_brush (GString *text,
                                   const MonocleLabelStudioRegion *region,
                                   const MonocleMaskRuns *mask,
                                   const char *label)
{
  g_autoptr (GByteArray) bytes = monocle_brush_encode (mask);

  begin (text, region, "brushlabels");
  g_string_append (text, "\"format\": \"rle\", \"rle\": [");
  for (guint i = 0; i < bytes->len; i++)
    g_string_append_printf (text, i > 0 ? ", %u" : "%u", bytes->data[i]);
  g_string_append (text, "], ");
  end (text, "brushlabels", label);
}

void
monocle_label_studio_append_point (
    GString *text, const MonocleLabelStudioRegion *region, double x, double y, const char *label)
{
  begin (text, region, "keypointlabels");
  append_side (text, "x", x, region->width);
  append_side (text, "y", y, region->height);
  g_string_append (text, "\"width\": 0.5, ");
  end (text, "keypointlabels", label);
}

void
monocle_label_studio_append_choice (GString *text,
                                    const MonocleLabelStudioRegion *region,
                                    const char *choice)
{
  begin (text, region, "choices");
  end (text, "choices", choice);
}

void
monocle_label_studio_append_words (GString *text,
                                   const MonocleLabelStudioRegion *region,
                                   const char *words)
{
  begin (text, region, "textarea");
  end (text, "text", words);
}
