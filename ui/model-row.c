/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/model-row.h"

#include <glib/gi18n.h>

#include "app/base/languages.h"
#include "app/base/trouble.h"
#include "ui/figures.h"

struct _MonocleModelRow
{
  AdwPreferencesRow parent_instance;

  GtkLabel *title;
  GtkLabel *about;
  GtkLabel *facts;
  GtkLabel *memory;
  GtkWidget *mark;
  GtkButton *main;
  GtkWidget *pause;
  GtkWidget *discard;
  GtkMenuButton *more;
  GtkProgressBar *progress;
  GtkWidget *status_part;
  GtkLabel *status;
  GtkWidget *details;

  char *id;
};

G_DEFINE_FINAL_TYPE (MonocleModelRow, monocle_model_row, ADW_TYPE_PREFERENCES_ROW)

/* --- Parts --- */

static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text && *text);
}

/* Read aloud, a button does not stand beside the name of its row. */
static void
name_button (MonocleModelRow *self, GtkWidget *button, const char *what)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", gtk_label_get_text (self->title), what);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_main (MonocleModelRow *self, const char *label, const char *action)
{
  gtk_widget_set_visible (GTK_WIDGET (self->main), label != NULL);
  if (!label)
    return;
  gtk_button_set_label (self->main, label);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->main), "s", self->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->main), action);
  name_button (self, GTK_WIDGET (self->main), label);
}

static void
show_discard (MonocleModelRow *self, const char *what, const char *action)
{
  gtk_widget_set_visible (self->discard, what != NULL);
  if (!what)
    return;
  gtk_widget_set_tooltip_text (self->discard, what);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->discard), "s", self->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->discard), action);
  name_button (self, self->discard, what);
}

static void
show_status (MonocleModelRow *self, const char *text, gboolean is_error)
{
  gtk_label_set_text (self->status, text ? text : "");
  gtk_widget_set_visible (self->status_part, text != NULL);
  gtk_widget_set_visible (self->details, is_error);
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->status), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), "error");
}

/* @fraction: below 0: nobody knows */
static void
show_progress (MonocleModelRow *self, double fraction)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), TRUE);
  if (fraction < 0)
    gtk_progress_bar_pulse (self->progress);
  else
    gtk_progress_bar_set_fraction (self->progress, fraction);
}

static MonocleModelRow *
new_row (const char *id, const char *title)
{
  MonocleModelRow *self = g_object_new (MONOCLE_TYPE_MODEL_ROW, NULL);

  self->id = g_strdup (id);
  gtk_label_set_text (self->title, title);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->pause), "s", id);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->details), "s", id);
  name_button (self, self->pause, _ ("Pause"));
  name_button (self, self->details, _ ("Details"));
  name_button (self, GTK_WIDGET (self->more), _ ("More"));
  return self;
}

/* --- Words --- */

static void
add_markup (GString *facts, const char *markup)
{
  g_string_append_printf (facts, "%s%s", facts->len > 0 ? " · " : "", markup);
}

static void
add_fact (GString *facts, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  add_markup (facts, escaped);
}

/* Opened in the browser, by a click. */
static void
add_licence (GString *facts, const MonocleManifest *manifest)
{
  g_autofree char *link = NULL;

  if (!manifest || !manifest->licence)
    return;
  if (!manifest->licence_url)
    {
      add_fact (facts, manifest->licence);
      return;
    }
  link
      = g_markup_printf_escaped ("<a href=\"%s\">%s</a>", manifest->licence_url, manifest->licence);
  add_markup (facts, link);
}

static void
show_facts (MonocleModelRow *self, const GString *facts)
{
  gtk_label_set_markup (self->facts, facts->str);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), facts->len > 0);
}

/* "120 MB of 464 MB" */
static char *
describe_amount (guint64 received, guint64 total)
{
  g_autofree char *has = g_format_size (received), *all = g_format_size (total);

  if (total == 0)
    return g_steal_pointer (&has);
  /* Translators: bytes that came, bytes of all */
  return g_strdup_printf (_ ("%s of %s"), has, all);
}

/* --- What there is --- */

