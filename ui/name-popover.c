/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/name-popover.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/keys.h"
#include "ui/passing-popover.h"

#define MAX_NAMES 8
/* No name of a thing is longer. */
#define MAX_CHARACTERS 200

struct _MonocleNamePopover
{
  GtkPopover parent_instance;

  GtkWidget *entry;
  GtkWidget *list;
  GStrv names;
  char *folded; /* (nullable): what it is called now */

  glong n_typed;         /* characters, when they were looked at last */
  gboolean has_more;     /* something was put in since then */
  guint completion;      /* source: that is about to say how the name goes on */
  const char *completed; /* (nullable): the name that was written to its end */
  gboolean is_completing;
  gboolean has_rest; /* behind what is typed, selected, and the cursor was not moved since */

  MonocleLabelSet
      *labels;      /* (nullable): in passing: whose digits are keys as long as nothing is typed */
  gboolean is_over; /* in passing: what is typed is taken, or given up */
};

enum
{
  NAMED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleNamePopover, monocle_name_popover, GTK_TYPE_POPOVER)

/* Who was here goes back to what is drawn on. */
static void
end (MonocleNamePopover *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  self->is_over = TRUE;
  if (self->labels && focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (self)));
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
give (MonocleNamePopover *self, const char *name)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name));

  g_object_ref (self);
  end (self);
  g_signal_emit (self, signals[NAMED], 0, stripped);
  g_object_unref (self);
}

static const char *
get_text (MonocleNamePopover *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

/* What was written to its end is spelled as it is. */
static void
on_activate (MonocleNamePopover *self)
{
  g_autofree char *typed = g_utf8_casefold (get_text (self), -1);
  g_autofree char *known = g_utf8_casefold (self->completed ? self->completed : "", -1);

  give (self, g_str_equal (typed, known) ? self->completed : get_text (self));
}

static void
on_row_activated (MonocleNamePopover *self, GtkListBoxRow *row)
{
  give (self, gtk_label_get_label (GTK_LABEL (gtk_list_box_row_get_child (row))));
}

/* --- How it goes on --- */

/* (nullable): what follows @typed, folded and so many characters, in @name */
static const char *
find_rest (const char *name, const char *typed, glong n_typed)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);
  const glong n = g_utf8_strlen (name, -1);

  /* There are letters that are several when they are folded. */
  return g_str_has_prefix (folded, typed) && g_utf8_strlen (folded, -1) == n
                 && g_utf8_strlen (typed, -1) == n_typed && n > n_typed
             ? g_utf8_offset_to_pointer (name, n_typed)
             : NULL;
}

/* (nullable): what follows what is typed in the first name that begins like that, if it is none
 * itself */
static const char *
find_completion (MonocleNamePopover *self, const char **name)
{
  g_autofree char *typed = g_utf8_casefold (get_text (self), -1);
  const char *rest = NULL;

  for (guint i = 0; self->names[i]; i++)
    {
      g_autofree char *folded = g_utf8_casefold (self->names[i], -1);

      if (g_str_equal (folded, typed))
        return NULL;
      if (rest)
        continue;
      rest = find_rest (self->names[i], typed, self->n_typed);
      *name = self->names[i];
    }
  return rest;
}

/* The rest is there, selected: what is typed next replaces it. */
static gboolean
complete (gpointer data)
{
  MonocleNamePopover *self = data;
  const char *name = NULL, *rest = find_completion (self, &name);
  int end = (int) self->n_typed;

  self->completion = 0;
  if (!rest || gtk_editable_get_position (GTK_EDITABLE (self->entry)) != end)
    return G_SOURCE_REMOVE;
  self->completed = name;
  self->is_completing = TRUE;
  gtk_editable_insert_text (GTK_EDITABLE (self->entry), rest, -1, &end);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), (int) self->n_typed, -1);
  self->is_completing = FALSE;
  self->has_rest = TRUE;
  return G_SOURCE_REMOVE;
}

/* --- What there is --- */

static gboolean
is_untouched (MonocleNamePopover *self)
{
  g_autofree char *typed = g_utf8_casefold (get_text (self), -1);

  return g_strcmp0 (typed, self->folded) == 0;
}

/* Those that hold what is typed, in any case; all of them as long as that is the old name, unless
 * they would lie over what is drawn next. */
