/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/base/trouble.h"
#include "ui/keys.h"
#include "ui/passing-popover.h"
#include "ui/recent-files.h"
#include "ui/spoken-names.h"
#include "ui/window-export.h"
#include "ui/window-private.h"

/* Reading that takes less is not worth a spinner. */
#define SPINNER_MSEC 500
#define MAX_RECENT   8

G_DEFINE_FINAL_TYPE (MonocleWindow, monocle_window, ADW_TYPE_APPLICATION_WINDOW)

static void
on_undo_changed (MonocleWindow *self)
{
  monocle_window_dismiss_undo_toast (self);
  monocle_window_refresh_versions (self);
  monocle_window_update_actions (self);
}

static void ask_what_waits (MonocleWindow *self);

/* --- Title and pages --- */

static void
update_title (MonocleWindow *self)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);
  const char *name = self->is_searching ? _ ("Search")
                     : self->failure    ? self->failed_name
                     : document         ? monocle_document_get_name (document)
                                        : NULL;
  g_autofree char *subtitle = NULL;
  gboolean is_gone = monocle_image_loader_is_gone (self->loader);
  guint n = monocle_image_loader_get_n_items (self->loader) + is_gone;
  gboolean is_done = document && !self->failure && monocle_document_is_done (document);
  gboolean can_browse;

  if (self->is_searching)
    subtitle = monocle_window_describe_searched (self);
  else if (name && is_gone)
    subtitle = g_strdup (_ ("No longer in this folder"));
  else if (name && n > 1)
    {
      const guint at = monocle_image_loader_get_position (self->loader) + 1;

      if (is_done)
        /* Translators: which of the pictures of a folder is shown, with which the person is done */
        subtitle = g_strdup_printf (_ ("%u of %u, done"), at, n);
      else
        /* Translators: which of the pictures of a folder is shown: 3 of 128 */
        subtitle = g_strdup_printf (_ ("%u of %u"), at, n);
    }
  else if (is_done)
    subtitle = g_strdup (C_ ("picture", "Done"));
  adw_window_title_set_title (self->title, name ? name : "Monocle");
  adw_window_title_set_subtitle (self->title, subtitle ? subtitle : "");
  gtk_window_set_title (GTK_WINDOW (self), name ? name : "Monocle");
  can_browse = name && n > 1 && !self->is_searching;
  gtk_widget_set_visible (self->browse_buttons, can_browse && !self->narrow);
  gtk_widget_set_visible (self->narrow_browse_buttons, can_browse);
}

void
monocle_window_update_page (MonocleWindow *self)
{
  const char *page = self->is_searching                                       ? "search"
                     : self->failure                                          ? "broken"
                     : monocle_presentation_get_document (self->presentation) ? "canvas"
                     : monocle_image_loader_is_loading (self->loader)         ? "loading"
                                                                              : "welcome";
  gboolean has_picture = g_str_equal (page, "canvas");
  guint n = g_list_model_get_n_items (monocle_image_loader_get_folder (self->loader))
            + monocle_image_loader_is_gone (self->loader);

  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (GTK_WIDGET (self->side_panel), has_picture);
  gtk_widget_set_visible (self->panel_button, has_picture && !self->narrow);
  gtk_widget_set_visible (self->narrow_bar,
                          self->narrow && !self->is_searching && (has_picture || n > 1));
  gtk_widget_set_visible (self->narrow_panel_button, has_picture);
  monocle_window_update_search (self);
  monocle_window_update_panels (self);
  gtk_widget_set_visible (GTK_WIDGET (self->export_button), has_picture && !self->narrow);
  update_title (self);
  monocle_window_update_actions (self);
}

static gboolean
on_loading_is_long (gpointer data)
{
  MonocleWindow *self = data;

  self->spinner_source = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->loading_spinner), TRUE);
  gtk_spinner_start (self->loading_spinner);
  return G_SOURCE_REMOVE;
}