static GMenuModel *
make_menu (const MonocleStoredModel *model)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenuItem) verify = g_menu_item_new (_ ("_Verify"), NULL);
  g_autoptr (GMenuItem) remove
      = g_menu_item_new (model->is_reference ? _ ("_Forget…") : _ ("_Remove…"), NULL);

  g_menu_item_set_action_and_target (verify, "models.verify", "s", model->id);
  g_menu_append_item (menu, verify);
  if (!model->shipped)
    {
      g_menu_item_set_action_and_target (remove, "models.remove", "s", model->id);
      g_menu_append_item (menu, remove);
    }
  return G_MENU_MODEL (menu);
}

GtkWidget *
monocle_model_row_new_installed (const MonocleStoredModel *model,
                                 const char *about,
                                 gboolean is_used)
{
  MonocleModelRow *self = new_row (model->id, model->title);
  g_autoptr (GString) facts = g_string_new (NULL);
  g_autoptr (GMenuModel) menu = make_menu (model);
  g_autofree char *size = g_format_size (model->size_bytes);
  g_autofree char *place = monocle_figures_dup_folder (model->directory);

  show_text (self->about, about);
  add_fact (facts, size);
  add_licence (facts, model->manifest);
  if (!model->shipped)
    add_fact (facts, place);
  show_facts (self, facts);
  gtk_widget_set_visible (self->mark, is_used);
  gtk_menu_button_set_menu_model (self->more, menu);
  gtk_widget_set_visible (GTK_WIDGET (self->more), TRUE);
  show_main (self, is_used ? NULL : _ ("Use"), "models.use");
  return GTK_WIDGET (self);
}

GtkWidget *
monocle_model_row_new_available (const MonocleCatalogueModel *model, MonocleDevice *device)
{
  MonocleModelRow *self = new_row (model->manifest->id, model->manifest->title);
  g_autoptr (GString) facts = g_string_new (NULL);
  guint64 n_bytes = monocle_manifest_get_size (model->manifest);
  g_autofree char *size = g_format_size (n_bytes);
  const MonocleMemoryNeed need = { model->f32_bytes, model->f16_bytes };

  show_text (self->about, model->about);
  if (model->complete && n_bytes > 0)
    add_fact (facts, size);
  for (guint i = 0; model->languages && model->languages[i]; i++)
    {
      g_autofree char *language = monocle_language_dup_title (model->languages[i]);

      add_fact (facts, language);
    }
  add_licence (facts, model->manifest);
  show_facts (self, facts);
  monocle_model_row_show_need (self, &need, device);
  show_main (self, _ ("Get"), "models.get");
  return GTK_WIDGET (self);
}

void
monocle_model_row_show_need (MonocleModelRow *self,
                             const MonocleMemoryNeed *need,
                             MonocleDevice *device)
{
  g_autofree char *text = monocle_memory_need_describe (need, device);

  g_return_if_fail (MONOCLE_IS_MODEL_ROW (self));

  show_text (self->memory, text);
}

GtkWidget *
monocle_model_row_new_part (const MonocleStoredPart *part)
{
  MonocleModelRow *self = new_row (part->id, part->title);
  g_autofree char *amount = describe_amount (part->received_bytes, part->total_bytes);
  g_autofree char *text
      /* Translators: "120 MB of 464 MB" */
      = g_strdup_printf (part->is_busy ? _ ("Another program is downloading it: %s")
                                       : _ ("Incomplete: %s"),
                         amount);

  show_status (self, text, FALSE);
  if (part->is_busy)
    return GTK_WIDGET (self);
  if (part->total_bytes > 0)
    show_progress (self, MIN (1, (double) part->received_bytes / (double) part->total_bytes));
  show_main (self, _ ("Resume"), "models.get");
  show_discard (self, _ ("Give Up"), "models.remove");
  return GTK_WIDGET (self);
}

GtkWidget *
monocle_model_row_new_job (const MonocleModelJob *job)
{
  MonocleModelRow *self = new_row (job->id, job->title);

  monocle_model_row_show_job (self, job);
  return GTK_WIDGET (self);
}

/* --- What is done --- */

