/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/trouble.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "engine/engine.h"

#define LOAD   MONOCLE_ATTEMPT_LOAD
#define ASK    MONOCLE_ATTEMPT_ASK
#define SHOW   MONOCLE_ATTEMPT_SHOW
#define WRITE  MONOCLE_ATTEMPT_WRITE
#define TRASH  MONOCLE_ATTEMPT_TRASH
#define GET    MONOCLE_ATTEMPT_GET
#define IMPORT MONOCLE_ATTEMPT_IMPORT
#define ANY    (LOAD | ASK | SHOW | WRITE | TRASH | GET | IMPORT)

typedef enum
{
  ENGINE,
  APP,
  GIO,
} Domain;

/* The first row that fits counts. One without advice gives the words of the error, which are the
 * application's own. */
static const struct
{
  guint attempts;
  Domain domain;
  int code;
  const char *what;
  const char *advice;
} rows[] = {
  { ANY, ENGINE, MONOCLE_ENGINE_ERROR_NO_DEVICE, N_ ("No Device Can Run Models"),
    N_ ("Monocle needs a Vulkan 1.2 driver. The package mesa-vulkan-drivers brings one for most "
        "cards, and one that runs on the processor.") },
  { LOAD, ENGINE, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, N_ ("Too Little Memory for This Model"),
    N_ ("Choose 16-bit weights, a smaller model or another device.") },
  { ASK, ENGINE, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, N_ ("Too Little Memory for This Question"),
    N_ ("Choose another device or 16-bit precision in Preferences, or ask about fewer regions at "
        "once.") },
  { SHOW | WRITE, ENGINE, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
    N_ ("Too Little Memory for This Picture"),
    N_ ("Close other programs, or make the picture smaller with another program.") },
  { LOAD, ENGINE, MONOCLE_ENGINE_ERROR_DEVICE_LOST, N_ ("The Graphics Device Stopped Answering"),
    N_ ("Choose another device, or ask again.") },
  { ANY, ENGINE, MONOCLE_ENGINE_ERROR_DEVICE_LOST, N_ ("The Graphics Device Stopped Answering"),
    N_ ("The device is opened again. Ask once more.") },
  { ANY, ENGINE, MONOCLE_ENGINE_ERROR_WRONG_RESULTS, N_ ("The Device Computes Wrongly"),
    N_ ("Its self-check failed, so it is not used. Choose another device, or update its driver; "
        "Preferences let you check it again, or use it all the same.") },
  { SHOW, ENGINE, MONOCLE_ENGINE_ERROR_BAD_FILE, N_ ("This Picture Cannot Be Shown"),
    N_ ("The file is damaged, or of a kind that Monocle does not read.") },
  { GET, ENGINE, MONOCLE_ENGINE_ERROR_BAD_FILE, N_ ("This Is No Whole Model"),
    N_ ("One of its files is missing or damaged. Try again, or choose another one.") },
  { GET, ENGINE, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, N_ ("Monocle Cannot Run This Model"),
    N_ ("It is of a kind that Monocle does not know. Choose another one.") },
  { IMPORT, ENGINE, MONOCLE_ENGINE_ERROR_BAD_FILE, N_ ("This File Cannot Be Imported"),
    N_ ("It is damaged, or not written as was expected: the details say where.") },
  { ANY, ENGINE, MONOCLE_ENGINE_ERROR_BAD_FILE, N_ ("The Model Could Not Be Loaded"),
    N_ ("One of its files is missing or damaged. Choose another model in Preferences, or install "
        "this one again.") },
  { ANY, ENGINE, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, N_ ("Monocle Cannot Run This Model"),
    N_ ("Choose another model in Preferences.") },
  { ANY, ENGINE, MONOCLE_ENGINE_ERROR_BAD_REQUEST, N_ ("The Model Cannot Answer This"),
    N_ ("Ask with other words or another region.") },

  { ANY, APP, MONOCLE_APP_ERROR_NO_MODEL, N_ ("The Model Could Not Be Loaded"),
    N_ ("It is not there. Choose another model in Preferences.") },
  { ANY, APP, MONOCLE_APP_ERROR_UNSUPPORTED_TASK,
    N_ ("This Model Was Not Made for This Kind of Question"),
    N_ ("Choose another model in Preferences, or ask something else.") },
  { SHOW, APP, MONOCLE_APP_ERROR_DAMAGED, N_ ("This Picture Cannot Be Shown"),
    N_ ("The file is damaged.") },
  { ANY, APP, MONOCLE_APP_ERROR_OUT_OF_MEMORY, N_ ("Too Little Memory for This Picture"),
    N_ ("Close other programs, or make the picture smaller with another program.") },
  { SHOW, APP, MONOCLE_APP_ERROR_BAD_PICTURE, N_ ("This Picture Cannot Be Shown"), NULL },
  { ASK, APP, MONOCLE_APP_ERROR_BAD_REQUEST, N_ ("The Model Cannot Answer This"), NULL },
  { ANY, APP, MONOCLE_APP_ERROR_BAD_REQUEST, N_ ("This Cannot Be Done"), NULL },

  { GET, APP, MONOCLE_APP_ERROR_NETWORK, N_ ("The Model Could Not Be Downloaded"),
    N_ ("The server cannot be reached, or does not answer as it should. What came stays: go on "
        "with it later.") },
  { GET, APP, MONOCLE_APP_ERROR_NOT_ALLOWED, N_ ("The Server Refuses This Model"),
    N_ ("Its repository may want its terms to be accepted on its page, and a token from there.") },
  { GET, APP, MONOCLE_APP_ERROR_WRONG_BYTES, N_ ("The Model Arrived Damaged"),
    N_ ("Its bytes are not those that were published. Try again, or from another address.") },
  { ANY, APP, MONOCLE_APP_ERROR_NO_ROOM, N_ ("Too Little Memory for This Model"), NULL },
  { ANY, APP, MONOCLE_APP_ERROR_CHANGED, N_ ("This Cannot Go On"), NULL },
  { ANY, APP, MONOCLE_APP_ERROR_BUSY, N_ ("Another Program Is at Work on This Model"),
    N_ ("Wait until it is done, or end it.") },

  { ASK, GIO, G_IO_ERROR_CLOSED, N_ ("The Question Was Not Answered"),
    N_ ("It was asked earlier, and there was no answer. Ask once more.") },
  { SHOW | TRASH, GIO, G_IO_ERROR_NOT_FOUND, N_ ("The File Is Not There"),
    N_ ("It was moved, renamed or deleted meanwhile.") },
  { SHOW, GIO, G_IO_ERROR_PERMISSION_DENIED, N_ ("The File Cannot Be Read"),
    N_ ("You are not allowed to read it. Its owner can change that.") },
  { SHOW, GIO, G_IO_ERROR_NOT_MOUNTED, N_ ("The File Is Not There"),
    N_ ("The disk or the server that it is on is not connected.") },
  /* What is only read gives neither of these two: a model that is taught writes as well. */
  { ANY, GIO, G_IO_ERROR_NO_SPACE, N_ ("There Is No Room Left"),
    N_ ("Delete something, or choose another place.") },
  { ANY, GIO, G_IO_ERROR_READ_ONLY, N_ ("This Folder Cannot Be Written To"),
    N_ ("Choose another folder.") },
  { WRITE, GIO, G_IO_ERROR_PERMISSION_DENIED, N_ ("This Folder Cannot Be Written To"),
    N_ ("Choose another folder.") },
  { WRITE, GIO, G_IO_ERROR_NOT_FOUND, N_ ("The Folder Is Not There"),
    N_ ("Choose another folder.") },
  { WRITE, GIO, G_IO_ERROR_EXISTS, N_ ("There Is a File with This Name"),
    N_ ("Choose another name.") },
};

