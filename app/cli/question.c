/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/question.h"

#include <math.h>
#include <string.h>

#include "app/base/languages.h"
#include "app/cli/cli.h"
#include "app/cli/model-help.h"
#include "app/cli/out.h"

void
monocle_cli_question_clear (MonocleCliQuestion *self)
{
  monocle_cli_model_clear (&self->model);
  monocle_cli_sampling_clear (&self->sampling);
  monocle_cli_labels_clear (&self->labels);
  monocle_cli_regions_clear (&self->regions);
  monocle_cli_sound_clear (&self->sound);
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->texts, g_strfreev);
  g_clear_pointer (&self->language, g_free);
  g_clear_pointer (&self->beams, g_free);
  g_clear_pointer (&self->most_tokens, g_free);
  g_clear_pointer (&self->least_score, g_free);
  g_clear_pointer (&self->threshold, g_free);
  g_clear_pointer (&self->detail_name, g_free);
}

static gboolean
any_task_takes (const MonocleCliQuestion *self, MonocleTaskTakes what)
{
  for (guint i = 0; i < self->tasks->len; i++)
    if (((const MonocleTask *) self->tasks->pdata[i])->takes & what)
      return TRUE;
  return FALSE;
}

static gboolean
any_task_draws (const MonocleCliQuestion *self)
{
  for (guint i = 0; i < self->tasks->len; i++)
    if (((const MonocleTask *) self->tasks->pdata[i])->gives == MONOCLE_GIVES_PICTURE)
      return TRUE;
  return FALSE;
}

/* Whoever writes location tokens by hand may do so. Returns: (transfer none) (nullable) */
static const char *
get_text_for (const MonocleCliQuestion *self, const MonocleTask *task)
{
  const MonocleCliRegions *regions = &self->regions;

  return task->takes & MONOCLE_TAKES_TEXT
                 || (task->takes == MONOCLE_TAKES_REGION && regions->boxes->len == 0
                     && !regions->from)
             ? self->text
             : NULL;
}

/* What a model would say of the text once it is loaded, and has looked at a picture. */
static MonocleCliStatus
check_text (const MonocleCliQuestion *self, const char *verb, const MonocleTask *task)
{
  g_autofree char *directory = monocle_cli_model_find (&self->model, NULL);
  gboolean has_region = (task->takes & MONOCLE_TAKES_REGION)
                        && (self->regions.boxes->len > 0 || self->regions.from);
  g_autoptr (GError) error = NULL;

  if (directory
      && !monocle_model_peek_text (directory, task, get_text_for (self, task), has_region, &error))
    return monocle_cli_refuse (verb, "%s", error->message);
  return MONOCLE_CLI_DONE;
}

/* Whoever says it of several tasks means those that have languages. */
static MonocleCliStatus
check_language (const MonocleCliQuestion *self, const char *verb)
{
  gboolean has_languages = FALSE;

  for (guint i = 0; self->language && i < self->tasks->len; i++)
    {
      const MonocleTask *task = self->tasks->pdata[i];
      g_autofree char *known = task->languages ? g_strjoinv (", ", (GStrv) task->languages) : NULL;
      g_autofree char *given = monocle_cli_out_clean_line (self->language);

      has_languages = has_languages || known;
      if (known && !monocle_languages_find (task->languages, self->language))
        return monocle_cli_refuse (verb, _ ("'%s' is none of the languages of %s: %s"), given,
                                   task->id, known);
    }
  return !self->language || has_languages
             ? MONOCLE_CLI_DONE
             : monocle_cli_refuse (verb, _ ("no task here takes a --language"));
}

