#include "daemon/measure/symmetry.h"

/* 45° and the quarter turn that stands for 100 % */
#define EQUAL_DEG 45.0
#define FULL_DEG  90.0
#define TURN_DEG  180.0

static double symmetry_angle(double left, double right)
{
        double ratio_deg =
                right == 0 ? copysign(FULL_DEG, left) : atan(left / right) * TURN_DEG / M_PI;
        double off_deg = EQUAL_DEG - ratio_deg;

        if (off_deg > FULL_DEG)
                off_deg -= TURN_DEG;
        return 100.0 * off_deg / FULL_DEG;
}

void symmetry_of(double left, double right, Symmetry *ret)
{
        const char *fault = !isfinite(left) || !isfinite(right) ? "missing"
                            : left == 0 && right == 0           ? "both_zero"
                                                                : NULL;
        double sum = left + right;

        *ret = (Symmetry){
                .index_pct = NULL_REAL, .angle_pct = NULL_REAL, .left_share_pct = NULL_REAL};
        if (fault)
                reasons_add(&ret->reasons, "angle_pct", fault);
        else
                ret->angle_pct = symmetry_angle(left, right);
        if (!fault && sum == 0)
                fault = "sum_zero";
        if (!fault && !isfinite(sum))
                fault = "missing";
        if (fault) {
                reasons_add(&ret->reasons, "index_pct", fault);
                reasons_add(&ret->reasons, "left_share_pct", fault);
                return;
        }
        ret->index_pct = 100.0 * (right - left) / (sum / 2.0);
        ret->left_share_pct = 100.0 * left / sum;
}

double symmetry_difference(double left, double right)
{
        double difference = right - left;

        return isfinite(difference) ? difference : NULL_REAL;
}