/* Where no row says it better. */
static MonocleTrouble
describe_attempt (MonocleAttempt attempt)
{
  switch (attempt)
    {
    case MONOCLE_ATTEMPT_LOAD:
      return (MonocleTrouble){ _ ("The Model Could Not Be Loaded"),
                               _ ("Choose another model, or look at the details.") };
    case MONOCLE_ATTEMPT_SHOW:
      return (MonocleTrouble){ _ ("This Picture Cannot Be Shown"),
                               _ ("The file could not be read.") };
    case MONOCLE_ATTEMPT_WRITE:
      return (MonocleTrouble){ _ ("This Could Not Be Written"),
                               _ ("Choose another folder or another name.") };
    case MONOCLE_ATTEMPT_TRASH:
      return (MonocleTrouble){ _ ("The Picture Could Not Be Moved to the Rubbish"),
                               _ ("It could not be moved to the rubbish: you may not be allowed "
                                  "to, or there is none on its disk.") };
    case MONOCLE_ATTEMPT_LAUNCH:
      return (MonocleTrouble){ _ ("The Application Did Not Start"),
                               _ ("Choose another application.") };
    case MONOCLE_ATTEMPT_GET:
      return (MonocleTrouble){ _ ("This Model Could Not Be Got"),
                               _ ("Try again, or look at the details.") };
    case MONOCLE_ATTEMPT_IMPORT:
      return (MonocleTrouble){ _ ("This File Cannot Be Imported"),
                               _ ("Choose another file, or look at the details.") };
    case MONOCLE_ATTEMPT_ASK:
    default:
      return (MonocleTrouble){ _ ("The Question Was Not Answered"),
                               _ ("Ask once more. If it happens again, choose another device in "
                                  "Preferences.") };
    }
}

MonocleTrouble
monocle_trouble_describe (MonocleAttempt attempt, const GError *error)
{
  const GQuark domains[]
      = { [ENGINE] = MONOCLE_ENGINE_ERROR, [APP] = MONOCLE_APP_ERROR, [GIO] = G_IO_ERROR };

  g_return_val_if_fail (error != NULL, describe_attempt (attempt));

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if ((rows[i].attempts & attempt) && domains[rows[i].domain] == error->domain
        && rows[i].code == error->code)
      return (MonocleTrouble){ _ (rows[i].what),
                               rows[i].advice ? _ (rows[i].advice) : error->message };
  return describe_attempt (attempt);
}
