/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/train-page.h"

#include <glib/gi18n.h>

#include "app/base/error.h"
#include "ui/error-dialog.h"
#include "ui/spoken-names.h"
#include "ui/train-plan.h"
#include "ui/train-progress.h"
#include "ui/train-result.h"
#include "ui/train-words.h"
#include "ui/window.h"

struct _MonocleTrainPage
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkSpinner *spinner;
  AdwStatusPage *status;
  GtkWidget *go_on_button;
  GtkWidget *give_up_button;
  GtkWidget *again_button;
  GtkWidget *anew_button;
  GtkWidget *models_button;
  GtkWidget *details_button;
  MonocleTrainPlan *plan;
  MonocleTrainProgress *progress;
  MonocleTrainResult *result;

  MonocleTutor *tutor;
  GSettings *settings;
  GStrv folders;     /* (nullable) */
  GtkWindow *parent; /* (nullable), weak: a window of the application */
};

G_DEFINE_FINAL_TYPE (MonocleTrainPage, monocle_train_page, ADW_TYPE_WINDOW)

/* --- what is shown ------------------------------------------------------------------------ */

typedef enum
{
  OFFER_NOTHING = 0,
  OFFER_GO_ON = 1 << 0,
  OFFER_AGAIN = 1 << 1,
  OFFER_MODELS = 1 << 2,
  OFFER_DETAILS = 1 << 3,
  OFFER_ANEW = 1 << 4,
} Offer;

static void
show_status (MonocleTrainPage *self,
             const char *icon,
             const char *title,
             const char *description,
             Offer offers)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_icon_name (self->status, icon);
  adw_status_page_set_title (self->status, title);
  adw_status_page_set_description (self->status, escaped);
  gtk_widget_set_visible (self->go_on_button, (offers & OFFER_GO_ON) != 0);
  gtk_widget_set_visible (self->give_up_button, (offers & OFFER_GO_ON) != 0);
  gtk_widget_set_visible (self->again_button, (offers & OFFER_AGAIN) != 0);
  gtk_widget_set_visible (self->anew_button, (offers & OFFER_ANEW) != 0);
  gtk_widget_set_visible (self->models_button, (offers & OFFER_MODELS) != 0);
  gtk_widget_set_visible (self->details_button, (offers & OFFER_DETAILS) != 0);
  gtk_stack_set_visible_child_name (self->stack, "status");
}

static void
show_cannot (MonocleTrainPage *self)
{
  show_status (self, "dialog-information-symbolic", _ ("This Model Cannot Be Taught"),
               _ ("Models that describe, find and read can be taught, such as the default one. "
                  "Choose one of those first."),
               OFFER_MODELS);
}

static void
show_nothing (MonocleTrainPage *self)
{
  show_status (self, "document-edit-symbolic", _ ("No Corrections Yet"),
               _ ("Draw things on the pictures of this folder and name them, keep and rename what "
                  "an answer found, or correct what it says. The model can then learn that."),
               OFFER_NOTHING);
}

/* Going on would teach what is corrected otherwise by now. */
static void
show_outdated (MonocleTrainPage *self)
{
  show_status (self, "document-edit-symbolic", _ ("The Corrections Have Changed"),
               monocle_tutor_get_error (self->tutor)->message, OFFER_ANEW);
}

/* What was read first are corrections. */
static MonocleAttempt
get_attempt (MonocleTrainPage *self)
{
  return monocle_tutor_get_facts (self->tutor) ? MONOCLE_ATTEMPT_LOAD : MONOCLE_ATTEMPT_IMPORT;
}

static void
show_failed (MonocleTrainPage *self)
{
  const GError *error = monocle_tutor_get_error (self->tutor);
  g_autofree char *words
      = error ? monocle_train_words_dup_error (get_attempt (self), error) : g_strdup ("");

  if (g_error_matches (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_UNSUPPORTED_TASK))
    {
      show_cannot (self);
      return;
    }
  if (monocle_tutor_is_outdated (self->tutor))
    {
      show_outdated (self);
      return;
    }
  show_status (self, "dialog-error-symbolic", _ ("Teaching Failed"), words,
               (monocle_tutor_can_go_on (self->tutor) ? OFFER_GO_ON : OFFER_AGAIN)
                   | (error ? OFFER_DETAILS : OFFER_NOTHING));
}

