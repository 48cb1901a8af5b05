/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/world-page-private.h"

#include <glib/gi18n.h>

#include "ui/error-dialog.h"
#include "ui/export-settings.h"
#include "ui/spoken-names.h"
#include "ui/world-words.h"

/* Between two frames that are played. */
#define FRAME_MS 90

/* From here on the controls are beside the scene. */
#define WIDE 680
/* How wide they are there. */
#define CONTROLS 360

#define PICTURE_SIDE 1024

G_DEFINE_FINAL_TYPE (MonocleWorldPage, monocle_world_page, ADW_TYPE_WINDOW)

MonocleWorldStage *
monocle_world_page_get_stage (MonocleWorldPage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_PAGE (self), NULL);

  return self->stage;
}

/* --- what is seen ------------------------------------------------------------------------- */

static void
enable (MonocleWorldPage *self, const char *action, gboolean is_enabled)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, is_enabled);
}

static void
set_label (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

static void
update_state (MonocleWorldPage *self)
{
  MonocleSeer *seer = monocle_world_stage_get_seer (self->stage);
  const MonocleSeerState state = monocle_seer_get_state (seer);
  const gboolean is_working = state == MONOCLE_SEER_LOADING || state == MONOCLE_SEER_ASKED
                              || monocle_seer_is_drawing (seer) || self->watching;
  g_autofree char *doing = self->watching
                               ? monocle_world_words_dup_watching (self->watched, self->n_watched)
                               : monocle_world_words_dup_doing (seer);

  gtk_widget_set_visible (self->work, is_working);
  set_label (self->doing, doing);
  gtk_widget_set_visible (self->stopped, state == MONOCLE_SEER_STOPPED && !self->watching);
  gtk_info_bar_set_revealed (self->guard, state == MONOCLE_SEER_UNKNOWN);
  enable (self, "world.stop", is_working);
  gtk_stack_set_visible_child_name (self->stack, state == MONOCLE_SEER_FAILED ? "failed" : "scene");
  if (state == MONOCLE_SEER_FAILED)
    {
      const MonocleTrouble trouble = monocle_trouble_describe (
          monocle_seer_lacks_model (seer) ? MONOCLE_ATTEMPT_LOAD : MONOCLE_ATTEMPT_ASK,
          monocle_seer_get_error (seer));

      adw_status_page_set_title (self->failed, trouble.what);
      adw_status_page_set_description (self->failed, trouble.advice);
    }
}

static void
update_playing (MonocleWorldPage *self)
{
  const gboolean is_playing = self->play_source > 0;
  const char *title = is_playing ? _ ("Pause (Space)") : _ ("Play (Space)");
  const guint frame = monocle_world_stage_get_frame (self->stage);

  gtk_button_set_icon_name (self->play, is_playing ? "media-playback-pause-symbolic"
                                                   : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_playing ? _ ("Pause") : _ ("Play"), -1);
  enable (self, "world.back", frame > 0);
  enable (self, "world.forward", frame + 1 < monocle_world_stage_count_frames (self->stage));
}

void
monocle_world_page_update (MonocleWorldPage *self)
{
  const MonocleWorldKind kind = monocle_world_stage_get_kind (self->stage);
  g_autofree char *frame = monocle_world_words_dup_frame (self->stage);
  g_autofree char *words = monocle_world_words_dup_outlook (self->stage);
  g_autofree char *drawn = monocle_world_words_dup_drawn (self->stage);

  self->is_updating = TRUE;
  set_label (self->frame, frame);
  set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->words), *words != '\0');
  adw_combo_row_set_selected (self->kind, (guint) kind);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->kind),
                               monocle_world_stage_has_scene (self->stage)
                                   ? monocle_world_words_get_kind (kind)
                                   : _ ("Frames of yours are seen"));
  gtk_adjustment_set_value (self->number_range, monocle_world_stage_get_number (self->stage));
  gtk_adjustment_set_value (self->futures_range, monocle_world_stage_get_futures (self->stage));
  gtk_adjustment_set_value (self->ahead_range, monocle_world_stage_get_ahead (self->stage));
  gtk_switch_set_active (self->truth, monocle_world_stage_get_truth (self->stage));
  gtk_switch_set_active (self->drawn, monocle_world_stage_get_drawn (self->stage));
  adw_action_row_set_subtitle (self->drawn_row, drawn);
  gtk_widget_set_visible (self->film_rows, self->is_film);
  gtk_widget_set_sensitive (self->truth_row, monocle_world_stage_has_truth (self->stage));
  enable (self, "world.take-back", monocle_world_stage_is_thrown (self->stage));
  update_state (self);
  update_playing (self);
  self->is_updating = FALSE;
}

