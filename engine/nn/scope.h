/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where in a model a tensor belongs: names joined by dots. A part is told its scope and enters
 * those of its layers, so that the same part can stand under any name in any family. A value: it is
 * copied freely and owns nothing.
 *
 *   layer = monocle_scope_enter_index (monocle_scope_enter (scope, "layers"), 3);
 *   monocle_scope_enter (layer, "fc1.weight").path;      valid until the end of the expression
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names are a model's own, none of them from a file; longer ones assert. */
#define MONOCLE_SCOPE_MAX_PATH 192

/**
 * MonocleScope:
 * @path: names joined by dots; empty at the root
 */
typedef struct
{
  char path[MONOCLE_SCOPE_MAX_PATH];
} MonocleScope;

#define MONOCLE_SCOPE_ROOT ((MonocleScope) { "" })

/**
 * monocle_scope_enter:
 * @scope: a scope
 * @name: one name, or several joined by dots
 *
 * Returns: the scope of that name inside @scope
 */
MonocleScope monocle_scope_enter (MonocleScope scope, const char *name);

/**
 * monocle_scope_enter_index:
 * @scope: that of a list
 * @index: in the list
 *
 * Returns: the scope of that member
 */
MonocleScope monocle_scope_enter_index (MonocleScope scope, guint index);

G_END_DECLS
