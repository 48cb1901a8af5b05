/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/models-memory.h"

#include <glib/gi18n.h>

#include "app/cli/out.h"

static void
print_text (MonocleDevice *device, MonoclePrecision precision, const MonocleMemoryPlan *plan)
{
  g_autofree char *peak = g_format_size (plan->peak_bytes);
  g_autofree char *weights = g_format_size (plan->weights_bytes);
  g_autofree char *workspace = g_format_size (plan->workspace_bytes);
  g_autofree char *answer = g_format_size (plan->answer_bytes + plan->staging_bytes);
  g_autofree char *left = g_format_size (plan->free_bytes);

  /* Translators: f32, f16, q8 or q4; amounts of memory; the name of a device */
  monocle_cli_out (_ ("  needs, %s   %s (weights %s, picture %s, answer %s); %s free on %s\n"),
                   monocle_precision_get_name (precision), peak, weights, workspace, answer, left,
                   monocle_device_get_name (device));
}

static void
print_talk (const MonocleMemoryPlan *plan)
{
  g_autofree char *more = g_format_size (plan->talk_bytes);

  /* Translators: an amount of memory; a number of tokens */
  monocle_cli_out (_ ("  a conversation about an image takes %s more, at %d tokens\n"), more,
                   MONOCLE_MEMORY_TALK_TOKENS);
}

static void
add_number (JsonBuilder *builder, const char *key, guint64 number)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, (gint64) number);
}

static void
add_json (JsonBuilder *builder, MonoclePrecision precision, const MonocleMemoryPlan *plan)
{
  json_builder_set_member_name (builder, monocle_precision_get_name (precision));
  json_builder_begin_object (builder);
  add_number (builder, "peak", plan->peak_bytes);
  add_number (builder, "weights", plan->weights_bytes);
  add_number (builder, "picture", plan->workspace_bytes);
  add_number (builder, "answer", plan->answer_bytes);
  add_number (builder, "staging", plan->staging_bytes);
  if (plan->talk_bytes > 0)
    add_number (builder, "conversation", plan->talk_bytes);
  add_number (builder, "free", plan->free_bytes);
  json_builder_end_object (builder);
}

void
monocle_cli_memory_print (MonocleDevice *device,
                          const MonocleMemoryQuestion *question,
                          const char *directory,
                          JsonBuilder *builder)
{
  MonocleMemoryQuestion asked = *question;
  MonocleMemoryPlan last = { 0 };

  if (!device)
    return;
  asked.n_talk_tokens = MONOCLE_MEMORY_TALK_TOKENS;
  if (builder)
    {
      json_builder_set_member_name (builder, "planned_bytes");
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "device");
      json_builder_add_string_value (builder, monocle_device_get_name (device));
    }
  for (MonoclePrecision precision = MONOCLE_PRECISION_F32; precision < MONOCLE_N_PRECISIONS;
       precision++)
    {
      MonocleMemoryPlan plan;

      if (!monocle_memory_plan_make (&plan, directory, device, precision, &asked, NULL))
        continue;
      last = plan;
      if (builder)
        add_json (builder, precision, &plan);
      else
        print_text (device, precision, &plan);
    }
  if (!builder && last.talk_bytes > 0)
    print_talk (&last);
  if (builder)
    json_builder_end_object (builder);
}