/* --- playing ------------------------------------------------------------------------------ */

static void
pause_playing (MonocleWorldPage *self)
{
  if (self->play_source == 0)
    return;
  g_source_remove (self->play_source);
  self->play_source = 0;
  update_playing (self);
}

static gboolean
on_tick (gpointer data)
{
  MonocleWorldPage *self = data;
  const guint frame = monocle_world_stage_get_frame (self->stage);

  if (frame < self->play_end)
    monocle_world_stage_set_frame (self->stage, frame + 1);
  /* The end may have come nearer meanwhile. */
  if (monocle_world_stage_get_frame (self->stage) > frame && frame + 1 < self->play_end)
    return G_SOURCE_CONTINUE;
  self->play_source = 0;
  update_playing (self);
  return G_SOURCE_REMOVE;
}

static void
play_until (MonocleWorldPage *self, guint frame)
{
  pause_playing (self);
  self->play_end = frame;
  self->play_source = g_timeout_add (FRAME_MS, on_tick, self);
  update_playing (self);
}

/* From here to the last frame; from there, from the first one. */
static void
toggle_play (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleWorldPage *self = MONOCLE_WORLD_PAGE (widget);
  const guint last = monocle_world_stage_count_frames (self->stage) - 1;

  if (self->play_source > 0)
    {
      pause_playing (self);
      return;
    }
  if (monocle_world_stage_get_frame (self->stage) >= last)
    monocle_world_stage_set_frame (self->stage, 0);
  play_until (self, last);
}

/* The frames that are shown, where things may move by themselves. */
static void
play_scene (MonocleWorldPage *self)
{
  gboolean is_animated;

  pause_playing (self);
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &is_animated,
                NULL);
  if (!is_animated)
    return;
  monocle_world_stage_set_frame (self->stage, 0);
  play_until (self, monocle_world_stage_count_seen (self->stage) - 1);
}

static void
step (MonocleWorldPage *self, int by)
{
  const int frame = (int) monocle_world_stage_get_frame (self->stage) + by;

  pause_playing (self);
  monocle_world_stage_set_frame (self->stage, (guint) MAX (frame, 0));
}

static void
step_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  step (MONOCLE_WORLD_PAGE (widget), -1);
}

static void
step_forward (GtkWidget *widget, const char *action, GVariant *parameter)
{
  step (MONOCLE_WORLD_PAGE (widget), 1);
}

/* --- what is chosen ----------------------------------------------------------------------- */

static void
show_scene (MonocleWorldPage *self, MonocleWorldKind kind, guint number)
{
  monocle_world_page_forget_frames (self);
  monocle_world_stage_set_scene (self->stage, kind, number);
  play_scene (self);
}

static void
on_scene_chosen (MonocleWorldPage *self)
{
  const guint kind = adw_combo_row_get_selected (self->kind);

  if (!self->is_updating && self->stage && kind < MONOCLE_WORLD_N_KINDS)
    show_scene (self, (MonocleWorldKind) kind,
                (guint) gtk_adjustment_get_value (self->number_range));
}

static void
on_futures_chosen (MonocleWorldPage *self)
{
  if (!self->is_updating && self->stage)
    monocle_world_stage_set_futures (self->stage,
                                     (guint) gtk_adjustment_get_value (self->futures_range));
}

static void
on_ahead_chosen (MonocleWorldPage *self)
{
  if (!self->is_updating && self->stage)
    monocle_world_stage_set_ahead (self->stage,
                                   (guint) gtk_adjustment_get_value (self->ahead_range));
}

