#include "oracle.h"

const OracleFunction oracle_gait[] = {
        {0},
};