static void
update (MonocleNamePopover *self)
{
  g_autofree char *typed = g_utf8_casefold (get_text (self), -1);
  const gboolean is_old = is_untouched (self);
  GtkWidget *child;
  guint n = 0;

  while ((child = gtk_widget_get_first_child (self->list)))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint i = 0; self->names && self->names[i] && n < MAX_NAMES && !(is_old && self->labels);
       i++)
    {
      g_autofree char *folded = g_utf8_casefold (self->names[i], -1);
      GtkWidget *label;

      if (g_str_equal (folded, typed) || (!is_old && !strstr (folded, typed)))
        continue;
      label = gtk_label_new (self->names[i]);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
      gtk_list_box_append (GTK_LIST_BOX (self->list), label);
      n++;
    }
  gtk_widget_set_visible (self->list, n > 0);
}

/* In passing, what is drawn next may begin where it lies: the pointer goes through it until names
 * are offered. GTK says otherwise whenever it has laid it out. */
static void
let_through (MonocleNamePopover *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));
  cairo_region_t *nowhere;

  if (!surface || !self->labels || !is_untouched (self))
    return;
  nowhere = cairo_region_create ();
  gdk_surface_set_input_region (surface, nowhere);
  cairo_region_destroy (nowhere);
}

/* Also before it is laid out. */
static void
monocle_name_popover_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (monocle_name_popover_parent_class)->realize (widget);
  let_through (MONOCLE_NAME_POPOVER (widget));
}

static void
monocle_name_popover_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (monocle_name_popover_parent_class)
      ->size_allocate (widget, width, height, baseline);
  let_through (MONOCLE_NAME_POPOVER (widget));
}

/* What is typed over something is one change or two, as GTK is old or new; whether there is less of
 * it than before says nothing. */
static void
on_inserted (MonocleNamePopover *self)
{
  self->has_more = TRUE;
}

static void
on_changed (MonocleNamePopover *self)
{
  const gboolean has_more = self->has_more;

  self->has_more = FALSE;
  if (self->is_completing)
    return;
  self->completed = NULL;
  self->has_rest = FALSE;
  g_clear_handle_id (&self->completion, g_source_remove);
  /* The entry is not done with what was typed yet: it still puts the cursor behind that. */
  if (has_more && self->names)
    self->completion = g_idle_add_full (G_PRIORITY_HIGH, complete, self, NULL);
  self->n_typed = g_utf8_strlen (get_text (self), -1);
  update (self);
}

/* --- In passing --- */

/* Whether a key is none that is typed with. */
static gboolean
is_command (guint keyval, GdkModifierType state)
{
  return (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0
         || (keyval >= GDK_KEY_F1 && keyval <= GDK_KEY_F12) || keyval == GDK_KEY_Page_Up
         || keyval == GDK_KEY_Page_Down;
}

/* What the key does in the window, where GTK does not look while a popover has the focus. */
static gboolean
activate_command (MonocleNamePopover *self, guint keyval, GdkModifierType state)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *action
      = monocle_keys_dup_action (GTK_APPLICATION (g_application_get_default ()), keyval, state);
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (!action || !g_action_parse_detailed_name (action, &name, &target, NULL))
    return GDK_EVENT_PROPAGATE;
  monocle_name_popover_leave (self);
  gtk_widget_activate_action_variant (parent, name, target);
  return GDK_EVENT_STOP;
}

/* Whoever takes the primary selection of X takes the one of the entry, too: its cursor stays behind
 * what is typed. GTK takes that from itself when a letter replaces something and how it goes on is
 * selected in the same millisecond. The next letter replaces that all the same. */
static void
select_rest (MonocleNamePopover *self, guint keyval)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry);

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Right:
    case GDK_KEY_Home:
    case GDK_KEY_End:
    case GDK_KEY_KP_Left:
    case GDK_KEY_KP_Right:
    case GDK_KEY_KP_Home:
    case GDK_KEY_KP_End:
      self->has_rest = FALSE;
      break;
    default:
      if (self->has_rest && !gtk_editable_get_selection_bounds (editable, NULL, NULL)
          && gtk_editable_get_position (editable) == (int) self->n_typed)
        gtk_editable_select_region (editable, (int) self->n_typed, -1);
    }
}