static void
on_truth_chosen (MonocleWorldPage *self)
{
  if (!self->is_updating && self->stage)
    monocle_world_stage_set_truth (self->stage, gtk_switch_get_active (self->truth));
}

static void
on_drawn_chosen (MonocleWorldPage *self)
{
  if (!self->is_updating && self->stage)
    monocle_world_stage_set_drawn (self->stage, gtk_switch_get_active (self->drawn));
}

static void
show_another (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleWorldPage *self = MONOCLE_WORLD_PAGE (widget);
  const guint most = (guint) gtk_adjustment_get_upper (self->number_range);

  show_scene (self, monocle_world_stage_get_kind (self->stage),
              monocle_world_stage_get_number (self->stage) % most + 1);
}

static void
take_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  monocle_world_stage_take_back (MONOCLE_WORLD_PAGE (widget)->stage);
}

static void
stop (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleWorldPage *self = MONOCLE_WORLD_PAGE (widget);

  monocle_world_page_stop_watching (self);
  monocle_seer_stop (monocle_world_stage_get_seer (self->stage));
}

static void
ask (GtkWidget *widget, const char *action, GVariant *parameter)
{
  monocle_world_stage_ask (MONOCLE_WORLD_PAGE (widget)->stage);
}

static void
show_details (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleSeer *seer = monocle_world_stage_get_seer (MONOCLE_WORLD_PAGE (widget)->stage);

  if (monocle_seer_get_error (seer))
    monocle_error_dialog_show (GTK_WINDOW (widget), NULL,
                               monocle_seer_lacks_model (seer) ? MONOCLE_ATTEMPT_LOAD
                                                               : MONOCLE_ATTEMPT_ASK,
                               monocle_seer_get_error (seer));
}

/* --- what is taken out -------------------------------------------------------------------- */

static GBytes *
paint (MonocleWorldPage *self)
{
  MonocleWorldPainting painting = monocle_world_stage_get_painting (self->stage);

  painting.has_numbers = TRUE;
  return monocle_world_paint_png (&painting, PICTURE_SIDE);
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleWorldPage *self = MONOCLE_WORLD_PAGE (widget);
  g_autoptr (GBytes) png = paint (self);
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (png, NULL);

  if (!texture)
    return;
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Picture copied")));
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  MonocleWorldPage *self = data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      const MonocleExportFormat *format = monocle_export_find_format ("png");
      g_autoptr (GFile) chosen = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GFile) file = monocle_export_settings_complete (chosen, &format);
      GBytes *png = g_object_get_data (G_OBJECT (dialog), "png");
      g_autoptr (GError) error = NULL;

      monocle_export_settings_remember_folder (file, FALSE);
      if (g_file_replace_contents (file, g_bytes_get_data (png, NULL), g_bytes_get_size (png), NULL,
                                   FALSE, G_FILE_CREATE_NONE, NULL, NULL, &error))
        adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Picture saved")));
      else
        monocle_error_dialog_show (GTK_WINDOW (self), _ ("The Picture Could Not Be Saved"),
                                   MONOCLE_ATTEMPT_WRITE, error);
    }
  g_object_unref (dialog);
}

static void
save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleWorldPage *self = MONOCLE_WORLD_PAGE (widget);
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Save Picture"), GTK_WINDOW (self),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "futures.png");
  monocle_export_settings_apply_folder (GTK_FILE_CHOOSER (dialog));
  g_object_set_data_full (G_OBJECT (dialog), "png", paint (self), (GDestroyNotify) g_bytes_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* --- room --------------------------------------------------------------------------------- */

static void
share_room (MonocleWorldPage *self, int width)
{
  const gboolean is_wide = width >= WIDE;

  gtk_orientable_set_orientation (self->parts,
                                  is_wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  adw_clamp_set_maximum_size (self->controls, is_wide ? CONTROLS : WIDE);
  adw_clamp_set_tightening_threshold (self->controls, is_wide ? CONTROLS : WIDE);
}

static void
on_surface_layout (GdkSurface *surface, int width, int height, MonocleWorldPage *self)
{
  share_room (self, width);
}

/* No wider than a narrow window below it. */
static void
begin_room (MonocleWorldPage *self, GtkWindow *parent)
{
  const int of_parent = parent ? gtk_widget_get_width (GTK_WIDGET (parent)) : 0;
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (of_parent > 0 && of_parent < WIDE)
    width = of_parent;
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  share_room (self, width);
}

static void
monocle_world_page_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (monocle_world_page_parent_class)->realize (widget);

  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout",
                           G_CALLBACK (on_surface_layout), widget, 0);
}

