/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second part of a training: steps, in rounds. After each round the held-out examples are
 * judged and all is saved; what was best by then is kept beside.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/train/ask.h"
#include "app/train/training-private.h"

/* Steps until the full rate. */
#define WARM_UP 20
/* Steps that are timed, where minutes are to be learnt. */
#define TIMED     5
#define MIN_STEPS 10
#define MAX_STEPS 100000
/* Rounds of a training, and those without anything better after which it ends. */
#define N_ROUNDS 12
#define PATIENCE 4
/* Held-out examples that are judged before a question of somebody else has its turn. */
#define JUDGED_AT_ONCE 16
/* Steps in a row that gave no numbers, and how often the rate is halved for it. */
#define MAX_SKIPPED_IN_A_ROW 3
#define MAX_HALVINGS         5
/* What a crash takes at most. */
#define SAVE_EVERY_US (30 * G_USEC_PER_SEC)

typedef struct
{
  MonocleTrainRun *run;
  char *folder, *last, *best;
  guint steps;   /* planned */
  double factor; /* of the rate */
  guint n_in_a_row, n_halvings;
  double loss; /* summed since the last point */
  guint n_loss;
  double best_right, best_loss;
  guint n_worse; /* rounds since the best */
  double seconds;
  gint64 saved_us; /* when it was last saved */
} Learning;

static void
learning_clear (Learning *self)
{
  g_free (self->folder);
  g_free (self->last);
  g_free (self->best);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Learning, learning_clear)

/* --- state -------------------------------------------------------------------------------- */

static void
add_double (JsonBuilder *builder, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  json_builder_set_member_name (builder, name);
  /* All of its bits, and those that are no numbers. */
  json_builder_add_string_value (builder, g_ascii_dtostr (text, sizeof text, value));
}

