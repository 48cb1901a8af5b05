/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/sampling.h"

#include <stdio.h>

#include "app/cli/cli.h"

void
monocle_cli_sampling_clear (MonocleCliSampling *self)
{
  g_clear_pointer (&self->temperature, g_free);
  g_clear_pointer (&self->top_k, g_free);
  g_clear_pointer (&self->top_p, g_free);
  g_clear_pointer (&self->min_p, g_free);
  g_clear_pointer (&self->seed, g_free);
}

/* Options that are not there change nothing. */
static MonocleCliStatus
read_settings (MonocleCliSampling *self, const char *verb)
{
  MonocleSampling *settings = &self->settings;

  if (!monocle_cli_read_number (self->temperature, 0, FALSE, MONOCLE_SAMPLING_MAX_TEMPERATURE,
                                &settings->temperature))
    return monocle_cli_refuse (verb, _ ("%s must be a number above 0 and at most %g, not '%s'"),
                               "--temperature", MONOCLE_SAMPLING_MAX_TEMPERATURE,
                               self->temperature);
  if (!monocle_cli_parse_count (verb, "--top-k", self->top_k, MONOCLE_SAMPLER_MAX_CANDIDATES,
                                &settings->top_k))
    return MONOCLE_CLI_USAGE;
  if (!monocle_cli_read_number (self->top_p, 0, FALSE, 1, &settings->top_p))
    return monocle_cli_refuse (verb, _ ("%s must be a number above 0 and at most %g, not '%s'"),
                               "--top-p", 1.0, self->top_p);
  if (!monocle_cli_read_number (self->min_p, 0, TRUE, 1, &settings->min_p))
    return monocle_cli_refuse (verb, _ ("%s must be a number from 0 to 1, not '%s'"), "--min-p",
                               self->min_p);
  if (self->seed
      && !g_ascii_string_to_unsigned (self->seed, 10, 0, G_MAXUINT32, &settings->seed, NULL))
    return monocle_cli_refuse (verb, _ ("%s must be a whole number from 0 to %u, not '%s'"),
                               "--seed", G_MAXUINT32, self->seed);
  return MONOCLE_CLI_DONE;
}

gboolean
monocle_cli_sampling_read (MonocleCliSampling *self, const char *verb, guint num_beams)
{
  self->settings = MONOCLE_SAMPLING_PLAIN;
  self->is_on = self->temperature || self->top_k || self->top_p || self->min_p || self->seed;
  if (!self->is_on)
    return TRUE;

  if (read_settings (self, verb) != MONOCLE_CLI_DONE)
    return FALSE;
  if (num_beams > 1)
    {
      monocle_cli_refuse (verb, _ ("answers are either drawn (--temperature, --top-k, --top-p, "
                                   "--min-p, --seed) or searched for with several --beams"));
      return FALSE;
    }
  if (!self->seed)
    {
      self->settings.seed = g_random_int ();
      fprintf (stderr, _ ("monocle-cli: note: drawn with --seed %u\n"),
               (guint) self->settings.seed);
    }
  return TRUE;
}
