/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the search page says where there is nothing to show, and how far looking at pictures is.
 */
#include "config.h"

#include "ui/search-page-private.h"

#include <glib/gi18n.h>

#include "app/base/error.h"
#include "app/base/trouble.h"
#include "ui/spoken-names.h"

/* --- Where there is nothing to show --- */

/* @action: (nullable): of the button; else it does monocle_search_page_do_status()
 * @button: (nullable): there is none */
static void
say (MonocleSearchPage *self,
     const char *icon,
     const char *title,
     const char *words,
     const char *button,
     const char *action)
{
  g_autofree char *escaped = g_markup_escape_text (words ? words : "", -1);
  GtkLabel *label;

  adw_status_page_set_icon_name (self->status, icon);
  adw_status_page_set_title (self->status, title);
  adw_status_page_set_description (self->status, escaped);
  gtk_widget_set_visible (GTK_WIDGET (self->status_button), button != NULL);
  gtk_widget_set_visible (self->details_button, self->failure != NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->status_button), action);
  if (!action)
    gtk_widget_set_sensitive (GTK_WIDGET (self->status_button), TRUE);
  gtk_button_set_label (self->status_button, button ? button : "");
  label = GTK_LABEL (gtk_button_get_child (self->status_button));
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
  monocle_spoken_names_clean (GTK_WIDGET (self->status));
  gtk_stack_set_visible_child_name (self->stack, "status");
}

static void
say_failure (MonocleSearchPage *self, MonocleAttempt attempt, const GError *error)
{
  MonocleTrouble trouble;

  self->failure = g_error_copy (error);
  trouble = monocle_trouble_describe (attempt, self->failure);
  say (self, "dialog-error-symbolic", trouble.what, trouble.advice, _ ("_Try Again"), NULL);
}

/* Somebody may have taken what was known of the pictures: they are looked at once more. */
static gboolean
look_again (MonocleSearchPage *self)
{
  const MonocleFinderProgress *progress = monocle_finder_get_progress (self->finder);

  if (self->looks_again || progress->phase != MONOCLE_FINDER_DONE
      || progress->all <= progress->n_unreadable)
    return FALSE;
  self->looks_again = TRUE;
  monocle_finder_index (self->finder, (const char *const *) self->directories);
  return TRUE;
}

static void
say_empty (MonocleSearchPage *self)
{
  if (look_again (self)
      || monocle_finder_get_progress (self->finder)->phase == MONOCLE_FINDER_INDEXING)
    gtk_stack_set_visible_child_name (self->stack, "asking");
  else
    say (self, "image-missing-symbolic", _ ("No Pictures Here"),
         _ ("This folder and those in it have no pictures that could be looked at."), NULL, NULL);
}

static void
say_different (MonocleSearchPage *self, gboolean has_any)
{
  say (self, "edit-copy-symbolic", _ ("No Duplicates"),
       has_any ? _ ("Some pictures are alike, but none is nearly the same as another one.")
               : _ ("No picture of this folder and those in it is like another one."),
       has_any ? _ ("_Show What Is Alike") : NULL, NULL);
}

static void
show_findings (MonocleSearchPage *self)
{
  const MonocleFindings *findings = monocle_folder_search_get_findings (self->search);

  if (findings && findings->n > 0)
    self->looks_again = FALSE;
  if (!findings)
    gtk_stack_set_visible_child_name (self->stack, "asking");
  else if (findings->n == 0)
    say_empty (self);
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->hits)) == 0 && findings->are_duplicates)
    say_different (self, findings->found->len > 0);
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->hits)) == 0)
    say (self, "edit-find-symbolic", _ ("Nothing Fits Well"),
         _ ("Other words may find it. What comes nearest can be looked at as well."),
         _ ("_Show the Nearest"), NULL);
  else
    gtk_stack_set_visible_child_name (self->stack, "results");
}

static void
update_search (MonocleSearchPage *self)
{
  switch (monocle_folder_search_get_state (self->search))
    {
    case MONOCLE_FOLDER_SEARCH_EMPTY:
      say (self, "edit-find-symbolic", _ ("Search Pictures"),
           _ ("Say what the pictures show: “dog in the snow”. A minus leaves something out: "
              "“dog -cat”. A picture that is dropped on the words finds others like it."),
           NULL, NULL);
      break;
    case MONOCLE_FOLDER_SEARCH_UNCLEAR:
      say (self, "edit-find-symbolic", _ ("What Is Wanted?"),
           _ ("A minus leaves something out of what is found by other words, or by a picture."),
           NULL, NULL);
      break;
    case MONOCLE_FOLDER_SEARCH_FAILED:
      say_failure (self, MONOCLE_ATTEMPT_ASK, monocle_folder_search_get_error (self->search));
      break;
    case MONOCLE_FOLDER_SEARCH_ASKING:
    case MONOCLE_FOLDER_SEARCH_DONE:
    default:
      show_findings (self);
      break;
    }
}

/* The keyboard must not be in what can no longer be typed into. */
static void
allow_asking (MonocleSearchPage *self, gboolean can_ask)
{
  gboolean is_typing = monocle_search_page_is_typing (self);

  if (gtk_widget_get_sensitive (self->question) == can_ask)
    return;
  if (is_typing)
    gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), NULL);
  gtk_widget_set_sensitive (self->question, can_ask);
}

