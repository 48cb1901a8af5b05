/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a model's files ask for answers to be searched: generation_config.json, or the text_config
 * of the original layout. What they ask for is done, or noted as not done.
 */
#include "config.h"

#include "engine/models/florence2/configuration.h"

#include <gio/gio.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"

#define MAX_BEAMS     16
#define MAX_NGRAM     1024
#define MAX_LENGTH    1048576
#define MAX_BAD_WORDS 65536

/* What the library fills in where nobody has said how long answers may be: no wish of the model. */
#define DEFAULT_MAX_LENGTH 20
/* Tasks end answers here by themselves, so a model that allows as much cuts nothing. */
#define LONG_ENOUGH 1024

/* The object that is read, and what the answers to it depend on. */
typedef struct
{
  JsonObject *object;
  const char *name;
  guint vocab_size;
} Source;

static gboolean G_GNUC_PRINTF (3, 4)
    unsupported (GError **error, const Source *source, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "%s: %s",
               source->name, message);

  return FALSE;
}

/* An id, a list of ids, or null; -1 stands for none. Where there is nothing, @ids stays. */
static gboolean
get_ids (const Source *source, const char *key, GArray *ids, GError **error)
{
  JsonNode *node = json_object_get_member (source->object, key);
  g_autoptr (GArray) found = NULL;
  gint64 number = 0;

  if (!monocle_json_has (source->object, key))
    return TRUE;

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      if (!monocle_json_get_ints (source->object, source->name, key, MONOCLE_JSON_REQUIRED, -1,
                                  (gint64) source->vocab_size - 1, &found, error))
        return FALSE;
    }
  else
    {
      if (!monocle_json_get_int (source->object, source->name, key, MONOCLE_JSON_REQUIRED, -1,
                                 (gint64) source->vocab_size - 1, &number, error))
        return FALSE;
      found = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_array_append_val (found, number);
    }

  g_array_set_size (ids, 0);
  for (guint i = 0; i < found->len; i++)
    {
      gint64 value = g_array_index (found, gint64, i);
      guint32 id = (guint32) value;

      if (value >= 0)
        g_array_append_val (ids, id);
    }
  return TRUE;
}

/* For what there can be only one of. */
static gboolean
get_id (const Source *source, const char *key, gint *id, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  if (*id >= 0)
    g_array_append_val (ids, *id);
  if (!get_ids (source, key, ids, error))
    return FALSE;
  if (ids->len > 1)
    return unsupported (error, source, "“%s” has %u ids, only one is supported", key, ids->len);

  *id = ids->len > 0 ? (gint) g_array_index (ids, guint32, 0) : -1;
  return TRUE;
}

/* Of several ids that are forced at once the reference's search takes the smallest. */
static gboolean
get_forced_id (const Source *source, const char *key, gint *id, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  if (!get_ids (source, key, ids, error))
    return FALSE;

  for (guint i = 0; i < ids->len; i++)
    if (*id < 0 || g_array_index (ids, guint32, i) < (guint32) *id)
      *id = (gint) g_array_index (ids, guint32, i);
  return TRUE;
}

static gboolean
get_eos (const Source *source, MonocleGenerationConfig *generation, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_array_append_vals (ids, generation->eos, generation->n_eos);
  if (!get_ids (source, "eos_token_id", ids, error))
    return FALSE;
  if (ids->len > MONOCLE_GENERATION_MAX_EOS)
    return unsupported (error, source, "“eos_token_id” has %u ids, at most %d are supported",
                        ids->len, MONOCLE_GENERATION_MAX_EOS);

  generation->n_eos = ids->len;
  for (guint i = 0; i < ids->len; i++)
    generation->eos[i] = g_array_index (ids, guint32, i);
  return TRUE;
}

/* The ids that both files may have. Without a start the begin of a text starts an answer, and
 * without padding its end pads. */
static gboolean
get_special_ids (MonocleGenerationConfig *generation, const Source *sources, GError **error)
{
  gint pad = 1, start = 2, bos = -1;

  generation->eos[0] = 2;
  generation->n_eos = 1;
  for (guint i = 0; i < 2; i++)
    if (!get_eos (&sources[i], generation, error)
        || !get_id (&sources[i], "pad_token_id", &pad, error)
        || !get_id (&sources[i], "bos_token_id", &bos, error)
        || !get_id (&sources[i], "decoder_start_token_id", &start, error))
      return FALSE;

  if (pad < 0 && generation->n_eos > 0)
    pad = (gint) generation->eos[0];
  if (start < 0)
    start = bos;
  if (pad < 0 || start < 0)
    return unsupported (error, &sources[1], "the padding and start tokens must be ids");

  generation->pad = (guint) pad;
  generation->decoder_start = (guint) start;
  return TRUE;
}