static void
on_loading_changed (MonocleWindow *self)
{
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  if (monocle_image_loader_is_loading (self->loader))
    self->spinner_source = g_timeout_add (SPINNER_MSEC, on_loading_is_long, self);
  else
    {
      gtk_spinner_stop (self->loading_spinner);
      gtk_widget_set_visible (GTK_WIDGET (self->loading_spinner), FALSE);
    }
  monocle_window_leave_search (self);
  monocle_window_update_page (self);
}

/* A pasted picture has no file by which it could be opened again. */
static void
keep_pasted (MonocleWindow *self)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);

  if (!document || monocle_document_get_file (document) || !monocle_document_has_work (document))
    return;
  g_set_object (&self->left_behind, document);
  monocle_window_show_toast_with (self, _ ("The pasted picture and its answers are kept"),
                                  _ ("_Back"), "win.back-to-pasted", NULL);
}

static void
on_document_changed (MonocleWindow *self)
{
  MonocleDocument *document = monocle_image_loader_get_document (self->loader);

  if (document != monocle_presentation_get_document (self->presentation))
    {
      monocle_window_dismiss_undo_toast (self);
      monocle_window_close_versions (self);
      keep_pasted (self);
    }
  if (document)
    {
      g_clear_error (&self->failure);
      g_clear_pointer (&self->failed_name, g_free);
    }
  monocle_presentation_set_document (self->presentation, document);
  g_signal_group_set_target (self->undo_signals,
                             document ? monocle_document_get_undo (document) : NULL);
  monocle_window_update_page (self);
  monocle_window_remember_picture (self, document);
  monocle_window_follow_kept (self);
  monocle_window_look_for_work (self);
  monocle_window_follow_labels (self);
  monocle_window_follow_done (self);
  monocle_changed_bar_set_document (self->changed_bar, document);
  monocle_window_show_partial (self, document);
  if (document)
    {
      gtk_widget_grab_focus (GTK_WIDGET (monocle_canvas_get_view (self->canvas)));
      ask_what_waits (self);
    }
}

static void
on_load_failed (MonocleImageLoader *loader,
                const char *name,
                const GError *error,
                MonocleWindow *self)
{
  /* Refused before it was read: what is shown stays. */
  if (monocle_image_loader_get_document (loader) || monocle_image_loader_get_n_items (loader) == 0)
    {
      monocle_window_show_toast (self,
                                 monocle_trouble_describe (MONOCLE_ATTEMPT_SHOW, error).advice);
      return;
    }
  g_clear_pointer (&self->asked, g_ptr_array_unref);
  g_clear_error (&self->failure);
  g_free (self->failed_name);
  self->failure = g_error_copy (error);
  self->failed_name = g_strdup (name);
  monocle_broken_page_set_error (self->broken, name, error);
  monocle_window_update_page (self);
}

/* Read when the menu opens: nobody waits for it at the start. */
static void
on_open_menu_shown (MonocleWindow *self)
{
  monocle_recent_files_fill_menu (self->recent_menu, MAX_RECENT);
}

/* --- The side panel --- */

static void
on_reveal (MonocleSidePanel *panel, MonocleAnnotation *annotation, MonocleWindow *self)
{
  monocle_image_view_reveal (monocle_canvas_get_view (self->canvas),
                             monocle_annotation_get_bounds (annotation));
}

static void
on_query_deleted (MonocleSidePanel *panel, MonocleQuery *query, MonocleWindow *self)
{
  monocle_window_show_undo_toast (self, _ ("Answer deleted"));
}

static void
on_queries_cleared (MonocleSidePanel *panel, guint n, MonocleWindow *self)
{
  g_autofree char *text
      = g_strdup_printf (ngettext ("%u answer deleted", "%u answers deleted", n), n);

  monocle_window_show_undo_toast (self, text);
}

/* When it lies over the picture, the panel is not what the person left open at another width. */
static void
on_flap_revealed (MonocleWindow *self)
{
  if (!self->folded && monocle_presentation_get_document (self->presentation))
    g_settings_set_boolean (self->settings, "show-panel", monocle_window_is_panel_shown (self));
}

/* --- Asking --- */

