/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/world/configuration.h"

#include <math.h>

#include "engine/base/json.h"
#include "engine/models/parts/causal-config.h"
#include "engine/models/parts/model-config.h"

/* Far above any model; what they guard against is a product that overflows. */
#define MAX_STEPS  (1 << 16)
#define MAX_FRAMES 1024

/* --- words -------------------------------------------------------------------------------- */

static guint32
first_radius (const MonocleWorldConfig *config)
{
  return monocle_world_config_get_throw (config, config->n_things);
}

static guint32
first_place (const MonocleWorldConfig *config)
{
  return first_radius (config) + config->n_things * config->n_radii;
}

static guint
count_moves (const MonocleWorldConfig *config)
{
  return 2 * config->reach + 1;
}

static guint32
first_move (const MonocleWorldConfig *config)
{
  return first_place (config) + 2 * config->n_things * config->n_places;
}

guint32
monocle_world_config_get_throw (const MonocleWorldConfig *config, guint thing)
{
  return MONOCLE_WORLD_MASK + 1 + thing;
}

guint32
monocle_world_config_get_radius (const MonocleWorldConfig *config, guint thing, double radius)
{
  const double size = rint ((radius - config->least_radius) * config->radii_per_unit);

  return first_radius (config) + thing * config->n_radii
         + (guint32) CLAMP (size, 0, config->n_radii - 1);
}

guint32
monocle_world_config_get_place (const MonocleWorldConfig *config, guint coordinate, int place)
{
  const int last = (int) config->n_places - 1;

  return first_place (config) + coordinate * config->n_places
         + (guint32) CLAMP (place - (int) config->first_place, 0, last);
}

guint32
monocle_world_config_get_move (const MonocleWorldConfig *config, guint coordinate, int move)
{
  const int reach = (int) config->reach;

  return first_move (config) + coordinate * count_moves (config)
         + (guint32) (CLAMP (move, -reach, reach) + reach);
}

guint
monocle_world_config_count_changes (const MonocleWorldConfig *config)
{
  return 2 * config->change + 1;
}

guint32
monocle_world_config_get_change (const MonocleWorldConfig *config, guint coordinate)
{
  return first_move (config) + 2 * config->n_things * count_moves (config)
         + coordinate * monocle_world_config_count_changes (config);
}

static guint
count_obstacle_kinds (void)
{
  return MONOCLE_N_OBSTACLE_KINDS - 1;
}

guint32
monocle_world_config_get_obstacle (const MonocleWorldConfig *config,
                                   MonocleObstacleKind kind,
                                   guint number)
{
  return monocle_world_config_get_change (config, 2 * config->n_things)
         + ((guint32) kind - 1) * MONOCLE_WORLD_OBSTACLE_TOKENS + number;
}

guint32
monocle_world_config_get_size (const MonocleWorldConfig *config, double share)
{
  const double size = rint (share * config->side);

  return monocle_world_config_get_obstacle (config, MONOCLE_N_OBSTACLE_KINDS, 0)
         + (guint32) CLAMP (size, 0, config->n_sizes - 1);
}

guint32
monocle_world_config_count_words (const MonocleWorldConfig *config)
{
  const guint32 plain = monocle_world_config_get_change (config, 2 * config->n_things);

  return config->n_sizes > 0
             ? plain + count_obstacle_kinds () * MONOCLE_WORLD_OBSTACLE_TOKENS + config->n_sizes
             : plain;
}

guint
monocle_world_config_count_tokens (guint n_things, guint n_frames)
{
  return n_things + n_frames * 2 * n_things + 2;
}

/* --- the file ----------------------------------------------------------------------------- */

gboolean
monocle_world_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "monocle-world");
}

