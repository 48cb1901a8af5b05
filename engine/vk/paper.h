/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A device on paper: what a model and its questions would take of it, before any of that is there.
 * Loading and asking run as always, with the same buffers in the same blocks; but nothing is taken
 * of the device, nothing is uploaded, recordings are not submitted, and what is read back is zero.
 * It opens nothing, so it can be used on any thread.
 */
#pragma once

#include "engine/vk/memory.h"

G_BEGIN_DECLS

/**
 * MonocleVkPaper:
 * @is_asking: whether what is made now comes with a question
 * @now: bytes of the buffers that there are, by what they are for
 * @at_peak: the same when the most was taken
 */
struct _MonocleVkPaper
{
  gboolean is_asking;
  guint64 now[MONOCLE_VK_N_PURPOSES];
  guint64 at_peak[MONOCLE_VK_N_PURPOSES];
};

/* (transfer full): to be closed as any other */
MonocleVkGpu *monocle_vk_paper_open (const MonocleVkGpuInfo *info);

/* A buffer of this name was made; it is freed. */
void monocle_vk_paper_take (MonocleVkPaper *self, MonocleVkBuffer *buffer, const char *name);
void monocle_vk_paper_give_back (MonocleVkPaper *self, const MonocleVkBuffer *buffer);

/* Memory that the host sees. It costs nothing where nobody writes. (nullable) */
gpointer monocle_vk_paper_map (guint64 size);
void monocle_vk_paper_unmap (gpointer memory, guint64 size);

G_END_DECLS
