/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/said.h"

#include "app/document/id.h"
#include "app/models/identity.h"

struct _MonocleSaid
{
  GObject parent_instance;

  guint64 id;
  MonocleSaidQuestion question; /* strings and @shown are its own */
  MonocleSaidState state;
  MonocleStage stage;
  double fraction;
  char *answer;
  MonocleSaidFacts facts; /* the same */
  GError *error;
};

G_DEFINE_FINAL_TYPE (MonocleSaid, monocle_said, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_ANSWER,
  PROP_STAGE,
  PROP_FRACTION,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void
notify (MonocleSaid *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* --- What was asked ----------------------------------------------------------------------- */

MonocleSaid *
monocle_said_new (const MonocleSaidQuestion *question)
{
  MonocleSaid *self;
  MonocleSaidShown *shown;

  g_return_val_if_fail (question && question->text, NULL);
  g_return_val_if_fail (question->n_shown == 0 || question->shown, NULL);

  self = g_object_new (MONOCLE_TYPE_SAID, NULL);
  self->question = *question;
  self->question.text = g_strdup (question->text);
  self->question.shown = shown = g_memdup2 (question->shown, question->n_shown * sizeof *shown);
  for (guint i = 0; i < question->n_shown; i++)
    shown[i].path = g_strdup (shown[i].path);
  return self;
}

MonocleSaid *
monocle_said_new_again (MonocleSaid *self, const MonocleSampling *settings, const guint64 *seed)
{
  MonocleSaidQuestion question;

  g_return_val_if_fail (MONOCLE_IS_SAID (self), NULL);

  question = self->question;
  if (!question.is_drawn)
    question.sampling = settings ? *settings : MONOCLE_SAMPLING_PLAIN;
  question.is_drawn = TRUE;
  question.sampling.seed = seed ? *seed : (question.sampling.seed + 1) % G_MAXUINT32;
  return monocle_said_new (&question);
}

guint64
monocle_said_get_id (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), 0);
  return self->id;
}

const MonocleSaidQuestion *
monocle_said_get_question (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), NULL);
  return &self->question;
}

/* --- What was answered -------------------------------------------------------------------- */

static void
clear_facts (MonocleSaidFacts *facts)
{
  g_free ((char *) facts->model);
  g_free ((char *) facts->digest);
  g_free ((char *) facts->device);
  g_free ((char *) facts->precision);
  g_free ((guint32 *) facts->ids);
  *facts = (MonocleSaidFacts){ 0 };
}

static void
set_facts (MonocleSaid *self, const MonocleSaidFacts *facts)
{
  MonocleSaidFacts copy = *facts;

  copy.model = g_strdup (facts->model);
  copy.digest = g_strdup (facts->digest);
  copy.device = g_strdup (facts->device);
  copy.precision = g_strdup (facts->precision);
  copy.ids = g_memdup2 (facts->ids, facts->n_ids * sizeof *facts->ids);
  clear_facts (&self->facts);
  self->facts = copy;
}

static void
set_answer (MonocleSaid *self, const char *answer)
{
  if (g_strcmp0 (answer, self->answer) == 0)
    return;
  g_free (self->answer);
  self->answer = g_strdup (answer);
  notify (self, PROP_ANSWER);
}

static void
set_state (MonocleSaid *self, MonocleSaidState state)
{
  if (state == self->state)
    return;
  self->state = state;
  notify (self, PROP_STATE);
}

MonocleSaid *
monocle_said_new_answered (guint64 id,
                           const MonocleSaidQuestion *question,
                           const char *answer,
                           const MonocleSaidFacts *facts)
{
  MonocleSaid *self;

  g_return_val_if_fail (question && answer && facts, NULL);

  self = monocle_said_new (question);
  if (id != 0)
    self->id = id;
  set_facts (self, facts);
  set_answer (self, answer);
  self->state = MONOCLE_SAID_WHOLE;
  return self;
}

MonocleSaidState
monocle_said_get_state (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), MONOCLE_SAID_FAILED);
  return self->state;
}

gboolean
monocle_said_is_active (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), FALSE);
  return self->state == MONOCLE_SAID_WAITING || self->state == MONOCLE_SAID_RUNNING;
}

const char *
monocle_said_get_answer (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), "");
  return self->answer ? self->answer : "";
}

const MonocleSaidFacts *
monocle_said_get_facts (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), NULL);
  return &self->facts;
}

MonocleStage
monocle_said_get_stage (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), MONOCLE_STAGE_PREPARING);
  return self->stage;
}

double
monocle_said_get_fraction (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), -1);
  return self->fraction;
}

const GError *
monocle_said_get_error (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), NULL);
  return self->error;
}

guint
monocle_said_get_n_used (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), 0);
  return self->facts.n_kept + self->facts.n_read + self->facts.n_written;
}

