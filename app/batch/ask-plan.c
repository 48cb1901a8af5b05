/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/batch/ask-plan.h"

#include <glib/gstdio.h>

#define PLAN_TYPE   "(suvbxa(sus))" /* task, what it gives, words, again, begun; URI, page, name */
#define PASSED_TYPE "(uss)"         /* index, summary, error */

/* More were never asked about here. */
#define MAX_PICTURES 1000000

/* --- A picture --- */

struct _MonocleAskItem
{
  GObject parent_instance;

  GFile *file;
  guint page;
  char *name, *summary, *error;
  gboolean is_passed;
};

enum
{
  PROP_0,
  PROP_FILE,
  PROP_NAME,
  PROP_SUMMARY,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MonocleAskItem, monocle_ask_item, G_TYPE_OBJECT)

static void
monocle_ask_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleAskItem *self = MONOCLE_ASK_ITEM (object);

  switch (id)
    {
    case PROP_FILE:
      g_value_set_object (value, self->file);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SUMMARY:
      g_value_set_string (value, self->summary);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_ask_item_finalize (GObject *object)
{
  MonocleAskItem *self = MONOCLE_ASK_ITEM (object);

  g_object_unref (self->file);
  g_free (self->name);
  g_free (self->summary);
  g_free (self->error);
  G_OBJECT_CLASS (monocle_ask_item_parent_class)->finalize (object);
}

static void
monocle_ask_item_class_init (MonocleAskItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = monocle_ask_item_get_property;
  object_class->finalize = monocle_ask_item_finalize;

  properties[PROP_FILE] = g_param_spec_object ("file", NULL, NULL, G_TYPE_FILE, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
monocle_ask_item_init (MonocleAskItem *self)
{
}

MonocleAskItem *
monocle_ask_item_new (GFile *file, guint page, const char *name)
{
  MonocleAskItem *self = g_object_new (MONOCLE_TYPE_ASK_ITEM, NULL);

  self->file = g_object_ref (file);
  self->page = page;
  self->name = g_strdup (name);
  return self;
}

GFile *
monocle_ask_item_get_file (MonocleAskItem *self)
{
  return self->file;
}

guint
monocle_ask_item_get_page (MonocleAskItem *self)
{
  return self->page;
}

const char *
monocle_ask_item_get_name (MonocleAskItem *self)
{
  return self->name;
}

gboolean
monocle_ask_item_is_passed (MonocleAskItem *self)
{
  return self->is_passed;
}

const char *
monocle_ask_item_get_summary (MonocleAskItem *self)
{
  return self->summary;
}

const char *
monocle_ask_item_get_error (MonocleAskItem *self)
{
  return self->error;
}

static void
pass_item (MonocleAskItem *self, const char *summary, const char *error)
{
  self->is_passed = TRUE;
  g_free (self->summary);
  g_free (self->error);
  self->summary = g_strdup (summary && *summary ? summary : NULL);
  self->error = g_strdup (error && *error ? error : NULL);
}

/* --- The plan --- */

static char *
dup_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "monocle", "ask-all.journal", NULL);
}

MonocleAskPlan *
monocle_ask_plan_new (const MonocleTask *task, const char *text, gboolean asks_again)
{
  MonocleAskPlan *self = g_new0 (MonocleAskPlan, 1);

  self->task = task;
  self->text = g_strdup (text);
  self->asks_again = asks_again;
  self->begun = g_get_real_time ();
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

void
monocle_ask_plan_set_language (MonocleAskPlan *self, const char *language)
{
  g_strlcpy (self->language, language ? language : "", sizeof self->language);
}

void
monocle_ask_plan_free (MonocleAskPlan *self)
{
  g_clear_pointer (&self->journal, monocle_journal_close);
  g_free (self->text);
  g_ptr_array_unref (self->items);
  g_free (self);
}

/* --- Kept --- */

/* What is asked beside the task: the text, and with a language both. */
static GVariant *
store_words (const MonocleAskPlan *self)
{
  GVariant *text = g_variant_new_maybe (G_VARIANT_TYPE_STRING,
                                        self->text ? g_variant_new_string (self->text) : NULL);

  return *self->language ? g_variant_new ("(@mss)", text, self->language) : text;
}

/* Returns: whether it is that */
static gboolean
restore_words (MonocleAskPlan *self, GVariant *words)
{
  const char *language = "";

  if (g_variant_is_of_type (words, G_VARIANT_TYPE ("(mss)")))
    g_variant_get (words, "(ms&s)", &self->text, &language);
  else if (g_variant_is_of_type (words, G_VARIANT_TYPE ("ms")))
    g_variant_get (words, "ms", &self->text);
  else
    return FALSE;
  monocle_ask_plan_set_language (self, monocle_language_is_code (language) ? language : NULL);
  return TRUE;
}

static GVariant *
store (const MonocleAskPlan *self)
{
  GVariantBuilder pictures;

  g_variant_builder_init (&pictures, G_VARIANT_TYPE ("a(sus)"));
  for (guint i = 0; i < self->items->len; i++)
    {
      MonocleAskItem *item = self->items->pdata[i];
      g_autofree char *uri = g_file_get_uri (item->file);

      g_variant_builder_add (&pictures, "(sus)", uri, item->page, item->name);
    }
  return g_variant_new ("(suvbxa(sus))", self->task->id, (guint32) self->task->gives,
                        store_words (self), self->asks_again, self->begun, &pictures);
}

static void
ignore_record (MonocleRecordType type, GVariant *content, gpointer data)
{
}

gboolean
monocle_ask_plan_keep (MonocleAskPlan *self, GError **error)
{
  g_autofree char *path = dup_path ();

  g_return_val_if_fail (!self->journal, FALSE);

  g_unlink (path);
  self->journal = monocle_journal_open (path, ignore_record, NULL, error);
  if (self->journal
      && monocle_journal_append (self->journal, MONOCLE_RECORD_PLAN, store (self), error))
    return TRUE;
  g_clear_pointer (&self->journal, monocle_journal_close);
  return FALSE;
}

void
monocle_ask_plan_drop (MonocleAskPlan *self)
{
  g_autofree char *path = dup_path ();

  if (!self->journal)
    return;
  g_clear_pointer (&self->journal, monocle_journal_close);
  g_unlink (path);
}

gboolean
monocle_ask_plan_pass (
    MonocleAskPlan *self, guint index, const char *summary, const char *problem, GError **error)
{
  g_return_val_if_fail (index < self->items->len, FALSE);

  pass_item (self->items->pdata[index], summary, problem);
  return !self->journal
         || monocle_journal_append (
             self->journal, MONOCLE_RECORD_PASSED,
             g_variant_new (PASSED_TYPE, index, summary ? summary : "", problem ? problem : ""),
             error);
}

gboolean
monocle_ask_plan_pause (MonocleAskPlan *self, gboolean is_paused, GError **error)
{
  if (self->is_paused == is_paused)
    return TRUE;
  self->is_paused = is_paused;
  return !self->journal
         || monocle_journal_append (self->journal, MONOCLE_RECORD_PAUSED,
                                    g_variant_new_boolean (is_paused), error);
}

/* --- And back --- */

static MonocleAskPlan *
restore (GVariant *stored)
{
  const char *id, *uri, *name;
  guint32 gives, page;
  g_autoptr (GVariant) words = NULL;
  g_autoptr (GVariantIter) pictures = NULL;
  gboolean asks_again;
  gint64 begun;
  const MonocleTask *task;
  g_autoptr (MonocleAskPlan) self = NULL;

  if (!g_variant_is_of_type (stored, G_VARIANT_TYPE (PLAN_TYPE)))
    return NULL;
  g_variant_get (stored, "(&suvbxa(sus))", &id, &gives, &words, &asks_again, &begun, &pictures);
  task = monocle_model_recall_task (id, (MonocleTaskGives) gives);
  if (!task || g_variant_iter_n_children (pictures) > MAX_PICTURES)
    return NULL;
  self = monocle_ask_plan_new (task, NULL, asks_again);
  if (!restore_words (self, words))
    return NULL;
  self->begun = begun;
  while (g_variant_iter_next (pictures, "(&su&s)", &uri, &page, &name))
    {
      g_autoptr (GFile) file = g_file_new_for_uri (uri);

      g_ptr_array_add (self->items, monocle_ask_item_new (file, page, name));
    }
  return g_steal_pointer (&self);
}

static void
read_record (MonocleRecordType type, GVariant *content, gpointer data)
{
  MonocleAskPlan **self = data;
  const char *summary, *problem;
  guint32 index;

  if (!content)
    return;
  if (type == MONOCLE_RECORD_PLAN && !*self)
    *self = restore (content);
  if (type == MONOCLE_RECORD_PAUSED && *self
      && g_variant_is_of_type (content, G_VARIANT_TYPE_BOOLEAN))
    (*self)->is_paused = g_variant_get_boolean (content);
  if (type != MONOCLE_RECORD_PASSED || !*self
      || !g_variant_is_of_type (content, G_VARIANT_TYPE (PASSED_TYPE)))
    return;
  g_variant_get (content, "(u&s&s)", &index, &summary, &problem);
  if (index < (*self)->items->len)
    pass_item ((*self)->items->pdata[index], summary, problem);
}

static gboolean
is_done (const MonocleAskPlan *self)
{
  for (guint i = 0; i < self->items->len; i++)
    if (!monocle_ask_item_is_passed (self->items->pdata[i]))
      return FALSE;
  return TRUE;
}

MonocleAskPlan *
monocle_ask_plan_restore (void)
{
  g_autofree char *path = dup_path ();
  g_autoptr (GError) error = NULL;
  MonocleAskPlan *self = NULL;
  MonocleJournal *journal;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  journal = monocle_journal_open (path, read_record, &self, &error);
  if (!journal)
    {
      g_debug ("%s", error->message);
      g_clear_pointer (&self, monocle_ask_plan_free);
      return NULL;
    }
  if (!self)
    {
      monocle_journal_close (journal);
      g_unlink (path);
      return NULL;
    }
  self->journal = journal;
  if (!is_done (self))
    return self;
  monocle_ask_plan_drop (self);
  monocle_ask_plan_free (self);
  return NULL;
}
