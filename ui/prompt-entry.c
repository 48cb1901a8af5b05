/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/prompt-entry.h"

#include <glib/gi18n.h>

#define HISTORY_KEY "prompt-history"
/* Longer lines make the list wider than the panel. */
#define MENU_CHARACTERS 40

struct _MonoclePromptEntry
{
  AdwBin parent_instance;

  GtkEntry *entry;
  GtkMenuButton *history_button;
  GtkRevealer *revealer;
  GtkLabel *error;

  GSettings *settings;
  GPtrArray *history; /* char *, newest first */
  int position;       /* in the history; -1: what is being typed */
  char *draft;        /* what was typed before going into the history */
  gboolean recalling; /* the text changes because of the history */
};

enum
{
  CHANGED,
  ACTIVATE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonoclePromptEntry, monocle_prompt_entry, ADW_TYPE_BIN)

/* --- History --- */

static void
update_history_button (MonoclePromptEntry *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->history_button), self->history->len > 0);
}

static void
load_history (MonoclePromptEntry *self)
{
  g_auto (GStrv) texts = g_settings_get_strv (self->settings, HISTORY_KEY);

  g_ptr_array_set_size (self->history, 0);
  for (guint i = 0; texts[i] && i < MONOCLE_PROMPT_HISTORY; i++)
    if (*texts[i])
      g_ptr_array_add (self->history, g_utf8_substring (texts[i], 0,
                                                        MIN (g_utf8_strlen (texts[i], -1),
                                                             MONOCLE_PROMPT_MAX_CHARACTERS)));
  self->position = -1;
  update_history_button (self);
}

static void
save_history (MonoclePromptEntry *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  for (guint i = 0; i < self->history->len; i++)
    g_strv_builder_add (builder, self->history->pdata[i]);
  texts = g_strv_builder_end (builder);
  if (self->settings)
    g_settings_set_strv (self->settings, HISTORY_KEY, (const char *const *) texts);
  self->position = -1;
  update_history_button (self);
}

static void
recall (MonoclePromptEntry *self, int position)
{
  if (self->position < 0)
    {
      g_free (self->draft);
      self->draft = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
    }
  self->position = position;
  self->recalling = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry),
                         position < 0 ? self->draft : self->history->pdata[position]);
  self->recalling = FALSE;
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}

static gboolean
on_key_pressed (MonoclePromptEntry *self, guint keyval, guint keycode, GdkModifierType state)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  if ((keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up)
      && self->position + 1 < (int) self->history->len)
    {
      recall (self, self->position + 1);
      return GDK_EVENT_STOP;
    }
  if ((keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down) && self->position >= 0)
    {
      recall (self, self->position - 1);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
on_recall (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MonoclePromptEntry *self = user_data;
  int position = g_variant_get_int32 (parameter);

  if (position < 0 || position >= (int) self->history->len)
    return;
  recall (self, position);
  monocle_prompt_entry_focus (self);
}

static void
on_forget (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MonoclePromptEntry *self = user_data;

  g_ptr_array_set_size (self->history, 0);
  save_history (self);
}

/* Words as they are: no mnemonics in them. */
static char *
make_label (const char *text)
{
  g_autofree char *line = NULL;
  g_auto (GStrv) parts = NULL;

  if (g_utf8_strlen (text, -1) > MENU_CHARACTERS)
    {
      g_autofree char *start = g_utf8_substring (text, 0, MENU_CHARACTERS - 1);

      line = g_strconcat (start, "…", NULL);
    }
  else
    line = g_strdup (text);
  parts = g_strsplit (line, "_", -1);
  return g_strjoinv ("__", parts);
}

static void
create_history_popup (GtkMenuButton *button, gpointer user_data)
{
  MonoclePromptEntry *self = user_data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) texts = g_menu_new ();
  g_autoptr (GMenu) rest = g_menu_new ();

  for (guint i = 0; i < self->history->len; i++)
    {
      g_autofree char *label = make_label (self->history->pdata[i]);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "prompt.recall", "i", (gint32) i);
      g_menu_append_item (texts, item);
    }
  g_menu_append (rest, _ ("_Forget All"), "prompt.forget");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (texts));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (rest));
  gtk_menu_button_set_popover (button, gtk_popover_menu_new_from_model (G_MENU_MODEL (menu)));
}

/* --- The entry --- */

static void
on_changed (MonoclePromptEntry *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  if (!self->recalling)
    self->position = -1;
  gtk_entry_set_icon_from_icon_name (self->entry, GTK_ENTRY_ICON_SECONDARY,
                                     *text ? "edit-clear-symbolic" : NULL);
  if (*text)
    gtk_entry_set_icon_tooltip_text (self->entry, GTK_ENTRY_ICON_SECONDARY, _ ("Clear"));
  monocle_prompt_entry_set_error (self, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_activate (MonoclePromptEntry *self)
{
  g_signal_emit (self, signals[ACTIVATE], 0);
}

static void
on_icon_release (MonoclePromptEntry *self, GtkEntryIconPosition position)
{
  if (position == GTK_ENTRY_ICON_SECONDARY)
    monocle_prompt_entry_set_text (self, "");
}

static gboolean
monocle_prompt_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (MONOCLE_PROMPT_ENTRY (widget)->entry));
}