static void
add_uint (JsonBuilder *builder, const char *name, guint value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static char *
describe (const Learning *self)
{
  const MonocleTrainOutcome *outcome = self->run->outcome;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "of");
  json_builder_add_string_value (builder, g_checksum_get_string (self->run->checksum));
  add_uint (builder, "steps", self->steps);
  add_uint (builder, "skipped", outcome->n_skipped);
  add_uint (builder, "best_step", outcome->best_step);
  add_uint (builder, "in_a_row", self->n_in_a_row);
  add_uint (builder, "halvings", self->n_halvings);
  add_uint (builder, "worse", self->n_worse);
  add_uint (builder, "n_loss", self->n_loss);
  add_double (builder, "factor", self->factor);
  add_double (builder, "loss", self->loss);
  add_double (builder, "best_right", self->best_right);
  add_double (builder, "best_loss", self->best_loss);
  add_double (builder, "seconds", self->seconds);
  json_builder_set_member_name (builder, "curve");
  json_builder_begin_array (builder);
  for (guint i = 0; i < outcome->curve->len; i++)
    {
      const MonocleTrainPoint *point = &g_array_index (outcome->curve, MonocleTrainPoint, i);

      json_builder_begin_object (builder);
      add_uint (builder, "step", point->step);
      add_double (builder, "loss", point->loss);
      add_double (builder, "held_out_loss", point->held_out_loss);
      add_double (builder, "held_out_right", point->held_out_right);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  return json_generator_to_data (generator, NULL);
}

static gboolean
read_double (JsonObject *object, const char *where, const char *key, double *value, GError **error)
{
  const char *text = NULL;

  if (!monocle_json_get_string (object, where, key, MONOCLE_JSON_REQUIRED, &text, error))
    return FALSE;
  *value = g_ascii_strtod (text, NULL);
  return TRUE;
}

static gboolean
read_uint (JsonObject *object, const char *where, const char *key, guint *value, GError **error)
{
  gint64 number = 0;

  if (!monocle_json_get_int (object, where, key, MONOCLE_JSON_REQUIRED, 0, MAX_STEPS * 2, &number,
                             error))
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

static gboolean
read_curve (Learning *self, JsonObject *object, const char *where, GError **error)
{
  JsonArray *curve = NULL;

  if (!monocle_json_get_array (object, where, "curve", MONOCLE_JSON_REQUIRED, &curve, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (curve); i++)
    {
      JsonNode *node = json_array_get_element (curve, i);
      JsonObject *at = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      MonocleTrainPoint point;

      if (!at)
        return monocle_file_set_error (error, where, "a point of the curve is none");
      if (!read_uint (at, where, "step", &point.step, error)
          || !read_double (at, where, "loss", &point.loss, error)
          || !read_double (at, where, "held_out_loss", &point.held_out_loss, error)
          || !read_double (at, where, "held_out_right", &point.held_out_right, error))
        return FALSE;
      g_array_append_val (self->run->outcome->curve, point);
    }
  return TRUE;
}

static gboolean
read_note (Learning *self, const char *note, GError **error)
{
  MonocleTrainOutcome *outcome = self->run->outcome;
  g_autoptr (JsonObject) object = monocle_json_parse (note, strlen (note), self->last, error);
  const char *of = NULL;

  if (!object
      || !monocle_json_get_string (object, self->last, "of", MONOCLE_JSON_REQUIRED, &of, error))
    return FALSE;
  if (!g_str_equal (of, g_checksum_get_string (self->run->checksum)))
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_CHANGED,
                           _ ("What is to be learnt, or how, has changed since this began, so it "
                              "cannot go on from there. It can begin anew."));
      return FALSE;
    }
  return read_uint (object, self->last, "steps", &self->steps, error)
         && read_uint (object, self->last, "skipped", &outcome->n_skipped, error)
         && read_uint (object, self->last, "best_step", &outcome->best_step, error)
         && read_uint (object, self->last, "in_a_row", &self->n_in_a_row, error)
         && read_uint (object, self->last, "halvings", &self->n_halvings, error)
         && read_uint (object, self->last, "worse", &self->n_worse, error)
         && read_uint (object, self->last, "n_loss", &self->n_loss, error)
         && read_double (object, self->last, "factor", &self->factor, error)
         && read_double (object, self->last, "loss", &self->loss, error)
         && read_double (object, self->last, "best_right", &self->best_right, error)
         && read_double (object, self->last, "best_loss", &self->best_loss, error)
         && read_double (object, self->last, "seconds", &self->seconds, error)
         && read_curve (self, object, self->last, error);
}

static gboolean
save (Learning *self, const char *path, GError **error)
{
  g_autofree char *note = describe (self);

  self->saved_us = g_get_monotonic_time ();
  return monocle_train_save (self->run->trainer, path, note, error);
}

/* --- steps -------------------------------------------------------------------------------- */

/* Too little memory is said with what could be done about it. */
static void
explain_shortage (const MonocleTrainRun *run, GError **error)
{
  guint64 needed_bytes, free_bytes;
  g_autofree char *needed = NULL, *left = NULL;

  if (!error || !*error || !monocle_engine_error_get_shortage (*error, &needed_bytes, &free_bytes))
    return;
  needed = g_format_size (needed_bytes);
  left = g_format_size (free_bytes);
  g_clear_error (error);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_ROOM,
               run->job->method == MONOCLE_TRAINING_FULL_LANGUAGE
                   /* Translators: two amounts of memory */
                   ? _ ("To teach all of the language, %s of memory are needed, and %s are free. "
                        "Teach new words alone, or choose a smaller model or another device.")
                   : _ ("To teach this model, %s of memory are needed, and %s are free. Choose a "
                        "smaller model or another device, or close other programs."),
               needed, left);
}

/* What the model knows from an adapter is part of what is taught on top of it. */
static void
add_adapter (MonocleTrainRun *run)
{
  static const char *const names[]
      = { "adapter_config.json", "adapter_model.safetensors", "adapter_model.bin" };
  const char *adapter = monocle_model_get_adapter (run->model);

  for (guint i = 0; adapter && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (adapter, names[i], NULL);
      g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);

      if (file)
        g_checksum_update (run->checksum, (const guchar *) g_mapped_file_get_contents (file),
                           (gssize) g_mapped_file_get_length (file));
    }
}

