/* zone-files.h: do the zones still have the rules by which weeks were made?
 *
 * A government changes its rules, the machine's zone files know of it later, and until then weeks began
 * and days ended by the rules before. The ledger keeps a fingerprint of the file of each zone that is
 * somebody's home. Loop thread only. */
#pragma once

#include "daemon/ledger/ledger.h"

/* Marks dirty all weeks of whoever is or was at home in a zone whose file is another one than when last
 * looked at. The number of such zones; 0, too, while the clock is not set. A file that is not there
 * is passed over, what needs it says so. -EIO, -ENOMEM: nothing changed, ask again. */
int zone_files_check(Ledger *ledger) MUST_CHECK;