/* Every task has what it needs, and everything that was given has a task. */
static MonocleCliStatus
check_inputs (const MonocleCliQuestion *self, const char *verb)
{
  gboolean takes_text = any_task_takes (self, MONOCLE_TAKES_TEXT);
  gboolean takes_region = any_task_takes (self, MONOCLE_TAKES_REGION);
  guint n_regions = self->regions.boxes->len;
  MonocleCliStatus status;

  for (guint i = 0; i < self->tasks->len; i++)
    {
      const MonocleTask *task = self->tasks->pdata[i];

      if ((task->takes & MONOCLE_TAKES_TEXT) && (!self->text || !*self->text))
        return monocle_cli_refuse (verb, _ ("task %s needs a --text"), task->id);
      if ((task->takes & MONOCLE_TAKES_SOUND) && !self->sound.file)
        return monocle_cli_refuse (verb, _ ("task %s needs a sound: 'run --sound FILE'"), task->id);
      status = monocle_cli_regions_fit_task (&self->regions, verb, task, self->text != NULL);
      if (status != MONOCLE_CLI_DONE)
        return status;
    }
  status = check_language (self, verb);
  if (status != MONOCLE_CLI_DONE)
    return status;
  if (self->text && !takes_text && !takes_region)
    return monocle_cli_refuse (verb, _ ("no task here takes a --text"));
  if (self->text && !takes_text && n_regions > 0)
    return monocle_cli_refuse (verb, _ ("either --text or --region, for tasks that take a region"));
  if (n_regions > 0 && !takes_region)
    return monocle_cli_refuse (verb, _ ("no task here takes a --region"));
  if (self->sound.file && !any_task_takes (self, MONOCLE_TAKES_SOUND))
    return monocle_cli_refuse (verb, _ ("no task here takes a --sound"));
  if (self->regions.from && !takes_region)
    return monocle_cli_refuse (verb, _ ("no task here takes a --from"));
  for (guint i = 0; i < self->tasks->len; i++)
    if ((status = check_text (self, verb, self->tasks->pdata[i])) != MONOCLE_CLI_DONE)
      return status;

  return MONOCLE_CLI_DONE;
}

/* Whether the one of that name that comes along has all that is asked. */
static gboolean
has_all_tasks (const MonocleCliQuestion *self, const char *id, MonocleTaskTakes takes)
{
  const MonocleCliModel model = { .standard = id };
  g_autoptr (GPtrArray) tasks = monocle_cli_model_list_tasks (&model, NULL);

  for (guint i = 0; tasks && self->names[i]; i++)
    if (!monocle_cli_labels_find_task (&self->labels, tasks, self->names[i], takes))
      return FALSE;
  return tasks != NULL;
}

/* Where none is named: the first of those that come along that has all that is asked. Returns:
 * (nullable) */
static const char *
choose_standard (const MonocleCliQuestion *self, MonocleTaskTakes takes)
{
  guint n;
  const MonocleShippedModel *shipped = monocle_shipped_list (&n);

  for (guint i = 0; i < n; i++)
    if (has_all_tasks (self, shipped[i].id, takes))
      return shipped[i].id;
  return has_all_tasks (self, MONOCLE_SHIPPED_DRAW, takes) ? MONOCLE_SHIPPED_DRAW : NULL;
}

/* The tasks are those of the model that will be loaded. */
static MonocleCliStatus
find_tasks (MonocleCliQuestion *self, const char *verb)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tasks = NULL;
  MonocleTaskTakes takes
      = (self->text ? MONOCLE_TAKES_TEXT : 0)
        | (self->regions.boxes->len > 0 || self->regions.from ? MONOCLE_TAKES_REGION : 0)
        | (self->sound.file ? MONOCLE_TAKES_SOUND : 0);

  if (!self->model.model)
    self->model.standard = choose_standard (self, takes);
  tasks = monocle_cli_model_list_tasks (&self->model, &error);
  if (!tasks)
    return monocle_cli_report (NULL, error);
  for (guint i = 0; self->names[i]; i++)
    {
      const MonocleTask *task
          = monocle_cli_labels_find_task (&self->labels, tasks, self->names[i], takes);

      if (!task && self->labels.each)
        return monocle_cli_refuse (verb, _ ("--each: no task '%s' of this model can do that"),
                                   self->names[i]);
      if (!task)
        return monocle_cli_model_refuse_task (verb, self->names[i], takes);
      g_ptr_array_add (self->tasks, (gpointer) task);
    }
  return MONOCLE_CLI_DONE;
}