void
monocle_search_page_update_state (MonocleSearchPage *self)
{
  MonocleFinderState state
      = self->finder ? monocle_finder_get_state (self->finder) : MONOCLE_FINDER_EMPTY;
  gboolean can_ask = self->directories && self->directories[0] && state != MONOCLE_FINDER_NO_MODEL;
  const MonocleFindings *findings
      = self->search ? monocle_folder_search_get_findings (self->search) : NULL;

  g_clear_error (&self->failure);
  allow_asking (self, can_ask);
  gtk_widget_set_visible (self->results_bar, can_ask && findings && findings->found->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->order), !findings || !findings->are_duplicates);
  if (state == MONOCLE_FINDER_NO_MODEL)
    say (self, "edit-find-symbolic", _ ("No Model That Searches"),
         _ ("Searching needs a model that compares pictures with words, such as CLIP or SigLIP. "
            "There is none here yet."),
         _ ("_Get a Model That Searches…"), "app.models");
  else if (!can_ask)
    say (self, "folder-symbolic", _ ("No Folder Is Open"),
         _ ("Open the folder whose pictures are to be searched."), _ ("_Open Folder…"),
         "win.open-folder");
  else if (state == MONOCLE_FINDER_FAILED)
    say_failure (self, MONOCLE_ATTEMPT_LOAD, monocle_finder_get_error (self->finder));
  else if (self->search)
    update_search (self);
  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "asking"))
    gtk_spinner_start (self->spinner);
  else
    gtk_spinner_stop (self->spinner);
}

void
monocle_search_page_do_status (MonocleSearchPage *self)
{
  if (!self->failure)
    gtk_adjustment_set_value (self->reach, gtk_adjustment_get_upper (self->reach));
  else if (g_error_matches (self->failure, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST)
           || monocle_finder_get_state (self->finder) == MONOCLE_FINDER_FAILED)
    monocle_finder_reload (self->finder);
  else
    monocle_folder_search_ask (self->search);
}

/* --- How far looking is --- */

/* @fraction: below 0: nobody knows
 * @button: (nullable): there is none */
static void
tell (MonocleSearchPage *self, const char *words, double fraction, const char *button)
{
  gtk_label_set_text (self->progress_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), fraction >= 0);
  gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (fraction, 0, 1));
  gtk_widget_set_visible (GTK_WIDGET (self->progress_button), button != NULL);
  gtk_button_set_label (self->progress_button, button ? button : "");
  monocle_spoken_names_clean (GTK_WIDGET (self->progress_button));
  gtk_revealer_set_reveal_child (self->progress, TRUE);
}

static void
tell_indexing (MonocleSearchPage *self, const MonocleFinderProgress *progress)
{
  g_autofree char *words = NULL;

  if (progress->all == 0)
    {
      tell (self, _ ("Looking for pictures…"), 0, _ ("_Stop"));
      return;
    }
  /* Translators: pictures that the model has looked at, of those that there are */
  words = g_strdup_printf (_ ("%'u of %'u pictures looked at"), progress->done, progress->all);
  tell (self, words, (double) progress->done / progress->all, _ ("_Stop"));
}

static void
tell_stopped (MonocleSearchPage *self, const MonocleFinderProgress *progress)
{
  g_autofree char *words = NULL;

  if (progress->all > 0)
    words
        = g_strdup_printf (_ ("Stopped after %'u of %'u pictures"), progress->done, progress->all);
  tell (self, words ? words : _ ("Stopped"), -1, _ ("_Go On"));
}

static void
tell_done (MonocleSearchPage *self, const MonocleFinderProgress *progress)
{
  g_autofree char *words = NULL;

  if (progress->n_unreadable == 0)
    {
      gtk_revealer_set_reveal_child (self->progress, FALSE);
      return;
    }
  words
      = g_strdup_printf (ngettext ("%'u file cannot be read as a picture",
                                   "%'u files cannot be read as pictures", progress->n_unreadable),
                         progress->n_unreadable);
  tell (self, words, -1, NULL);
}

static void
tell_broken (MonocleSearchPage *self, const MonocleFinderProgress *progress)
{
  gboolean is_busy = g_error_matches (progress->error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BUSY);

  tell (self,
        is_busy ? _ ("Another program looks at pictures with this model")
                : _ ("Not all pictures could be looked at"),
        -1, _ ("_Try Again"));
}

void
monocle_search_page_update_progress (MonocleSearchPage *self)
{
  const MonocleFinderProgress *progress = monocle_finder_get_progress (self->finder);

  gtk_widget_set_tooltip_text (GTK_WIDGET (self->progress_label),
                               progress->error ? progress->error->message : NULL);
  if (!self->directories || !self->directories[0])
    {
      gtk_revealer_set_reveal_child (self->progress, FALSE);
      return;
    }
  if (monocle_finder_get_state (self->finder) == MONOCLE_FINDER_LOADING)
    {
      tell (self, _ ("Loading the model…"), -1, NULL);
      return;
    }
  switch (progress->phase)
    {
    case MONOCLE_FINDER_INDEXING:
      tell_indexing (self, progress);
      break;
    case MONOCLE_FINDER_STOPPED:
      tell_stopped (self, progress);
      break;
    case MONOCLE_FINDER_DONE:
      tell_done (self, progress);
      break;
    case MONOCLE_FINDER_BROKEN:
      tell_broken (self, progress);
      break;
    case MONOCLE_FINDER_IDLE:
    default:
      gtk_revealer_set_reveal_child (self->progress, FALSE);
      break;
    }
}

void
monocle_search_page_do_progress (MonocleSearchPage *self)
{
  const MonocleFinderProgress *progress = monocle_finder_get_progress (self->finder);

  if (progress->phase == MONOCLE_FINDER_INDEXING)
    monocle_finder_stop (self->finder);
  else
    monocle_finder_index (self->finder, (const char *const *) self->directories);
}