/* false, true or "never". */
static gboolean
get_early_stopping (const Source *source, MonocleEarlyStopping *value, GError **error)
{
  JsonNode *node = json_object_get_member (source->object, "early_stopping");
  gboolean flag = FALSE;

  if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
      && g_str_equal (json_node_get_string (node), "never"))
    {
      *value = MONOCLE_EARLY_STOPPING_NEVER;
      return TRUE;
    }
  if (!monocle_json_get_bool (source->object, source->name, "early_stopping", MONOCLE_JSON_OPTIONAL,
                              &flag, error))
    return FALSE;

  *value = flag ? MONOCLE_EARLY_STOPPING_TRUE : MONOCLE_EARLY_STOPPING_FALSE;
  return TRUE;
}

static gboolean
get_uint (const Source *source, const char *key, guint min, guint max, guint *value, GError **error)
{
  gint64 number = *value;

  if (!monocle_json_get_int (source->object, source->name, key, MONOCLE_JSON_OPTIONAL, min, max,
                             &number, error))
    return FALSE;

  *value = (guint) number;
  return TRUE;
}

static gboolean
get_bad_words (const Source *source,
               const MonocleGenerationConfig *generation,
               GPtrArray *words,
               GError **error)
{
  JsonArray *array = NULL;

  if (!monocle_json_get_array (source->object, source->name, "bad_words_ids", MONOCLE_JSON_OPTIONAL,
                               &array, error))
    return FALSE;
  if (array && json_array_get_length (array) > MAX_BAD_WORDS)
    return unsupported (error, source, "“bad_words_ids” has more than %d entries", MAX_BAD_WORDS);

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    {
      g_autoptr (JsonObject) entry = json_object_new ();
      g_autoptr (GArray) word = g_array_new (FALSE, FALSE, sizeof (guint32));
      const Source inner = { entry, source->name, source->vocab_size };
      gboolean is_end = FALSE;

      json_object_set_member (entry, "bad_words_ids",
                              json_node_copy (json_array_get_element (array, i)));
      if (!get_ids (&inner, "bad_words_ids", word, error))
        return FALSE;
      /* An end is no word. */
      for (guint j = 0; j < generation->n_eos && word->len == 1; j++)
        is_end = is_end || g_array_index (word, guint32, 0) == generation->eos[j];
      if (word->len > 0 && !is_end)
        g_ptr_array_add (words, g_steal_pointer (&word));
    }
  return TRUE;
}

/* [where it begins, factor] */
static gboolean
get_decay (const Source *source, MonocleLogitsConfig *logits, GError **error)
{
  static const char key[] = "exponential_decay_length_penalty";
  double values[2] = { 0, 1 };

  if (!monocle_json_get_doubles (source->object, source->name, key, MONOCLE_JSON_OPTIONAL, values,
                                 G_N_ELEMENTS (values), error))
    return FALSE;
  if (!(values[0] >= 0 && values[0] <= MAX_LENGTH && values[1] > 0))
    return unsupported (error, source, "“%s” is %g and %g, expected a length and a factor", key,
                        values[0], values[1]);

  /* Counted from the start id. */
  logits->decay_start = (guint) values[0] + 1;
  logits->decay_factor = values[1];
  return TRUE;
}

static gboolean
get_logits (const Source *source,
            const MonocleGenerationConfig *generation,
            MonocleLogitsConfig *logits,
            GError **error)
{
  guint min_new_tokens = 0;

  if (!monocle_json_get_double (source->object, source->name, "repetition_penalty",
                                MONOCLE_JSON_OPTIONAL, &logits->repetition_penalty, error)
      || !monocle_json_get_bool (source->object, source->name, "renormalize_logits",
                                 MONOCLE_JSON_OPTIONAL, &logits->renormalize, error)
      || !get_uint (source, "min_length", 0, MAX_LENGTH, &logits->min_length, error)
      || !get_uint (source, "min_new_tokens", 0, MAX_LENGTH, &min_new_tokens, error)
      || !get_ids (source, "suppress_tokens", logits->suppressed, error)
      || !get_ids (source, "begin_suppress_tokens", logits->suppressed_first, error)
      || !get_bad_words (source, generation, logits->bad_words, error)
      || !get_decay (source, logits, error))
    return FALSE;

  if (!(logits->repetition_penalty > 0))
    return unsupported (error, source, "“repetition_penalty” is %g, expected more than 0",
                        logits->repetition_penalty);
  /* The start id counts as well. */
  if (min_new_tokens > 0)
    logits->min_length = MAX (logits->min_length, min_new_tokens + 1);
  return TRUE;
}

/* How long answers are where nobody says so. Only generation_config.json is asked: in old
 * configurations the library's default stands beside the model's wishes. */