/* Several are labels, a line each: those may have commas in them. */
static MonocleCliStatus
read_text (MonocleCliQuestion *self, const char *verb)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; self->texts && self->texts[i]; i++)
    {
      g_autofree char *text = monocle_cli_dup_text (self->texts[i]);

      if (!text)
        return monocle_cli_refuse (verb, _ ("--text is not valid UTF-8"));
      g_string_append_printf (lines, "%s%s", i > 0 ? "\n" : "", text);
    }
  self->text = self->texts ? g_string_free (g_steal_pointer (&lines), FALSE) : NULL;
  return monocle_cli_labels_read (&self->labels, verb, &self->text);
}

MonocleCliStatus
monocle_cli_question_read (MonocleCliQuestion *self, const char *verb)
{
  MonocleCliStatus status;

  self->tasks = g_ptr_array_new ();
  status = monocle_cli_regions_read (&self->regions, verb);
  if (status == MONOCLE_CLI_DONE)
    status = monocle_cli_sound_read (&self->sound, verb);
  if (status != MONOCLE_CLI_DONE)
    return status;
  if (!self->names)
    return monocle_cli_refuse (verb, _ ("--task is missing"));
  status = read_text (self, verb);
  if (status != MONOCLE_CLI_DONE)
    return status;
  if (!monocle_cli_parse_count (verb, "--beams", self->beams, MONOCLE_MAX_BEAMS, &self->num_beams)
      || !monocle_cli_parse_count (verb, "--max-tokens", self->most_tokens, G_MAXINT,
                                   &self->max_tokens)
      || !monocle_cli_sampling_read (&self->sampling, verb, self->num_beams))
    return MONOCLE_CLI_USAGE;
  self->min_score = NAN;
  if (!monocle_cli_read_number (self->least_score, 0, TRUE, 1, &self->min_score))
    return monocle_cli_refuse (verb, _ ("%s must be a number from 0 to 1, not '%s'"), "--min-score",
                               self->least_score);
  if (!monocle_cli_read_number (self->threshold, 0, TRUE, 1, &self->min_score))
    return monocle_cli_refuse (verb, _ ("%s must be a number from 0 to 1, not '%s'"), "--threshold",
                               self->threshold);
  if (monocle_cli_model_check (&self->model))
    return monocle_cli_refuse (verb, "%s", monocle_cli_model_check (&self->model));
  self->detail = MONOCLE_DETAIL_FINE;
  if (!monocle_cli_detail_read (verb, self->detail_name, &self->model, &self->detail))
    return MONOCLE_CLI_USAGE;
  status = find_tasks (self, verb);
  /* What is drawn is drawn as usual, but for what was said. */
  if (status == MONOCLE_CLI_DONE && !self->sampling.top_p && any_task_draws (self))
    self->sampling.settings.top_p = MONOCLE_SAMPLING_PICTURE_TOP_P;
  return status == MONOCLE_CLI_DONE ? check_inputs (self, verb) : status;
}

/* (nullable): the system's, where nothing else was said */
static const char *
choose_language (const MonocleCliQuestion *self, const MonocleTask *task)
{
  return self->language ? monocle_languages_find (task->languages, self->language)
                        : monocle_language_choose (task->languages);
}

MonocleRequest
monocle_cli_question_build (const MonocleCliQuestion *self,
                            const MonocleTask *task,
                            MonocleModel *model)
{
  MonocleRequest request = { .task = task, .num_beams = self->num_beams };
  guint most = monocle_model_get_max_tokens (model);

  request.sampling = self->sampling.is_on ? &self->sampling.settings : NULL;
  request.max_tokens
      = self->max_tokens > 0 && most > 0 ? MIN (self->max_tokens, most) : self->max_tokens;
  request.language = choose_language (self, task);
  request.wording = self->labels.wording;
  request.detail = monocle_model_choose_detail (model, self->detail);
  request.has_threshold = !isnan (self->min_score);
  request.threshold = request.has_threshold ? self->min_score : 0;
  request.text = get_text_for (self, task);
  request.sound = task->takes & MONOCLE_TAKES_SOUND ? self->sound.sound : NULL;
  if (task->takes & MONOCLE_TAKES_REGION)
    monocle_cli_regions_request (&self->regions, &request);

  return request;
}