gboolean
monocle_train_begin (MonocleTrainRun *run, GError **error)
{
  const MonocleTrainingStart start
      = { .rank = run->job->rank, .seed = run->job->seed, .head = run->job->head };
  char numbers[128];

  g_snprintf (numbers, sizeof numbers, "%d %u %u %u %u %.17g %.17g %" G_GUINT64_FORMAT " %d",
              (int) run->job->method, run->job->rank, run->job->batch, run->job->views,
              run->job->minutes > 0 ? 0 : run->job->steps, run->job->rate, run->job->keep,
              run->job->seed, run->job->head);
  g_checksum_update (run->checksum, (const guchar *) numbers, -1);
  add_adapter (run);
  if (monocle_train_start (run->trainer, &start, run->cancellable, error))
    return TRUE;
  explain_shortage (run, error);
  return FALSE;
}

gboolean
monocle_train_make_step (MonocleTrainRun *run,
                         double rate,
                         MonocleTrainerStep *step,
                         GError **error)
{
  g_autofree guint *batch = g_new (guint, run->job->batch);

  monocle_train_draws_next (run->draws, batch, run->job->batch);
  return monocle_train_step (run->trainer, batch, run->job->batch, rate, step, error);
}

/* Warm-up, then half a cosine to nothing. */
static double
get_rate (const Learning *self, guint step)
{
  const double full = self->run->job->rate * self->factor;

  if (step < WARM_UP)
    return full * (step + 1) / WARM_UP;
  if (self->steps <= WARM_UP)
    return full;
  return full * (1 + cos (G_PI * (step - WARM_UP) / (self->steps - WARM_UP))) / 2;
}

/* @judged: (element-type MonocleTrainingJudged): those from @first on */
static void
note_glimpses (Learning *self, const GArray *judged, guint first)
{
  for (guint i = 0; i < self->run->glimpses->len; i++)
    {
      MonocleTrainGlimpse *glimpse = self->run->glimpses->pdata[i];

      if (glimpse->index >= first && glimpse->index - first < judged->len)
        glimpse->is_right
            = g_array_index (judged, MonocleTrainingJudged, glimpse->index - first).is_right;
    }
}

static gboolean
judge (Learning *self, MonocleTrainPoint *point, GError **error)
{
  const GArray *all = self->run->held_out;
  guint n_tokens = 0, n_right = 0;

  point->held_out_loss = 0;
  for (guint i = 0; i < all->len; i += JUDGED_AT_ONCE)
    {
      const guint n = MIN (JUDGED_AT_ONCE, all->len - i);
      g_autoptr (GArray) judged = monocle_train_judge (
          self->run->trainer, &g_array_index (all, guint, i), n, self->run->cancellable, error);

      if (!judged)
        return FALSE;
      note_glimpses (self, judged, i);
      for (guint j = 0; j < n; j++)
        {
          const MonocleTrainingJudged *one = &g_array_index (judged, MonocleTrainingJudged, j);

          point->held_out_loss += one->loss;
          n_tokens += one->n_tokens;
          n_right += one->is_right;
        }
    }
  point->held_out_loss = n_tokens > 0 ? point->held_out_loss / n_tokens : (double) NAN;
  point->held_out_right = all->len > 0 ? (double) n_right / all->len : (double) NAN;
  return TRUE;
}

/* By answers, ties by loss; where nothing is held out the last is the best. What gives no numbers
 * is none. */
static gboolean
is_best (const Learning *self, const MonocleTrainPoint *point)
{
  if (self->run->held_out->len == 0)
    return TRUE;
  if (!isfinite (point->held_out_loss))
    return FALSE;
  if (self->run->outcome->best_step == 0)
    return TRUE;
  if (point->held_out_right > self->best_right || point->held_out_right < self->best_right)
    return point->held_out_right > self->best_right;
  return point->held_out_loss < self->best_loss;
}

