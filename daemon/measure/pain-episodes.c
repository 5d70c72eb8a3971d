#include "daemon/measure/pain-episodes.h"

const PainEpisodeParameters pain_episode_defaults = {
        .pain_from = 1,
        .free_days = 30,
        .span_min = 2,
        .chronic_days = 91,
        .min_coverage = 0.5,
};

/* Whether the `free_days` days from `from` on lie in the list and have entries enough. */
static bool is_recorded(const int64_t *days, size_t n, size_t from,
                        const PainEpisodeParameters *parameters)
{
        size_t recorded = 0;

        if (from > n || n - from < parameters->free_days)
                return false;
        for (size_t i = from; i < from + parameters->free_days; i++)
                recorded += days[i] >= 0 && days[i] <= 10;
        return (double)recorded >= parameters->min_coverage * (double)parameters->free_days;
}

/* 1 when it is one; `ret` NULL: there is no room. */
static size_t put_episode(PainEpisode episode, const int64_t *days, size_t n,
                          const PainEpisodeParameters *parameters, PainEpisode *ret)
{
        episode.span_days = episode.last - episode.start + 1;
        if (episode.pain_days == 0 || episode.span_days < parameters->span_min)
                return 0;
        episode.is_chronic = episode.span_days > parameters->chronic_days;
        episode.start_known =
                episode.start >= parameters->free_days &&
                is_recorded(days, n, episode.start - parameters->free_days, parameters);
        episode.end_known = is_recorded(days, n, episode.last + 1, parameters);
        if (ret)
                *ret = episode;
        return 1;
}

size_t pain_episodes(const int64_t *days, size_t n, const PainEpisodeParameters *parameters,
                     PainEpisode *ret, size_t room)
{
        PainEpisode episode = {0};
        size_t n_episodes = 0;

        for (size_t day = 0; day < n; day++) {
                if (days[day] < parameters->pain_from || days[day] > 10)
                        continue;
                if (episode.pain_days > 0 && day - episode.last - 1 >= parameters->free_days) {
                        n_episodes += put_episode(episode, days, n, parameters,
                                                  n_episodes < room ? &ret[n_episodes] : NULL);
                        episode = (PainEpisode){0};
                }
                if (episode.pain_days == 0)
                        episode.start = day;
                episode.last = day;
                episode.pain_days++;
        }
        return n_episodes + put_episode(episode, days, n, parameters,
                                        n_episodes < room ? &ret[n_episodes] : NULL);
}