static gboolean
on_key (MonocleNamePopover *self, guint keyval, guint keycode, GdkModifierType state)
{
  const int digit = g_unichar_digit_value (gdk_keyval_to_unicode (keyval));
  MonocleLabelItem *label;

  select_rest (self, keyval);
  if (!self->labels)
    return GDK_EVENT_PROPAGATE;
  state &= gtk_accelerator_get_default_mod_mask ();
  if (keyval == GDK_KEY_Escape && !state)
    {
      end (self);
      return GDK_EVENT_STOP;
    }
  if (is_command (keyval, state) && activate_command (self, keyval, state))
    return GDK_EVENT_STOP;
  if (!is_untouched (self))
    return GDK_EVENT_PROPAGATE;
  if (keyval == GDK_KEY_z && state == GDK_CONTROL_MASK)
    {
      GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

      end (self);
      gtk_widget_activate_action (parent, "win.undo", NULL);
      return GDK_EVENT_STOP;
    }
  label = digit > 0 && !state ? monocle_label_set_find_digit (self->labels, (guint) digit) : NULL;
  if (!label)
    return GDK_EVENT_PROPAGATE;
  give (self, monocle_label_item_get_name (label));
  return GDK_EVENT_STOP;
}

/* Who goes on elsewhere means what is typed. */
static void
on_focus (MonocleNamePopover *self, GParamSpec *pspec, GtkRoot *root)
{
  GtkWidget *focus = gtk_root_get_focus (root);

  if (!focus || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    monocle_name_popover_leave (self);
}

static void
monocle_name_popover_finalize (GObject *object)
{
  MonocleNamePopover *self = MONOCLE_NAME_POPOVER (object);

  g_clear_handle_id (&self->completion, g_source_remove);
  g_strfreev (self->names);
  g_free (self->folded);
  g_clear_object (&self->labels);
  G_OBJECT_CLASS (monocle_name_popover_parent_class)->finalize (object);
}

static void
monocle_name_popover_class_init (MonocleNamePopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_name_popover_finalize;
  GTK_WIDGET_CLASS (klass)->realize = monocle_name_popover_realize;
  GTK_WIDGET_CLASS (klass)->size_allocate = monocle_name_popover_size_allocate;

  signals[NAMED] = g_signal_new ("named", MONOCLE_TYPE_NAME_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
monocle_name_popover_init (MonocleNamePopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->entry = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->entry), MAX_CHARACTERS);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _ ("Name"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name"), -1);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (gtk_entry_get_buffer (GTK_ENTRY (self->entry)), "inserted-text",
                            G_CALLBACK (on_inserted), self);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_changed), self);

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Names that are there already"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);

  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->list);
  gtk_popover_set_child (GTK_POPOVER (self), box);

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static MonocleNamePopover *
new_popover (GtkWidget *parent,
             const GdkRectangle *at,
             const char *name,
             const char *const *names,
             MonocleLabelSet *labels)
{
  MonocleNamePopover *self = g_object_new (MONOCLE_TYPE_NAME_POPOVER, NULL);

  self->names = g_strdupv ((GStrv) names);
  self->folded = g_utf8_casefold (name, -1);
  g_set_object (&self->labels, labels);
  monocle_passing_popover_attach (GTK_POPOVER (self), parent);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), at);
  gtk_popover_set_autohide (GTK_POPOVER (self), !labels);
  if (labels) /* below is what can be asked */
    gtk_popover_set_position (GTK_POPOVER (self), GTK_POS_TOP);
  self->is_completing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), name);
  self->is_completing = FALSE;
  self->n_typed = g_utf8_strlen (name, -1);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
  update (self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (self->entry);
  return self;
}

MonocleNamePopover *
monocle_name_popover_popup (GtkWidget *parent,
                            const GdkRectangle *at,
                            const char *name,
                            const char *const *names)
{
  g_return_val_if_fail (GTK_IS_WIDGET (parent), NULL);
  g_return_val_if_fail (at && name && names, NULL);

  return new_popover (parent, at, name, names, NULL);
}

MonocleNamePopover *
monocle_name_popover_popup_passing (GtkWidget *parent,
                                    const GdkRectangle *at,
                                    const char *name,
                                    const char *const *names,
                                    MonocleLabelSet *labels)
{
  MonocleNamePopover *self;

  g_return_val_if_fail (GTK_IS_WIDGET (parent), NULL);
  g_return_val_if_fail (at && name && names, NULL);
  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (labels), NULL);

  self = new_popover (parent, at, name, names, labels);
  g_signal_connect_object (gtk_widget_get_root (parent), "notify::focus-widget",
                           G_CALLBACK (on_focus), self, G_CONNECT_SWAPPED);
  return self;
}

void
monocle_name_popover_leave (MonocleNamePopover *self)
{
  g_return_if_fail (MONOCLE_IS_NAME_POPOVER (self));

  if (self->is_over || !gtk_widget_get_root (GTK_WIDGET (self)))
    return;
  if (is_untouched (self))
    end (self);
  else
    on_activate (self);
}
