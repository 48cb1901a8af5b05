/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of tasks, which are never freed, as others see them.
 */
#include "config.h"

#include "app/library/private.h"

#include <libintl.h>

static MonocleTask *
keep (MonocleTask *self)
{
  return self;
}

static void
leave (MonocleTask *self)
{
}

G_DEFINE_BOXED_TYPE (MonocleTask, monocle_task, keep, leave)

/* The program's own texts are of another domain. */
static const char *
translate (const char *text)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      bindtextdomain (GETTEXT_PACKAGE, MONOCLE_LOCALE_DIR);
      bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
      g_once_init_leave (&once, 1);
    }
  return g_dgettext (GETTEXT_PACKAGE, text);
}

const char *
monocle_task_get_id (const MonocleTask *self)
{
  g_return_val_if_fail (self, NULL);

  return self->id;
}

const char *
monocle_task_get_title (const MonocleTask *self)
{
  g_return_val_if_fail (self, NULL);

  return translate (self->title);
}

const char *
monocle_task_get_description (const MonocleTask *self)
{
  g_return_val_if_fail (self, NULL);

  return translate (self->description);
}

const char *
monocle_task_get_kind (const MonocleTask *self)
{
  g_return_val_if_fail (self, NULL);

  return monocle_task_kind_get_id (self->kind);
}

gboolean
monocle_task_takes_text (const MonocleTask *self)
{
  g_return_val_if_fail (self, FALSE);

  return (self->takes & MONOCLE_TAKES_TEXT) != 0;
}

const char *const *
monocle_task_get_languages (const MonocleTask *self)
{
  g_return_val_if_fail (self, NULL);

  return self->languages;
}

gboolean
monocle_task_takes_regions (const MonocleTask *self)
{
  g_return_val_if_fail (self, FALSE);

  return (self->takes & MONOCLE_TAKES_REGION) != 0;
}
