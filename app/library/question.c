/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What somebody asks, and what becomes of it for a model.
 */
#include "config.h"

#include "app/library/private.h"

struct _MonocleQuestion
{
  GObject parent_instance;

  char *task;
  char *text;              /* (nullable) */
  char *language;          /* (nullable) */
  char *wording;           /* (nullable) */
  MonoclePicture *example; /* (nullable) */
  double min_score;
  double temperature;
  guint64 seed;
  guint n_beams;
  guint max_tokens;
  GArray *regions; /* MonocleBox */
};

G_DEFINE_FINAL_TYPE (MonocleQuestion, monocle_question, G_TYPE_OBJECT)

enum
{
  PROP_TASK = 1,
  PROP_TEXT,
  PROP_LANGUAGE,
  PROP_WORDING,
  PROP_EXAMPLE,
  PROP_MIN_SCORE,
  PROP_TEMPERATURE,
  PROP_SEED,
  PROP_N_BEAMS,
  PROP_MAX_TOKENS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
monocle_question_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleQuestion *self = MONOCLE_QUESTION (object);

  switch (id)
    {
    case PROP_TASK:
      g_value_set_string (value, self->task);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_LANGUAGE:
      g_value_set_string (value, self->language);
      break;
    case PROP_WORDING:
      g_value_set_string (value, self->wording);
      break;
    case PROP_EXAMPLE:
      g_value_set_object (value, self->example);
      break;
    case PROP_MIN_SCORE:
      g_value_set_double (value, self->min_score);
      break;
    case PROP_TEMPERATURE:
      g_value_set_double (value, self->temperature);
      break;
    case PROP_SEED:
      g_value_set_uint64 (value, self->seed);
      break;
    case PROP_N_BEAMS:
      g_value_set_uint (value, self->n_beams);
      break;
    case PROP_MAX_TOKENS:
      g_value_set_uint (value, self->max_tokens);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_question_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MonocleQuestion *self = MONOCLE_QUESTION (object);

  switch (id)
    {
    case PROP_TASK:
      g_free (self->task);
      self->task = g_value_dup_string (value);
      break;
    case PROP_TEXT:
      g_free (self->text);
      self->text = g_value_dup_string (value);
      break;
    case PROP_LANGUAGE:
      g_free (self->language);
      self->language = g_value_dup_string (value);
      break;
    case PROP_WORDING:
      g_free (self->wording);
      self->wording = g_value_dup_string (value);
      break;
    case PROP_EXAMPLE:
      g_set_object (&self->example, g_value_get_object (value));
      break;
    case PROP_MIN_SCORE:
      self->min_score = g_value_get_double (value);
      break;
    case PROP_TEMPERATURE:
      self->temperature = g_value_get_double (value);
      break;
    case PROP_SEED:
      self->seed = g_value_get_uint64 (value);
      break;
    case PROP_N_BEAMS:
      self->n_beams = g_value_get_uint (value);
      break;
    case PROP_MAX_TOKENS:
      self->max_tokens = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_question_finalize (GObject *object)
{
  MonocleQuestion *self = MONOCLE_QUESTION (object);

  g_free (self->task);
  g_free (self->text);
  g_free (self->language);
  g_free (self->wording);
  g_clear_object (&self->example);
  g_array_unref (self->regions);

  G_OBJECT_CLASS (monocle_question_parent_class)->finalize (object);
}

static void
monocle_question_class_init (MonocleQuestionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = monocle_question_get_property;
  object_class->set_property = monocle_question_set_property;
  object_class->finalize = monocle_question_finalize;

  /**
   * MonocleQuestion:task:
   *
   * The id of a task, the model's own name of it, or a kind.
   */
  properties[PROP_TASK] = g_param_spec_string ("task", NULL, NULL, NULL, flags);
  /**
   * MonocleQuestion:text:
   *
   * What is asked for, by tasks that take a text. Several labels stand one a line.
   */
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  /**
   * MonocleQuestion:language:
   *
   * What is to be answered in, by tasks that have languages: a code, such as `fr`; none: English.
   */
  properties[PROP_LANGUAGE] = g_param_spec_string ("language", NULL, NULL, NULL, flags);
  /**
   * MonocleQuestion:wording:
   *
   * What labels are put into, such as `a photo of a {}`; none: as the model says.
   */
  properties[PROP_WORDING] = g_param_spec_string ("wording", NULL, NULL, NULL, flags);
  /**
   * MonocleQuestion:example:
   *
   * Another picture, in which the regions lie then; without regions all of it is meant.
   */
  properties[PROP_EXAMPLE]
      = g_param_spec_object ("example", NULL, NULL, MONOCLE_TYPE_PICTURE, flags);
  /**
   * MonocleQuestion:min-score:
   *
   * Objects with a lower score are left out, from 0 to 1; -1: as the model says.
   */
  properties[PROP_MIN_SCORE] = g_param_spec_double ("min-score", NULL, NULL, -1, 1, -1, flags);
  /**
   * MonocleQuestion:temperature:
   *
   * Above 0 words are drawn by chance, the more so the higher it is; 0: the likeliest are searched
   * for.
   */
  properties[PROP_TEMPERATURE] = g_param_spec_double ("temperature", NULL, NULL, 0,
                                                      MONOCLE_SAMPLING_MAX_TEMPERATURE, 0, flags);
  /**
   * MonocleQuestion:seed:
   *
   * Where chance begins: the same seed draws the same.
   */
  properties[PROP_SEED] = g_param_spec_uint64 ("seed", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * MonocleQuestion:n-beams:
   *
   * How many answers are followed at once to find the likeliest; 0: as the model says.
   */
  properties[PROP_N_BEAMS]
      = g_param_spec_uint ("n-beams", NULL, NULL, 0, MONOCLE_MAX_BEAMS, 0, flags);
  /**
   * MonocleQuestion:max-tokens:
   *
   * The longest answer in tokens; 0: as the task says.
   */
  properties[PROP_MAX_TOKENS] = g_param_spec_uint ("max-tokens", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
monocle_question_init (MonocleQuestion *self)
{
  self->min_score = -1;
  self->regions = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
}

MonocleQuestion *
monocle_question_new (const char *task, const char *text)
{
  g_return_val_if_fail (task, NULL);

  return g_object_new (MONOCLE_TYPE_QUESTION, "task", task, "text", text, NULL);
}

void
monocle_question_add_region (
    MonocleQuestion *self, double left, double top, double right, double bottom)
{
  const MonocleBox box = { (float) left, (float) top, (float) right, (float) bottom };

  g_return_if_fail (MONOCLE_IS_QUESTION (self));

  g_array_append_val (self->regions, box);
}

void
monocle_question_clear_regions (MonocleQuestion *self)
{
  g_return_if_fail (MONOCLE_IS_QUESTION (self));

  g_array_set_size (self->regions, 0);
}

/* --- for a model --- */

static gboolean
refuse_task (const char *name, const GPtrArray *tasks, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < tasks->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            ((const MonocleTask *) tasks->pdata[i])->id);
  g_set_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST,
               "there is no task '%s' of this model: it has %s", name ? name : "", names->str);
  return FALSE;
}

MonocleRequest *
monocle_library_question_build (MonocleQuestion *self, MonocleModel *model, GError **error)
{
  const GPtrArray *tasks = monocle_model_list_tasks (model);
  MonocleTaskTakes takes = (self->text ? MONOCLE_TAKES_TEXT : 0)
                           | (self->regions->len > 0 || self->example ? MONOCLE_TAKES_REGION : 0);
  const MonocleTask *task = self->task ? monocle_tasks_find_named (tasks, self->task, takes) : NULL;
  guint most = monocle_model_get_max_tokens (model);
  MonocleSampling sampling = MONOCLE_SAMPLING_PLAIN;

  if (!task)
    {
      refuse_task (self->task, tasks, error);
      return NULL;
    }
  sampling.temperature = self->temperature;
  sampling.seed = self->seed;
  return monocle_request_copy (&(MonocleRequest){
      .task = task,
      .text = self->text,
      .language = self->language,
      .wording = self->wording,
      .threshold = MAX (self->min_score, 0),
      .has_threshold = self->min_score >= 0,
      .regions
      = self->regions->len > 0 ? (const MonocleBox *) (gpointer) self->regions->data : NULL,
      .n_regions = self->regions->len,
      .example = self->example ? monocle_library_picture_get_image (self->example) : NULL,
      .num_beams = self->n_beams,
      .max_tokens
      = self->max_tokens > 0 && most > 0 ? MIN (self->max_tokens, most) : self->max_tokens,
      .sampling = self->temperature > 0 ? &sampling : NULL,
  });
}

double
monocle_library_question_get_min_score (MonocleQuestion *self, MonocleModel *model)
{
  return self->min_score < 0 ? monocle_model_get_lowest_score (model) : self->min_score;
}