static gboolean
end_round (Learning *self, guint step, GError **error)
{
  MonocleTrainOutcome *outcome = self->run->outcome;
  MonocleTrainPoint point
      = { .step = step, .loss = self->n_loss > 0 ? self->loss / self->n_loss : 0 };

  if (!judge (self, &point, error))
    return FALSE;
  g_array_append_val (outcome->curve, point);
  self->loss = 0;
  self->n_loss = 0;
  if (!is_best (self, &point))
    {
      self->n_worse++;
      return save (self, self->last, error);
    }
  self->n_worse = 0;
  self->best_right = point.held_out_right;
  self->best_loss = point.held_out_loss;
  outcome->best_step = step;
  return save (self, self->best, error) && save (self, self->last, error);
}

/* Draws are made again up to where it is; they cost nothing. */
static void
draw_again (MonocleTrainRun *run)
{
  g_autofree guint *batch = g_new (guint, run->job->batch);

  monocle_train_draws_restart (run->draws);
  for (guint i = 0; i < monocle_trainer_get_n_steps (run->trainer); i++)
    monocle_train_draws_next (run->draws, batch, run->job->batch);
}

/* To the best, with half the rate: from what gives no numbers no rate leads on. That is saved after
 * rounds alone, so that it is the same whatever the clock says. */
static gboolean
go_back (Learning *self, GError **error)
{
  GArray *curve = self->run->outcome->curve;

  if (!monocle_train_restore (self->run->trainer, self->best, error))
    return FALSE;
  draw_again (self->run);
  while (curve->len > 0
         && g_array_index (curve, MonocleTrainPoint, curve->len - 1).step
                > self->run->outcome->best_step)
    g_array_set_size (curve, curve->len - 1);
  self->factor /= 2;
  self->n_in_a_row = 0;
  self->n_worse = 0;
  self->loss = 0;
  self->n_loss = 0;
  return TRUE;
}

/* A step that gave no numbers has taught nothing; several in a row go back. @ends: (out): that was
 * tried often enough, and there is something to end with */
static gboolean
note_skipped (Learning *self, gboolean is_skipped, gboolean *ends, GError **error)
{
  MonocleTrainOutcome *outcome = self->run->outcome;

  *ends = FALSE;
  if (!is_skipped)
    {
      self->n_in_a_row = 0;
      return TRUE;
    }
  outcome->n_skipped++;
  if (++self->n_in_a_row < MAX_SKIPPED_IN_A_ROW)
    return TRUE;
  if (++self->n_halvings <= MAX_HALVINGS)
    return go_back (self, error);
  if (outcome->best_step == 0)
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                           _ ("Steps give no numbers, at any rate of learning"));
      return FALSE;
    }
  *ends = TRUE;
  return TRUE;
}

static void
tell (const Learning *self, guint step, const MonocleTrainerStep *made, gboolean is_round)
{
  const GArray *curve = self->run->outcome->curve;
  const MonocleTrainPoint *last
      = curve->len > 0 ? &g_array_index (curve, MonocleTrainPoint, curve->len - 1) : NULL;
  const MonocleTrainUpdate update = {
    .stage = MONOCLE_TRAIN_LEARNING,
    .n_done = step,
    .n_all = self->steps,
    .loss = made->loss,
    .norm = made->norm,
    .rate = get_rate (self, step - 1),
    .is_skipped = made->is_skipped,
    .held_out_loss = last ? last->held_out_loss : (double) NAN,
    .held_out_right = last ? last->held_out_right : (double) NAN,
    .is_round = is_round,
    .glimpses = is_round ? self->run->glimpses : NULL,
    .seconds = self->seconds,
  };

  if (self->run->update)
    self->run->update (&update, self->run->user_data);
}