/* --- the class ---------------------------------------------------------------------------- */

static void
monocle_world_page_dispose (GObject *object)
{
  MonocleWorldPage *self = MONOCLE_WORLD_PAGE (object);

  g_clear_handle_id (&self->play_source, g_source_remove);
  g_clear_handle_id (&self->pick_source, g_source_remove);
  if (self->watching)
    g_cancellable_cancel (self->watching);
  g_clear_object (&self->watching);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_object (&self->runner);
  if (self->stage)
    {
      g_signal_handlers_disconnect_by_data (self->stage, self);
      monocle_seer_stop (monocle_world_stage_get_seer (self->stage));
    }
  g_clear_object (&self->stage);
  G_OBJECT_CLASS (monocle_world_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, guard);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, parts);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, controls);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, view);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, play);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, frame);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, work);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, doing);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, stopped);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, words);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, kind);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, number_range);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, futures_range);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, ahead_range);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, film_rows);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, from_range);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, rate_range);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, truth);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, truth_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, drawn);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, drawn_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorldPage, failed);
  gtk_widget_class_bind_template_callback (widget_class, on_scene_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_futures_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_ahead_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_truth_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_drawn_chosen);
}

static void
monocle_world_page_class_init (MonocleWorldPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_world_page_dispose;
  widget_class->realize = monocle_world_page_realize;

  g_type_ensure (MONOCLE_TYPE_WORLD_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/world-page.ui");
  bind_children (widget_class);

  gtk_widget_class_install_action (widget_class, "world.play", NULL, toggle_play);
  gtk_widget_class_install_action (widget_class, "world.back", NULL, step_back);
  gtk_widget_class_install_action (widget_class, "world.forward", NULL, step_forward);
  gtk_widget_class_install_action (widget_class, "world.new", NULL, show_another);
  gtk_widget_class_install_action (widget_class, "world.take-back", NULL, take_back);
  gtk_widget_class_install_action (widget_class, "world.stop", NULL, stop);
  gtk_widget_class_install_action (widget_class, "world.ask", NULL, ask);
  gtk_widget_class_install_action (widget_class, "world.details", NULL, show_details);
  gtk_widget_class_install_action (widget_class, "world.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "world.save", NULL, save);
  monocle_world_page_class_add_open (widget_class);
}

static void
monocle_world_page_init (MonocleWorldPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_world_page_init_open (self);
}

GtkWidget *
monocle_world_page_new (GtkWindow *parent, MonocleApplication *application)
{
  MonocleWorldPage *self = g_object_new (MONOCLE_TYPE_WORLD_PAGE, "transient-for", parent, NULL);
  GSettings *settings = monocle_application_get_settings (application);
  g_autofree char *device = g_settings_get_string (settings, "device");
  g_auto (GStrv) trusted = g_settings_get_strv (settings, "trusted-devices");
  g_autoptr (MonocleSeer) seer
      = monocle_seer_new (NULL, device, g_strv_contains ((const char *const *) trusted, device));

  self->runner = g_object_ref (monocle_application_get_runner (application));
  self->stage = monocle_world_stage_new (seer);
  monocle_world_view_set_stage (self->view, self->stage);
  begin_room (self, parent);
  g_signal_connect_object (self->stage, "changed", G_CALLBACK (monocle_world_page_update), self,
                           G_CONNECT_SWAPPED);
  /* It is none of the application's windows. */
  gtk_widget_insert_action_group (GTK_WIDGET (self), "app", G_ACTION_GROUP (application));
  monocle_spoken_names_clean (GTK_WIDGET (self));
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->view));
  show_scene (self, MONOCLE_WORLD_USUAL, 1);
  return GTK_WIDGET (self);
}
