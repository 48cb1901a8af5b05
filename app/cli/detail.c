/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/detail.h"

#include "app/cli/cli.h"

gboolean
monocle_cli_detail_read (const char *verb,
                         const char *name,
                         const MonocleCliModel *model,
                         MonocleDetail *detail)
{
  g_autofree char *directory = NULL;

  if (!name)
    return TRUE;
  if (!monocle_detail_find (name, detail))
    {
      monocle_cli_refuse (verb, _ ("--detail is auto, glance, normal or fine, not '%s'"), name);
      return FALSE;
    }
  /* Which model that is, and whether it is there, is for others to complain about. */
  directory = monocle_cli_model_find (model, NULL);
  if (!directory || monocle_model_peek_details (directory))
    return TRUE;
  monocle_cli_refuse (verb, _ ("--detail is for models that take pictures in pieces: this one "
                               "looks at all alike"));
  return FALSE;
}
