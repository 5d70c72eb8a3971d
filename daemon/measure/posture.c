#include "daemon/measure/posture.h"

#define DEGREES (180.0 / M_PI)

static double length_of(const double v[static 3])
{
        return hypot(hypot(v[0], v[1]), v[2]);
}

/* acos of a cosine that rounding may have carried past ±1 */
static double degrees_of(double cosine)
{
        return acos(fmax(-1.0, fmin(1.0, cosine))) * DEGREES;
}

double posture_inclination(const double acceleration_g[static 3], LongAxis axis)
{
        double length_g = length_of(acceleration_g);

        if (!isfinite(length_g) || length_g <= 0)
                return NULL_REAL;
        return degrees_of(acceleration_g[axis] / length_g);
}

double posture_angle(const double acceleration_g[static 3], const double walking_g[static 3])
{
        double a = length_of(acceleration_g), b = length_of(walking_g), cosine = 0;

        if (!isfinite(a) || !isfinite(b) || a <= 0 || b <= 0)
                return NULL_REAL;
        for (size_t i = 0; i < 3; i++)
                cosine += acceleration_g[i] / a * (walking_g[i] / b);
        return degrees_of(cosine);
}

Posture posture_of_thigh(double inclination_deg, const PostureParameters *parameters)
{
        if (!isfinite(inclination_deg))
                return POSTURE_UNKNOWN;
        return inclination_deg > parameters->thigh_upright_max_deg ? POSTURE_SITTING
                                                                   : POSTURE_UPRIGHT;
}

Posture posture_of_sacrum(double from_walking_deg, const PostureParameters *parameters)
{
        if (!isfinite(from_walking_deg))
                return POSTURE_UNKNOWN;
        if (from_walking_deg <= parameters->sacrum_standing_max_deg)
                return POSTURE_UPRIGHT;
        return from_walking_deg <= parameters->sacrum_sitting_max_deg ? POSTURE_SITTING
                                                                      : POSTURE_LYING;
}

Posture posture_of_both(double thigh_inclination_deg, double sacrum_from_walking_deg,
                        const PostureParameters *parameters)
{
        Posture posture = posture_of_thigh(thigh_inclination_deg, parameters);
        bool lies = posture_of_sacrum(sacrum_from_walking_deg, parameters) == POSTURE_LYING;

        return posture == POSTURE_SITTING && lies ? POSTURE_LYING : posture;
}

PostureEpoch posture_epoch(const double *samples_g, size_t n, LongAxis axis,
                           const PostureParameters *parameters)
{
        PostureEpoch epoch = {{NULL_REAL, NULL_REAL, NULL_REAL}, NULL_REAL, "no_samples"};
        double sum[3] = {0}, off_g = 0, inclination_deg;
        size_t used = 0;

        for (size_t i = 0; i < n; i++) {
                double length_g = length_of(&samples_g[3 * i]);

                /* hypot of an infinity is one, whatever else is missing */
                if (!isfinite(length_g))
                        continue;
                for (size_t k = 0; k < 3; k++)
                        sum[k] += samples_g[3 * i + k];
                off_g += fabs(length_g - 1.0);
                used++;
        }
        if (used == 0)
                return epoch;
        for (size_t k = 0; k < 3; k++)
                epoch.mean_g[k] = sum[k] / (double)used;
        epoch.reason = "moving";
        if (off_g / (double)used >= parameters->rest_below_g)
                return epoch;
        inclination_deg = posture_inclination(epoch.mean_g, axis);
        epoch.reason = "upside_down";
        if (inclination_deg > parameters->upside_down_above_deg)
                return epoch;
        epoch.inclination_deg = inclination_deg;
        epoch.reason = isnan(inclination_deg) ? "moving" : NULL;
        return epoch;
}
