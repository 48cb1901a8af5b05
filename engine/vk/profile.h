/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What kernels take on a device: the steps of what was submitted since somebody asked, by the
 * device's own clock.
 */
#pragma once

#include "engine/base/timed-step.h"
#include "engine/vk/commands.h"

G_BEGIN_DECLS

/**
 * MonocleVkProfile:
 * @steps: (element-type MonocleTimedStep): as they ran
 * @start_ms: when the first one began, on the device's clock; negative: none was timed yet
 */
struct _MonocleVkProfile
{
  GArray *steps;
  double start_ms;
};

MonocleVkProfile *monocle_vk_profile_new (void);
void monocle_vk_profile_free (MonocleVkProfile *self);

/* A step that is to be timed: what is known of it before it runs. */
MonocleTimedStep monocle_vk_profile_describe_dispatch (const char *recording,
                                                       const MonocleVkDispatch *dispatch);
MonocleTimedStep monocle_vk_profile_describe_copy (const char *recording, guint64 bytes);

/* Adds one that ran from @start_ms to @end_ms on the device's clock; past a million nothing is
 * added. */
void monocle_vk_profile_add (MonocleVkProfile *self,
                             const MonocleTimedStep *step,
                             double start_ms,
                             double end_ms);

/* The steps; there are none afterwards. (transfer full) */
GArray *monocle_vk_profile_take (MonocleVkProfile *self);

/* Takes them and logs the sums of each kernel of each recording, the longest first. */
void monocle_vk_profile_log (MonocleVkProfile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleVkProfile, monocle_vk_profile_free)

G_END_DECLS
