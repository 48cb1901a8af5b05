/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>

#include "ui/application.h"

int
main (int argc, char **argv)
{
  g_autoptr (MonocleApplication) application = monocle_application_new ();

  /* A limit on the size of files is an error like a full disk: nothing half done stays behind. */
  signal (SIGXFSZ, SIG_IGN);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