static gboolean
go_on (Learning *self, GError **error)
{
  MonocleTrainRun *run = self->run;
  g_autofree char *note = NULL;

  if (!run->job->resumes || !g_file_test (self->last, G_FILE_TEST_EXISTS))
    return TRUE;
  note = monocle_trainer_read_note (self->last, error);
  if (!note || !read_note (self, note, error)
      || !monocle_train_restore (run->trainer, self->last, error))
    return FALSE;
  if (monocle_trainer_get_n_steps (run->trainer) > self->steps)
    return monocle_file_set_error (error, self->last, "has more steps than were planned");
  draw_again (run);
  return TRUE;
}

static guint
get_round (const Learning *self)
{
  return CLAMP (self->steps / N_ROUNDS, 5, 200);
}

/* Stopped: what was learnt is on the disk. */
static gboolean
stop (Learning *self, GError **error)
{
  if (!save (self, self->last, error))
    return FALSE;
  g_cancellable_set_error_if_cancelled (self->run->cancellable, error);
  return FALSE;
}

/* What was learnt since the last round may be the best there is. */
static gboolean
end_early (Learning *self, guint step, GError **error)
{
  const GArray *curve = self->run->outcome->curve;
  const guint last
      = curve->len > 0 ? g_array_index (curve, MonocleTrainPoint, curve->len - 1).step : 0;

  return last == step || end_round (self, step, error);
}

static gboolean
make_steps (Learning *self, GError **error)
{
  MonocleTrainRun *run = self->run;
  guint step;

  /* Where to go back to, at the worst. */
  if (monocle_trainer_get_n_steps (run->trainer) == 0 && !save (self, self->best, error))
    return FALSE;
  while ((step = monocle_trainer_get_n_steps (run->trainer)) < self->steps)
    {
      MonocleTrainerStep made;
      gboolean is_round, ends;
      gint64 began_us;

      if (g_cancellable_is_cancelled (run->cancellable))
        return stop (self, error);
      if (self->n_worse >= PATIENCE)
        return TRUE;
      if (step > 0 && run->job->enough && g_cancellable_is_cancelled (run->job->enough))
        return end_early (self, step, error);
      began_us = g_get_monotonic_time ();
      if (!monocle_train_make_step (run, get_rate (self, step), &made, error))
        return FALSE;
      self->seconds += (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
      self->loss += made.is_skipped ? 0 : made.loss;
      self->n_loss += !made.is_skipped;
      if (!note_skipped (self, made.is_skipped, &ends, error))
        return FALSE;
      if (ends)
        return TRUE;
      /* It went back. */
      if (monocle_trainer_get_n_steps (run->trainer) != step + 1)
        continue;
      /* The first steps are the same whatever the plan is. */
      if (step + 1 == TIMED && run->job->minutes > 0)
        self->steps
            = (guint) CLAMP (run->job->minutes * 60 * TIMED / self->seconds, MIN_STEPS, MAX_STEPS);
      is_round = (step + 1) % get_round (self) == 0 || step + 1 == self->steps;
      if (is_round && !end_round (self, step + 1, error))
        return FALSE;
      if (g_get_monotonic_time () - self->saved_us > SAVE_EVERY_US
          && !save (self, self->last, error))
        return FALSE;
      tell (self, step + 1, &made, is_round);
    }
  return TRUE;
}

gboolean
monocle_train_learn (MonocleTrainRun *run, GError **error)
{
  g_auto (Learning) self = { .run = run,
                             .folder = monocle_training_dup_state_folder (run->job->out),
                             .steps = run->job->minutes > 0 ? MAX_STEPS : run->job->steps,
                             .factor = 1,
                             .saved_us = g_get_monotonic_time () };

  self.last = g_build_filename (self.folder, "last.safetensors", NULL);
  self.best = g_build_filename (self.folder, "best.safetensors", NULL);
  if (!go_on (&self, error) || !make_steps (&self, error)
      || !monocle_train_restore (run->trainer, self.best, error))
    return FALSE;
  run->outcome->steps = self.steps;
  run->outcome->learn_seconds = self.seconds;
  return TRUE;
}