static void
show_ready (MonocleTrainPage *self)
{
  const MonocleTutorFacts *facts = monocle_tutor_get_facts (self->tutor);

  if (facts && facts->n_examples + facts->n_held_out_examples > 0)
    gtk_stack_set_visible_child_name (self->stack, "plan");
  else
    show_nothing (self);
}

static void
show_waiting (MonocleTrainPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, "wait");
}

static void
update (MonocleTrainPage *self)
{
  const MonocleTutorPlan *plan = monocle_tutor_get_plan (self->tutor);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "train.start",
                                 monocle_tutor_can_start (self->tutor));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "train.again", plan != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "train.undo-discard",
                                 monocle_tutor_can_undo_discard (self->tutor));
  switch (monocle_tutor_get_state (self->tutor))
    {
    case MONOCLE_TUTOR_MEASURING:
    case MONOCLE_TUTOR_READY:
      show_ready (self);
      break;
    case MONOCLE_TUTOR_RUNNING:
    case MONOCLE_TUTOR_PAUSED:
      gtk_stack_set_visible_child_name (self->stack, "progress");
      break;
    case MONOCLE_TUTOR_DONE:
      gtk_stack_set_visible_child_name (self->stack, "result");
      break;
    case MONOCLE_TUTOR_FAILED:
      show_failed (self);
      break;
    case MONOCLE_TUTOR_INTERRUPTED:
      show_status (self, "media-playback-pause-symbolic", _ ("Teaching Was Interrupted"),
                   _ ("What was learnt until then is kept safe. It can go on from there."),
                   OFFER_GO_ON);
      break;
    case MONOCLE_TUTOR_NONE:
    case MONOCLE_TUTOR_READING:
    default:
      show_waiting (self);
      break;
    }
  gtk_spinner_set_spinning (
      self->spinner, g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "wait") == 0);
}

/* --- looking ------------------------------------------------------------------------------ */

static void
look (MonocleTrainPage *self, double minutes, double keep)
{
  g_autofree char *model = g_settings_get_string (self->settings, "model");
  g_autofree char *device = g_settings_get_string (self->settings, "device");
  g_auto (GStrv) trusted = g_settings_get_strv (self->settings, "trusted-devices");
  const MonocleTutorPlan *last = monocle_tutor_get_plan (self->tutor);
  const MonocleTutorPlan plan = {
    .folders = self->folders,
    .model = *model ? model : NULL,
    .device = device,
    .is_trusted = g_strv_contains ((const char *const *) trusted, device),
    .method = last ? last->method : MONOCLE_TRAINING_DECODER,
    .minutes = minutes,
    .keep = keep,
  };

  if (self->folders)
    monocle_tutor_look (self->tutor, &plan);
  update (self);
}

static void
look_again (MonocleTrainPage *self)
{
  look (self, 0, MONOCLE_TUTOR_KEEP);
}

void
monocle_train_page_look (MonocleTrainPage *self, const char *const *folders)
{
  g_return_if_fail (MONOCLE_IS_TRAIN_PAGE (self));

  if (folders && *folders)
    {
      g_strfreev (self->folders);
      self->folders = g_strdupv ((char **) folders);
    }
  look_again (self);
}

/* Another model is in use: that one is meant. */
static void
on_model_changed (MonocleTrainPage *self)
{
  g_autofree char *model = g_settings_get_string (self->settings, "model");
  const MonocleTutorPlan *plan = monocle_tutor_get_plan (self->tutor);

  if (!plan || g_strcmp0 (plan->model, *model ? model : NULL) != 0)
    look_again (self);
}

/* --- what can be done --------------------------------------------------------------------- */

static void
show_error (MonocleTrainPage *self, const GError *error)
{
  monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_WRITE, error);
}

static void
start (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (widget);
  g_autoptr (GError) error = NULL;

  if (!monocle_tutor_start (self->tutor, &error))
    show_error (self, error);
}

static void
go_on (GtkWidget *widget, const char *action, GVariant *parameter)
{
  monocle_tutor_go_on (MONOCLE_TRAIN_PAGE (widget)->tutor);
}

/* Folders that were meant are looked at anew. */
static void
take_folders (MonocleTrainPage *self)
{
  const MonocleTutorPlan *plan = monocle_tutor_get_plan (self->tutor);

  if (self->folders || !plan)
    return;
  self->folders = g_strdupv (plan->folders);
}

