/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is asked, with all that it refers to.
 */
#include "config.h"

#include "engine/run/session.h"

MonocleRequest *
monocle_request_copy (const MonocleRequest *request)
{
  MonocleRequest *copy = g_memdup2 (request, sizeof *request);

  copy->text = g_strdup (request->text);
  copy->language = g_strdup (request->language);
  copy->wording = g_strdup (request->wording);
  copy->regions = g_memdup2 (request->regions, request->n_regions * sizeof *request->regions);
  if (request->example)
    monocle_image_ref (request->example);
  if (request->sound)
    monocle_sound_ref (request->sound);
  copy->sampling = g_memdup2 (request->sampling, sizeof *request->sampling);
  return copy;
}

void
monocle_request_free (MonocleRequest *request)
{
  g_free ((char *) request->text);
  g_free ((char *) request->language);
  g_free ((char *) request->wording);
  g_free ((MonocleBox *) request->regions);
  g_clear_pointer (&request->example, monocle_image_unref);
  g_clear_pointer (&request->sound, monocle_sound_unref);
  g_free ((MonocleSampling *) request->sampling);
  g_free (request);
}
