/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two versions of what lies on the picture as a list: how far they agree, what differs, and what
 * becomes of each: mine, theirs or both, by button or by the keys 1, 2 and 3.
 *
 * Signal `shown` (MonocleVersionPair): it is to be looked at.
 */
#pragma once

#include <adwaita.h>

#include "app/document/versions.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_VERSIONS_VIEW (monocle_versions_view_get_type ())
G_DECLARE_FINAL_TYPE (MonocleVersionsView, monocle_versions_view, MONOCLE, VERSIONS_VIEW, AdwBin)

/* @versions: (nullable) (element-type MonocleVersionPair); @name: of the other one */
void monocle_versions_view_set_versions (MonocleVersionsView *self,
                                         GListModel *versions,
                                         const char *name);

G_END_DECLS
