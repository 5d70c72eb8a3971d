#include "oracle.h"

const OracleFunction oracle_movement[] = {
        {0},
};