static void
give_up (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (widget);

  take_folders (self);
  monocle_tutor_give_up (self->tutor);
  look_again (self);
}

static void
try_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
  give_up (widget, action, parameter);
}

static void
show_details (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (widget);

  if (monocle_tutor_get_error (self->tutor))
    monocle_error_dialog_show (GTK_WINDOW (self), NULL, get_attempt (self),
                               monocle_tutor_get_error (self->tutor));
}

/* Whether the windows ask what was learnt now. */
static gboolean
is_tried (MonocleTrainPage *self)
{
  g_autofree char *model = g_settings_get_string (self->settings, "model");
  g_autofree char *result = monocle_tutor_dup_result (self->tutor);

  return g_str_equal (model, result);
}

typedef struct
{
  MonocleTrainPage *page;
  gboolean is_tried;
  char *text;
} Keeping;

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Keeping *keeping = data;
  g_autoptr (MonocleTrainPage) self = keeping->page;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  const gboolean tried = keeping->is_tried;
  g_autofree char *text = keeping->text, *place = NULL;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->result), TRUE);
  place = monocle_tutor_keep_finish (MONOCLE_TUTOR (source), result, &error);
  if (!place)
    {
      show_error (self, error);
      return;
    }
  if (tried)
    g_settings_set_string (self->settings, "model", place);
  if (MONOCLE_IS_WINDOW (parent))
    monocle_window_say (MONOCLE_WINDOW (parent), text, tried ? NULL : _ ("_Use It"),
                        tried ? NULL : "app.teach-use", tried ? NULL : place);
  gtk_window_close (GTK_WINDOW (self));
}

static void
keep (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (widget);
  const char *name = monocle_train_result_get_name (self->result);
  Keeping *keeping = g_new (Keeping, 1);

  *keeping = (Keeping){
    .page = g_object_ref (self),
    .is_tried = is_tried (self),
    /* Translators: a model, and what it is called */
    .text = g_strdup_printf (_ ("Kept as “%s”"), name),
  };
  gtk_widget_set_sensitive (GTK_WIDGET (self->result), FALSE);
  monocle_tutor_keep_async (self->tutor, name, monocle_train_result_is_alone (self->result),
                            on_kept, keeping);
}

/* The same question to the one that was taught; both answers are in the history, to be compared.
 * Where nothing was asked yet, what would be asked next. */
static void
try_it (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (widget);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autofree char *result = monocle_tutor_dup_result (self->tutor);

  g_settings_set_string (self->settings, "model", result);
  if (!MONOCLE_IS_WINDOW (parent))
    return;
  g_action_group_activate_action (
      G_ACTION_GROUP (parent),
      g_action_group_get_action_enabled (G_ACTION_GROUP (parent), "run-again") ? "run-again"
                                                                               : "run",
      NULL);
  monocle_window_say (MONOCLE_WINDOW (parent), _ ("The model that was taught answers now"), NULL,
                      NULL, NULL);
  gtk_window_present (parent);
}

/* Which needs a picture. */
static void
update_try (MonocleTrainPage *self)
{
  gtk_widget_action_set_enabled (
      GTK_WIDGET (self), "train.try",
      self->parent && g_action_group_get_action_enabled (G_ACTION_GROUP (self->parent), "run"));
}

/* The page is that of the window from which it was called last. */
static void
on_parent_changed (MonocleTrainPage *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (self->parent)
    g_signal_handlers_disconnect_by_func (self->parent, update_try, self);
  g_set_weak_pointer (&self->parent, MONOCLE_IS_WINDOW (parent) ? parent : NULL);
  if (self->parent)
    g_signal_connect_object (self->parent, "action-enabled-changed::run", G_CALLBACK (update_try),
                             self, G_CONNECT_SWAPPED);
  update_try (self);
}

static void
stop_trying (MonocleTrainPage *self)
{
  const MonocleTutorPlan *plan = monocle_tutor_get_plan (self->tutor);

  if (is_tried (self))
    g_settings_set_string (self->settings, "model", plan && plan->model ? plan->model : "");
}