void
monocle_window_run_query (MonocleWindow *self, MonocleQuery *query)
{
  MonocleDocument *document;

  g_return_if_fail (MONOCLE_IS_WINDOW (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  document = monocle_presentation_get_document (self->presentation);
  g_return_if_fail (document != NULL);
  monocle_runner_run (self->runner, document, query);
  /* An answer in words is nowhere but in the panel. */
  if (self->folded && !monocle_task_gives_objects (monocle_query_get_task (query)))
    monocle_window_show_panel (self, TRUE);
}

static void
ask_what_waits (MonocleWindow *self)
{
  g_autoptr (GPtrArray) asked = g_steal_pointer (&self->asked);

  for (guint i = 0; asked && i < asked->len; i++)
    monocle_window_run_query (self, asked->pdata[i]);
}

gboolean
monocle_window_ask (MonocleWindow *self, GPtrArray *queries)
{
  g_return_val_if_fail (MONOCLE_IS_WINDOW (self), FALSE);
  g_return_val_if_fail (queries != NULL, FALSE);

  g_clear_pointer (&self->asked, g_ptr_array_unref);
  if (!monocle_image_loader_is_loading (self->loader)
      && !monocle_presentation_get_document (self->presentation))
    return FALSE;
  self->asked = g_ptr_array_ref (queries);
  if (!monocle_image_loader_is_loading (self->loader))
    ask_what_waits (self);
  return TRUE;
}

MonoclePresentation *
monocle_window_get_presentation (MonocleWindow *self)
{
  g_return_val_if_fail (MONOCLE_IS_WINDOW (self), NULL);
  return self->presentation;
}

gboolean
monocle_window_has_content (MonocleWindow *self)
{
  g_return_val_if_fail (MONOCLE_IS_WINDOW (self), FALSE);
  return self->failure || monocle_image_loader_is_loading (self->loader)
         || monocle_presentation_get_document (self->presentation);
}

void
monocle_window_open_files (MonocleWindow *self, GPtrArray *files)
{
  g_return_if_fail (MONOCLE_IS_WINDOW (self));
  monocle_image_loader_open_files (self->loader, files);
}

/* --- Room --- */

static void
monocle_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (monocle_window_parent_class)->realize (widget);
  monocle_window_watch_surface (MONOCLE_WINDOW (widget));
}

static gboolean
monocle_window_close_request (GtkWindow *window)
{
  monocle_window_save_size (MONOCLE_WINDOW (window));
  if (monocle_window_asks_before_closing (MONOCLE_WINDOW (window)))
    return TRUE;
  return GTK_WINDOW_CLASS (monocle_window_parent_class)->close_request (window);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, MonocleWindow *self)
{
  monocle_window_pointer_moved (self, x, y);
}

/* Before GTK, which would open the menu at a button that is not there. */
static gboolean
on_early_key_pressed (GtkEventControllerKey *controller,
                      guint keyval,
                      guint keycode,
                      GdkModifierType state,
                      MonocleWindow *self)
{
  if (keyval == GDK_KEY_F10 && !(state & gtk_accelerator_get_default_mod_mask ()))
    return monocle_window_open_menu (self);
  return GDK_EVENT_PROPAGATE;
}

/* The keyboard is. */
static gboolean
is_in_panel (MonocleWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  return focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->side_panel));
}

