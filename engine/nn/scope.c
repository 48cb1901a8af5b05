/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/scope.h"

#include <string.h>

MonocleScope
monocle_scope_enter (MonocleScope scope, const char *name)
{
  gsize length;

  if (*scope.path)
    g_strlcat (scope.path, ".", sizeof scope.path);
  length = g_strlcat (scope.path, name, sizeof scope.path);
  g_assert (length < sizeof scope.path);

  return scope;
}

MonocleScope
monocle_scope_enter_index (MonocleScope scope, guint index)
{
  char number[16];

  g_snprintf (number, sizeof number, "%u", index);
  return monocle_scope_enter (scope, number);
}