static char *
describe_fetching (MonocleDownload *download)
{
  g_autofree char *amount = describe_amount (monocle_download_get_received_bytes (download),
                                             monocle_download_get_total_bytes (download));
  guint64 speed = monocle_download_get_speed (download);
  gint64 left = monocle_download_get_remaining_s (download);
  g_autofree char *each_second = g_format_size (speed);
  g_autofree char *time = left >= 0 ? monocle_figures_dup_time_left (left) : NULL;

  if (speed == 0)
    return g_steal_pointer (&amount);
  if (!time)
    /* Translators: "120 MB of 464 MB", bytes a second */
    return g_strdup_printf (_ ("%s · %s/s"), amount, each_second);
  /* Translators: "120 MB of 464 MB", bytes a second, "2 min left" */
  return g_strdup_printf (_ ("%s · %s/s · %s"), amount, each_second, time);
}

static char *
describe_download (MonocleDownload *download)
{
  switch (monocle_download_get_state (download))
    {
    case MONOCLE_DOWNLOAD_LISTING:
      /* Translators: %s is the name of a server */
      return g_strdup_printf (_ ("Asking %s which files there are"),
                              monocle_download_get_host (download));
    case MONOCLE_DOWNLOAD_FETCHING:
      return describe_fetching (download);
    case MONOCLE_DOWNLOAD_CHECKING:
      return g_strdup (_ ("Checking that it is whole"));
    case MONOCLE_DOWNLOAD_RESTING:
      return g_strdup (_ ("Waiting for the keyring"));
    case MONOCLE_DOWNLOAD_DONE:
    case MONOCLE_DOWNLOAD_FAILED:
    default:
      return g_strdup ("");
    }
}

static void
show_download (MonocleModelRow *self, const MonocleModelJob *job)
{
  guint64 received = monocle_download_get_received_bytes (job->download);
  guint64 total = monocle_download_get_total_bytes (job->download);
  g_autofree char *text = describe_download (job->download);

  show_status (self, text, FALSE);
  show_progress (self, total > 0 ? MIN (1, (double) received / (double) total) : -1);
  show_main (self, NULL, NULL);
  gtk_widget_set_visible (self->pause, TRUE);
  show_discard (self, _ ("Give Up"), "models.remove");
}

static void
show_failure (MonocleModelRow *self, const MonocleModelJob *job)
{
  MonocleTrouble trouble = monocle_trouble_describe (MONOCLE_ATTEMPT_GET, job->error);
  g_autofree char *text = g_strdup_printf ("%s. %s", trouble.what, trouble.advice);

  show_status (self, text, TRUE);
  if (job->kind == MONOCLE_MODEL_JOB_DOWNLOAD)
    {
      show_main (self, _ ("Try Again"), "models.get");
      show_discard (self, _ ("Give Up"), "models.remove");
    }
  else if (job->kind == MONOCLE_MODEL_JOB_IMPORT)
    show_discard (self, _ ("Close"), "models.dismiss");
}

static void
show_work (MonocleModelRow *self, const MonocleModelJob *job)
{
  const char *text = job->kind == MONOCLE_MODEL_JOB_IMPORT   ? _ ("Importing")
                     : job->kind == MONOCLE_MODEL_JOB_VERIFY ? _ ("Verifying")
                                                             : _ ("Removing");

  show_status (self, text, FALSE);
  show_progress (self, job->fraction);
  show_main (self, NULL, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->more), FALSE);
  show_discard (self, job->kind == MONOCLE_MODEL_JOB_REMOVE ? NULL : _ ("Stop"), "models.stop");
}

void
monocle_model_row_show_job (MonocleModelRow *self, const MonocleModelJob *job)
{
  g_return_if_fail (MONOCLE_IS_MODEL_ROW (self));

  if (job->is_running && job->download)
    show_download (self, job);
  else if (job->is_running)
    show_work (self, job);
  else if (job->error)
    show_failure (self, job);
}

/* --- Lifecycle --- */

const char *
monocle_model_row_get_id (MonocleModelRow *self)
{
  g_return_val_if_fail (MONOCLE_IS_MODEL_ROW (self), NULL);
  return self->id;
}

static void
monocle_model_row_finalize (GObject *object)
{
  g_free (MONOCLE_MODEL_ROW (object)->id);

  G_OBJECT_CLASS (monocle_model_row_parent_class)->finalize (object);
}

static void
monocle_model_row_class_init (MonocleModelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = monocle_model_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/model-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, title);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, about);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, facts);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, memory);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, mark);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, main);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, pause);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, discard);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, more);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, progress);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, status_part);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, status);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelRow, details);
}

static void
monocle_model_row_init (MonocleModelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