/* Escape leaves what can be left, and text is for the prompt, once the widgets had their chance. */
static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                MonocleWindow *self)
{
  if (self->is_searching)
    return monocle_window_leave_by_key (self, keyval);
  if (keyval != GDK_KEY_Escape)
    return monocle_window_start_typing (self, controller, keyval, state);
  if (self->folded && monocle_window_is_panel_shown (self))
    monocle_window_show_panel (self, FALSE);
  else if (is_in_panel (self))
    gtk_widget_grab_focus (GTK_WIDGET (monocle_canvas_get_view (self->canvas)));
  else if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    gtk_window_unfullscreen (GTK_WINDOW (self));
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* --- The runner --- */

static void
connect_runner (MonocleWindow *self)
{
  g_signal_connect_object (self->runner, "notify::state",
                           G_CALLBACK (monocle_window_update_trouble), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "notify::state", G_CALLBACK (monocle_window_update_offers),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "notify::busy", G_CALLBACK (monocle_window_update_actions),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "device-lost", G_CALLBACK (monocle_window_say_device_lost),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "noted", G_CALLBACK (monocle_window_say_noted), self,
                           G_CONNECT_SWAPPED);
  monocle_model_button_set_runner (self->model_button, self->runner, self->settings);
  monocle_side_panel_set_runner (self->side_panel, self->runner);
  monocle_live_ask_set_runner (self->live, self->runner);
  monocle_window_update_trouble (self);
}

/* The model is loaded while the person looks at the first frame, not before it. */
static gboolean
load_when_idle (gpointer data)
{
  MonocleWindow *self = data;

  if (self->runner && monocle_runner_get_state (self->runner) == MONOCLE_RUNNER_EMPTY)
    monocle_runner_load (self->runner);
  return G_SOURCE_REMOVE;
}

static void
on_mapped (MonocleWindow *self)
{
  monocle_spoken_names_clean (GTK_WIDGET (self));
  g_signal_handlers_disconnect_by_func (self, on_mapped, self);
  g_idle_add_full (G_PRIORITY_LOW, load_when_idle, g_object_ref (self), g_object_unref);
}

/* --- Lifecycle --- */

static void
monocle_window_unmap (GtkWidget *widget)
{
  monocle_passing_popover_close_all (widget);
  GTK_WIDGET_CLASS (monocle_window_parent_class)->unmap (widget);
}

static void
monocle_window_dispose (GObject *object)
{
  MonocleWindow *self = MONOCLE_WINDOW (object);

  MonocleDocument *document
      = self->presentation ? monocle_presentation_get_document (self->presentation) : NULL;

  g_clear_object (&self->live);
  /* Nobody waits for its answers any more. */
  if (document && self->runner)
    monocle_runner_forget (self->runner, document);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_clear_object (&self->undo_signals);
  g_clear_object (&self->kept_signals);
  g_clear_object (&self->labels);
  g_clear_object (&self->done_signals);
  monocle_window_forget_toasts (self);
  monocle_window_forget_work (self);
  g_clear_object (&self->left_behind);
  g_clear_pointer (&self->asked, g_ptr_array_unref);
  g_clear_object (&self->loader);
  g_clear_object (&self->presentation);
  g_clear_object (&self->runner);
  g_clear_object (&self->settings);
  g_clear_error (&self->failure);
  g_clear_error (&self->trouble);
  g_clear_pointer (&self->failed_name, g_free);

  G_OBJECT_CLASS (monocle_window_parent_class)->dispose (object);
}

static void
monocle_window_class_init (MonocleWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_window_dispose;
  widget_class->realize = monocle_window_realize;
  widget_class->unmap = monocle_window_unmap;
  GTK_WINDOW_CLASS (klass)->close_request = monocle_window_close_request;

  g_type_ensure (MONOCLE_TYPE_ASK_ALL_BAR);
  g_type_ensure (MONOCLE_TYPE_BROKEN_PAGE);
  g_type_ensure (MONOCLE_TYPE_CANVAS);
  g_type_ensure (MONOCLE_TYPE_CHANGED_BAR);
  g_type_ensure (MONOCLE_TYPE_FILMSTRIP);
  g_type_ensure (MONOCLE_TYPE_MODEL_BUTTON);
  g_type_ensure (MONOCLE_TYPE_SEARCH_PAGE);
  g_type_ensure (MONOCLE_TYPE_SIDE_PANEL);
  g_type_ensure (MONOCLE_TYPE_TRAIN_BAR);
  g_type_ensure (MONOCLE_TYPE_WELCOME_PAGE);
  g_type_ensure (MONOCLE_TYPE_WORK_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/monocle/Monocle/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, header_flap);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, header);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, recent_menu);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, steps_menu);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, browse_buttons);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, search_page);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, loading_spinner);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, export_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, panel_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, model_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, primary_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, info_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, changed_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, ask_all_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, train_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, info_label);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, info_title);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, preferences_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, details_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, work_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, welcome);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, canvas);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, broken);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, strip_flap);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, filmstrip);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, side_panel);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, narrow_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, narrow_browse_buttons);
  gtk_widget_class_bind_template_child (widget_class, MonocleWindow, narrow_panel_button);
  gtk_widget_class_bind_template_callback (widget_class, on_early_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_motion);
  gtk_widget_class_bind_template_callback (widget_class, monocle_window_close_info);
  gtk_widget_class_bind_template_callback (widget_class, monocle_window_show_trouble);
  gtk_widget_class_bind_template_callback (widget_class, on_reveal);
  gtk_widget_class_bind_template_callback (widget_class, on_query_deleted);
  gtk_widget_class_bind_template_callback (widget_class, on_queries_cleared);
  monocle_keys_add_bindings (widget_class);
}

