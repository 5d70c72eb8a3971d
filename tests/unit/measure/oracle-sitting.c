#include "oracle.h"

const OracleFunction oracle_sitting[] = {
        {0},
};
