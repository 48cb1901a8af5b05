/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/variant.h"

gboolean
monocle_variant_for_software (const MonocleVkTraits *traits, gconstpointer call)
{
  return traits->software;
}

const MonocleVariant *
monocle_variant_choose (const MonocleVariant *variants,
                        guint n,
                        const MonocleVkTraits *traits,
                        MonocleVkFormats formats,
                        gconstpointer call)
{
  for (guint i = 0; i < n; i++)
    if (monocle_kernel_runs (&monocle_kernels[variants[i].kernel], formats, traits)
        && (!variants[i].suits || variants[i].suits (traits, call)))
      return &variants[i];

  return NULL;
}

void
monocle_variant_record (const MonocleVariant *variants,
                        guint n,
                        MonocleCommands *commands,
                        MonocleVkFormats formats,
                        gconstpointer call)
{
  const MonocleVkTraits *traits = &monocle_commands_get_gpu (commands)->traits;
  const MonocleVariant *variant = monocle_variant_choose (variants, n, traits, formats, call);

  g_assert (variant);
  variant->record (commands, call);
}