static void
monocle_window_init (MonocleWindow *self)
{
  static const char *const loader_properties[]
      = { "notify::n-items", "notify::position", "notify::can-next", "notify::can-previous" };

  gtk_widget_init_template (GTK_WIDGET (self));

  self->presentation = monocle_presentation_new ();
  self->loader = monocle_image_loader_new ();
  self->undo_signals = g_signal_group_new (MONOCLE_TYPE_UNDO);
  g_signal_group_connect_swapped (self->undo_signals, "notify", G_CALLBACK (on_undo_changed), self);
  monocle_canvas_set_presentation (self->canvas, self->presentation);
  monocle_side_panel_set_presentation (self->side_panel, self->presentation);
  self->live = monocle_live_ask_new (monocle_side_panel_get_ask_panel (self->side_panel),
                                     self->presentation);
  monocle_filmstrip_set_loader (self->filmstrip, self->loader);
  monocle_image_loader_attach_drop (self->loader, GTK_WIDGET (self->stack));
  monocle_window_export_add_drag_source (self->presentation, GTK_WIDGET (self->export_button));

  g_signal_connect_object (adw_split_button_get_popover (self->open_button), "show",
                           G_CALLBACK (on_open_menu_shown), self, G_CONNECT_SWAPPED);
  monocle_window_init_kept (self);
  monocle_window_follow_labels (self);
  monocle_window_init_folder (self);
  g_signal_connect_object (self->loader, "notify::document", G_CALLBACK (on_document_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->loader, "notify::loading", G_CALLBACK (on_loading_changed), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (loader_properties); i++)
    g_signal_connect_object (self->loader, loader_properties[i],
                             G_CALLBACK (monocle_window_update_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->loader, "failed", G_CALLBACK (on_load_failed), self, 0);
  g_signal_connect_object (self->presentation, "changed",
                           G_CALLBACK (monocle_window_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->flap, "notify::reveal-flap", G_CALLBACK (on_flap_revealed), self);
  g_signal_connect (self, "notify::fullscreened", G_CALLBACK (monocle_window_update_fullscreen),
                    NULL);
  g_signal_connect (self, "map", G_CALLBACK (on_mapped), NULL);
}

GtkWidget *
monocle_window_new (MonocleApplication *application)
{
  MonocleWindow *self = g_object_new (MONOCLE_TYPE_WINDOW, "application", application, NULL);

  self->settings = g_object_ref (monocle_application_get_settings (application));
  self->runner = g_object_ref (monocle_application_get_runner (application));
  monocle_window_add_actions (self);
  monocle_side_panel_set_settings (self->side_panel, self->settings);
  monocle_window_bind_settings (self);
  monocle_window_prepare_search (self, monocle_application_get_finder (application));
  monocle_threshold_bind (monocle_application_get_threshold (application), self->presentation,
                          "threshold");
  connect_runner (self);
  monocle_ask_all_bar_follow (self->ask_all_bar, monocle_application_get_ask_all (application));
  monocle_train_bar_follow (self->train_bar, monocle_application_get_tutor (application));
  monocle_window_restore_size (self);
  monocle_window_update_page (self);
  return GTK_WIDGET (self);
}