static gboolean
read_text (MonocleWorldConfig *config, JsonObject *root, const char *path, GError **error)
{
  MonocleCausalText text = { .channels = 128,
                             .hidden = 288,
                             .n_layers = 4,
                             .n_heads = 4,
                             .n_words = 1,
                             .n_positions = 160,
                             .epsilon = 1e-5,
                             .base = 10000,
                             .activation = "silu" };

  if (!monocle_causal_text_read (&text, root, path, error))
    return FALSE;
  if (!g_str_equal (text.activation, "silu"))
    return monocle_config_refuse (path, "“hidden_act” must be “silu”", error);
  if (!monocle_causal_text_take (&text, MONOCLE_ACTIVATION_SILU, path, &config->text, error))
    return FALSE;
  config->text.has_pairs = TRUE;
  return TRUE;
}

static gboolean
read_numbers (MonocleWorldConfig *config, JsonObject *section, const char *where, GError **error)
{
  const struct
  {
    const char *key;
    gint64 least, most;
    guint *value;
  } numbers[] = {
    { "places_per_unit", 1, MAX_STEPS, &config->per_unit },
    { "first_place", 0, MAX_STEPS, &config->first_place },
    { "places", 1, MAX_STEPS, &config->n_places },
    { "reach", 1, MAX_STEPS, &config->reach },
    { "change", 1, MAX_STEPS, &config->change },
    { "things", 1, MONOCLE_WORLD_MAX_THINGS, &config->n_things },
    { "frames", 2, MAX_FRAMES, &config->n_frames },
    { "radii_per_unit", 1, MAX_STEPS, &config->radii_per_unit },
    { "radii", 1, MAX_STEPS, &config->n_radii },
  };
  gint64 n_sizes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      gint64 value = 0;

      if (!monocle_json_get_int (section, where, numbers[i].key, MONOCLE_JSON_REQUIRED,
                                 numbers[i].least, numbers[i].most, &value, error))
        return FALSE;
      *numbers[i].value = (guint) value;
    }
  if (!monocle_json_get_int (section, where, "sizes", MONOCLE_JSON_OPTIONAL, 0, MAX_STEPS, &n_sizes,
                             error))
    return FALSE;
  config->n_sizes = (guint) n_sizes;
  return monocle_json_get_double (section, where, "side", MONOCLE_JSON_REQUIRED, &config->side,
                                  error)
         && monocle_json_get_double (section, where, "least_radius", MONOCLE_JSON_REQUIRED,
                                     &config->least_radius, error)
         && monocle_json_get_double (section, where, "most_surprise", MONOCLE_JSON_REQUIRED,
                                     &config->most_surprise, error);
}

/* What each says for itself may be well, and still not go together. */
static gboolean
check (const MonocleWorldConfig *config, const char *where, GError **error)
{
  if (!(config->side >= 1 && config->side <= MAX_STEPS) || !(config->least_radius >= 0)
      || !(config->least_radius <= config->side))
    return monocle_config_refuse (where, "“side” and “least_radius” must be sizes", error);
  if (!(config->most_surprise > 0))
    return monocle_config_refuse (where, "“most_surprise” must be above 0", error);
  if (monocle_world_config_count_words (config) > config->text.n_words)
    return monocle_config_refuse (where, "“vocab_size” has too few words for these places", error);
  if (monocle_world_config_count_tokens (config->n_things, config->n_frames)
          + (config->n_sizes > 0 ? MONOCLE_WORLD_OBSTACLE_TOKENS : 0)
      > config->text.n_positions)
    return monocle_config_refuse (
        where, "“max_position_embeddings” has too few places for these frames", error);
  return TRUE;
}

gboolean
monocle_world_config_load (MonocleWorldConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autofree char *where = g_strconcat (path, ": world", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  JsonObject *section = NULL;

  *config = (MonocleWorldConfig){ .side = 0 };
  return root && read_text (config, root, path, error)
         && monocle_json_get_object (root, path, "world", MONOCLE_JSON_REQUIRED, &section, error)
         && read_numbers (config, section, where, error) && check (config, where, error);
}
