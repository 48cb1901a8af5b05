/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <unistd.h>

#include "app/base/homes.h"
#include "ui/application.h"

/* The windows are gone by then, and a new start is one of its own. */
#define PATIENCE_MS 2000

int
main (int argc, char **argv)
{
  MonocleApplication *application;
  int status;

  monocle_homes_ignore_relative ();
  /* A limit on the size of files is an error like a full disk: nothing half done stays behind. */
  signal (SIGXFSZ, SIG_IGN);
  monocle_engine_give_way ();
  application = monocle_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  g_object_unref (application);
  if (!monocle_engine_shutdown (PATIENCE_MS))
    _exit (status);
  return status;
}