double
monocle_said_get_wait_ms (MonocleSaid *self)
{
  g_return_val_if_fail (MONOCLE_IS_SAID (self), 0);
  return self->facts.preprocess_ms + self->facts.encode_ms + self->facts.first_ms;
}

double
monocle_said_get_speed (MonocleSaid *self)
{
  double writing_ms;

  g_return_val_if_fail (MONOCLE_IS_SAID (self), 0);

  writing_ms = self->facts.decode_ms - self->facts.first_ms;
  return writing_ms > 0 && self->facts.n_written > 1
             ? (self->facts.n_written - 1) * 1000 / writing_ms
             : 0;
}

/* --- How it comes ------------------------------------------------------------------------- */

void
monocle_said_start (MonocleSaid *self, MonocleModel *model)
{
  const MonocleSaidFacts facts
      = { .model = monocle_model_get_name (model),
          .digest = monocle_identity_get (model),
          .device = monocle_device_get_name (monocle_model_get_device (model)),
          .precision = monocle_model_get_precision_name (model) };

  g_return_if_fail (MONOCLE_IS_SAID (self));

  if (self->question.n_shown > 0)
    self->question.detail = monocle_model_choose_detail (model, self->question.detail);
  set_facts (self, &facts);
  self->stage = MONOCLE_STAGE_PREPARING;
  self->fraction = -1;
  set_state (self, MONOCLE_SAID_RUNNING);
}

void
monocle_said_requeue (MonocleSaid *self)
{
  g_return_if_fail (MONOCLE_IS_SAID (self));

  set_answer (self, "");
  set_state (self, MONOCLE_SAID_WAITING);
}

void
monocle_said_update (MonocleSaid *self, const MonocleUpdate *update)
{
  g_return_if_fail (MONOCLE_IS_SAID (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (self->stage != update->stage)
    notify (self, PROP_STAGE);
  self->stage = update->stage;
  self->fraction = update->fraction;
  notify (self, PROP_FRACTION);
  if (update->partial && update->partial->len > 0 && update->partial->pdata[0])
    set_answer (self, monocle_result_get_text (update->partial->pdata[0]));
  g_object_thaw_notify (G_OBJECT (self));
}

void
monocle_said_finish (MonocleSaid *self, const MonocleReply *reply, guint n_places)
{
  g_return_if_fail (MONOCLE_IS_SAID (self));

  g_free ((guint32 *) self->facts.ids);
  self->facts.ids = g_memdup2 (reply->ids, reply->n_ids * sizeof *reply->ids);
  self->facts.n_ids = reply->n_ids;
  self->facts.end = reply->end;
  self->facts.n_forgotten = reply->n_forgotten;
  self->facts.n_kept = reply->n_kept;
  self->facts.n_read = reply->n_read;
  self->facts.n_written = reply->n_written;
  self->facts.n_places = n_places;
  self->facts.preprocess_ms = reply->preprocess_ms;
  self->facts.encode_ms = reply->encode_ms;
  self->facts.first_ms = reply->first_ms;
  self->facts.decode_ms = reply->decode_ms;
  set_answer (self, monocle_result_get_text (reply->result));
  set_state (self, MONOCLE_SAID_WHOLE);
}

void
monocle_said_fail (MonocleSaid *self, const GError *error)
{
  g_return_if_fail (MONOCLE_IS_SAID (self));

  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  set_state (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? MONOCLE_SAID_STOPPED
                                                                             : MONOCLE_SAID_FAILED);
}

/* --- The object --------------------------------------------------------------------------- */

static void
monocle_said_finalize (GObject *object)
{
  MonocleSaid *self = MONOCLE_SAID (object);

  for (guint i = 0; i < self->question.n_shown; i++)
    g_free ((char *) self->question.shown[i].path);
  g_free ((MonocleSaidShown *) self->question.shown);
  g_free ((char *) self->question.text);
  g_free (self->answer);
  clear_facts (&self->facts);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (monocle_said_parent_class)->finalize (object);
}

static void
monocle_said_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleSaid *self = MONOCLE_SAID (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_ANSWER:
      g_value_set_string (value, monocle_said_get_answer (self));
      break;
    case PROP_STAGE:
      g_value_set_int (value, (int) self->stage);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_said_class_init (MonocleSaidClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = monocle_said_finalize;
  object_class->get_property = monocle_said_get_property;

  properties[PROP_STATE]
      = g_param_spec_int ("state", NULL, NULL, 0, MONOCLE_SAID_FAILED, MONOCLE_SAID_WAITING, flags);
  properties[PROP_ANSWER] = g_param_spec_string ("answer", NULL, NULL, "", flags);
  properties[PROP_STAGE] = g_param_spec_int ("stage", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
monocle_said_init (MonocleSaid *self)
{
  self->id = monocle_id_new ();
  self->fraction = -1;
}