/* The toast takes it back at once, a button of the page for a day. */
static gboolean
throw_away (MonocleTrainPage *self)
{
  g_autoptr (GError) error = NULL;
  AdwToast *toast;

  stop_trying (self);
  take_folders (self);
  if (!monocle_tutor_discard (self->tutor, &error))
    {
      show_error (self, error);
      return FALSE;
    }
  toast = adw_toast_new (_ ("Discarded"));
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "train.undo-discard");
  adw_toast_overlay_add_toast (self->toasts, toast);
  return TRUE;
}

static void
discard (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (widget);

  if (throw_away (self))
    look_again (self);
}

static void
teach_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (widget);
  const double minutes = monocle_tutor_get_plan (self->tutor)->minutes;

  /* The same pictures, whatever window this was opened from since. */
  g_clear_pointer (&self->folders, g_strfreev);
  if (throw_away (self))
    look (self, minutes, MONOCLE_TUTOR_KEEP_MORE);
}

static void
undo_discard (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (widget);
  g_autoptr (GError) error = NULL;

  if (!monocle_tutor_undo_discard (self->tutor, &error))
    show_error (self, error);
}

static void
show_report (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (widget);
  g_autofree char *result = monocle_tutor_dup_result (self->tutor);
  g_autofree char *path = g_build_filename (result, "report.html", NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

/* --- the class ---------------------------------------------------------------------------- */

static void
monocle_train_page_dispose (GObject *object)
{
  MonocleTrainPage *self = MONOCLE_TRAIN_PAGE (object);

  /* What is learnt goes on; what was only looked at holds memory. It ends with its parent too. */
  if (self->tutor)
    {
      g_signal_handlers_disconnect_by_data (self->tutor, self);
      monocle_tutor_forget (self->tutor);
    }
  g_clear_object (&self->tutor);
  g_clear_object (&self->settings);
  g_signal_handlers_disconnect_by_func (self, on_parent_changed, NULL);
  g_clear_weak_pointer (&self->parent);
  g_clear_pointer (&self->folders, g_strfreev);
  G_OBJECT_CLASS (monocle_train_page_parent_class)->dispose (object);
}

static void
monocle_train_page_class_init (MonocleTrainPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_train_page_dispose;

  g_type_ensure (MONOCLE_TYPE_TRAIN_PLAN);
  g_type_ensure (MONOCLE_TYPE_TRAIN_PROGRESS);
  g_type_ensure (MONOCLE_TYPE_TRAIN_RESULT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/train-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, status);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, go_on_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, give_up_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, again_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, anew_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, models_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, details_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, plan);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, progress);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPage, result);

  gtk_widget_class_install_action (widget_class, "train.start", NULL, start);
  gtk_widget_class_install_action (widget_class, "train.go-on", NULL, go_on);
  gtk_widget_class_install_action (widget_class, "train.give-up", NULL, give_up);
  gtk_widget_class_install_action (widget_class, "train.try-again", NULL, try_again);
  gtk_widget_class_install_action (widget_class, "train.details", NULL, show_details);
  gtk_widget_class_install_action (widget_class, "train.keep", NULL, keep);
  gtk_widget_class_install_action (widget_class, "train.try", NULL, try_it);
  gtk_widget_class_install_action (widget_class, "train.discard", NULL, discard);
  gtk_widget_class_install_action (widget_class, "train.again", NULL, teach_again);
  gtk_widget_class_install_action (widget_class, "train.undo-discard", NULL, undo_discard);
  gtk_widget_class_install_action (widget_class, "train.report", NULL, show_report);
}

static void
monocle_train_page_init (MonocleTrainPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::transient-for", G_CALLBACK (on_parent_changed), NULL);
}

GtkWidget *
monocle_train_page_new (GtkWindow *parent, MonocleApplication *application)
{
  MonocleTrainPage *self = g_object_new (MONOCLE_TYPE_TRAIN_PAGE, "transient-for", parent, NULL);

  self->tutor = g_object_ref (monocle_application_get_tutor (application));
  self->settings = g_object_ref (monocle_application_get_settings (application));
  /* It is none of the application's windows. */
  gtk_widget_insert_action_group (GTK_WIDGET (self), "app", G_ACTION_GROUP (application));
  monocle_train_plan_follow (self->plan, self->tutor);
  monocle_train_progress_follow (self->progress, self->tutor);
  monocle_train_result_follow (self->result, self->tutor);
  g_signal_connect_object (self->tutor, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::model", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  update (self);
  monocle_spoken_names_clean (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
