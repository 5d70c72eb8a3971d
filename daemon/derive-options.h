/* derive-options.h: what the configuration knows of measures: their numbers, and the table by which these
 * are read and printed. All else of measures is for derive alone. */
#pragma once

#include "daemon/measure/options.h"