/* --- Public --- */

void
monocle_prompt_entry_set_settings (MonoclePromptEntry *self, GSettings *settings)
{
  g_return_if_fail (MONOCLE_IS_PROMPT_ENTRY (self));

  if (self->settings)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_set_object (&self->settings, settings);
  if (settings)
    {
      /* Another window may have asked. */
      g_signal_connect_swapped (settings, "changed::" HISTORY_KEY, G_CALLBACK (load_history), self);
      load_history (self);
    }
}

char *
monocle_prompt_entry_dup_text (MonoclePromptEntry *self)
{
  g_return_val_if_fail (MONOCLE_IS_PROMPT_ENTRY (self), NULL);
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
}

void
monocle_prompt_entry_set_text (MonoclePromptEntry *self, const char *text)
{
  g_return_if_fail (MONOCLE_IS_PROMPT_ENTRY (self));

  gtk_editable_set_text (GTK_EDITABLE (self->entry), text ? text : "");
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}

void
monocle_prompt_entry_set_placeholder (MonoclePromptEntry *self, const char *placeholder)
{
  g_return_if_fail (MONOCLE_IS_PROMPT_ENTRY (self));
  gtk_entry_set_placeholder_text (self->entry, placeholder);
}

void
monocle_prompt_entry_set_error (MonoclePromptEntry *self, const char *error)
{
  g_return_if_fail (MONOCLE_IS_PROMPT_ENTRY (self));

  if (error)
    {
      gtk_label_set_label (self->error, error);
      gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
    }
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               error ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  gtk_revealer_set_reveal_child (self->revealer, error != NULL);
}

void
monocle_prompt_entry_remember (MonoclePromptEntry *self, const char *text)
{
  guint index;

  g_return_if_fail (MONOCLE_IS_PROMPT_ENTRY (self));
  g_return_if_fail (text != NULL);

  if (!*text)
    return;
  if (g_ptr_array_find_with_equal_func (self->history, text, g_str_equal, &index))
    g_ptr_array_remove_index (self->history, index);
  g_ptr_array_insert (self->history, 0, g_strdup (text));
  if (self->history->len > MONOCLE_PROMPT_HISTORY)
    g_ptr_array_set_size (self->history, MONOCLE_PROMPT_HISTORY);
  save_history (self);
}

void
monocle_prompt_entry_focus (MonoclePromptEntry *self)
{
  g_return_if_fail (MONOCLE_IS_PROMPT_ENTRY (self));

  gtk_entry_grab_focus_without_selecting (self->entry);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}

gboolean
monocle_prompt_entry_forward_key (MonoclePromptEntry *self, GtkEventControllerKey *keys)
{
  GtkWidget *text;

  g_return_val_if_fail (MONOCLE_IS_PROMPT_ENTRY (self), FALSE);

  text = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));
  /* What is typed takes the place of what is there. */
  if (!gtk_widget_is_focus (text))
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->entry));
      gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
    }
  return gtk_event_controller_key_forward (keys, text);
}

/* --- Lifecycle --- */

static void
monocle_prompt_entry_dispose (GObject *object)
{
  MonoclePromptEntry *self = MONOCLE_PROMPT_ENTRY (object);

  monocle_prompt_entry_set_settings (self, NULL);

  G_OBJECT_CLASS (monocle_prompt_entry_parent_class)->dispose (object);
}

static void
monocle_prompt_entry_finalize (GObject *object)
{
  MonoclePromptEntry *self = MONOCLE_PROMPT_ENTRY (object);

  g_ptr_array_unref (self->history);
  g_free (self->draft);

  G_OBJECT_CLASS (monocle_prompt_entry_parent_class)->finalize (object);
}

static void
monocle_prompt_entry_class_init (MonoclePromptEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = monocle_prompt_entry_dispose;
  object_class->finalize = monocle_prompt_entry_finalize;
  widget_class->grab_focus = monocle_prompt_entry_grab_focus;

  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_PROMPT_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATE] = g_signal_new ("activate", MONOCLE_TYPE_PROMPT_ENTRY, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/prompt-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, MonoclePromptEntry, entry);
  gtk_widget_class_bind_template_child (widget_class, MonoclePromptEntry, history_button);
  gtk_widget_class_bind_template_child (widget_class, MonoclePromptEntry, revealer);
  gtk_widget_class_bind_template_child (widget_class, MonoclePromptEntry, error);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_icon_release);
}

static void
monocle_prompt_entry_init (MonoclePromptEntry *self)
{
  const GActionEntry entries[] = {
    { "recall", on_recall, "i", NULL, NULL },
    { "forget", on_forget, NULL, NULL, NULL },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->history = g_ptr_array_new_with_free_func (g_free);
  self->position = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_entry_set_max_length (self->entry, MONOCLE_PROMPT_MAX_CHARACTERS);

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "prompt", G_ACTION_GROUP (group));
  gtk_menu_button_set_create_popup_func (self->history_button, create_history_popup, self, NULL);

  /* Before the text widget inside, which would take the cursor to the ends. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
}

GtkWidget *
monocle_prompt_entry_new (void)
{
  return g_object_new (MONOCLE_TYPE_PROMPT_ENTRY, NULL);
}