static gboolean
get_usual_tokens (const Source *source, MonocleFlorence2Config *config, GError **error)
{
  guint max_length = 0, max_new_tokens = 0;

  if (!get_uint (source, "max_length", 0, G_MAXINT, &max_length, error)
      || !get_uint (source, "max_new_tokens", 0, G_MAXINT, &max_new_tokens, error))
    return FALSE;

  if (max_new_tokens > 0)
    config->usual_tokens = max_new_tokens;
  else if (max_length > 1 && max_length != DEFAULT_MAX_LENGTH)
    config->usual_tokens = max_length - 1;
  if (config->usual_tokens > 0 && config->usual_tokens < LONG_ENOUGH)
    g_ptr_array_add (config->notes,
                     g_strdup_printf ("%s: answers end after %u tokens unless asked otherwise",
                                      source->name, config->usual_tokens));
  return TRUE;
}

/* Settings that change answers and are not followed, and the value at which they do nothing; null
 * always does nothing. What only chance or speed depends on is not here. */
static const struct
{
  const char *key;
  double off;
} not_done[] = {
  { "do_sample", 0 },
  { "num_beam_groups", 1 },
  { "diversity_penalty", 0 },
  { "penalty_alpha", 0 },
  { "encoder_repetition_penalty", 1 },
  { "encoder_no_repeat_ngram_size", 0 },
  { "num_return_sequences", 1 },
  { "guidance_scale", 1 },
  { "sequence_bias", 0 },
  { "force_words_ids", 0 },
  { "constraints", 0 },
  { "forced_decoder_ids", 0 },
  { "stop_strings", 0 },
  { "max_time", 0 },
  { "watermarking_config", 0 },
  { "dola_layers", 0 },
  { "token_healing", 0 },
};

static gboolean
is_off (JsonNode *node, double off)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_length (json_node_get_array (node)) == 0;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return !json_node_get_boolean (node);
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return FALSE;
  return !(json_node_get_double (node) < off) && !(json_node_get_double (node) > off);
}

static void
note_the_rest (const Source *source, GPtrArray *notes)
{
  for (guint i = 0; i < G_N_ELEMENTS (not_done); i++)
    if (monocle_json_has (source->object, not_done[i].key)
        && !is_off (json_object_get_member (source->object, not_done[i].key), not_done[i].off))
      g_ptr_array_add (notes,
                       g_strdup_printf ("%s: “%s” is not followed; answers may differ from those "
                                        "of other programs",
                                        source->name, not_done[i].key));
}

static gboolean
load (MonocleFlorence2Config *config, const Source *text, const Source *source, GError **error)
{
  const Source both[] = { *text, *source };
  MonocleGenerationConfig *generation = &config->generation;

  generation->vocab_size = source->vocab_size;
  generation->num_beams = 1;
  generation->no_repeat_ngram_size = 0;
  generation->forced_bos = -1;
  generation->forced_eos = -1;
  generation->length_penalty = 1;
  if (!get_special_ids (generation, both, error)
      || !get_forced_id (source, "forced_bos_token_id", &generation->forced_bos, error)
      || !get_forced_id (source, "forced_eos_token_id", &generation->forced_eos, error)
      || !get_uint (source, "num_beams", 1, MAX_BEAMS, &generation->num_beams, error)
      || !get_uint (source, "no_repeat_ngram_size", 0, MAX_NGRAM, &generation->no_repeat_ngram_size,
                    error)
      || !monocle_json_get_double (source->object, source->name, "length_penalty",
                                   MONOCLE_JSON_OPTIONAL, &generation->length_penalty, error)
      || !get_early_stopping (source, &generation->early_stopping, error)
      || !get_logits (source, generation, &config->logits, error))
    return FALSE;

  note_the_rest (source, config->notes);
  return TRUE;
}

gboolean
monocle_florence2_generation_load (MonocleFlorence2Config *config,
                                   const char *directory,
                                   JsonObject *text,
                                   const char *text_name,
                                   GError **error)
{
  g_autofree char *path = g_build_filename (directory, "generation_config.json", NULL);
  g_autoptr (JsonObject) root = NULL;
  Source in_text = { text, text_name, config->text.vocab_size };
  Source in_file = { NULL, path, config->text.vocab_size };

  if (config->layout != MONOCLE_FLORENCE2_NATIVE || !monocle_file_exists (path))
    return load (config, &in_text, &in_text, error);

  root = in_file.object = monocle_json_load (path, error);
  return root
         && monocle_json_get_bool (root, path, "constrained_grammar", MONOCLE_JSON_OPTIONAL,
                                   &config->constrained_grammar, error)
         && get_usual_tokens (&in_file, config, error) && load (config, &in_text, &in_file, error);
}
