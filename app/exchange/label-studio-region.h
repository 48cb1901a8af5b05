/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Regions as Label Studio has them, as JSON: for files, and for those who ask us as its backend.
 * Percentages of the picture.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleLabelStudioRegion:
 * @id: of the region
 * @control: of the setup, that says it
 * @object: of the setup, about which it is said
 * @width: of the picture in pixels; 0: not said, which only words allow
 * @height: the same
 * @score: NaN: none
 */
typedef struct
{
  const char *id;
  const char *control;
  const char *object;
  guint width, height;
  double score;
} MonocleLabelStudioRegion;

void monocle_label_studio_append_box (GString *text,
                                      const MonocleLabelStudioRegion *region,
                                      const MonocleRect *box,
                                      const char *label);
/* Not closed: a line. */
void monocle_label_studio_append_outline (GString *text,
                                          const MonocleLabelStudioRegion *region,
                                          const double *points,
                                          guint n_points,
                                          gboolean is_closed,
                                          const char *label);
void monocle_label_studio_append_brush (GString *text,
                                        const MonocleLabelStudioRegion *region,
                                        const MonocleMaskRuns *mask,
                                        const char *label);
void monocle_label_studio_append_point (
    GString *text, const MonocleLabelStudioRegion *region, double x, double y, const char *label);
/* One of several that may be chosen, or words. */
void monocle_label_studio_append_choice (GString *text,
                                         const MonocleLabelStudioRegion *region,
                                         const char *choice);
void monocle_label_studio_append_words (GString *text,
                                        const MonocleLabelStudioRegion *region,
                                        const char *words);

G_END_DECLS
