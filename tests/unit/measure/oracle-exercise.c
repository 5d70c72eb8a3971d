#include "oracle.h"

const OracleFunction oracle_exercise[] = {
        {0},
};
